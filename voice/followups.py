"""Follow-up mails: what the customer gets, rendered when it is proposed so that a person sees every word."""

from collections.abc import Sequence
from dataclasses import dataclass

from runs import outcomes
from runs.models import Run
from runs.models.field_value import FieldState
from runs.releases import Content

_WAYS = {
    "phone": "A colleague will call you",
    "sms": "A colleague will send you a text message",
    "email": "A colleague will write to you",
}


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str


def render(run: Run, content: Content, *, name: str, promised: Sequence[str] = ()) -> Mail:
    """Only what was captured for certain is repeated to the customer."""
    business = run.workspace.name
    known = outcomes.current([run.id])[run.id]
    noted = [
        f"- {field.label}: {known[field.key].value}"
        for field in content.objective.fields
        if field.key in known
        and known[field.key].state == FieldState.CAPTURED
        and field.type not in ("enum", "boolean")
    ]
    way = known.get("preferred_follow_up")
    certain = way is not None and way.state == FieldState.CAPTURED
    next_step = _WAYS.get(str(way.value), "") if way is not None and certain else ""
    parts = [
        f"Hello {name},",
        f"Thank you for calling {business}.",
        *(["This is what we noted:\n" + "\n".join(noted)] if noted else []),
        *(["As promised:\n" + "\n".join(f"- {one}" for one in promised)] if promised else []),
        f"{next_step or 'A colleague will get back to you'} about the next step.",
        "If something here is wrong, answer this e-mail and we will put it right.",
        f"Kind regards\n{business}",
    ]
    return Mail(subject=f"Your call with {business}", text="\n\n".join(parts))
