"""The launcher: ports, locks, stamps, children, and one real start and stop."""

import gettext
import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from portal.boot import broker, install, messages, run, suite
from portal.boot.children import Child, attend, carry_out
from portal.boot.say import Stop
from portal.boot.supervisor import MAX_DEATHS, Supervisor, backoff
from portal.environment import BASE_DIR, VARIABLES

HERE = "127.0.0.1"


def child(tmp_path: Path, *command: str, patience: float = 5) -> Child:
    return Child("child", command, env=os.environ, cwd=tmp_path, log=tmp_path / "log", patience=patience)


def python(tmp_path: Path, code: str, **options: float) -> Child:
    return child(tmp_path, sys.executable, "-I", "-S", "-c", code, **options)


def wait_for(path: Path) -> str:
    deadline = time.monotonic() + 10
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return path.read_text()


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def environ(**variables: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in VARIABLES} | variables


def test_a_free_port_is_used_as_asked():
    with socket.create_server((HERE, 0)) as probe:
        port = probe.getsockname()[1]
    with run.listen(HERE, port, fixed=True) as door:
        assert door.getsockname() == (HERE, port)


def test_the_next_port_is_used_when_none_was_asked_for():
    with socket.create_server((HERE, 0)) as taken, run.listen(HERE, taken.getsockname()[1], fixed=False) as door:
        assert taken.getsockname()[1] < door.getsockname()[1] < taken.getsockname()[1] + run.PORTS_TRIED


def test_a_port_that_was_asked_for_and_is_taken_stops_the_start():
    with socket.create_server((HERE, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Stop, match=f"PORT: 127.0.0.1의 {port}번 포트를 열 수 없습니다"):
            run.listen(HERE, port, fixed=True)


def test_wrong_values_stop_the_launcher_before_it_touches_anything(tmp_path):
    with pytest.raises(Stop, match="PORT: 1에서 65535") as stop:
        run.plan({"PORT": "abc", "DATA_DIR": str(tmp_path)})
    assert stop.value.status == 2
    assert list(tmp_path.iterdir()) == []


def test_what_the_environment_asks_for(tmp_path):
    asked = run.plan({"PORT": "8123", "DATA_DIR": str(tmp_path), "REDIS_URL": "redis://h"})
    assert asked == run.Plan(tmp_path, HERE, 8123, port_is_fixed=True, own_broker=False, demo=True, host="localhost")


@pytest.mark.parametrize(
    ("hosts", "host"),
    [("portal.example.org", "portal.example.org"), ("*,.example.org", "example.org"), ("*", "localhost")],
)
def test_the_site_is_asked_by_a_name_it_answers_to(tmp_path, hosts, host):
    assert run.plan({"DATA_DIR": str(tmp_path), "ALLOWED_HOSTS": hosts}).host == host


class Door(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.headers["Host"] == "portal.example.org" else 400)
        self.end_headers()

    def log_message(self, *words):
        """Nothing on the terminal of the tests."""


def test_a_proxy_for_the_world_outside_is_not_asked_for_the_site(monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://{HERE}:9")
    with HTTPServer((HERE, 0), Door) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        address = f"http://{HERE}:{site.server_port}"
        said = [run.answers(address, host) for host in ("portal.example.org", "localhost")]
        site.shutdown()
    assert said == [True, False]


def test_sign_ins_are_shown_with_the_address_of_today(tmp_path, capsys):
    asked = run.plan({"DATA_DIR": str(tmp_path)})
    (tmp_path / "demo-signins.txt").write_text("  담당자  a@b  /admin/\n  DATA_DIR='/tmp/a /b/c' x\n")
    run.show_sign_ins(asked, "http://127.0.0.1:8001")
    assert capsys.readouterr().out == "  담당자  a@b  http://127.0.0.1:8001/admin/\n  DATA_DIR='/tmp/a /b/c' x\n"


def test_one_site_at_a_time_on_one_data_dir(tmp_path):
    with run.take(tmp_path) as held:
        held.write("http://127.0.0.1:8000 (pid 7)\n")
        held.flush()
        with pytest.raises(Stop, match=r"이미 실행 중입니다: http://127.0.0.1:8000 \(pid 7\)"):
            run.take(tmp_path)
    run.take(tmp_path).close()


def test_a_digest_changes_with_content_and_not_with_dates():
    file = BASE_DIR / "requirements.txt"
    before = run.digest([file])
    os.utime(file)
    assert run.digest([file]) == before
    assert run.digest([file], "more") != before
    assert run.digest([file, BASE_DIR / "manage.py"]) != before


def test_a_site_does_without_the_tools():
    text = install.REQUIREMENTS.read_text("utf-8")
    assert "pytest==" not in install.wanted(text, tools=False)
    assert "django==" in install.wanted(text, tools=False)
    assert install.wanted(text, tools=True) == text
    with pytest.raises(Stop):
        install.wanted("django==1\n", tools=False)


def test_every_requirement_is_pinned_and_says_why():
    lines = install.REQUIREMENTS.read_text("utf-8").splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in packages if not re.fullmatch(r"[a-z0-9_.\[\]-]+==\S+( ; [^#]+)? +# \S.+", line)] == []


def test_a_stamp_changes_with_the_requirements():
    assert install.stamp("a") == install.stamp("a")
    assert install.stamp("a") != install.stamp("b")


def test_a_broken_stamp_counts_as_none(tmp_path, monkeypatch):
    monkeypatch.setattr(install, "STAMP", tmp_path / "stamp")
    for content in ("", "[]", "{", "\x00"):
        (tmp_path / "stamp").write_text(content)
        assert install.stamps() == {}


def test_a_failing_command_stops_with_its_last_lines(tmp_path):
    with pytest.raises(Stop, match=r"(?s)last words.*exit code 3"):
        carry_out([sys.executable, "-c", "print('last words'); raise SystemExit(3)"], os.environ, tmp_path)


def test_an_interrupted_command_ends_with_all_it_started(tmp_path):
    code = "import subprocess; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); p.wait()"
    heard: list[str] = []

    def interrupt(line: str) -> None:
        heard.append(line)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attend([sys.executable, "-c", code], os.environ, interrupt)
    assert gone(int(heard[0]))


def test_the_exit_code_and_the_lines_of_an_attended_command():
    heard: list[str] = []
    assert (
        attend([sys.executable, "-c", "print('one'); print('two'); raise SystemExit(4)"], os.environ, heard.append) == 4
    )
    assert heard == ["one\n", "two\n"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "0/3 내려받는 중 … (downloading)"),
        (["Collecting a\n", "  Downloading a\n", "Collecting b\n"], "2/3 내려받는 중 … (downloading)"),
        (["Collecting a\n"] * 9, "3/3 내려받는 중 … (downloading)"),
        (["Collecting a\n", "Installing collected packages: a\n"], "꾸러미 3개를 설치하는 중 … (installing)"),
    ],
)
def test_how_far_an_installation_has_come(lines, said):
    assert install.progress(lines, 3).strip() == said


