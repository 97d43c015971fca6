from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0008_reversals_and_takeovers")]

    operations = [
        migrations.AddIndex(
            model_name="outboxentry",
            index=models.Index(
                condition=models.Q(("state", "succeeded"), _negated=True),
                fields=["workspace", "-created_at", "-id"],
                name="approvals_outboxentry_other",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxentry",
            index=models.Index(
                fields=["workspace", "action", "-created_at", "-id"],
                name="approvals_outboxentry_action",
            ),
        ),
    ]
