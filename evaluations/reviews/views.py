"""The panelist's pages: desk, blind file, sheet, review and receipt."""

import json

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header

from evaluations.panels.models import Assignment
from evaluations.programme.visibility import Thing
from evaluations.reviews import actions
from evaluations.reviews.assignments import assignments_of, earlier_sheets, given_to, released_copy, sheets_of
from evaluations.reviews.content import content_of, read_rows
from evaluations.reviews.desk import desks_of
from evaluations.reviews.forms import (
    SheetForm,
    Unreadable,
    known_in,
    merged_in,
    refuse_unknown,
    token_in,
    typed_in,
    was_in,
)
from evaluations.reviews.live import live_data
from evaluations.reviews.models import Draft, Sheet
from evaluations.reviews.outline import Outline, Typed, outline_of
from evaluations.reviews.reading import changes, fingerprints, rebased, stored_of, told, total_text
from evaluations.reviews.writing import why_not
from portal.accounts.guards import experts_only
from portal.http import Refusal, Stale, is_autosave, reads, writes
from portal.markup import visible


@reads()
@experts_only
def desk(request):
    return render(request, "reviews/desk.html", {"desks": desks_of(request.user)})


@reads()
@experts_only
def file(request, assignment_id):
    assignment = _own(request, assignment_id, Thing.BLIND_FILE)
    if not assignment.pledged:
        return redirect("reviews:desk")
    context = {"assignment": assignment, "copy": released_copy(assignment)}
    return render(request, "reviews/file.html", context)


@reads()
@experts_only
def download(request, assignment_id):
    """The same text as a file whose name and headers say nothing but the code name."""
    assignment = _own(request, assignment_id, Thing.BLIND_FILE)
    copy = released_copy(assignment) if assignment.pledged else None
    if copy is None:
        raise Http404
    name = content_disposition_header(as_attachment=True, filename=f"model-{assignment.alias}.md")
    headers = {"Content-Disposition": name}
    return HttpResponse(visible(copy.text), content_type="text/markdown; charset=utf-8", headers=headers)


@reads()
@experts_only
def sheet(request, assignment_id):
    assignment = _own(request, assignment_id)
    if not assignment.pledged:
        return redirect("reviews:desk")
    outline = _outline(assignment)
    last = Sheet.objects.last_of(assignment)
    earlier = _earlier(assignment)
    read_rows([*earlier, *([last] if last and not getattr(assignment, "draft", None) else [])])
    stored = stored_of(assignment, outline, last)
    if reason := _why_closed(assignment):
        context = {"assignment": assignment, "message": reason, "stored": stored, "told": told(outline, stored.typed)}
        return render(request, "reviews/closed.html", context)
    form = SheetForm(stored.typed, outline=outline, gaps_allowed=True)
    return _page(
        request,
        assignment,
        form,
        stored.token,
        was=fingerprints(stored.typed),
        draft=stored.draft,
        last=last,
        earlier=earlier,
    )


@writes
@experts_only
def save(request, assignment_id):
    assignment = get_object_or_404(given_to(request.user), id=assignment_id)
    outline = _outline(assignment)

    def act(typed: Typed, token):
        form = SheetForm(typed, outline=outline, gaps_allowed=True)
        if form.why_not_kept:
            return _not_kept(request, assignment, form)
        draft = actions.save_draft(assignment=assignment, typed=typed, token=token, by=request.user)
        if is_autosave(request):
            version = f"{token[0]}.{draft.version}"
            answer = {
                "version": version,
                "saved_at": draft.saved_at.isoformat(),
                "was": json.dumps(fingerprints(typed)),
            }
            return JsonResponse(answer | ({"message": form.too_long} if form.too_long else {}))
        messages.success(request, "저장했습니다. 제출하기 전까지는 집계에 들어가지 않습니다.")
        return redirect("reviews:sheet", assignment.id)

    return _keeping_words(request, assignment, outline, act)


