"""Words of an effect: what its receiver's class promises, and what follows in the state that it is in."""

from collections.abc import Callable

from django.utils.translation import gettext as _

Words = Callable[[], str]

_PROMISES: dict[str, Words] = {
    "key": lambda: _("At most once: the receiver knows the key"),
    "natural": lambda: _("Set again without harm: the value is read first"),
    "lookup": lambda: _("Asked for before it is sent again"),
    "none": lambda: _("Sent once; a lost answer is for a person"),
}

_RETRYING: dict[str, Words] = {
    "key": lambda: _("It is sent again with the same key and the same bytes."),
    "natural": lambda: _("It is set again: what the receiver holds is read first."),
    "lookup": lambda: _("It is sent again: the try before had no effect."),
    "none": lambda: _("It is sent again: of the try before nothing was accepted."),
}

_UNKNOWN: dict[str, Words] = {
    "key": lambda: _(
        "It may have happened, and the key protects no longer: it is not sent again by itself."
    ),
    "natural": lambda: _("It may have happened, or not: it is not set again by itself."),
    "lookup": lambda: _(
        "It may have happened, and the receiver could not tell: it is not sent again by itself."
    ),
    "none": lambda: _(
        "It may have happened, and the receiver cannot be asked: it is not sent again by itself."
    ),
}


def promise(idempotency: str) -> str:
    return _PROMISES[idempotency]()


def following(idempotency: str, key: str) -> str:
    """What follows, by class and by the state as people see it (`gate.entry_key`). Empty where nothing was
    tried yet or nothing is left to be done."""
    if key == "retrying":
        return _RETRYING[idempotency]()
    if key == "unknown":
        return _UNKNOWN[idempotency]()
    if key == "reconcile":
        return _("The receiver is asked whether it happened. Nothing is sent meanwhile.")
    if key == "failed":
        return _("It is not sent again by itself.")
    return ""
