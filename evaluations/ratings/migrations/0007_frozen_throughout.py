from django.db import migrations

from portal.audit.append_only import FrozenThroughout


class Migration(migrations.Migration):
    """What is frozen is not truncated, nor replaced by another row."""

    dependencies = [("programme", "0005_allowed_moves"), ("ratings", "0006_order_without_ties")]

    operations = [
        FrozenThroughout("RatingPlan"),
        FrozenThroughout("Question"),
        FrozenThroughout("Stratum"),
        FrozenThroughout("Prompt"),
        FrozenThroughout("Answer", stage="(SELECT stage_id FROM ratings_prompt WHERE id = {row}.prompt_id)"),
    ]
