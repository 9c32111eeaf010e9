from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    """Evidence never changes."""

    dependencies = [("reviews", "0001_initial")]

    operations = [
        AppendOnly("Sheet", unique=[("assignment_id", "revision")]),
        AppendOnly("Confirmation", unique=[("sheet_id",)]),
        AppendOnly("Mark", unique=[("sheet_id", "criterion_id")]),
        AppendOnly("Finding", unique=[("sheet_id", "scope_id")]),
        AppendOnly("Recognition", unique=[("sheet_id",)]),
        AppendOnly("Void", unique=[("assignment_id",), ("event_id",)]),
    ]
