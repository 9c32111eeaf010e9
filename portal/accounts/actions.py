"""What happens to an account. Each act is on record by the account's id, never by a name; of an expert's own acts none is.

An expert opens her account and sets its factors within moments of accepting a seat: beside that event hers would say whose seat it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from portal.accounts.emails import normalise_email
from portal.accounts.guards import refuse_unless_officer
from portal.accounts.models import Consent, User, UserQuerySet
from portal.accounts.roles import AT_WORK, SECOND_FACTOR, Role
from portal.accounts.second_factor import factors
from portal.accounts.seconding import need_second
from portal.audit.record import record, record_access
from portal.http import Refusal

CONSENT_VERSION = "2026-08"
"""The edition of the wording in templates/account/signup.html and templates/ratings/enrol.html; a new wording asks again."""

LAST_FACTOR = "마지막 인증 수단은 지울 수 없습니다. 다른 패스키나 인증 앱을 먼저 등록해 주세요."


@transaction.atomic
def create_account(
    *, email: str, role: Role, name: str, password: str | None, by: User | None,
    team: str = "", totp_secret: str | None = None,
) -> User:  # fmt: skip
    """An account whose address counts as verified: an officer, an invitation or the set-up vouches for it.

    Anybody may type an address into the sign-up page, so what was opened there and never proven makes way. An expert's is not on
    record: beside the acceptance of her seat, a moment later, it would say whose seat that is.

    `by` is None when the account opens itself through an invitation, or when the site is set up.
    """
    if by is not None:
        refuse_unless_officer(by)
    if role in AT_WORK:
        _refuse_who_judges(email)
    user = User(email=normalise_email(email), role=role, name=name, team=team)
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    for unproven in _clear_unproven(User.objects.filter(email=user.email)):
        record("account erased", actor=by.id if by else "", subject="account", subject_id=unproven)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Refusal("같은 이메일이나 맞지 않는 역할 때문에 계정을 만들 수 없습니다.") from None
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if totp_secret is not None:
        TOTP.activate(user, totp_secret)
    if role != Role.EXPERT:
        record("account created", actor=by.id if by else "", subject="account", subject_id=user.id, data={"role": role})
    return user


def _refuse_who_judges(email: str) -> None:
    """Who judges does not run it. The other way round an invitation is refused, and once more its acceptance."""
    if User.objects.filter(role=Role.EXPERT).share_mailbox(email):
        raise Refusal(
            "이 이메일은 평가위원 계정의 이메일과 같은 우편함입니다. 평가위원은 담당자나 감사자, 팀 담당자가 될 수 없습니다."
        )


@transaction.atomic
def open_account(*, email: str, role: Role, name: str, by: User, team: str = "") -> User:
    """An account for somebody who works here or for a team. She sets her password through a link sent to her, and her second factor
    at her first sign-in. An officer's stays closed until two have admitted her."""
    if role not in AT_WORK:
        raise Refusal("평가위원은 위촉 안내로, 국민은 스스로 가입합니다.")
    user = create_account(email=email, role=role, name=name, password=None, by=by, team=team)
    if role == Role.OFFICER:
        user.is_active = False
        user.save(update_fields=["is_active"])
    else:
        _tell_opened(user)
    return user


@transaction.atomic
def admit(*, user: User, by: User, reason: str, second: User | None = None) -> None:
    """Open the account of another officer, or again that of anybody who works here: whoever may agree to what one proposes is chosen by two,
    and whom one shut out two let in. Raises SecondNeeded.

    Password and factors are set anew: one that was closed and is opened again brings neither along, nor a session of before.
    """
    refuse_unless_officer(by)
    held = User.objects.select_for_update().get(pk=user.pk)
    if held.role not in SECOND_FACTOR:
        raise Refusal("이메일 코드로 로그인하는 계정은 담당자가 열지 않습니다.")
    if held.is_active:
        raise Refusal("이미 열려 있는 계정입니다.")
    if held.role in AT_WORK:
        _refuse_who_judges(held.email)
    elif User.objects.filter(role__in=AT_WORK).share_mailbox(held.email):
        raise Refusal("이 이메일은 여기서 일하는 사람의 이메일과 같은 우편함입니다. 평가하는 사람은 운영하지 않습니다.")
    need_second(by=by.id, second=second.id if second else "", reason=reason, act="officer", subject=held.id)
    Authenticator.objects.filter(user=held).delete()
    held.is_active = True
    held.set_unusable_password()
    held.save(update_fields=["is_active", "password"])
    record(
        "officer admitted", actor=by.id, subject="account", subject_id=held.id, reason=reason,
        data={"second": second.id if second else ""},
    )  # fmt: skip
    _tell_opened(held)


def _tell_opened(user: User) -> None:
    link = settings.SITE_URL.rstrip("/") + reverse("account_reset_password")
    _tell(user, "accounts/email/account_opened", {"name": user.name, "role": Role(user.role).label, "link": link})


