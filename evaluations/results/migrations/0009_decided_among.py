from django.db import migrations, models

from portal.audit.append_only import AppendOnly, NoLongerAppendOnly

KEY = [("team_id", "revision")]


class Migration(migrations.Migration):
    """A decision at the line says between which teams it was made. Of an earlier one that is not known, and it counts in no tie."""

    dependencies = [("results", "0008_line_decision")]

    operations = [
        NoLongerAppendOnly("LineDecision", unique=KEY),
        migrations.AddField(
            "linedecision",
            "among",
            models.TextField(blank=True, default="", verbose_name="경계선에 있던 팀들"),
        ),
        AppendOnly("LineDecision", unique=KEY),
    ]
