"""The office as a whole: every address opens, an auditor changes nothing anywhere, and nobody changes what a page does not ask."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from evaluations.panels.models import Conflict, Panelist
from evaluations.proceedings import actions, building, wording
from evaluations.proceedings.models import Procedure
from evaluations.programme.models import Round, Stage
from evaluations.programme.phases import ORDER, Phase
from evaluations.ratings.models import Answer
from evaluations.results import jobs, tasks
from evaluations.results.models import CountJob
from evaluations.stagefile.load import IMPORTABLE, load_directory
from portal.audit.models import AccessRecord, Event
from portal.http import Refusal
from tests.factories import accounts, panels, programme, results
from tests.factories.proceedings import a_proposal, seen
from tests.factories.ratings import a_ballot, a_rated_stage, issued
from tests.factories.stagefile import a_directory, a_majority_stage, example_files
from tests.office import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    officer = accounts.an_officer()
    accounts.sign_in(client, officer)
    return officer


@pytest.fixture
def loaded(tmp_path):
    """The example of docs/stage-file.md with all its data."""
    return load_directory(a_directory(tmp_path), by="test").stage


def page_of(stage) -> str:
    return reverse("admin:proceedings_page", args=[stage.pk])


# ---------------------------------------------------------------- every address


@pytest.fixture
def furnished(loaded):
    """A counted stage in which every kind of row that has a page is there."""
    team, seat = loaded.teams.first(), Panelist.objects.filter(stage=loaded).first()
    Conflict.objects.create(
        panelist=seat, team=team, ground="other", source="officer", note="들었다", event=Event.objects.first()
    )
    officer = accounts.an_officer("other-officer@example.kr")
    for to in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED):
        loaded = actions.advance_phase(stage=loaded, to=to, by=officer)
    tasks.count(results.a_job(loaded).pk)
    actions.advance_phase(stage=loaded, to=Phase.COUNTED, by=officer)
    panels.a_pledge(seat)
    a_proposal(officer, loaded, told="‘집계·심의’ → ‘결과 확정’")
    return Stage.objects.get()


def addresses(stage) -> list[str]:
    """Every address of the office, with the first row of its model where it asks for one."""
    office = next(one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "admin")
    return sorted({path for pattern in office.url_patterns for path in _paths(pattern, stage)})


def _paths(pattern, stage, above: str = "") -> list[str]:
    route = above + str(pattern.pattern).removeprefix("^").removesuffix(r"\Z").removesuffix("$")
    if isinstance(pattern, URLResolver):
        return [path for inner in pattern.url_patterns for path in _paths(inner, stage, route)]
    assert isinstance(pattern, URLPattern)
    route = re.sub(r"\(\?P<app_label>.*\)", "programme", route)
    if "(?P<url>" in route:
        return ["/admin/no/such/page"]
    words = route.split("/")
    model = (
        apps.get_model(words[0], words[1])
        if len(words) > 2 and words[0] in {c.label for c in apps.get_app_configs()}
        else None
    )
    row = model._default_manager.first() if model else None
    filled = {
        "<id:round_pk>": Round.objects.first().pk, "<id:job_pk>": CountJob.objects.first().pk, "<slug:verb>": "open",
        "<str:name>": "benchmarks.csv", "<path:object_id>": row.pk if row else stage.pk,
        "<path:content_type_id>": "1", "<int:content_type_id>": "1",
        "<id:pk>": stage.pk if "stages/" in route or (words[:1] == ["proceedings"] and words[1] != "proposal") else row.pk if row else stage.pk,
    }  # fmt: skip
    for name, value in filled.items():
        route = route.replace(name, value)
    assert "<" not in route, route
    return [f"/admin/{route}"]


def everything_kept() -> dict[str, list]:
    """All rows of the product, and Django's own log of what was done in the admin."""
    kept = [
        model
        for model in apps.get_models()
        if model.__module__.startswith(("portal.", "evaluations.")) and not model._meta.proxy
    ]
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in [*kept, LogEntry] if model is not AccessRecord
    }  # fmt: skip