@transaction.atomic
def reset_access(*, user: User, by: User, reason: str, source: str = "") -> None:
    """A lost phone, a lost password: factors and password go, every session ends, the person is told.

    She sets a new password through the mailed link and a new factor at her next sign-in; nobody else
    ever learns or sets a secret of hers.
    """
    refuse_unless_officer(by)
    if user.pk == by.pk:
        raise Refusal("자기 계정의 인증 수단은 다른 담당자가 초기화해야 합니다.")
    if user.role not in SECOND_FACTOR:
        raise Refusal("이메일 코드로 로그인하는 계정에는 초기화할 것이 없습니다.")
    if not reason.strip():
        raise Refusal("사유를 적어 주세요.")
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    record("access reset", actor=by.id, subject="account", subject_id=user.id, reason=reason)
    record_access(actor=by.id, action="access reset", whose=user.id, source=source, reason=reason)
    _tell(
        user, "accounts/email/access_reset", {"link": settings.SITE_URL.rstrip("/") + reverse("account_reset_password")}
    )


@contextmanager
def changing_factors(*, by: User) -> Iterator[None]:
    """While it is open a person adds, replaces or removes factors of hers; each change is on record, or none is made. allauth tells of most
    only after the commit, when the event might be lost, and of some not at all."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        before = _kinds_of_factors(by)
        yield
        after = _kinds_of_factors(by)
        for _key, factor in sorted(before - after):
            _record_factor("factor removed", by, factor)
        for _key, factor in sorted(after - before):
            _record_factor("factor added", by, factor)


def _record_factor(kind: str, user: User, factor: str) -> None:
    """Of somebody at work, by its type."""
    if user.role in AT_WORK:
        record(kind, actor=user.id, subject="account", subject_id=user.id, data={"factor": factor})


def _kinds_of_factors(user: User) -> set[tuple[int, str]]:
    return set(Authenticator.objects.filter(user=user).values_list("pk", "type"))


def remove_passkey(*, passkey: Authenticator, by: User) -> None:
    """One that was lost or is no longer used. The last factor stays until there is another, or an officer resets it."""
    with changing_factors(by=by):
        if not factors(by).exclude(pk=passkey.pk).exists():
            raise Refusal(LAST_FACTOR)
        factors(by).filter(pk=passkey.pk).delete()
        _tell(by, "accounts/email/passkey_removed", {})


@transaction.atomic
def close_account(*, user: User, by: User, reason: str) -> None:
    """Nobody signs in with this account any more; its open sessions end with the next request. One officer may, as it may have to be done at
    once; the person is told, and two open it again."""
    refuse_unless_officer(by)
    if user.pk == by.pk:
        raise Refusal("자기 계정은 닫을 수 없습니다.")
    if not reason.strip():
        raise Refusal("사유를 적어 주세요.")
    user.is_active = False
    user.save(update_fields=["is_active"])
    record("account closed", actor=by.id, subject="account", subject_id=user.id, reason=reason)
    link = settings.SITE_URL.rstrip("/") + reverse("pages:help")
    _tell(user, "accounts/email/account_closed", {"role": Role(user.role).label, "link": link})


@transaction.atomic
def give_consent(
    *, user: User, purpose: Consent.Purpose, version: str = CONSENT_VERSION, at: datetime | None = None
) -> Consent:
    """Note that the person agreed to this purpose in this wording; once is enough. `at` where the day is all that may be known."""
    standing = Consent.objects.select_for_update().filter(user=user, purpose=purpose, withdrawn_at=None).first()
    if standing is not None and standing.version == version:
        return standing
    at = at or timezone.now()
    if standing is not None:
        standing.withdrawn_at = at
        standing.save(update_fields=["withdrawn_at"])
    try:
        with transaction.atomic():
            return Consent.objects.create(user=user, purpose=purpose, version=version, given_at=at)
    except IntegrityError:  # the same person in another window was faster
        return Consent.objects.get(user=user, purpose=purpose, withdrawn_at=None)


@transaction.atomic
def erase_account(*, by: User) -> None:
    """A citizen takes back her address and her consents. What she said carries no name and stays, as does the keyed hash on the roll,
    by which nobody takes part twice."""
    if by.role != Role.CITIZEN:
        raise Refusal("국민·사용자 계정만 스스로 지울 수 있습니다.")
    record("account erased", subject="account", subject_id=by.id)
    by.delete()


PROVEN_WITHIN = timedelta(days=1)
"""Longer than any code is good; whoever comes later signs up again."""
MOST_AT_ONCE = 500


@transaction.atomic
def purge_unproven(*, now: datetime) -> int:
    """Erase accounts that were opened and never proven; how many. Some at a time, so that nobody waits long for a row."""
    old = User.objects.unproven().filter(joined_at__lt=now - PROVEN_WITHIN).order_by("pk")[:MOST_AT_ONCE]
    gone = len(_clear_unproven(User.objects.filter(pk__in=list(old.values_list("pk", flat=True)))))
    if gone:
        record("accounts purged", data={"number": gone})
    return gone


def _clear_unproven(accounts: UserQuerySet) -> list[str]:
    """Erase those of these accounts that are unproven; their ids.

    Addresses are held before the accounts are looked at: whoever enters her code at this moment either has it counted, and
    stays, or finds the account gone.
    """
    list(EmailAddress.objects.select_for_update().filter(user__in=accounts.unproven()).order_by("pk"))
    gone = list(accounts.unproven().select_for_update().order_by("pk").values_list("pk", flat=True))
    User.objects.filter(pk__in=gone).delete()
    return gone


def _tell(user: User, template: str, context: dict[str, str]) -> None:
    """One mail, one recipient, after the change is certain."""
    subject = render_to_string(f"{template}_subject.txt", context).strip()
    text = render_to_string(f"{template}_message.txt", context)
    transaction.on_commit(lambda: send_mail(subject, text, None, [user.email]), robust=True)
