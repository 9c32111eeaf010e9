"""Estimates are made beside a run, once, and what goes wrong with them takes nothing from it."""

import json
import re
from datetime import timedelta

import numpy as np
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from evaluations.programme.phases import Phase
from evaluations.ratings.models import Answer, Prompt
from evaluations.results import compute, jobs, tasks
from evaluations.results.models import CountJob, Estimates, ScoreRun
from portal.audit.models import Event
from tests.factories import accounts, programme, results

pytestmark = pytest.mark.django_db


def test_a_count_leaves_estimates_beside_its_run():
    stage = results.a_stage_to_count()
    tasks.count(results.a_job(stage).pk)
    made = Estimates.objects.get()
    told = json.loads(made.body)

    assert made.run == ScoreRun.objects.get()
    assert (told["seed"], told["input_digest"]) == (made.seed, made.run.input_digest)
    assert "order" in told["sections"]
    event = Event.objects.get(kind="estimates made")
    assert (event.pk, json.loads(event.body)["data"]["estimates_seal"]) == (
        made.event_id, made.run.seal.over("estimates", made.digest),
    )  # fmt: skip


def test_counting_again_makes_no_second_estimates_and_the_same_seed():
    stage = results.a_stage_to_count()
    for _ in range(2):
        tasks.count(results.a_job(stage).pk)

    assert Estimates.objects.count() == 1
    config, evidence = compute.configuration_of(stage), compute.evidence_of(stage)
    result = compute.compute(config, evidence).result
    people = compute.people_of(stage, compute.Rules.from_config(config))
    again = compute.estimated(stage, config, evidence, result, people, compute.blinding_of(stage))
    assert (again.body, again.seed) == (Estimates.objects.get().body, Estimates.objects.get().seed)


def test_people_are_read_once_whatever_they_revised():
    stage = results.a_stage_to_count(evidence=False)
    prompt = stage.prompts.get()
    lg, skt = stage.teams.filter(slug__in=("lg", "skt")).order_by("slug")
    results.a_comparison(prompt, lg, skt, "voter-1", "a")
    results.a_comparison(prompt, lg, skt, "voter-1", "skip", revision=2)
    results.a_rating(lg, "voter-2", {"helpful": 1})
    results.a_rating(lg, "voter-2", {"helpful": 5}, revision=2)
    people = compute.people_of(stage, compute.Rules.from_config(compute.configuration_of(stage)))

    assert people.votes.choice.tolist() == [4]
    assert people.stars.rating.tolist() == [5]
    assert people.number == 2


@pytest.mark.parametrize("first", ["", "age=20s"])
def test_a_person_is_of_one_stratum_in_whatever_order_her_ballots_come(first):
    stage = results.a_stage_to_count(evidence=False)
    prompt = stage.prompts.get()
    lg, skt, upstage = stage.teams.filter(slug__in=("lg", "skt", "upstage")).order_by("slug")
    results.a_comparison(prompt, lg, skt, "voter-1", "a", stratum=first)
    results.a_comparison(prompt, lg, upstage, "voter-1", "a", stratum="" if first else "age=20s")
    results.a_comparison(prompt, skt, lg, "voter-2", "a", stratum="")
    rules = compute.Rules.from_config(compute.configuration_of(stage))

    people = compute.people_of(stage, rules)
    said = np.bincount(people.votes.person)
    assert {people.strata[stratum]: said[who] for who, stratum in enumerate(people.stratum)} == {"age=20s": 2, "": 1}

    results.a_comparison(prompt, skt, upstage, "voter-1", "a", stratum="age=30s")
    with pytest.raises(ValueError, match="two strata"):
        compute.people_of(stage, rules)


