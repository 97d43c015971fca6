import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [
    "mention", "question", "answer", "waiting", "conflict", "reminder", "escalate", "delegate",
    "assigned", "doubt",
]  # fmt: skip
LABELS = {"escalate": "Escalated", "delegate": "Delegated"}


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0010_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="notice", name="approvals_notice_kind"),
        migrations.AlterField(
            model_name="bundle",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[(one, LABELS.get(one, one.capitalize())) for one in KINDS], max_length=8
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", KINDS)), name="approvals_notice_kind"
            ),
        ),
    ]
