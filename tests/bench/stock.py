"""The stock way's model of a wish."""

import uuid

from django.db import models


class Wish(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    state = models.CharField(max_length=12)
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_wish"
