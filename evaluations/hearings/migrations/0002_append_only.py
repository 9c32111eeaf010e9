from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    """What a team was asked, said and was answered never changes."""

    dependencies = [("hearings", "0001_initial")]

    operations = [
        AppendOnly("Hearing", unique=[("event_id",)]),
        AppendOnly("Reply", unique=[("hearing_id", "digest"), ("event_id",)]),
        AppendOnly("Objection", unique=[("team_id", "publication_id", "digest"), ("event_id",)]),
        AppendOnly("Ruling", unique=[("objection_id",), ("event_id",)]),
    ]
