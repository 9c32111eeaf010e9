"""What a deployment may change, read from environment variables and from nowhere else.

Standard library only, and no import of the rest of the portal: the launcher loads this file by its path before anything is installed,
and the settings read the same values later. A name that is not in VARIABLES cannot be read, so the table of the README, which is printed from
VARIABLES, is complete. A wrong value is never replaced by a guess: it becomes a sentence, and all sentences together stop the start.
"""

import hashlib
import ipaddress
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Variable:
    name: str
    default: str
    meaning: str
    in_production: str = ""


VARIABLES = {
    variable.name: variable
    for variable in (
        Variable(
            "PORTAL_ENV",
            "`demo`",
            "`demo`, `production`, `test` 가운데 하나. `production`은 안전하지 않은 기본값을 이름을 들어 거부합니다",
        ),
        Variable("PORT", "`8000`", "`script/run`이 여는 포트. 정하지 않았고 8000이 사용 중이면 다음 빈 포트를 씁니다"),
        Variable("BIND", "`127.0.0.1`", "`script/run`이 여는 IP 주소"),
        Variable(
            "DATA_DIR",
            "`var/`",
            "내장 기본값이 쓰는 모든 것(데이터베이스·열쇠·중개자·정적 파일). 상대 경로는 체크아웃 기준",
        ),
        Variable(
            "DATABASE_URL",
            "`DATA_DIR`의 SQLite",
            "`postgres://사용자:암호@호스트:5432/이름` 또는 `sqlite:////절대/경로`",
            "PostgreSQL 필수",
        ),
        Variable(
            "REDIS_URL", "내장 중개자(Valkey)", "`redis://호스트:6379/0`, `rediss://…` 또는 `unix:///소켓/경로`", "필수"
        ),
        Variable("CACHE_URL", "`REDIS_URL`의 1번 DB", "접속 횟수 제한을 세는 Redis. 잃어도 되는 값만 둡니다"),
        Variable("SECRET_KEY", "`DATA_DIR/keys`에 생성", "세션과 서명의 열쇠, 50자 이상", "필수"),
        Variable("SECRET_KEY_FALLBACKS", "(없음)", "교체 중인 옛 `SECRET_KEY`들, 쉼표로 구분"),
        Variable("PERSON_PEPPER", "`DATA_DIR/keys`에 생성", "본인 식별값 HMAC의 열쇠, 50자 이상", "필수"),
        Variable("VOTER_TAG_KEY", "`DATA_DIR/keys`에 생성", "투표 꼬리표 HMAC의 열쇠, 50자 이상", "필수"),
        Variable("SITE_URL", "`http://BIND:PORT`", "메일에 적는 주소의 앞부분, 경로 없이", "`https://` 필수"),
        Variable(
            "ALLOWED_HOSTS",
            "`localhost,127.0.0.1,[::1]`과 `BIND`",
            "받아들이는 호스트 이름, 쉼표로 구분",
            "필수, `*` 불가",
        ),
        Variable(
            "TRUSTED_PROXY_COUNT",
            "`0`",
            "앞에 선 역방향 프록시의 수. X-Forwarded-For를 오른쪽에서 이만큼만 믿습니다",
            "1 이상",
        ),
        Variable(
            "EMAIL_URL",
            "`console:`",
            "`console:`, `smtp://사용자:암호@호스트:587`(STARTTLS) 또는 `smtps://…:465`",
            "`console:` 불가",
        ),
        Variable("MAIL_FROM", "`noreply@localhost`", "보내는 사람의 전자우편 주소", "필수"),
        Variable(
            "CONTACT_EMAIL", "(없음)", "도움말, 개인정보 처리방침, 접근성 안내에 문의처로 적는 전자우편 주소", "필수"
        ),
        Variable(
            "OFFICIAL_MASTHEAD", "`off`", "‘대한민국 공식 전자정부 누리집’ 띠를 보일지. 정부 누리집일 때만 켭니다"
        ),
        Variable("DEBUG", "`off`", "Django의 오류 화면. 개발할 때만 켭니다", "켤 수 없음"),
        Variable("LOG_LEVEL", "`INFO`", "`DEBUG`, `INFO`, `WARNING`, `ERROR` 가운데 하나"),
    )
}
DEFAULT_PORT = 8000
KEY_LENGTH = 50
KEY_SIGNS = 5
# One host name, and nothing a URL may hold beside it. A name outside ASCII is written as its xn-- form.
HOST = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\]"
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# What a site writes to its DATA_DIR. Somebody else may have left one of them there, and then nothing would start.
OWN_NAMES = (
    "run.lock", "portal.sqlite3", "keys", "keys/secret_key", "keys/person_pepper", "keys/voter_tag_key", "logs", "broker",
    "files", "static", "static.stamp", "demo-signins.txt", "beat-schedule.db",
)  # fmt: skip
# A unix socket address holds 108 bytes on Linux and 104 elsewhere; the server also makes a temporary name beside it.
SOCKET_PATH_LIMIT = 100


