#!/usr/bin/env python3
"""Django's command line. `script/run` and `script/test` prepare the environment it runs in."""

import os
import sys

try:
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, OperationalError
except ImportError:
    raise SystemExit(
        "필요한 꾸러미가 없습니다. .venv/bin/python manage.py로 실행하세요. (Django is not installed for this Python.)"
    ) from None

NO_TABLES = ("no such table", "does not exist")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        why = " ".join(str(error).split())
        empty = any(words in why for words in NO_TABLES) and "database" not in why
        # A server that is away or a file that is none are matters of the place; anything else is a fault of ours and shows its traceback.
        if not (empty or isinstance(error, OperationalError) or type(error) is DatabaseError):
            raise
        hint = "script/run이나 manage.py migrate를 먼저 실행하세요." if empty else "DATABASE_URL과 서버를 확인하세요."
        raise SystemExit(f"데이터베이스를 쓸 수 없습니다: {why} – {hint} (database not usable)") from None


if __name__ == "__main__":
    main()
