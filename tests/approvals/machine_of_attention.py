"""Rules of the machine of proposals: who reviews one, until when it rests, what is asked about it."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from approvals import attention
from runs import scope
from tests.approvals.machine_known import ANYBODY, LEADS, PLACE, ROLES, Known, Walk

# So much later it is asked: within a review, and after its end.
LATER = st.sampled_from([0, 0, 6])


class Attention(Walk):
    @rule(place=PLACE, who=ANYBODY, minutes=LATER)
    def claim(self, place: int, who: str, minutes: int) -> None:
        one, at = self.at(place, "pending"), self._now() + timedelta(minutes=minutes)
        code = self.ask("claim", one, who, at=at)
        over = one.claimed_until is None or one.claimed_until <= at
        if ROLES[who] != "lead":
            assert code == "needs_role"
        elif one.state != "pending":
            assert code == "already_decided"
        elif one.claimed_by not in ("", who) and not over:
            assert code == "claimed"
        else:
            assert code == ""
            self._reviews(one, who, at)

    @rule(place=PLACE)
    def review_at_once(self, place: int) -> None:
        """Two want to: the second is told, until the first one's time is over."""
        self.claim(place, "lena", 0)
        self.claim(place, "mei", 0)
        self.claim(place, "mei", 6)

    @rule(place=PLACE, who=ANYBODY)
    def steal(self, place: int, who: str) -> None:
        one, at = self.at(place, "pending"), self._now()
        code = self.ask("steal", one, who, note="She is off today.", at=at)
        if ROLES[who] != "lead":
            assert code == "needs_role"
        elif one.state != "pending":
            assert code == "already_decided"
        else:
            assert code == ""
            self._reviews(one, who, at)

    @rule(place=PLACE, who=LEADS)
    def let_go(self, place: int, who: str) -> None:
        one = self.at(place, "pending")
        assert self.ask("let_go", one, who) == ""
        if one.claimed_by == who:
            one.claimed_by, one.claimed_until = "", None

    @rule(place=PLACE, who=ANYBODY, minutes=st.integers(1, 9))
    def snooze(self, place: int, who: str, minutes: int) -> None:
        """It changes neither state nor version, and a decision is as open as before."""
        one = self.at(place, "pending")
        until = self._now() + timedelta(minutes=minutes)
        code = self.ask("snooze", one, who, until=until)
        if ROLES[who] != "lead":
            assert code == "needs_role"
        elif one.state != "pending":
            assert code == "already_decided"
        else:
            assert code == ""
            one.rests_until = until

    @rule(place=PLACE, who=LEADS)
    def wake(self, place: int, who: str) -> None:
        if place % 2:
            self.snooze(place, who, 9)
        resting = [one for one in self.known if one.rests_until is not None]
        one = resting[place % len(resting)] if resting and place % 4 else self.at(place)
        code = self.ask("wake", one, who)
        assert code == ("" if one.rests_until is not None else "not_snoozed")
        one.rests_until = None

    @rule(place=PLACE, who=ANYBODY)
    def ask_for_more(self, place: int, who: str) -> None:
        one = self.at(place, "pending")
        code = self.ask("ask", one, who, text="Who told you?")
        if ROLES[who] != "lead":
            assert code == "needs_role"
        elif one.state != "pending":
            assert code == "already_decided"
        else:
            assert code == ""
            one.asked = True

    @rule(place=PLACE, who=ANYBODY)
    def answer(self, place: int, who: str) -> None:
        if place % 2:
            self.ask_for_more(place, "mei")
        waiting = [one for one in self.known if one.asked and one.state == "pending"]
        one = waiting[place % len(waiting)] if waiting and place % 4 else self.at(place)
        code = self.ask("answer", one, who, text="The caller did.")
        if one.state != "pending":
            assert code == "already_decided"
        else:
            assert code == ("" if one.asked else "no_question")
            one.asked = False

    def _reviews(self, one: Known, who: str, at: datetime) -> None:
        one.claimed_by, one.claimed_until = who, at + attention.REVIEW

    def _now(self) -> datetime:
        with self.office.scope():
            return scope.now()
