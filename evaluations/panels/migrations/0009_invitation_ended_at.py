from django.db import migrations, models


class Migration(migrations.Migration):
    """When a seat was replaced, beside the person: first empty, see 0010 and 0011."""

    dependencies = [("panels", "0008_kept_seats")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="마친 시각"),
        ),
    ]