@writes
@experts_only
def submit(request, assignment_id):
    assignment = get_object_or_404(given_to(request.user), id=assignment_id)
    outline = _outline(assignment)

    def act(typed: Typed, token):
        form = SheetForm(typed, outline=outline, gaps_allowed=False)
        if form.why_not_kept:
            return _not_kept(request, assignment, form)
        if not form.is_valid():
            # What is there is kept before she is told what is missing.
            draft = actions.save_draft(assignment=assignment, typed=typed, token=token, by=request.user)
            version = f"{token[0]}.{draft.version}"
            return _page(
                request,
                assignment,
                form,
                version,
                was=fingerprints(typed),
                draft=draft,
                earlier=_earlier(assignment),
                status=422,
            )
        try:
            done = actions.submit(
                assignment=assignment, outline=outline, content=form.content(), token=token, by=request.user
            )
        except actions.PledgeNeeded as needed:
            actions.save_draft(assignment=assignment, typed=typed, token=token, by=request.user)
            return _to_the_pledge(request, assignment, f"{needed} 쓰신 것은 임시 저장했습니다.")
        return redirect("reviews:review", done.id)

    return _keeping_words(request, assignment, outline, act)


@writes
@experts_only
def merge(request, assignment_id):
    """Two texts, and which of them to keep where: the answer to the page about a stale window."""
    assignment = get_object_or_404(given_to(request.user), id=assignment_id)
    outline = _outline(assignment)
    stored = stored_of(assignment, outline, Sheet.objects.last_of(assignment))

    def act(typed: Typed, token):
        form = SheetForm(typed, outline=outline, gaps_allowed=True)
        if form.why_not_kept:
            return _not_kept(request, assignment, form)
        actions.save_draft(assignment=assignment, typed=typed, token=token, by=request.user)
        messages.success(request, "고른 대로 저장했습니다.")
        return redirect("reviews:sheet", assignment.id)

    return _keeping_words(request, assignment, outline, act, lambda: merged_in(request.POST, outline, stored.typed))


@writes
@experts_only
def discard(request, assignment_id):
    """Back to the last submitted sheet."""
    assignment = get_object_or_404(given_to(request.user), id=assignment_id)
    outline = _outline(assignment)

    def act(_typed: Typed, token):
        try:
            actions.discard_draft(assignment=assignment, token=token, by=request.user)
        except Stale:
            messages.warning(request, "그 사이 더 저장한 내용이 있어 버리지 않았습니다. 보시고 다시 골라 주세요.")
        else:
            messages.success(request, "고치던 내용을 버리고 마지막으로 제출한 평가표로 돌아왔습니다.")
        return redirect("reviews:sheet", assignment.id)

    return _keeping_words(request, assignment, outline, act)


@reads()
@experts_only
def review(request, sheet_id):
    """All of a submitted sheet once more, with what changed since the one that counts."""
    shown = get_object_or_404(sheets_of(request.user), id=sheet_id)
    assignment = shown.assignment
    outline = _outline(assignment)
    revisions = list(sheets_of(request.user).filter(assignment=assignment).order_by("revision"))
    before = next((one for one in reversed(revisions) if one.revision < shown.revision and _confirmed(one)), None)
    read_rows([shown, *([before] if before else [])])
    typed = content_of(shown).typed(outline)
    context = {
        "assignment": assignment,
        "sheet": shown,
        "told": (sections := told(outline, typed)),
        "total": total_text(sections),
        "before": before,
        "changes": changes(outline, content_of(before).typed(outline), typed) if before else [],
        "revisions": revisions,
        "is_last": shown.id == revisions[-1].id,
        "is_confirmed": _confirmed(shown),
        "has_draft": Draft.objects.filter(assignment=assignment).exists(),
        "closed": _why_closed(assignment),
    }
    return render(request, "reviews/review.html", context)


@writes
@experts_only
def confirm(request, sheet_id):
    shown = get_object_or_404(sheets_of(request.user), id=sheet_id)
    try:
        refuse_unknown(request.POST, set())
    except Unreadable as odd:
        return render(request, "errors/400.html", {"unknown": odd.names}, status=400)
    try:
        actions.confirm(sheet=shown, by=request.user)
    except actions.PledgeNeeded as needed:
        return _to_the_pledge(request, shown.assignment, str(needed))
    return redirect("reviews:receipt", shown.id)


@reads()
@experts_only
def receipt(request, sheet_id):
    shown = get_object_or_404(sheets_of(request.user), id=sheet_id)
    if not _confirmed(shown):
        return redirect("reviews:review", shown.id)
    context = {
        "assignment": shown.assignment,
        "sheet": shown,
        "event": shown.confirmation.event,
        "events": [("제출", shown.event), ("확인", shown.confirmation.event)],
        "closed": _why_closed(shown.assignment),
    }
    return render(request, "reviews/receipt.html", context)


def _own(request, assignment_id: str, thing: Thing = Thing.OWN_SHEET) -> Assignment:
    return get_object_or_404(assignments_of(request.user, thing), id=assignment_id)


