"""The office's page of a stage: where it stands, what is missing, and the verbs."""

import tempfile
from pathlib import Path

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html

from evaluations.proceedings import actions, progress
from evaluations.proceedings.forms import MoveForm, UploadForm
from evaluations.proceedings.models import Procedure
from evaluations.programme.models import Round
from evaluations.programme.phases import LABELS, ORDER
from evaluations.results.models import CountJob
from evaluations.stagefile import archive
from evaluations.stagefile.faults import StageFileError
from evaluations.stagefile.load import load_directory
from evaluations.stagefile.upload import UploadFault, unpack
from portal.accounts.roles import Role
from portal.admin import OfficeAdmin
from portal.http import Refusal


@admin.register(Procedure)
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
        return [
            path("load/", wrap(self.load_view), name="proceedings_load"),
            path("<id:pk>/page/", wrap(self.page_view), name="proceedings_page"),
            path("<id:pk>/export/", wrap(self.export_view), name="proceedings_export"),
            path("<id:pk>/move/", wrap(self.move_view), name="proceedings_move"),
            path("<id:pk>/count/", wrap(self.count_view), name="proceedings_count"),
            path("<id:pk>/rounds/<id:round_pk>/<slug:verb>/", wrap(self.round_view), name="proceedings_round"),
            path("<id:pk>/jobs/<id:job_pk>/", wrap(self.job_view), name="proceedings_job"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return redirect("admin:proceedings_page", pk=object_id)

    def _officer(self, request: HttpRequest) -> None:
        if request.method != "POST" or request.user.role != Role.OFFICER:
            raise PermissionDenied

    def _page(
        self, request: HttpRequest, stage: Procedure, *, form: MoveForm | None = None, status: int = 200
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"{stage.name_ko} 진행",
            "opts": self.model._meta,
            "stage": stage,
            "steps": [(phase, LABELS[phase]) for phase in ORDER],
            "moves": actions.moves_of(stage),
            "form": form or MoveForm(initial={"seen": stage.phase}),
            "is_officer": request.user.role == Role.OFFICER,
            **progress.of_stage(stage),
        }
        return render(request, "admin/proceedings/page.html", context, status=status)

    def page_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self._page(request, get_object_or_404(Procedure, pk=pk))

    def move_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        self._officer(request)
        stage = get_object_or_404(Procedure, pk=pk)
        form = MoveForm(request.POST)
        if not form.is_valid():
            return self._page(request, stage, form=form, status=422)
        to = form.cleaned_data["to"]
        stage.phase = form.cleaned_data["seen"]
        try:
            actions.advance_phase(stage=stage, to=to, by=request.user, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self._page(request, get_object_or_404(Procedure, pk=pk), form=form, status=refusal.status)
        messages.success(request, f"'{LABELS[to]}' 국면으로 옮겼습니다.")
        return redirect("admin:proceedings_page", pk=pk)

    def round_view(self, request: HttpRequest, pk: str, round_pk: str, verb: str) -> HttpResponse:
        self._officer(request)
        round = get_object_or_404(Round, pk=round_pk, stage=pk)
        act = {"open": actions.open_round, "lock": actions.lock_round}.get(verb)
        if act is None:
            raise PermissionDenied
        return self._done(
            request,
            pk,
            lambda: act(round=round, by=request.user),
            f"'{round}' 차수를 {'열었' if verb == 'open' else '잠갔'}습니다.",
        )

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
        context = {
            **self.admin_site.each_context(request),
            "title": "집계 진행",
            "opts": self.model._meta,
            "stage": job.stage,
            "job": job,
            "running": running,
        }
        response = render(request, "admin/proceedings/job.html", context)
        if running:
            response["Refresh"] = "2"
        return response

    def _done(self, request: HttpRequest, pk: str, act, sentence: str) -> HttpResponse:
        try:
            act()
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, sentence)
        return redirect("admin:proceedings_page", pk=pk)

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
                    done = "들여왔습니다" if loaded.created else "이미 같은 내용이 있습니다"
                    messages.success(request, f"'{loaded.stage}': {done}.")
                    return redirect("admin:proceedings_page", pk=loaded.stage.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "단계 파일 올리기",
            "opts": self.model._meta,
            "form": form,
            "faults": faults,
        }
        return render(request, "admin/proceedings/load.html", context, status=200 if request.method == "GET" else 422)

    def export_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        stage = get_object_or_404(Procedure, pk=pk)
        return FileResponse(archive.stage_zip(stage), as_attachment=True, filename=f"{stage.slug}.zip")
