"""The settings under test: those of the site, read from an environment of their own.

What the person running the tests has set for a real site must not reach them, least of all a database. TEST_DATABASE_URL and TEST_REDIS_URL
name servers that may be emptied. Everything is written to one temporary folder for the whole run, removed by the process that made it.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from portal.environment import VARIABLES, other_database

for _name in VARIABLES:
    os.environ.pop(_name, None)
if "TEST_RUN_DIR" not in os.environ:
    os.environ["TEST_RUN_DIR"] = tempfile.mkdtemp(prefix="portal-test-")
    atexit.register(shutil.rmtree, os.environ["TEST_RUN_DIR"], ignore_errors=True)
os.environ["PORTAL_ENV"] = "test"
os.environ["DATA_DIR"] = os.environ["TEST_RUN_DIR"]
# WhiteNoise warns of a folder that is not there, and warnings are errors.
(Path(os.environ["TEST_RUN_DIR"]) / "static").mkdir(exist_ok=True)
for _name in ("DATABASE_URL", "REDIS_URL"):
    if os.environ.get(f"TEST_{_name}"):
        os.environ[_name] = os.environ[f"TEST_{_name}"]
if "REDIS_URL" in os.environ:
    # Every test process in two numbered databases of its own: one for tasks, the next for counters.
    _number = 2 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["CACHE_URL"] = other_database(os.environ["REDIS_URL"], _number + 1)
    os.environ["REDIS_URL"] = other_database(os.environ["REDIS_URL"], _number)

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATABASES, SQLITE  # noqa: E402

if DATABASES["default"]["ENGINE"] == SQLITE["ENGINE"]:
    # A file, not memory: parallel posts must meet the same locks as on the site. Only the power cut is left out.
    DATABASES["default"] = SQLITE | {
        "OPTIONS": SQLITE["OPTIONS"]
        | {"init_command": SQLITE["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=OFF")},
        "TEST": {"NAME": str(Path(os.environ["TEST_RUN_DIR"]) / "test.sqlite3")},
    }
if "REDIS_URL" not in os.environ:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    # No broker in most tests: a task sent to it is lost at once, and nothing may depend on it.
    CELERY_BROKER_URL = "memory://"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
