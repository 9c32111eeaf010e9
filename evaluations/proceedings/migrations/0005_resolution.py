import django.db.models.deletion
from django.db import migrations, models

from portal.audit.append_only import AppendOnly, NoLongerAppendOnly, Refused, drop_refusal_sql, refusal_sql

ALONE = """
NEW.approved AND (
  NEW.by_id = (SELECT proposer_id FROM proceedings_proposal WHERE id = NEW.proposal_id)
  OR NOT EXISTS (SELECT 1 FROM accounts_user WHERE id = NEW.by_id AND role = 'officer' AND is_active)
)
"""
KEYS = [("proposal_id",), ("event_id",)]
BEFORE = "proceedings_reply"


def let_go(apps, schema_editor):
    for statement in drop_refusal_sql(schema_editor.connection.vendor, f"{BEFORE}_by_another"):
        schema_editor.execute(statement, params=None)


def hold_again(apps, schema_editor):
    name, vendor = f"{BEFORE}_by_another", schema_editor.connection.vendor
    for statement in refusal_sql(vendor, name, "INSERT", BEFORE, ALONE, f"alone: {BEFORE}"):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """What became of a proposal is called its resolution: a reply is what a team says when it is heard.

    The triggers name the table and each other, so they are taken off it and put on the table of the new name. On SQLite the table is even
    made anew, and would lose them.
    """

    dependencies = [("proceedings", "0004_amending")]

    operations = [
        NoLongerAppendOnly("Reply", unique=KEYS),
        migrations.RunPython(let_go, hold_again),
        migrations.RemoveConstraint("reply", "reply_refuses_with_a_reason"),
        migrations.RenameModel("Reply", "Resolution"),
        migrations.RenameField("resolution", "replied_at", "resolved_at"),
        migrations.AlterField(
            "resolution",
            "proposal",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="resolution",
                to="proceedings.proposal",
                verbose_name="제안",
            ),
        ),
        migrations.AddConstraint(
            "resolution",
            models.CheckConstraint(
                condition=models.Q(("approved", True), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="resolution_refuses_with_a_reason",
            ),
        ),
        AppendOnly("Resolution", unique=KEYS),
        Refused("Resolution", "by_another", "INSERT", ALONE, "alone"),
    ]