def test_every_address_answers_and_reading_changes_nothing(client, officer, furnished):
    before = everything_kept()

    pages = {path: client.get(path) for path in addresses(furnished)}
    answers = {path: page.status_code for path, page in pages.items()}
    meant = {path: page.context["means"] for path, page in pages.items() if page.context and "means" in page.context}

    assert len(answers) > 150
    # Every button says what it will do.
    assert len(meant) > 10
    assert [path for path, sentences in meant.items() if not sentences] == []
    assert {path: status for path, status in answers.items() if status not in (200, 302, 403, 404)} == {}
    assert sum(status == 200 for status in answers.values()) > 100
    assert everything_kept() == before


@pytest.mark.parametrize(
    ("person", "allowed"), [(accounts.an_auditor, {403}), (accounts.an_expert, {404}), (accounts.a_citizen, {404})]
)
def test_nobody_but_an_officer_sends_anything_anywhere(client, furnished, person, allowed):
    accounts.sign_in(client, person())
    sent = {
        "reason": "까닭", "post": "yes", "action": "delete_selected", "_selected_action": [furnished.pk], "to": "closed",
        "seen": furnished.phase, "decision": "met", "number": "3", "people": "가, a@example.kr", "email": "a@example.kr", "name": "가",
        "team": furnished.teams.first().pk, "ground": "other", "note": "x", "role": "officer", "slug": "x", "name_ko": "x",
    }  # fmt: skip
    before = everything_kept()

    found = {path: client.post(path, sent).status_code for path in addresses(furnished)}

    public = {reverse("admin:login")}
    assert {
        path: status for path, status in found.items() if status not in allowed | {404} and path not in public
    } == {}
    assert everything_kept() == before


def test_somebody_not_signed_in_reaches_nothing(client, furnished):
    before = everything_kept()
    found = {
        path: (client.get(path).status_code, client.post(path, {"to": "closed"}).status_code)
        for path in addresses(furnished)
    }

    # A form is handed back unsent; what has no form leads to the sign-in.
    assert set(found.values()) == {(302, 302), (302, 403)}
    assert everything_kept() == before
    assert Session.objects.count() == 0


# ---------------------------------------------------------------- what a page does not ask


def test_posting_other_fields_of_a_stage_changes_nothing(client, officer, loaded):
    page = Page(client, reverse("admin:programme_stage_change", args=[loaded.pk]))
    before = Stage.objects.values().get()

    answer = page.send(phase="published", id="x" * 26, release='{"public": ["criteria"]}', note_ko="새 안내")

    assert answer.status_code == 302
    assert Stage.objects.values().get() == before | {"note_ko": "새 안내"}


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00", "1999-12-31T23:59:59", "2101-01-01T00:00:00", "9999-12-31T23:59:59"]
)
@pytest.mark.parametrize("name", ["frozen_at", "opens_at", "closes_at", "published_at"])
def test_a_moment_far_off_is_named_and_what_was_typed_stays(client, officer, loaded, name, moment):
    page = Page(client, reverse("admin:programme_stage_change", args=[loaded.pk]))

    answer = page.send(**{name: moment, "note_ko": "새 안내"})

    assert answer.status_code == 200
    assert "2000년부터 2100년까지의 날짜여야 합니다." in answer.content.decode()
    assert "새 안내" in answer.content.decode()


