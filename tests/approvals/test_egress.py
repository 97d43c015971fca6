"""No connector reaches what is not public, however its address is spelled, resolved or redirected."""

import asyncio
import contextlib
import ipaddress
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore2
import httpx2
import pytest

from approvals import egress, wire
from approvals.action_types import ActionFailed

# Every one names loopback, a private or a metadata address, or is no address of a connector.
HOSTILE = [
    "https://127.0.0.1", "https://localhost", "https://LOCALHOST.", "https://127.1",
    "https://2130706433", "https://0x7f000001", "https://0x7f.1", "https://0177.0.0.1",
    "https://017700000001", "https://0", "https://0.0.0.0", "https://127.0.0.1.",
    "https://①②⑦.⓪.⓪.①", "https://[::1]", "https://[::]", "https://[::ffff:127.0.0.1]",
    "https://[::ffff:7f00:1]", "https://[::127.0.0.1]", "https://[64:ff9b::127.0.0.1]",
    "https://[64:ff9b::a9fe:a9fe]", "https://[64:ff9b:1::1]", "https://[2002:7f00:1::]",
    "https://[2001::1]", "https://[fe80::1]", "https://[fc00::1]", "https://[fd00:ec2::254]",
    "https://[ff02::1]", "https://[2001:db8::1]", "https://[3fff::1]", "https://[100::1]",
    "https://10.0.0.1", "https://172.16.0.1", "https://172.31.255.255", "https://192.168.0.1",
    "https://169.254.169.254", "https://100.64.0.1", "https://100.100.100.200",
    "https://168.63.129.16", "https://192.0.0.192", "https://198.18.0.1", "https://224.0.0.1",
    "https://240.0.0.1", "https://255.255.255.255", "https://192.88.99.1",
    "https://public.example@127.0.0.1", "https://127.0.0.1#@public.example",
    "https://127.0.0.1:22", "https://8.8.8.8:6379", "https://8.8.8.8:80", "http://8.8.8.8",
    "http://127.0.0.1", "ftp://127.0.0.1", "file:///etc/passwd", "gopher://127.0.0.1",
    "unix:///tmp/socket", "https://", "//127.0.0.1", "https://127.0.0.1\\@public.example",
]  # fmt: skip


@contextlib.contextmanager
def listening(answer=lambda handler: handler.send_error(404)):
    """A server on loopback, and how many connections and requests it got."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def setup(self):
            seen.append("connection")
            super().setup()

        def do_GET(self):
            seen.append(self.path)
            answer(self)

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, seen
        server.shutdown()


def ask(url, client=None):
    async def go():
        async with client or wire.client() as to:
            return await wire.request(to, "GET", url, headers={})

    return asyncio.run(go())


def refused(url, client=None):
    with pytest.raises(ActionFailed) as failed:
        ask(url, client)
    return failed.value


@pytest.mark.parametrize("url", HOSTILE)
def test_an_address_that_is_not_public_is_never_connected_to(settings, url):
    settings.EGRESS_ALLOW = []
    network = Recorder()
    failed = refused(url, client(network))
    assert network.connected == []
    # A spelling that is no name at all has no address: nothing was sent, which is as good.
    assert failed.code in ("address_refused", "bad_address", "unreachable")


def test_the_hosts_that_the_tests_allow_are_reached_by_nothing_else(settings):
    with listening() as (port, seen):
        settings.EGRESS_ALLOW = ["127.0.0.1:9"]
        assert refused(f"http://127.0.0.1:{port}/").code == "address_refused"
        assert seen == []
        settings.EGRESS_ALLOW = [f"127.0.0.1:{port}"]
        assert refused(f"http://127.0.0.1:{port}/").status == 404
        assert "/" in seen


class Recorder(httpcore2.AsyncNetworkBackend):
    """A network where nobody answers, and who was asked for."""

    def __init__(self):
        self.connected = []

    async def connect_tcp(self, host, port, **_options):
        self.connected.append((host, port))
        raise httpcore2.ConnectError("nobody")


def client(network):
    limits = httpx2.Limits(max_connections=2)
    return httpx2.AsyncClient(transport=egress.Transport(limits, network))


def resolving(monkeypatch, *answers):
    """A name server that gives one list of addresses after the other."""
    asked = iter(answers)

    def getaddrinfo(host, port, **_options):
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in next(asked)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_a_name_is_resolved_once_and_goes_where_it_was_checked(settings, monkeypatch):
    network = Recorder()
    resolving(monkeypatch, ["8.8.8.8", "9.9.9.9"], ["127.0.0.1"])
    assert refused("https://rebind.example/", client(network)).code == "unreachable"
    assert network.connected == [("8.8.8.8", 443), ("9.9.9.9", 443)]


def test_one_private_answer_among_public_ones_refuses_all(monkeypatch):
    network = Recorder()
    resolving(monkeypatch, ["8.8.8.8", "10.0.0.7"])
    assert refused("https://mixed.example/", client(network)).code == "address_refused"
    assert network.connected == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("64:ff9b::808:808", True),
        ("::ffff:8.8.8.8", True), ("11.0.0.1", True), ("172.32.0.1", True),
        ("100.128.0.1", True), ("192.0.1.1", True), ("2001:4860::8888", True),
        ("100.127.255.255", False), ("64:ff9b::c0a8:1", False), ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_what_is_public_is_said_by_the_registry(address, public):
    assert egress.is_public(ipaddress.ip_address(address)) is public


def test_a_redirect_is_not_followed():
    def elsewhere(handler):
        handler.send_response(302)
        handler.send_header("Location", "/inside")
        handler.end_headers()

    with listening(elsewhere) as (port, seen):
        failed = refused(f"http://127.0.0.1:{port}/out")
    assert (failed.verdict, failed.status) == ("no", 302)
    assert "/inside" not in seen


def test_a_proxy_of_the_environment_is_not_used(monkeypatch):
    with listening() as (port, seen):
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        assert refused("http://127.0.0.1:9/").code == "unreachable"
        assert seen == []


def test_an_answer_without_end_is_read_to_the_cap_only():
    sent = []

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(10_000):
                handler.wfile.write(b"x" * 65_536)
                sent.append(65_536)

    with listening(endless) as (port, _seen):
        answer = ask(f"http://127.0.0.1:{port}/")
    assert (len(answer.text), len(answer.kept)) == (wire.MAX_ANSWER, wire.KEPT)
    assert sum(sent) < 10_000 * 65_536


def test_a_secret_is_not_taken_along_by_a_unix_socket():
    async def go():
        await egress.Backend().connect_unix_socket("/tmp/any")

    with pytest.raises(egress.AddressRefused):
        asyncio.run(go())
