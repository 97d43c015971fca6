"""Telephone numbers: one spelling for each, or none where it is no number."""

import re

import phonenumbers

# Ofcom's numbers for drama; those inside ordinary ranges are valid anyway.
_FICTION = re.compile(r"\+44(7700900|1632960|3069990|8081570)\d{3}")


def phone(text: str, region: str = "GB") -> str | None:
    """E.164 of a number that somebody gives, in any spelling; None where nobody can have it.

    Numbers kept free for films and examples count: they are given where nobody is to be rung.
    """
    number = _parsed(text, region)
    if number is None:
        return None
    spelled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    given = phonenumbers.is_valid_number(number) or _FICTION.fullmatch(spelled)
    return spelled if given else None


def e164(text: str, region: str = "GB") -> str | None:
    """One spelling for what a network tells or another system keeps; None where it is no number at all.

    Ranges are opened faster than anybody's list of them, so whether it is in use is not asked.
    """
    number = _parsed(text, region)
    if number is None:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _parsed(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, None if text.strip().startswith("+") else region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None
