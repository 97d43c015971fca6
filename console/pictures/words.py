"""Sentences that JavaScript shows. Plurals come as pairs: one and other."""

from collections.abc import Callable

from django.utils.translation import gettext, ngettext


def for_browser() -> dict[str, str | list[str]]:
    return {
        "connected": gettext("Connected"),
        "connecting": gettext("Connecting"),
        "reconnecting": gettext("Reconnecting in %s s"),
        "paused_title": gettext("Live updates paused."),
        "paused_text": gettext("What you see is complete up to %s."),
        "reconnect_now": gettext("Reconnect now"),
        "back_title": gettext("Back online."),
        "back_text": _plural(
            lambda n: ngettext(
                "%s line that arrived while you were away is loaded.",
                "%s lines that arrived while you were away are loaded.",
                n,
            )
        ),
        "sign_in": gettext("You are signed out. Sign in again to see live updates."),
        "sign_in_link": gettext("Sign in"),
        "not_allowed": gettext("Live updates are not available for your role."),
        "lost": gettext("Connection lost. Trying again."),
        "new_lines": _plural(lambda n: ngettext("%s new line", "%s new lines", n)),
        "earlier": _plural(lambda n: ngettext("%s earlier line", "%s earlier lines", n)),
        "show_new": _plural(lambda n: ngettext("Show %s new", "Show %s new", n)),
        "approve_n": _plural(lambda n: ngettext("Approve %s update", "Approve %s updates", n)),
        "new_value": gettext("New value: %s"),
        "use": gettext("Use"),
        "copied": gettext("Copied"),
        "copy_failed": gettext("Copying is not allowed here. Select the text instead."),
        "seconds": gettext("%s s"),
        "minutes": gettext("%s min"),
        "sends_in": gettext("Sends in %s s."),
        "held": gettext("Held until you release it."),
        "still_working": gettext("Still working. Do not close."),
        "not_sent": gettext("Not sent. Try again."),
        "kept_here": gettext("Not reached. Your text is kept in this browser."),
        "too_many": gettext("Too many requests. Try again in %s s."),
        "panel_failed": gettext("This part did not load. The rest of the page works."),
        "shortcuts_on": gettext("Shortcuts on"),
        "shortcuts_off": gettext("Shortcuts off"),
    }


def _plural(form: Callable[[int], str]) -> list[str]:
    return [form(1), form(2)]
