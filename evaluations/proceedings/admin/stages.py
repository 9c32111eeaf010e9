"""The office's pages of a stage: where it stands, what is missing, what goes in and out, and the verbs."""

import json
import tempfile
from pathlib import Path

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html

from evaluations.proceedings import actions, building, data_files, planning, progress
from evaluations.proceedings.admin.proposals import waiting_for, what_amending_does
from evaluations.proceedings.forms import AMENDMENTS, AmendmentForm, DataForm, LookedAtForm, MoveForm, UploadForm
from evaluations.proceedings.models import Procedure
from evaluations.programme.differences import differences
from evaluations.programme.models import Round
from evaluations.programme.phases import LABELS, ORDER, Phase, at_least
from evaluations.programme.visibility import who_is
from evaluations.results.models import CountJob
from evaluations.scoring.canonical import digest
from evaluations.stagefile import archive
from evaluations.stagefile.amend import CannotAmend, amend, checked
from evaluations.stagefile.export import configuration, standing_configuration
from evaluations.stagefile.export_data import csv_lines
from evaluations.stagefile.faults import StageFileError
from evaluations.stagefile.load import import_csv, load_directory
from evaluations.stagefile.schema import DATA
from evaluations.stagefile.upload import UploadFault, unpack
from portal.accounts.roles import Role
from portal.accounts.seconding import SecondNeeded
from portal.admin import OfficeAdmin, client_address
from portal.audit.record import record_access
from portal.http import Refusal

WAITS_LONG = 30
"""Seconds after which an office that watches a count is told that nobody has taken it."""


