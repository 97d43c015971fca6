"""Tables of the memory. Each model says how long its rows live (`retention`)."""

from runs.models.api_key import ApiKey
from runs.models.audit import AuditEntry, AuditHead
from runs.models.customer import Customer
from runs.models.event import Event
from runs.models.evidence import Evidence
from runs.models.field_value import FieldValue
from runs.models.outcome import Outcome
from runs.models.promise import Promise
from runs.models.recorded_answer import RecordedAnswer
from runs.models.release import Release
from runs.models.run import Run
from runs.models.saved_view import SavedView
from runs.models.step import Step
from runs.models.summary import Summary, SummaryDraft
from runs.models.user import Membership, User
from runs.models.workflow import Workflow
from runs.models.workspace import Workspace

__all__ = [
    "ApiKey",
    "AuditEntry",
    "AuditHead",
    "Customer",
    "Event",
    "Evidence",
    "FieldValue",
    "Membership",
    "Outcome",
    "Promise",
    "RecordedAnswer",
    "Release",
    "Run",
    "SavedView",
    "Step",
    "Summary",
    "SummaryDraft",
    "User",
    "Workflow",
    "Workspace",
]
