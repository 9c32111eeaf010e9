"""How the demonstration comes about: after any stop, on any day, and on no real site."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from evaluations.proceedings.management.commands import seed_demo
from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase
from evaluations.results.queries import latest_run
from portal.accounts.models import User
from tests.proceedings.test_demo import invitation_in

pytestmark = pytest.mark.django_db


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or the machine went off."""


STEPS = (
    (seed_demo, "create_account", 3),
    (seed_demo.jobs, "carry_out", 1),
    (seed_demo, "_seats", 1),
    (seed_demo.panels, "invite", 2),
    (seed_demo, "create_account", 1),
    (seed_demo, "_signins", 1),
    (Path, "replace", 1),
)
"""Where each run of the test stops: at which call of what. Each run comes a step further than the one before."""


def stopping(function, calls: int):
    """The same function, which stops the run instead of its n-th call."""
    left = iter(range(calls - 1, -1, -1))

    def stop_at_last(*arguments, **options):
        if next(left) == 0:
            raise Stopped
        return function(*arguments, **options)

    return stop_at_last


@pytest.mark.slow
def test_a_run_that_was_stopped_is_continued_on_another_day(client, settings, tmp_path, monkeypatch):
    settings.PORTAL_ENV, settings.DATA_DIR = "demo", tmp_path
    for day, (place, name, calls) in enumerate(STEPS):
        with monkeypatch.context() as patched:
            patched.setattr(seed_demo, "datetime", clock(day))
            patched.setattr(place, name, stopping(getattr(place, name), calls))
            with pytest.raises(Stopped):
                call_command("seed_demo", verbosity=0)
        assert not (tmp_path / "demo-signins.txt").exists()

    call_command("seed_demo", verbosity=0)

    assert dict(Stage.objects.values_list("slug", "phase")) == {
        "stage-1": Phase.PUBLISHED, "extra-selection": Phase.PUBLISHED, "rehearsal": Phase.PUBLISHED,
        "stage-2": Phase.OPEN,
    }  # fmt: skip
    assert client.get(invitation_in(tmp_path / "demo-signins.txt")).status_code == 200
    told = latest_run(Stage.objects.get(slug="rehearsal")).estimates.get()
    blinding = json.loads(told.body)["sections"]["blinding"]
    assert (blinding["experts"]["people"], blinding["citizens"]["people"]) == (10, 500)


def clock(day: int) -> type[datetime]:
    """The class `datetime` of that many days later."""

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=day)

    return Later


def test_there_is_no_demonstration_on_a_real_site(settings):
    settings.PORTAL_ENV = "production"

    with pytest.raises(CommandError, match="PORTAL_ENV=demo"):
        call_command("seed_demo")

    assert User.objects.count() == 0
