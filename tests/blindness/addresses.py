"""Every address of the site: what it shows, and how to ask it. An address that is not here fails, as does one that is gone.

`shows` names the things a page may tell, each to those only whom `programme.visibility` lets see it in that phase; an address that shows
nothing of the sort is the same for everybody in every world.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from evaluations.programme.visibility import Thing, Who
from tests.blindness.kept import Reader
from tests.blindness.world import LINK, SLUG, World

Args = tuple[Any, ...]
Shows = tuple[Thing, ...]
NEVER = "a" * 26
"""An id that no row has and that looks like any other."""

METHOD = (Thing.METHOD,)
LEDGER = (Thing.LEDGER,)


@dataclass(frozen=True)
class Ask:
    """One request. `rows` are the names of the rows its address names. A method stands for GET, where nothing is posted."""

    address: str
    path: str
    post: tuple[tuple[str, str], ...] | None = None
    rows: Args = ()
    method: str = "GET"
    language: str = "ko"

    def __str__(self) -> str:
        return f"{self.method if self.post is None else 'POST'} {self.path} ({self.address}, {self.language})"


@dataclass(frozen=True)
class Address:
    """`args` are what the address is asked with: literals, or names of rows in the world. `posts` is what is sent there."""

    shows: Shows = ()
    args: tuple[Args, ...] = ((),)
    queries: tuple[str, ...] = ()
    posts: tuple[dict[str, str], ...] = ()


def _page(*shows: Thing, args: Iterable[Args] = ((),), queries: Iterable[str] = ()) -> Address:
    return Address(shows, tuple(args), tuple(queries))


def _act(*shows: Thing, args: Iterable[Args] = ((),), **data: str) -> Address:
    return Address(shows, tuple(args), posts=(data,))


STAGE = [(SLUG,)]
SEATS = [("seat first",), ("seat second",), ("seat stopped",), (NEVER,)]
ASSIGNMENTS = [
    ("assignment first 가",), ("assignment first 나",), ("assignment first 다",), ("assignment first 라",),
    ("assignment second 가",), ("assignment second 나",), ("assignment second 다",),
    ("assignment stopped 가",), ("assignment stopped 나",), ("assignment stopped 다",), (NEVER,),
]  # fmt: skip
WRITTEN = [
    ("assignment first 가",), ("assignment first 다",), ("assignment second 나",), ("assignment stopped 가",),
    ("assignment stopped 나",), (NEVER,),
]  # fmt: skip
SHEETS = [("sheet first 가 1",), ("sheet first 나 1",), ("sheet second 가 2",), ("sheet second 나 1",), (NEVER,)]
PAPERS = [(SLUG, 1), (SLUG, 2), (SLUG, 3), (SLUG, 9)]
WHOLE_SHEET = {
    "version": "0.1", "mark-expert.technology": "9", "comment-expert.technology": "좋다", "mark-expert.strategy": "5",
    "mark-expert.independence.architecture": "4", "mark-expert.independence.weights": "3",
    "finding-technical.weights.model": "met", "finding-technical.weights.vision_encoder": "met",
    "finding-policy.control.model": "met", "finding-ethical.references.model": "met", "recognised": "no",
}  # fmt: skip

OPEN: dict[str, Address] = {
    "pages:home": _page(*METHOD),
    "pages:criteria": _page(*METHOD),
    "pages:results": _page(*METHOD),
    "pages:help": _page(),
    "pages:notices": _page(*METHOD),
    "pages:privacy": _page(),
    "pages:accessibility": _page(),
    "pages:language": _act(language="en"),
    "pages:display": _act(mode="high-contrast"),
    "pages:session": _act(),
    "healthz": _page(),
    "readyz": _page(),
    "programme:list": _page(),
    "programme:method": _page(*METHOD, args=STAGE),
    "programme:configuration": _page(*METHOD, args=STAGE),
    "programme:edition": _page(*METHOD, args=[(SLUG, 1), (SLUG, 2), (SLUG, 9)]),
    "panels:invitation": _page(Thing.OWN_INVITATION, args=[("link",)]),
    "panels:accept": _act(Thing.OWN_INVITATION, args=[("link",)], password="아무나 모를 말 7", again="다른 말"),
    "panels:decline": _act(Thing.OWN_INVITATION, args=[("link",)], reason="time"),
    "panels:interests": _page(Thing.OWN_INTERESTS, args=SEATS),
    "panels:declare": _act(
        Thing.OWN_INTERESTS, args=SEATS,
        **{
            "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-organisation": "멀리대학교",
            "form-0-unit": "통계학과", "form-0-since": "", "form-0-until": "", "team-lg": "relative", "certain": "1",
        },
    ),
    "panels:pledge": _page(*METHOD, Thing.OWN_DESK, args=SEATS),
    "panels:sign": _act(args=SEATS),
    "reviews:desk": _page(Thing.OWN_DESK),
    # The guess asks among the names of all teams.
    "reviews:sheet": _page(Thing.OWN_SHEET, *METHOD, args=ASSIGNMENTS),
    "reviews:file": _page(Thing.BLIND_FILE, args=ASSIGNMENTS),
    "reviews:download": _page(Thing.BLIND_FILE, args=ASSIGNMENTS),
    "reviews:save": _act(Thing.OWN_SHEET, *METHOD, args=WRITTEN, version="0.1", opinion="적었다"),
    "reviews:merge": _act(
        Thing.OWN_SHEET, *METHOD, args=WRITTEN, **{"version": "0.1", "mine-opinion": "적었다", "pick-opinion": "mine"}
    ),
    "reviews:discard": _act(Thing.OWN_SHEET, *METHOD, args=WRITTEN, version="1.0"),
    "reviews:submit": _act(Thing.OWN_SHEET, *METHOD, args=WRITTEN, **WHOLE_SHEET),
    "reviews:review": _page(Thing.OWN_SHEET, *METHOD, args=SHEETS),
    "reviews:confirm": _act(Thing.OWN_SHEET, args=SHEETS),
    "reviews:receipt": _page(Thing.OWN_SHEET, args=SHEETS),
    "ratings:home": _page(*METHOD),
    "ratings:check": _page(queries=["receipt=" + "ab" * 16, "receipt=zz", "other=1"]),
    "ratings:stage": _page(*METHOD, args=STAGE),
    "ratings:enrol": _page(*METHOD, args=STAGE),
    "ratings:enrol_done": _act(*METHOD, args=STAGE, **{"trait-age": "20s", "interest": "no", "consent": "on"}),
    "ratings:start": _act(args=STAGE),
    "ratings:progress": _page(Thing.OWN_BALLOT, args=STAGE),
    "ratings:paper": _page(Thing.PAPER, Thing.OWN_BALLOT, args=PAPERS),
    "ratings:cast": Address(
        (Thing.PAPER, Thing.OWN_BALLOT), ((SLUG, 1), (SLUG, 2)),
        posts=(
            {"choice": "b", "recognised": "", "revision": "2"},
            {"star-helpful": "4", "star-korean": "4", "recognised": "", "revision": "2"},
        ),
    ),
    "hearings:home": _page(Thing.HEARING, Thing.RESULT, *METHOD),
    "hearings:reply": _act(Thing.HEARING, Thing.RESULT, *METHOD, args=[("hearing",), (NEVER,)], text="설명"),
    "hearings:object": _act(Thing.HEARING, Thing.RESULT, *METHOD, text="이의"),
    "results:own": _page(*METHOD),
    "results:own_stage": _page(*METHOD, Thing.OWN_RESULT, Thing.RESULT, args=STAGE),
    "results:stage": _page(*METHOD, Thing.RESULT, Thing.PUBLICATION, args=STAGE),
    "results:download": _page(*METHOD, Thing.RESULT, args=STAGE),
}  # fmt: skip
"""What lies outside the office, but for the accounts."""

ACCOUNTS: dict[str, Address] = {
    "account_login": _act(Thing.OWN_ACCOUNT, login="stranger@example.kr", password="아닌 비밀번호"),
    "account_request_login_code": _act(Thing.OWN_ACCOUNT, email="citizen@example.kr"),
    "account_confirm_login_code": _act(Thing.OWN_ACCOUNT, code="ABC123"),
    "account_logout": _act(Thing.OWN_ACCOUNT),
    "account_signup": _act(Thing.OWN_ACCOUNT, email="citizen@example.kr", consent="on"),
    "account_email_verification_sent": _act(Thing.OWN_ACCOUNT, code="ABC123"),
    "account_email": _page(Thing.OWN_ACCOUNT),
    "account_erase": _act(Thing.OWN_ACCOUNT, certain="on"),
    "account_inactive": _page(Thing.OWN_ACCOUNT),
    "account_reauthenticate": _act(Thing.OWN_ACCOUNT, password="아닌 비밀번호"),
    "account_reset_password": _act(Thing.OWN_ACCOUNT, email="stranger@example.kr"),
    "account_reset_password_done": _page(Thing.OWN_ACCOUNT),
    "account_reset_password_from_key": _page(Thing.OWN_ACCOUNT, args=[("1", "abc-def")]),
    "account_reset_password_from_key_done": _page(Thing.OWN_ACCOUNT),
    "mfa_index": _page(Thing.OWN_ACCOUNT),
    "mfa_authenticate": _act(Thing.OWN_ACCOUNT, code="000000"),
    "mfa_reauthenticate": _act(Thing.OWN_ACCOUNT, code="000000"),
    "mfa_activate_totp": _act(Thing.OWN_ACCOUNT, code="000000"),
    "mfa_login_webauthn": _act(Thing.OWN_ACCOUNT, credential="{}"),
    "mfa_add_webauthn": _act(Thing.OWN_ACCOUNT, credential="{}"),
    "mfa_reauthenticate_webauthn": _act(Thing.OWN_ACCOUNT, credential="{}"),
    "mfa_edit_webauthn": _act(Thing.OWN_ACCOUNT, args=[(1,)], name="다른 이름"),
    "mfa_remove_webauthn": _act(Thing.OWN_ACCOUNT, args=[(1,)]),
    "mfa_view_recovery_codes": _page(Thing.OWN_ACCOUNT),
    "mfa_generate_recovery_codes": _act(Thing.OWN_ACCOUNT),
    "mfa_download_recovery_codes": _page(Thing.OWN_ACCOUNT),
}
"""The ways in; they know people and nothing of what people judge."""

STAGE_PAGE = (Thing.METHOD, Thing.PROGRESS, Thing.LEDGER, Thing.HEARING)
DATA_FILES = (
    Thing.METHOD, Thing.MEASUREMENT, Thing.ORIGINAL, Thing.TEAM_BEHIND_ANSWER, Thing.OTHER_SHEET, Thing.TEAM_BEHIND_ALIAS,
    Thing.OTHER_BALLOT, Thing.COUNT, Thing.CONFLICT,
)  # fmt: skip

PROPOSALS = ("proposal", "proposal on the line", "proposal to move", "proposal to amend", "proposal to rule")

OFFICE: dict[str, Address] = {
    "admin:index": _page(*STAGE_PAGE, Thing.COUNT, Thing.HEARING),
    "admin:app_list": _page(args=[("panels",), ("reviews",), ("results",), ("audit",)]),
    "admin:login": _act(Thing.OWN_ACCOUNT, username="officer@example.kr", password="아닌 비밀번호"),
    "admin:jsi18n": _page(),
    "admin/(?P<url>.*)$": _page(args=[("nowhere",)]),
    "admin:proceedings_page": _page(*STAGE_PAGE, Thing.COUNT, args=[("stage",), (NEVER,)]),
    "admin:proceedings_progress": _page(*STAGE_PAGE, args=[("stage",), (NEVER,)]),
    "admin:proceedings_data": _page(*METHOD, Thing.LEDGER, args=[("stage",), (NEVER,)]),
    "admin:proceedings_file": Address(
        DATA_FILES, (("stage", "answers.csv"), *(("stage", f"{name}.csv") for name in ("benchmarks", "documents", "sheets", "blinding", "ratings", "decisions"))),
        posts=({},),
    ),
    "admin:proceedings_export": _page(*DATA_FILES, args=[("stage",), (NEVER,)]),
    "admin:proceedings_load": _act(),
    "admin:proceedings_amend": Address(
        (*METHOD, Thing.PROGRESS), (("stage",), (NEVER,)),
        posts=(
            {"step": "timetable", "closes": "2090-01-01T00:00:00", "published": "2090-02-01T00:00:00", "reason": "까닭"},
            {"step": "propose", "amended": "{}", "reason": "까닭"},
        ),
    ),
    "admin:proceedings_move": Address(
        (*STAGE_PAGE, Thing.COUNT), (("stage",),),
        posts=({"to": "open", "seen": "frozen", "reason": "까닭"}, {"to": "counted", "seen": "closed", "reason": "까닭"}),
    ),
    # How many have to sign again is told before an amendment is agreed to.
    "admin:proceedings_proposal_approve": _act(
        *METHOD, *LEDGER, Thing.COUNT, Thing.HEARING, Thing.PROGRESS, args=[*((name,) for name in PROPOSALS), (NEVER,)]
    ),
    "admin:proceedings_proposal_refuse": _act(
        *METHOD, *LEDGER, Thing.COUNT, Thing.HEARING, args=[*((name,) for name in PROPOSALS), (NEVER,)], reason="까닭"
    ),
    "admin:proceedings_proposal_withdraw": _act(
        *METHOD, *LEDGER, Thing.COUNT, Thing.HEARING, args=[*((name,) for name in PROPOSALS), (NEVER,)], reason="까닭"
    ),
    "admin:proceedings_count": _act(*STAGE_PAGE, args=[("stage",)]),
    "admin:proceedings_round": _act(*STAGE_PAGE, args=[("stage", "presentation", "open"), ("stage", "document", "lock")]),
    "admin:proceedings_job": _page(Thing.PROGRESS, args=[("stage", "job"), ("stage", NEVER)]),
    "admin:programme_blindcopy_release": _act(Thing.ORIGINAL, args=[("copy upstage",), ("copy lg",)], reason="확인함"),
    "admin:programme_submission_stage_take": _act(*METHOD, args=[("stage",)], title="보고서"),
    "admin:programme_team_contact": _act(*METHOD, args=[("team lg",)], email="new@example.kr", name="새 담당자"),
    "admin:panels_panelist_stage_seats": _act(Thing.PROGRESS, args=[("stage",)], number="1"),
    "admin:panels_panelist_stage_invite": _act(Thing.PROGRESS, args=[("stage",)], people="새 사람, new@example.kr"),
    "admin:panels_panelist_stage_assign": _act(Thing.PROGRESS, Thing.CONFLICT, args=[("stage",)]),
    "admin:panels_panelist_stage_detect": _act(
        Thing.PROGRESS, Thing.CONFLICT, Thing.PERSON_BEHIND_SEAT, args=[("stage",)]
    ),
    "admin:panels_panelist_invite": _act(Thing.PROGRESS, args=[("seat empty",), ("seat second",)], email="new@example.kr", name="새 사람"),
    "admin:panels_panelist_reinvite": _act(Thing.PROGRESS, args=[("seat invited",), ("seat second",), ("seat empty",)]),
    "admin:panels_panelist_assign": _act(Thing.PROGRESS, Thing.CONFLICT, args=[("seat third",)]),
    "admin:panels_panelist_conflict": _act(
        *METHOD, Thing.PROGRESS, Thing.CONFLICT, Thing.PERSON_BEHIND_SEAT, args=[("seat third",), ("seat second",)], team="lg", ground="relative", note="들었다"),
    "admin:panels_panelist_person": _act(Thing.PERSON_BEHIND_SEAT, args=[("seat third",), ("seat empty",)], reason="확인"),
    "admin:panels_panelist_replace": _act(Thing.PROGRESS, args=[("seat third",)], reason="사임"),
    "admin:panels_assignment_recuse": _act(
        Thing.TEAM_BEHIND_ALIAS, args=[("assignment third 나",), ("assignment first 가",)], reason="친족"
    ),
    "admin:panels_conflict_waive": _act(Thing.CONFLICT, args=[("conflict",)], reason="다른 사람이 없음"),
    "admin:reviews_sheet_void": _act(
        *METHOD, Thing.OTHER_SHEET, Thing.TEAM_BEHIND_ALIAS, args=[("sheet second 가 2",), ("sheet second 나 1",), (NEVER,)], reason="까닭"
    ),
    "admin:ratings_answer_keep": _act(Thing.TEAM_BEHIND_ANSWER, args=[("answer 1 left",), (NEVER,)], reason="까닭"),
    "admin:accounts_user_open": _act(Thing.PERSON_BEHIND_SEAT, email="new@example.kr", name="새 감사자", role="auditor"),
    "admin:accounts_user_reset": _act(Thing.PERSON_BEHIND_SEAT, args=[("account second",)], reason="까닭"),
    "admin:accounts_user_admit": _act(Thing.PERSON_BEHIND_SEAT, args=[("account second",)], reason="까닭"),
    "admin:accounts_user_close": _act(Thing.PERSON_BEHIND_SEAT, args=[("account second",)], reason="까닭"),
    "admin:hearings_hearing_stage_ask": _act(*METHOD, Thing.HEARING, args=[("stage",)], question="설명해 주세요", due_at="2030-01-01T00:00:00"),
    "admin:hearings_objection_rule": _act(*METHOD, Thing.HEARING, args=[("objection",)], outcome="dismissed", reason="까닭"),
    "admin:results_scorerun_what_if": Address(
        (*METHOD, Thing.COUNT, Thing.OTHER_SHEET, Thing.TEAM_BEHIND_ALIAS), (("run",), (NEVER,)), ("value_team=lg&value_item=nia&value=1", "void_seat=x"),
    ),
    "admin:results_gateteam_decide": _act(*METHOD, Thing.COUNT, Thing.OTHER_SHEET, Thing.TEAM_BEHIND_ALIAS, args=[("team lg",)], decision="not_met", reason="심의"),
    "admin:results_lineteam_decide": _act(*METHOD, Thing.COUNT, args=[("team skt",), ("team lg",)], decision="out", reason="심의"),
}  # fmt: skip
"""The office's own pages and verbs; the lists and forms of each room are in `ROOMS`."""

