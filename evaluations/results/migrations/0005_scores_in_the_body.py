from django.db import migrations

from portal.audit.append_only import NoLongerAppendOnly


class Migration(migrations.Migration):
    """The scores of a run stand in its body, which every page reads. Going back brings the tables, empty."""

    dependencies = [("results", "0004_estimates")]

    operations = [
        NoLongerAppendOnly("TeamScore", unique=[("run_id", "team_id")]),
        migrations.DeleteModel("TeamScore"),
        NoLongerAppendOnly("PartScore", unique=[("run_id", "team_id", "level", "key")]),
        migrations.DeleteModel("PartScore"),
    ]
