"""The roles. A person has exactly one."""

from django.db import models


class Role(models.TextChoices):
    CITIZEN = "citizen", "국민·사용자"
    EXPERT = "expert", "평가위원"
    OFFICER = "officer", "담당자"
    TEAM = "team", "팀 담당자"
    AUDITOR = "auditor", "감사자"


OFFICE = frozenset({Role.OFFICER, Role.AUDITOR})
"""Roles that may enter the admin site; an auditor only reads there."""

AT_WORK = OFFICE | {Role.TEAM}
"""Roles of whoever runs the evaluation or speaks for a team. Nobody who judges has one, and nobody who has one judges."""

SECOND_FACTOR = frozenset({Role.OFFICER, Role.AUDITOR, Role.EXPERT, Role.TEAM})
"""Roles that sign in with a password and a second factor; everybody else with a code sent by mail."""
