"""The demonstration: four stages and one person of every kind. Repeatable; does nothing where it is done already.

Each stage is made in one transaction: after a stop in the middle it is not there, and the next run makes it.
"""

import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from evaluations.panels import actions as panels
from evaluations.panels.conflicts import Post
from evaluations.panels.models import Invitation, Panelist
from evaluations.proceedings import actions
from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.results import jobs
from evaluations.results.actions import decide_gate
from evaluations.results.queries import undecided
from evaluations.stagefile.load import load_directory
from portal.accounts.actions import create_account
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.http import Refusal

EXAMPLES = settings.BASE_DIR / "examples"
PASSWORD = "demo-portal-2026"  # noqa: S105 – of the demonstration, printed at every start
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PEOPLE = (
    (Role.OFFICER, "officer@demo.example", "시연 담당자"),
    (Role.AUDITOR, "auditor@demo.example", "시연 감사자"),
    (Role.EXPERT, "expert@demo.example", "시연 평가위원"),
    (Role.CITIZEN, "citizen@demo.example", "시연 국민"),
)
SECOND = "officer2@demo.example"
CONTACT = "team@demo.example"
GUEST = "newcomer@demo.example"
PUBLISHED = {
    "stage-1": "시연: 이미 공표된 결과를 옮겼습니다.",
    "extra-selection": "시연: 이미 공표된 결과를 옮겼습니다.",
    "rehearsal": "시연: 지어낸 팀으로 끝까지 해 본 모의 평가입니다.",
}
"""What is taken to its published result, and the reason given for every step."""
OPEN = "stage-2"
DAYS = {"frozen": -14, "opens": -7, "closes": 21, "published": 35}
"""When which moment of the open stage lies, in days from today."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00", re.ASCII)


class Command(BaseCommand):
    help = "시연용 단계와 사람을 만듭니다. PORTAL_ENV=demo에서만 합니다."

    def handle(self, **options):
        if settings.PORTAL_ENV != "demo":
            raise CommandError("시연 자료는 PORTAL_ENV=demo에서만 만들 수 있습니다.")
        signins = settings.DATA_DIR / "demo-signins.txt"
        if signins.exists() and _is_there(OPEN):
            return
        officer = self._people()[Role.OFFICER]
        second = self._second()
        for slug in PUBLISHED:
            if not _is_there(slug):
                self._publish(slug, officer, second)
        link = _another_link(officer) if _is_there(OPEN) else self._open(officer)
        self._contact(officer)
        _write_whole(signins, _signins(link))

    def _people(self) -> dict[Role, User]:
        found = {}
        for role, email, name in PEOPLE:
            by_code = role == Role.CITIZEN
            found[role] = User.objects.filter(email=email).first() or create_account(
                email=email, role=role, name=name, by=None,
                password=None if by_code else PASSWORD, totp_secret=None if by_code else TOTP,
            )  # fmt: skip
        return found

    def _second(self) -> User:
        """Whoever tries the demonstration alone is both officers."""
        return User.objects.filter(email=SECOND).first() or create_account(
            email=SECOND, role=Role.OFFICER, name="시연 담당자 2", by=None, password=PASSWORD, totp_secret=TOTP
        )

    @transaction.atomic
    def _publish(self, slug: str, officer: User, second: User) -> None:
        """Load a stage whose dates are past and take it all the way to its published result."""
        stage, reason = load_directory(EXAMPLES / slug, by=officer.id).stage, PUBLISHED[slug]

        def advanced(stage: Stage, *phases: Phase) -> Stage:
            for to in phases:
                stage = actions.advance_phase(stage=stage, to=to, by=officer, reason=reason, second=second)
            return stage

        stage = advanced(stage, Phase.FROZEN, Phase.OPEN, Phase.CLOSED)
        _count(stage, officer)
        stage = advanced(stage, Phase.COUNTED)
        if waiting := list(undecided(stage)):
            for team in waiting:
                decide_gate(team=team, decision="met", reason=reason, by=officer.id, second=second.id)
            _count(stage, officer)
        stage = advanced(stage, Phase.CONFIRMED, Phase.PUBLISHED)
        self.stdout.write(f"{stage.name_ko}: {stage.phase_name}")

    @transaction.atomic
    def _open(self, officer: User) -> str:
        """Load stage 2 with its dates around today, seat the demo expert, open it; returns a fresh invitation link."""
        with tempfile.TemporaryDirectory(prefix="demo-") as folder:
            stage = load_directory(around_today(EXAMPLES / OPEN, Path(folder)), by=officer.id).stage
        seated, guest = _seats(stage, officer)
        stage = actions.advance_phase(stage=stage, to=Phase.FROZEN, by=officer)
        expert = User.objects.get(email=PEOPLE[2][1])
        seated, guest = (Panelist.objects.get(pk=seat.pk) for seat in (seated, guest))
        panels.sign_pledge(panelist=seated, by=expert)
        for round in stage.rounds.all():
            panels.assign(panelist=seated, round=round, by=officer)
        stage = actions.advance_phase(stage=stage, to=Phase.OPEN, by=officer)
        link = panels.invite(panelist=guest, email=GUEST, name="초대받은 평가위원", by=officer).link
        self.stdout.write(f"{stage.name_ko}: {stage.phase_name}")
        return link

    def _contact(self, officer: User) -> None:
        team = Stage.objects.get(slug="stage-1").teams.get(slug="lg")
        if not User.objects.filter(email=CONTACT).exists():
            create_account(
                email=CONTACT, role=Role.TEAM, name="시연 팀 담당자", password=PASSWORD, totp_secret=TOTP, by=officer,
                team=team.id,
            )  # fmt: skip


def _is_there(slug: str) -> bool:
    return Stage.objects.filter(slug=slug).exists()


def _another_link(officer: User) -> str | None:
    """A new link for the guest: the first one was kept nowhere. None once she has answered or the stage takes nobody any more."""
    invitation = Invitation.objects.filter(panelist__stage__slug=OPEN, email=GUEST).first()
    if invitation is None:
        return None
    try:
        return panels.reinvite(invitation=invitation, by=officer).link
    except Refusal:
        return None


def _count(stage: Stage, officer: User) -> None:
    """A count without waiting for a worker: the site is only being set up."""
    job = actions.start_count(stage=stage, by=officer)
    claimed = jobs.claim(job.pk)
    if claimed is not None:
        jobs.carry_out(claimed)


def _seats(stage: Stage, officer: User) -> tuple[Panelist, Panelist]:
    seated, guest = panels.create_seats(stage=stage, number=2, by=officer)
    expert = User.objects.get(email=PEOPLE[2][1])
    invited = panels.invite(panelist=seated, email=expert.email, name=expert.name, by=officer)
    panels.accept(invitation=invited.invitation, by=expert)
    panels.record_affiliations(panelist=seated, posts=[Post("한국대학교", "컴퓨터공학과")], by=expert)
    return seated, guest


def around_today(example: Path, folder: Path) -> Path:
    """A copy of the stage whose timetable lies around today, and which says so; its votes lie between the opening and now."""
    copy = folder / example.name
    shutil.copytree(example, copy)
    toml = copy / "stage.toml"
    now = datetime.now(ZoneInfo("Asia/Seoul"))
    nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
    text = toml.read_text(encoding="utf-8")
    was = tomllib.loads(text)["timetable"]
    moved = {key: nine + timedelta(days=days) for key, days in DAYS.items()}
    for key, moment in moved.items():
        text = re.sub(rf"(?m)^{key} = \S+$", f"{key} = {moment.isoformat()}", text)
    pace = (now - moved["opens"]) / (was["closes"] - was["opens"])
    for votes in (copy / "ratings.csv", copy / "comparisons.csv"):
        _move_votes(votes, lambda cast: moved["opens"] + (cast - was["opens"]) * pace)
    text = text.replace('ko = """\n', 'ko = """\n시연을 위해 일정을 오늘에 맞추었습니다. ', 1)
    text = text.replace('en = """\n', 'en = """\nDates were moved around today for the demonstration. ', 1)
    toml.write_text(text, encoding="utf-8")
    return copy


def _move_votes(file: Path, moved: Callable[[datetime], datetime]) -> None:
    def one(found: re.Match) -> str:
        return moved(datetime.fromisoformat(found[0])).isoformat(timespec="seconds")

    file.write_text(MOMENT.sub(one, file.read_text(encoding="utf-8")), encoding="utf-8", newline="")


def _signins(link: str | None) -> str:
    """What the launcher shows at every start, with the address of the day before each path."""
    guest = urlsplit(link).path if link else "더 보낼 링크가 없습니다(이미 수락했거나 마감했습니다)"
    rows = [
        "시연용 로그인 (누구나 아는 비밀번호이므로 시연에서만 씁니다)",
        f"  담당자     officer@demo.example   비밀번호 {PASSWORD}   /admin/",
        f"  담당자 2   {SECOND}  비밀번호 {PASSWORD}   /admin/",
        f"  평가위원   expert@demo.example    비밀번호 {PASSWORD}   /sheets/",
        f"  감사자     auditor@demo.example   비밀번호 {PASSWORD}   /admin/",
        f"  팀 담당자  {CONTACT}      비밀번호 {PASSWORD}   /results/own/",
        "  국민       citizen@demo.example   이메일로 받는 번호(이 화면에 나옵니다)   /take-part/",
        f"  새로 초대받은 평가위원   {guest}",
        f"비밀번호 다음에는 인증 앱의 번호를 묻습니다. 앱에 등록할 열쇠는 다섯 사람 모두 {TOTP}입니다.",
        f"앱이 없으면 이 명령이 지금의 번호를 보여 줍니다:  {_totp_command()} officer@demo.example",
    ]
    return "\n".join(rows) + "\n"


def _totp_command() -> str:
    """To be typed in the checkout; it must find the same data as the site."""
    standing = settings.BASE_DIR / "var"
    place = "" if standing == settings.DATA_DIR else f"DATA_DIR={quote(str(settings.DATA_DIR))} "
    server = "DATABASE_URL=… " if connection.vendor == "postgresql" else ""
    return f"{server}{place}.venv/bin/python manage.py totp"


def _write_whole(path: Path, text: str) -> None:
    """All of it or nothing: half a file would be taken for the sign that everything is done."""
    half = path.with_name(f".{path.name}")
    half.write_text(text, encoding="utf-8")
    half.replace(path)
