"""CRM and mail: one effect a key, however often it is asked for, and known after a restart."""

import asyncio
import json
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


async def call(
    sim: Sim, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any]:
    """As `ask`, for receivers that answer with nothing or with an array."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with sim.http.request(method, sim.url + path, json=body, headers=sent) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if text else None


HUB = "/hubspot/crm/v3/objects/contacts"


async def test_hubspot_keeps_text_and_counts_its_edits(sim: Sim) -> None:
    change = {"properties": {"followup_needed": True, "mobilephone": "+44 1"}}
    status, body = await call(sim, "PATCH", f"{HUB}/1001", change)
    assert (status, body["properties"]["followup_needed"]) == (200, "true")
    assert (await effects(sim, "hubspot"))["effect_count"] == 1
    status, body = await call(sim, "PATCH", f"{HUB}/1001", {"properties": {"shoe": 1}})
    assert (status, body["category"]) == (400, "VALIDATION_ERROR")


async def test_hubspot_finds_a_contact_by_its_mail_address(sim: Sim) -> None:
    one = {"propertyName": "email", "operator": "EQ", "value": "gareth@pugh.example"}
    wanted = {"filterGroups": [{"filters": [one]}], "properties": ["firstname"]}
    status, body = await call(sim, "POST", f"{HUB}/search", wanted)
    assert (status, body["total"], body["results"][0]["id"]) == (200, 1, "1005")
    assert (await call(sim, "POST", f"{HUB}/search", {}))[0] == 400


async def test_hubspot_tells_its_limits_in_headers(sim: Sim) -> None:
    await misbehave(sim, "hubspot", "429")
    async with sim.http.patch(f"{sim.url}{HUB}/1001", json={"properties": {}}) as answer:
        assert answer.status == 429
        assert answer.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
        assert (await answer.json())["policyName"] == "TEN_SECONDLY_ROLLING"


async def salesforce(sim: Sim) -> str:
    form = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "sk"}
    url = f"{sim.url}/salesforce/services/oauth2/token"
    async with sim.http.post(url, data=form) as answer:
        return f"Bearer {(await answer.json())['access_token']}"


RECORD = "/salesforce/services/data/v62.0/sobjects/Contact/0031001"


async def test_salesforce_ends_a_session_when_told(sim: Sim) -> None:
    token = await salesforce(sim)
    assert (await call(sim, "GET", RECORD, Authorization=token))[0] == 200
    await sim.post("/_sim/salesforce/end_sessions", {})
    status, body = await call(sim, "GET", RECORD, Authorization=token)
    assert (status, body[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


async def test_salesforce_refuses_a_record_that_changed_meanwhile(sim: Sim) -> None:
    known = {"Authorization": await salesforce(sim)}
    change = {"Description": "Ring first."}
    assert await call(sim, "PATCH", RECORD, change, **known) == (204, None)
    old = "Mon, 14 Sep 2020 08:30:00 GMT"
    assert (await call(sim, "PATCH", RECORD, change, **known, If_Unmodified_Since=old))[0] == 412
    assert (await call(sim, "PATCH", RECORD, {"Shoe": 1}, **known))[0] == 400
    assert (await effects(sim, "salesforce"))["effect_count"] == 1


async def test_a_ticket_is_found_by_its_reference_only(sim: Sim) -> None:
    ticket = {"title": "Ring Dana", "reference": "r-1"}
    assert (await call(sim, "POST", "/tasks/tickets", ticket))[0] == 201
    found = (await call(sim, "GET", "/tasks/tickets?reference=r-1"))[1]["results"]
    assert [one["title"] for one in found] == ["Ring Dana"]
    assert (await call(sim, "GET", "/tasks/tickets?reference=r-2"))[1] == {"results": []}
    assert (await call(sim, "POST", "/tasks/tickets", {"title": ""}))[0] == 422


async def test_tickets_know_no_keys_so_a_double_is_counted(sim: Sim) -> None:
    ticket = {"title": "Ring Dana", "reference": "r-1"}
    for _ in range(2):
        await call(sim, "POST", "/tasks/tickets", ticket)
    assert (await effects(sim, "tasks"))["by_key"] == {"r-1": {"requests": 2, "effects": 2}}


async def test_the_sink_shows_what_arrived(sim: Sim) -> None:
    await call(sim, "PUT", "/sink/a%20b?x=1", {"n": 1}, X_Own="yes")
    (seen,) = (await effects(sim, "sink"))["effects"]
    assert (seen["method"], seen["target"], seen["body"]) == ("PUT", "/sink/a%20b?x=1", '{"n": 1}')
    assert ["X-Own", "yes"] in seen["headers"]


async def test_new_receivers_remember_across_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "simulator.json"
    async with running(state) as sim:
        await call(sim, "PATCH", f"{HUB}/1001", {"properties": {"notes": "kept"}})
        await call(sim, "POST", "/tasks/tickets", {"title": "Ring", "reference": "r-1"})
    async with running(state) as sim:
        properties = (await call(sim, "GET", f"{HUB}/1001?properties=notes"))[1]["properties"]
        assert properties == {"notes": "kept"}
        assert len((await call(sim, "GET", "/tasks/tickets?reference=r-1"))[1]["results"]) == 1