def test_a_stage_that_the_record_names_keeps_its_slug_and_what_was_typed_stays(client, officer, loaded):
    """Otherwise its files could be imported once more, and nothing would say that they ever were."""
    page = Page(client, reverse("admin:programme_stage_change", args=[loaded.pk]))

    answer = page.send(slug="another", note_ko="새 안내")

    assert answer.status_code == 200
    assert "이미 기록에 남은 식별자는 바꿀 수 없습니다." in answer.content.decode()
    assert "새 안내" in answer.content.decode()
    assert Stage.objects.get().slug == loaded.slug


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [("round", "state", "open"), ("team", "stage", "other"), ("round", "stage", "other")],
)
def test_posting_what_is_not_asked_changes_nothing(client, officer, loaded, model, field, value):
    other = programme.a_stage("other")
    row = getattr(loaded, f"{model}s").first()
    page = Page(client, reverse(f"admin:programme_{model}_change", args=[row.pk]))

    answer = page.send(**{field: other.pk if value == "other" else value})

    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.stage_id, getattr(row, "state", "waiting")) == (loaded.pk, "waiting")


def test_a_row_cannot_be_added_to_a_frozen_stage(client, officer, loaded):
    frozen = programme.in_phase(programme.a_stage("frozen"), Phase.FROZEN)
    page = Page(client, reverse("admin:rubrics_part_add"))

    answer = page.send(stage=frozen.pk, key="late", kind="experts", name_ko="늦음", points="5")

    assert answer.status_code == 200
    assert "stage" in answer.context["adminform"].form.errors
    assert not frozen.parts.exists()


# ---------------------------------------------------------------- the first page


def test_the_first_page_tells_where_each_stage_stands_and_what_comes_next(client, officer):
    stage = programme.a_stage("draft", teams=[])
    results.a_stage_to_count(slug="counting")
    programme.in_phase(programme.a_stage("done", name_ko="지난 단계"), Phase.FINAL)

    answer = client.get(reverse("admin:index"))

    cards = {card.stage.slug: card for card in answer.context["cards"]}
    assert set(cards) == {"draft", "counting"}
    assert (cards["draft"].step, cards["draft"].following.to) == (1, Phase.FROZEN)
    assert "팀: 값이 없습니다." in [str(missing) for missing in cards["draft"].following.missing]
    assert (cards["counting"].step, cards["counting"].following.to) == (4, Phase.COUNTED)
    page = answer.content.decode()
    assert page_of(stage) in page
    assert "집계 결과가 없습니다. 먼저 집계를 시작해 주세요." in page
    assert "지난 단계" in page


def test_an_auditor_sees_the_first_page_without_things_to_do(client):
    accounts.sign_in(client, accounts.an_auditor())
    programme.a_stage("draft")

    page = client.get(reverse("admin:index")).content.decode()

    assert reverse("admin:proceedings_load") not in page
    assert reverse("admin:programme_stage_add") not in page


# ---------------------------------------------------------------- a stage's page


@pytest.mark.parametrize("phase", ORDER)
def test_the_page_offers_exactly_the_moves_of_the_phase(client, officer, phase):
    stage = programme.in_phase(programme.a_stage(), phase)

    moves = client.get(page_of(stage)).context["moves"]

    assert [move.to for move in moves] == list(actions.readiness.moves_from(phase))
    assert all(move.meaning for move in moves)


@pytest.mark.parametrize(
    ("label", "toward"),
    [
        ("기준 확정", "기준 확정으로"),
        ("집계·심의", "집계·심의로"),
        ("공표·이의신청", "공표·이의신청으로"),
        ("길", "길로"),
        ("AI", "AI으로"),
    ],
)
def test_the_ending_fits_the_word(label, toward):
    assert wording.toward(label) == toward


def test_a_moved_round_is_told_by_its_name():
    body = json.dumps({"data": {"round": "document", "from": "waiting", "to": "open"}})

    assert wording.detail("round moved", body, {"document": "서면평가"}) == "서면평가: 대기 → 진행"


def test_every_move_is_explained():
    assert set(wording.MEANS) == set(ORDER) - {Phase.PREPARING}
    backs = {
        to for phase in ORDER for to in actions.readiness.moves_from(phase) if actions.readiness.is_step_back(phase, to)
    }
    assert set(wording.MEANS_BACK) == backs