ROOMS: dict[str, tuple[Shows, tuple[str, ...]]] = {
    "programme.stage": ((), ("stage",)),
    "programme.team": ((), ("team lg",)),
    "programme.round": ((), ("document",)),
    "programme.configuration": ((), ("configuration",)),
    "programme.submission": ((Thing.ORIGINAL,), ("submission lg", "submission upstage")),
    "programme.blindcopy": ((Thing.ORIGINAL,), ("copy lg", "copy upstage")),
    "rubrics.part": ((), ("part",)),
    "rubrics.item": ((), ("item",)),
    "rubrics.criterion": ((), ("criterion",)),
    "rubrics.gateside": ((), ("gateside",)),
    "rubrics.gatecomponent": ((), ("gatecomponent",)),
    "rubrics.gateitem": ((), ("gateitem",)),
    "panels.panelist": ((Thing.PROGRESS, Thing.CONFLICT), ("seat second", "seat third")),
    "panels.assignment": ((Thing.TEAM_BEHIND_ALIAS,), ("assignment first 가", "assignment third 다")),
    "panels.conflict": ((Thing.CONFLICT, Thing.PERSON_BEHIND_SEAT), ("conflict",)),
    "panels.pledge": ((Thing.PROGRESS,), ("pledge first",)),
    "reviews.sheet": ((Thing.OTHER_SHEET, Thing.TEAM_BEHIND_ALIAS), ("sheet second 가 2", "sheet second 나 1")),
    "ratings.ratingplan": ((), ()),
    "ratings.question": ((), ()),
    "ratings.stratum": ((), ()),
    "ratings.answer": ((Thing.TEAM_BEHIND_ANSWER,), ("answer 1 left",)),
    "ratings.prompt": ((Thing.TEAM_BEHIND_ANSWER,), ("prompt 1",)),
    "benchmarks.measurement": ((Thing.MEASUREMENT,), ("measurement lg",)),
    "results.countjob": ((Thing.PROGRESS,), ("job",)),
    # How many recognised which team's model, of sheets and of ballots.
    "results.scorerun": ((Thing.COUNT, Thing.OTHER_SHEET, Thing.TEAM_BEHIND_ALIAS, Thing.OTHER_BALLOT), ("run",)),
    "results.gateteam": ((Thing.COUNT,), ("team lg",)),
    "results.gatedecision": ((Thing.COUNT,), ("decision",)),
    "results.lineteam": ((Thing.COUNT,), ("team skt", "team lg")),
    "results.linedecision": ((Thing.COUNT,), ("line decision",)),
    "results.publication": ((Thing.COUNT, Thing.RESULT), ("publication",)),
    "hearings.hearing": ((Thing.HEARING,), ("hearing",)),
    "hearings.objection": ((Thing.HEARING,), ("objection",)),
    "proceedings.procedure": ((), ("stage",)),
    "proceedings.proposal": (
        (*LEDGER, Thing.COUNT, Thing.HEARING),
        PROPOSALS,
    ),
    "accounts.user": ((Thing.PERSON_BEHIND_SEAT,), ("account second", "account citizen")),
    "audit.event": (LEDGER, ("event",)),
    "audit.accessrecord": (LEDGER, ("access",)),
}
"""What the lists and pages of each model in the office show, and which rows are opened."""


