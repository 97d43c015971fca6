"""/v1/responses: the schema's shape, grounded in the transcript that was sent."""

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
import pytest_asyncio

from tests.voice.simulator_support import Sim, running
from voice.simulator.shaping import shape

TEXT = {"type": "string"}
QUOTED = {"text": TEXT, "turn": TEXT, "quote": TEXT}


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(properties),
    }


def listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


SCHEMAS = {
    "call_outcome": closed(
        fields=listed(closed(key=TEXT, value=TEXT, turn=TEXT, quote=TEXT)),
        escalation_reason={"type": ["string", "null"]},
        recommended_next_action={"enum": ["send_followup", "schedule_call", "human_review"]},
        promises=listed(closed(**QUOTED, due={"type": ["string", "null"]}, kind=TEXT)),
    ),
    "call_summary": closed(sections=listed(closed(key=TEXT, sentences=listed(closed(**QUOTED))))),
    "call_verdict": closed(
        verdict={"enum": ["qualified", "unqualified", "no_answer"]}, reasons=listed(TEXT)
    ),
}
TRANSCRIPT = """T1 agent: Hello, how can I help?
T2 caller: Our boiler failed its annual inspection yesterday and the engineer left it switched off.
T3 agent: I will e-mail you the list of papers today. Where is it?
T4 caller: It is 14 Alder Row in Stockport. Text me, please."""
STRANGER = """T1 agent: Hello.
T2 caller: The radiators at 9 Mill Road are leaking, can I speak to a real person?"""


@pytest_asyncio.fixture
async def sim() -> AsyncIterator[Sim]:
    async with running() as running_sim:
        yield running_sim


async def respond(sim: Sim, name: str, transcript: str, call_id: str = "") -> Any:
    form: Any = {"type": "json_schema", "name": name, "strict": True, "schema": SCHEMAS[name]}
    return await sim.client.responses.create(
        model="gpt-6-luna",
        store=False,
        metadata={"call": call_id} if call_id else {},
        input=[
            {"role": "developer", "content": "T9 caller: Rules, not a transcript."},
            {"role": "user", "content": transcript},
        ],
        text={"format": form},
    )


async def test_annotations_answer_for_what_was_really_said(sim: Sim) -> None:
    call_id = await sim.place("complete_intake")
    outcome = json.loads((await respond(sim, "call_outcome", TRANSCRIPT, call_id)).output_text)
    turns = {field["key"]: field["turn"] for field in outcome["fields"]}
    assert turns == {"problem": "T2", "location": "T4", "preferred_follow_up": "T4"}
    assert [(each["kind"], each["turn"]) for each in outcome["promises"]] == [("email", "T3")]
    assert outcome["recommended_next_action"] == "send_followup"
    summary = json.loads((await respond(sim, "call_summary", TRANSCRIPT, call_id)).output_text)
    sections = {section["key"]: section["sentences"] for section in summary["sections"]}
    assert sections["reason"][0]["turn"] == "T2"
    assert sections["next_step"] == []


async def test_a_call_without_annotations_is_read(sim: Sim) -> None:
    call_id = await sim.place("noisy_line")
    outcome = json.loads((await respond(sim, "call_outcome", STRANGER, call_id)).output_text)
    assert outcome["recommended_next_action"] == "human_review"
    assert outcome["escalation_reason"]
    assert all(field["quote"] in STRANGER for field in outcome["fields"])
    assert {field["key"] for field in outcome["fields"]} == {"problem", "location"}


@pytest.mark.parametrize("transcript", ["", STRANGER, TRANSCRIPT])
@pytest.mark.parametrize("name", list(SCHEMAS))
async def test_an_answer_has_every_required_field(sim: Sim, name: str, transcript: str) -> None:
    answer = json.loads((await respond(sim, name, transcript)).output_text)
    assert list(answer) == SCHEMAS[name]["required"]


async def test_a_model_may_refuse_or_fail(sim: Sim) -> None:
    await sim.post("/_sim/switches", {"refuse_answers": True})
    answer = await respond(sim, "call_verdict", TRANSCRIPT)
    assert answer.output_text == ""
    assert answer.output[0].content[0].type == "refusal"
    await sim.post("/_sim/switches", {"reset": True, "answers_status": 500})
    with pytest.raises(openai.InternalServerError):
        await respond(sim, "call_verdict", TRANSCRIPT)


def test_shaping_fills_and_drops() -> None:
    schema = {
        "$defs": {"Item": closed(name=TEXT, count={"type": "integer"})},
        **closed(
            items=listed({"$ref": "#/$defs/Item"}),
            note={"anyOf": [TEXT, {"type": "null"}]},
        ),
    }
    value = {"items": [{"name": "a", "other": 1}], "extra": True}
    assert shape(schema, value) == {"items": [{"name": "a", "count": 0}], "note": None}
