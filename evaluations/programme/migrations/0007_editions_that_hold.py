from django.db import migrations
from django.db.models import Max


def count_editions(apps, schema_editor):
    """Rows of a stage that was frozen hold what was frozen last: nothing has been amended so far."""
    stages = apps.get_model("programme", "Stage").objects
    for stage in stages.exclude(configurations=None).annotate(last=Max("configurations__version")):
        stages.filter(pk=stage.pk).update(edition=stage.last)


class Migration(migrations.Migration):
    dependencies = [("programme", "0006_edition")]

    operations = [migrations.RunPython(count_editions, migrations.RunPython.noop)]