def test_what_was_typed_with_a_refused_move_stays(client, officer):
    stage = programme.in_phase(programme.a_stage(), Phase.COUNTED)
    path = reverse("admin:proceedings_move", args=[stage.pk])

    refused = client.post(path, {"to": "confirmed", "seen": "counted", "reason": "위원회가 의결함"})
    without = client.post(path, {"to": "closed", "seen": "counted", "reason": " "})

    assert (refused.status_code, without.status_code) == (409, 403)
    assert "집계 결과가 없습니다" in refused.content.decode()
    assert refused.context["form"]["reason"].value() == "위원회가 의결함"
    assert Stage.objects.get().phase == Phase.COUNTED


CSV = [name for name in example_files() if name in IMPORTABLE]


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(example_files()[name])))


def test_the_history_tells_the_offices_acts_and_nobodys_sheet(client, officer, loaded):
    client.post(reverse("admin:proceedings_move", args=[loaded.pk]), {"to": "frozen", **seen(loaded), "reason": "의결"})

    told = client.get(page_of(loaded)).context["history"]

    assert (told[0].kind, told[0].who, told[0].detail, told[0].event.reason) == (
        "국면 이동",
        "이담당",
        "준비 중 → 기준 확정",
        "의결",
    )
    assert told[1].detail.startswith("1판 ")
    imported = {f"{name} {len(rows(name)):,}행" for name in [*CSV, "documents.csv", "blinding.csv"]}
    assert {one.detail for one in told if one.kind == "자료 들여옴"} == imported
    assert {one.event.kind for one in told}.isdisjoint({"sheet submitted", "ballot cast", "assigned"})


def test_contents_count_each_kind_and_lead_to_its_list(client, officer, loaded):
    found = {one.name: one.number for one in building.contents(loaded)}

    assert found["팀"] == loaded.teams.count()
    assert found["답변"] == Answer.objects.filter(prompt__stage=loaded).count()
    for one in building.contents(loaded):
        listed = client.get(reverse(one.list_name), {one.lookup: loaded.pk})
        assert listed.status_code == 200, one.name
        if one.add_name:
            assert client.get(reverse(one.add_name), {"stage": loaded.pk}).status_code == 200, one.name


def test_add_pages_know_the_stage_they_were_opened_from(client, officer, loaded):
    page = Page(client, reverse("admin:rubrics_part_add") + f"?stage={loaded.pk}")
    assert page.values["stage"] == [loaded.pk]


# ---------------------------------------------------------------- progress


def test_progress_by_seat_pair_and_hour_shows_numbers_only(client, officer):
    stage = a_rated_stage(prompts=2)
    citizen = accounts.a_citizen()
    issued(stage, citizen)
    path = reverse("admin:proceedings_progress", args=[stage.pk])

    def page_after(choice: str) -> str:
        a_ballot(stage, citizen, 1, choice=choice, revision=1 if choice == "a" else 2)
        return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", client.get(path).content.decode())

    assert page_after("a") == page_after("b")


@pytest.mark.parametrize("seats", [1, 3])
def test_progress_asks_the_same_number_of_questions_for_any_panel(client, officer, django_assert_num_queries, seats):
    stage = programme.a_stage()
    round = programme.a_round(stage)
    for _ in range(seats):
        seat = panels.a_panelist(stage)
        for team in stage.teams.all():
            panels.an_assignment(seat, team, round)
    path = reverse("admin:proceedings_progress", args=[stage.pk])
    client.get(path)

    with django_assert_num_queries(14):
        assert len(client.get(path).context["seats"]) == seats


