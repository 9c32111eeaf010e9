from django.db import migrations, models

from portal.audit.append_only import AppendOnly, drop_append_only_sql

TABLE = "ratings_paper"


def let_go(apps, schema_editor):
    """SQLite rebuilds the table and loses the triggers, PostgreSQL keeps them: drop them on both, so that both get them once."""
    for statement in drop_append_only_sql(schema_editor.connection.vendor, TABLE):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """A paper carries its voter's stratum: exposure is balanced within strata, and a ballot needs no look at the roll."""

    dependencies = [("ratings", "0002_append_only")]

    operations = [
        migrations.RunPython(let_go, migrations.RunPython.noop),
        migrations.AddField(
            "paper", "stratum", models.CharField(blank=True, default="", max_length=200, verbose_name="특성")
        ),
        AppendOnly("Paper", unique=[("stage_id", "voter_tag", "thing"), ("stage_id", "voter_tag", "position")]),
    ]
