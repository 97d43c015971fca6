"""Secrets at rest: sealed, bound to their row, and never shown."""

import pytest

from approvals import connectors
from runs import scope
from runs.errors import Conflict, Invalid
from tests.people import harbor, northwind
from voice import connections
from voice.models import Connection

SECRET = "sk-test-7f3a"


@pytest.fixture
def house(db):
    return northwind()


def put(house, **options):
    known = {"kind": "crm", "name": "crm", "base_url": "http://127.0.0.1:1/crm/", "secret": SECRET}
    return connections.put(house.workspace.id, at=scope.now(), **{**known, **options})


def test_a_secret_is_sealed_and_opens_again(house):
    with scope.workspace(house.workspace.id):
        connection = put(house)
        stored = bytes(Connection.objects.get(id=connection.id).secret)
        assert SECRET.encode() not in stored
        assert connections.secret_of(connection) == SECRET
        resolved = connectors.resolve(connectors.locate("crm"))
        assert (resolved.base_url, resolved.secret) == ("http://127.0.0.1:1/crm", SECRET)
        assert SECRET not in repr(resolved)


def test_a_secret_does_not_open_in_another_row_or_column(house):
    with scope.workspace(house.workspace.id):
        one, other = put(house), put(house, name="second", secret="sk-other")
        other.secret = one.secret
        with pytest.raises(Conflict, match="secret_does_not_open"):
            connections.secret_of(other)
        one.webhook_secret = one.secret
        with pytest.raises(Conflict, match="secret_does_not_open"):
            connections.webhook_secret_of(one)


def test_a_secret_opens_with_the_key_before(house, settings):
    with scope.workspace(house.workspace.id):
        connection = put(house)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another key " + "y" * 40
        assert connections.secret_of(connection) == SECRET
        settings.SECRET_KEY_FALLBACKS = []
        with pytest.raises(Conflict):
            connections.secret_of(connection)


def test_what_is_not_given_stays_as_it_is(house):
    with scope.workspace(house.workspace.id):
        put(house, webhook_secret="whsec_eA==")
        again = put(house, base_url="http://127.0.0.1:2/crm", secret=None)
        assert connections.secret_of(again) == SECRET
        assert connections.webhook_secret_of(again) == "whsec_eA=="
        assert again.base_url == "http://127.0.0.1:2/crm"
        assert Connection.objects.count() == 1


def test_a_realtime_connection_takes_what_is_empty_from_the_environment(house, settings):
    settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = "http://127.0.0.1:3/v1", "sk-env"
    with scope.workspace(house.workspace.id):
        connection = put(house, kind="realtime", name="default", base_url="", secret=None)
        resolved = connections.resolve(connection.id)
        assert (resolved.base_url, resolved.secret) == ("http://127.0.0.1:3/v1", "sk-env")


def test_connections_of_another_workspace_are_not_there(house):
    other = harbor()
    with scope.workspace(house.workspace.id):
        connection = put(house)
    with scope.workspace(other.workspace.id):
        with pytest.raises(Conflict, match="connection_missing"):
            connections.locate("crm")
        with pytest.raises(Conflict, match="connection_missing"):
            connections.resolve(connection.id)


def test_a_kind_that_does_not_exist_is_refused(house):
    with scope.workspace(house.workspace.id), pytest.raises(Invalid):
        put(house, kind="fax")


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("crm", "http://crm.example"), ("crm", "https://crm.example:22"), ("http", "ftp://x.example"),
        ("hubspot", "https://u:p@crm.example"), ("realtime", "http://10.0.0.1/v1"),
        ("smtp", "https://mail.example"), ("mail", "not an address"),
    ],
)  # fmt: skip
def test_an_address_that_no_connector_may_ask_is_refused_when_it_is_saved(house, kind, url):
    with scope.workspace(house.workspace.id):
        with pytest.raises(Invalid, match="bad_address"):
            put(house, kind=kind, base_url=url)
        assert not Connection.objects.exists()


def test_the_dialect_and_its_settings_come_with_the_connection(house):
    with scope.workspace(house.workspace.id):
        put(house, kind="salesforce", name="crm", config={"client_id": "readback"})
        located = connectors.locate("crm")
        found = connectors.resolve(located)
    assert (found.kind, found.config) == ("salesforce", {"client_id": "readback"})
