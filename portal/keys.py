"""Keys that the embedded default makes for itself on first use, readable by their owner only."""

import os
import secrets
from pathlib import Path


def load_or_create(path: Path) -> str:
    """Return the key in this file, making it first if there is none.

    Two processes may start at the same moment. The key is written in full under a name of its own and then linked to its place, which
    succeeds once only; whoever comes second reads what the first one wrote.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        own = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            os.link(own, path)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return path.read_text(encoding="ascii").strip()
