"""The panel in the office: seats, one invitation and many, conflicts, assignments, and who may look."""

import html
import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.core import mail
from django.test import Client
from django.urls import reverse

from evaluations.panels import actions
from evaluations.panels.conflicts import Post
from evaluations.panels.models import Assignment, Conflict, Invitation, Panelist, Recusal, Waiver
from evaluations.programme.phases import Phase
from portal.audit.models import AccessRecord, Event
from portal.http import Refusal
from tests.factories import accounts, panels
from tests.factories.programme import a_configuration, a_member, a_round, a_stage, in_phase, in_state
from tests.office import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    """Frozen, with two rounds."""
    stage = a_stage()
    a_round(stage)
    a_round(stage, "talk", name_ko="발표평가", blind=False, counts=False)
    a_configuration(stage)
    return in_phase(stage, Phase.FROZEN)


@pytest.fixture
def officer(client):
    officer = accounts.an_officer()
    accounts.sign_in(client, officer)
    return officer


def of_stage(verb: str, stage) -> str:
    return reverse(f"admin:panels_panelist_stage_{verb}", args=[stage.pk])


def of_seat(verb: str, seat) -> str:
    return reverse(f"admin:panels_panelist_{verb}", args=[seat.pk])


def told(client, path: str, **fields) -> list[str]:
    """Send the page and read the sentences on the next one."""
    answer = client.post(path, fields, follow=True)
    return [str(message) for message in answer.context["messages"]]


LIST = """홍길동, hong@example.kr
Kim Younghee <kim@example.kr>
박철수\tpark@example.kr
lee@example.kr; 이영희
"""


def test_a_pasted_list_invites_everybody_in_random_seats(client, stage, officer, django_capture_on_commit_callbacks):
    actions.create_seats(stage=stage, number=2, by=officer)

    with django_capture_on_commit_callbacks(execute=True):
        assert told(client, of_stage("invite", stage), people=LIST) == [
            "4명에게 위촉 안내를 보냈습니다. 자리는 무작위로 정했습니다."
        ]

    assert dict(Invitation.objects.values_list("email", "name")) == {
        "hong@example.kr": "홍길동", "kim@example.kr": "Kim Younghee", "park@example.kr": "박철수", "lee@example.kr": "이영희",
    }  # fmt: skip
    assert Panelist.objects.filter(stage=stage).count() == 4
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        Invitation.objects.values_list("email", flat=True)
    )
    assert AccessRecord.objects.filter(action="panelist invited", source="127.0.0.1").count() == 4


def test_an_invitation_and_its_repetition_say_from_where_they_were_sent(client, stage, officer):
    seat = panels.a_panelist(stage)

    told(client, of_seat("invite", seat), email="hong@example.kr", name="홍길동")
    told(client, of_seat("reinvite", seat))

    assert list(AccessRecord.objects.order_by("at").values_list("action", "source")) == [
        ("panelist invited", "127.0.0.1"), ("panelist invited again", "127.0.0.1"),
    ]  # fmt: skip


def test_the_order_of_the_list_does_not_tell_the_seat(stage, officer):
    people = [actions.Person(f"사람 {n:02}", f"p{n:02}@example.kr") for n in range(30)]

    actions.invite_many(stage=stage, people=people, by=officer)

    by_label = list(Invitation.objects.order_by("panelist__label").values_list("email", flat=True))
    assert by_label != sorted(by_label)


@pytest.mark.parametrize("email", ["offi.cer+seat@gmail.com", "Officer@googlemail.com"])
def test_an_officer_cannot_be_invited_to_a_seat_under_another_form_of_her_address(stage, officer, email):
    accounts.an_auditor("officer@gmail.com")

    with pytest.raises(Refusal, match="같은 우편함입니다"):
        actions.invite(panelist=panels.a_panelist(stage), email=email, name="이담당", by=officer)


