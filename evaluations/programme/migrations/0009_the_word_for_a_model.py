from django.db import migrations, models


class Migration(migrations.Migration):
    """A name on the office's pages; the table stays as it is."""

    dependencies = [("programme", "0008_amendable")]

    operations = [
        migrations.AlterField(
            model_name="team",
            name="model_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="모델 이름"),
        ),
    ]
