from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    """What came out never changes."""

    dependencies = [("results", "0001_initial")]

    operations = [
        AppendOnly("ScoreRun", unique=[("key",), ("event_id",)]),
        AppendOnly("TeamScore", unique=[("run_id", "team_id")]),
        AppendOnly("PartScore", unique=[("run_id", "team_id", "level", "key")]),
        AppendOnly("GateDecision", unique=[("team_id", "revision")]),
        AppendOnly("Publication", unique=[("event_id",)]),
    ]