def test_the_page_of_a_stage_offers_in_each_phase_what_may_be_done_in_it(client, officer, loaded):
    team = loaded.teams.first()
    links = {
        "seats": reverse("admin:panels_panelist_stage_seats", args=[loaded.pk]),
        "assign": reverse("admin:panels_panelist_stage_assign", args=[loaded.pk]),
        "round": reverse("admin:proceedings_round", args=[loaded.pk, loaded.rounds.first().pk, "open"]),
        "hearing": reverse("admin:hearings_hearing_stage_ask", args=[loaded.pk]),
        "gate": reverse("admin:results_gateteam_decide", args=[team.pk]),
    }

    def offered(phase: Phase) -> set[str]:
        programme.in_phase(loaded, phase)
        page = client.get(page_of(loaded)).content.decode()
        return {name for name, link in links.items() if f'"{link}"' in page}

    assert {phase: offered(phase) for phase in ORDER} == {
        Phase.PREPARING: {"seats"}, Phase.FROZEN: {"seats", "assign"}, Phase.OPEN: {"seats", "assign", "round"},
        Phase.CLOSED: {"hearing"}, Phase.COUNTED: {"hearing", "gate"},
        Phase.CONFIRMED: set(), Phase.PUBLISHED: set(), Phase.FINAL: set(),
    }  # fmt: skip


def test_rounds_are_opened_and_locked_from_the_page(client, officer):
    now = timezone.now()
    stage = programme.a_stage(frozen_at=now - timedelta(days=2), opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
                              published_at=now + timedelta(days=2))  # fmt: skip
    first, second = programme.a_round(stage), programme.a_round(stage, "talk", blind=False, counts=False)
    programme.in_phase(stage, Phase.OPEN)

    def ask(round, verb) -> list[str]:
        answer = client.post(reverse("admin:proceedings_round", args=[stage.pk, round.pk, verb]), follow=True)
        return [str(message) for message in answer.context["messages"]]

    assert ask(second, "open") == ["이름이 드러나는 차수는 가림 차수를 모두 잠근 뒤에 열 수 있습니다."]
    panels.an_assignment(panels.a_panelist(stage), stage.teams.first(), first)
    page = reverse("admin:proceedings_page", args=[stage.pk])
    assert "열면 배정된 1건을 평가위원이 읽고 쓸 수 있습니다." in client.get(page).content.decode()
    assert ask(first, "open") == ["‘서면평가’ 차수를 열었습니다."]
    assert "잠그면 확인한 0건만 세고, 확인하지 않은 1건은 더 쓸 수 없습니다." in client.get(page).content.decode()
    assert ask(first, "lock") == ["‘서면평가’ 차수를 잠갔습니다."]
    assert ask(second, "open") == ["‘서면평가’ 차수를 열었습니다."]
    assert client.post(reverse("admin:proceedings_round", args=[stage.pk, first.pk, "burn"])).status_code == 404
    assert list(Round.objects.order_by("position").values_list("state", flat=True)) == ["locked", "open"]


def test_a_round_in_which_a_document_is_held_back_is_not_opened(client, officer):
    stage = programme.a_stage(**programme.around_now())
    round, (first, second, *_rest) = programme.a_round(stage), stage.teams.all()
    for team, released in ((first, True), (second, False)):
        programme.a_blind_copy(programme.a_submission(team, round), released=released)
    programme.in_phase(stage, Phase.OPEN)

    answer = client.post(reverse("admin:proceedings_round", args=[stage.pk, round.pk, "open"]), follow=True)

    (said,) = map(str, answer.context["messages"])
    assert said.startswith(f"가림본이 보류된 팀이 있습니다: ‘{second}’. 차수를 연 뒤에는 자료를 바꿀 수 없습니다.")
    assert Round.objects.get().state == Round.State.WAITING


def test_nor_does_it_open_with_a_stage_that_has_no_panel_yet(officer):
    """Where a majority decides the stage may open without one, and nobody looks at the documents before."""
    stage = programme.a_stage(advance_by="majority", quorum=1, **programme.around_now())
    round = programme.a_round(stage)
    programme.a_blind_copy(programme.a_submission(stage.teams.first(), round), released=False)
    programme.in_phase(stage, Phase.FROZEN)

    with pytest.raises(Refusal, match="가림본이 보류된 팀이 있습니다"):
        actions.advance_phase(stage=stage, to=Phase.OPEN, by=officer)

    assert (Stage.objects.get().phase, Round.objects.get().state) == ("frozen", Round.State.WAITING)


