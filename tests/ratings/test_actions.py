"""Enrolling, issuing papers, casting: once each, in time, and without a trace that joins person and ballot."""

import json
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.ratings import actions, identity, things
from evaluations.ratings.actions import AlreadyAnswered, GroupFull, NotEnrolled, Reply
from evaluations.ratings.models import Ballot, Paper, RollEntry, Star
from portal.accounts.models import Consent
from portal.audit.models import Event
from portal.http import Refusal
from tests.factories.accounts import a_citizen, an_expert
from tests.factories.programme import in_phase
from tests.factories.ratings import a_ballot, a_rated_stage, an_answer, enrolled, held, issued

pytestmark = pytest.mark.django_db

CLOSED = "평가가 마감되어 더는 답을 받을 수 없습니다. 마감 전에 저장된 답은 그대로 셉니다."


def written_tables(queries) -> Counter:
    """Every table something was written to, by the name after INSERT INTO, UPDATE or DELETE FROM."""
    words = (query["sql"].replace('"', "").split() for query in queries)
    return Counter(
        line[1] if line[0] == "UPDATE" else line[2] for line in words if line[0] in ("INSERT", "UPDATE", "DELETE")
    )


# ---------------------------------------------------------------- enrol


def test_enrolling_writes_one_line_of_the_roll_with_a_day_and_no_name():
    stage, citizen = a_rated_stage(), a_citizen()

    entry = actions.enrol(stage=stage, categories={"age": "20s"}, by=citizen)

    assert RollEntry.objects.get() == entry
    assert entry.person_key == identity.person_key(stage, citizen)
    assert (entry.tier, entry.stratum, entry.enrolled_on) == ("email", "age=20s", timezone.localdate())
    event = Event.objects.get(kind="person enrolled")
    assert (event.actor, event.subject_id) == ("", entry.id)
    assert timezone.localtime(event.at).time().isoformat() == "00:00:00"
    assert json.loads(event.body)["data"] == {"tier": "email", "stratum": "age=20s"}
    assert Consent.objects.filter(user=citizen, purpose="strata").count() == 1


def test_enrolling_twice_keeps_the_first_answer():
    stage, citizen = a_rated_stage(), a_citizen()
    first = enrolled(stage, citizen, age="20s")

    assert enrolled(stage, citizen, age="60s") == first
    assert RollEntry.objects.get().stratum == "age=20s"


def test_another_spelling_of_the_address_is_the_same_person():
    stage = a_rated_stage()
    first = enrolled(stage, a_citizen("kim.citizen@gmail.com"))

    assert enrolled(stage, a_citizen("kimcitizen+2@googlemail.com")) == first


def test_a_stage_without_traits_asks_for_no_consent():
    stage, citizen = a_rated_stage(strata=()), a_citizen()

    entry = actions.enrol(stage=stage, categories={}, by=citizen)

    assert entry.stratum == ""
    assert Consent.objects.count() == 0


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase != Phase.OPEN])
def test_nobody_enrols_outside_the_open_phase(phase):
    stage, citizen = a_rated_stage(phase=phase), a_citizen()

    with pytest.raises(Refusal):
        enrolled(stage, citizen)

    assert RollEntry.objects.count() == Event.objects.count() == 0


def test_nobody_but_a_citizen_enrols():
    with pytest.raises(Refusal, match="국민·사용자 계정"):
        enrolled(a_rated_stage(), an_expert())


def test_a_full_group_is_refused_and_the_others_are_not():
    stage = a_rated_stage(quota=1)
    enrolled(stage, a_citizen("one@example.kr"), age="20s")

    with pytest.raises(GroupFull, match="참여 인원이 모두 찼습니다"):
        enrolled(stage, a_citizen("two@example.kr"), age="20s")
    enrolled(stage, a_citizen("three@example.kr"), age="40s")

    assert sorted(RollEntry.objects.values_list("stratum", flat=True)) == ["age=20s", "age=40s"]


def test_somebody_on_the_roll_of_a_full_group_is_still_on_it():
    stage, citizen = a_rated_stage(quota=1), a_citizen()
    first = enrolled(stage, citizen)

    assert enrolled(stage, citizen) == first


