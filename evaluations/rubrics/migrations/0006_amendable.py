from django.db import migrations

from portal.audit.append_only import Amendable

OF_PART = "(SELECT stage_id FROM rubrics_part WHERE id = {row}.part_id)"
NAMES = ("name_ko", "name_en")


class Migration(migrations.Migration):
    """Values of frozen rules change with a new edition only; what is scored not once judging has begun."""

    dependencies = [("programme", "0008_amendable"), ("rubrics", "0005_frozen_throughout")]

    operations = [
        Amendable("Part", {"frozen": ("points", "floor", "aggregate", "small_panel", "cannot_judge"), "open": NAMES}),
        Amendable(
            "Item",
            {
                "frozen": ("points", "rule", "maximum", "target", "targets", "direction", "source", "prior", "table"),
                "open": NAMES,
            },
            stage=OF_PART,
        ),
        Amendable(
            "Criterion",
            {"frozen": ("points", "levels", "comment", "floor"), "open": (*NAMES, "guide_ko", "guide_en")},
            stage=OF_PART,
        ),
        Amendable(
            "Anchor",
            {"open": ("text_ko", "text_en")},
            stage="(SELECT p.stage_id FROM rubrics_criterion c JOIN rubrics_part p ON p.id = c.part_id WHERE c.id = {row}.criterion_id)",
        ),
        Amendable("GateSide", {"open": NAMES}),
        Amendable("GateComponent", {"open": NAMES}),
        Amendable(
            "GateItem",
            {"open": ("text_ko", "text_en")},
            stage="(SELECT stage_id FROM rubrics_gateside WHERE id = {row}.side_id)",
        ),
    ]
