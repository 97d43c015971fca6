"""The first thing an owner does with a ringing call: accept it, or say why nobody answered."""

import asyncio
import contextlib
import hashlib
from typing import TYPE_CHECKING

from voice import tool_types
from voice.calls import UNKNOWN_NUMBER
from voice.models import Call
from voice.realtime import session as configuration
from voice.realtime.port import AlreadyAccepted, CallGone, ProviderError, Unreachable
from voice.switchboard import results

if TYPE_CHECKING:
    from voice.switchboard.session import Session

# A carrier lets it ring for about ten seconds.
PAUSES_S = (0.3, 0.7, 1.5, 3.0)


async def accept(session: "Session") -> bool:
    """True when the sideband may be attached. Otherwise the call is recorded as missed."""
    call = session.subject.call
    if call.attention == UNKNOWN_NUMBER:
        await _reject(session)
        return False
    reason = await _accept(session)
    if reason:
        await session.miss(reason)
        return False
    await session.keep(results.Line("call.accepted", {"call": call.public_id}))
    return True


async def _accept(session: "Session") -> str:
    """Why it could not be accepted; empty where it was."""
    call, content = session.subject.call, session.subject.content
    body = configuration.build(content, variables=call.variables, tools=tool_types.schemas(content))
    for pause in (*PAUSES_S, None):
        try:
            await session.provider.accept(call.provider_call_id, body)
        except AlreadyAccepted:
            # By an owner before us that did not live to record it.
            return ""
        except CallGone:
            return "caller_gone"
        except Unreachable:
            if pause is None:
                return "provider_unreachable"
            await asyncio.sleep(pause)
        except ProviderError as error:
            return f"refused_{error.code}"[:40]
        else:
            return ""
    return "provider_unreachable"


async def _reject(session: "Session") -> None:
    with contextlib.suppress(ProviderError):
        await session.provider.reject(session.subject.call.provider_call_id)
    await session.miss(UNKNOWN_NUMBER)


def hashed(call: Call) -> str:
    """A stable name of the caller that tells the provider nothing else."""
    who = f"{call.workspace_id}:{call.caller_number or call.provider_call_id}"
    return hashlib.sha256(who.encode()).hexdigest()[:32]
