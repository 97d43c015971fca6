import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The owner obeys the policies as well while they are forced, and a migration has no scope.
FILL = """
ALTER TABLE runs_promise NO FORCE ROW LEVEL SECURITY;
UPDATE runs_promise SET heard_at = at, sort_at = at;
ALTER TABLE runs_promise FORCE ROW LEVEL SECURITY;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("runs", "0006_saved_views")]

    operations = [
        migrations.AddField("promise", "heard_at", models.DateTimeField(null=True)),
        migrations.AddField("promise", "sort_at", models.DateTimeField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("promise", "heard_at", models.DateTimeField()),
        migrations.AlterField("promise", "sort_at", models.DateTimeField()),
        migrations.AddField(
            "promise",
            "type",
            models.CharField(
                choices=[
                    ("immediate", "Immediate"),
                    ("scheduled", "Scheduled"),
                    ("callback", "Callback"),
                    ("conditional", "Conditional"),
                    ("open", "Open"),
                ],
                default="open",
                max_length=12,
            ),
        ),
        migrations.AddField("promise", "due_at", models.DateTimeField(null=True)),
        migrations.AddField("promise", "due_exact", models.BooleanField(default=False)),
        migrations.AddField(
            "promise",
            "state",
            models.CharField(
                choices=[
                    ("unbacked", "Unbacked"),
                    ("under_way", "Under Way"),
                    ("kept", "Kept"),
                    ("broken", "Broken"),
                    ("done", "Done"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="unbacked",
                max_length=12,
            ),
        ),
        migrations.AddField(
            "promise", "backing", models.CharField(blank=True, default="", max_length=16)
        ),
        migrations.AddField(
            "promise",
            "owner",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "promise", "settled_by", models.CharField(blank=True, default="", max_length=120)
        ),
        migrations.AddField(
            "promise", "settled_name", models.CharField(blank=True, default="", max_length=120)
        ),
        migrations.AddField("promise", "settled_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "promise", "code", models.CharField(blank=True, default="", max_length=40)
        ),
        migrations.AddField(
            "promise", "note", models.CharField(blank=True, default="", max_length=300)
        ),
        migrations.AddConstraint(
            "promise",
            models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["unbacked", "under_way", "kept", "broken", "done", "withdrawn"],
                    )
                ),
                name="runs_promise_state",
            ),
        ),
        migrations.AddConstraint(
            "promise",
            models.CheckConstraint(
                condition=models.Q(
                    ("type__in", ["immediate", "scheduled", "callback", "conditional", "open"])
                ),
                name="runs_promise_type",
            ),
        ),
        migrations.AddConstraint(
            "promise",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["done", "withdrawn"]), _negated=True),
                    models.Q(
                        ("settled_at__isnull", False),
                        models.Q(("settled_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="runs_promise_settled_by_somebody",
            ),
        ),
        migrations.AddIndex(
            "promise", models.Index(fields=["workspace", "run"], name="runs_promise_by_run")
        ),
        migrations.AddIndex(
            "promise",
            models.Index(fields=["workspace", "sort_at", "id"], name="runs_promise_queue"),
        ),
        migrations.AddIndex(
            "promise",
            models.Index(
                condition=models.Q(("state__in", ["unbacked", "under_way", "broken"])),
                fields=["workspace", "sort_at", "id"],
                name="runs_promise_open",
            ),
        ),
        migrations.AddIndex(
            "promise",
            models.Index(fields=["workspace", "-at", "-id"], name="runs_promise_newest"),
        ),
    ]
