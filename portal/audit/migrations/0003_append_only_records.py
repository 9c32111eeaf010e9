from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    """Who looked at whom never changes either, nor does what was done in the admin. Both name people by the ids of their accounts only."""

    dependencies = [("admin", "0003_logentry_add_action_flag_choices"), ("audit", "0002_append_only")]

    operations = [
        AppendOnly("AccessRecord"),
        AppendOnly("LogEntry", app="admin"),
    ]
