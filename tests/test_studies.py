"""The simulation studies run, say the same for the same seed, and the document holds what they printed."""

import subprocess
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from evaluations.scoring.intervals import Interval
from script.studies import agreement, blinding, document, strengths, style
from script.studies.__main__ import SEED, STUDIES, main, run
from script.studies.records import Hits, coverage


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_runs_and_repeats_itself(name):
    study = run(name, SEED, 3)

    assert study == run(name, SEED, 3)
    assert study.replications == 3
    assert {len(row) for row in study.rows} == {len(study.columns)}


def test_the_document_and_its_pictures_are_what_the_stored_results_say():
    assert document.differing() == []


def test_every_study_stands_in_the_document_with_its_usual_replications():
    studies, how = document.stored()

    assert {name: study.replications for name, study in studies.items()} == {
        name: usual for name, (_, usual) in STUDIES.items()
    }
    assert how["seed"] == SEED


def test_a_digit_that_was_changed_by_hand_is_noticed():
    studies, _ = document.stored()
    text = document.DOCUMENT.read_text(encoding="utf-8")
    changed = text.replace(studies["clusters"].rows[0][2], "95.0", 1)

    assert document.filled(text, studies, "now") != changed
    assert document.filled(changed, studies, "now") == document.filled(text, studies, "now")


def test_pictures_stand_alone():
    studies, _ = document.stored()

    for study in studies.values():
        if study.picture:
            root = ElementTree.fromstring(document.drawn(study.picture))  # noqa: S314 – our own text
            assert root.tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize(
    ("held", "verdict"), [(95, "예"), (93, "예"), (97, "예"), (92, "아니요: 좁다"), (98, "아니요: 넓다")]
)
def test_a_95_per_cent_interval_covers_93_to_97(held, verdict):
    hits = Hits("구간", "자료")
    for number in range(100):
        hits.add([number < held])

    assert hits.verdict == verdict
    assert coverage("시험", [hits]).rows == (("구간", "자료", f"{held:.1f}", f"±{hits.error:.1f}", verdict),)


@pytest.mark.parametrize(("held", "verdict"), [(100, "예: 적어도 95 %"), (93, "예: 적어도 95 %"), (92, "아니요: 좁다")])
def test_a_range_of_whole_numbers_promises_95_per_cent_or_more(held, verdict):
    hits = Hits("범위", "자료", at_least=True)
    for number in range(100):
        hits.add([number < held])

    assert hits.verdict == verdict


def test_an_interval_for_contrast_and_one_that_is_not_given_are_said_so():
    hits = Hits("구간", "자료", contrast=True)
    hits.add_one(Interval(0, 1, 0.95, "F"), 0.5)
    hits.add_one(Interval(0, 1, 0.95, "F"), 2)
    hits.add_one(None, 0.5)
    hits.add_one(None, 0.5)
    nothing = Hits("다른 구간", "자료")
    for _ in range(4):
        nothing.add_one(None, 0.5)

    study = coverage("시험", [hits, nothing])

    assert study.replications == 4
    assert study.rows == (
        ("구간", "자료 (구간 없음 50.0%)", "50.0", f"±{hits.error:.1f}", "아니요: 좁다 (견주기)"),
        ("다른 구간", "자료 (구간 없음 100.0%)", "–", "–", "구간 없음"),
    )
    assert [row[0] for row in study.picture.rows] == ["구간, 자료"]


def test_every_interval_that_is_not_for_contrast_covers_93_to_97():
    """But those that docs/scoring-study.md explains: integers, two categories of five units, judges who hardly agree, few sheets without two of them,
    three other people for each team, others for each two teams."""
    studies, _ = document.stored()
    narrow_or_wide = {
        (row[0], row[1].split(" (")[0])
        for study in studies.values()
        if study.columns[-1] == "93–97 %인가"
        for row in study.rows
        if row[-1] in ("아니요: 좁다", "아니요: 넓다")
    }

    assert narrow_or_wide == {
        ("효과 δ, 하나씩 뺌 t", "다섯, 사람 150, 문항 6"),
        ("강도 β, 하나씩 뺌 t", "다섯, 사람 150, 문항 6"),
        ("α 범주 둘, 여러 참값, 위원 2", "단위 20"),
        *(("합계 t", f"양끝 제외, {panel}") for panel in ("3명", "5명", "12명 가운데 5명씩")),
        *(("합계 t", f"{what}, 40명 가운데 {each}명씩") for what, each in (("물음 하나", 3), ("비교", 3), ("비교", 5))),
        *(("지수, 점수 구간", f"거의 모름, 위원 {experts}") for experts in ("5", "10", "20", "10 × 팀 5")),
        ("지수, 점수 구간", "어느 만큼 앎, 위원 5"),
        ("지수, 점수 구간", "거의 다 앎, 위원 5"),
    }


