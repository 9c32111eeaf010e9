"""Nobody is told what she must not know: two worlds that differ in one secret give her the same answers, to the last byte.

Every address of the resolver is asked by every reader in every phase, the office's lists also with the parameters they understand. What
may differ is decided by `programme.visibility` and by what the map of addresses says a page shows, and by nothing else. That the test is not
blind itself is tested too: whoever may know is told, and leaks that are planted on purpose are caught and named.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.apps import apps
from django.db.models import Count, F, Q, Sum
from django.http import Http404

from evaluations.panels import mail as panels_mail
from evaluations.panels import views as panels_views
from evaluations.panels.models import Affiliation, Assignment
from evaluations.programme import views as programme_views
from evaluations.programme.models import Stage, Submission
from evaluations.programme.phases import Phase
from evaluations.ratings import views as ratings_views
from evaluations.ratings.models import Ballot
from evaluations.results.pictures import reader as pictures_reader
from evaluations.reviews import views as reviews_views
from evaluations.reviews.admin import SheetAdmin
from evaluations.reviews.models import Confirmation, Mark
from portal.accounts.models import User
from portal.admin import SECTIONS
from tests.blindness.addresses import OPEN, addresses, asks_of, names_in_the_resolver
from tests.blindness.canaries import canaries_in
from tests.blindness.kept import CANARIES, KEPT, READERS, Secret
from tests.blindness.stillness import stand_still
from tests.blindness.walk import ALL, Case, Survey, Walk, a_walk_for
from tests.blindness.watching import watching
from tests.blindness.world import in_phase, rows_by_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk() -> Iterator[Walk]:
    with stand_still() as still, watching() as watch:
        yield a_walk_for(still, watch)


@pytest.fixture
def logged(monkeypatch) -> list[str]:
    """Every line that is logged, at the most talkative setting there is."""
    lines: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: lines.append(listener.format(record))
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [listener])
    for talkative in (root, logging.getLogger("django")):
        monkeypatch.setattr(talkative, "level", logging.DEBUG)
        talkative.manager._clear_cache()
    return lines


def readers(*names: str) -> list:
    return [READERS[name] for name in names]


def test_every_address_is_classified():
    assert sorted(addresses()) == names_in_the_resolver()


@pytest.mark.slow
@pytest.mark.parametrize(
    "group",
    [
        ("officer", "auditor"),
        ("first", "second", "invited", "stopped", "stranger"),
        ("public", "citizen", "neighbour", "contact", "rival"),
    ],
    ids=["office", "experts", "others"],
)
def test_nobody_is_told_what_she_must_not_know(walk, logged, group):
    survey = Survey.of(walk, readers(*group))

    assert survey.failures() == []
    assert survey.strays() == []
    assert survey.betrayed_rows() == []
    assert survey.leaks() == []
    assert survey.other_heads(readers("officer", "second"), Phase.COUNTED) == []
    assert [line for line in logged if "qzx" in line] == []


@pytest.mark.slow
def test_nobody_is_told_more_in_english(walk):
    english = [name for name in OPEN if not name.startswith(("panels:", "reviews:", "hearings:"))]
    survey = Survey.of(walk, readers("public", "citizen"), english, [Phase.OPEN, Phase.PUBLISHED], language="en")

    pages = [answer.body for answer in survey.answers.values() if b"<html" in answer.body]
    assert len(pages) > len(english)
    assert [page for page in pages if b'<html lang="en"' not in page] == []
    assert survey.failures() == []
    assert survey.strays() == []
    assert survey.leaks() == []


@pytest.mark.parametrize("method", ["OPTIONS", "DELETE"])
def test_no_other_method_is_spoken_and_nothing_is_read_for_one(walk, method):
    with walk.world() as world:
        in_phase(world, Phase.COUNTED)
        asks = [
            replace(ask, method=method)
            for address in addresses()
            for ask in asks_of(address, world, READERS["officer"])
            if ask.post is None
        ]
        answers = {ask: walk.answer(Case(Phase.COUNTED, READERS["officer"], ask))[0] for ask in asks}

    assert [str(ask) for ask, answer in answers.items() if (answer.status, answer.queries) != (405, 0)] == []


# --- Whoever may know is told; else the twins would prove nothing.

SEEN = {
    Secret.RULES: ("officer", Phase.PREPARING, "admin:rubrics_criterion_changelist"),
    Secret.ORIGINAL: ("officer", Phase.OPEN, "admin:programme_submission_changelist"),
    Secret.HITS: ("officer", Phase.OPEN, "admin:programme_blindcopy_release"),
    Secret.HELD_BACK: ("officer", Phase.OPEN, "admin:programme_blindcopy_release"),
    Secret.BLIND_TEXT: ("first", Phase.OPEN, "reviews:file"),
    Secret.ALIAS: ("auditor", Phase.CLOSED, "admin:panels_assignment_change"),
    Secret.SEATED: ("officer", Phase.OPEN, "admin:panels_panelist_person"),
    Secret.WORKPLACE: ("officer", Phase.OPEN, "admin:panels_conflict_changelist"),
    Secret.CONFLICT: ("auditor", Phase.OPEN, "admin:panels_panelist_changelist"),
    Secret.RECUSED: ("officer", Phase.OPEN, "admin:proceedings_page"),
    Secret.DECLARED: ("officer", Phase.OPEN, "admin:panels_assignment_changelist"),
    Secret.PLEDGED: ("auditor", Phase.OPEN, "admin:panels_panelist_changelist"),
    Secret.DRAFT: ("second", Phase.OPEN, "reviews:sheet"),
    Secret.SUBMITTED: ("auditor", Phase.OPEN, "admin:proceedings_page"),
    Secret.CONFIRMED: ("second", Phase.OPEN, "reviews:desk"),
    Secret.MARK: ("auditor", Phase.COUNTED, "admin:reviews_sheet_change"),
    Secret.COMMENT: ("second", Phase.OPEN, "reviews:review"),
    Secret.FINDING: ("officer", Phase.COUNTED, "admin:proceedings_export"),
    Secret.GUESS: ("officer", Phase.COUNTED, "admin:results_scorerun_change"),
    Secret.ANSWER: ("officer", Phase.OPEN, "admin:ratings_prompt_change"),
    Secret.ENROLLED: ("auditor", Phase.OPEN, "admin:proceedings_page"),
    Secret.BALLOTS: ("auditor", Phase.OPEN, "admin:proceedings_page"),
    Secret.CHOICE: ("citizen", Phase.OPEN, "ratings:paper"),
    Secret.STARS: ("citizen", Phase.OPEN, "ratings:paper"),
    Secret.VOTER: ("officer", Phase.COUNTED, "admin:proceedings_export"),
    Secret.MEASUREMENT: ("officer", Phase.OPEN, "admin:benchmarks_measurement_changelist"),
    Secret.COUNTED: ("auditor", Phase.CLOSED, "admin:proceedings_page"),
    Secret.TOTAL: ("public", Phase.PUBLISHED, "results:stage"),
    Secret.CRITERIA: ("contact", Phase.PUBLISHED, "results:own_stage"),
    Secret.SHEETS: ("auditor", Phase.COUNTED, "admin:results_scorerun_change"),
    Secret.DECISION: ("officer", Phase.COUNTED, "admin:results_gatedecision_changelist"),
    Secret.LINE: ("officer", Phase.COUNTED, "admin:results_linedecision_changelist"),
    Secret.ASKED: ("contact", Phase.CLOSED, "hearings:home"),
    Secret.OBJECTED: ("auditor", Phase.PUBLISHED, "admin:hearings_objection_change"),
    Secret.PROPOSED: ("officer", Phase.COUNTED, "admin:proceedings_proposal_changelist"),
    Secret.REASON: ("auditor", Phase.OPEN, "admin:audit_event_changelist"),
    Secret.ACCESS: ("auditor", Phase.OPEN, "admin:audit_accessrecord_changelist"),
    Secret.LINK: ("invited", Phase.OPEN, "panels:invitation"),
    Secret.SALT: ("auditor", Phase.COUNTED, "admin:results_scorerun_change"),
}
"""For each secret somebody who is told, when and where."""

MET = [
    ("first", Phase.OPEN, "panels:interests"),
    ("first", Phase.OPEN, "reviews:sheet"),
    ("first", Phase.OPEN, "reviews:file"),
    ("second", Phase.OPEN, "panels:interests"),
    ("second", Phase.OPEN, "reviews:sheet"),
    ("second", Phase.OPEN, "reviews:review"),
    ("stopped", Phase.OPEN, "panels:interests"),
    ("invited", Phase.OPEN, "panels:invitation"),
    ("citizen", Phase.OPEN, "ratings:paper"),
    ("contact", Phase.PUBLISHED, "results:own_stage"),
    ("contact", Phase.PUBLISHED, "hearings:home"),
    ("officer", Phase.OPEN, "admin:programme_submission_change"),
    ("officer", Phase.OPEN, "admin:benchmarks_measurement_change"),
    ("officer", Phase.OPEN, "admin:panels_panelist_person"),
    ("officer", Phase.COUNTED, "admin:results_scorerun_change"),
    ("auditor", Phase.OPEN, "admin:audit_event_changelist"),
]
"""Where the marker words are met by whoever may meet them."""


@pytest.mark.one_database
def test_whoever_may_know_is_told(walk):
    survey = Survey.at(walk, SEEN.values())

    untold = [secret for secret, place in SEEN.items() if not survey.differences({secret}, survey.cases_at(place), ALL)]
    assert untold == []
    assert set(Secret) - set(SEEN) == {secret for secret, kept in KEPT.items() if not kept.things}


@pytest.mark.one_database
def test_every_marker_word_is_met_somewhere(walk):
    survey = Survey.at(walk, MET)
    met = {word for case, answer in survey.answers.items() for word in canaries_in(answer.shown_besides(case.ask))}

    # The link stands in its own address only.
    assert set(CANARIES) - met == {word for word, kept in CANARIES.items() if not kept.things} | {"qzxlink"}


TABLES = {
    Secret.RULES: "rubrics_criterion",
    Secret.ORIGINAL: "programme_submission",
    Secret.HITS: "programme_blindcopy",
    Secret.HELD_BACK: "programme_blindcopy",
    Secret.BLIND_TEXT: "programme_blindcopy",
    Secret.ALIAS: "panels_assignment",
    Secret.SEATED: "panels_invitation",
    Secret.WORKPLACE: "panels_affiliation panels_conflict",
    Secret.CONFLICT: "audit_event panels_conflict",
    Secret.RECUSED: "audit_event panels_recusal",
    Secret.DECLARED: "audit_event panels_recusal",
    Secret.PLEDGED: "audit_event panels_pledge",
    Secret.DRAFT: "reviews_draft",
    Secret.SUBMITTED: "audit_event reviews_confirmation reviews_finding reviews_mark reviews_recognition reviews_sheet",
    Secret.CONFIRMED: "audit_event reviews_confirmation",
    Secret.MARK: "audit_event reviews_mark",
    Secret.COMMENT: "audit_event reviews_finding reviews_mark reviews_recognition reviews_sheet",
    Secret.FINDING: "audit_event reviews_finding reviews_recognition",
    Secret.GUESS: "audit_event reviews_sheet",
    Secret.VOID: "reviews_void",
    Secret.ANSWER: "ratings_answer",
    Secret.ENROLLED: "audit_event ratings_rollentry",
    Secret.BALLOTS: "audit_event ratings_ballot ratings_star",
    Secret.CHOICE: "audit_event ratings_ballot",
    Secret.STARS: "audit_event ratings_star",
    Secret.VOTER: "ratings_ballot ratings_paper",
    Secret.MEASUREMENT: "benchmarks_measurement",
    Secret.PROPOSED: "audit_event proceedings_proposal",
    Secret.COUNTED: (
        "audit_event hearings_objection hearings_ruling proceedings_proposal results_countjob results_publication results_scorerun results_seal"
    ),
    Secret.TOTAL: "results_scorerun",
    Secret.CRITERIA: "results_scorerun",
    Secret.SHEETS: "results_scorerun",
    Secret.DECISION: "audit_event results_gatedecision",
    Secret.LINE: "audit_event results_linedecision",
    Secret.ASKED: "audit_event hearings_hearing hearings_reply",
    Secret.OBJECTED: "audit_event hearings_objection hearings_ruling proceedings_proposal",
    Secret.REASON: "audit_event",
    Secret.BODY: "audit_event",
    Secret.ACCESS: "audit_accessrecord",
    Secret.LINK: "panels_invitation",
    Secret.SALT: "results_seal",
}
"""Where a secret lies. The body of an event repeats what was said, a run is kept under a key made of all evidence, and beside it stands
what is estimated of all that was said."""

DERIVED = {"results_scorerun", "results_estimates"}


@pytest.mark.one_database
def test_a_twin_differs_in_its_secret_and_in_nothing_else(walk):
    with walk.world():
        usual = rows_by_table()
    found = {}
    for secret in Secret:
        with walk.world({secret}):
            rows = rows_by_table()
        found[secret] = {table for table in rows if rows[table] != usual[table]}

    for secret, kept_in in TABLES.items():
        assert found[secret] - DERIVED == set(kept_in.split()) - DERIVED, secret
    with walk.world():
        assert rows_by_table() == usual


# --- What was said before is not asked for again, and only where it would be said again.

AGAIN = [
    "programme:method", "panels:interests", "reviews:sheet", "reviews:submit", "results:stage", "admin:proceedings_move",
    "admin:panels_panelist_invite", "admin:programme_stage_change",
]  # fmt: skip


def test_what_is_kept_is_what_the_site_says(walk):
    """Most of these write; most are asked for again where a move of the stage or a secret makes no difference to them."""
    survey = Survey.of(walk, readers("officer", "second"), AGAIN, [Phase.OPEN, Phase.PUBLISHED])
    asked = walk.asked

    for changed in ((), {Secret.SUBMITTED, Secret.BALLOTS, Secret.COUNTED}):
        with walk.world(changed) as world:
            told = [(str(case), kept == walk.answer(case)[0]) for case, kept in walk.answers(world, survey.answers)]
        assert [case for case, same in told if not same] == []
    assert walk.asked - asked < 2.5 * len(survey.answers)


WAYS_TO_THE_PHASE = {
    "of a row": lambda: Stage.objects.get().phase,
    "of a row that it is joined to": lambda: Submission.objects.select_related("team__stage")[0].team.stage.phase,
    "as a value": lambda: Stage.objects.values_list("phase", flat=True).get(),
    "as a value beside a row": lambda: Stage.objects.annotate(now=F("phase")).get().now,
    "in a condition": lambda: next(str(phase) for phase in Phase if Stage.objects.filter(phase=phase).exists()),
    "in an order": lambda: str(Phase(Stage.objects.order_by("-phase").get().phase)),
    "of a row that is read anew": lambda: next(one.refresh_from_db() or one.phase for one in Stage.objects.all()),
    "deferred": lambda: Stage.objects.only("slug").get().phase,
}


@pytest.mark.one_database
@pytest.mark.parametrize("way", WAYS_TO_THE_PHASE)
def test_a_page_that_looks_at_the_phase_is_asked_for_in_every_phase(walk, monkeypatch, way):
    def render(*args, **kwargs):
        response = shown(*args, **kwargs)
        response["Phase"] = WAYS_TO_THE_PHASE[way]()
        return response

    shown = programme_views.render
    monkeypatch.setattr(programme_views, "render", render)

    survey = Survey.of(walk, readers("public"), ["programme:method"])

    told = [(case.phase, dict(answer.headers).get("Phase")) for case, answer in survey.answers.items()]
    assert [phase for phase, said in told if said not in (phase, None)] == []
    assert {said for _phase, said in told if said} >= set(Phase) - {Phase.PREPARING}


# --- Leaks that are planted are caught, and named.


def leaked(walk: Walk, name: str, phase: Phase, address: str) -> set[tuple]:
    """What leaks there; that reader, phase and address are the ones named is checked on the way."""
    found = Survey.of(walk, readers(name), [address], [phase]).leaks()
    assert {(leak.case.reader.name, leak.case.phase, leak.case.ask.address) for leak in found} <= {
        (name, phase, address)
    }
    return {(leak.secret, leak.parts) for leak in found}


@pytest.mark.one_database
def test_a_number_in_the_text_is_caught(walk, monkeypatch):
    label = Stage.phase_name.fget
    monkeypatch.setattr(Stage, "phase_name", property(lambda stage: f"{label(stage)} ({Ballot.objects.count()})"))

    assert leaked(walk, "public", Phase.OPEN, "pages:home") == {(Secret.BALLOTS, ("body",))}
    assert leaked(walk, "first", Phase.OPEN, "reviews:desk") == {(Secret.BALLOTS, ("body",))}


@pytest.mark.one_database
def test_a_header_is_caught(walk, monkeypatch):
    def render(*args, **kwargs):
        response = shown(*args, **kwargs)
        response["ETag"] = f'"{Mark.objects.aggregate(Sum("value"))["value__sum"]}"'
        return response

    shown = programme_views.render
    monkeypatch.setattr(programme_views, "render", render)

    assert leaked(walk, "contact", Phase.CLOSED, "programme:method") == {
        (Secret.MARK, ("headers",)),
        (Secret.SUBMITTED, ("headers",)),
    }


@pytest.mark.one_database
def test_a_query_that_depends_on_something_hidden_is_caught(walk, monkeypatch):
    def may_answer(stage):
        if Ballot.objects.filter(choice="a").exists():
            Ballot.objects.count()
        return answer(stage)

    answer = ratings_views._may_answer
    monkeypatch.setattr(ratings_views, "_may_answer", may_answer)

    assert leaked(walk, "neighbour", Phase.OPEN, "ratings:stage") == {(Secret.CHOICE, ("queries",))}


@pytest.mark.one_database
def test_an_order_is_caught(walk, monkeypatch):
    def teams(panelist):
        relatives = Count("conflicts", filter=Q(conflicts__ground="relative"))
        return ordered(panelist).annotate(relatives=relatives).order_by("-relatives", "position")

    ordered = panels_views._teams
    monkeypatch.setattr(panels_views, "_teams", teams)

    assert leaked(walk, "first", Phase.FROZEN, "panels:interests") == {(Secret.CONFLICT, ("body",))}


@pytest.mark.one_database
def test_a_status_is_caught(walk, monkeypatch):
    def seat(request, panelist_id):
        if Confirmation.objects.count() > 4:
            raise Http404
        return found(request, panelist_id)

    found = panels_views._seat
    monkeypatch.setattr(panels_views, "_seat", seat)

    told = leaked(walk, "first", Phase.OPEN, "panels:pledge")

    assert {secret for secret, parts in told if "status" in parts} == {Secret.SUBMITTED, Secret.CONFIRMED}


@pytest.mark.one_database
def test_an_estimate_of_too_few_people_is_caught(walk, monkeypatch):
    monkeypatch.setattr(pictures_reader, "LEAST_TO_TELL", 1)

    told = leaked(walk, "public", Phase.PUBLISHED, "results:stage")

    assert {Secret.GUESS, Secret.SUBMITTED, Secret.BALLOTS, Secret.STARS} <= {
        secret for secret, parts in told if "body" in parts
    }


@pytest.mark.one_database
def test_a_mail_is_caught(walk, monkeypatch):
    def text(template, context):
        return f"{rendered(template, context)}{Confirmation.objects.count()}"

    rendered = panels_mail.render_to_string
    monkeypatch.setattr(panels_mail, "render_to_string", text)

    assert leaked(walk, "officer", Phase.OPEN, "admin:panels_panelist_reinvite") == {
        (Secret.SUBMITTED, ("mails",)),
        (Secret.CONFIRMED, ("mails",)),
    }


@pytest.mark.one_database
def test_a_list_that_forgot_its_phases_is_caught(walk, monkeypatch):
    monkeypatch.setattr(SheetAdmin, "shows", None)

    told = leaked(walk, "officer", Phase.OPEN, "admin:reviews_sheet_change")

    assert {secret for secret, _parts in told} == {
        Secret.SUBMITTED, Secret.MARK, Secret.COMMENT, Secret.FINDING, Secret.GUESS,
    }  # fmt: skip


@pytest.mark.one_database
def test_a_name_that_got_loose_is_caught(walk, monkeypatch):
    def original(assignment):
        copy = released(assignment)
        copy.text = copy.submission.text
        return copy

    released = reviews_views.released_copy
    monkeypatch.setattr(reviews_views, "released_copy", original)

    survey = Survey.of(walk, readers("first"), ["reviews:file"], [Phase.OPEN])

    assert {stray.rsplit(": ", 1)[1] for stray in survey.strays()} == {"qzxoriginal"}


@pytest.mark.one_database
def test_a_row_that_betrays_that_it_is_there_is_caught(walk, monkeypatch):
    def own(request, assignment_id, *thing):
        Ballot.objects.filter(id=assignment_id).exists()
        if Assignment.objects.filter(id=assignment_id).exists():
            Ballot.objects.count()
        return found(request, assignment_id, *thing)

    found = reviews_views._own
    monkeypatch.setattr(reviews_views, "_own", own)

    survey = Survey.of(walk, readers("stranger"), ["reviews:sheet"], [Phase.OPEN])

    assert {betrayed.rsplit(": ", 1)[1] for betrayed in survey.betrayed_rows()} == {"queries"}
    assert len(survey.betrayed_rows()) == len(survey.answers) - 1


@pytest.mark.one_database
def test_a_line_in_the_log_is_caught(walk, logged, monkeypatch):
    def desks_of(user):
        logging.getLogger("evaluations.reviews").debug("marks: %s", [mark.comment for mark in Mark.objects.all()])
        return found(user)

    found = reviews_views.desks_of
    monkeypatch.setattr(reviews_views, "desks_of", desks_of)

    Survey.of(walk, readers("first"), ["reviews:desk"], [Phase.OPEN])

    assert len([line for line in logged if "qzxsheet" in line]) == 1


# --- Names where they are allowed.


def test_a_team_is_named_to_judges_only_where_the_expert_guesses(walk):
    """Sheets ask “which team?” among the names of all. Nowhere else on a judge's pages is there a name, allowed as it may be."""
    judging = [name for name in addresses() if name.startswith(("reviews:", "ratings:"))]
    survey = Survey.of(walk, readers("first", "citizen"), judging, [Phase.OPEN, Phase.CLOSED])
    guess = re.compile(rb'<select[^>]*name="guess".*?</select>', re.DOTALL)

    named = {case for case, answer in survey.answers.items() if b"qzxmethod" in answer.body}
    assert {case.ask.address for case in named} == {"reviews:sheet"}
    assert [str(case) for case in named if b"qzxmethod" in guess.sub(b"", survey.answers[case].body)] == []


def test_the_name_of_a_row_tells_nothing(walk):
    def names() -> dict[str, str]:
        return {
            f"{model._meta.label} {row.pk}": str(row)
            for model in apps.get_models()
            if model._meta.app_label in SECTIONS and model not in (User, Affiliation)
            for row in model._base_manager.all()
        }

    with walk.world():
        usual = names()
    with walk.world(set(Secret) - {Secret.RULES}):
        twin = names()

    assert {row: name for row, name in twin.items() if usual.get(row, name) != name} == {}
    assert canaries_in("\n".join(usual.values()).encode()) == ["qzxmethod"]
