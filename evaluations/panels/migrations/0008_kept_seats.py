from django.db import migrations

from portal.audit.append_only import Kept


class Migration(migrations.Migration):
    """A seat keeps its name, which is part of the evidence, and whoever sat down on it; her name and address may be taken out."""

    dependencies = [("panels", "0007_one_seat_per_person")]

    operations = [
        Kept(
            "Panelist",
            ("stage_id", "label", "imported", "replaced_by_id"),
            unique=(("stage_id", "label"), ("replaced_by_id",)),
        ),
        Kept(
            "Invitation",
            ("panelist_id", "user_id", "accepted_at"),
            unique=(("panelist_id",), ("token_digest",), ("stage_id", "email"), ("stage_id", "user_id")),
            among={("stage_id", "email"): "{row}.declined_at IS NULL"},
        ),
    ]
