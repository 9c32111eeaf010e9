"""What a verb of the office will do to the panel, told on its page before it is done."""

from evaluations.panels import actions
from evaluations.panels.models import Assignment, Conflict, Panelist
from evaluations.programme.models import Stage, Team

STOPPED = (
    "부호명이 드러나지 않도록 이 자리의 가린 평가를 모두 멈추었습니다. 이어 가려면 자리를 교체하고 같은 사람이나 다른 사람을 초대해 주세요. "
    "교체하지 않으면 이미 확인한 나머지 평가표만 셉니다."
)
NOT_UNDONE = "되돌릴 수 없습니다."
STAYS = "배정은 지울 수 없고 회피·제척으로만 끝납니다."


def seats(stage: Stage) -> list[str]:
    there = Panelist.objects.of_stage(stage).sitting().count()
    return [f"지금 자리는 {there}개입니다. 적은 수만큼 빈 자리를 더 만듭니다. 만든 자리는 지울 수 없습니다."]


def invite(panelist: Panelist) -> list[str]:
    sent = (
        f"{panelist} 자리의 위촉 링크를 이 사람에게 이메일로 한 통 보냅니다. 링크는 {actions.VALID_FOR.days}일 동안, 길어도 평가 마감까지 한 번 쓸 수 있습니다. "
        "보낸 이메일은 거둘 수 없지만, 수락하기 전에는 ‘다시 초대’로 링크를 바꿀 수 있습니다."
    )
    return [sent, *(AGAIN if Panelist.objects.filter(replaced_by=panelist).exists() else [])]


def reinvite(panelist: Panelist) -> list[str]:
    return [
        f"{panelist} 자리의 새 링크를 이메일로 한 통 보내고, 앞의 링크는 못 쓰게 합니다. 보낸 이메일은 거둘 수 없습니다."
    ]


def invite_many(stage: Stage) -> list[str]:
    free = Panelist.objects.of_stage(stage).sitting().filter(invitation=None).count()
    return [
        f"적은 사람마다 이메일을 한 통씩 보냅니다. 빈 자리 {free}개부터 무작위로 채우고, 모자라면 자리를 새로 만듭니다. "
        "보낸 이메일과 만든 자리는 거둘 수 없습니다."
    ]


def assign(panelist: Panelist) -> list[str]:
    new = actions.would_assign(stage=panelist.stage, seats=Panelist.objects.filter(pk=panelist.pk))
    if panelist not in new:
        return ["이해관계 신고와 서약을 마친 뒤에 배정할 수 있습니다."]
    if not new[panelist]:
        return ["새로 배정할 것이 없습니다."]
    return [f"{panelist} 자리에 {new[panelist]}건을 새로 배정하고 부호명을 뽑습니다. {STAYS}"]


def assign_everybody(stage: Stage) -> list[str]:
    sitting = Panelist.objects.of_stage(stage).sitting()
    would = actions.would_assign(stage=stage, seats=sitting)
    new = [number for number in would.values() if number]
    waiting = sitting.count() - len(would)
    told = [_given(new) if new else "새로 배정할 것이 없습니다."]
    if waiting:
        told.append(f"이해관계 신고와 서약을 마치지 않은 자리 {waiting}개는 배정하지 않습니다.")
    return told


def _given(new: list[int]) -> str:
    each = f"{min(new)}" if min(new) == max(new) else f"{min(new)}–{max(new)}"
    return f"전문가 {len(new)}명에게 {each}건씩 모두 {sum(new)}건을 새로 배정하고 부호명을 뽑습니다. {STAYS}"


def detect(stage: Stage) -> list[str]:
    there, teams = Panelist.objects.of_stage(stage).sitting().count(), Team.objects.filter(stage=stage).count()
    return [
        f"자리 {there}개의 소속을 팀 {teams}개의 이름과 구성 기관에 다시 대조합니다.",
        "새로 찾은 이해충돌은 지울 수 없고, 그 팀의 배정은 곧바로 제척합니다. 가린 차수의 배정이면 그 자리의 가린 평가를 모두 멈춥니다.",
    ]


def conflict(panelist: Panelist) -> list[str]:
    given = Assignment.objects.standing().filter(panelist=panelist).count()
    now = (
        f"지금 배정 {given}건 가운데 그 팀의 것은 곧바로 제척합니다. 가린 차수의 것이 있으면 이 자리의 가린 평가를 모두 멈춥니다."
        if given
        else "아직 배정이 없으므로 평가를 멈추지 않습니다."
    )
    return [f"고른 팀을 {panelist} 자리에 배정하지 않습니다. {now} 적은 이해충돌은 지울 수 없습니다."]


def person(panelist: Panelist) -> list[str]:
    return [
        f"{panelist} 자리에 앉은 사람의 이름, 이메일, 소속을 한 번 보입니다. 열어 본 것과 사유가 접속기록에 남고, 지울 수 없습니다."
    ]


AGAIN = [
    "같은 사람을 다시 초대하려면 새 자리에서 ‘초대’를 누르고 같은 이메일을 적습니다. 앞의 자리에서 신고한 이해충돌은 수락할 때 따라오고, 소속 신고와 서약, "
    "부호명은 새로 합니다.",
    "같은 사람은 읽은 자료를 기억하므로 새 부호명들에서 어느 자료가 빠졌는지 알아볼 수 있습니다. 빠진 팀의 자료를 아는 것이 걱정되면 다른 사람을 초대해 주세요.",
]


def replace(panelist: Panelist) -> list[str]:
    given = Assignment.objects.standing().filter(panelist=panelist).count()
    ends = f"배정 {given}건을 모두 회피·제척으로 적어 확인한 평가표까지 세지 않고 " if given else ""
    return [f"{ends}{panelist}의 위촉을 마친 다음, 빈 새 자리 하나를 만듭니다. {NOT_UNDONE}", *AGAIN]


def recuse(assignment: Assignment) -> list[str]:
    told = [f"이 배정의 평가표는 더 쓸 수 없고, 확인했더라도 세지 않습니다. {NOT_UNDONE}"]
    if assignment.round.blind:
        others = Assignment.objects.shown().filter(panelist=assignment.panelist, round=assignment.round)
        told.append(
            f"가린 차수이므로 이 자리에 보이던 이 차수의 배정 {others.count()}건이 모두 보이지 않게 됩니다. 나머지는 이미 확인한 평가표만 셉니다. "
            "이어 가려면 자리를 교체하고 같은 사람이나 다른 사람을 초대합니다."
        )
    return told


def waive(conflict: Conflict) -> list[str]:
    given = Assignment.objects.filter(panelist=conflict.panelist, team=conflict.team)
    done = "이미 제척한 배정은 되살아나지 않습니다." if given.exists() else "다음 배정부터 이 팀을 배정할 수 있습니다."
    return [f"{conflict.panelist} 자리의 이 이해충돌을 예외로 인정합니다. {done} 인정은 거둘 수 없습니다."]
