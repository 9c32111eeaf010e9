from django.db import migrations

from portal.audit.append_only import FrozenThroughout, Kept, Moves, Refused


class Migration(migrations.Migration):
    """A stage and its rounds move only as they may: a step back to `preparing` would unfreeze every rule. Events know a stage by its slug, so it
    keeps it once there are any. A blind copy stays the text it was."""

    dependencies = [("audit", "0002_append_only"), ("programme", "0004_order_without_ties")]

    operations = [
        FrozenThroughout("Stage", stage="{row}.id", unique=(("slug",),)),
        FrozenThroughout("Team"),
        FrozenThroughout("Member", stage="(SELECT stage_id FROM programme_team WHERE id = {row}.team_id)"),
        FrozenThroughout("Round"),
        Moves(
            "Stage",
            "phase",
            {
                "preparing": ("frozen",),
                "frozen": ("open",),
                "open": ("closed",),
                "closed": ("counted",),
                "counted": ("confirmed", "closed"),
                "confirmed": ("published", "counted"),
                "published": ("final", "counted"),
            },
        ),
        Moves("Round", "state", {"waiting": ("open", "locked"), "open": ("locked",)}),
        Refused(
            "Stage",
            "slug_named",
            "UPDATE OF slug",
            "OLD.slug <> NEW.slug AND EXISTS (SELECT 1 FROM audit_event WHERE stage IN (OLD.slug, NEW.slug))",
            "named by events",
        ),
        Kept("BlindCopy", ("submission_id", "text", "digest"), unique=(("submission_id",),)),
    ]