# ---------------------------------------------------------------- papers


def test_all_papers_are_stored_before_the_first_is_seen():
    stage, citizen = a_rated_stage(), a_citizen()

    papers = issued(stage, citizen)

    assert [paper.position for paper in papers] == [1, 2, 3]
    assert [paper.kind for paper in papers] == ["compare", "compare", "rate"]
    assert {paper.stratum for paper in papers} == {"age=20s"}
    assert {paper.voter_tag for paper in papers} == {identity.voter_tag_of("stage-2", citizen)}
    assert {timezone.localtime(paper.issued_at).time().isoformat() for paper in papers} == {"00:00:00"}
    for paper in papers[:2]:
        assert paper.left.prompt_id == paper.right.prompt_id
        assert paper.thing == things.comparison(paper.left.prompt_id, paper.left.team_id, paper.right.team_id)
    assert papers[2].thing == things.rating(papers[2].left.prompt_id, papers[2].left.team_id)
    assert papers[2].right is None


def test_asking_again_issues_nothing_more():
    stage, citizen = a_rated_stage(), a_citizen()
    first = issued(stage, citizen, seed=1)

    assert issued(stage, citizen, seed=2) == first


def test_papers_go_to_people_on_the_roll_only():
    with pytest.raises(NotEnrolled):
        actions.issue_papers(stage=a_rated_stage(), by=a_citizen())
    assert Paper.objects.count() == 0


def test_no_papers_after_the_close():
    stage, citizen = a_rated_stage(), a_citizen()
    enrolled(stage, citizen)
    in_phase(stage, Phase.CLOSED)

    with pytest.raises(Refusal, match=CLOSED):
        actions.issue_papers(stage=stage, by=citizen)


def test_an_answer_in_which_a_name_was_found_is_never_shown():
    stage = a_rated_stage(
        phase=Phase.PREPARING, prompts=1, plan={"comparisons_per_person": 20, "ratings_per_person": 20}
    )
    named = an_answer(stage.prompts.get(), stage.teams.first(), "저는 엑사원입니다.", sample=2, hits=["엑사원"])
    in_phase(stage, Phase.OPEN)

    papers = issued(stage, a_citizen())

    assert len(papers) == 10
    assert all(named.id not in (paper.left_id, paper.right_id) for paper in papers)


def test_exposure_stays_even_over_many_people_and_strata():
    stage = a_rated_stage(prompts=6)
    for number in range(24):
        citizen = a_citizen(f"citizen{number}@example.kr")
        enrolled(stage, citizen, age=("20s", "40s")[number % 2])
        actions.issue_papers(stage=stage, by=citizen, rng=Random(number))

    pairs = Counter(things_without_prompt(paper) for paper in Paper.objects.filter(kind="compare"))
    teams = Counter(Paper.objects.filter(kind="rate").values_list("left__team__slug", flat=True))
    left = Counter(Paper.objects.filter(kind="compare").values_list("left__team__slug", flat=True))
    assert set(pairs.values()) == {8}
    assert set(teams.values()) == {6}
    assert max(left.values()) - min(left.values()) <= 2
    for stratum in ("age=20s", "age=40s"):
        pairs = Counter(things_without_prompt(paper) for paper in Paper.objects.filter(kind="compare", stratum=stratum))
        assert set(pairs.values()) == {4}


def things_without_prompt(paper: Paper) -> tuple[str, ...]:
    return tuple(paper.thing.split(":")[2:])


def test_issuing_asks_the_same_number_of_questions_whatever_was_issued():
    stage = a_rated_stage()
    counts = []
    for number in range(3):
        citizen = a_citizen(f"citizen{number}@example.kr")
        enrolled(stage, citizen)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            actions.issue_papers(stage=stage, by=citizen)
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in queries))
    assert counts == [7, 7, 7]


# ---------------------------------------------------------------- ballots


