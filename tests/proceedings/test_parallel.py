"""Two officers who answer at the same moment, on the real database with its own locks."""

import pytest

from evaluations.proceedings import proposals
from evaluations.proceedings.actions import advance_phase
from evaluations.proceedings.models import Proposal, Resolution
from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.stagefile.amend import amend
from evaluations.stagefile.export import configuration, standing_configuration
from portal.accounts.actions import admit
from portal.accounts.seconding import SecondNeeded
from portal.audit.models import Event
from portal.http import Stale
from tests.committed import at_once, let_evidence_be_flushed, while_another
from tests.factories import accounts, programme
from tests.factories.stagefile import a_frozen_stage, put

pytestmark = pytest.mark.django_db(transaction=True)
let_evidence_be_flushed()


def proposed(by, act, **arguments) -> Proposal:
    """What the verb said it would have done, kept for another."""
    with pytest.raises(SecondNeeded) as needed:
        act(by=by, reason="까닭", **arguments)
    return proposals.propose(needed=needed.value, by=by)


def officers(*names: str):
    return [accounts.an_officer(f"{name}@example.kr") for name in names]


def test_two_who_agree_at_once_do_it_once():
    officer, second, third = officers("a", "b", "c")
    stage = programme.in_phase(programme.a_stage(), Phase.COUNTED)
    proposal = proposed(officer, advance_phase, stage=stage, to=Phase.CLOSED)

    answers = at_once(*(lambda by=by: proposals.approve(proposal=proposal, by=by) for by in (second, third)))

    assert sorted(type(answer).__name__ for answer in answers) == ["Resolution", "Stale"]
    assert "그 사이 이 제안에 답이 있었습니다." in [str(answer) for answer in answers]
    assert (Stage.objects.get().phase, Event.objects.filter(kind="phase moved").count()) == (Phase.CLOSED, 1)


def test_one_who_agrees_while_the_other_takes_it_back_is_told():
    """An account belongs to no stage whose lock they would wait for."""
    officer, second, third = officers("a", "b", "c")
    new = accounts.an_officer("new@example.kr", is_active=False)
    proposal = proposed(officer, admit, user=new)

    answers = at_once(
        lambda: proposals.approve(proposal=proposal, by=second),
        lambda: proposals.refuse(proposal=proposal, by=third, reason="까닭"),
        lambda: proposals.withdraw(proposal=proposal, by=officer, reason="까닭"),
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Resolution", "Stale", "Stale"]
    new.refresh_from_db()
    assert new.is_active is Resolution.objects.get().approved
    assert Event.objects.filter(kind__in=["proposal approved", "proposal refused", "proposal withdrawn"]).count() == 1


def test_clicks_on_one_proposal_about_no_stage_are_one_proposal():
    (officer,) = officers("a")
    new = accounts.an_officer("new@example.kr", is_active=False)

    def click():
        return proposed(officer, admit, user=new)

    made = [*at_once(*[click] * 6), while_another(click, click)]

    assert {one.pk for one in made} == {Proposal.objects.get().pk}
    assert Event.objects.filter(kind="proposal made").count() == 1


def test_two_who_propose_the_same_and_agree_to_each_other_do_it_once():
    first, second = officers("a", "b")
    stage = programme.in_phase(programme.a_stage(), Phase.COUNTED)
    of_first, of_second = (proposed(by, advance_phase, stage=stage, to=Phase.CLOSED) for by in (first, second))

    answers = at_once(
        lambda: proposals.approve(proposal=of_first, by=second),
        lambda: proposals.approve(proposal=of_second, by=first),
    )

    assert [isinstance(answer, Stale) for answer in answers].count(True) == 1
    assert (Resolution.objects.count(), Event.objects.filter(kind="phase moved").count()) == (1, 1)


def test_of_two_amendments_of_one_edition_agreed_to_at_once_one_is_made(tmp_path):
    first, second = officers("a", "b")
    stage = a_frozen_stage(tmp_path)
    rules = standing_configuration(stage)
    longer, other = (put(rules, (("objection", "days"), days)) for days in (14, 20))
    of_first = proposed(first, amend, stage=stage, config=longer)
    of_second = proposed(second, amend, stage=stage, config=other)

    answers = at_once(
        lambda: proposals.approve(proposal=of_first, by=second),
        lambda: proposals.approve(proposal=of_second, by=first),
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Resolution", "Stale"]
    assert list(stage.configurations.values_list("version", flat=True)) == [1, 2]
    assert configuration(Stage.objects.get()) == standing_configuration(stage)
