from django.db import migrations


def fill(apps, schema_editor):
    """The ledger says when; where it says nothing, the last that is known of the seat is when its invitation was sent."""
    Event = apps.get_model("audit", "Event")
    Invitation = apps.get_model("panels", "Invitation")
    when = dict(Event.objects.filter(kind="panelist replaced").values_list("subject_id", "at"))
    for invitation in Invitation.objects.exclude(panelist__replaced_by=None):
        invitation.ended_at = when.get(invitation.panelist_id, invitation.sent_at)
        invitation.save(update_fields=["ended_at"])


class Migration(migrations.Migration):
    dependencies = [("panels", "0009_invitation_ended_at"), ("audit", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