class Fault(Exception):
    """A value that stops the start. Its text is the sentence shown to the person who set it."""

    def __init__(self, name: str, korean: str, english: str) -> None:
        super().__init__(f"{name}: {korean} ({english})")


@dataclass(frozen=True)
class Values:
    """Every variable, read and checked. Where one is wrong it holds some usual value, and `Environment.faults` says why."""

    portal_env: str
    port: int
    bind: str
    data_dir: Path
    database: dict[str, str | int | dict[str, str]] | None
    redis_url: str
    cache_url: str
    secret_key: str
    secret_key_fallbacks: list[str]
    person_pepper: str
    voter_tag_key: str
    site_url: str
    allowed_hosts: list[str]
    trusted_proxy_count: int
    email: dict[str, str | int | bool]
    mail_from: str
    contact_email: str
    official_masthead: bool
    debug: bool
    log_level: str


class Environment:
    """The variables of one process. Every reader checks; none guesses. An empty value counts as not set."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._values = {name: variables.get(name, "").strip() for name in VARIABLES}
        self.faults: list[Fault] = []
        # What was read so far: a test compares it with VARIABLES.
        self.asked: set[str] = set()
        for name in sorted(variables):
            if name.startswith("PORTAL_") and name not in VARIABLES:
                self.fault(name, "모르는 변수입니다. 철자를 확인하세요.", "unknown variable")
        for name, value in self._values.items():
            if not value.isprintable():
                self.fault(name, "보이지 않는 문자나 깨진 문자가 들어 있습니다.", "contains unprintable characters")
                self._values[name] = ""

    def everything(self) -> Values:
        """Read all variables, in the order of the table. The launcher asks before it touches anything, the settings in every process."""
        mode = self.choice("PORTAL_ENV", ("demo", "production", "test"), "demo")
        port = self.number("PORT", 1, 65535, DEFAULT_PORT)
        bind = self.address("BIND", "127.0.0.1")
        data_dir = self.data_dir()
        database = self.database()
        redis_url = self.redis("REDIS_URL", socket_url(broker_socket(data_dir)))
        values = Values(
            portal_env=mode,
            port=port,
            bind=bind,
            data_dir=data_dir,
            database=database,
            redis_url=redis_url,
            cache_url=self.redis("CACHE_URL", other_database(redis_url, 1)),
            secret_key=self.key("SECRET_KEY"),
            secret_key_fallbacks=self.old_keys(),
            person_pepper=self.key("PERSON_PEPPER"),
            voter_tag_key=self.key("VOTER_TAG_KEY"),
            site_url=self.site_url(f"http://{url_host(bind)}:{port}"),
            allowed_hosts=self.hosts(f"localhost,127.0.0.1,[::1],{url_host(bind)}"),
            trusted_proxy_count=self.number("TRUSTED_PROXY_COUNT", 0, 9, 0),
            email=self.email(),
            mail_from=self.mailbox("MAIL_FROM", "noreply@localhost"),
            contact_email=self.mailbox("CONTACT_EMAIL", ""),
            official_masthead=self.switch("OFFICIAL_MASTHEAD"),
            debug=self.switch("DEBUG"),
            log_level=self.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
        )
        if mode == "production":
            self.refuse_unsafe()
        return values

    def fault(self, name: str, korean: str, english: str) -> None:
        self.faults.append(Fault(name, korean, english))

    def is_set(self, name: str) -> bool:
        return bool(self.text(name))

    def text(self, name: str, default: str = "") -> str:
        self.asked.add(name)
        return self._values[name] or default

    def listed(self, name: str, default: str = "") -> list[str]:
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value in allowed:
            return value
        self.fault(
            name,
            f"{', '.join(allowed)} 가운데 하나여야 합니다. 받은 값은 ‘{value}’입니다.",
            f"must be one of {', '.join(allowed)}",
        )
        return default

    def switch(self, name: str) -> bool:
        """Off unless said otherwise: a switch that is neither on nor off stops the start."""
        return self.choice(name, ("on", "off", "true", "false", "1", "0"), "off") in ("on", "true", "1")

    def number(self, name: str, low: int, high: int, default: int) -> int:
        value = self.text(name, str(default))
        # ASCII digits only: int() alone would also take "８０００", "8_000" and "+8000".
        if re.fullmatch(r"[0-9]{1,9}", value) and low <= int(value) <= high:
            return int(value)
        self.fault(
            name,
            f"{low}에서 {high} 사이의 정수여야 합니다. 받은 값은 ‘{value[:40]}’입니다.",
            f"must be an integer from {low} to {high}",
        )
        return default

    def address(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            self.fault(name, f"IP 주소여야 합니다. 받은 값은 ‘{value[:60]}’입니다.", "must be an IP address")
            return default

    def key(self, name: str) -> str:
        """A secret, or "" when none is set. Its value is never repeated in a sentence."""
        value = self.text(name)
        if value:
            self._check_key(name, value)
        return value

    def old_keys(self) -> list[str]:
        """Keys that still open what they have signed: a weak one among them is as bad as a weak new one."""
        found = self.listed("SECRET_KEY_FALLBACKS")
        if found:
            self._check_key("SECRET_KEY_FALLBACKS", min(found, key=lambda key: (len(key), len(set(key)))))
        return found

    def _check_key(self, name: str, value: str) -> None:
        if len(value) < KEY_LENGTH:
            self.fault(name, f"{KEY_LENGTH}자 이상이어야 합니다.", f"must have at least {KEY_LENGTH} characters")
        elif len(set(value)) < KEY_SIGNS:
            self.fault(name, "같은 글자만 되풀이됩니다. 새로 만든 열쇠를 쓰세요.", "the same few characters repeated")

    def url(self, name: str, schemes: tuple[str, ...], default: str = "") -> SplitResult | None:
        """The parts of a URL, or None when it is missing or wrong. It may hold a password, so it is never repeated in a sentence."""
        value = self.text(name, default)
        if not value:
            return None
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            self.fault(name, "주소의 형식이나 포트가 잘못되었습니다.", "malformed URL or port")
            return None
        if parts.scheme not in schemes:
            self.fault(
                name,
                f"주소가 {', '.join(scheme + ':' for scheme in schemes)} 가운데 하나로 시작해야 합니다.",
                "unknown URL scheme",
            )
            return None
        if name != "EMAIL_URL" and not value.lower().startswith(f"{parts.scheme}://"):
            self.fault(name, f"‘{parts.scheme}:’ 뒤에 ‘//’가 있어야 합니다.", "‘//’ missing after the scheme")
            return None
        if port == 0 or parts.fragment:
            self.fault(name, "주소의 포트가 0이거나 ‘#’이 들어 있습니다.", "port 0 or a fragment in the URL")
            return None
        return parts

    def query(self, name: str, parts: SplitResult, allowed: tuple[str, ...]) -> dict[str, str]:
        pairs = dict(parse_qsl(parts.query, keep_blank_values=True))
        for unknown in sorted(set(pairs) - set(allowed)):
            self.fault(name, f"주소의 ‘?{unknown[:40]}=’은 쓸 수 없습니다.", "unknown URL option")
        return {key: value for key, value in pairs.items() if key in allowed}

    def data_dir(self) -> Path:
        """The folder all embedded defaults write to, made on first use and open to its owner only."""
        path = BASE_DIR / self.text("DATA_DIR", "var")
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            self.fault("DATA_DIR", f"폴더 ‘{path}’을(를) 만들 수 없습니다: {error.strerror}.", "cannot be created")
            return path
        if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            self.fault("DATA_DIR", f"폴더 ‘{path}’에 쓸 수 없습니다.", "is not writable")
            return path.resolve()
        for entry in (path / name for name in OWN_NAMES):
            # Asked in this order: the file may be gone the next moment.
            if not os.access(entry, os.R_OK | os.W_OK) and entry.exists():
                self.fault(
                    "DATA_DIR",
                    f"‘{entry}’을(를) 읽고 쓸 수 없습니다. 다른 사용자로 실행한 적이 있으면 그 사용자로 실행하세요.",
                    "holds what another user has written",
                )
                break
        return path.resolve()

    def database(self) -> dict[str, str | int | dict[str, str]] | None:
        """DATABASE_URL as Django's connection parameters; None means the embedded default."""
        parts = self.url("DATABASE_URL", ("postgres", "postgresql", "sqlite"))
        if parts is None:
            return None
        options = self.query("DATABASE_URL", parts, ("sslmode", "host"))
        name = unquote(parts.path[1:])
        if parts.scheme == "sqlite":
            self._check_sqlite(parts, options, name)
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": name}
        host = options.pop("host", "") or unquote(parts.hostname or "")
        if not host:
            self.fault("DATABASE_URL", "호스트가 없습니다.", "host missing")
        elif not name or "/" in name:
            self.fault("DATABASE_URL", "데이터베이스 이름이 없거나 잘못되었습니다.", "database name missing or wrong")
        if options.get("sslmode", "require") not in SSL_MODES:
            self.fault("DATABASE_URL", f"sslmode는 {', '.join(SSL_MODES)} 가운데 하나여야 합니다.", "unknown sslmode")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": parts.port or 5432,
            "OPTIONS": options,
        }

    def _check_sqlite(self, parts: SplitResult, options: dict[str, str], name: str) -> None:
        """SQLite makes the file, but not the folder around it."""
        path = Path(name)
        if parts.netloc or options or not name.startswith("/"):
            self.fault(
                "DATABASE_URL",
                "SQLite는 sqlite:////절대/경로 꼴이어야 합니다.",
                "SQLite needs sqlite:////absolute/path",
            )
        elif path.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
            self.fault(
                "DATABASE_URL",
                f"SQLite 파일 ‘{name}’을(를) 만들거나 쓸 수 없습니다. 폴더가 있는지 확인하세요.",
                "the SQLite file cannot be written",
            )

    def redis(self, name: str, default: str) -> str:
        """A Redis URL as redis-py reads it: it knows the schemes in small letters only."""
        before = len(self.faults)
        parts = self.url(name, ("redis", "rediss", "unix"), default)
        if parts is None:
            return default
        if parts.scheme == "unix":
            if parts.netloc or not parts.path.startswith("/"):
                self.fault(name, "소켓은 unix:///절대/경로 꼴이어야 합니다.", "a socket needs unix:///absolute/path")
            self.query(name, parts, ("db",))
        else:
            self.query(name, parts, ())
            if not parts.hostname:
                self.fault(name, "호스트가 없습니다.", "host missing")
            elif not re.fullmatch(r"/?|/[0-9]{1,3}", parts.path):
                self.fault(name, "경로에는 데이터베이스 번호만 올 수 있습니다.", "the path must be a database number")
        if len(self.faults) > before:
            return default
        # Not geturl(): it drops the empty host of unix:///path in some versions of Python.
        return parts.scheme + self.text(name, default)[len(parts.scheme) :]

    def site_url(self, default: str) -> str:
        parts = self.url("SITE_URL", ("http", "https"), default)
        if parts is None:
            return default
        if not re.fullmatch(rf"({HOST})(:[0-9]+)?", parts.netloc) or parts.path.strip("/") or parts.query:
            self.fault(
                "SITE_URL", "https://호스트 꼴로, 경로 없이 적어야 합니다.", "must be https://host without a path"
            )
        return f"{parts.scheme}://{parts.netloc}"

    def email(self) -> dict[str, str | int | bool]:
        """EMAIL_URL as Django's e-mail settings."""
        parts = self.url("EMAIL_URL", ("console", "smtp", "smtps"), "console:")
        if parts is None or parts.scheme == "console":
            return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
        if not parts.hostname or parts.path.strip("/") or parts.query:
            self.fault(
                "EMAIL_URL", "smtp://사용자:암호@호스트:포트 꼴이어야 합니다.", "must be smtp://user:password@host:port"
            )
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname or "",
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_USE_TLS": parts.scheme == "smtp",
            "EMAIL_TIMEOUT": 10,
        }

    def hosts(self, default: str) -> list[str]:
        names = self.listed("ALLOWED_HOSTS", default)
        if not names:
            self.fault("ALLOWED_HOSTS", "호스트 이름이 하나도 없습니다.", "no host name")
        for name in names:
            if not re.fullmatch(rf"\*|\.?({HOST})", name):
                self.fault(
                    "ALLOWED_HOSTS",
                    f"‘{name[:60]}’은(는) 호스트 이름이 아닙니다(https://나 포트 없이 적습니다).",
                    "not a host name",
                )
        return names

    def mailbox(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if value and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value):
            self.fault(name, "전자우편 주소 하나여야 합니다.", "must be one e-mail address")
        return value

    def refuse_unsafe(self) -> None:
        """What is fine for a demo and not for a vote. Called for PORTAL_ENV=production only."""
        for name in (
            "SECRET_KEY",
            "PERSON_PEPPER",
            "VOTER_TAG_KEY",
            "DATABASE_URL",
            "REDIS_URL",
            "SITE_URL",
            "ALLOWED_HOSTS",
            "EMAIL_URL",
            "MAIL_FROM",
            "CONTACT_EMAIL",
        ):
            if not self.is_set(name):
                self.fault(name, "production에서는 반드시 정해야 합니다.", "must be set in production")
        if self._starts("DATABASE_URL", "sqlite:"):
            self.fault("DATABASE_URL", "production에서는 PostgreSQL이어야 합니다.", "must be PostgreSQL in production")
        if self.is_set("SITE_URL") and not self._starts("SITE_URL", "https://"):
            self.fault("SITE_URL", "production에서는 https://로 시작해야 합니다.", "must be https in production")
        if "*" in self.listed("ALLOWED_HOSTS"):
            self.fault("ALLOWED_HOSTS", "production에서는 ‘*’을 쓸 수 없습니다.", "must not be * in production")
        if self._starts("EMAIL_URL", "console:"):
            self.fault("EMAIL_URL", "production에서는 콘솔로 보낼 수 없습니다.", "must not be console in production")
        if self.switch("DEBUG"):
            self.fault("DEBUG", "production에서는 켤 수 없습니다.", "must be off in production")
        if not self.text("TRUSTED_PROXY_COUNT").strip("0"):
            self.fault(
                "TRUSTED_PROXY_COUNT",
                "production에서는 앞에 프록시가 있어야 합니다(1 이상).",
                "must be at least 1 in production",
            )
        keys = [self.text(name) for name in ("SECRET_KEY", "PERSON_PEPPER", "VOTER_TAG_KEY") if self.is_set(name)]
        if len(set(keys)) < len(keys):
            self.fault("SECRET_KEY", "PERSON_PEPPER, VOTER_TAG_KEY와 서로 달라야 합니다.", "the three keys must differ")

    def _starts(self, name: str, beginning: str) -> bool:
        """Schemes are the same in capital letters."""
        return self.text(name).lower().startswith(beginning)


