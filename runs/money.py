"""Money: an amount of one currency, in its minor units. Amounts of two currencies are never compared."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

# ISO 4217, active currencies of people (no funds, metals, tests), by their minor units.
_DIGITS: dict[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD "
    "HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD "
    "MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON "
    "RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD "
    "TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
MINOR: dict[str, int] = {
    code: digits for digits, codes in _DIGITS.items() for code in codes.split()
}
_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,4})?")
_TEXT = re.compile(rf"(?:({_AMOUNT.pattern}) ?([A-Z]{{3}})|([A-Z]{{3}}) ?({_AMOUNT.pattern}))")


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` is a whole number of the currency's smallest unit: 50000 of EUR is 500.00 EUR."""

    minor: int
    currency: str

    def __str__(self) -> str:
        digits = MINOR[self.currency]
        return f"{Decimal(self.minor).scaleb(-digits):.{digits}f} {self.currency}"


def of(amount: str, currency: str) -> Money | None:
    """None where the currency is not known or the amount has parts smaller than its minor unit."""
    if currency not in MINOR or not _AMOUNT.fullmatch(amount):
        return None
    try:
        minor = Decimal(amount).scaleb(MINOR[currency])
    except InvalidOperation:
        return None
    return Money(int(minor), currency) if minor == minor.to_integral_value() else None


def read(value: Any) -> Money | None:
    """`{"amount": "500.00", "currency": "EUR"}`, "500.00 EUR" or "EUR 500"; None for anything else.

    A bare number is no money: nobody said of what.
    """
    if isinstance(value, Mapping):
        amount, currency = value.get("amount"), value.get("currency")
        if value.keys() != {"amount", "currency"} or not isinstance(currency, str):
            return None
        whole = isinstance(amount, int) and not isinstance(amount, bool)
        return of(str(amount), currency) if whole or isinstance(amount, str) else None
    if not isinstance(value, str):
        return None
    found = _TEXT.fullmatch(value.strip())
    if found is None:
        return None
    return of(found[1] or found[4], found[2] or found[3])
