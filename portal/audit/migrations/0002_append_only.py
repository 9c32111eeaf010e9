from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    """The ledger never changes."""

    dependencies = [("audit", "0001_initial")]

    operations = [
        AppendOnly("Event", unique=[("leaf",)]),
    ]
