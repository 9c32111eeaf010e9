#!/usr/bin/env python3
"""Django's command line. `script/run` and `script/test` prepare the environment it runs in."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        from django.core.management import execute_from_command_line  # after the check below could not be said in time otherwise
    except ImportError:
        raise SystemExit("필요한 꾸러미가 없습니다. script/run 또는 .venv/bin/python manage.py로 실행하세요. (Django is not installed here.)") from None
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
