from django.db import migrations

from portal.audit.append_only import FrozenThroughout

OF_PART = "(SELECT stage_id FROM rubrics_part WHERE id = {row}.part_id)"


class Migration(migrations.Migration):
    """What is frozen is not truncated, nor replaced by another row."""

    dependencies = [("programme", "0005_allowed_moves"), ("rubrics", "0004_order_without_ties")]

    operations = [
        FrozenThroughout("Part"),
        FrozenThroughout("Item", stage=OF_PART),
        FrozenThroughout("Criterion", stage=OF_PART),
        FrozenThroughout(
            "Anchor",
            stage="(SELECT p.stage_id FROM rubrics_criterion c JOIN rubrics_part p ON p.id = c.part_id WHERE c.id = {row}.criterion_id)",
        ),
        FrozenThroughout("GateSide"),
        FrozenThroughout("GateComponent"),
        FrozenThroughout("GateItem", stage="(SELECT stage_id FROM rubrics_gateside WHERE id = {row}.side_id)"),
        FrozenThroughout(
            "GateScope", stage="(SELECT stage_id FROM rubrics_gatecomponent WHERE id = {row}.component_id)"
        ),
    ]