def a_stage_with_texts(texts, prompts=2, **fields):
    """Closed, with votes on every prompt; `texts` are (prompt, team, sample, text), the names of prompts and teams."""
    stage = results.a_stage_to_count(Phase.PREPARING, evidence=False, **fields)
    asked = [
        stage.prompts.get(),
        *(Prompt.objects.create(stage=stage, key=f"p{n}", text="질문") for n in range(2, prompts + 1)),
    ]
    by_key, teams = {prompt.key: prompt for prompt in asked}, list(stage.teams.all())
    for prompt, team, sample, text in texts:
        answer = {"prompt": by_key[prompt], "team": stage.teams.get(slug=team), "sample": sample, "text": text}
        Answer.objects.create(**answer, hits=[{"name": "가려질 이름"}])
    pairs = [(one, other) for one in teams for other in teams if one != other]
    for number, (prompt, (left, right)) in enumerate((prompt, pair) for prompt in asked for pair in pairs):
        results.a_comparison(
            prompt, left, right, f"voter-{left.slug < right.slug}-{number % 5}", "ab"[number * number % 5 % 2]
        )
    return programme.in_phase(stage, Phase.CLOSED)


def people_of(stage):
    """What the estimates read, and the styles in the order of the names of the prompts."""
    rules = compute.Rules.from_config(compute.configuration_of(stage))
    people = compute.people_of(stage, rules)
    keys = sorted(stage.prompts.values_list("key", flat=True))
    return rules, people, dict(zip(keys, people.styles, strict=True))


def test_the_styles_of_answers_are_read_by_prompt_and_team():
    texts = [
        ("p1", "lg", 1, "가나다라"), ("p1", "skt", 1, "- **가**\n- 나"),
        ("p2", "lg", 1, "가나"), ("p2", "lg", 2, "가나다라마바사아"),
    ]  # fmt: skip
    rules, _people, styles = people_of(a_stage_with_texts(texts))
    lg, skt = (rules.slugs.index(slug) for slug in ("lg", "skt"))

    assert styles["p1"][lg].tolist() == [2, 0, 0, 0, 0]
    assert styles["p1"][skt].tolist() == [1, pytest.approx(1.584962500721156), 0, 1, 0]
    assert styles["p2"][lg].tolist() == [2, 0, 0, 0, 0]
    assert np.isnan(styles["p2"][skt]).all()


def test_styles_cost_one_question_and_none_where_nobody_compared(django_assert_num_queries):
    silent = results.a_stage_to_count(evidence=False)
    texts = [("p2", team, sample, "글") for team in ("lg", "skt") for sample in range(1, 7)]
    spoken = a_stage_with_texts(texts, slug="spoken")
    for stage, questions in ((silent, 4), (spoken, 5)):
        rules = compute.Rules.from_config(compute.configuration_of(stage))
        with django_assert_num_queries(questions):
            compute.people_of(stage, rules)


def texts_of_many_lengths(prompts):
    return [
        (f"p{n}", team, 1, "가" * (20 + 7 * n * place % 31)) for n in range(1, prompts + 1)
        for place, team in enumerate(("lg", "upstage", "skt", "motif"), start=1)
    ]  # fmt: skip


def test_a_count_tells_of_style_and_the_official_result_knows_nothing_of_it():
    texts = texts_of_many_lengths(6)
    stages = [a_stage_with_texts(texts, 6), a_stage_with_texts([], 6, slug="bare")]

    runs = [jobs.carry_out(jobs.claim(results.a_job(stage).pk)) for stage in stages]

    same = [
        {key: value for key, value in json.loads(run.body).items() if key not in ("stage", "config_digest")}
        for run in runs
    ]
    assert same[0] == same[1]
    told, bare = (json.loads(run.estimates.get().body)["sections"]["strengths"] for run in runs)
    assert (bare["style"], bare["teams"]) == ({"votes": 0, "without_text": 72, "absent": "no_texts"}, told["teams"])
    assert [fit["with"] for fit in told["style"]["fits"]] == [["length"]]
    assert told["style"]["fits"][0]["effects"][0]["low"] is not None


