"""Spoken answers: yes, no, and sums of money in the words of a caller. Pure, deterministic, English."""

import re
from collections.abc import Iterator

from approvals import spoken

_YES = frozenset({"yes", "yeah", "yep", "yup", "absolutely", "definitely", "certainly"})
_RATHER_YES = frozenset({"sure", "correct", "please", "right", "okay", "ok"})
_NO = frozenset({"no", "nope", "don't", "dont"})
_RATHER_NO = frozenset({"not", "never", "won't"})
_MOST_WORDS = 8
_MOST_WORDS_REFUSED = 20
# They hold a "no" and refuse nothing.
_IDLE = re.compile(
    r"\b(?:no problem|no worries|no doubt|why not|not at all|(?:do not|don't|wouldn't|would not) mind"
    r"|no matter|not only|no hurry|no rush)\b"
)
_REFUSES = re.compile(
    r"\b(?:(?:i'd|i would) rather not|please (?:do not|don't)|(?:do not|don't) (?:want|need|wish|do|call|bother"
    r"|send|change)|no need|no thank(?:s| you)|not (?:necessary|interested|needed|required)"
    r"|(?:won't|will not|wouldn't) be necessary|absolutely not|certainly not|definitely not|of course not"
    r"|leave it(?: as it is| alone)?$|forget (?:it|about it)|cancel (?:that|it)|under no circumstances"
    r"|never mind)\b"
)
_CURRENCIES = {
    "pound": "GBP", "pounds": "GBP", "quid": "GBP", "sterling": "GBP", "gbp": "GBP",
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "dollar": "D", "dollars": "D", "bucks": "D", "dollarsign": "D",
    "usd": "USD", "cad": "CAD", "aud": "AUD", "francs": "CHF", "chf": "CHF", "yen": "JPY",
    "jpy": "JPY", "pence": "P", "penny": "P", "cents": "P", "cent": "P",
}  # fmt: skip
_SIGNS = {"£": " gbp ", "€": " eur ", "$": " dollarsign ", "¥": " jpy "}
# Only these stand before their number: in "twelve pounds fifty" the fifty is no pounds.
_LEADING = frozenset({"gbp", "eur", "usd", "cad", "aud", "chf", "jpy", "dollarsign"})


def answer(text: str) -> bool | None:
    """Yes or no where a short answer says only one of them, or where a longer one refuses."""
    plain = _IDLE.sub(" ", text.casefold().replace("’", "'"))
    found = spoken.words(plain)
    yes = bool(_YES.intersection(found)) and not re.search(
        r"\b(?:absolutely|certainly|definitely) not\b", plain
    )
    refused = _REFUSES.search(plain) is not None and len(found) <= _MOST_WORDS_REFUSED
    if refused and not yes:
        return False
    if len(found) > _MOST_WORDS:
        return None
    no = bool(_NO.intersection(found))
    if not (yes or no):
        # "Please" and "right" soften a no as well as a yes.
        yes = bool(_RATHER_YES.intersection(found))
        no = bool(_RATHER_NO.intersection(found))
    return yes if yes != no else None


def sums(text: str) -> Iterator[tuple[frozenset[float], str]]:
    """Each sum of money: its readings, and its currency as far as it was said ("D" some dollar, "P" pence or
    cents of whatever)."""
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    found = spoken.groups(text)
    for place, group in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else None
        behind = after.before if after else ()
        leads = group.before[-1] if group.before else ""
        currency = _CURRENCIES[leads] if leads in _LEADING else ""
        if not currency and behind:
            currency = _CURRENCIES.get(behind[0], "")
        if not currency:
            currency = _trailing(text, found, place)
        if currency == "P":
            # After pounds they belong to them.
            if not _CURRENCIES.keys() & group.before[:1]:
                yield frozenset(one / 100 for one in group.numbers), currency
        elif currency:
            yield _with_parts(group, after), currency


def _trailing(text: str, found: list[spoken.Group], place: int) -> str:
    """The word after the last number of a text belongs to no group."""
    if place != len(found) - 1:
        return ""
    heard = spoken.words(text)
    last = max((n for n, word in enumerate(heard) if spoken.is_number(word)), default=-1)
    return _CURRENCIES.get(heard[last + 1], "") if last + 1 < len(heard) else ""


def _with_parts(group: spoken.Group, after: spoken.Group | None) -> frozenset[float]:
    """ "Twelve pounds fifty" and "twelve pounds and fifty pence" are 12.50."""
    if after is None or len(after.before) not in (1, 2) or after.before[0] not in _CURRENCIES:
        return group.numbers
    if len(after.before) == 2 and after.before[1] != "and":
        return group.numbers
    small = [one for one in after.numbers if 0 < one < 100]
    return group.numbers | {round(one + part / 100, 2) for one in group.numbers for part in small}