def test_a_comparison_is_kept_with_what_was_shown_and_its_event():
    stage, citizen = a_rated_stage(), a_citizen()
    paper = issued(stage, citizen)[0]

    ballot = actions.cast(held=held(stage, citizen), reply=Reply(choice="both_good", recognised="left"), revision=1)

    stored = Ballot.objects.get()
    assert stored == ballot
    assert (stored.choice, stored.recognised, stored.revision, stored.stratum) == ("both_good", "left", 1, "age=20s")
    assert (stored.left_team, stored.right_team, stored.prompt) == (
        paper.left.team,
        paper.right.team,
        paper.left.prompt,
    )
    assert (stored.thing, stored.paper, stored.voter_tag) == (paper.thing, paper, paper.voter_tag)
    assert json.loads(stored.event.body)["data"] == {
        "thing": paper.thing, "revision": 1, "kind": "compare", "prompt": paper.left.prompt_id,
        "left": paper.left_id, "right": paper.right_id, "left_team": paper.left.team_id, "right_team": paper.right.team_id,
        "choice": "both_good", "recognised": "left", "stars": {}, "stratum": "age=20s",
    }  # fmt: skip


def test_a_rating_keeps_a_star_for_every_question():
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    paper = held(stage, citizen, 3)

    ballot = actions.cast(held=paper, reply=Reply(stars={"q0": 5, "q1": 1}), revision=1)

    assert list(paper.questions) == ["q0", "q1"]
    assert actions.stars_of(ballot) == {"q0": 5, "q1": 1}
    assert (ballot.choice, ballot.right_team) == ("", None)


def test_a_ballot_tells_the_hour_and_nothing_that_knows_a_person():
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)

    ballot = a_ballot(stage, citizen)

    assert (ballot.cast_at.minute, ballot.cast_at.second, ballot.cast_at.microsecond) == (0, 0, 0)
    assert timedelta(0) <= timezone.now() - ballot.cast_at < timedelta(hours=1, minutes=1)
    assert ballot.event.at == ballot.cast_at
    assert ballot.event.actor == ""
    known = {
        citizen.id,
        citizen.email,
        ballot.voter_tag,
        RollEntry.objects.get().id,
        RollEntry.objects.get().person_key,
    }
    assert not any(name in ballot.event.body for name in known)


@pytest.mark.parametrize(("position", "tables"), [
    (1, {"audit_event": 1, "ratings_ballot": 1}),
    (3, {"audit_event": 1, "ratings_ballot": 1, "ratings_star": 1}),
])  # fmt: skip
def test_casting_touches_the_ledger_ballots_and_stars_only(position, tables):
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)

    with CaptureQueriesContext(connection) as queries:
        a_ballot(stage, citizen, position)

    assert written_tables(queries) == tables
    assert not any("rollentry" in query["sql"] for query in queries)


@pytest.mark.parametrize("position", [1, 3])
def test_the_same_answer_again_is_the_same_ballot(position):
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    first = a_ballot(stage, citizen, position)

    again = a_ballot(stage, citizen, position)

    assert again == first
    assert again.event.receipt == first.event.receipt
    assert Ballot.objects.count() == Event.objects.filter(kind="ballot cast").count() == 1


def test_another_answer_at_the_same_revision_is_refused_and_shows_what_is_stored():
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    first = a_ballot(stage, citizen, choice="a")

    with pytest.raises(AlreadyAnswered) as refused:
        a_ballot(stage, citizen, choice="b")

    assert refused.value.stored == first
    assert refused.value.status == 409
    assert Ballot.objects.get().choice == "a"


def test_of_two_windows_that_looked_at_once_the_slower_is_told_what_the_faster_said():
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    slower = held(stage, citizen)
    first = a_ballot(stage, citizen, choice="a")

    if (
        connection.vendor == "sqlite"
    ):  # a window looks and writes while all others wait, so this cannot be; if it were, a trigger refuses
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            actions.cast(held=slower, reply=Reply(choice="b"), revision=1)
    else:
        assert actions.cast(held=slower, reply=Reply(choice="a"), revision=1) == first
        with pytest.raises(AlreadyAnswered) as refused:
            actions.cast(held=slower, reply=Reply(choice="b"), revision=1)
        assert refused.value.stored == first
    assert Ballot.objects.count() == Event.objects.filter(kind="ballot cast").count() == 1


