"""Who may do it: one decorator per role, above the name of the view.

Every page needs a sign-in unless `public` says otherwise (`LoginRequiredMiddleware`). A person of
another role is told 404: that a page exists is itself something not everybody may know.
"""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import Http404

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.http import Refusal

public = login_not_required


def _only(*roles: Role):
    def guard(view):
        @wraps(view)
        def wrapper(request, *args, **kwargs):
            if request.user.role not in roles:
                raise Http404
            return view(request, *args, **kwargs)

        wrapper.roles = roles
        return wrapper

    return guard


experts_only = _only(Role.EXPERT)
citizens_only = _only(Role.CITIZEN)
teams_only = _only(Role.TEAM)


def refuse_unless_officer(by: User) -> None:
    """For verbs, whatever page or command calls them."""
    if by.role != Role.OFFICER:
        raise Refusal("담당자만 할 수 있는 일입니다.")
