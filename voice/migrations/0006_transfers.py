from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("voice", "0005_header_notes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="command",
            name="voice_command_state",
        ),
        migrations.AddField(
            model_name="command",
            name="accepted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="command",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("sent", "Sent"),
                    ("accepted", "Accepted"),
                    ("done", "Done"),
                    ("refused", "Refused"),
                    ("unknown", "Unknown"),
                ],
                default="pending",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="command",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["pending", "sent", "accepted", "done", "refused", "unknown"])
                ),
                name="voice_command_state",
            ),
        ),
    ]