def test_a_changed_mind_is_a_new_revision_and_the_last_counts():
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    first = a_ballot(stage, citizen, choice="a")

    second = a_ballot(stage, citizen, choice="b", revision=2)

    assert (first.revision, second.revision) == (1, 2)
    assert first.event.receipt != second.event.receipt
    assert [ballot.choice for ballot in Ballot.objects.of_stage(stage).effective()] == ["b"]


def test_the_last_answer_sent_again_at_the_next_revision_writes_nothing():
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    first = a_ballot(stage, citizen, choice="a")

    assert a_ballot(stage, citizen, choice="a", revision=2) == first


@pytest.mark.parametrize("revision", [0, 2, 3, 99])
def test_a_revision_the_page_never_offered_is_refused(revision):
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)

    with pytest.raises(AlreadyAnswered) as refused:
        a_ballot(stage, citizen, revision=revision)

    assert refused.value.stored is None
    assert Ballot.objects.count() == 0


def test_nobody_changes_an_answer_without_end():
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    for revision in range(1, actions.MOST_REVISIONS + 1):
        a_ballot(stage, citizen, choice="ab"[revision % 2], revision=revision)

    with pytest.raises(Refusal, match="더 고칠 수 없습니다"):
        a_ballot(stage, citizen, choice="skip", revision=actions.MOST_REVISIONS + 1)


@pytest.mark.parametrize("phase", [Phase.CLOSED, Phase.COUNTED, Phase.CONFIRMED, Phase.PUBLISHED, Phase.FINAL])
def test_nothing_is_taken_after_the_open_phase(phase):
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    in_phase(stage, phase)

    with pytest.raises(Refusal, match=CLOSED):
        a_ballot(stage, citizen)
    assert Ballot.objects.count() == Star.objects.count() == Event.objects.filter(kind="ballot cast").count() == 0


def test_not_even_the_same_answer_again_is_taken_after_the_close():
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    a_ballot(stage, citizen)
    in_phase(stage, Phase.CLOSED)

    with pytest.raises(Refusal, match=CLOSED):
        a_ballot(stage, citizen)


@pytest.mark.parametrize(("opens", "closes", "taken"), [
    (timedelta(hours=-1), timedelta(seconds=30), True),
    (timedelta(hours=-1), timedelta(seconds=-1), False),
    (timedelta(seconds=30), timedelta(hours=1), False),
])  # fmt: skip
def test_the_clock_of_the_database_decides_between_open_and_late(opens, closes, taken):
    stage, citizen = a_rated_stage(phase=Phase.PREPARING), a_citizen()
    Stage.objects.filter(id=stage.id).update(
        frozen_at=timezone.now() - timedelta(days=9), opens_at=timezone.now() + timedelta(hours=-2)
    )
    in_phase(stage, Phase.OPEN)
    issued(stage, citizen)
    paper = held(stage, citizen)

    in_phase(stage, Phase.PREPARING)
    Stage.objects.filter(id=stage.id).update(opens_at=timezone.now() + opens, closes_at=timezone.now() + closes)
    in_phase(stage, Phase.OPEN)

    assert held(stage, citizen).in_time is taken
    assert paper.in_time is True


def test_the_deadline_itself_is_too_late():
    stage, citizen = a_rated_stage(), a_citizen()
    issued(stage, citizen)
    paper = held(stage, citizen)

    sql = "SELECT '2026-08-14 09:00:00.000' < '2026-08-14 09:00:00', '2026-08-14 08:59:59.999' < '2026-08-14 09:00:00'"
    if connection.vendor == "sqlite":  # text is compared as text
        with connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.fetchone() == (0, 1)
    assert abs(paper.clock - timezone.now()) < timedelta(seconds=5)


def test_a_paper_is_held_for_its_own_voter_only():
    stage, citizen, other = a_rated_stage(), a_citizen(), a_citizen("other@example.kr")
    issued(stage, citizen)
    issued(stage, other)

    assert held(stage, citizen).id != held(stage, other).id
    assert Paper.objects.held_for_answer("stage-2", citizen, 4) is None
    assert Paper.objects.held_for_answer("stage-3", citizen, 1) is None
    assert Paper.objects.held_for_answer("stage-2", a_citizen("third@example.kr"), 1) is None
