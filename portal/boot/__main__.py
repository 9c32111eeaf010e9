"""Entry of the launcher, started by its path: `python3 -P portal/boot/__main__.py run`.

The package `portal` loads Celery, which is not installed yet. So a bare `portal` is put in its place that only knows where its modules lie.
"""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
bare = types.ModuleType("portal")
bare.__path__ = [str(ROOT / "portal")]
sys.modules["portal"] = bare

from portal.boot import messages, run, suite  # noqa: E402
from portal.boot.say import Stop, prepare_output, say  # noqa: E402

COMMANDS = {"run": run.main, "test": suite.main, "messages": messages.main}


def main() -> int:
    prepare_output()
    try:
        return COMMANDS[sys.argv[1]](sys.argv[2:])
    except Stop as stop:
        say(str(stop))
        return stop.status
    except KeyboardInterrupt:
        say("\n멈췄습니다. (stopped)")
        return 130


if __name__ == "__main__":
    sys.exit(main())
