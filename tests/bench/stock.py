"""The stock way's models: a wish, and what is said on a call."""

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


class Said(models.Model):
    """The line of the audit that a decision leaves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    wish_id = models.UUIDField()
    verb = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_said"


class Waiting(models.Model):
    """The effect that a decision lets go."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    wish_id = models.UUIDField()
    request = models.TextField()
    at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_waiting"


class Part(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    call_id = models.UUIDField()
    part = models.PositiveIntegerField()
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_part"


class Frame(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    call_id = models.UUIDField()
    arrival = models.PositiveIntegerField()
    type = models.TextField()
    size = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_frame"
