from django.db import migrations, models

FILL = """
ALTER TABLE runs_run NO FORCE ROW LEVEL SECURITY;
ALTER TABLE runs_outcome NO FORCE ROW LEVEL SECURITY;
UPDATE runs_run SET complete = newest.complete, verdict = newest.verdict
  FROM (SELECT DISTINCT ON (run_id) run_id, complete, verdict FROM runs_outcome
         ORDER BY run_id, version DESC) AS newest
 WHERE newest.run_id = runs_run.id;
ALTER TABLE runs_outcome FORCE ROW LEVEL SECURITY;
ALTER TABLE runs_run FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("runs", "0008_lists")]

    operations = [
        migrations.RemoveIndex(model_name="outcome", name="runs_outcome_by_verdict"),
        migrations.AddField(
            model_name="run",
            name="complete",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="verdict",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("verdict", ""), _negated=True),
                fields=["workspace", "verdict", "-started_at", "-id"],
                name="runs_run_by_verdict",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("complete", False)),
                fields=["workspace", "-started_at", "-id"],
                name="runs_run_incomplete",
            ),
        ),
    ]
