"""The panel as the office sees it."""

import pytest

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
