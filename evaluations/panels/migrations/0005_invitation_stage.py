import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The stage of a seat, beside the person: first empty, see 0006 and 0007."""

    dependencies = [
        ("programme", "0002_append_only"),
        ("panels", "0004_replaced_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="stage",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programme.stage",
                verbose_name="단계",
            ),
        ),
    ]