def _rooms() -> dict[str, Address]:
    found: dict[str, Address] = {}
    for label, (shows, rows) in ROOMS.items():
        model = label.replace(".", "_")
        shows = (*METHOD, *shows)  # every row of the office names its stage or team
        found[f"admin:{model}_changelist"] = Address(shows, queries=_list_queries(label, shows))
        found[f"admin:{model}_add"] = Address(shows, posts=({},))
        opened = tuple((row,) for row in (*rows, NEVER))
        found[f"admin:{model}_change"] = Address(shows, opened, posts=({},))
        found[f"admin:{model}_history"] = Address(shows, opened)
        found[f"admin:{model}_delete"] = Address(shows, opened, posts=({"post": "yes"},))
        found[f"admin/{label.replace('.', '/')}/<path:object_id>/"] = Address(args=opened[:1])
    return found


def _list_queries(label: str, shows: Shows) -> tuple[str, ...]:
    """A lookup that would be an oracle, and where a list has something to hide, the order, the filter and the search that it offers."""
    if shows == METHOD:
        return ("id__startswith=a",)
    room = admin.site._registry.get(apps.get_model(label))
    columns = range(1, len(room.list_display) + 1) if room else ()
    backwards = "o=" + ".".join(f"-{column}" for column in columns)
    filters = [f"{name}__id__exact=stage" for name in getattr(room, "list_filter", ()) if str(name).endswith("stage")]
    search = ["q=qzx"] if room and room.search_fields else []
    return ("&".join([backwards, *filters, "_facets=True"]), *search, "id__startswith=a")


