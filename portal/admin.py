"""The office: Django admin with its sections in the order of the procedure."""

from django.contrib import admin

from portal.accounts.roles import OFFICE, Role

SECTIONS = [
    "programme", "rubrics", "panels", "reviews", "ratings", "benchmarks", "results", "proceedings",
    "accounts", "audit",
]  # fmt: skip


class PortalAdminSite(admin.AdminSite):
    site_title = "평가 운영"
    site_header = "독자 AI 파운데이션 모델 평가 운영"
    index_title = "절차"
    enable_nav_sidebar = True

    def has_permission(self, request) -> bool:
        """Officers and auditors; that they signed in with a second factor is the sign-in's business."""
        user = request.user
        return user.is_active and getattr(user, "role", None) in OFFICE

    def get_app_list(self, request, app_label=None):
        """The sections as the procedure runs, not by the alphabet."""
        sections = super().get_app_list(request, app_label)
        known = {label: place for place, label in enumerate(SECTIONS)}
        return sorted(sections, key=lambda section: known.get(section["app_label"], len(known)))


class OfficeAdmin(admin.ModelAdmin):
    """Rows the office may edit; an auditor only reads them."""

    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request):
        return request.user.is_active and request.user.role in OFFICE

    def has_view_permission(self, request, obj=None):
        return request.user.role in OFFICE

    def has_add_permission(self, request, *args):
        return request.user.role == Role.OFFICER

    def has_change_permission(self, request, obj=None):
        return request.user.role == Role.OFFICER

    def has_delete_permission(self, request, obj=None):
        return request.user.role == Role.OFFICER


class EvidenceAdmin(OfficeAdmin):
    """Evidence: everybody in the office reads, nobody writes."""

    actions = None

    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
