"""The citizen's pages: what is asked, enrolment, one paper after the other, how far she is, and her receipts."""

import re

from django.contrib import messages
from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.programme.visibility import Thing, Viewer, Who, may_see
from evaluations.ratings import actions
from evaluations.ratings.forms import AnswerForm, EnrolForm, form_for, in_words, odd_fields
from evaluations.ratings.identity import account_tag_of, person_key, voter_tag_of
from evaluations.ratings.models import Answer, Ballot, HeldPaper, Paper, Question, RatingPlan, RollEntry, Stratum
from evaluations.ratings.pace import minutes
from portal.accounts.guards import citizens_only, public
from portal.accounts.roles import Role
from portal.audit.models import Event
from portal.http import Refusal, reads, writes

RECEIPT = re.compile(r"[0-9a-f]{32}")


@reads()
@public
def home(request: HttpRequest) -> HttpResponse:
    plans = list(RatingPlan.objects.asking_now(timezone.now()).select_related("stage"))
    finished = Paper.objects.finished_by(request.user, [plan.stage for plan in plans])
    context = {"plans": plans, "finished": finished, "taken_part": _taken_part(request)}
    return render(request, "ratings/home.html", context)


def _taken_part(request: HttpRequest) -> list[Stage]:
    """The stages on whose roll this citizen is."""
    if not (request.user.is_authenticated and request.user.role == Role.CITIZEN):
        return []
    stages = Stage.objects.visible_to(Who.PUBLIC, Thing.METHOD).filter(rating_plan__isnull=False)
    keys = {person_key(stage, request.user): stage for stage in stages}
    hers = RollEntry.objects.filter(stage__in=stages, person_key__in=keys)
    on_the_roll = set(hers.values_list("person_key", flat=True))
    return [stage for key, stage in keys.items() if key in on_the_roll]


def _plan(slug: str) -> RatingPlan:
    """What a public stage asks citizens; 404 for stages that ask nothing or are not public."""
    public_stages = Stage.objects.visible_to(Who.PUBLIC, Thing.METHOD)
    return get_object_or_404(RatingPlan.objects.select_related("stage"), stage__in=public_stages, stage__slug=slug)


def _is_enrolled(request: HttpRequest, stage: Stage) -> bool:
    """On the roll, and not with another address of her mailbox."""
    others = Paper.objects.of_voter(stage, voter_tag_of(stage.slug, request.user)).exclude(
        account_tag__in=("", account_tag_of(stage.slug, request.user))
    )
    entry = RollEntry.objects.filter(stage=stage, person_key=person_key(stage, request.user))
    return entry.exclude(Exists(others)).exists()


def _may_answer(stage: Stage) -> bool:
    return stage.current_phase is Phase.OPEN and stage.opens_at <= timezone.now() < stage.closes_at


@reads()
@public
def stage(request: HttpRequest, slug: str) -> HttpResponse:
    plan = _plan(slug)
    citizen = request.user.is_authenticated and request.user.role == Role.CITIZEN
    questions = list(Question.objects.filter(stage=plan.stage)) if plan.ratings_per_person else []
    enrolled = citizen and _is_enrolled(request, plan.stage)
    context = {
        "stage": plan.stage,
        "plan": plan,
        "questions": questions,
        "strata": _strata(plan.stage),
        "minutes": minutes(
            comparisons=plan.comparisons_per_person, ratings=plan.ratings_per_person, questions=len(questions),
            characters=Answer.objects.shown_in(plan.stage).mean_length(),
        ),
        "citizen": citizen,
        "other_role": request.user.is_authenticated and not citizen,
        "enrolled": enrolled,
        "finished": enrolled and bool(Paper.objects.finished_by(request.user, [plan.stage])),
        "open": _may_answer(plan.stage),
    }  # fmt: skip
    return render(request, "ratings/stage.html", context)


def _enrol_page(request: HttpRequest, stage: Stage, form: EnrolForm, status: int = 200) -> HttpResponse:
    return render(request, "ratings/enrol.html", {"stage": stage, "form": form}, status=status)


def _strata(stage: Stage) -> list[Stratum]:
    return list(Stratum.objects.filter(stage=stage))


@reads()
@citizens_only
def enrol(request: HttpRequest, slug: str) -> HttpResponse:
    stage = _plan(slug).stage
    if _is_enrolled(request, stage):
        return redirect("ratings:progress", slug)
    if not _may_answer(stage):
        return redirect("ratings:stage", slug)
    return _enrol_page(request, stage, EnrolForm(strata=_strata(stage)))


@writes
@citizens_only
def enrol_done(request: HttpRequest, slug: str) -> HttpResponse:
    stage = _plan(slug).stage
    form = EnrolForm(request.POST, strata=_strata(stage))
    if not form.is_valid():
        return _enrol_page(request, stage, form, status=422)
    if form.cleaned_data["interest"] == "yes":
        return render(request, "ratings/excluded.html", {"stage": stage})
    try:
        actions.enrol(stage=stage, categories=form.categories(), by=request.user)
        actions.issue_papers(stage=stage, by=request.user)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _enrol_page(request, stage, form, status=refusal.status)
    return _to_next(request, slug)


