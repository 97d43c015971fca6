"""Ask a system of the customer's own over HTTP: an admin writes the request, a call fills its places.

The host and the secret come from the connection, so no value can lead the secret elsewhere; `{{secret}}`
may stand in a header and nowhere else, `{{key}}` is the idempotency key. Class: what the admin declares;
without a word `natural` for PUT, DELETE and GET, `none` for POST and PATCH.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from approvals import wire
from approvals.action_types import ActionFailed, ActionType, Confirmation, Invocation, register
from approvals.models.outbox_entry import Idempotency
from runs import canonical
from runs.errors import Invalid, NotAllowed
from runs.releases import Risk
from voice import placeholders
from voice.placeholders import Misplaced, Value

Scalar = str | bool | int | None
Source = Literal["session.customer", "session.call", "session.principal", "session.workspace"]
_SECRET, _KEY = "secret", "key"
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
# Ours, the connection's, or such as would change what the request is.
_NOT_YOURS = frozenset(
    [
        "host",
        "content-length",
        "content-type",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "cookie",
        "accept-encoding",
        "forwarded",
        "via",
    ]
)
_NOT_YOURS_BEGIN = ("proxy-", "webhook-", "sec-", "x-forwarded-")


class Place(BaseModel):
    """What one value may be. A value that is not given is the default, which may be null. One that is `from`
    the session is filled by us: who asks cannot give it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    source: Source | None = Field(default=None, alias="from")
    type: Literal["string", "integer", "number", "boolean"] = "string"
    required: bool = True
    default: Scalar = None
    max_length: int = Field(default=2_000, ge=1, le=20_000)


class Request(BaseModel):
    """`body` is JSON text. `reference` is a JSON pointer (RFC 6901) to the far side's own id in its answer."""

    model_config = ConfigDict(extra="forbid")

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str = Field(min_length=1, max_length=1_000)
    headers: dict[str, str] = Field(default_factory=dict, max_length=20)
    body: str | None = Field(default=None, max_length=20_000)
    values: dict[str, Place] = Field(default_factory=dict, max_length=40)
    offers: Literal["key", "natural", "none"] | None = None
    reference: str = Field(default="", max_length=200, pattern=r"^(/[^/]*)*$")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.body is not None and self.method in ("GET", "DELETE"):
            raise ValueError(f"{self.method} has no body")
        _check_headers(self.headers)
        used = placeholders.names(self.path)
        if self.body is not None:
            used |= placeholders.places(placeholders.parse_body(self.body))
        if _SECRET in used:
            raise ValueError("the secret may stand in a header only")
        in_headers = set[str]().union(*(placeholders.names(one) for one in self.headers.values()))
        unknown = sorted((used | in_headers) - set(self.values) - {_SECRET, _KEY})
        if unknown or {_SECRET, _KEY} & set(self.values):
            raise ValueError(f"places without a value of their own: {', '.join(unknown)}")
        if self.offers == "key" and _KEY not in in_headers:
            raise ValueError("class 'key' needs a header that carries {{key}}")
        placeholders.url(self.path, dict.fromkeys(self.values, "x") | {_KEY: "x"})
        return self


class Values(BaseModel):
    model_config = ConfigDict(extra="forbid")

    values: dict[str, Scalar] = Field(default_factory=dict, max_length=40)


