"""What a deployment may set, and what each wrong value is answered with."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core import mail
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from portal import environment, keys
from portal import settings as portal_settings
from portal.cache import CounterCache
from portal.environment import BASE_DIR, VARIABLES, Environment, Fault

SAFE = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "session-key" * 5,
    "PERSON_PEPPER": "person-pepper" * 5,
    "VOTER_TAG_KEY": "voter-tag-key" * 5,
    "DATABASE_URL": "postgres://portal:pw@db.example.org/portal?sslmode=require",
    "REDIS_URL": "rediss://:pw@redis.example.org:6379/0",
    "SITE_URL": "https://portal.example.org",
    "ALLOWED_HOSTS": "portal.example.org",
    "EMAIL_URL": "smtp://portal:pw@mail.example.org:587",
    "MAIL_FROM": "noreply@example.org",
    "CONTACT_EMAIL": "help@example.org",
    "TRUSTED_PROXY_COUNT": "1",
}


def import_settings(tmp_path: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Import the settings as every process of the site does, with only these variables set."""
    env = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    env |= {"DATA_DIR": str(tmp_path / "var"), "PYTHONUTF8": "1"} | variables
    command = [sys.executable, "-c", "from portal import settings; print(settings.SESSION_COOKIE_NAME)"]
    return subprocess.run(command, cwd=BASE_DIR, env=env, capture_output=True, text=True)


def faults_of(method: str, *args: object, **variables: str) -> list[str]:
    env = Environment(variables)
    getattr(env, method)(*args)
    return [str(fault) for fault in env.faults]


@pytest.mark.parametrize("wrong", ["abc", "0", "65536", "-1", "+80", "8_000", "８０００", "80.0", "9" * 5000])
def test_a_port_is_a_plain_number_in_range(wrong):
    assert faults_of("number", "PORT", 1, 65535, 8000, PORT=wrong) == [
        f"PORT: 1에서 65535 사이의 정수여야 합니다. 받은 값은 ‘{wrong[:40]}’입니다. (must be an integer from 1 to 65535)"
    ]


@pytest.mark.parametrize("wrong", ["yes", "True", "켬", "2"])
def test_a_switch_is_on_or_off(wrong):
    assert faults_of("switch", "DEBUG", DEBUG=wrong) == [
        f"DEBUG: on, off, true, false, 1, 0 가운데 하나여야 합니다. 받은 값은 ‘{wrong}’입니다."
        " (must be one of on, off, true, false, 1, 0)"
    ]


@pytest.mark.parametrize(
    ("value", "expected"), [("on", True), ("true", True), ("1", True), ("off", False), ("", False)]
)
def test_a_switch_that_is_understood(value, expected):
    assert Environment({"DEBUG": value}).switch("DEBUG") is expected


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("mysql://a@b/c", "unknown URL scheme"),
        ("postgres://a@b:99999/c", "malformed URL or port"),
        ("postgres://a@b:x/c", "malformed URL or port"),
        ("postgres://a@b:0/c", "port 0 or a fragment in the URL"),
        ("postgres://a@[b/c", "malformed URL or port"),
        ("postgres://a@b/", "database name missing or wrong"),
        ("postgres:///c", "host missing"),
        ("postgres://a@b/c?sslmod=require", "unknown URL option"),
        ("sqlite://var/x.sqlite3", "SQLite needs sqlite:////absolute/path"),
        ("sqlite:///x.sqlite3", "SQLite needs sqlite:////absolute/path"),
        ("sqlite:////nowhere/at/all.sqlite3", "the SQLite file cannot be written"),
        ("sqlite:////tmp", "the SQLite file cannot be written"),
        ("postgres://", "host missing"),
        ("postgres:/b/c", "‘//’ missing after the scheme"),
        ("postgres://a@b/c?sslmode=maybe", "unknown sslmode"),
    ],
)
def test_a_database_url_is_understood_in_full_or_refused(wrong, reason):
    (fault,) = faults_of("database", DATABASE_URL=wrong)
    assert fault.startswith("DATABASE_URL: ")
    assert fault.endswith(f"({reason})")


