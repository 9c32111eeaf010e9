import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One person sits on one seat of a stage, whoever invites her at the same moment."""

    dependencies = [("panels", "0006_fill_invitation_stage")]

    operations = [
        migrations.AlterField(
            model_name="invitation",
            name="stage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programme.stage",
                verbose_name="단계",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("declined_at", None)), fields=("stage", "email"), name="invitation_address_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user__isnull", False)), fields=("stage", "user"), name="invitation_user_once"
            ),
        ),
    ]
