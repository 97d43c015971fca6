from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voice", "0004_editing")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="header_notes",
            field=models.JSONField(default=list),
        ),
    ]
