"""The panel as the office sees it."""

import re

import pytest

from evaluations.panels.models import Panelist
from tests.factories import accounts, panels, programme

pytestmark = pytest.mark.django_db


def test_where_a_panelist_works_is_told_to_whoever_may_know_who_she_is(client):
    stage = programme.a_stage()
    conflict = panels.a_conflict(panels.a_panelist(stage), stage.teams.first(), note="멀리대학교")

    for person, told in ((accounts.an_officer(), True), (accounts.an_auditor(), False)):
        accounts.sign_in(client, person)
        pages = [client.get("/admin/panels/conflict/"), client.get(f"/admin/panels/conflict/{conflict.id}/change/")]
        assert [page.status_code for page in pages] == [200, 200]
        assert ["멀리대학교" in page.content.decode() for page in pages] == [told, told]


def test_nobody_is_invited_again_where_nobody_was_invited(client):
    seat = panels.a_panelist(programme.a_stage())
    accounts.sign_in(client, accounts.an_officer())

    answer = client.post(f"/admin/panels/panelist/{seat.id}/reinvite/", {"email": "", "name": ""})

    assert answer.status_code == 403
    assert "이 자리에는 아직 아무도 초대하지 않았습니다." in answer.content.decode()


def test_the_list_of_seats_tells_whose_pledge_holds(client):
    stage = programme.a_stage()
    programme.a_configuration(stage)
    for number in range(3):
        panels.a_panelist(stage, accounts.an_expert(f"expert{number}@example.kr"), pledged=False)
    early, late, never = Panelist.objects.order_by("label")
    panels.a_pledge(early)
    programme.a_configuration(stage, version=2, reason="오탈자")
    panels.a_pledge(late)
    accounts.sign_in(client, accounts.an_officer())

    page = client.get("/admin/panels/panelist/?o=1").content.decode()

    assert re.findall(r'field-pledge_state">([^<]*)<', page) == ["바뀐 기준에 다시 서약해야 함", "서약", "–"]
    assert never.pledges.count() == 0
