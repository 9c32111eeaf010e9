from django.db import migrations

from portal.audit.append_only import AppendOnly, Frozen


class Migration(migrations.Migration):
    """Evidence never changes; what is asked changes only while the stage is being prepared."""

    dependencies = [("ratings", "0001_initial"), ("programme", "0002_append_only")]

    operations = [
        AppendOnly("RollEntry", unique=[("stage_id", "person_key")]),
        AppendOnly("Paper", unique=[("stage_id", "voter_tag", "thing"), ("stage_id", "voter_tag", "position")]),
        AppendOnly("Ballot", unique=[("stage_id", "voter_tag", "thing", "revision")]),
        AppendOnly("Star", unique=[("ballot_id", "question_id")]),
        Frozen("RatingPlan"),
        Frozen("Question"),
        Frozen("Stratum"),
        Frozen("Prompt"),
        Frozen("Answer", stage="(SELECT stage_id FROM ratings_prompt WHERE id = {row}.prompt_id)"),
    ]