@register
class HttpRequest(ActionType):
    name: ClassVar[str] = "http_request"
    label: ClassVar[str] = "Send HTTP request"
    risk: ClassVar[Risk] = "medium"
    idempotency: ClassVar[Idempotency] = Idempotency.NONE
    key_life: ClassVar[timedelta | None] = timedelta(hours=24)
    Config: ClassVar[type[BaseModel]] = Request
    Arguments: ClassVar[type[BaseModel]] = Values

    def offers(self, kind: str, config: Any) -> Idempotency:
        if config.offers:
            return Idempotency(config.offers)
        absolute = config.method in ("GET", "PUT", "DELETE")
        return Idempotency.NATURAL if absolute else Idempotency.NONE

    def target(self, arguments: Values) -> str:
        return f"http:{canonical.digest(arguments.values).hex()[:32]}"

    def record(self, config: Any, arguments: Any) -> str:
        """Absolute writes of one address go one after the other; others do not wait for each other."""
        if self.offers("", config) != Idempotency.NATURAL:
            return self.target(arguments)
        self.check(config, arguments)
        path = placeholders.url(config.path, _checked(config, arguments) | {_KEY: "key"})
        return f"http:{path.partition('?')[0]}"

    def fields(self, arguments: Values) -> tuple[str, ...]:
        return tuple(arguments.values)

    def values(self, arguments: Values) -> dict[str, Any]:
        return arguments.values

    def mentions(self, arguments: Values) -> tuple[str, ...]:
        return tuple(one for one in arguments.values.values() if isinstance(one, str))

    def bound(self, config: Any) -> Mapping[str, str]:
        return {
            name: place.source.removeprefix("session.")
            for name, place in config.values.items()
            if place.source
        }

    def filled(
        self, config: Any, arguments: Mapping[str, Any], session: Mapping[str, str]
    ) -> dict[str, Any]:
        bound = self.bound(config)
        given = arguments.get("values")
        values = dict(given) if isinstance(given, dict) else {}
        if taken := sorted(bound.keys() & values.keys()):
            raise NotAllowed("hidden_argument", fields=taken)
        if missing := sorted({one for one in bound.values() if not session.get(one)}):
            raise NotAllowed("session_incomplete", missing=missing)
        ours = {name: session[one] for name, one in bound.items()}
        return {**arguments, "values": {**values, **ours}} if bound else dict(arguments)

    def told(self, config: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Defaults leave too."""
        given = arguments.get("values", {})
        return {name: given.get(name, place.default) for name, place in config.values.items()}

    def retold(self, arguments: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        return {**arguments, "values": {**arguments.get("values", {}), **values}}

    def check(self, config: Any, arguments: Any) -> None:
        try:
            _rendered(config, arguments, secret="secret", key="key")  # noqa: S106 stands for any
        except Misplaced as error:
            raise Invalid("bad_action_arguments", why=str(error)[:300]) from error

    async def send(self, invocation: Invocation) -> Confirmation:
        config: Any = invocation.config
        connection = invocation.connection
        try:
            path, headers, content = _rendered(
                config, invocation.arguments, secret=connection.secret, key=str(invocation.key)
            )
        except Misplaced as error:
            # Not with its words: they may hold the secret.
            raise ActionFailed("no", "request_not_understood") from error
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            answer = await wire.request(
                invocation.client, config.method, connection.base_url + path, headers=headers,
                content=content, on_wire=invocation.on_wire,
            )  # fmt: skip
        except ActionFailed as failed:
            if config.method == "DELETE" and failed.status in (404, 410) and invocation.doubtful:
                # Gone by an earlier attempt whose answer was lost.
                return Confirmation(path, failed.status, failed.answer)
            raise
        reference = _reference(answer, config.reference) or answer.headers.get("Location", "")
        # Who names nothing is known by the key that it was asked under.
        reference = reference or str(invocation.key)
        return Confirmation(reference[:200], answer.status, answer.kept)


def _check_headers(headers: dict[str, str]) -> None:
    seen = [name.lower() for name in headers]
    for name in seen:
        if not _TOKEN.fullmatch(name) or name in _NOT_YOURS or name.startswith(_NOT_YOURS_BEGIN):
            raise ValueError(f"the header {name[:60]!r} is not for an action to set")
    if len(set(seen)) != len(seen):
        raise ValueError("a header stands twice")
    for template in headers.values():
        placeholders.header(template, dict.fromkeys(placeholders.names(template), "x"))


def _rendered(
    config: Any, arguments: Any, *, secret: str, key: str
) -> tuple[str, dict[str, str], bytes | None]:
    values = _checked(config, arguments) | {_KEY: key}
    path = placeholders.url(config.path, values)
    secrets = {**values, _SECRET: secret}
    headers = {name: placeholders.header(one, secrets) for name, one in config.headers.items()}
    if config.body is None:
        return path, headers, None
    return path, headers, placeholders.body(placeholders.parse_body(config.body), values)


def _checked(config: Any, arguments: Any) -> dict[str, Value]:
    given = arguments.values
    strange = sorted(set(given) - set(config.values))
    if strange:
        raise Misplaced(f"no place for {', '.join(strange)}")
    return {name: _typed(name, place, given) for name, place in config.values.items()}


def _typed(name: str, place: Any, given: dict[str, Scalar]) -> Value:
    if name not in given and place.required:
        raise Misplaced(f"no value for {name}")
    value = given.get(name, place.default)
    if value is None:
        if place.required:
            raise Misplaced(f"no value for {name}")
        return None
    if place.type == "boolean" and isinstance(value, bool):
        return value
    if (
        place.type in ("integer", "number")
        and isinstance(value, int)
        and not isinstance(value, bool)
    ):
        return value
    if place.type == "number" and isinstance(value, str):
        return placeholders.number(value)
    if place.type == "string" and isinstance(value, str) and len(value) <= place.max_length:
        return value
    raise Misplaced(f"{name} is no {place.type} that fits")


def _reference(answer: wire.Answer, pointer: str) -> str:
    found: Any = answer.json()
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            return ""
    return str(found) if pointer and isinstance(found, str | int) else ""
