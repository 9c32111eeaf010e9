"""Accounts of the office, the experts and the teams. Citizens are not listed: who they are is nobody's business here."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from portal.accounts import actions
from portal.accounts.models import User
from portal.accounts.roles import OFFICE, SECOND_FACTOR, Role
from portal.accounts.second_factor import factors
from portal.admin import EvidenceAdmin, Verb, VerbForm, client_address, says
from portal.audit.record import record_access

OPENED_HERE = [(role.value, role.label) for role in (Role.OFFICER, Role.AUDITOR)]


class AccountForm(VerbForm):
    email = forms.EmailField(label="이메일", max_length=254)
    name = forms.CharField(label="이름", max_length=100)
    role = forms.ChoiceField(label="역할", choices=OPENED_HERE, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="사유", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="담당자의 계정에는 반드시 적습니다. 담당자의 계정은 다른 담당자가 승인해야 열립니다.",
    )  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("role") == Role.OFFICER and not cleaned.get("reason"):
            self.add_error("reason", "담당자의 계정을 여는 사유를 적어 주세요.")
        return cleaned


def _open(_row, by, email, name, role, reason):
    opened = actions.open_account(email=email, name=name, role=Role(role), by=by)
    if opened.role == Role.OFFICER:
        actions.admit(user=opened, by=by, reason=reason)
    return f"‘{name}’의 계정을 만들고, 비밀번호를 정하는 길을 이메일로 알렸습니다."


def _reset(user, by, reason, source):
    actions.reset_access(user=user, by=by, reason=reason, source=source)
    return f"‘{user}’의 비밀번호와 인증 수단을 지우고 이메일로 알렸습니다."


def _close(user, by, reason):
    actions.close_account(user=user, by=by, reason=reason)
    return f"‘{user}’의 계정을 닫았습니다."


def _admit(user, by, reason):
    actions.admit(user=user, by=by, reason=reason)
    return f"‘{user}’의 계정을 열었습니다."


OPENING = says(
    "감사자의 계정은 곧바로, 담당자의 계정은 다른 담당자가 승인할 때 열리고, 그때 비밀번호를 정하는 길을 이 주소로 보냅니다.",
    "아무도 대신 비밀번호를 정하거나 알 수 없습니다. 만든 계정은 지울 수 없고 닫을 수만 있습니다.",
)
RESETTING = says(
    "비밀번호와 인증 수단을 모두 지우고 열려 있는 로그인을 끝냅니다. 비밀번호를 다시 정하는 길을 본인에게 이메일로 보냅니다. 되돌릴 수 없습니다."
)
CLOSING = says(
    "이 계정으로는 더 로그인하지 못하고, 열려 있는 로그인도 끝납니다. 이 사람이 낸 것과 한 일의 기록은 그대로 남습니다.",
    "본인에게 이메일로 알립니다. 두 담당자가 함께 다시 열 수 있습니다.",
)
ADMITTING = says(
    "비밀번호를 정하는 길을 본인에게 이메일로 보냅니다. 이 사람이 비밀번호와 인증 수단을 새로 정하고 나면 그 역할의 일을 모두 할 수 있습니다.",
    "계정은 언제든지 닫을 수 있습니다.",
)


@admin.register(User)
class UserAdmin(EvidenceAdmin):
    """Whoever looks at names and addresses is on record."""

    list_display = ["name", "email", "role", "is_active", "has_factor", "verb_links"]
    list_filter = ["role", "is_active"]
    search_fields = ["name", "email"]
    ordering = ["role", "name", "email"]
    fields = ["name", "email", "role", "is_active", "has_factor"]
    readonly_fields = ["has_factor"]
    change_list_template = "admin/accounts/accounts.html"
    opening = Verb("open", "계정 만들기", _open, AccountForm, means=OPENING)
    verbs = (
        Verb("reset", "인증 초기화", _reset, means=RESETTING, offered=lambda user: user.is_active, personal=True),
        Verb("close", "계정 닫기", _close, means=CLOSING, offered=lambda user: user.is_active),
        Verb(
            "admit",
            "계정 열기",
            _admit,
            means=ADMITTING,
            offered=lambda user: not user.is_active,
            together=lambda user: True,
        ),
    )

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [path("open/", wrap(self.open_view), name="accounts_user_open"), *super().get_urls()]

    def open_view(self, request: HttpRequest):
        if request.user.role != Role.OFFICER:
            raise PermissionDenied
        return self._ask(request, self.opening, None, reverse("admin:accounts_user_changelist"))

    def get_queryset(self, request):
        """An auditor sees who runs the evaluation, not who judges."""
        shown = SECOND_FACTOR if request.user.role == Role.OFFICER else OFFICE
        factor = factors(OuterRef("pk"))
        return super().get_queryset(request).filter(role__in=shown).annotate(factor=Exists(factor))

    def changelist_view(self, request, extra_context=None):
        record_access(actor=request.user.id, action="accounts listed", source=client_address(request))
        context = {"is_officer": request.user.role == Role.OFFICER}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_object(self, request, object_id, from_field=None):
        """For every page about one account: its own, its history."""
        user = super().get_object(request, object_id, from_field)
        if user is not None:
            self._note_look(request, user)
        return user

    def verb_view(self, request, pk, verb):
        self._officers_only(request)
        self._note_look(request, get_object_or_404(self.get_queryset(request), pk=pk))
        return super().verb_view(request, pk, verb)

    def _note_look(self, request: HttpRequest, user: User) -> None:
        record_access(actor=request.user.id, action="accounts listed", whose=user.pk, source=client_address(request))

    @admin.display(description="인증 수단", boolean=True)
    def has_factor(self, user):
        return user.factor