# ---------------------------------------------------------------- counting


def test_a_count_is_watched_without_a_script_and_leads_on(client, officer):
    stage = results.a_stage_to_count()
    started = client.post(reverse("admin:proceedings_count", args=[stage.pk]))
    watch = started["Location"]
    waiting = client.get(watch)
    assert (waiting["Refresh"], waiting.context["running"]) == ("2", True)

    jobs.carry_out(jobs.claim(CountJob.objects.get().pk))
    done = client.get(watch)

    assert "Refresh" not in done
    assert "‘집계·심의’ 국면으로 옮기면 결과가 보입니다" in done.content.decode()
    programme.in_phase(stage, Phase.COUNTED)
    run = CountJob.objects.get().run
    assert reverse("admin:results_scorerun_change", args=[run.pk]) in client.get(watch).content.decode()


def test_a_count_nobody_takes_is_told_so(client, officer):
    stage = results.a_stage_to_count(evidence=False)
    job = results.a_job(stage, requested_at=timezone.now() - timedelta(minutes=2))

    page = client.get(reverse("admin:proceedings_job", args=[stage.pk, job.pk])).content.decode()

    assert "아직 일꾼이 맡지 않았습니다" in page


def test_a_failed_count_says_why_and_how_to_go_on(client, officer, django_capture_on_commit_callbacks):
    stage = results.a_stage_to_count(evidence=False)
    job = results.a_job(stage, state="failed", error="측정값이 목표보다 큽니다.", finished_at=timezone.now())
    page = client.get(reverse("admin:proceedings_job", args=[stage.pk, job.pk])).content.decode()
    assert "측정값이 목표보다 큽니다." in page
    assert "다시 집계" in page

    with django_capture_on_commit_callbacks():
        answer = client.post(reverse("admin:proceedings_count", args=[stage.pk]))

    assert answer.status_code == 302
    assert CountJob.objects.filter(state="queued").count() == 1


def test_a_second_count_and_one_too_early_are_refused_with_a_sentence(client, officer):
    stage = results.a_stage_to_count(evidence=False)
    results.a_job(stage)
    path = reverse("admin:proceedings_count", args=[stage.pk])

    def said() -> list[str]:
        return [str(message) for message in client.post(path, follow=True).context["messages"]]

    assert said() == ["이미 진행 중인 집계가 있습니다. 끝난 뒤에 다시 요청해 주세요."]
    programme.in_phase(stage, Phase.OPEN)
    assert said() == ["집계는 평가 마감 뒤, 결과 확정 전에만 할 수 있습니다. 지금은 ‘평가 진행’ 국면입니다."]
    assert CountJob.objects.count() == 1


# ---------------------------------------------------------------- data files


def file_of(stage, name: str) -> str:
    return reverse("admin:proceedings_file", args=[stage.pk, name])


@pytest.fixture
def empty(tmp_path):
    """The example's rules without any data."""
    only = dict.fromkeys(name for name in example_files() if name != "stage.toml")
    return load_directory(a_directory(tmp_path, only), by="test").stage


def test_every_data_file_goes_in_and_comes_out_the_same_for_the_count(client, officer, empty):
    for name in CSV:
        answer = client.post(file_of(empty, name), {"file": SimpleUploadedFile(name, example_files()[name].encode())})
        assert answer.status_code == 302, (name, answer.context["faults"])
    programme.in_phase(empty, Phase.COUNTED)
    first = {name: b"".join(client.get(file_of(empty, name)).streaming_content) for name in CSV}

    again = Stage.objects.get()
    second = {name: b"".join(client.get(file_of(again, name)).streaming_content) for name in CSV}

    assert first == second
    for name in CSV:
        assert len(list(csv.DictReader(io.StringIO(first[name].decode())))) == len(rows(name)), name
    imported = {listed.file.name: [one.rows for one in listed.imports] for listed in client.get(
        reverse("admin:proceedings_data", args=[empty.pk])).context["files"]}  # fmt: skip
    assert all(imported[name] for name in CSV)
    assert AccessRecord.objects.filter(action="stage data exported").count() == 2 * len(CSV)


