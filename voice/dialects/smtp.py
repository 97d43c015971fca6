"""SMTP (RFC 5321): nothing is accepted before the dot that ends DATA, and after it only the reply tells.

`smtp://host:587` upgrades with STARTTLS and refuses without; `smtps://host:465` is encrypted from the start.
"""

import asyncio
import contextlib
import re
import smtplib
import socket
import ssl
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit

from approvals import egress, wire
from approvals.action_types import ActionFailed, Confirmation, Invocation
from approvals.connectors import Resolved
from runs.crashpoints import crashpoint

_LATER = range(400, 500)
_DOT = b".\r\n"


class _Session(smtplib.SMTP):
    """A session with an address that egress has checked; certificates are checked against the name."""

    def __init__(self, host: str, own_name: str) -> None:
        super().__init__(local_hostname=own_name, timeout=wire.READ_S)
        self._host = host

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        last: OSError = ConnectionRefusedError("no address")
        for address in egress.addresses(host, port, egress.MAIL_PORTS):
            try:
                return socket.create_connection((address, port), timeout)
            except OSError as error:
                last = error
        raise last


class _SecureSession(_Session):
    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        plain = super()._get_socket(host, port, timeout)
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


@dataclass(frozen=True, slots=True)
class _Where:
    host: str
    port: int
    secure: bool


def _where(connection: Resolved) -> _Where:
    try:
        found = urlsplit(connection.base_url)
        secure = found.scheme == "smtps"
        port = found.port or (465 if secure else 587)
    except ValueError as error:
        raise ActionFailed("no", "bad_address") from error
    if found.scheme not in ("smtp", "smtps") or not found.hostname or found.username:
        raise ActionFailed("no", "bad_address")
    return _Where(found.hostname, port, secure)


async def send(invocation: Invocation) -> Confirmation:
    """The mark is set before the dot: whoever dies earlier has sent nothing."""
    config: Any = invocation.config
    arguments: Any = invocation.arguments
    message = _message(config, arguments, invocation.key)
    sender = parseaddr(config.sender)[1]
    where = _where(invocation.connection)
    kind = _SecureSession if where.secure else _Session
    session = kind(where.host, sender.rpartition("@")[2])
    try:
        await asyncio.to_thread(
            _transmit, session, where, invocation.connection, sender, arguments.to, message
        )
        await invocation.on_wire()
        code, reply = await asyncio.to_thread(_finish, session)
    finally:
        _drop(session)
    kept = reply.decode("utf-8", "replace")[: wire.KEPT]
    if code != 250:
        verdict: Any = "not_accepted" if code in _LATER else "no"
        raise ActionFailed(verdict, f"smtp_{code}", status=code, answer=kept)
    return Confirmation(_message_id(config, invocation.key), code, kept)


async def greet(connection: Resolved) -> None:
    """Connect, encrypt and sign in as for a mail, and send none. Raise ActionFailed where that fails."""
    where = _where(connection)
    kind = _SecureSession if where.secure else _Session
    session = kind(where.host, "localhost")
    try:
        await asyncio.to_thread(_open, session, where, connection)
    finally:
        _drop(session)


def _open(session: _Session, where: _Where, connection: Resolved) -> None:
    with _refusals():
        _sign_in(session, where, connection)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Whatever goes wrong before the dot: no mail was accepted."""
    try:
        yield
    except egress.AddressRefused as error:
        raise ActionFailed("no", "address_refused", answer=str(error)) from error
    except smtplib.SMTPAuthenticationError as error:
        raise ActionFailed("no", "sign_in_refused", status=error.smtp_code) from error
    except (smtplib.SMTPException, OSError) as error:
        raise ActionFailed("not_sent", "unreachable", answer=type(error).__name__) from error


def _message(config: Any, arguments: Any, key: uuid.UUID) -> bytes:
    """The same bytes for the same key: the date is the key's own."""
    message = EmailMessage(policy=SMTP)
    try:
        name, address = parseaddr(config.sender)
        message["From"] = Address(name, addr_spec=address)
        message["To"] = Address(addr_spec=arguments.to)
        if config.reply_to:
            message["Reply-To"] = Address(addr_spec=config.reply_to)
    except (ValueError, IndexError, LookupError) as error:
        raise ActionFailed("no", "bad_mail_address") from error
    if not (address.isascii() and arguments.to.isascii()):
        raise ActionFailed("no", "bad_mail_address")
    message["Subject"] = arguments.subject
    message["Date"] = format_datetime(_moment(key), usegmt=True)
    message["Message-ID"] = _message_id(config, key)
    message.set_content(arguments.text, cte="quoted-printable")
    return message.as_bytes()


def _moment(key: uuid.UUID) -> datetime:
    """When the entry was made, which a uuid of version 7 tells in its first 48 bits; else the epoch."""
    milliseconds = key.int >> 80 if key.version == 7 else 0
    return datetime.fromtimestamp(milliseconds // 1000, UTC)


def _message_id(config: Any, key: uuid.UUID) -> str:
    domain = parseaddr(config.sender)[1].rpartition("@")[2]
    return f"<{key}@{domain}>"


def _transmit(
    session: _Session,
    where: _Where,
    connection: Resolved,
    sender: str,
    to: str,
    message: bytes,
) -> None:
    """Everything but the dot. Whatever goes wrong here, no mail was accepted."""
    with _refusals():
        _sign_in(session, where, connection)
        for command in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>"):
            _expect(session.docmd(command), 250, 251)
        _expect(session.docmd("DATA"), 354)
        # No line of the text may look like the dot (RFC 5321 4.5.2).
        session.send(re.sub(rb"(?m)^\.", b"..", message))


def _sign_in(session: _Session, where: _Where, connection: Resolved) -> None:
    _expect(session.connect(where.host, where.port), 220)
    session.ehlo_or_helo_if_needed()
    if not where.secure and session.has_extn("starttls"):
        session.starttls(context=ssl.create_default_context())
        session.ehlo_or_helo_if_needed()
    elif not where.secure and not egress.is_exempt(where.host, where.port):
        raise ActionFailed("no", "not_encrypted")
    user = connection.config.get("user")
    if user:
        session.login(str(user), connection.secret)


def _finish(session: _Session) -> tuple[int, bytes]:
    """The dot and its reply: from here on silence proves nothing."""
    try:
        session.send(_DOT)
        code, reply = session.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise ActionFailed("ambiguous", "connection_lost", answer=type(error).__name__) from error
    crashpoint("smtp.answered")
    if code == -1:
        raise ActionFailed("ambiguous", "answer_not_understood")
    return code, reply


def _expect(answered: tuple[int, bytes], *good: int) -> None:
    code, reply = answered
    if code in good:
        return
    verdict: Any = "not_accepted" if code in _LATER or code < 200 else "no"
    kept = reply.decode("utf-8", "replace")[: wire.KEPT]
    raise ActionFailed(verdict, f"smtp_{code}", status=code, answer=kept)


def _drop(session: _Session) -> None:
    """Whoever was cut off in the middle must not go on talking."""
    with contextlib.suppress(OSError):
        if session.sock is not None:
            session.sock.shutdown(socket.SHUT_RDWR)
    session.close()