def test_a_password_is_never_repeated_in_a_sentence():
    for url in ("postgres://u:gehe1m@h:99999/d", "mysql://u:gehe1m@h/d", "postgres://u:gehe1m@h/d?x=1"):
        assert "gehe1m" not in "".join(faults_of("database", DATABASE_URL=url))
    assert "short" not in "".join(faults_of("key", "SECRET_KEY", SECRET_KEY="short"))


def test_postgresql_url():
    env = Environment({"DATABASE_URL": "postgres://user%40x:p%2Fw@[::1]:5433/portal?sslmode=require"})
    assert env.database() == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "portal",
        "USER": "user@x",
        "PASSWORD": "p/w",
        "HOST": "::1",
        "PORT": 5433,
        "OPTIONS": {"sslmode": "require"},
    }
    assert env.faults == []


@pytest.mark.parametrize(("place", "port"), [("", 5432), (":5433", 5433)])
def test_postgresql_by_socket_folder(place, port):
    database = Environment({"DATABASE_URL": f"postgres://portal:@{place}/portal?host=/run/postgresql"}).database()
    assert database is not None
    assert (database["HOST"], database["PORT"], database["OPTIONS"]) == ("/run/postgresql", port, {})


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("http://h", "unknown URL scheme"),
        ("redis://", "host missing"),
        ("redis://h/zero", "the path must be a database number"),
        ("redis://h:70000", "malformed URL or port"),
        ("unix://run/x.sock", "a socket needs unix:///absolute/path"),
        ("unix:/run/x.sock", "‘//’ missing after the scheme"),
        ("redis://h/0?db=1", "unknown URL option"),
    ],
)
def test_a_redis_url_is_understood_in_full_or_refused(wrong, reason, tmp_path):
    (fault,) = faults_of("everything", DATA_DIR=str(tmp_path), REDIS_URL=wrong)
    assert fault.startswith("REDIS_URL: ")
    assert fault.endswith(f"({reason})")


def test_the_embedded_broker_is_the_default(tmp_path):
    values = Environment({"DATA_DIR": str(tmp_path)}).everything()
    assert (values.redis_url, values.cache_url) == (
        f"unix://{tmp_path}/broker/valkey.sock",
        f"unix://{tmp_path}/broker/valkey.sock?db=1",
    )


def test_a_redis_url_in_capitals_is_handed_on_as_its_readers_know_it():
    assert Environment({"REDIS_URL": "REDIS://h/2"}).redis("REDIS_URL", "") == "redis://h/2"


