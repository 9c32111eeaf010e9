from django.db import migrations

from portal.audit.append_only import Amendable, Refused

LAST = "(SELECT max(version) FROM programme_configuration WHERE stage_id = OLD.id)"


class Migration(migrations.Migration):
    """Values of frozen rules change with a new edition only: from its record until the stage says that its rows hold it."""

    dependencies = [("programme", "0007_editions_that_hold")]

    operations = [
        Amendable(
            "Stage",
            {
                "frozen": (
                    "frozen_at", "opens_at", "advance_by", "quota", "line_ties", "quorum", "pass_on_seats", "rounding_rule",
                    "item_decimals", "part_decimals", "total_decimals", "mean_decimals", "tie_break", "objection_days", "answer_days",
                    "gate_decided_by", "release",
                ),
                "open": ("programme_ko", "programme_en", "name_ko", "name_en", "closes_at"),
                "counted": ("published_at", "note_ko", "note_en"),
            },
            stage="{row}.id",
            free=("phase", "edition"),
        ),
        Amendable("Round", {"open": ("name_ko", "name_en")}, free=("state",)),
        Refused(
            "Stage",
            "edition_moves",
            "UPDATE OF edition",
            f"NEW.edition <> OLD.edition AND (NEW.edition < OLD.edition OR NEW.edition <> coalesce({LAST}, 0))",
            "no such edition",
        ),
        Refused("Stage", "edition_begins", "INSERT", "NEW.edition <> 0", "no such edition"),
    ]  # fmt: skip