def test_a_fault_in_a_data_file_is_named_by_line_and_nothing_comes_in(client, officer, empty):
    text = "team,item,score\nga,nia,91\nnobody,nia,많이\n"

    answer = client.post(file_of(empty, "benchmarks.csv"), {"file": SimpleUploadedFile("any-name.csv", text.encode())})

    assert answer.status_code == 422
    assert answer.context["faults"] == [
        "benchmarks.csv:3: team: 이 단계에 없는 팀입니다: ‘nobody’",
        "benchmarks.csv:3: score: 숫자가 아닙니다: ‘많이’ (0–9와 소수점만, 예: 72.03)",
    ]
    assert "benchmarks.csv: 아무것도 들이지 않았습니다" in answer.content.decode()
    assert empty.measurements.count() == 0


def test_two_files_may_tell_of_one_panelist(client, officer, tmp_path):
    (tmp_path / "stage.toml").write_text(a_majority_stage(), encoding="utf-8")
    stage = load_directory(tmp_path, by="test").stage
    files = {
        "recognitions.csv": "panelist,team,recognised\n위원 01,a,yes\n",
        "findings.csv": "panelist,team,component,item,finding\n위원 01,b,weights,own,met\n",
    }

    sent = [
        client.post(file_of(stage, name), {"file": SimpleUploadedFile(name, text.encode())})
        for name, text in files.items()
    ]

    assert [answer.status_code for answer in sent] == [302, 302]
    (seat,) = Panelist.objects.filter(stage=stage)
    assert set(seat.assignments.values_list("team__slug", flat=True)) == {"a", "b"}


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"team,item\nga,nia\n"])
def test_no_file_and_no_csv_is_said(client, officer, empty, content):
    sent = {} if content is None else {"file": SimpleUploadedFile("b.csv", content)}

    answer = client.post(file_of(empty, "benchmarks.csv"), sent)

    assert answer.status_code == 422
    assert len(answer.context["faults"]) >= 1


def test_data_for_unfinished_rules_waits_with_a_sentence(client, officer):
    draft = programme.a_stage("draft")

    answer = client.post(
        file_of(draft, "benchmarks.csv"), {"file": SimpleUploadedFile("b.csv", b"team,item,score\nlg,nia,1\n")}
    )

    assert answer.status_code == 422
    assert all(
        fault.startswith("benchmarks.csv: 자료를 들여오기 전에 단계를 고쳐 주세요. ")
        for fault in answer.context["faults"]
    )


@pytest.mark.parametrize(
    ("phase", "name", "status"),
    [
        (Phase.FROZEN, "prompts.csv", 403),
        (Phase.OPEN, "sheets.csv", 403),
        (Phase.OPEN, "benchmarks.csv", 302),
        (Phase.CONFIRMED, "benchmarks.csv", 403),
        (Phase.OPEN, "decisions.csv", 403),
        (Phase.COUNTED, "decisions.csv", 302),
        (Phase.PREPARING, "documents.csv", 422),
        (Phase.PREPARING, "blinding.csv", 422),
    ],
)
def test_each_file_comes_in_only_in_its_phases(client, officer, empty, phase, name, status):
    programme.in_phase(empty, phase)

    answer = client.post(
        file_of(empty, name),
        {"file": SimpleUploadedFile(name, example_files()[name].encode()), "reason": "의결"},
    )
    offered = {
        listed.file.name
        for listed in client.get(reverse("admin:proceedings_data", args=[empty.pk])).context["files"]
        if listed.may_import
    }

    assert answer.status_code == status
    assert (name in offered) == (status == 302)


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.CLOSED])
def test_what_was_marked_and_voted_stays_inside_until_it_is_counted(client, officer, loaded, phase):
    programme.in_phase(loaded, phase)
    sealed = ("sheets.csv", "findings.csv", "recognitions.csv", "blinding.csv", "ratings.csv", "comparisons.csv")

    assert {name: client.get(file_of(loaded, name)).status_code for name in sealed} == dict.fromkeys(sealed, 403)
    assert client.get(file_of(loaded, "benchmarks.csv")).status_code == 200
    assert AccessRecord.objects.filter(action="stage data exported").count() == 1


