from django.db import migrations, models

FILL = """
ALTER TABLE runs_run NO FORCE ROW LEVEL SECURITY;
ALTER TABLE runs_summary NO FORCE ROW LEVEL SECURITY;
UPDATE runs_run SET summary_state = newest.state
  FROM (SELECT DISTINCT ON (run_id) run_id, state FROM runs_summary
         ORDER BY run_id, version DESC) AS newest
 WHERE newest.run_id = runs_run.id;
ALTER TABLE runs_summary FORCE ROW LEVEL SECURITY;
ALTER TABLE runs_run FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("runs", "0007_promises_are_matched")]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["workspace", "-at", "-id"], name="runs_auditentry_newest"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                fields=["workspace", "action", "-at", "-id"], name="runs_auditentry_by_action"
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["workspace", "object"], name="runs_auditentry_by_object"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                fields=["workspace", "by_name", "-at", "-id"], name="runs_auditentry_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                fields=["workspace", "by", "-at", "-id"], name="runs_auditentry_by_actor"
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("request_id", ""), _negated=True),
                fields=["workspace", "request_id"],
                name="runs_auditentry_by_request",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("kind", "escalation.raised")),
                fields=["workspace", "run"],
                name="runs_event_escalated",
            ),
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(fields=["workspace", "at"], name="runs_outcome_by_time"),
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(
                condition=models.Q(("verdict", ""), _negated=True),
                fields=["workspace", "verdict", "run"],
                name="runs_outcome_by_verdict",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                fields=["workspace", "release", "-started_at", "-id"], name="runs_run_by_release"
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("state__in", ["running", "finishing", "failed"])),
                fields=["workspace", "state", "-started_at", "-id"],
                name="runs_run_not_completed",
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="summary_state",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("summary_state", "draft")),
                fields=["workspace", "-started_at", "-id"],
                name="runs_run_needs_summary",
            ),
        ),
    ]
