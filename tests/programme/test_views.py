"""The public method page: the rules that hold, and every amendment of them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from tests.factories import programme
from tests.factories.results import a_configuration_body, freeze
from tests.factories.stagefile import a_frozen_stage
from tests.language import korean_in_main
from tests.page import contents_of, headings_of
from tests.stagefile.test_amend import EXTENSION, together

pytestmark = pytest.mark.django_db

REASON = "전산 장애로 마감을 늦춥니다."


@pytest.fixture
def stage(tmp_path) -> Stage:
    return a_frozen_stage(tmp_path, Phase.OPEN)


def page_of(client, stage: Stage) -> str:
    return client.get(f"/stages/{stage.slug}/").content.decode()


def test_rules_that_were_never_amended_say_so(client, stage):
    page = page_of(client, stage)

    assert "확정한 뒤로 바뀌지 않았습니다." in page
    assert 'id="amendments"' not in page


@pytest.mark.parametrize(("opens", "said"), [(1, "평가 시작 전에"), (-1, "평가 시작 시각이 지난 뒤에")])
def test_it_is_told_whether_the_rules_were_frozen_in_time(client, opens, said):
    now = timezone.now()
    days = {"frozen_at": opens - 1, "opens_at": opens, "closes_at": 2, "published_at": 3}
    stage = programme.a_stage(**{name: now + timedelta(days=day) for name, day in days.items()})
    freeze(stage, a_configuration_body(stage))
    programme.in_phase(stage, Phase.OPEN)

    assert f"이 기준은 {said} 확정되었습니다." in page_of(client, stage)


def test_every_amendment_is_told_with_its_reason_and_what_it_changed(client, stage):
    first = together(stage, *EXTENSION, reason=REASON)
    second = together(stage, (("rounds", 0, "name", "ko"), "서면"), reason="이름을 줄였습니다.")

    page = page_of(client, stage)

    told = page.split('id="amendments"')[1].split('id="timetable"')[0]
    assert "확정되어 바뀌지 않습니다" not in page
    for words in (
        REASON, "이름을 줄였습니다.", first.digest, second.digest, "2026-08-14 18:00", "2090-08-16 18:00", "서면평가",
        f"/stages/{stage.slug}/configuration/2.json",
    ):  # fmt: skip
        assert words in told
    assert told.index("이름을 줄였습니다.") < told.index(REASON)
    assert "2090" in page.split('id="timetable"')[1]


def test_the_contents_lead_to_every_heading(client, stage):
    together(stage, *EXTENSION, reason=REASON)

    page = page_of(client, stage)

    assert contents_of(page) == headings_of(page)
    assert {"frozen", "amendments", "part-expert", "gate", "users", "rules"} <= set(contents_of(page))


def test_the_amendments_speak_english(client, stage):
    """The example has names without an English one, which a sentence of the page mentions."""
    client.cookies.load({"language": "en"})
    before = korean_in_main(page_of(client, stage))
    together(stage, *EXTENSION, (("parts", 1, "criteria", 0, "guide", "ko"), "설계를 봅니다."), reason=REASON)

    page = page_of(client, stage)

    assert all(words in page for words in ("Amendments of the criteria", "Closes", "What to look at (Korean)"))
    assert korean_in_main(page) == before


def test_each_edition_is_there_to_be_taken_home(client, stage):
    first = stage.configurations.get()
    second = together(stage, *EXTENSION)
    address = f"/stages/{stage.slug}/configuration"

    answers = [client.get(f"{address}/{version}.json") for version in (1, 2)]

    assert [answer.content.decode() for answer in answers] == [first.body, second.body]
    assert client.get(f"{address}.json").content == answers[1].content
    assert answers[0]["Content-Disposition"] == f'attachment; filename="{stage.slug}-configuration-1.json"'
    head = client.head(f"{address}/1.json")
    assert (head.status_code, head.content) == (200, b"")
    assert sorted(head.headers) == sorted(client.head(f"{address}.json").headers)
    for unknown in ("0", "3", "9" * 40):
        assert client.get(f"{address}/{unknown}.json").status_code == 404
    assert client.get(f"{address}/-1.json").status_code == 404
    assert client.get(f"{address}/1.json?x=1").content == answers[0].content


def test_an_edition_is_seen_by_whoever_sees_the_rules():
    stage = programme.a_stage()
    programme.a_configuration(stage)

    assert Client().get(f"/stages/{stage.slug}/configuration/1.json").status_code == 404