@pytest.mark.parametrize(
    ("url", "for_celery", "second"),
    [
        ("redis://h:6379/0", "redis://h:6379/0", "redis://h:6379/1"),
        ("rediss://:pw@h", "rediss://:pw@h", "rediss://:pw@h/1"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock?virtual_host=0", "unix:///run/v.sock?db=1"),
        ("unix:///run/v.sock?db=4", "redis+socket:///run/v.sock?virtual_host=4", "unix:///run/v.sock?db=1"),
    ],
)
def test_one_redis_in_the_words_of_each_reader(url, for_celery, second):
    assert environment.celery_url(url) == for_celery
    assert environment.other_database(url, 1) == second


@pytest.mark.parametrize(
    "wrong",
    [
        "example.org", "https://example.org/path", "ftp://example.org", "https://u@example.org", "https://a b", "https://예시.kr",
        "https://<b>.org", "https://", "https:example.org",
    ],
)  # fmt: skip
def test_a_site_url_is_scheme_and_host(wrong):
    assert len(faults_of("site_url", "http://127.0.0.1", SITE_URL=wrong)) == 1


@pytest.mark.parametrize(
    "wrong", ["https://example.org", "a b", "example.org:8000", "예시.kr", "-", "a-.org", "*.org", ","]
)
def test_allowed_hosts_are_host_names(wrong):
    assert len(faults_of("hosts", "localhost", ALLOWED_HOSTS=wrong)) == 1


@pytest.mark.parametrize(
    ("bind", "host"),
    [("192.0.2.7", "192.0.2.7"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("2001:db8::7", "[2001:db8::7]")],  # noqa: S104
)
def test_a_site_answers_at_the_address_it_listens_on(bind, host, tmp_path):
    values = Environment({"DATA_DIR": str(tmp_path), "BIND": bind}).everything()
    assert values.site_url == f"http://{host}:8000"
    assert host in values.allowed_hosts


@pytest.mark.parametrize("wrong", ["nobody", "a@b, c@d", "A <a@b>"])
def test_the_sender_is_one_address(wrong):
    for name in ("MAIL_FROM", "CONTACT_EMAIL"):
        assert len(faults_of("mailbox", name, "", **{name: wrong})) == 1


@pytest.mark.parametrize("wrong", ["localhost", "256.1.1.1", "127.0.0.1:80"])
def test_the_address_to_listen_on_is_an_ip_address(wrong):
    assert len(faults_of("address", "BIND", "127.0.0.1", BIND=wrong)) == 1


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"), [("smtp://u:p@h", 587, False, True), ("smtps://h", 465, True, False)]
)
def test_mail_is_encrypted_either_way(url, port, ssl, tls):
    email = Environment({"EMAIL_URL": url}).email()
    assert (email["EMAIL_PORT"], email["EMAIL_USE_SSL"], email["EMAIL_USE_TLS"]) == (port, ssl, tls)


@pytest.mark.parametrize("wrong", ["smtp:", "mail.example.org", "smtp://h/path"])
def test_a_mail_server_is_understood_in_full_or_refused(wrong):
    assert len(faults_of("email", EMAIL_URL=wrong)) == 1


@pytest.mark.parametrize("wrong", ["short", "x" * 49, "x" * 60, "abcd" * 15])
@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "PERSON_PEPPER", "VOTER_TAG_KEY"])
def test_a_key_that_is_easily_guessed_stops_the_start(name, wrong, tmp_path):
    (fault,) = faults_of("everything", DATA_DIR=str(tmp_path), **{name: wrong})
    assert fault.startswith(f"{name}: ")
    assert wrong not in fault


def test_the_weakest_of_several_old_keys_stops_the_start():
    assert len(faults_of("old_keys", SECRET_KEY_FALLBACKS=f"{'session-key' * 5},short,{'x' * 60}")) == 1


def test_a_misspelt_variable_stops_the_start():
    assert [str(fault) for fault in Environment({"PORTAL_ENVIRONMENT": "x"}).faults] == [
        "PORTAL_ENVIRONMENT: 모르는 변수입니다. 철자를 확인하세요. (unknown variable)"
    ]


@pytest.mark.parametrize("wrong", ["a\0b", "a\nb", "a\udcffb"])
def test_unprintable_values_stop_the_start(wrong):
    assert [str(fault) for fault in Environment({"SITE_URL": wrong}).faults] == [
        "SITE_URL: 보이지 않는 문자나 깨진 문자가 들어 있습니다. (contains unprintable characters)"
    ]


def test_data_dir_must_be_a_folder(tmp_path):
    (tmp_path / "file").write_text("")
    (fault,) = faults_of("data_dir", DATA_DIR=str(tmp_path / "file"))
    assert fault.endswith("(cannot be created)")


@pytest.mark.skipif(os.geteuid() == 0, reason="root는 모든 파일을 읽고 씁니다 (root may do everything)")
def test_data_dir_holds_nothing_that_only_somebody_else_may_write(tmp_path):
    (tmp_path / "run.lock").touch(mode=0o400)
    (fault,) = faults_of("data_dir", DATA_DIR=str(tmp_path))
    assert fault.endswith("(holds what another user has written)")


