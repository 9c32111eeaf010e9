from django.db import migrations

from portal.audit.append_only import Frozen


class Migration(migrations.Migration):
    """Rules change only while their stage is being prepared."""

    dependencies = [("rubrics", "0001_initial"), ("programme", "0002_append_only")]

    operations = [
        Frozen("Part"),
        Frozen("Item", stage="(SELECT stage_id FROM rubrics_part WHERE id = {row}.part_id)"),
        Frozen("Criterion", stage="(SELECT stage_id FROM rubrics_part WHERE id = {row}.part_id)"),
        Frozen(
            "Anchor",
            stage="(SELECT p.stage_id FROM rubrics_criterion c JOIN rubrics_part p ON p.id = c.part_id WHERE c.id = {row}.criterion_id)",
        ),
        Frozen("GateSide"),
        Frozen("GateComponent"),
        Frozen("GateItem", stage="(SELECT stage_id FROM rubrics_gateside WHERE id = {row}.side_id)"),
        Frozen("GateScope", stage="(SELECT stage_id FROM rubrics_gatecomponent WHERE id = {row}.component_id)"),
    ]
