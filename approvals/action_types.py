"""What an action type is, and the register of them. One type = one file in `voice/action_types/`."""

import importlib
import json
import pkgutil
import uuid
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Literal

import httpx2
from pydantic import BaseModel, ValidationError

from approvals.connectors import Resolved
from approvals.models.outbox_entry import Idempotency
from runs import canonical
from runs.errors import Invalid
from runs.releases import Risk

# no: definitely refused. not_sent: no byte left us. not_accepted: come back later. ambiguous: nobody
# knows. conflict: the far side holds other values than were shown.
Failure = Literal["no", "not_sent", "not_accepted", "ambiguous", "conflict"]


class ActionFailed(Exception):
    """An attempt did not end in a confirmation. Not a refusal of ours: it is the world."""

    def __init__(
        self,
        verdict: Failure,
        code: str,
        *,
        status: int | None = None,
        answer: str = "",
        retry_after: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.verdict = verdict
        self.code = code
        self.status = status
        self.answer = answer
        self.retry_after = retry_after
        self.headers = headers or {}
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the far side answered when it had done it. `reference` is its own id of the effect."""

    reference: str
    status: int
    answer: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """Current values over there. `tag` proves them unchanged in a later write, where the far side can."""

    values: dict[str, Any]
    reference: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One execution of a configured action: its frozen request, and how to reach the far side.

    `on_wire` is awaited right before the first byte of the effect leaves us: what failed before it is
    provably unsent. `doubtful` says that an earlier attempt may have had its effect already.
    `receipt` is the name of the entry, to be kept beside the effect where the far side has a place for it.
    """

    key: uuid.UUID
    config: BaseModel
    arguments: BaseModel
    before: Mapping[str, Any]
    connection: Resolved
    client: httpx2.AsyncClient
    on_wire: Callable[[], Awaitable[None]]
    doubtful: bool = False
    receipt: str = ""


class ActionType(ABC):
    """A kind of effect.

    `idempotency` says what the receiver offers against doubles (`offers` where that depends on what is
    spoken there); a `key` receiver remembers keys for `key_life`, a `lookup` receiver has finished what it
    began after `settle`. `fields` are what policy rules look at, `target` is what one effect at a time may
    touch.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    risk: ClassVar[Risk]
    idempotency: ClassVar[Idempotency]
    key_life: ClassVar[timedelta | None] = None
    settle: ClassVar[timedelta] = timedelta(seconds=30)
    # Whether `read` tells what the fields hold: then they are shown one by one, beside that.
    reads: ClassVar[bool] = False
    Config: ClassVar[type[BaseModel]]
    Arguments: ClassVar[type[BaseModel]]

    @abstractmethod
    def target(self, arguments: Any) -> str:
        """The record that the effect touches: effects on one target are sent one after the other."""

    def record(self, config: Any, arguments: Any) -> str:
        """The same, where the configuration has a say in it."""
        return self.target(arguments)

    @abstractmethod
    async def send(self, invocation: Invocation) -> Confirmation:
        """Do it. Raise ActionFailed where it ended in anything but a confirmation."""

    def offers(self, kind: str, config: Any) -> Idempotency:
        """What the receiver at a connection of this kind offers against doubles."""
        return self.idempotency

    def check(self, config: Any, arguments: Any) -> None:
        """Raise Invalid where these arguments cannot go out under this configuration."""
        return None

    async def look_up(
        self,
        client: httpx2.AsyncClient,
        connection: Resolved,
        config: Any,
        arguments: Any,
        *,
        key: uuid.UUID,
    ) -> Confirmation | None:
        """Class `lookup`: the effect that bears our key, None where the far side has none.

        Raise ActionFailed where the far side cannot tell.
        """
        raise ActionFailed("no", "no_lookup")

    async def read(
        self, client: httpx2.AsyncClient, connection: Resolved, arguments: Any
    ) -> Reading:
        """What the far side holds now for what these arguments would change."""
        return Reading({}, "")

    def fields(self, arguments: Any) -> tuple[str, ...]:
        """Names of the fields that these arguments change."""
        return ()

    def values(self, arguments: Any) -> Mapping[str, Any]:
        """The new value of each of them, as far as the arguments tell."""
        return {}

    def customer(self, arguments: Any) -> str | None:
        """The far side's id of the customer whose record this changes; None where it is about nobody's."""
        return None

    def mentions(self, arguments: Any) -> tuple[str, ...]:
        """Free values that could name a record: none of them may be another customer's id."""
        return ()

    def bound(self, config: Any) -> Mapping[str, str]:
        """Values that come from our side alone: name, and which value of the session it is."""
        return {}

    def filled(
        self, config: Any, arguments: Mapping[str, Any], session: Mapping[str, str]
    ) -> dict[str, Any]:
        """The arguments with those values. Raise NotAllowed where the caller gave one of them."""
        return dict(arguments)

    def told(self, config: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What leaves besides the fields of a record, as a page shows it."""
        return dict(arguments)

    def fixed(self, config: Any) -> frozenset[str]:
        """Of that, what no edit may touch: whose record it is about."""
        return frozenset(self.bound(config))

    def retold(self, arguments: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with other values for some of what is told."""
        return {**arguments, **values}

    def recipients(self, arguments: Any) -> tuple[str, ...]:
        """Addresses of people that it writes to."""
        return ()

    def joined(
        self, arguments: Mapping[str, Any], later: Mapping[str, Any], fields: Collection[str]
    ) -> dict[str, Any]:
        """The arguments with what a later wish says about these fields."""
        return dict(later)

    def reversal(
        self, arguments: Mapping[str, Any], before: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Arguments that put back what was there before; None where it cannot be taken back."""
        return None


_types: dict[str, ActionType] = {}


def register(cls: type[ActionType]) -> type[ActionType]:
    """Class decorator: make the type known under its name."""
    known = _types.get(cls.name)
    if known is not None and type(known).__qualname__ != cls.__qualname__:
        raise ValueError(f"two action types are named {cls.name!r}")
    if cls.idempotency == Idempotency.KEY and cls.key_life is None:
        raise ValueError(f"{cls.name}: a type of class 'key' says how long keys are remembered")
    _types[cls.name] = cls()
    return cls


def get(name: str) -> ActionType:
    """Raise Invalid where no such type is registered."""
    if name not in _types:
        raise Invalid("unknown_action_type", type=name)
    return _types[name]


def find(name: str) -> ActionType | None:
    return _types.get(name)


def settle_of(name: str) -> timedelta:
    """How long a receiver of this type may be at work on what it was sent; nothing for one that is gone."""
    kind = find(name)
    return kind.settle if kind else timedelta()


def every() -> list[ActionType]:
    return sorted(_types.values(), key=lambda one: one.name)


def load_all(package: str) -> None:
    """Import every module of the package, so that its types register themselves."""
    found = importlib.import_module(package)
    for module in pkgutil.iter_modules(found.__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{package}.{module.name}")


def parse(model: type[BaseModel], value: Mapping[str, Any]) -> BaseModel:
    """The value as the model, strictly: JSON types, nothing converted, nothing extra."""
    return model.model_validate_json(json.dumps(dict(value)), strict=True)


def wrong(error: ValueError) -> dict[str, Any]:
    """What does not fit, as details of a refusal: places and codes, never the value."""
    if not isinstance(error, ValidationError):
        return {"why": str(error)[:300]}
    found = error.errors(include_input=False, include_url=False, include_context=False)[:10]
    places = [(".".join(map(str, one["loc"]))[:80], one["type"]) for one in found]
    return {"errors": [{"field": place, "code": code} for place, code in places]}


def plain(model: BaseModel) -> dict[str, Any]:
    """The model as the JSON object that is frozen and hashed."""
    value: dict[str, Any] = json.loads(canonical.dumps(model.model_dump(mode="json")))
    return value
