"""Changing a contact at HubSpot and at Salesforce: their spelling, their errors, their limits."""

import pytest

from approvals import action_types
from tests.approvals import support
from tests.voice.sending import at, fails, read, run
from voice.action_types.update_contact import Receipt
from voice.dialects.salesforce import Salesforce

CHANGE = {"mobile": "+44 7700 900181", "followup_needed": True}


@pytest.fixture(scope="module")
def receivers():
    with support.running() as found:
        yield found


def hubspot(receivers, contact="1001", change=CHANGE, **options):
    arguments = {"contact_id": contact, "changes": change}
    url = f"{receivers.url}/hubspot"
    return (url, "update_contact", arguments), {"kind": "hubspot", **options}


def salesforce(receivers, contact="0031001", change=CHANGE, **options):
    arguments = {"contact_id": contact, "changes": change}
    url = f"{receivers.url}/salesforce"
    options = {"kind": "salesforce", "settings": {"client_id": "readback"}, **options}
    return (url, "update_contact", arguments), options


def go(asked, how=run):
    args, options = asked
    return how(*args, **options)


def held(receivers, name, key, contact):
    return next(one for one in receivers.judge()[name]["held"] if one[key] == contact)


def test_the_class_is_the_receivers():
    kind = action_types.get("update_contact")
    found = [kind.offers(one, Receipt()) for one in ("crm", "hubspot", "salesforce")]
    assert found == ["key", "natural", "natural"]


def test_hubspot_holds_what_was_wanted_as_text(receivers):
    done = go(hubspot(receivers))
    assert (done.reference, done.status) == ("1001", 200)
    properties = held(receivers, "hubspot", "id", "1001")["properties"]
    assert properties["mobilephone"] == "+44 7700 900181"
    assert properties["followup_needed"] == "true"


def test_the_receipt_is_written_beside_the_change(receivers):
    config = {"receipt_property": "readback_receipt"}
    go(hubspot(receivers, "1004", config=config, receipt="OBX-7K2M9Q4T"))
    properties = held(receivers, "hubspot", "id", "1004")["properties"]
    assert properties["readback_receipt"] == "OBX-7K2M9Q4T"


def test_hubspot_is_read_in_our_names(receivers):
    connection = at(f"{receivers.url}/hubspot", "hubspot")
    asked = {"contact_id": "1002", "changes": {"first_name": None, "company": None}}
    reading = read("update_contact", connection, asked)
    assert (reading.values, reading.reference) == (
        {"first_name": "Marcus", "company": None},
        "1002",
    )


def test_a_connection_may_name_a_field_otherwise(receivers):
    names = {"fields": {"nickname": "firstname"}}
    connection = at(f"{receivers.url}/hubspot", "hubspot", settings=names)
    asked = {"contact_id": "1002", "changes": {"nickname": None}}
    assert read("update_contact", connection, asked).values == {"nickname": "Marcus"}


def test_a_value_that_was_never_shown_is_not_overwritten(receivers):
    wired = []
    asked = hubspot(receivers, "1003", {"notes": "x"}, before={"notes": "other"}, wired=wired)
    assert go(asked, fails).verdict == "conflict"
    assert not wired


@pytest.mark.parametrize("shown", [True, "true"])
def test_true_is_the_same_however_it_is_spelled(receivers, shown):
    go(hubspot(receivers, "1005", {"followup_needed": True}))
    back = {"followup_needed": False}
    go(hubspot(receivers, "1005", back, before={"followup_needed": shown}))
    assert held(receivers, "hubspot", "id", "1005")["properties"]["followup_needed"] == "false"


@pytest.mark.parametrize("ask", [hubspot, salesforce])
@pytest.mark.parametrize("mode", ["reset_after", "timeout"])
def test_a_write_whose_answer_was_lost_is_found_and_not_repeated(receivers, ask, mode):
    if mode == "timeout":
        receivers.misbehave(ask.__name__, mode, hold_ms=100)
    else:
        receivers.misbehave(ask.__name__, mode)
    change = {"notes": f"{ask.__name__} {mode}"}
    assert go(ask(receivers, change=change), fails).verdict == "ambiguous"
    before = receivers.judge()[ask.__name__]["effect_count"]
    done = go(ask(receivers, change=change, doubtful=True))
    assert done.data == {"found": True}
    assert receivers.judge()[ask.__name__]["effect_count"] == before


