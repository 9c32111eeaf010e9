"""Run a command that dies with its parent: `python3 -I -S guard.py PARENT_PID SIGNAL USER COMMAND…`.

Loaded by path, in an interpreter without site packages. A launcher killed with -9 cannot clean up after itself, so the kernel does: it sends
the command this signal when the launcher is gone, and each server then stops its own children. Elsewhere than on Linux there is no such
order to give, and the next start cleans up instead.
"""

import ctypes
import os
import pwd
import signal as signals
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, signal, user, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    if user != "-":
        # PostgreSQL refuses to run as root. A change of user also forgets the order below, so it comes first.
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
        if os.getppid() != parent:
            sys.exit(1)  # the launcher died before the order was given
    # Ignored where a script started the launcher in the background; an ignored signal stays so through exec.
    signals.signal(signals.SIGINT, signals.SIG_DFL)
    os.execv(command[0], command)


main()