def test_one_mailbox_is_invited_to_one_seat_however_it_is_written(stage, officer):
    actions.invite(panelist=panels.a_panelist(stage), email="kim@gmail.com", name="김", by=officer)

    with pytest.raises(Refusal, match="다른 자리에 이미 초대"):
        actions.invite(panelist=panels.a_panelist(stage), email="k.im+2@gmail.com", name="김", by=officer)


def test_the_order_of_the_ledger_does_not_tell_the_list_either(stage, officer):
    people = [actions.Person(f"사람 {n:02}", f"p{n:02}@example.kr") for n in range(30)]

    actions.invite_many(stage=stage, people=people, by=officer)

    person = dict(Invitation.objects.values_list("panelist", "email"))
    asked = Event.objects.filter(kind="panelist invited").in_order()
    in_order = [person[event.subject_id] for event in asked]
    assert sorted(in_order) == sorted(person.values())
    assert in_order != sorted(in_order)


@pytest.mark.parametrize("who", [accounts.an_officer, accounts.an_auditor])
def test_nothing_the_office_reads_joins_an_account_and_a_seat(client, stage, officer, who):
    """Two people take their seats one after the other; only the look at who sits there, which is on record, may tell."""
    people = [actions.Person(f"사람 {n}", f"p{n}@example.kr") for n in range(2)]
    for invited in actions.invite_many(stage=stage, people=people, by=officer):
        path = invited.link.removeprefix(settings.SITE_URL.rstrip("/"))
        Client().post(f"{path}accept/", {"password": accounts.PASSWORD, "again": accounts.PASSWORD})
    accepted = Invitation.objects.exclude(accepted_at=None)
    assert accepted.count() == 2

    reader = who("reader@example.kr")
    accounts.sign_in(client, reader)
    pages = "".join(
        client.get(f"/admin/audit/{room}/?{query}").content.decode()
        for room in ("event", "accessrecord")
        for query in ("o=1", "o=-1", "q=", "kind=account+created", "kind=invitation+accepted")
    )
    events = "".join(f"{one.actor} {one.subject_id} {one.body} {one.reason}" for one in Event.objects.all())
    looks = "".join(f"{one.actor} {one.whose} {one.reason}" for one in AccessRecord.objects.all())

    ids = [invitation.user_id for invitation in accepted]
    assert [pk for pk in ids if pk in pages + events + looks] == []