def url_host(bind: str) -> str:
    """The address as it stands in a URL; one that means all addresses is reached at home."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 – nothing is bound here
    return f"[{host}]" if ":" in host else host


def broker_socket(data_dir: Path) -> Path:
    """Where the embedded broker listens. The same answer in the launcher and in every process that reads the settings.

    A socket address is short and goes into a URL, so a long path or one with spaces or Hangul gets a short private folder instead.
    """
    path = data_dir / "broker" / "valkey.sock"
    if len(bytes(path)) <= SOCKET_PATH_LIMIT and re.fullmatch(r"[A-Za-z0-9/._-]+", str(path)):
        return path
    name = hashlib.sha256(bytes(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"portal-{os.getuid()}-{name}" / "valkey.sock"


def private_dir(path: Path) -> Path:
    """Make a folder only its owner can enter, and refuse one that somebody else prepared."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise Fault(
            "DATA_DIR",
            f"폴더 ‘{path}’이(가) 다른 사람에게 열려 있습니다. 지우거나 0700으로 바꾸세요.",
            "folder is open to others",
        )
    return path


def socket_url(path: Path) -> str:
    return f"unix://{quote(str(path))}"


def celery_url(redis_url: str) -> str:
    """The same Redis in the words of Celery, which writes a socket as redis+socket://."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={database}"


def other_database(redis_url: str, number: int) -> str:
    """The same Redis server, another numbered database."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return parts._replace(path=f"/{number}").geturl()


def readme_table() -> str:
    """The table of the README; a test says that it is the same there."""
    rows = ["| 변수 | 기본값 | 뜻 | `production`에서 |", "|---|---|---|---|"]
    rows += [f"| `{v.name}` | {v.default} | {v.meaning} | {v.in_production or '—'} |" for v in VARIABLES.values()]
    return "\n".join(rows)
