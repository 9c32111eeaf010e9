"""Who people are. What they said about a model lives elsewhere and carries no key to this table."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from portal.accounts.emails import normalise_email, normalise_person
from portal.accounts.roles import AT_WORK, OFFICE, Role
from portal.ids import RandomIdField


class UserQuerySet(models.QuerySet):
    def unproven(self):
        """Accounts somebody opened for an address and nobody ever showed to be hers: no code entered, never signed in."""
        return self.filter(role=Role.CITIZEN, last_login=None).exclude(emailaddress__verified=True)

    def proven(self):
        """Accounts somebody signs in with. Only they stand in anybody's way."""
        return self.exclude(pk__in=User.objects.unproven())

    def at_work(self):
        """Whoever runs the evaluation or speaks for a team: nobody who may judge."""
        return self.filter(role__in=AT_WORK)

    def share_mailbox(self, email: str) -> bool:
        """Does mail to this address arrive where mail to one of these accounts does, however the two are written?"""
        person = normalise_person(email)
        return any(normalise_person(other) == person for other in self.values_list("email", flat=True))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email: str, password: str | None = None, *, role: Role = Role.CITIZEN, name: str = ""):
        """An account; without a password the person signs in by a code sent to the address."""
        user = self.model(email=normalise_email(email), role=role, name=name)
        user.set_password(password)
        user.save(force_insert=True)
        return user

    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    id = RandomIdField()
    email = models.EmailField("이메일", unique=True)
    name = models.CharField("이름", max_length=100, blank=True)
    role = models.CharField("역할", max_length=16, choices=Role, default=Role.CITIZEN)
    team = models.CharField("팀 ID", max_length=26, blank=True, help_text="팀 담당자만")
    is_active = models.BooleanField("사용", default=True)
    joined_at = models.DateTimeField("가입 시각", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = "계정"
        verbose_name_plural = "계정"
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower"),
            models.CheckConstraint(
                condition=models.Q(role="team") & ~models.Q(team="") | ~models.Q(role="team") & models.Q(team=""),
                name="user_team_goes_with_role",
                violation_error_message="팀은 팀 담당자에게만, 그리고 반드시 적어야 합니다.",
            ),
        ]

    def __str__(self):
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        return self.role in OFFICE

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()

    def has_perm(self, perm: str, obj=None) -> bool:
        """Django's question, answered by role: the office reads, only the officer acts."""
        if not (self.is_active and self.is_staff):
            return False
        return self.role == Role.OFFICER or perm.split(".")[-1].startswith("view_")

    def has_perms(self, perms, obj=None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class Consent(models.Model):
    """What a person agreed to, in which wording, and when she took it back."""

    class Purpose(models.TextChoices):
        ACCOUNT = "account", "회원 정보 처리(필수)"
        STRATA = "strata", "인구 특성 정보 처리(필수)"

    id = RandomIdField()
    user = models.ForeignKey(User, models.CASCADE, related_name="consents", verbose_name="계정")
    purpose = models.CharField("목적", max_length=16, choices=Purpose)
    version = models.CharField("문안 판", max_length=16)
    given_at = models.DateTimeField("동의 시각")
    withdrawn_at = models.DateTimeField("철회 시각", null=True, blank=True)

    class Meta:
        verbose_name = "동의"
        verbose_name_plural = "동의"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=models.Q(withdrawn_at=None), name="consent_once"
            ),
        ]

    def __str__(self):
        return self.get_purpose_display()
