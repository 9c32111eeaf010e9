from django.db import migrations, models

from portal.audit.append_only import Kept, NoLongerKept, Refused

UNIQUE = (("panelist_id",), ("token_digest",), ("stage_id", "email"), ("stage_id", "user_id"))
SITTING = (
    'NEW."ended_at" IS NOT NULL AND NOT EXISTS '
    '(SELECT 1 FROM "panels_panelist" WHERE id = NEW."panelist_id" AND "replaced_by_id" IS NOT NULL)'
)
MESSAGE = "ended before its seat was replaced"


class Migration(migrations.Migration):
    """Whoever was taken off a seat may be asked for another; who sits on one is still held to it, as only a replaced seat is ended."""

    dependencies = [("panels", "0010_fill_ended_at")]

    operations = [
        NoLongerKept(
            "Invitation",
            ("panelist_id", "user_id", "accepted_at"),
            unique=UNIQUE,
            among={("stage_id", "email"): "{row}.declined_at IS NULL"},
        ),
        migrations.RemoveConstraint(model_name="invitation", name="invitation_address_once"),
        migrations.RemoveConstraint(model_name="invitation", name="invitation_user_once"),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("declined_at", None), ("ended_at", None)),
                fields=("stage", "email"),
                name="invitation_address_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("user__isnull", False)),
                fields=("stage", "user"),
                name="invitation_user_once",
            ),
        ),
        Kept(
            "Invitation",
            ("panelist_id", "user_id", "accepted_at", "ended_at"),
            unique=UNIQUE,
            among={
                ("stage_id", "email"): "{row}.declined_at IS NULL AND {row}.ended_at IS NULL",
                ("stage_id", "user_id"): "{row}.ended_at IS NULL",
            },
        ),
        Refused("Invitation", "ended_insert", "INSERT", SITTING, MESSAGE),
        Refused("Invitation", "ended_update", 'UPDATE OF "ended_at"', SITTING, MESSAGE),
    ]
