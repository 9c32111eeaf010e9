from django.db import migrations

from portal.audit.append_only import AppendOnly

ALONE = """
NEW.approved AND (
  NEW.by_id = (SELECT proposer_id FROM proceedings_proposal WHERE id = NEW.proposal_id)
  OR NOT EXISTS (SELECT 1 FROM accounts_user WHERE id = NEW.by_id AND role = 'officer' AND is_active)
)
"""
NAME = "proceedings_reply_by_another"


def keep(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  IF {ALONE} THEN\n"
            "    RAISE EXCEPTION 'alone: proceedings_reply' USING ERRCODE = 'restrict_violation';\n"
            "  END IF;\n  RETURN NEW;\nEND $$",
            params=None,
        )
        schema_editor.execute(
            f'CREATE TRIGGER {NAME} BEFORE INSERT ON "proceedings_reply" FOR EACH ROW EXECUTE FUNCTION {NAME}()',
            params=None,
        )
        schema_editor.execute(f'ALTER TABLE "proceedings_reply" ENABLE ALWAYS TRIGGER {NAME}', params=None)
    else:
        schema_editor.execute(
            f'CREATE TRIGGER {NAME} BEFORE INSERT ON "proceedings_reply" WHEN {ALONE} '
            "BEGIN SELECT RAISE(ABORT, 'alone: proceedings_reply'); END",
            params=None,
        )


def forget(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP FUNCTION {NAME}() CASCADE", params=None)
    else:
        schema_editor.execute(f"DROP TRIGGER {NAME}", params=None)


class Migration(migrations.Migration):
    """What was proposed and agreed to never changes, and nobody agrees with herself."""

    dependencies = [("proceedings", "0002_proposal"), ("accounts", "0001_initial")]

    operations = [
        AppendOnly("Proposal", unique=[("event_id",)]),
        AppendOnly("Reply", unique=[("proposal_id",), ("event_id",)]),
        migrations.RunPython(keep, forget),
    ]
