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
