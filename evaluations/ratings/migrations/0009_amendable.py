from django.db import migrations

from portal.audit.append_only import Amendable


class Migration(migrations.Migration):
    """What citizens are asked changes with a new edition of the rules, and no more once they are asked."""

    dependencies = [("programme", "0008_amendable"), ("ratings", "0008_paper_account")]

    operations = [
        Amendable(
            "RatingPlan",
            {"frozen": ("purpose_ko", "purpose_en", "comparisons_per_person", "ratings_per_person")},
        ),
        Amendable("Question", {"frozen": ("text_ko", "text_en")}),
        Amendable("Stratum", {"frozen": ("name_ko", "name_en", "categories")}),
    ]
