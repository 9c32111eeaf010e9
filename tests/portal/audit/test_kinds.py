"""Every kind of event and every access has a Korean name where the office reads it."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from portal.audit.kinds import ACCESSES, KINDS, SUBJECTS, access_name, kind_name
from portal.audit.record import record, record_access
from tests.factories import accounts, panels, programme

WRITERS = {"record", "_record", "_record_factor", "record_access"}


def calls() -> list[ast.Call]:
    """Every call in the product that writes an event or an access record. What is written to be measured is thrown away unread."""
    found = []
    for folder in ("portal", "evaluations"):
        for path in sorted(Path(settings.BASE_DIR, folder).rglob("*.py")):
            if "bench" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in WRITERS:
                    found.append(node)
    return found


def said(call: ast.Call, keyword: str) -> set[str]:
    return {one.value.value for one in call.keywords if one.arg == keyword and isinstance(one.value, ast.Constant)}


def test_what_is_written_has_a_name_and_every_name_is_written():
    kinds, subjects, accesses = set(), {"panelist"}, set()
    for call in calls():
        if call.func.id == "record_access":
            accesses |= said(call, "action")
        else:
            kinds |= {call.args[0].value} if call.args and isinstance(call.args[0], ast.Constant) else set()
            subjects |= said(call, "subject")

    assert kinds == set(KINDS)
    assert subjects - {""} == set(SUBJECTS)
    assert accesses == set(ACCESSES)


def test_a_word_without_a_name_is_shown_as_it_is():
    assert (kind_name("phase moved"), kind_name("new thing")) == ("국면 이동", "new thing")
    assert (access_name("accounts listed"), access_name("other")) == ("계정 목록 열람", "other")


@pytest.mark.django_db
def test_the_ledger_is_listed_filtered_and_found_by_its_receipt(client):
    accounts.sign_in(client, accounts.an_auditor())
    first = record("phase moved", stage="stage-1", reason="까닭", data={"from": "open", "to": "closed"})
    record("seat created", stage="stage-2")
    path = reverse("admin:audit_event_changelist")

    everything = client.get(path).content.decode()
    moved = client.get(path, {"kind": "phase moved"}).context["cl"].result_count
    staged = client.get(path, {"stage": "stage-2"}).context["cl"].result_count
    found = client.get(path, {"q": first.receipt[:19]}).context["cl"].queryset.get()

    assert "국면 이동" in everything
    assert "자리 만듦" in everything
    assert "phase moved</td>" not in everything
    assert (moved, staged, found) == (1, 1, first)


@pytest.mark.django_db
def test_the_body_of_an_event_is_never_shown(client):
    """It holds what was judged; who may see that, and when, is decided elsewhere."""
    accounts.sign_in(client, accounts.an_officer())
    event = record("sheet submitted", stage="stage-1", data={"mark": "markerword"})

    page = client.get(reverse("admin:audit_event_change", args=[event.pk])).content.decode()

    assert "평가표 제출" in page
    assert "markerword" not in page


@pytest.mark.django_db
def test_access_records_are_told_in_korean(client):
    accounts.sign_in(client, accounts.an_officer())
    record_access(actor="someone", action="person behind seat", whose="somebody", source="192.0.2.1", reason="연락")

    page = client.get(reverse("admin:audit_accessrecord_changelist")).content.decode()

    assert "평가위원 신원 열람" in page
    assert "192.0.2.1" in page


@pytest.mark.django_db
def test_a_seat_and_the_invitation_to_it_are_told_by_the_seat(client):
    officer, expert = accounts.an_officer(), accounts.an_expert(name="박위원")
    accounts.sign_in(client, officer)
    seat = panels.a_panelist(programme.a_stage(), expert)
    record_access(actor=officer.pk, action="person behind seat", whose=seat.invitation.pk)
    event = record("pledge signed", actor=seat.pk, subject="panelist", subject_id=seat.pk)

    listed = client.get(reverse("admin:audit_accessrecord_changelist")).content.decode()
    shown = client.get(reverse("admin:audit_event_change", args=[event.pk])).content.decode()

    for page, id in ((listed, seat.invitation.pk), (shown, seat.pk)):
        assert "2차 단계평가 위원 01" in page
        assert (id in page, "박위원" in page) == (False, False)


@pytest.mark.django_db
def test_who_works_here_is_told_by_name_and_nobody_else(client):
    officer = accounts.an_officer(name="김담당")
    expert = accounts.an_expert(name="박위원")
    accounts.sign_in(client, officer)
    record_access(actor=officer.pk, action="person behind seat", whose=expert.pk)
    event = record("account created", actor=officer.pk, subject="account", subject_id=expert.pk)

    listed = client.get(reverse("admin:audit_accessrecord_changelist")).content.decode()
    shown = client.get(reverse("admin:audit_event_change", args=[event.pk])).content.decode()

    for page in (listed, shown):
        assert "김담당" in page.split('id="content"')[1]
        assert expert.pk in page
        assert "박위원" not in page
