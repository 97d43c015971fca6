from typing import ClassVar

from django.contrib.postgres.search import SearchVectorField
from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class SearchDocument(WorkspaceModel):
    """The words of a call that is over, with their places: made from its turns, never shown.

    Found through the view `voice_searchable`, by an index of workspace and words together; the migration
    makes both.
    """

    call = Inside("voice.Call")
    words = SearchVectorField()

    retention = "with the text of its turns"

    class Meta:
        constraints: ClassVar = [
            *isolated("call"),
            models.UniqueConstraint(
                fields=["workspace", "call"], name="voice_searchdocument_one_per_call"
            ),
        ]