@pytest.mark.parametrize("ask", [hubspot, salesforce])
def test_a_write_that_never_arrived_is_made(receivers, ask):
    change = {"notes": f"{ask.__name__} anew"}
    receivers.misbehave(ask.__name__, "reset_before")
    assert go(ask(receivers, change=change), fails).verdict == "ambiguous"
    assert go(ask(receivers, change=change, doubtful=True)).data != {"found": True}


@pytest.mark.parametrize(("asked", "pause"), [(1, 10.0), (3600, 3600.0)])
def test_hubspot_says_when_its_window_has_rolled(receivers, asked, pause):
    receivers.misbehave("hubspot", "429", retry_after=asked)
    failed = go(hubspot(receivers, change={"notes": "later"}), fails)
    assert (failed.verdict, failed.retry_after) == ("not_accepted", pause)


@pytest.mark.parametrize(("status", "verdict"), [(423, "not_accepted"), (477, "not_accepted"),
                                                 (502, "ambiguous"), (403, "no")])  # fmt: skip
def test_hubspot_failures_say_what_they_prove(receivers, status, verdict):
    receivers.misbehave("hubspot", "5xx", status=status)
    assert go(hubspot(receivers, change={"notes": "x"}), fails).verdict == verdict


@pytest.mark.parametrize(("contact", "change"), [("9999", CHANGE), ("1001", {"shoe": 44})])
def test_hubspot_refuses_what_it_does_not_know(receivers, contact, change):
    failed = go(hubspot(receivers, contact, change), fails)
    assert failed.verdict == "no"
    assert "category" in failed.answer


def test_salesforce_takes_a_change_and_answers_with_nothing(receivers):
    done = go(salesforce(receivers, before={"followup_needed": False}))
    assert (done.reference, done.status, done.answer) == ("0031001", 204, "")
    record = held(receivers, "salesforce", "Id", "0031001")
    assert (record["MobilePhone"], record["Followup_Needed__c"]) == ("+44 7700 900181", True)


def sessions_end(receivers):
    return receivers.post("/_sim/salesforce/end_sessions")["signed_in"]


def test_an_ended_session_is_opened_anew_once(receivers):
    connection = at(f"{receivers.url}/salesforce", "salesforce")
    one, how = salesforce(receivers, "0031002", {"notes": "one"}, connection=connection)
    run(*one, **how)
    began = sessions_end(receivers)
    two, how = salesforce(receivers, "0031002", {"notes": "two"}, connection=connection)
    run(*two, **how)
    assert sessions_end(receivers) == began + 1
    assert held(receivers, "salesforce", "Id", "0031002")["Description"] == "two"


def test_a_sign_in_that_is_refused_is_a_final_no(receivers):
    failed = go(salesforce(receivers, secret="sk-bad"), fails)
    assert (failed.verdict, failed.code) == ("no", "sign_in_refused")


def test_salesforce_names_its_errors_in_an_array(receivers):
    failed = go(salesforce(receivers, change={"shoe": 44}), fails)
    assert (failed.verdict, failed.code) == ("no", "invalid_field")


def test_a_spent_quota_is_no_refusal_though_its_status_says_so(receivers):
    receivers.misbehave("salesforce", "429")
    failed = go(salesforce(receivers, change={"notes": "x"}), fails)
    assert (failed.verdict, failed.status) == ("not_accepted", 403)


def test_a_record_that_changed_after_our_reading_is_not_overwritten(receivers):
    def late(invocation):
        old = "Mon, 14 Sep 2020 08:30:00 GMT"
        return Salesforce().write(invocation, "0031003", {"notes": "mine"}, old)

    failed = go(salesforce(receivers, how=late), fails)
    assert (failed.verdict, failed.status) == ("no", 412)
    assert held(receivers, "salesforce", "Id", "0031003")["Description"] is None


def test_a_record_that_changed_meanwhile_is_read_again(receivers):
    receivers.misbehave("salesforce", "5xx", status=412)
    failed = go(salesforce(receivers, "0031004", {"notes": "mine"}), fails)
    assert (failed.verdict, failed.code) == ("not_accepted", "changed_meanwhile")
