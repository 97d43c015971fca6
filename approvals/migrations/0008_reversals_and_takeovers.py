import django.db.models.deletion
from django.db import migrations, models

import runs.ids
import runs.tenancy

GUARD = """
CREATE FUNCTION readback_reversal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a prepared reversal is never changed' USING ERRCODE = '42501'; END $$;
CREATE TRIGGER guard BEFORE UPDATE ON approvals_reversal
  FOR EACH ROW EXECUTE FUNCTION readback_reversal_guard();
"""
GONE = """
DROP TRIGGER guard ON approvals_reversal;
DROP FUNCTION readback_reversal_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0007_working_together"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reversal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=runs.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("payload", models.TextField()),
                ("digest", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="runs.workspace",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.outboxentry",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=runs.tenancy.Isolated(name="approvals_reversal_isolated"),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=runs.tenancy.WorkspaceKey(
                fields=("workspace", "id"), name="approvals_reversal_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=runs.tenancy.SameWorkspace(
                field="entry", name="approvals_reversal_entry_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.UniqueConstraint(
                fields=("workspace", "entry"), name="approvals_reversal_once"
            ),
        ),
        migrations.AddField(
            model_name="remark",
            name="from_name",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AlterField(
            model_name="remark",
            name="kind",
            field=models.CharField(
                choices=[
                    ("comment", "Comment"),
                    ("question", "Question"),
                    ("answer", "Answer"),
                    ("taken", "Taken"),
                ],
                max_length=8,
            ),
        ),
        migrations.RemoveConstraint(model_name="remark", name="approvals_remark_kind"),
        migrations.AddConstraint(
            model_name="remark",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["comment", "question", "answer", "taken"])),
                name="approvals_remark_kind",
            ),
        ),
        migrations.RemoveConstraint(model_name="remark", name="approvals_remark_says_something"),
        migrations.AddConstraint(
            model_name="remark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True),
                    ("deleted_at__isnull", False),
                    ("kind", "taken"),
                    _connector="OR",
                ),
                name="approvals_remark_says_something",
            ),
        ),
        migrations.RunSQL(GUARD, GONE),
    ]
