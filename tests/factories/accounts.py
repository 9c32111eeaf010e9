"""People: two experts, one excluded, one citizen, one officer, one stranger."""

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from evaluations.programme.models import Team
from portal.accounts.models import User
from portal.accounts.roles import SECOND_FACTOR, Role
from portal.accounts.second_factor import code_now

PASSWORD = "가나다 라마바 7 고개"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def a_user(role: Role, email: str, *, name: str = "", factor: bool = True, **fields) -> User:
    """An account that can sign in at once; `factor=False` for one that has not set up its second factor."""
    password = PASSWORD if role in SECOND_FACTOR else None
    user = User(email=email, role=role, name=name, **fields)
    user.set_password(password)
    user.save(force_insert=True)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if factor and role in SECOND_FACTOR:
        TOTP.activate(user, TOTP_SECRET)
    return user


def an_expert(email: str = "expert@example.kr", name: str = "김평가", **fields) -> User:
    return a_user(Role.EXPERT, email, name=name, **fields)


def a_citizen(email: str = "citizen@example.kr", **fields) -> User:
    return a_user(Role.CITIZEN, email, **fields)


def an_unproven_citizen(email: str = "typed@example.kr") -> User:
    """What stays when somebody types an address and never enters the code."""
    user = User.objects.create_user(email)
    EmailAddress.objects.create(user=user, email=email, primary=True)
    return user


def an_officer(email: str = "officer@example.kr", name: str = "이담당", **fields) -> User:
    return a_user(Role.OFFICER, email, name=name, **fields)


def an_auditor(email: str = "auditor@example.kr", name: str = "박감사", **fields) -> User:
    return a_user(Role.AUDITOR, email, name=name, **fields)


def a_team_contact(team: Team, email: str = "", name: str = "최연락", **fields) -> User:
    return a_user(Role.TEAM, email or f"contact-{team.slug}@example.kr", name=name, team=team.id, **fields)


def a_stranger(email: str = "stranger@example.kr", name: str = "정낯선", **fields) -> User:
    """An expert who sits on no panel."""
    return a_user(Role.EXPERT, email, name=name, **fields)


def totp_code(secret: str = TOTP_SECRET) -> str:
    """What an authenticator app with this secret shows now."""
    return code_now(secret)


def sign_in(client: Client, user: User) -> Client:
    """Signed in as the login page leaves it: with the second factor on record where the role needs one."""
    client.force_login(user)
    now = time.time()
    methods = [{"method": "password", "at": now, "email": user.email}]
    if user.role in SECOND_FACTOR:
        methods.append({"method": "mfa", "at": now, "type": "totp"})
    else:
        methods = [{"method": "code", "at": now, "email": user.email}]
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = methods
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = user.id
    session.save()
    return client
