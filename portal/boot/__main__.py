"""Entry of the launcher, started by its path: `python3 -P portal/boot/__main__.py run`.

The package `portal` loads Celery, which is not installed yet. So a bare `portal` is put in its place that only knows where its modules lie.
"""

import signal
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
bare = types.ModuleType("portal")
bare.__path__ = [str(ROOT / "portal")]
sys.modules["portal"] = bare

from portal.boot import bench, messages, run, suite  # noqa: E402
from portal.boot.say import Stop, prepare_output, say  # noqa: E402

COMMANDS = {"run": run.main, "test": suite.main, "messages": messages.main, "bench": bench.main}


def main() -> int:
    prepare_output()
    # Until the site runs and listens for itself, a request to go is what Ctrl-C is: nothing that was started may stay behind.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return COMMANDS[sys.argv[1]](sys.argv[2:])
    except Stop as stop:
        say(str(stop))
        return stop.status
    except OSError as error:
        place = error.filename or "?"
        say(f"{place}: 읽거나 쓸 수 없습니다: {error.strerror}. (cannot be read or written)")
        return 1
    except KeyboardInterrupt:
        say("\n멈췄습니다. (stopped)")
        return 130


if __name__ == "__main__":
    sys.exit(main())
