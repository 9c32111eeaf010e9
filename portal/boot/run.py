"""script/run: from a fresh clone to a site that answers, and back to nothing running."""

import fcntl
import hashlib
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portal.boot import broker, install
from portal.boot.children import Child, Command, carry_out, guarded
from portal.boot.say import Stop, say, step
from portal.boot.supervisor import Supervisor
from portal.environment import BASE_DIR, Environment, Fault, broker_socket, url_host

STEPS = 7
PORTS_TRIED = 100
READY_SECONDS = 90
INTERRUPTED = 130
# The site is on this machine; a proxy set for the world outside knows nothing of it.
NEAR = urllib.request.build_opener(urllib.request.ProxyHandler({}))
USAGE = """사용법: script/run [--once]
  --once   시작해서 답하는지 확인하고 멈춥니다. (start, check, stop)
설정은 환경 변수로 합니다: README.md의 표를 보세요. (settings are environment variables, see README.md)"""


@dataclass(frozen=True)
class Plan:
    """What the environment asks for, checked before anything is touched. `host` is a name the site answers to."""

    data_dir: Path
    bind: str
    port: int
    port_is_fixed: bool
    own_broker: bool
    demo: bool
    host: str


def plan(variables: dict[str, str]) -> Plan:
    env = Environment(variables)
    values = env.everything()
    if env.faults:
        raise Stop("\n".join(map(str, env.faults)), status=2)
    return Plan(
        data_dir=values.data_dir,
        bind=values.bind,
        port=values.port,
        port_is_fixed=env.is_set("PORT"),
        own_broker=not env.is_set("REDIS_URL"),
        demo=values.portal_env == "demo",
        host=next((name.removeprefix(".") for name in values.allowed_hosts if name != "*"), "localhost"),
    )


def listen(bind: str, port: int, *, fixed: bool) -> socket.socket:
    """A listening socket, held by the launcher: the port cannot be lost between the check and the start, nor while the web restarts."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    tried = [port] if fixed else range(port, port + PORTS_TRIED)
    for number in tried:
        found = socket.socket(family)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((bind, number))
            found.listen(512)
            return found
        except OSError as error:
            found.close()
            reason = error.strerror
    if fixed:
        raise Stop(f"PORT: {bind}의 {port}번 포트를 열 수 없습니다: {reason}. 다른 번호를 쓰세요. (port not available)")
    raise Stop(f"PORT: {bind}의 {port}–{port + PORTS_TRIED - 1}번 포트를 열 수 없습니다: {reason}. (no free port)")


def take(data_dir: Path) -> IO[str]:
    """The lock of DATA_DIR: two sites on the same data would disturb each other."""
    file = open(data_dir / "run.lock", "a+")  # noqa: SIM115 – held until the process ends
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            file.seek(0)
            site = file.read().strip() or data_dir
        raise Stop(f"이미 실행 중입니다: {site} (already running on this DATA_DIR)") from None
    return file


def digest(paths: Iterable[Path], *more: str) -> str:
    """One number for the content of these files and folders, whatever their dates say."""
    total = hashlib.sha256("\0".join(more).encode())
    for top in sorted(paths):
        for path in sorted(p for p in (top.rglob("*") if top.is_dir() else [top]) if p.is_file()):
            total.update(str(path.relative_to(BASE_DIR)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def collect_static(manage: Command, data_dir: Path, env: dict[str, str]) -> None:
    """Compressing all files takes seconds, so it is done only when one of them has changed; the admin's come with requirements.txt."""
    target, mark = data_dir / "static", data_dir / "static.stamp"
    now = digest([BASE_DIR / "portal" / "static", install.REQUIREMENTS], str(target))
    if target.is_dir() and mark.exists() and mark.read_text() == now:
        return
    carry_out([*manage, "collectstatic", "--noinput", "--clear", "--verbosity", "0"], env, BASE_DIR)
    mark.write_text(now)


def web(door: socket.socket, data_dir: Path, env: dict[str, str]) -> Child:
    command: Command = [install.PYTHON, "-m", "gunicorn", "portal.wsgi", "--bind", f"fd://{door.fileno()}"]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "60"]
    command += ["--graceful-timeout", "10", "--no-control-socket", "--log-level", "warning"]
    command += [
        "--forwarder-headers",
        "",
    ]  # gunicorn takes the visitor's SCRIPT_NAME for the proxy's, and fails over it
    log = data_dir / "logs" / "web.log"
    fds = [door.fileno()]
    return Child("웹(web)", command, env=env, cwd=BASE_DIR, log=log, patience=15, pass_fds=fds, echo=True)


