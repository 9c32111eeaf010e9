from django.db import migrations, models

import evaluations.programme.models


class Migration(migrations.Migration):
    """What a form takes; nothing changes in the database."""

    dependencies = [("programme", "0002_append_only")]

    operations = [
        migrations.AlterField(
            model_name="stage",
            name="time_zone",
            field=models.CharField(
                default="Asia/Seoul",
                max_length=64,
                validators=[evaluations.programme.models.validate_time_zone],
                verbose_name="시간대",
            ),
        ),
    ]
