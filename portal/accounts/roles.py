"""The roles, and in words what each may do. A person has exactly one."""

from django.db import models


class Role(models.TextChoices):
    CITIZEN = "citizen", "국민·사용자"
    EXPERT = "expert", "평가위원"
    OFFICER = "officer", "담당자"
    TEAM = "team", "팀 담당자"
    AUDITOR = "auditor", "감사자"


MAY = {
    Role.CITIZEN: "답변을 비교하고 별점을 매긴다.",
    Role.EXPERT: "배정된 자료를 읽고 자신의 평가표를 쓴다.",
    Role.OFFICER: "단계를 준비하고 진행하며 결과를 공표한다. 점수는 바꿀 수 없다.",
    Role.TEAM: "공표된 뒤 자기 팀의 결과를 본다.",
    Role.AUDITOR: "기록을 읽고 검증한다. 아무것도 바꿀 수 없다.",
}

OFFICE = frozenset({Role.OFFICER, Role.AUDITOR})
"""Roles that may enter the admin site; an auditor only reads there."""

SECOND_FACTOR = frozenset({Role.OFFICER, Role.AUDITOR, Role.EXPERT, Role.TEAM})
"""Roles that sign in with a password and a second factor; everybody else with a code sent by mail."""
