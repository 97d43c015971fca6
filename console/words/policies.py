"""Words of the rules: who decides, how far an action goes alone, and what a change would do."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.pictures.pieces import Pill, Tone
from console.words import refusals
from runs.policies import Autonomy, Stage, Terms

_AUTONOMY: dict[str, Callable[[], str]] = {
    "never": lambda: _("never: nobody can allow it"),
    "draft": lambda: _("draft: a person decides, one at a time"),
    "ask": lambda: _("ask: a person decides"),
    "auto": lambda: _("auto: what a rule lets pass goes on its own"),
}

_CHANGES: dict[str, tuple[Callable[[], str], Tone, str]] = {
    "more": (lambda: _("more approvals"), "warn", "circle-alert"),
    "fewer": (lambda: _("fewer approvals"), "ok", "arrow-down"),
    "other": (lambda: _("decided otherwise"), "info", "repeat"),
    "times": (lambda: _("other times"), "info", "clock"),
    "blocked": (lambda: _("blocked"), "bad", "circle-slash"),
    "same": (lambda: _("unchanged"), "neutral", "check"),
    "unreadable": (lambda: _("could not be judged"), "neutral", "circle-help"),
}

_NEVER: dict[str, Callable[[dict[str, Any]], str]] = {
    "role_decides_nothing": lambda d: (
        _("Rule %(rule)s: the role %(role)s cannot decide.")
        % {"rule": d.get("rule", ""), "role": refusals.role(str(d.get("role", "")))}
    ),
    "rule_named_twice": lambda d: _("Two rules are named %(rule)s.") % {"rule": d.get("rule", "")},
    "clocks_contradict": lambda d: (
        _("Rule %(rule)s: it has to be sent before it has to be decided.")
        % {"rule": d.get("rule", "")}
    ),
    "hold_too_long": lambda d: (
        _("Rule %(rule)s: the hold of %(hold)s s outlasts the time to send.")
        % {"rule": d.get("rule", ""), "hold": d.get("hold", "")}
    ),
    "action_not_configured": lambda d: (
        _("The action %(action)s is not configured.") % {"action": d.get("action", "")}
    ),
    "nobody_holds": lambda d: (
        _("Rule %(rule)s: nobody here is %(roles)s.")
        % {"rule": d.get("rule", ""), "roles": refusals.roles(d.get("roles", ()))}
    ),
    "too_few_people": lambda d: (
        _("Rule %(rule)s: it asks %(needed)s people, and fewer could say yes.")
        % {"rule": d.get("rule", ""), "needed": d.get("needed", "")}
    ),
    "too_few_together": lambda d: (
        _("Rules %(rules)s together: they ask %(needed)s people, and fewer could say yes.")
        % {"rules": ", ".join(d.get("rules", ())), "needed": d.get("needed", "")}
    ),
    "too_many_sums": lambda d: (
        _("The rules can meet in more than %(limit)s ways: give more of them the same people.")
        % {"limit": d.get("limit", "")}
    ),
}


def never_satisfied(details: dict[str, Any]) -> str:
    make = _NEVER.get(str(details.get("why", "")))
    general = _("Under these rules something would wait for ever.")
    return f"{general} {make(details)}" if make else general


def autonomy(found: Autonomy) -> str:
    text = _AUTONOMY[found.level]()
    if found.limit is None:
        return text
    return _("%(level)s, up to %(limit)s") % {"level": text, "limit": found.limit.money}


def stages(found: Sequence[Stage]) -> str:
    """ "2 × support lead or admin, then admin"."""
    if not found:
        return _("nobody: it passes by itself")
    return _(", then ").join(_stage(one) for one in found)


def _stage(one: Stage) -> str:
    named = refusals.roles(one.roles)
    return f"{one.people} × {named}" if one.people > 1 else named


def terms(found: Terms, role: str) -> str:
    """Who decides by these terms, and how."""
    who = found.stages or ((Stage(roles=(role,)),) if role else ())
    said = [stages(who)]
    if who and found.four_eyes:
        said.append(_("four eyes"))
    return ", ".join(said)


def days(count: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", count) % {"n": count}


def clock(minutes: int) -> str:
    if minutes % 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}


def times(decide: int, send: int) -> str:
    known = {"decide": clock(decide), "send": clock(send)}
    return _("decide within %(decide)s, send within %(send)s") % known


def lonely(rule: str, roles: Sequence[str]) -> str:
    known = {"rule": rule, "roles": refusals.roles(roles)}
    return _(
        "Rule %(rule)s asks for four eyes: what the only %(roles)s edits, nobody here may approve."
    ) % known  # fmt: skip


def open_wishes(anew: int, closed: int, kept: int) -> str:
    """What publishing does to what waits now; empty where nothing waits."""
    if not anew + closed + kept:
        return ""
    return _(
        "Of what waits now, %(anew)d would be shown anew, to be decided anew; %(closed)d would be closed;"
        " %(kept)d would keep the time that they have."
    ) % {"anew": anew, "closed": closed, "kept": kept}


def change(code: str, count: int) -> Pill:
    words, tone, icon = _CHANGES[code]
    return Pill(text=f"{count} {words()}", tone=tone if count else "neutral", icon=icon)


def change_title(code: str) -> str:
    text = _CHANGES[code][0]()
    return text[:1].upper() + text[1:]


def progress(given: int, needed: int, open_stage: Stage, left: int) -> str:
    """ "1 of 2 said yes; needed next: support lead."."""
    rest = _stage(open_stage.model_copy(update={"people": left}))
    known = {"given": given, "needed": needed, "roles": rest}
    return _("%(given)d of %(needed)d said yes; needed next: %(roles)s.") % known
