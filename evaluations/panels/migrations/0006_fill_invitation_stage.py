from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    Invitation = apps.get_model("panels", "Invitation")
    Panelist = apps.get_model("panels", "Panelist")
    seat = Panelist.objects.filter(pk=OuterRef("panelist"))
    Invitation.objects.update(stage_id=Subquery(seat.values("stage_id")[:1]))


class Migration(migrations.Migration):
    dependencies = [("panels", "0005_invitation_stage")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
