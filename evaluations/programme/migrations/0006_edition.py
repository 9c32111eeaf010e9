from django.db import migrations, models

ADD = "ALTER TABLE programme_stage ADD COLUMN edition smallint DEFAULT 0 NOT NULL CHECK (edition >= 0)"
TAKE_BACK = "ALTER TABLE programme_stage DROP COLUMN edition"


class Migration(migrations.Migration):
    """Which edition of the rules the rows of a stage hold. In SQL: on SQLite Django would build the table anew, and the triggers that stand
    on it and those that ask it would be lost or stop it."""

    dependencies = [("programme", "0005_allowed_moves")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ADD, TAKE_BACK)],
            state_operations=[
                migrations.AddField(
                    "stage",
                    "edition",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        editable=False,
                        help_text="이 행들이 담은 확정된 설정의 판. 준비하는 동안은 0",
                        verbose_name="판",
                    ),
                ),
            ],
        ),
    ]
