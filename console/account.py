"""Sign-in and sign-out, and nothing else of allauth: nobody signs up, an admin invites."""

from typing import ClassVar

from allauth.account import urls
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from runs import preferences
from runs.models import User


@receiver(user_logged_in)
def learn(request: HttpRequest, user: User, **future: object) -> None:
    """Who never chose a language gets the one that their browser asks for."""
    preferences.learn_language(user, translation.get_language() or settings.LANGUAGE_CODE)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _later("Email and password do not belong together. Try again."),
        "too_many_login_attempts": _later(
            "Too many wrong passwords. Wait five minutes, then try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def nowhere(request: HttpRequest, **parts: str) -> HttpResponse:
    raise Http404


def inactive(request: HttpRequest) -> HttpResponse:
    words = _("Your account is switched off. Ask an admin of your workspace.")
    return render(request, "403.html", {"words": words}, status=403)


def _kept(one: URLPattern) -> URLPattern:
    """allauth reverses the names of its other pages, so they stay as names only."""
    if one.name in ("account_login", "account_logout"):
        return one
    view = inactive if one.name == "account_inactive" else nowhere
    return URLPattern(one.pattern, view, one.default_args, one.name)


urlpatterns = [_kept(one) for one in urls.urlpatterns]