def test_every_page_of_a_result_shows_what_length_did(client):
    shown = ["total", "rank", "estimates"]
    policy = {"public": shown, "own": shown, "teams": "all", "minimum_n": 0}
    stage = a_stage_with_texts(texts_of_many_lengths(6), 6, config={"release": policy})
    run = jobs.carry_out(jobs.claim(results.a_job(stage).pk))
    programme.in_phase(stage, Phase.PUBLISHED)
    results.a_publication(run)
    public, office = f"/results/{stage.slug}/", reverse("admin:results_scorerun_change", args=[run.pk])

    pages = [client.get(public).content.decode()]
    client.cookies["language"] = "en"
    assert "Did the length of the answers move the choice?" in client.get(public).content.decode()
    del client.cookies["language"]
    own = reverse("results:own_stage", args=[stage.slug])
    for user, path in ((accounts.a_team_contact(stage.teams.first()), own), (accounts.an_officer(), office)):
        accounts.sign_in(client, user)
        pages.append(client.get(path).content.decode())

    for page in pages:
        (picture,) = re.findall(
            r'<h3 id="length-heading">답의 길이가 선택을 움직였나</h3>.*?</figure>', page, re.DOTALL
        )
        assert (
            len(re.findall(r'<circle class="dot" [^>]* r="5"', picture)) == len(stage.teams.all()) + 1
        )  # the legend's
        assert picture.count('<th scope="row"') == len(stage.teams.all())


def test_a_defect_of_the_estimates_leaves_the_result_standing(monkeypatch):
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    monkeypatch.setattr(compute, "people_of", lambda stage, rules: 1 / 0)

    tasks.count(job.pk)

    job.refresh_from_db()
    assert (job.state, job.run) == ("done", ScoreRun.objects.get())
    assert job.error == "공식 집계는 끝났지만 추정치를 만들지 못했습니다. (ZeroDivisionError)"
    assert Estimates.objects.count() == 0


def test_a_worker_that_dies_between_result_and_estimates_is_followed_by_one_that_makes_them():
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    claimed = jobs.claim(job.pk)
    config, evidence = compute.configuration_of(stage), compute.evidence_of(stage)
    run = jobs._write(claimed, compute.compute(config, evidence))
    assert (CountJob.objects.get().state, CountJob.objects.get().run) == ("running", run)

    CountJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    tasks.count(job.pk)

    job.refresh_from_db()
    assert (job.state, job.run, job.attempts, ScoreRun.objects.count(), Estimates.objects.count()) == (
        "done",
        run,
        2,
        1,
        1,
    )


def test_estimates_that_kill_every_worker_do_not_take_the_result_with_them():
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    computed = compute.compute(compute.configuration_of(stage), compute.evidence_of(stage))
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs._write(jobs.claim(job.pk), computed)
        CountJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert jobs.claim(job.pk) is None

    job.refresh_from_db()
    assert (job.state, job.run) == ("done", ScoreRun.objects.get())
    assert job.error.startswith("공식 집계는 끝났지만 추정치를 만들지 못했습니다.")


def test_a_late_worker_cannot_write_estimates():
    stage = results.a_stage_to_count()
    job = results.a_job(stage)
    late = jobs.claim(job.pk)
    config, evidence = compute.configuration_of(stage), compute.evidence_of(stage)
    computed = compute.compute(config, evidence)
    run = jobs._write(late, computed)
    CountJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.claim(job.pk)
    people = compute.people_of(stage, compute.Rules.from_config(config))
    estimated = compute.estimated(stage, config, evidence, computed.result, people, compute.blinding_of(stage))

    with pytest.raises(jobs.Superseded):
        jobs._write_estimates(late, run, estimated)
    with pytest.raises(jobs.Superseded):
        jobs._close_done(late, run, "")
    assert Estimates.objects.count() == 0


def test_estimates_never_change():
    stage = results.a_stage_to_count()
    tasks.count(results.a_job(stage).pk)

    for change in (lambda: Estimates.objects.update(body="{}"), lambda: Estimates.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