def test_data_dir_is_made_for_its_owner_only(tmp_path):
    path = Environment({"DATA_DIR": str(tmp_path / "새 폴더")}).data_dir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_production_takes_what_is_safe():
    env = Environment(SAFE)
    env.refuse_unsafe()
    assert env.faults == []


@pytest.mark.parametrize("name", sorted(set(SAFE) - {"PORTAL_ENV"}))
def test_production_refuses_every_missing_value_by_name(name):
    env = Environment(SAFE | {name: ""})
    env.refuse_unsafe()
    assert [str(fault).partition(":")[0] for fault in env.faults] == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "on"),
        ("DATABASE_URL", "sqlite:////srv/portal.sqlite3"),
        ("SITE_URL", "http://portal.example.org"),
        ("ALLOWED_HOSTS", "*"),
        ("EMAIL_URL", "console:"),
        ("TRUSTED_PROXY_COUNT", "0"),
        ("TRUSTED_PROXY_COUNT", "00"),
        ("DATABASE_URL", "SQLITE:////srv/portal.sqlite3"),
        ("EMAIL_URL", "Console:"),
        ("SECRET_KEY", SAFE["PERSON_PEPPER"]),
    ],
)
def test_production_refuses_every_unsafe_value_by_name(name, value):
    env = Environment(SAFE | {name: value})
    env.refuse_unsafe()
    assert [str(fault).partition(":")[0] for fault in env.faults] == [name]


def test_wrong_values_stop_the_process_without_a_traceback(tmp_path):
    done = import_settings(tmp_path, {"PORT": "abc", "PORTAL_ENV": "prod"})
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "PORTAL_ENV: demo, production, test 가운데 하나여야 합니다. 받은 값은 ‘prod’입니다. (must be one of demo, production, test)",
        "PORT: 1에서 65535 사이의 정수여야 합니다. 받은 값은 ‘abc’입니다. (must be an integer from 1 to 65535)",
    ]


def test_production_settings_load_and_make_no_keys(tmp_path):
    done = import_settings(tmp_path, SAFE)
    assert (done.returncode, done.stdout) == (0, "__Host-session\n")
    assert not (tmp_path / "var" / "keys").exists()


def test_demo_keys_are_made_once_for_the_owner_only(tmp_path):
    first = keys.load_or_create(tmp_path / "keys" / "secret_key")
    second = keys.load_or_create(tmp_path / "keys" / "secret_key")
    assert first == second
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "keys" / "secret_key").stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "keys") == ["secret_key"]


def test_processes_starting_together_agree_on_a_key(tmp_path):
    code = f"from portal.keys import load_or_create as f; from pathlib import Path; print(f(Path({str(tmp_path / 'key')!r})))"
    running = [
        subprocess.Popen([sys.executable, "-c", code], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in running}) == 1


def test_the_table_of_the_readme_is_the_table_of_the_code():
    assert environment.readme_table() in (BASE_DIR / "README.md").read_text("utf-8")


def test_every_documented_variable_is_read():
    # refuse_unsafe() reads nothing that the settings do not read anyway.
    assert portal_settings.env.asked == set(VARIABLES)


def test_nobody_else_reads_the_environment():
    allowed = {"settings.py", "celery.py", "wsgi.py", "environment.py"}
    readers = {
        str(path.relative_to(BASE_DIR))
        for top in ("portal", "evaluations")
        for path in (BASE_DIR / top).rglob("*.py")
        if re.search(r"os\.environ|getenv", path.read_text("utf-8"))
    }
    assert {name for name in readers if Path(name).name not in allowed and "portal/boot/" not in name} == set()


def test_a_socket_path_that_is_too_long_gets_a_short_folder():
    short, long = Path("/srv/portal/var"), Path("/srv") / ("d" * 90)
    assert environment.broker_socket(short) == short / "broker" / "valkey.sock"
    assert len(bytes(environment.broker_socket(long))) <= environment.SOCKET_PATH_LIMIT
    assert environment.broker_socket(long) == environment.broker_socket(long)
    assert environment.broker_socket(long) != environment.broker_socket(long / "x")