class ProcedureAdmin(OfficeAdmin):
    list_display = ["name_ko", "phase", "opens_at", "closes_at", "open_link"]
    list_display_links = None
    ordering = ["-opens_at", "slug"]
    search_fields = ["name_ko", "slug"]
    change_list_template = "admin/proceedings/list.html"

    def has_add_permission(self, request, *args):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="진행")
    def open_link(self, stage):
        return format_html('<a href="{}">진행 화면</a>', reverse("admin:proceedings_page", args=[stage.pk]))

    def get_urls(self):
        wrap = self.admin_site.admin_view
        pages = {
            "load/": (self.load_view, "load"),
            "<id:pk>/page/": (self.page_view, "page"),
            "<id:pk>/progress/": (self.progress_view, "progress"),
            "<id:pk>/data/": (self.data_view, "data"),
            "<id:pk>/data/<str:name>/": (self.file_view, "file"),
            "<id:pk>/export/": (self.export_view, "export"),
            "<id:pk>/move/": (self.move_view, "move"),
            "<id:pk>/amend/": (self.amend_view, "amend"),
            "<id:pk>/count/": (self.count_view, "count"),
            "<id:pk>/rounds/<id:round_pk>/<slug:verb>/": (self.round_view, "round"),
            "<id:pk>/jobs/<id:job_pk>/": (self.job_view, "job"),
        }
        own = [path(route, wrap(view), name=f"proceedings_{name}") for route, (view, name) in pages.items()]
        return [*own, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return redirect("admin:proceedings_page", pk=get_object_or_404(Procedure, pk=object_id).pk)

    def index_context(self, request):
        return {
            "cards": actions.desk(Procedure.objects.exclude(phase=Phase.FINAL).order_by("-opens_at", "slug")),
            "finished": Procedure.objects.filter(phase=Phase.FINAL).order_by("-opens_at", "slug"),
            "is_officer": request.user.role == Role.OFFICER,
        }

    def _officer(self, request: HttpRequest) -> None:
        if request.method != "POST" or request.user.role != Role.OFFICER:
            raise PermissionDenied

    def _render(self, request: HttpRequest, name: str, title: str, *, status: int = 200, **context) -> HttpResponse:
        common = {
            **self.admin_site.each_context(request), "title": title, "opts": self.opts,
            "is_officer": request.user.role == Role.OFFICER,
        }  # fmt: skip
        return render(request, f"admin/proceedings/{name}.html", common | context, status=status)

    # ------------------------------------------------------------ a stage

    def _page(
        self, request: HttpRequest, stage: Procedure, *, form: MoveForm | None = None, status: int = 200
    ) -> HttpResponse:
        return self._render(
            request, "page", f"{stage.name_ko} 진행", status=status, stage=stage,
            steps=[(phase, LABELS[phase]) for phase in ORDER], place=ORDER.index(stage.current_phase),
            moves=actions.moves_of(stage), form=form or MoveForm(initial={"seen": stage.phase}),
            contents=building.contents(stage), preparing=stage.current_phase is Phase.PREPARING,
            rules=digest(configuration(stage)) if stage.current_phase is Phase.PREPARING else "",
            planning=planning.of_stage(stage), proposals=waiting_for(request).of_stage(stage), **progress.of_stage(stage),
        )  # fmt: skip

    def page_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self._page(request, get_object_or_404(Procedure, pk=pk))

    def progress_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        stage = get_object_or_404(Procedure, pk=pk)
        return self._render(request, "progress", f"{stage.name_ko} 진행 상황", stage=stage, **progress.in_detail(stage))

    def move_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        self._officer(request)
        stage = get_object_or_404(Procedure, pk=pk)
        form = MoveForm(request.POST)
        if not form.is_valid():
            return self._page(request, stage, form=form, status=422)
        to = form.cleaned_data["to"]
        stage.phase = form.cleaned_data["seen"]
        try:
            actions.advance_phase(
                stage=stage, to=to, by=request.user, reason=form.cleaned_data["reason"], seen_rules=form.cleaned_data["rules"],
            )  # fmt: skip
        except SecondNeeded as needed:
            messages.success(request, self.admin_site.propose(request, needed))
            return redirect("admin:proceedings_page", pk=pk)
        except Refusal as refusal:
            for line in refusal.lines:
                form.add_error(None, line)
            return self._page(request, get_object_or_404(Procedure, pk=pk), form=form, status=refusal.status)
        messages.success(request, f"‘{LABELS[to]}’ 국면으로 옮겼습니다.")
        return redirect("admin:proceedings_page", pk=pk)

    def round_view(self, request: HttpRequest, pk: str, round_pk: str, verb: str) -> HttpResponse:
        self._officer(request)
        round = get_object_or_404(Round, pk=round_pk, stage=pk)
        act = {"open": actions.open_round, "lock": actions.lock_round}.get(verb)
        if act is None:
            raise Http404
        try:
            act(round=round, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"‘{round}’ 차수를 {'열었' if verb == 'open' else '잠갔'}습니다.")
        return redirect("admin:proceedings_page", pk=pk)

    # ------------------------------------------------------------ amending the rules

    def amend_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """What should change is told, shown in full, and only then proposed. The button says which of these is sent."""
        if request.user.role != Role.OFFICER:
            raise PermissionDenied
        stage = get_object_or_404(Procedure, pk=pk)
        if request.method != "POST":
            return self._amend_page(request, stage, status=200 if stage.may_be_amended else 403)
        step = request.POST.get("step", "")
        if step not in AMENDMENTS:
            return self._amend_page(request, stage, status=422)
        form = AMENDMENTS[step](request.POST, request.FILES, stage=stage)
        if not form.is_valid():
            return self._amend_page(request, stage, form, status=422)
        try:
            amend(stage=stage, config=form.config(), by=request.user, reason=form.cleaned_data["reason"])
        except SecondNeeded as needed:
            if step != "propose":
                return self._amendment_page(request, stage, LookedAtForm(initial=_looked_at(needed), stage=stage))
            messages.success(request, self.admin_site.propose(request, needed))
            return redirect("admin:proceedings_page", pk=pk)
        except Refusal as refusal:
            for line in refusal.lines:
                form.add_error(None, line)
            return self._amend_page(request, stage, form, status=refusal.status)
        return redirect("admin:proceedings_page", pk=pk)

    def _amend_page(
        self, request: HttpRequest, stage: Procedure, sent: AmendmentForm | None = None, *, status: int
    ) -> HttpResponse:
        """The ways to say what should change. What was typed into one of them, or on the page that showed it, is still there."""
        if isinstance(sent, LookedAtForm):
            return self._amendment_page(request, stage, sent, status=status)
        forms_of = {step: AMENDMENTS[step](stage=stage) for step in ("timetable", "file")}
        told = {step: sent if isinstance(sent, AMENDMENTS[step]) else form for step, form in forms_of.items()}
        return self._render(
            request, "amend", "기준 정정", status=status, stage=stage, phase=LABELS[stage.current_phase], **told
        )

    def _amendment_page(
        self, request: HttpRequest, stage: Procedure, form: LookedAtForm, *, status: int = 200
    ) -> HttpResponse:
        return self._render(
            request, "amendment", "정정한 기준 확인", status=status, stage=stage, form=form,
            differences=_would_change(stage, form.would_be), means=what_amending_does(stage),
        )  # fmt: skip

    # ------------------------------------------------------------ counting

    def count_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        self._officer(request)
        stage = get_object_or_404(Procedure, pk=pk)
        try:
            job = actions.start_count(stage=stage, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:proceedings_page", pk=pk)
        return redirect("admin:proceedings_job", pk=pk, job_pk=job.pk)

    def job_view(self, request: HttpRequest, pk: str, job_pk: str) -> HttpResponse:
        job = get_object_or_404(CountJob.objects.select_related("stage", "run"), pk=job_pk, stage=pk)
        running = job.state in (CountJob.State.QUEUED, CountJob.State.RUNNING)
        response = self._render(
            request, "job", "집계 진행", stage=job.stage, job=job, running=running,
            waits=job.state == CountJob.State.QUEUED and job.waited_seconds > WAITS_LONG, **progress.of_count(job.stage),
        )  # fmt: skip
        if running:
            response["Refresh"] = "2"
        return response

    # ------------------------------------------------------------ files

    def load_view(self, request: HttpRequest) -> HttpResponse:
        if request.user.role != Role.OFFICER:
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        faults: list[str] = []
        if request.method == "POST" and form.is_valid():
            with tempfile.TemporaryDirectory(prefix="stage-") as folder:
                try:
                    loaded = load_directory(unpack(form.cleaned_data["files"], Path(folder)), by=request.user.id)
                except StageFileError as error:
                    faults = error.faults.lines()
                except UploadFault as fault:
                    form.add_error("files", str(fault))
                else:
                    done = "들여왔습니다" if loaded.created else "이미 같은 내용이 있어 바꾼 것이 없습니다"
                    messages.success(request, f"‘{loaded.stage}’ 단계: {done}. 설정 지문 {loaded.config_digest}")
                    return redirect("admin:proceedings_page", pk=loaded.stage.pk)
        status = 422 if request.method == "POST" else 200
        return self._render(request, "load", "단계 파일 올리기", status=status, form=form, faults=faults)

    def _data_page(self, request: HttpRequest, stage: Procedure, *, status: int = 200, **told) -> HttpResponse:
        return self._render(
            request,
            "data",
            f"{stage.name_ko} 자료 파일",
            status=status,
            stage=stage,
            files=data_files.of_stage(stage, who_is(request.user)),
            two=at_least(stage.current_phase, Phase.CLOSED),
            **told,
        )

    def data_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self._data_page(request, get_object_or_404(Procedure, pk=pk))

    def file_view(self, request: HttpRequest, pk: str, name: str) -> HttpResponse:
        """One data file: GET takes it out, POST brings it in."""
        stage = get_object_or_404(Procedure, pk=pk)
        if name not in DATA:
            raise Http404
        return self._import(request, stage, name) if request.method == "POST" else self._export(request, stage, name)

    def _export(self, request: HttpRequest, stage: Procedure, name: str) -> HttpResponse:
        lines = csv_lines(stage, name, who_is(request.user))
        self._note_export(request, stage, name)
        return StreamingHttpResponse(
            lines, content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{stage.slug}-{name}"'},
        )  # fmt: skip

    def _import(self, request: HttpRequest, stage: Procedure, name: str) -> HttpResponse:
        self._officer(request)
        form = DataForm(request.POST, request.FILES)
        faults: list[str] = []
        status = 422
        if form.is_valid():
            try:
                rows = import_csv(
                    stage=stage, name=name, content=form.cleaned_data["file"].read(), by=request.user.id,
                    reason=form.cleaned_data["reason"],
                )  # fmt: skip
            except SecondNeeded as needed:
                messages.success(request, self.admin_site.propose(request, needed))
                return redirect("admin:proceedings_data", pk=stage.pk)
            except StageFileError as error:
                faults = error.faults.lines()
            except Refusal as refusal:
                faults, status = [str(refusal)], refusal.status
            else:
                messages.success(request, f"{name}에서 {rows:,}행을 들여왔습니다.")
                return redirect("admin:proceedings_data", pk=stage.pk)
        else:
            faults = [message for errors in form.errors.values() for message in errors]
        return self._data_page(request, stage, status=status, faults=faults, failed=name, form=form)

    def export_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        stage = get_object_or_404(Procedure, pk=pk)
        self._note_export(request, stage, "zip")
        packed = archive.stage_zip(stage, who_is(request.user))
        return FileResponse(packed, as_attachment=True, filename=f"{stage.slug}.zip")

    def _note_export(self, request: HttpRequest, stage: Procedure, what: str) -> None:
        record_access(
            actor=request.user.id,
            action="stage data exported",
            whose=f"{stage.slug} {what}",
            source=client_address(request),
        )


def _looked_at(needed: SecondNeeded) -> dict[str, str]:
    """What an amendment would be, for the page on which it is looked at before it is proposed."""
    amended = json.loads(needed.arguments)["config"]
    return {"amended": json.dumps(amended, ensure_ascii=False), "reason": needed.reason}


def _would_change(stage, amended) -> list:
    try:
        return differences(standing_configuration(stage), checked(amended))
    except CannotAmend:
        return []
