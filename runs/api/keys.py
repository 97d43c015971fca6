"""API keys: `rb_<prefix>_<secret>`. The prefix finds the row, an HMAC with a pepper of ours proves the rest."""

import base64
import hmac
import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db.models import Q
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from runs import audit, scope
from runs.access import Permission, require
from runs.models import ApiKey
from runs.people import MAX_DEVICE, Actor

_SHAPE = re.compile(r"^rb_([0-9a-z]{8})_([0-9a-z]{52})$")
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PURPOSE = b"readback api keys v1"
# "Last used" is for people: one write a minute is enough.
_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Principal:
    """Whose request it is, as Django REST framework's `request.user`."""

    actor: Actor
    is_authenticated: bool = True


def make(
    workspace_id: uuid.UUID, *, name: str, roles: Sequence[str], by: Actor, at: datetime
) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown this once and stored nowhere."""
    require(by, Permission.MANAGE_SETTINGS)
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    secret = base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=").lower()
    text = f"rb_{prefix}_{secret}"
    key = ApiKey.objects.create(
        workspace_id=workspace_id,
        name=name,
        prefix=prefix,
        digest=_digest(text, settings.SECRET_KEY),
        roles=list(roles),
        created_by_id=by.user_id,
        created_at=at,
    )
    audit.record("key.made", str(key.id), by=by, at=at, prefix=prefix, roles=list(roles))
    return key, text


def revoke(key: ApiKey, *, by: Actor, at: datetime) -> None:
    """From now on nobody gets in with it. Revoking twice changes nothing."""
    require(by, Permission.MANAGE_SETTINGS)
    if ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=at):
        audit.record("key.revoked", str(key.id), by=by, at=at, prefix=key.prefix)


def find(text: str, at: datetime) -> ApiKey | None:
    """The valid key of this text in whichever workspace. Outside any scope: it is what finds the scope."""
    shape = _SHAPE.match(text)
    if shape is None:
        return None
    with scope.every_workspace():
        alive = ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)
        candidates = list(alive.filter(prefix=shape[1]).values_list("workspace_id", "id", "digest"))
    for workspace_id, key_id, digest in candidates:
        if _proves(text, bytes(digest)):
            with scope.workspace(workspace_id):
                return ApiKey.objects.get(id=key_id)
    return None


def _proves(text: str, digest: bytes) -> bool:
    known = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(_digest(text, str(secret)), digest) for secret in known)


def _digest(text: str, secret: str) -> bytes:
    return hmac.digest(_pepper(secret), text.encode(), "sha256")


@lru_cache(maxsize=4)
def _pepper(secret: str) -> bytes:
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE)
    return kdf.derive(secret.encode())


class BearerKey(BaseAuthentication):
    """`Authorization: Bearer rb_…`."""

    def authenticate(self, request: Request) -> tuple[Principal, ApiKey] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        kind, _, text = header.partition(" ")
        at = scope.now()
        key = find(text.strip(), at) if kind.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed("The key is not known, or not valid any more.", "bad_key")
        _touch(key, at)
        return Principal(_actor(key, request)), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="readback"'


def _actor(key: ApiKey, request: Any) -> Actor:
    return Actor(
        id=f"key:{key.id}",
        name=key.name,
        workspace_id=key.workspace_id,
        roles=frozenset(key.roles),
        address=str(request.META.get("REMOTE_ADDR", ""))[:45],
        device=str(request.META.get("HTTP_USER_AGENT", ""))[:MAX_DEVICE],
        request_id=str(getattr(request, "reference", ""))[:40],
    )


def _touch(key: ApiKey, at: datetime) -> None:
    if key.last_used_at is None or key.last_used_at < at - _TOUCH_EVERY:
        with scope.workspace(key.workspace_id):
            ApiKey.objects.filter(id=key.id).update(last_used_at=at)
