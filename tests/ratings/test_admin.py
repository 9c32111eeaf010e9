"""What citizens are asked, as the office sees it."""

import pytest

from evaluations.programme.phases import ORDER
from evaluations.ratings.models import Prompt
from tests.factories import accounts, programme, ratings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("make", "seen"), [(accounts.an_officer, "xxxxxxxx"), (accounts.an_auditor, "...xxxxx")])
def test_whose_an_answer_is_stays_hidden_from_auditors_while_citizens_are_asked(client, make, seen):
    stage = ratings.a_rated_stage(prompts=1)
    accounts.sign_in(client, make())
    found = ""
    for phase in ORDER:
        programme.in_phase(stage, phase)
        page = client.get(f"/admin/ratings/prompt/{Prompt.objects.get().id}/change/")
        assert page.status_code == 200
        found += ".x"["p00의 답변입니다." in page.content.decode()]

    assert found == seen
