from django.db import migrations, models

from portal.audit.append_only import AppendOnly, drop_append_only_sql

TABLE = "ratings_paper"


def let_go(apps, schema_editor):
    """SQLite rebuilds the table and loses the triggers, PostgreSQL keeps them: drop them on both, so that both get them once."""
    for statement in drop_append_only_sql(schema_editor.connection.vendor, TABLE):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """A paper knows for which address of a mailbox it was issued: another one is not shown it."""

    dependencies = [("ratings", "0007_frozen_throughout")]

    operations = [
        migrations.RunPython(let_go, migrations.RunPython.noop),
        migrations.AddField(
            "paper",
            "account_tag",
            models.CharField(blank=True, default="", max_length=64, verbose_name="계정 표식"),
        ),
        AppendOnly("Paper", unique=[("stage_id", "voter_tag", "thing"), ("stage_id", "voter_tag", "position")]),
    ]
