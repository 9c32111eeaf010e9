#!/usr/bin/env python3
"""Django's command line. `script/run` and `script/test` prepare the environment it runs in."""

import os
import sys

try:
    from django.core.management import execute_from_command_line
except ImportError:
    raise SystemExit(
        "필요한 꾸러미가 없습니다. .venv/bin/python manage.py로 실행하세요. (Django is not installed for this Python.)"
    ) from None

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    execute_from_command_line(sys.argv)