@writes
@citizens_only
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin, or go on where she stopped."""
    stage = _plan(slug).stage
    if not _is_enrolled(request, stage):
        return redirect("ratings:enrol", slug)
    actions.issue_papers(stage=stage, by=request.user)
    return _to_next(request, slug)


def _to_next(request: HttpRequest, slug: str) -> HttpResponse:
    """Her first paper without an answer, else the end."""
    papers = Paper.objects.held_by(slug, request.user).unanswered().order_by("position")
    return _to_paper(slug, papers.values_list("position", flat=True).first())


def _to_paper(slug: str, position: int | None) -> HttpResponse:
    return redirect("ratings:progress", slug) if position is None else redirect("ratings:paper", slug, position)


@reads()
@citizens_only
def paper(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    shown = get_object_or_404(
        Paper.objects.held_by(slug, request.user).select_related("stage", "left__prompt", "right"), position=_small(position),
    )  # fmt: skip
    if not _may_answer(shown.stage):
        return redirect("ratings:progress", slug)
    stored = (
        Ballot.objects.filter(stage=shown.stage, voter_tag=shown.voter_tag, thing=shown.thing)
        .select_related("event")
        .order_by("-revision")
        .first()
    )
    questions = list(Question.objects.filter(stage=shown.stage)) if shown.kind == "rate" else []
    form = form_for(shown.kind, questions, initial=_initial(stored))
    return _paper_page(request, shown, form, stored=stored)


def _small(position: int) -> int:
    """A number no column could hold is no paper of hers."""
    if position > 32767:
        raise Http404
    return position


def _initial(stored: Ballot | None) -> dict[str, object]:
    if stored is None:
        return {"revision": 1}
    stars = (
        {f"star-{key}": str(rating) for key, rating in actions.stars_of(stored).items()}
        if stored.kind == "rate"
        else {}
    )
    return {"revision": stored.revision + 1, "choice": stored.choice, "recognised": stored.recognised, **stars}


def _paper_page(request, shown: Paper, form, *, stored=None, told="", message="", status=200) -> HttpResponse:
    context = {
        "stage": shown.stage, "paper": shown, "form": form, "stored": stored, "told": told, "message": message, "prompt": shown.left.prompt,
        **Paper.objects.of_voter(shown.stage_id, shown.voter_tag).how_far(),
    }  # fmt: skip
    return render(request, "ratings/paper.html", context, status=status)


@writes
@citizens_only
def cast(request: HttpRequest, slug: str, position: int) -> HttpResponse:
    held = Paper.objects.held_for_answer(stage_slug=slug, user=request.user, position=_small(position))
    if held is None:
        raise Http404
    if not may_see(Viewer(Who.CITIZEN, owns=True), Thing.PAPER, held.phase):
        # Every answer from here on shows the paper once more.
        actions.refuse_unless_open(phase=held.phase, in_time=held.in_time)
    questions = [Question(key=key, text_ko="") for key in held.questions]
    form = form_for(held.kind, questions, request.POST)
    if odd := odd_fields(request.POST, form):
        return render(request, "errors/400.html", {"unknown": odd}, status=400)
    stops = "stop" in request.POST
    if stops and form.is_empty:
        return redirect("ratings:progress", slug)
    if not form.is_valid():
        return _again(request, held, _outdated(form), 422)
    try:
        ballot = actions.cast(held=held, reply=form.reply(), revision=form.cleaned_data["revision"])
    except actions.AlreadyAnswered as stale:
        return _again(request, held, str(stale), stale.status, stored=stale.stored)
    except Refusal as refusal:
        return _again(request, held, str(refusal), refusal.status)
    said = {"position": position, "receipt": ballot.event.receipt}
    messages.success(request, _("%(position)s번 답을 저장했습니다. 접수 번호 %(receipt)s") % said)
    return _to_paper(slug, None if stops else held.next_position)


def _outdated(form: AnswerForm) -> str:
    """What is said above the paper when nothing in sight is wrong with it."""
    return _("화면이 낡았습니다. 고른 답을 확인하고 다시 저장해 주세요.") if set(form.errors) == {"revision"} else ""


def _again(
    request: HttpRequest, held: HeldPaper, message: str, status: int, stored: Ballot | None = None
) -> HttpResponse:
    """The same paper once more, with what she chose, why it was not kept, and a revision that can be."""
    shown = Paper.objects.select_related("stage", "left__prompt", "right").get(pk=held.id)
    questions = list(Question.objects.filter(stage=shown.stage)) if shown.kind == "rate" else []
    data = request.POST.copy()
    data["revision"] = str((stored.revision if stored else held.last_revision) + 1)
    form = form_for(shown.kind, questions, data)
    told = in_words(stored, questions, actions.stars_of(stored)) if stored else ""
    return _paper_page(request, shown, form, stored=stored, told=told, message=message, status=status)


@reads()
@citizens_only
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    plan = _plan(slug)
    papers = list(Paper.objects.held_by(slug, request.user).order_by("position"))
    cast = (
        Ballot.objects.of_voter(plan.stage, voter_tag_of(slug, request.user))
        .select_related("event")
        .order_by("revision")
    )
    ballots = {ballot.thing: ballot for ballot in cast}
    rows = [(one, ballots.get(one.thing)) for one in papers]
    done = sum(ballot is not None for _paper, ballot in rows)
    context = {
        "stage": plan.stage, "rows": rows, "done": done, "papers": len(rows), "finished": bool(rows) and done == len(rows),
        "enrolled": bool(rows) or _is_enrolled(request, plan.stage), "open": _may_answer(plan.stage),
    }  # fmt: skip
    return render(request, "ratings/progress.html", context)


@reads("receipt")
@public
def check(request: HttpRequest) -> HttpResponse:
    """Is this receipt in the ledger? Says yes or no and the day, never what or who."""
    typed = request.GET.get("receipt", "")[:200]
    plain = re.sub(r"[\s-]", "", typed).lower()
    found = None
    if RECEIPT.fullmatch(plain):
        found = Event.objects.filter(leaf__startswith=plain).first()
    context = {
        "typed": typed.replace("\0", ""),
        "asked": "receipt" in request.GET,
        "empty": not plain,
        "well_formed": bool(RECEIPT.fullmatch(plain)),
        "event": found,
    }
    return render(request, "ratings/check.html", context)
