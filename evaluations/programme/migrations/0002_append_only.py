from django.db import migrations

from portal.audit.append_only import AppendOnly, Frozen


class Migration(migrations.Migration):
    """Evidence never changes; rules change only while their stage is being prepared."""

    dependencies = [("programme", "0001_initial")]

    operations = [
        AppendOnly("Configuration", unique=[("stage_id", "version"), ("event_id",)]),
        AppendOnly("Submission", unique=[("team_id", "round_id", "revision")]),
        Frozen("Stage", stage="{row}.id", free=("phase",)),
        Frozen("Team"),
        Frozen("Member", stage="(SELECT stage_id FROM programme_team WHERE id = {row}.team_id)"),
        Frozen("Round", free=("state",)),
    ]
