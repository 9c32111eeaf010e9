import django.db.models.deletion
from django.db import migrations, models

import portal.ids
from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    """What the public is shown in place of the digests of a run."""

    dependencies = [("results", "0005_scores_in_the_body")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", portal.ids.RandomIdField(serialize=False)),
                ("salt", models.BinaryField(max_length=16, verbose_name="임의값")),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seal",
                        to="results.scorerun",
                        verbose_name="집계",
                    ),
                ),
            ],
            options={
                "verbose_name": "봉인",
                "verbose_name_plural": "봉인",
            },
        ),
        AppendOnly("Seal", unique=[("run_id",)]),
    ]
