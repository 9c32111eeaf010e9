from django.db import migrations, models


class Migration(migrations.Migration):
    """Ballots are folded hour by hour."""

    dependencies = [("ratings", "0003_paper_stratum")]

    operations = [
        migrations.AddIndex(
            model_name="ballot", index=models.Index(fields=["stage", "cast_at"], name="ballot_stage_hour")
        ),
    ]
