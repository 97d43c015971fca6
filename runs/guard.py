"""Start-up refusal: a database role that could see past row-level security may not serve requests."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper

_BYPASS = """
SELECT current_user, r.rolsuper, r.rolbypassrls,
       EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relname = 'runs_event')
  FROM pg_roles r WHERE r.rolname = current_user
"""
_checked = False


def refuse_bypass(connection: BaseDatabaseWrapper) -> None:
    """Raise ImproperlyConfigured where the role is a superuser, bypasses policies, or owns the tables."""
    with connection.cursor() as cursor:
        cursor.execute(_BYPASS)
        name, superuser, bypasses, owns = cursor.fetchone() or ("?", True, True, True)
    faults = [
        words
        for fault, words in (
            (superuser, "is a superuser"),
            (bypasses, "has BYPASSRLS"),
            (owns, "owns the tables"),
        )
        if fault
    ]
    if faults:
        raise ImproperlyConfigured(
            f"DATABASE_URL signs in as {name}, which {' and '.join(faults)}: workspaces would not be"
            " kept apart. Use the role readback_app (DATABASE_OWNER_URL is for the owner)."
        )


def check_first_connection(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receiver of `connection_created`: looks at the role once a process."""
    global _checked
    if _checked or settings.AS_OWNER:
        return
    refuse_bypass(connection)
    _checked = True