def test_a_silent_installation_still_says_something(capsys):
    with install.told_every(0.01, lambda: "still here"):
        deadline = time.monotonic() + 10
        while "still here" not in (told := capsys.readouterr().out):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert told.startswith("still here\n")


def test_a_process_whose_log_cannot_be_written_does_not_stand_still(tmp_path):
    (tmp_path / "log").mkdir()
    running = python(tmp_path, "print('x' * 1_000_000); open('done', 'w').write('1')")
    running.start()
    assert wait_for(tmp_path / "done") == "1"
    running.stop()


def test_a_child_is_stopped_with_all_it_started(tmp_path):
    code = "import subprocess; p = subprocess.Popen(['sleep', '60']); open('pid', 'w').write(str(p.pid)); p.wait()"
    running = python(tmp_path, code)
    running.start()
    grandchild = int(wait_for(tmp_path / "pid"))
    running.stop()
    assert not running.is_running()
    assert gone(grandchild)


def test_a_child_that_does_not_listen_is_killed(tmp_path):
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); open('pid', 'w').write('1'); time.sleep(60)"
    running = python(tmp_path, code, patience=0.2)
    running.start()
    wait_for(tmp_path / "pid")
    running.stop()
    assert not running.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux에서만 (Linux only)")
def test_children_die_with_a_launcher_that_was_killed(tmp_path):
    code = f"""
import os, sys, time; sys.path.insert(0, {str(BASE_DIR)!r})
from pathlib import Path
from portal.boot.children import Child
child = Child("c", ["/bin/sleep", "60"], env=os.environ, cwd=Path("/"), log=Path({str(tmp_path / "log")!r}), patience=1)
child.start()
Path({str(tmp_path / "pid")!r}).write_text(str(child.process.pid))
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code]) as launcher:
        pid = int(wait_for(tmp_path / "pid"))
        time.sleep(0.3)
        launcher.kill()
    assert gone(pid)


def test_being_asked_to_stop_ends_a_step_of_the_start_once():
    supervisor = Supervisor()
    with pytest.raises(KeyboardInterrupt):
        supervisor._ask(signal.SIGINT, None)
    supervisor._ask(signal.SIGINT, None)
    assert supervisor.asked_to_stop


def test_a_dead_child_is_started_again(tmp_path):
    supervisor = Supervisor(pause=lambda deaths: 0.0)
    supervisor.start(child(tmp_path, "/bin/sleep", "60"))
    first = supervisor.children[0].process
    assert first is not None
    first.send_signal(signal.SIGKILL)
    first.wait()
    supervisor.look_after()
    supervisor.look_after()
    assert supervisor.children[0].is_running()
    assert supervisor.children[0].process is not first
    supervisor.stop()


def test_a_child_that_keeps_dying_ends_the_site(tmp_path):
    supervisor = Supervisor(pause=lambda deaths: 0.0)
    supervisor.start(child(tmp_path, "/bin/sh", "-c", "echo no luck; exit 1"))
    deadline = time.monotonic() + 20
    with pytest.raises(Stop, match="거듭 멈춰"):
        while time.monotonic() < deadline:
            supervisor.look_after()
            time.sleep(0.02)
    assert (tmp_path / "log").read_text() == "no luck\n" * (MAX_DEATHS + 1)


def test_a_death_while_starting_is_shown_at_once(tmp_path):
    supervisor = Supervisor()
    supervisor.start(child(tmp_path, "/bin/false"))
    supervisor.children[0].process.wait()
    with pytest.raises(Stop, match="시작하지 못했습니다"):
        supervisor.demand_alive()


def test_restarts_come_later_each_time():
    assert [backoff(deaths) for deaths in range(1, MAX_DEATHS + 1)] == [1, 2, 4, 8, 16]


def test_translations_are_read_as_gettext_reads_them():
    source = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        '# a comment\nmsgid "평가"\nmsgstr "Evaluation"\n\n'
        'msgctxt "메뉴"\nmsgid "평가"\nmsgstr "Evaluate"\n\n'
        'msgid "팀 %d개"\nmsgid_plural "팀 %d개들"\nmsgstr[0] "%d team"\nmsgstr[1] "%d teams"\n\n'
        'msgid "여러 "\n"줄"\nmsgstr "several\\n"\n"lines"\n\n'
        '#, fuzzy\nmsgid "불확실"\nmsgstr "unsure"\n\n'
        'msgid "빈칸"\nmsgstr ""\n'
    )
    read = gettext.GNUTranslations(io.BytesIO(messages.compiled(source)))
    assert read.gettext("평가") == "Evaluation"
    assert read.pgettext("메뉴", "평가") == "Evaluate"
    assert [read.ngettext("팀 %d개", "팀 %d개들", n) for n in (1, 2)] == ["%d team", "%d teams"]
    assert read.gettext("여러 줄") == "several\nlines"
    assert [read.gettext(text) for text in ("불확실", "빈칸")] == ["불확실", "빈칸"]


@pytest.mark.parametrize("source", messages.catalogues(), ids=lambda path: path.parts[-3])
def test_compiled_translations_are_current(source):
    current = messages.compiled(source.read_text("utf-8"))
    assert source.with_suffix(".mo").read_bytes() == current, "script/messages를 실행하세요 (run script/messages)"


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ([], (False, [])),
        (["--quick"], (True, [])),
        (["--", "-k", "x"], (False, ["-k", "x"])),
        (["--quick", "--", "-x"], (True, ["-x"])),
    ],
)
def test_arguments_of_the_suite(args, expected):
    assert suite.options(args) == expected


def test_unknown_arguments_are_refused():
    for main in (suite.main, run.main, messages.main):
        with pytest.raises(Stop) as stop:
            main(["--fast"])
        assert stop.value.status == 2


@pytest.mark.parametrize("name", ["run", "test", "bench", "messages"])
def test_a_command_may_be_called_through_a_link(tmp_path, name):
    link = tmp_path / "portal"
    link.symlink_to(BASE_DIR / "script" / name)
    done = subprocess.run([link, "--help"], cwd=tmp_path, env=environ(), capture_output=True, text=True)
    assert "사용법" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("status", "may_be_empty", "failed"),
    [(0, False, False), (0, True, False), (1, True, True), (suite.NOTHING_FOUND, False, True), (suite.NOTHING_FOUND, True, False)],
)  # fmt: skip
def test_only_where_it_may_a_run_without_tests_is_no_failure(status, may_be_empty, failed):
    report = suite.Report()
    command = [sys.executable, "-c", f"raise SystemExit({status})"]
    suite.carry_on(report, "시험", command, dict(os.environ), may_be_empty=may_be_empty)
    assert report.failed is failed
    assert suite.NOTHING_FOUND == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize(
    "line",
    [
        "======= 3 passed in 0.12s =======",
        "= 1 failed, 2 passed, 3 skipped in 61.00s (0:01:01) =",
        "==== no tests ran in 0.01s ====",
        "165 passed in 7.46s",
    ],
)
def test_the_closing_line_of_pytest_is_known(line):
    assert suite.CLOSING.fullmatch(line)


def test_the_launcher_says_what_is_wrong_in_one_sentence(tmp_path):
    done = subprocess.run(
        [BASE_DIR / "script" / "run", "--once"], cwd=tmp_path, env=environ(PORT="abc"), capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (2, "")
    assert (
        done.stdout
        == "PORT: 1에서 65535 사이의 정수여야 합니다. 받은 값은 ‘abc’입니다. (must be an integer from 1 to 65535)\n"
    )


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "run.lock").mkdir()
    done = subprocess.run(
        [BASE_DIR / "script" / "run", "--once"], env=environ(DATA_DIR=str(tmp_path)), capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == f"{tmp_path}/run.lock: 읽거나 쓸 수 없습니다: Is a directory. (cannot be read or written)\n"


def test_a_broker_of_others_that_is_away_is_told_at_once(tmp_path):
    with pytest.raises(Stop, match="REDIS_URL: 서버가 답하지 않습니다"):
        broker.demand_answer(os.environ | {"REDIS_URL": f"unix://{tmp_path}/none.sock"})


def test_a_broker_of_others_that_answers_is_used(embedded_broker):
    broker.demand_answer(os.environ | {"REDIS_URL": embedded_broker})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            None,
            "데이터베이스를 쓸 수 없습니다: no such table: programme_stage – script/run이나 manage.py migrate를 먼저 실행하세요.",
        ),
        (
            b"no database at all" * 100,
            "데이터베이스를 쓸 수 없습니다: file is not a database – DATABASE_URL과 서버를 확인하세요.",
        ),
    ],
)
def test_a_database_that_cannot_be_used_is_one_sentence(tmp_path, content, said):
    if content:
        (tmp_path / "portal.sqlite3").write_bytes(content)
    done = subprocess.run(
        [sys.executable, BASE_DIR / "manage.py", "score", "stage-1"],
        env=environ(DATA_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="portal.settings"), capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{said} (database not usable)\n"


def children_of(pid: int) -> dict[int, str]:
    listing = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return {int(line.split(None, 1)[0]): line.split(None, 1)[1] for line in listing.splitlines()}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Linux에서만 (Linux only)")
def test_whichever_process_is_killed_comes_back(tmp_path):
    site = subprocess.Popen(
        [BASE_DIR / "script" / "run"],
        env=environ(DATA_DIR=str(tmp_path / "var"), PORTAL_ENV="test"),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert site.stdout is not None
        for line in site.stdout:
            if "Ctrl-C" in line:
                break
        before = children_of(site.pid)
        assert len(before) == 4, before
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while len(now := children_of(site.pid)) < 4 or now.keys() & before.keys():
            assert time.monotonic() < deadline, now
            time.sleep(0.1)
    finally:
        site.send_signal(signal.SIGINT)
        site.communicate(timeout=60)
    assert site.returncode == 0
    assert [pid for pid in now if is_alive(pid)] == []


@pytest.mark.slow
def test_a_site_starts_answers_and_leaves_nothing_running(tmp_path):
    data_dir = tmp_path / "자료 폴더"
    done = subprocess.run(
        [BASE_DIR / "script" / "run", "--once"],
        cwd=tmp_path,
        env=environ(DATA_DIR=str(data_dir)),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^준비되었습니다 \(\d+\.\d초\): http://127\.0\.0\.1:\d+$", done.stdout, re.MULTILINE)
    assert done.stdout.endswith("모두 멈췄습니다. (stopped)\n")
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(data_dir) not in listing
