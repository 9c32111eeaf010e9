import django.db.models.deletion
from django.db import migrations, models


def drop_indexes_of_the_stage_alone(apps, schema_editor):
    """Not by altering the field: SQLite would make the table anew, and the triggers that guard it would be gone."""
    table = apps.get_model("ratings", "Ballot")._meta.db_table
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    for name, one in found.items():
        if one["index"] and one["columns"] == ["stage_id"]:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


class Migration(migrations.Migration):
    """Only `ballot_once` begins with the stage: other indexes that do were mistaken for it when a later revision was looked for."""

    dependencies = [("ratings", "0004_ballot_by_hour")]

    operations = [
        migrations.RemoveIndex(model_name="ballot", name="ballot_stage_hour"),
        migrations.AddIndex(model_name="ballot", index=models.Index(fields=["cast_at", "stage"], name="ballot_hour")),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(drop_indexes_of_the_stage_alone, migrations.RunPython.noop),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="ballot",
                    name="stage",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballots",
                        to="programme.stage",
                        verbose_name="단계",
                    ),
                ),
            ],
        ),
    ]
