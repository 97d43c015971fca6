"""`voice.summarize_call`: the newest summary of the call, once the work after it has made one."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from approvals.capabilities import Invocation, capability
from runs import handles, summaries
from runs.errors import Conflict, NotAllowed


class Arguments(BaseModel):
    """The summary of this call with the evidence behind each sentence."""

    model_config = ConfigDict(extra="forbid")

    call_id: str | None = Field(default=None, max_length=120)


@capability("voice.summarize_call", Arguments=Arguments)
def summarize_call(invocation: Invocation) -> dict[str, Any]:
    run, session = invocation.run, invocation.session
    if invocation.arguments.call_id not in (None, session.call_id):
        raise NotAllowed("other_call", call=invocation.arguments.call_id)
    summary = summaries.latest(run)
    if summary is None:
        raise Conflict("summary_not_ready", call=session.call_id)
    slug = run.workspace.slug
    return {
        "version": summary.version,
        "state": summary.state,
        "sections": [
            {
                "key": section.key,
                "sentences": [
                    {
                        "text": sentence.text,
                        "evidence": [handles.make(slug, one) for one in sentence.evidence],
                    }
                    for sentence in section.sentences
                ],
            }
            for section in summaries.sections_of(summary)
        ],
    }
