import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

import runs.ids
import runs.tenancy

FILL = """
ALTER TABLE voice_call NO FORCE ROW LEVEL SECURITY;
ALTER TABLE voice_turn NO FORCE ROW LEVEL SECURITY;
INSERT INTO voice_searchdocument (id, workspace_id, call_id, words)
SELECT gen_random_uuid(), c.workspace_id, c.id, to_tsvector('simple', coalesce((
       SELECT left(string_agg(t.text, ' ' ORDER BY t.position), 200000) FROM voice_turn t
        WHERE t.workspace_id = c.workspace_id AND t.call_id = c.id), ''))
  FROM voice_call c WHERE c.state NOT IN ('ringing', 'live');
ALTER TABLE voice_turn FORCE ROW LEVEL SECURITY;
ALTER TABLE voice_call FORCE ROW LEVEL SECURITY;
"""

# Behind row-level security Postgres uses no GIN index for @@, which is not leakproof. The view reads as the
# owner, whose policy shows all workspaces, and names those of the scope itself: without a scope it raises.
VIEW = """
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE INDEX voice_searchdocument_words ON voice_searchdocument USING gin (workspace_id, words);
ALTER TABLE voice_searchdocument ALTER COLUMN words SET STATISTICS 1000;
CREATE VIEW voice_searchable AS
SELECT d.workspace_id, d.call_id, d.words FROM voice_searchdocument d
 WHERE d.workspace_id = ANY (readback_workspaces());
"""
GONE = "DROP VIEW voice_searchable; DROP INDEX voice_searchdocument_words;"


class Migration(migrations.Migration):
    dependencies = [("runs", "0008_lists"), ("voice", "0008_lists")]

    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=runs.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "call",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="voice.call",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="runs.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    runs.tenancy.Isolated(name="voice_searchdocument_isolated"),
                    runs.tenancy.WorkspaceKey(
                        fields=("workspace", "id"), name="voice_searchdocument_key"
                    ),
                    runs.tenancy.SameWorkspace(field="call", name="voice_searchdocument_call_fk"),
                    models.UniqueConstraint(
                        fields=("workspace", "call"), name="voice_searchdocument_one_per_call"
                    ),
                ],
            },
        ),
        # The policies of the new table come when this migration is over.
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(VIEW, GONE),
    ]
