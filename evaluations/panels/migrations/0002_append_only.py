from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    """Evidence never changes."""

    dependencies = [("panels", "0001_initial")]

    operations = [
        AppendOnly("Pledge", unique=[("panelist_id", "config_digest"), ("event_id",)]),
        AppendOnly("Conflict", unique=[("panelist_id", "team_id", "ground"), ("event_id",)]),
        AppendOnly(
            "Assignment",
            unique=[
                ("panelist_id", "round_id", "team_id"),
                ("panelist_id", "round_id", "alias"),
                ("panelist_id", "round_id", "position"),
            ],
        ),
        AppendOnly("Recusal", unique=[("assignment_id",), ("event_id",)]),
    ]