@cache
def addresses() -> dict[str, Address]:
    return OPEN | ACCOUNTS | OFFICE | _rooms()


def names_in_the_resolver() -> list[str]:
    """The name of every address of the site, or its whole pattern where it has none."""
    return sorted(set(_names(get_resolver(), "", "")))


def _names(resolver: URLResolver, namespace: str, route: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        pattern = route + str(one.pattern).removeprefix("^")
        if isinstance(one, URLResolver):
            yield from _names(one, f"{namespace}{one.namespace}:" if one.namespace else namespace, pattern)
        elif isinstance(one, URLPattern):
            yield f"{namespace}{one.name}" if one.name else pattern


def asks_of(name: str, world: World, reader: Reader) -> Iterator[Ask]:
    """Everything that is asked of an address by this reader: each row by its page and by what may be sent there. Who does not work in
    the office meets the same closed door at every row of it; there, one row is asked for."""
    address = addresses()[name]
    if name.startswith("admin") and reader.who not in (Who.OFFICER, Who.AUDITOR):
        address = replace(address, args=address.args[:1], queries=(), posts=address.posts[:1])
    for args in address.args:
        path = _path(name, args, world, reader)
        yield Ask(name, path, rows=args)
        for query in address.queries:
            yield Ask(name, f"{path}?{query.replace('exact=stage', 'exact=' + world['stage'])}")
        for data in address.posts:
            yield Ask(name, path, tuple(data.items()), args)


def _path(name: str, args: Args, world: World, reader: Reader) -> str:
    filled = [world.ids.get(arg, arg) for arg in args]
    if filled == ["link"]:
        filled = [LINK if reader.name == "invited" else "b" * 40]
    if "<" in name:
        return "/" + name.replace("<path:object_id>", filled[0]).replace("(?P<url>.*)$", filled[0])
    return reverse(name, args=filled)