@pytest.mark.parametrize(
    ("people", "status", "said"),
    [
        ("", 422, ["필수 항목입니다."]),
        ("홍길동", 422, ["1번째 줄에 이메일 주소가 없습니다: 홍길동"]),
        ("hong@example.kr", 422, ["1번째 줄에 이름을 100자 안으로 적어 주세요: hong@example.kr"]),
        ("가, a@example.kr\n나, b@@", 422, ["2번째 줄에 이메일 주소가 없습니다: 나, b@@"]),
        ("가, a@example.kr b@example.kr", 422, ["1번째 줄에 이메일 주소가 없습니다: 가, a@example.kr b@example.kr"]),
        (
            "가, a@example.kr\n나, A@example.kr\n다, officer@example.kr",
            422,
            [
                "A@example.kr: 같은 이메일이 목록에 두 번 있습니다.",
                "officer@example.kr: 이 이메일은 평가위원이 아닌 계정에서 쓰고 있습니다. 다른 이메일로 초대해 주세요.",
                "아무에게도 보내지 않았습니다.",
            ],
        ),
        (
            "\n".join(f"이름{n}, a{n}@example.kr" for n in range(201)),
            422,
            ["한 번에 200명까지 초대할 수 있습니다(지금 201명)."],
        ),
    ],
)
def test_a_list_with_a_fault_invites_nobody_and_is_kept(client, stage, officer, people, status, said):
    answer = client.post(of_stage("invite", stage), {"people": people})

    page = answer.content.decode()
    assert answer.status_code == status
    assert [sentence for sentence in said if sentence not in page.replace("&#x27;", "'")] == []
    assert html.unescape(re.search(r'<textarea name="people"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)[1]) == people
    assert (Invitation.objects.count(), Panelist.objects.count(), len(mail.outbox)) == (0, 0, 0)


@pytest.mark.parametrize(("where", "shown"), [("demo", True), ("test", False), ("production", False)])
def test_the_link_is_shown_in_the_demonstration_only(client, stage, officer, settings, where, shown):
    """Whoever has the link can take the seat: outside the demonstration nobody but the person may have it."""
    settings.PORTAL_ENV = where
    (seat,) = actions.create_seats(stage=stage, number=1, by=officer)

    first = told(client, of_seat("invite", seat), email="hong@example.kr", name="홍길동")
    again = told(client, of_seat("reinvite", seat), email="", name="")
    many = told(client, of_stage("invite", stage), people="김하나, kim@example.kr")

    assert [any("/panel/invitations/" in line for line in lines) for lines in (first, again, many)] == [shown] * 3


def test_an_invitation_is_sent_again_to_the_same_person_or_to_another(
    client, stage, officer, django_capture_on_commit_callbacks
):
    (seat,) = actions.create_seats(stage=stage, number=1, by=officer)
    first = actions.invite(panelist=seat, email="hong@example.kr", name="홍길동", by=officer)
    actions.decline(invitation=first.invitation, reason="time")

    with django_capture_on_commit_callbacks(execute=True):
        told(client, of_seat("reinvite", seat), email="kim@example.kr", name="김하나")

    invitation = Invitation.objects.get()
    link = re.search(r"/panel/invitations/([\w-]+)/", mail.outbox[-1].body)[1]
    assert (invitation.email, invitation.name, invitation.declined_at) == ("kim@example.kr", "김하나", None)
    assert actions.invitation_of(link) == invitation
    assert actions.invitation_of(first.link.rstrip("/").rsplit("/", 1)[1]) is None
    half = client.post(of_seat("reinvite", seat), {"email": "other@example.kr", "name": ""})
    assert (half.status_code, Invitation.objects.get().email) == (422, "kim@example.kr")


def test_everybody_who_has_pledged_is_assigned_and_the_others_are_named(client, stage, officer):
    ready = panels.a_panelist(stage, accounts.an_expert())
    waiting = panels.a_panelist(stage, accounts.an_expert("second@example.kr"), pledged=False)
    empty = panels.a_panelist(stage)
    Panelist.objects.create(stage=stage, label="자료 1", imported=True)
    panels.a_conflict(ready, stage.teams.get(slug="lg"))

    assert told(client, of_stage("assign", stage)) == [
        "새로 6건을 배정했습니다.",
        f"이해관계 신고와 서약을 마치지 않아 배정하지 않은 자리: {waiting}, {empty}",
    ]
    assert told(client, of_stage("assign", stage))[0] == "새로 0건을 배정했습니다."

    assert set(Assignment.objects.values_list("panelist", "team__slug").distinct()) == {
        (ready.pk, "skt"), (ready.pk, "upstage"), (ready.pk, "motif"),
    }  # fmt: skip


def test_nobody_is_assigned_before_the_freeze(client, stage, officer):
    in_phase(stage, Phase.PREPARING)
    panels.a_panelist(stage, accounts.an_expert())

    answer = client.post(of_stage("assign", stage))

    assert (answer.status_code, Assignment.objects.count()) == (403, 0)


def test_a_replaced_seat_is_out_of_everything(client, stage, officer):
    """Otherwise the next round, or a second invitation, would bring the person back."""
    expert = accounts.an_expert()
    seat = panels.a_panelist(stage, expert)
    first, second = stage.rounds.all()
    in_state(second, "locked")
    actions.assign(panelist=seat, round=first, by=officer)
    in_state(second, "waiting")

    assert told(client, of_seat("replace", seat), reason="건강") == [
        f"{seat}의 위촉을 마치고 새 자리 위원 02를 만들었습니다. 새 자리에 사람을 초대해 주세요."
    ]

    seat.refresh_from_db()
    assert seat.replaced_by.label == "위원 02"
    assert Recusal.objects.count() == 4
    for refused in (
        lambda: actions.assign(panelist=seat, round=second, by=officer),
        lambda: actions.replace(panelist=seat, by=officer, reason="또"),
        lambda: actions.invite(panelist=seat, email="x@example.kr", name="이름", by=officer),
    ):
        with pytest.raises(Refusal, match="교체한 자리"):
            refused()
    assert actions.assign_everybody(stage=stage, by=officer).waiting == [seat.replaced_by]
    listed = client.get(reverse("admin:panels_panelist_changelist")).content.decode()
    assert "교체(위원 02로)" in listed


def test_a_link_of_a_replaced_seat_is_dead(stage, officer):
    (seat,) = actions.create_seats(stage=stage, number=1, by=officer)
    invited = actions.invite(panelist=seat, email="hong@example.kr", name="홍길동", by=officer)
    token = invited.link.rstrip("/").rsplit("/", 1)[1]
    assert actions.invitation_of(token) == invited.invitation

    actions.replace(panelist=seat, by=officer, reason="연락이 닿지 않음")

    assert actions.invitation_of(token) is None
    with pytest.raises(Refusal, match="교체한 자리"):
        actions.reinvite(invitation=invited.invitation, by=officer)


def test_a_member_that_joined_later_is_compared_with_all_seats(client, stage, officer):
    expert = accounts.an_expert()
    seat = panels.a_panelist(stage, expert)
    in_phase(stage, Phase.PREPARING)
    a_member(stage.teams.get(slug="skt"), "멀리대학교")
    in_phase(stage, Phase.FROZEN)

    assert told(client, of_stage("detect", stage)) == [
        "소속과 구성 기관을 다시 대조했습니다. 새로 찾은 이해충돌은 1건입니다."
    ]
    assert told(client, of_stage("detect", stage))[0].endswith("이해충돌은 0건입니다.")

    assert list(Conflict.objects.values_list("panelist", "team__slug", "ground")) == [(seat.pk, "skt", "unit_unknown")]


def test_the_office_notes_a_conflict_with_a_team_of_this_stage_only(client, stage, officer):
    seat = panels.a_panelist(stage)
    stranger = a_stage("other").teams.first()
    lg = stage.teams.get(slug="lg")

    refused = client.post(of_seat("conflict", seat), {"team": stranger.pk, "ground": "other", "note": "들었다"})
    without = client.post(of_seat("conflict", seat), {"team": lg.pk, "ground": "other", "note": ""})
    noted = told(client, of_seat("conflict", seat), team=lg.pk, ground="other", note="들었다")

    assert (refused.status_code, without.status_code) == (422, 422)
    assert noted == [f"{seat}의 이해충돌을 적었습니다."]
    assert Conflict.objects.get().source == Conflict.Source.OFFICER


def test_the_conflict_page_tells_what_the_decree_leaves_to_the_office(client, stage, officer):
    in_phase(stage, Phase.PREPARING)
    a_member(stage.teams.get(slug="skt"), "멀리대학교", "전산학과")
    in_phase(stage, Phase.FROZEN)
    seat = panels.a_panelist(stage, accounts.an_expert())

    page = client.get(of_seat("conflict", seat))

    assert page.context["facts"] == [("에스케이팀", "같은 기관", "멀리대학교")]


def test_a_conflict_is_waived_with_a_reason_where_the_law_allows(client, stage, officer):
    seat = panels.a_panelist(stage)
    unit = panels.a_conflict(seat, stage.teams.get(slug="lg"))
    never = panels.a_conflict(seat, stage.teams.get(slug="skt"), Conflict.Ground.RESEARCHER)

    refused = client.post(reverse("admin:panels_conflict_waive", args=[never.pk]), {"reason": "사람이 없다"})
    without = client.post(reverse("admin:panels_conflict_waive", args=[unit.pk]), {"reason": ""})
    waived = client.post(reverse("admin:panels_conflict_waive", args=[unit.pk]), {"reason": "사람이 없다"})

    assert (refused.status_code, without.status_code, waived.status_code) == (403, 422, 302)
    assert Waiver.objects.get().conflict == unit


def test_an_assignment_is_recused_with_a_reason(client, stage, officer):
    seat = panels.a_panelist(stage, accounts.an_expert())
    assignment = panels.an_assignment(seat, stage.teams.first(), stage.rounds.first())
    path = reverse("admin:panels_assignment_recuse", args=[assignment.pk])

    assert client.post(path, {"reason": ""}).status_code == 422
    done = client.post(path, {"reason": "제척 사유 발견"}, follow=True)
    assert [str(one).split(".")[0] for one in done.context["messages"]] == [
        "회피·제척을 기록했습니다",
        "부호명이 드러나지 않도록 이 자리의 가린 평가를 모두 멈추었습니다",
    ]
    listed = client.get(reverse("admin:panels_panelist_changelist")).content.decode()
    assert "수락 – 멈춤(회피·제척)" in listed
    assert client.post(path, {"reason": "한 번 더"}).status_code == 409

    assert Recusal.objects.get().reason == "제척 사유 발견"


def test_who_sits_there_is_shown_for_a_reason_and_the_look_is_on_record(client, stage, officer):
    seat = panels.a_panelist(stage, accounts.an_expert(name="김평가"))
    listed = client.get(reverse("admin:panels_panelist_changelist")).content.decode()
    assert "김평가" not in listed
    assert "expert@example.kr" not in listed

    without = client.post(of_seat("person", seat), {"reason": ""})
    shown = told(client, of_seat("person", seat), reason="일정을 알리려고")

    assert without.status_code == 422
    assert shown == [f"{seat}: 김평가 <expert@example.kr>, 소속 멀리대학교 통계학과. 열람을 기록했습니다."]
    record = AccessRecord.objects.get(action="person behind seat")
    assert (record.actor, record.source, record.reason) == (officer.pk, "127.0.0.1", "일정을 알리려고")


def test_an_empty_seat_has_nobody_to_show(client, stage, officer):
    seat = panels.a_panelist(stage)
    assert told(client, of_seat("person", seat), reason="궁금") == [f"{seat} 자리에는 초대한 사람이 없습니다."]


@pytest.mark.parametrize("number", ["0", "201", "-1", "열", "1.5", ""])
def test_seats_are_made_by_a_sensible_number(client, stage, officer, number):
    answer = client.post(of_stage("seats", stage), {"number": number})

    assert (answer.status_code, Panelist.objects.count()) == (422, 0)


def test_seats_get_the_next_free_labels(client, stage, officer):
    Panelist.objects.create(stage=stage, label="위원 02", imported=True)

    assert told(client, of_stage("seats", stage), number="2") == ["자리 2개를 만들었습니다."]
    assert list(Panelist.objects.order_by("label").values_list("label", flat=True)) == ["위원 01", "위원 02", "위원 03"]


def test_after_the_close_the_panel_stays_as_it_is(client, stage, officer):
    seat = panels.a_panelist(stage, accounts.an_expert())
    in_phase(stage, Phase.CLOSED)

    answers = [
        client.post(of_stage("seats", stage), {"number": "1"}),
        client.post(of_stage("invite", stage), {"people": "가, a@example.kr"}),
        client.post(of_stage("assign", stage)),
        client.post(of_seat("replace", seat), {"reason": "늦었다"}),
        client.post(of_seat("conflict", seat), {"team": stage.teams.first().pk, "ground": "other", "note": "들었다"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert (Panelist.objects.count(), Conflict.objects.count()) == (1, 0)
    listed = client.get(reverse("admin:panels_panelist_changelist")).content.decode()
    assert re.findall(r'class="office-act" href="[^"]*">([^<]*)<', listed) == ["사람 보기"]


def test_the_ledger_joins_no_person_to_a_seat(client, stage, officer):
    (seat,) = actions.create_seats(stage=stage, number=1, by=officer)
    expert = accounts.an_expert()
    invited = actions.invite(panelist=seat, email=expert.email, name=expert.name, by=officer)
    actions.accept(invitation=invited.invitation, by=expert)
    actions.record_affiliations(panelist=seat, posts=[Post("멀리대학교")], by=expert)

    everything = " ".join(Event.objects.values_list("body", flat=True))

    assert [
        word
        for word in (expert.pk, expert.email, expert.name, invited.invitation.pk, "멀리대학교")
        if word in everything
    ] == []


def test_pages_ask_and_change_nothing(client, stage, officer):
    seat = panels.a_panelist(stage, accounts.an_expert())
    before = Event.objects.count()

    for verb in ("seats", "invite", "assign", "detect"):
        Page(client, of_stage(verb, stage))
    for verb in ("invite", "reinvite", "assign", "conflict", "person", "replace"):
        Page(client, of_seat(verb, seat))

    assert Event.objects.count() == before


# ---------------------------------------------------------------- what a button will do


def meant(client, path: str) -> list[str]:
    """What the page says beside its button."""
    return client.get(path).context["means"]


def test_assigning_says_before_it_how_many_it_will_make(client, stage, officer):
    for number in range(3):
        panels.a_panelist(stage, accounts.an_expert(f"e{number}@example.kr"), pledged=number < 2)
    seat = stage.panelists.get(label="위원 02")
    panels.a_conflict(seat, stage.teams.first())

    assert meant(client, of_stage("assign", stage)) == [
        "전문가 2명에게 6–8건씩 모두 14건을 새로 배정하고 부호명을 뽑습니다. 배정은 지울 수 없고 회피·제척으로만 끝납니다.",
        "이해관계 신고와 서약을 마치지 않은 자리 1개는 배정하지 않습니다.",
    ]
    assert meant(client, of_seat("assign", seat))[0].startswith("위원 02 자리에 6건을 새로 배정하고")
    assert told(client, of_stage("assign", stage))[0] == "새로 14건을 배정했습니다."
    assert meant(client, of_stage("assign", stage))[0] == "새로 배정할 것이 없습니다."
    assert meant(client, of_seat("assign", seat)) == ["새로 배정할 것이 없습니다."]
    waiting = stage.panelists.get(label="위원 03")
    assert meant(client, of_seat("assign", waiting)) == ["이해관계 신고와 서약을 마친 뒤에 배정할 수 있습니다."]


def test_a_locked_round_and_a_recused_team_are_not_promised(stage, officer):
    expert = accounts.an_expert()
    seat, (first, second) = panels.a_panelist(stage, expert), stage.rounds.all()
    given = actions.assign(panelist=seat, round=first, by=officer)
    actions.recuse(assignment=given[0], reason="건강", by=expert)
    in_phase(stage, Phase.OPEN)
    in_state(first, "locked")

    seats = Panelist.objects.filter(pk=seat.pk)
    assert actions.would_assign(stage=seat.stage, seats=seats) == {seat: 4}
    in_state(second, "locked")
    assert actions.would_assign(stage=seat.stage, seats=seats) == {seat: 0}


@pytest.mark.parametrize("seats", [1, 3])
def test_how_many_it_will_make_is_asked_at_once(client, stage, officer, seats, django_assert_num_queries):
    for number in range(seats):
        panels.a_panelist(stage, accounts.an_expert(f"e{number}@example.kr"))
    client.get(of_stage("assign", stage))

    with django_assert_num_queries(9):
        client.get(of_stage("assign", stage))


IRREVERSIBLE = {
    "stage seats": "만든 자리는 지울 수 없습니다.",
    "stage invite": "보낸 이메일과 만든 자리는 거둘 수 없습니다.",
    "stage assign": "배정은 지울 수 없고 회피·제척으로만 끝납니다.",
    "stage detect": "새로 찾은 이해충돌은 지울 수 없고, 그 팀의 배정은 곧바로 제척합니다.",
    "seat invite": "보낸 이메일은 거둘 수 없지만, 수락하기 전에는 ‘다시 초대’로 링크를 바꿀 수 있습니다.",
    "seat reinvite": "보낸 이메일은 거둘 수 없습니다.",
    "seat assign": "배정은 지울 수 없고 회피·제척으로만 끝납니다.",
    "seat conflict": "적은 이해충돌은 지울 수 없습니다.",
    "seat person": "열어 본 것과 사유가 접속기록에 남고, 지울 수 없습니다.",
    "seat replace": "되돌릴 수 없습니다.",
    "assignment recuse": "되돌릴 수 없습니다.",
    "conflict waive": "인정은 거둘 수 없습니다.",
}
"""What each button of the panel says cannot be taken back."""


def test_every_button_of_the_panel_has_its_sentence_here():
    models = {"seat": Panelist, "assignment": Assignment, "conflict": Conflict}
    offices = {name: admin.site.get_model_admin(model) for name, model in models.items()}

    assert set(IRREVERSIBLE) == {
        *(f"stage {verb.name}" for verb in offices["seat"].stage_verbs),
        *(f"{name} {verb.name}" for name, office in offices.items() for verb in office.verbs),
    }


@pytest.mark.parametrize("button", IRREVERSIBLE)
def test_every_button_of_the_panel_says_what_stays(client, stage, officer, button):
    seat, empty, asked = (
        panels.a_panelist(stage, accounts.an_expert()),
        panels.a_panelist(stage),
        panels.a_panelist(stage),
    )
    panels.an_invitation(asked)
    conflict = panels.a_conflict(seat, stage.teams.first())
    given = actions.assign(panelist=seat, round=stage.rounds.first(), by=officer)
    kind, verb = button.split()
    path = {
        "stage": lambda: of_stage(verb, stage),
        "seat": lambda: of_seat(verb, {"invite": empty, "reinvite": asked}.get(verb, seat)),
        "assignment": lambda: reverse("admin:panels_assignment_recuse", args=[given[0].pk]),
        "conflict": lambda: reverse("admin:panels_conflict_waive", args=[conflict.pk]),
    }[kind]()

    answer = client.get(path)

    assert answer.status_code == 200
    assert IRREVERSIBLE[button] in " ".join(answer.context["means"])
    page = answer.content.decode()
    assert [sentence for sentence in answer.context["means"] if sentence not in page] == []


def test_recusing_in_a_blind_round_tells_how_many_assignments_are_hidden(client, stage, officer):
    seat = panels.a_panelist(stage, accounts.an_expert())
    panels.a_conflict(seat, stage.teams.first())
    given = actions.assign(panelist=seat, round=stage.rounds.first(), by=officer)

    assert "가린 차수이므로 이 자리에 보이던 이 차수의 배정 3건이 모두 보이지 않게 됩니다." in " ".join(
        meant(client, reverse("admin:panels_assignment_recuse", args=[given[0].pk]))
    )


def test_how_the_same_person_comes_back_is_told_where_she_is_taken_off_and_asked_again(client, stage, officer):
    seat = panels.a_panelist(stage, accounts.an_expert())
    actions.assign(panelist=seat, round=stage.rounds.first(), by=officer)
    replace = meant(client, of_seat("replace", seat))
    assert replace[0].startswith("배정 4건을 모두 회피·제척으로 적어 확인한 평가표까지 세지 않고 위원 01의 위촉을 마친")
    assert replace[1].startswith("같은 사람을 다시 초대하려면")

    new = actions.replace(panelist=seat, by=officer, reason="바쁘다")

    assert meant(client, of_seat("invite", new))[1:] == replace[1:]
    assert len(meant(client, of_seat("invite", panels.a_panelist(stage)))) == 1