def test_without_leaning_people_the_truth_of_the_crowd_is_what_was_put_in():
    beta, side = strengths.Crowd(10, 1, 1).truth()

    assert beta == pytest.approx(strengths.BETA, abs=1e-6)
    assert side == pytest.approx(strengths.SIDE, abs=1e-6)


@pytest.mark.parametrize("measures", [1, 3, 5])
def test_without_leaning_readers_the_truth_is_what_was_put_in(measures):
    beta, effects = style.Readers(10, 1, 1, measures=measures).truth()

    assert beta == pytest.approx(style.BETA, abs=1e-6)
    assert effects == pytest.approx(style.EFFECTS[:measures], abs=1e-6)


@pytest.mark.parametrize("measures", [1, 3])
def test_the_truth_of_leaning_readers_is_what_very_many_of_them_come_to(measures):
    readers = style.Readers(20_000, 10, 2_000, 0.7, 0.3, measures)
    beta, effects = readers.truth()
    votes = readers.votes(np.random.default_rng(1))
    fit = style.fit_votes(style.MODELS, votes)
    errors = fit.errors(style.two_way(fit, votes))

    assert (np.abs(fit.effects - effects) < 3 * errors[-measures:]).all()
    assert (np.abs(fit.beta - beta) < 3 * errors[:4]).all()
    assert errors.max() < 0.05
    assert abs(effects[0] - style.EFFECTS[0]) > 3 * errors[-measures]  # the blur is seen


def test_measures_go_together_and_the_last_of_several_is_rare():
    answers = style.Readers(1, 1, 1, measures=3).answers(20_000, np.random.default_rng(2))

    assert np.corrcoef(answers[:, 0, 0], answers[:, 0, 1])[0, 1] == pytest.approx(style.TOGETHER, abs=0.02)
    assert set(answers[..., -1].ravel()) == {0, 1}
    assert answers[..., -1].mean() == pytest.approx(0.18, abs=0.03)


@pytest.mark.parametrize(("raters", "centre", "unit_sd"), [(2, 1.5, 1.0), (5, 1.3, 0.5)])
def test_alpha_of_two_categories_is_what_very_many_units_come_to(raters, centre, unit_sd):
    marks = agreement._marks(raters, centre, unit_sd, top=2)(400_000, np.random.default_rng(4))

    found = agreement.krippendorff_alpha(marks, metric="nominal").value
    assert found == pytest.approx(agreement._alpha_of_two(raters, centre, unit_sd), abs=0.006)


def test_the_truth_of_a_panel_is_what_very_many_experts_come_to():
    for teams in (1, len(blinding.TEAMS)):
        panel = blinding.Panel(20_000 // teams, (0.6, 0.6), (0.5, 0.5))
        said, named, truth = panel.answers(teams, np.random.default_rng(6))

        assert (named, truth) == (0.6, pytest.approx(0.6 * (0.5 - 0.5 / 4)))
        assert blinding.index(blinding.Blinding(said), blinding.TEAMS).value == pytest.approx(truth, abs=0.02)
        assert np.mean([one.guess != "" for one in said]) == pytest.approx(named, abs=0.02)


def test_a_part_of_the_studies_is_stored_beside_the_others(tmp_path, monkeypatch):
    studies, how = document.stored()
    for name, path in (("FOLDER", tmp_path), ("RESULTS", tmp_path / "r.json"), ("DOCUMENT", tmp_path / "d.md")):
        monkeypatch.setattr(document, name, path)
    names = ["power", "raking", "stars"]
    marks = "".join(f"<!-- study:{name} --><!-- /study -->\n" for name in (*names, "made"))
    document.DOCUMENT.write_text(marks, encoding="utf-8")
    other = replace(studies["raking"], title="다른 것")

    document.store({name: studies[name] for name in ("raking", "power", "stars")}, how, names)
    document.store({"raking": other}, how, names)

    assert document.stored()[0] == {"power": studies["power"], "raking": other, "stars": studies["stars"]}
    assert list(document.stored()[0]) == names
    assert "다른 것" in document.DOCUMENT.read_text(encoding="utf-8")
    assert (document.agrees(how["seed"], how["numpy"]), document.agrees(how["seed"] + 1, how["numpy"])) == (True, False)


def test_leaning_people_blur_the_average_and_keep_its_order():
    beta, _ = strengths.Crowd(10, 1, 1, person_sd=1.0).truth()

    assert (np.abs(beta) < np.abs(strengths.BETA)).all()
    assert (np.diff(beta) < 0).all()


@pytest.mark.parametrize(
    "arguments",
    [
        ["heaven"],
        ["power", "--write", "--seed", "1"],
        ["--write", "--replications", "5"],
        ["power", "--replications", "1"],
        ["--seed", "x"],
    ],
)
def test_what_cannot_be_asked_for_is_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)

    assert stop.value.code == 2
    assert "script/study" in capsys.readouterr().err


def test_the_command_prints_tables():
    done = subprocess.run(
        [document.ROOT / "script" / "study", "raking", "--replications", "2"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == f"{document.markdown(run('raking', SEED, 2))}\n"
