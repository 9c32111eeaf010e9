"""The words of the office's page of a stage. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from evaluations.programme.phases import LABELS, ORDER, Phase

MEANS = {
    Phase.FROZEN: "기준과 지문이 공개되고, 그 뒤에는 두 담당자가 사유와 함께 공개하는 정정으로만 값을 고칠 수 있습니다.",
    Phase.OPEN: "첫 차수가 열려 평가위원이 평가표를 쓰고, 국민이 답변을 평가합니다.",
    Phase.CLOSED: "모든 차수를 잠급니다. 그 뒤에는 평가표도 투표도 받지 않습니다.",
    Phase.COUNTED: "집계 결과가 담당자와 감사자에게 보이고, 위원회가 독자성 관문과 경계선의 팀을 결정합니다.",
    Phase.CONFIRMED: "이 결과로 확정합니다. 아직 공개하지 않습니다.",
    Phase.PUBLISHED: "공개 방침이 정한 만큼 모두에게 공개하고, 이의신청 기간이 시작됩니다.",
    Phase.FINAL: "단계를 마칩니다. 되돌릴 수 없습니다.",
}
"""What a move forward does, said before it is made."""

MEANS_BACK = {
    Phase.CLOSED: "집계 결과를 다시 닫습니다. 근거 자료와 결정은 그대로 남습니다.",
    Phase.COUNTED: "결과를 다시 심의합니다. 공표한 뒤라면 공개를 거두며, 그때의 사유는 결과 주소에서 모두에게 보입니다. 앞의 결과와 공표 기록은 지워지지 않습니다.",
}


def toward(word: str) -> str:
    """The word with the ending that says in which direction: 준비 중으로, 집계·심의로."""
    last = ord(word[-1]) - ord("가")
    plain = 0 <= last < 11172 and last % 28 in (0, 8)
    return f"{word}{'로' if plain else '으로'}"


def meaning(to: Phase, *, back: bool) -> str:
    return MEANS_BACK[to] if back else MEANS[to]


ACTS = {
    "move": "국면 이동",
    "import": "마감 뒤 자료 들이기",
    "void": "마감 뒤 평가표 무효",
    "gate": "독자성 관문 결정",
    "line": "경계선 결정",
    "ruling": "이의신청에 답",
    "officer": "계정 열기",
    "amend": "기준 정정",
}
"""What two officers do together."""

PUBLIC_AT_ONCE = "사유와 바뀐 곳이 공개된 기준에 모두에게 보입니다."
SIGN_AGAIN = "지금 기준에 서약한 평가위원 {signed}명은 바뀐 곳을 보고 다시 서약해야 이어서 평가할 수 있습니다. 이미 확인한 평가표는 그대로 세고, 제출만 한 평가표는 다시 서약한 뒤 확인해야 셉니다."
NO_NEW_PLEDGE = "마감한 뒤라 평가위원이 다시 서약하지 않습니다. 이미 집계했으면 다시 집계해야 확정할 수 있습니다."


def amending(version: int, *, signed: int, closed: bool) -> list[str]:
    """What an amendment does, said before it is made."""
    pledges = NO_NEW_PLEDGE if closed else SIGN_AGAIN.format(signed=signed)
    return [f"기준이 {version}판이 되고 설정 지문이 바뀝니다. {PUBLIC_AT_ONCE}", pledges]


COUNT_AGAIN = " 다시 집계해야 결과에 반영됩니다."
DONE = {
    "move": "국면을 옮겼습니다.",
    "import": f"자료를 들여왔습니다.{COUNT_AGAIN}",
    "void": f"평가표를 무효로 했습니다.{COUNT_AGAIN}",
    "gate": f"독자성 관문을 결정했습니다.{COUNT_AGAIN}",
    "line": f"경계선의 팀을 결정했습니다.{COUNT_AGAIN}",
    "ruling": "이의신청에 답했습니다. 받아들여 결과를 고치려면 ‘집계·심의’로 되돌려 다시 집계하고 공표해 주세요.",
    "officer": "계정을 열고, 비밀번호를 정하는 길을 이메일로 알렸습니다.",
    "amend": "기준을 정정했습니다. 새 판과 사유가 모두에게 공개되었습니다.",
}
"""What is said once they have done it."""

ROUND_STATES = {"waiting": "대기", "open": "진행", "locked": "잠김"}
DECISIONS = {"met": "충족", "not_met": "미충족", "in": "진출", "out": "진출하지 않음"}


def detail(kind: str, body: str, rounds: Mapping[str, str]) -> str:
    """What an event is about beyond its kind, from its body. Nothing that anybody marked or chose. `rounds` are names by key."""
    data: dict[str, Any] = json.loads(body)["data"]
    match kind:
        case "phase moved":
            return f"{_phase(data['from'])} → {_phase(data['to'])}"
        case "round moved":
            return (
                f"{rounds.get(data['round'], data['round'])}: {ROUND_STATES[data['from']]} → {ROUND_STATES[data['to']]}"
            )
        case "data imported":
            return f"{data['file']} {data['rows']:,}행"
        case "configuration frozen" | "configuration amended":
            return f"{data['version']}판 {data['digest'][:12]}…"
        case "gate decided" | "line decided":
            return ": ".join(filter(None, [DECISIONS.get(data["decision"], ""), data.get("reason")]))
        case "score counted" | "result published" if "result_seal" in data:
            return f"결과 봉인 {data['result_seal'][:12]}…"
        case "proposal made" | "proposal approved" | "proposal refused" | "proposal withdrawn":
            return ACTS[data["act"]]
        case "answer kept":
            return ", ".join(data["names"])
    return ""


def _phase(value: str) -> str:
    return LABELS[Phase(value)] if value in set(ORDER) else value
