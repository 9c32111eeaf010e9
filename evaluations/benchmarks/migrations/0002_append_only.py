from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    """Evidence never changes."""

    dependencies = [("benchmarks", "0001_initial")]

    operations = [
        AppendOnly("Measurement", unique=[("team_id", "item", "revision")]),
    ]
