"""One contender in a process of its own: it loads its data, says it is ready, and runs once for every line it is sent.

    python rounds.py FILE NAME FOLDER

FILE is ours.py or peers.py, NAME one of its CONTENDERS, FOLDER where samples.py has put the data. Standard library only, and no import of the
site: a peer's virtual environment has neither.
"""

import gc
import importlib.util
import json
import resource
import sys
import time


def peak() -> int:
    """Largest resident memory of this process so far, in bytes."""
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found if sys.platform == "darwin" else 1024 * found


def tell(**said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main(file: str, name: str, folder: str) -> None:
    spec = importlib.util.spec_from_file_location("contenders", file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file}: no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    work = module.CONTENDERS[name](folder)
    gc.collect()
    tell(ready=peak())
    for _ in sys.stdin:
        began, busy = time.perf_counter(), time.process_time()
        answer = work()
        busy, taken = time.process_time() - busy, time.perf_counter() - began
        # On a machine that others use, the time on the processor says more than the clock on the wall.
        tell(seconds=taken, busy=busy, peak=peak(), answer=answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
