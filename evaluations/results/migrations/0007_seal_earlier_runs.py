import secrets

from django.db import migrations


def seal(apps, schema_editor):
    Seal = apps.get_model("results", "Seal")
    for run in apps.get_model("results", "ScoreRun").objects.filter(seal=None):
        Seal.objects.create(run=run, salt=secrets.token_bytes(16))


class Migration(migrations.Migration):
    """Runs counted before there were seals get theirs now."""

    dependencies = [("results", "0006_seal")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
