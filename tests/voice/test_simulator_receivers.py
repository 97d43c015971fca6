"""CRM and mail: one effect a key, however often it is asked for, and known after a restart."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.voice.simulator_support import Sim, running

CHANGE = {"properties": {"followup_needed": True, "preferred_channel": "sms"}}
MAIL = {
    "from": "Northwind Heating <office@northwind.example>",
    "to": ["dana.whitfield@brightwater.example"],
    "subject": "The papers we need",
    "text": "Dear Dana, …",
}


@pytest_asyncio.fixture
async def sim() -> AsyncIterator[Sim]:
    async with running() as running_sim:
        yield running_sim


async def ask(
    sim: Sim, method: str, path: str, body: Any = None, key: str = "", **headers: str
) -> tuple[int, Any]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if key:
        sent["Idempotency-Key"] = key
    async with sim.http.request(method, sim.url + path, json=body, headers=sent) as answer:
        return answer.status, await answer.json()


async def patch(sim: Sim, body: Any = None, key: str = "k1", **headers: str) -> tuple[int, Any]:
    return await ask(sim, "PATCH", "/crm/contacts/c-1001", body or CHANGE, key, **headers)


async def mail(sim: Sim, body: Any = None, key: str = "m1") -> tuple[int, Any]:
    return await ask(sim, "POST", "/emails", body or MAIL, key)


async def effects(sim: Sim, receiver: str) -> Any:
    return (await sim.get("/_sim/effects"))[receiver]


async def misbehave(sim: Sim, receiver: str, mode: str, **options: Any) -> None:
    await sim.post(f"/_sim/receivers/{receiver}", {"mode": mode, **options})


@pytest.mark.parametrize("phone", ["%2B447700900118", "%2B44%207700%20900118"])
async def test_a_contact_is_found_by_any_spelling_of_its_number(sim: Sim, phone: str) -> None:
    status, body = await ask(sim, "GET", f"/crm/contacts?phone={phone}")
    assert (status, [each["id"] for each in body["results"]]) == (200, ["c-1001"])


async def test_the_same_key_changes_a_contact_once(sim: Sim) -> None:
    first, second = await patch(sim), await patch(sim)
    assert first == second
    assert first[1]["version"] == 2
    known = await effects(sim, "crm")
    assert known["by_key"] == {"k1": {"requests": 2, "effects": 1}}
    assert known["effects"][0]["body"] == CHANGE["properties"]
    assert known["effects"][0]["before"]["followup_needed"] is False


async def test_the_same_key_with_other_bytes_is_a_conflict(sim: Sim) -> None:
    await patch(sim)
    status, _ = await patch(sim, {"properties": {"notes": "Other."}})
    assert status == 409


async def test_a_contact_that_changed_meanwhile_is_not_overwritten(sim: Sim) -> None:
    async with sim.http.get(f"{sim.url}/crm/contacts/c-1001") as answer:
        etag = answer.headers["ETag"]
    assert (await patch(sim, key="a", If_Match=etag))[0] == 200
    assert (await patch(sim, key="b", If_Match=etag))[0] == 412
    assert (await effects(sim, "crm"))["effect_count"] == 1


async def test_the_crm_refuses_what_it_does_not_know(sim: Sim) -> None:
    assert (await ask(sim, "GET", "/crm/contacts/c-9"))[0] == 404
    assert (await patch(sim, {"properties": {"shoe_size": 44}}))[0] == 400
    url = f"{sim.url}/crm/contacts/c-1001"
    async with aiohttp.ClientSession() as stranger, stranger.get(url) as answer:
        assert answer.status == 401


async def test_a_mail_is_sent_once_a_key(sim: Sim) -> None:
    assert await mail(sim) == await mail(sim)
    assert (await effects(sim, "mail"))["by_key"] == {"m1": {"requests": 2, "effects": 1}}
    status, body = await mail(sim, {**MAIL, "subject": "Another"})
    assert (status, body["name"]) == (409, "invalid_idempotent_request")


async def test_a_key_in_flight_has_to_wait(sim: Sim) -> None:
    await misbehave(sim, "mail", "slow", delay_ms=200)
    first = asyncio.create_task(mail(sim))
    await asyncio.sleep(0.05)
    status, body = await mail(sim)
    assert (status, body["name"]) == (409, "concurrent_idempotent_requests")
    assert (await first)[0] == 200
    assert (await mail(sim))[0] == 200


@pytest.mark.parametrize("broken", [{"to": []}, {"from": "nobody"}, {"subject": ""}, {"text": ""}])
async def test_a_bad_mail_is_refused(sim: Sim, broken: dict[str, Any]) -> None:
    status, body = await mail(sim, {**MAIL, **broken})
    assert (status, body["name"]) == (422, "validation_error")
    assert (await effects(sim, "mail"))["effect_count"] == 0


@pytest.mark.parametrize(("mode", "done"), [("reset_before", 0), ("reset_after", 1)])
async def test_a_lost_answer_tells_nothing_of_the_effect(sim: Sim, mode: str, done: int) -> None:
    await misbehave(sim, "mail", mode)
    with pytest.raises(aiohttp.ClientError):
        await mail(sim)
    assert (await effects(sim, "mail"))["effect_count"] == done
    assert (await mail(sim))[0] == 200
    assert (await effects(sim, "mail"))["effect_count"] == 1


async def test_a_timeout_hides_an_effect_that_happened(sim: Sim) -> None:
    await misbehave(sim, "crm", "timeout", hold_ms=300)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(patch(sim), 0.1)
    assert (await effects(sim, "crm"))["effect_count"] == 1
    assert (await patch(sim))[0] == 200


@pytest.mark.parametrize(("mode", "status"), [("5xx", 500), ("429", 429)])
async def test_a_refusal_has_no_effect_and_ends(sim: Sim, mode: str, status: int) -> None:
    await misbehave(sim, "crm", mode, times=2)
    assert [(await patch(sim))[0] for _ in range(3)] == [status, status, 200]
    assert (await effects(sim, "crm"))["effect_count"] == 1


async def test_receivers_remember_across_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "simulator.json"
    async with running(state) as sim:
        before = (await patch(sim))[1], (await mail(sim))[1]
    with state.open("ab") as file:
        file.write(b'{"receiver":"mail","kind":"eff')
    async with running(state) as sim:
        assert ((await patch(sim))[1], (await mail(sim))[1]) == before
        assert (await effects(sim, "mail"))["by_key"] == {"m1": {"requests": 2, "effects": 1}}
        contact = (await ask(sim, "GET", "/crm/contacts/c-1001"))[1]
    assert contact["properties"]["preferred_channel"] == "sms"
    assert contact["version"] == 2