def test_a_file_of_another_name_is_not_there(client, officer, empty):
    assert client.get(file_of(empty, "secrets.csv")).status_code == 404
    assert client.post(file_of(empty, "stage.toml"), {}).status_code == 404


# ---------------------------------------------------------------- documents and the office's lists


def test_a_document_is_taken_in_by_hand(client, officer, empty):
    path = reverse("admin:programme_submission_stage_take", args=[empty.pk])
    team, other = empty.teams.all()[:2]
    fields = {"team": team.pk, "round": empty.rounds.first().pk, "title": "기술 보고서"}

    clean = client.post(
        path, fields | {"file": SimpleUploadedFile("a.md", "처음부터 학습하였다.".encode())}, follow=True
    )
    named = client.post(
        path, fields | {"team": other.pk, "file": SimpleUploadedFile("b.md", other.name_ko.encode())}, follow=True
    )

    assert [str(message) for message in clean.context["messages"]][-1].endswith("가림본을 바로 쓸 수 있습니다.")
    assert "1군데 발견되어" in [str(message) for message in named.context["messages"]][-1]
    waiting = client.get(reverse("admin:programme_blindcopy_changelist")).content.decode()
    assert waiting.count("확인하고 공개") == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF", "마크다운 파일(.md)이어야 합니다."),
        ("a.md", "글".encode("cp949"), "UTF-8로 저장한 글 파일이 아닙니다"),
        ("a.md", b"  ", "자료에 내용이 없습니다."),
        ("a.md", b"a\0b", "1번째 줄에 글자가 아닌 값이 있습니다"),
        ("a.md", b"x" * (4 * 1024 * 1024 + 1), "문서는 4 MB까지 올릴 수 있습니다."),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_with_what_was_typed(client, officer, empty, name, content, said):
    path = reverse("admin:programme_submission_stage_take", args=[empty.pk])
    fields = {"team": empty.teams.first().pk, "round": empty.rounds.first().pk, "title": "적어 둔 제목"}

    answer = client.post(path, fields | {"file": SimpleUploadedFile(name, content)})

    page = answer.content.decode()
    assert answer.status_code in (403, 422)
    assert said in page
    assert "적어 둔 제목" in page
    assert empty.teams.first().submissions.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_stages_asks_the_same_number_of_questions(client, officer, django_assert_num_queries, rows):
    for number in range(rows):
        programme.a_stage(f"stage-{number}")
    path = reverse("admin:proceedings_procedure_changelist")
    client.get(path)

    with django_assert_num_queries(4):
        assert client.get(path).context["cl"].result_count == rows


def test_the_procedure_is_no_second_table():
    assert Procedure._meta.proxy
    assert Procedure._meta.concrete_model is Stage


def test_more_files_than_the_form_takes_are_refused_with_its_sentence(client, officer):
    files = [SimpleUploadedFile(f"{n}.csv", b"x") for n in range(201)]

    answer = client.post(reverse("admin:proceedings_load"), {"files": files})

    assert answer.status_code == 422
    assert "파일은 한 번에 200개까지 올릴 수 있습니다." in answer.content.decode()
