from django.db import migrations

# Evidence lives below voice and names a turn only by its id; the database keeps the two together.
JOIN = """
ALTER TABLE runs_evidence ADD CONSTRAINT runs_evidence_turn_fk
  FOREIGN KEY (workspace_id, turn_id) REFERENCES voice_turn (workspace_id, id)
  DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("voice", "0001_initial"), ("runs", "0002_append_only")]
    operations = [
        migrations.RunSQL(JOIN, "ALTER TABLE runs_evidence DROP CONSTRAINT runs_evidence_turn_fk")
    ]