def worker(data_dir: Path, env: dict[str, str]) -> Child:
    """When the launcher is gone it leaves at once (SIGQUIT): whatever it was counting goes back to the queue."""
    command: Command = [install.PYTHON, "-m", "celery", "-A", "portal", "worker", "--concurrency", "2"]
    command += ["--pool", "prefork", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    log = data_dir / "logs" / "worker.log"
    return Child("일꾼(worker)", command, env=env, cwd=BASE_DIR, log=log, patience=20, farewell=signal.SIGQUIT)


def beat(data_dir: Path, env: dict[str, str]) -> Child:
    """A process of its own: inside the worker, where it may also live, nobody starts it again when it dies."""
    command: Command = [install.PYTHON, "-m", "celery", "-A", "portal", "beat", "--loglevel", "WARNING"]
    log = data_dir / "logs" / "beat.log"
    return Child("예약(beat)", command, env=env, cwd=BASE_DIR, log=log, patience=10)


def answers(address: str, host: str) -> bool:
    """Asked by a name that the site answers to: where ALLOWED_HOSTS is set, its own address is none."""
    try:
        asked = urllib.request.Request(f"{address}/readyz", headers={"Host": host})
        with NEAR.open(asked, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_ready(supervisor: Supervisor, address: str, host: str, manage: Command, env: dict[str, str]) -> None:
    """Ready means: a page came, and a real task went through broker and worker."""
    command = guarded([*manage, "ping_worker", "--timeout", str(READY_SECONDS)])
    with subprocess.Popen(command, env=env, cwd=BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as ping:
        try:
            deadline = time.monotonic() + READY_SECONDS
            while not (answers(address, host) and ping.poll() is not None):
                supervisor.demand_alive()
                if time.monotonic() > deadline:
                    raise Stop(f"{READY_SECONDS}초가 지나도 {address}/readyz 가 답하지 않습니다. (not ready in time)")
                time.sleep(0.2)
        finally:
            ping.terminate()
    if ping.returncode:
        raise Stop("작업이 중개자와 일꾼을 거쳐 돌아오지 않았습니다. (no task came back from the worker)")


def main(args: list[str]) -> int:
    if args not in ([], ["--once"]):
        raise Stop(USAGE, status=0 if args in (["-h"], ["--help"]) else 2)
    began = time.monotonic()
    asked = plan(dict(os.environ))
    held = take(asked.data_dir)
    with step(1, STEPS, "꾸러미 확인 (packages) – 처음에는 1–2분 걸립니다"):
        install.ensure(tools=False)
    supervisor = Supervisor()
    supervisor.listen()
    try:
        with listen(asked.bind, asked.port, fixed=asked.port_is_fixed) as door:
            address = announce(asked, door, held)
            start(supervisor, asked, door, address)
            say(f"\n준비되었습니다 ({time.monotonic() - began:.1f}초): {address}")
            show_sign_ins(asked, address)
            if not args:
                say("멈추려면 Ctrl-C (press Ctrl-C to stop)")
                supervisor.watch()
    except (Stop, KeyboardInterrupt):
        if not supervisor.asked_to_stop:  # Ctrl-C also reaches the command that was running, which then fails
            raise
        return INTERRUPTED
    finally:
        say("멈추는 중 … (stopping)")
        supervisor.stop()
        broker.tidy(asked.data_dir)
        say("모두 멈췄습니다. (stopped)")
    return 0


def announce(asked: Plan, door: socket.socket, held: IO[str]) -> str:
    """The address of this site, also written for whoever tries to start a second one."""
    port = door.getsockname()[1]
    if port != asked.port:
        say(f"      {asked.port}번 포트가 사용 중이어서 {port}번을 씁니다. (port taken)")
    address = f"http://{url_host(asked.bind)}:{port}"
    held.truncate(0)
    held.write(f"{address} (pid {os.getpid()})\n")
    held.flush()
    return address


def start(supervisor: Supervisor, asked: Plan, door: socket.socket, address: str) -> None:
    env = os.environ | {"PORT": str(door.getsockname()[1]), "DATA_DIR": str(asked.data_dir)}
    env |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    (asked.data_dir / "logs").mkdir(mode=0o700, exist_ok=True)
    manage: Command = [install.PYTHON, BASE_DIR / "manage.py"]

    def serve() -> None:
        supervisor.start(worker(asked.data_dir, env))
        supervisor.start(beat(asked.data_dir, env))
        supervisor.start(web(door, asked.data_dir, env))

    steps: list[tuple[str, Callable[[], object]]] = [
        ("중개자 (broker)", lambda: start_broker(supervisor, asked, env)),
        (
            "데이터베이스 (database)",
            lambda: carry_out([*manage, "migrate", "--noinput", "--verbosity", "0"], env, BASE_DIR),
        ),
        ("정적 파일 (static files)", lambda: collect_static(manage, asked.data_dir, env)),
        (
            "예시 단계와 시연 계정 (example stages)",
            lambda: asked.demo and carry_out([*manage, "seed_demo"], env, BASE_DIR),
        ),
        ("일꾼과 웹 (worker and web)", serve),
        ("답하는지 확인 (health check)", lambda: wait_ready(supervisor, address, asked.host, manage, env)),
    ]
    for number, (title, act) in enumerate(steps, start=2):
        with step(number, STEPS, title):
            act()


def start_broker(supervisor: Supervisor, asked: Plan, env: dict[str, str]) -> None:
    if not asked.own_broker:
        broker.demand_answer(env)
        return
    try:
        supervisor.start(broker.child(asked.data_dir, env, asked.data_dir / "logs" / "broker.log"))
    except Fault as fault:
        raise Stop(str(fault), status=2) from None
    broker.wait(broker_socket(asked.data_dir))


def show_sign_ins(asked: Plan, address: str) -> None:
    """Paths become addresses here: the port may be another one today."""
    sign_ins = asked.data_dir / "demo-signins.txt"
    if asked.demo and sign_ins.exists():
        say(re.sub(r"(?m)(?<= )(?=/\S+/$)", address, sign_ins.read_text("utf-8").rstrip()))
