from django.db import migrations

POSTGRESQL = """
CREATE OR REPLACE FUNCTION hour_of_a_ballot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM tallies_hour
    WHERE stage_id = NEW.stage_id AND since = date_trunc('hour', NEW.cast_at) AND tallied_at IS NULL
  ) THEN
    INSERT INTO tallies_hour (stage_id, since, until, tallied_at)
    VALUES (NEW.stage_id, date_trunc('hour', NEW.cast_at), date_trunc('hour', NEW.cast_at) + interval '1 hour', NULL)
    ON CONFLICT (stage_id, since) DO UPDATE SET tallied_at = NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER hour_of_a_ballot AFTER INSERT ON ratings_ballot FOR EACH ROW EXECUTE FUNCTION hour_of_a_ballot();
INSERT INTO tallies_hour (stage_id, since, until, tallied_at)
SELECT DISTINCT stage_id, date_trunc('hour', cast_at), date_trunc('hour', cast_at) + interval '1 hour', NULL::timestamptz
FROM ratings_ballot;
"""

SQLITE = [
    """
CREATE TRIGGER hour_of_a_ballot AFTER INSERT ON ratings_ballot
WHEN NOT EXISTS (
  SELECT 1 FROM tallies_hour
  WHERE stage_id = NEW.stage_id AND since = strftime('%Y-%m-%d %H:00:00', NEW.cast_at) AND tallied_at IS NULL
)
BEGIN
  INSERT INTO tallies_hour (stage_id, since, until, tallied_at)
  VALUES (NEW.stage_id, strftime('%Y-%m-%d %H:00:00', NEW.cast_at),
          strftime('%Y-%m-%d %H:00:00', NEW.cast_at, '+1 hour'), NULL)
  ON CONFLICT (stage_id, since) DO UPDATE SET tallied_at = NULL;
END
""",
    """
INSERT INTO tallies_hour (stage_id, since, until, tallied_at)
SELECT DISTINCT stage_id, strftime('%Y-%m-%d %H:00:00', cast_at), strftime('%Y-%m-%d %H:00:00', cast_at, '+1 hour'), NULL
FROM ratings_ballot
""",
]


def follow(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
        return
    for statement in SQLITE:
        schema_editor.execute(statement, params=None)


def stop(apps, schema_editor):
    on = " ON ratings_ballot" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER hour_of_a_ballot{on}", params=None)


class Migration(migrations.Migration):
    """The database notes every hour with a ballot nobody has folded yet. What has folded it, a late ballot takes back."""

    dependencies = [("tallies", "0001_hours_and_cells")]

    operations = [migrations.RunPython(follow, stop)]