def _to_the_pledge(request, assignment: Assignment, message: str) -> HttpResponse:
    messages.warning(request, message)
    return redirect("panels:pledge", assignment.panelist_id)


def _outline(assignment: Assignment) -> Outline:
    return outline_of(assignment.panelist.stage, assignment.round)


def _why_closed(assignment: Assignment) -> str:
    if getattr(assignment, "void", None):
        return "이 평가표는 무효가 되어 집계에 쓰이지 않습니다."
    stage = assignment.panelist.stage
    return why_not(
        phase=stage.current_phase, round_state=assignment.round.state,
        opens_at=stage.opens_at, closes_at=stage.closes_at, clock=timezone.now(),
    )  # fmt: skip


def _confirmed(sheet: Sheet) -> bool:
    return getattr(sheet, "confirmation", None) is not None


def _keeping_words(request, assignment, outline, act, read=None) -> HttpResponse:
    """Do it; where it is refused, answer with the sentence and with every word that was typed."""
    words = known_in(request.POST, outline) or known_in(request.POST, outline, prefix="mine-")
    try:
        words = read() if read else typed_in(request.POST, outline)
        was = was_in(request.POST)
        return act(words, token_in(request.POST))
    except Unreadable as odd:
        names = ", ".join(visible(name)[:60] for name in odd.names[:10])
        sentence = f"이 화면이 묻지 않은 칸이 함께 왔거나 같은 칸이 두 번 왔습니다: {names}. 저장하지 않았습니다."
        return _refused(request, assignment, outline, words, sentence, 400)
    except Stale as stale:
        return _conflict(request, outline, was, words, str(stale), assignment.id)
    except Refusal as refusal:
        return _refused(request, assignment, outline, words, str(refusal), refusal.status)


def _refused(request, assignment, outline, typed, sentence, status):
    if is_autosave(request):
        return JsonResponse({"message": sentence}, status=status)
    form = SheetForm(typed, outline=outline, gaps_allowed=True).readable()
    context = {
        "assignment": assignment,
        "message": sentence,
        "typed": typed,
        "told": told(outline, form.data),
        "may_return": assignments_of(request.user, Thing.OWN_SHEET).filter(id=assignment.id).exists(),
    }
    return render(request, "reviews/refused.html", context, status=status)


def _not_kept(request, assignment, form):
    if is_autosave(request):
        return JsonResponse({"message": form.why_not_kept}, status=422)
    version, was = request.POST["version"], was_in(request.POST)
    return _page(request, assignment, form.readable(), version, was=was, message=form.why_not_kept, status=422)


def _conflict(request, outline, was, typed, sentence, assignment_id):
    if is_autosave(request):
        return JsonResponse({"message": sentence}, status=409)
    assignment = _own(request, assignment_id)
    stored = stored_of(assignment, outline, Sheet.objects.last_of(assignment))
    mine = rebased(outline, was, typed, stored.typed)
    differences = changes(outline, stored.typed, mine)
    if not differences:
        messages.success(request, "이 창에서 따로 고친 것이 없어 다른 창에서 저장한 내용을 그대로 두었습니다.")
        return redirect("reviews:sheet", assignment.id)
    context = {
        "assignment": assignment, "message": sentence, "stored": stored, "was": json.dumps(fingerprints(stored.typed)),
        "mine": mine, "differences": differences,
    }  # fmt: skip
    return render(request, "reviews/conflict.html", context, status=409)


def _earlier(assignment: Assignment) -> list[Sheet]:
    return list(earlier_sheets(assignment))


def _page(request, assignment, form, token, *, was, draft=None, last=None, earlier=(), message="", status=200):
    read_rows(list(earlier))
    sections = list(form.laid_out())
    done, asked = form.outline.progress(form.data)
    context = {
        "assignment": assignment,
        "form": form,
        "sections": sections,
        "parts_with_points": sum(1 for section in sections if section["section"].part),
        "done": done,
        "asked": asked,
        "live": json.dumps(live_data(form.outline), ensure_ascii=False, separators=(",", ":")),
        "token": token,
        "was": json.dumps(was),
        "draft": draft,
        "last": last,
        "message": message,
        "form_show_labels": True,
        "earlier": [(one, told(form.outline, content_of(one).typed(form.outline))) for one in earlier],
    }
    return render(request, "reviews/sheet.html", context, status=status)
