"""Each capability that the workflow allows, as a tool: the model may only ask, the gate decides."""

from typing import Any

from pydantic import RootModel

from approvals import capabilities, gate
from runs.releases import Content
from voice import contacts, session_values
from voice.tool_types import Asking, Tool, ToolAnswer, flatten, offer

# Capabilities that make no sense while the call is still going on.
AFTER_CALL = frozenset({"voice.summarize_call"})


class Arguments(RootModel[dict[str, Any]]):
    """The gate itself checks them against the capability's own shape."""


@offer
def tools(content: Content) -> list[Tool]:
    found = []
    for name in content.workflow.capabilities:
        known = capabilities.get(name)
        if known is None or name in AFTER_CALL:
            continue
        schema = capabilities.schema(known.Arguments)
        description = str(schema.pop("description", name))
        schema.pop("title", None)
        found.append(
            Tool(
                name=name.replace(".", "__"),
                description=" ".join(description.split()),
                parameters=schema,
                Arguments=Arguments,
                handle=_asks(name),
                prepare=_read_contact if name in contacts.NEEDED_BY else None,
                keeps_step=False,
            )
        )
    return found


def _read_contact(asking: Asking, arguments: Arguments) -> None:
    """Before any row is locked: another system may take seconds to answer."""
    contacts.read_ahead(session_values.customer_of(asking.call, asking.run), asking.content)


def _asks(name: str) -> Any:
    def handle(asking: Asking, arguments: Arguments) -> ToolAnswer:
        answer = gate.request(
            asking.run,
            name=name,
            step_key=asking.step_key,
            arguments=arguments.root,
            session=session_values.of_call(asking.call, asking.run, by=asking.by),
            mode="propose_only",
            by=asking.by,
            at=asking.at,
        )
        return ToolAnswer(flatten(answer.envelope()))

    return handle