def test_a_socket_path_that_does_not_fit_into_a_url_gets_a_plain_folder():
    assert re.fullmatch(r"[A-Za-z0-9/._-]+", str(environment.broker_socket(Path("/srv/새 폴더"))))


def test_a_folder_open_to_others_is_refused(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    with pytest.raises(Fault):
        environment.private_dir(tmp_path / "open")
    (tmp_path / "link").symlink_to(tmp_path / "open")
    with pytest.raises(Fault):
        environment.private_dir(tmp_path / "link")


@pytest.mark.django_db
def test_every_answer_carries_the_headers(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert {name: answer.headers.get(name) for name in ("Cache-Control", "Referrer-Policy", "X-Frame-Options")} == {
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
    assert sorted(answer.headers["Content-Security-Policy"].split("; ")) == [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
    ]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Permissions-Policy"].startswith("accelerometer=()")
    assert "ETag" not in answer.headers


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("origin", "status"), [("https://testserver", 302), ("null", 403), ("https://evil.example", 403), (None, 403)]
)
def test_a_form_over_https_is_taken_from_our_own_pages_only(origin, status):
    client = Client(enforce_csrf_checks=True)
    client.get("/", secure=True)
    token = client.cookies[site.CSRF_COOKIE_NAME].value
    headers = {} if origin is None else {"origin": origin}
    form = {"csrfmiddlewaretoken": token, "language": "en", "next": "/"}
    assert client.post("/language/", form, secure=True, headers=headers).status_code == status


@pytest.mark.django_db
def test_the_site_is_ready_when_its_tables_are_there(client):
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_the_site_waits_for_a_table_that_is_missing_and_notices_when_it_comes(client):
    recorder = MigrationRecorder(connection)
    assert client.get("/readyz").status_code == 200

    recorder.record_unapplied("panels", "0001_initial")
    assert client.get("/readyz").status_code == 503

    recorder.record_applied("panels", "0001_initial")
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "accepted", "expected"),
    [("", "en-US,en;q=0.9", "ko"), ("en", "ko", "en"), ("xx", "en", "ko"), ("ko", "en", "ko")],
)
def test_korean_until_the_reader_chooses(client, cookie, accepted, expected):
    client.cookies[site.LANGUAGE_COOKIE_NAME] = cookie
    answer = client.get("/healthz", headers={"accept-language": accepted})
    assert answer.headers["Content-Language"] == expected


@pytest.mark.django_db
def test_sqlite_keeps_what_it_was_given():
    if connection.vendor != "sqlite":
        pytest.skip("SQLite에서만 (SQLite only)")
    fresh = connection.copy()
    asked = {
        name: fresh.cursor().execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "foreign_keys", "recursive_triggers", "busy_timeout")
    }
    fresh.close()
    assert asked == {"journal_mode": "wal", "foreign_keys": 1, "recursive_triggers": 1, "busy_timeout": 20000}
    assert "synchronous=FULL" in portal_settings.SQLITE["OPTIONS"]["init_command"]


def test_no_mail_leaves_the_tests():
    mail.send_mail("s", "b", None, ["a@example.org"])
    assert len(mail.outbox) == 1


def test_a_limit_still_counts_when_redis_is_away(tmp_path):
    cache = CounterCache(f"unix://{tmp_path}/none.sock", {})
    cache.set("a", [1.5, 2.5], 60)
    assert cache.add("a", True, 60) is False
    assert cache.get("a") == [1.5, 2.5]
    assert cache.delete("a") is True
    assert cache.get("a", "none") == "none"


def test_counters_are_shared_through_redis(embedded_broker):
    first, second = CounterCache(embedded_broker, {}), CounterCache(embedded_broker, {})
    first.set("history", [1.5, 2.5], 60)
    first.set("count", 1, 60)
    assert second.incr("count") == 2
    assert second.get_many(["history", "count"]) == {"history": [1.5, 2.5], "count": 2}
