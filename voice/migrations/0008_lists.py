from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voice", "0007_working_together")]

    operations = [
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("state__in", ["missed", "failed"])),
                fields=["workspace", "-rang_at", "-id"],
                name="voice_call_lost",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("caller_number", ""), _negated=True),
                fields=["workspace", "caller_number", "-rang_at", "-id"],
                name="voice_call_by_caller",
            ),
        ),
    ]
