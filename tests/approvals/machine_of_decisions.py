"""Rules of the machine of proposals: what people decide, alone, one after the other and in bulk."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from approvals import bulk, proposals, samples
from runs import scope
from runs.errors import Refused
from tests.approvals.machine_known import AGE, ANYBODY, LEADS, PLACE, ROLES, Known, Walk


class Decisions(Walk):
    def propose(self, field: str) -> None:
        raise NotImplementedError

    def edit_it(self, one: Known, who: str) -> bool:
        raise NotImplementedError

    def newest(self, field: str, *, other: bool = False) -> Known:
        """One that is open for this kind of field (the last or the one before), made where there is none."""
        place = 2 if other else 1
        while len(found := self._open(field)) < place:
            self.propose(field)
        return found[-place]

    def _open(self, field: str) -> list[Known]:
        return [one for one in self.known if (one.field, one.state) == (field, "pending")]

    @rule(place=PLACE, who=ANYBODY, age=AGE)
    def approve(self, place: int, who: str, age: int) -> None:
        self.say_yes(self.at(place, "pending"), who, age)

    def say_yes(self, one: Known, who: str, age: int) -> None:
        version, digest = _shown(one, age)
        wanted = self.answer_to_yes(one, who, version)
        assert self.ask("approve", one, who, version=version, digest=digest) == wanted
        if not wanted:
            self.counts(one, who)

    def answer_to_yes(self, one: Known, who: str, version: int) -> str:
        if ROLES[who] != one.role:
            return "needs_role"
        if one.field == "address" and self.office.house.actor(who).id in one.authors:
            return "four_eyes"
        if one.state == "pending" and who in one.given:
            return "counted_already"
        if one.state != "pending":
            return "already_decided"
        return "" if version == one.version else "changed_since_shown"

    @rule(place=PLACE, age=AGE)
    def second_yes(self, place: int, age: int) -> None:
        """Whoever has said yes to what is half allowed says it again, then somebody else does."""
        half = [one for one in self.known if one.state == "pending" and one.given]
        if not half:
            return
        one = half[place % len(half)]
        first = next(iter(one.given))
        others = [name for name in ("adam", "mei", "lena") if name not in one.given]
        self.say_yes(one, first, 0)
        self.say_yes(one, others[place % len(others)], age)

    @rule(place=PLACE, who=ANYBODY)
    def retract(self, place: int, who: str) -> None:
        """One's own yes is taken back while the others' are still waited for."""
        half = [one for one in self.known if one.state == "pending" and one.given]
        one = half[place % len(half)] if half and place % 4 else self.at(place)
        code = self.ask("retract", one, who)
        if one.state != "pending":
            assert code == "already_decided"
            return
        assert code == ("" if who in one.given else "no_yes_of_yours")
        if not code:
            one.given.discard(who)
            one.standing.discard(who)
            self.moved("pending", "pending")

    @rule(place=PLACE, who=ANYBODY, age=AGE, looks=st.booleans(), odd=st.booleans())
    def approve_alike(self, place: int, who: str, age: int, looks: bool, odd: bool) -> None:
        """Several of low risk with one click, once a sample of them was opened; each for itself."""
        one = [self.newest("company"), self.newest("company", other=True)][place % 2]
        self.in_bulk(one, who, looks=looks, age=age, odd=odd and not looks)

    def in_bulk(self, one: Known, who: str, *, looks: bool, age: int, odd: bool = False) -> None:
        found = self._offered(one, who, looks)
        if odd:
            found.append(next(one for one in self.known if one.field == "mobile"))
        if len(found) < 2:
            return
        shown = [bulk.Shown(one.public_id, *_shown(one, age)) for one in found]
        results = self._in_bulk(shown, who)
        if isinstance(results, str):
            assert results == ("not_alike" if odd else "sample_not_opened"), results
            assert not looks
            return
        for one, item, result in zip(found, shown, results, strict=True):
            code = result.refusal.code if result.refusal else ""
            self.said[("in bulk", code or "done")] += 1
            wanted = self.answer_to_yes(one, who, item.version)
            assert (result.proposal, code) == (one.public_id, wanted)
            if not code:
                self.counts(one, who)

    def _offered(self, one: Known, who: str, looks: bool) -> list[Known]:
        """What a page shows to be approved together; of its sample all are opened, or none."""
        with self.office.scope():
            by, at = self.office.house.actor(who), scope.now()
            together = bulk.offer(proposals.get(one.public_id), by=by, at=at)
            for public_id in together.drawn.chosen if together.drawn and looks else ():
                samples.opened(proposals.get(public_id), by=by, at=at)
        return [k for k in self.known if k.public_id in together.members]

    def _in_bulk(self, shown: list[bulk.Shown], who: str) -> list[bulk.Result] | str:
        try:
            with self.office.scope():
                return bulk.approve_all(shown, by=self.office.house.actor(who), at=scope.now())
        except Refused as refusal:
            self.said[("in bulk", refusal.code)] += 1
            return refusal.code

    @rule(place=PLACE, who=ANYBODY, age=AGE)
    def reject(self, place: int, who: str, age: int) -> None:
        self.say_no(self.at(place), who, age)

    def say_no(self, one: Known, who: str, age: int) -> None:
        version, digest = _shown(one, age)
        known = {"version": version, "digest": digest, "reason_code": "not_wanted", "note": "No."}
        code = self.ask("reject", one, who, **known)
        if not one.may_reject(who):
            assert code == "needs_role"
        elif one.state != "pending":
            assert code == "already_decided"
        elif version != one.version:
            assert code == "changed_since_shown"
        else:
            assert code == ""
            one.standing.clear()
            self.to(one, "rejected")

    @rule(place=PLACE, who=LEADS)
    def undo(self, place: int, who: str) -> None:
        one = self.at(place, "approved")
        code = self.ask("undo", one, who)
        if one.state != "approved":
            assert code == "nothing_to_undo"
        elif one.sent:
            assert code == "already_sent"
        else:
            assert code == ""
            one.given.clear()
            one.standing.clear()
            self.to(one, "superseded" if self.rival(one, "pending") else "pending")

    @rule(place=PLACE)
    def withdraw(self, place: int) -> None:
        one = self.at(place, "pending")
        code = self.ask("withdraw", one, "")
        assert code == ("" if one.state == "pending" else "already_decided")
        if not code:
            self.to(one, "withdrawn")

    @rule(place=PLACE, release=st.booleans())
    def hold(self, place: int, release: bool) -> None:
        self._hold(self.at(place, "approved"), release)

    def _hold(self, one: Known, release: bool) -> None:
        code = self.ask("release" if release else "hold", one, "lena")
        if one.state != "approved":
            assert code == "not_approved"
        elif one.sent:
            assert code == "already_sent"
        elif one.held != release:
            assert code == ("not_held" if release else "already_held")
        else:
            assert code == ""
            one.held = not release

    @rule(twice=st.booleans())
    def hold_for_a_while(self, twice: bool) -> None:
        """What was just approved is held and let go, by who asks once and by who asks twice."""
        one = self.newest("mobile")
        self.say_yes(one, "lena", 0)
        for release in (False, False, True, True) if twice else (False, True):
            self._hold(one, release)

    @rule(field=st.sampled_from(["mobile", "company"]), who=LEADS)
    def decide_on_an_old_screen(self, field: str, who: str) -> None:
        """Somebody else edited it meanwhile: neither a yes nor a no to what is not there any more counts."""
        one = self.newest(field)
        self.edit_it(one, "mei")
        self.say_yes(one, who, 1)
        self.say_no(one, who, 1)

    @rule(who=LEADS, age=st.integers(0, 1))
    def approve_two_alike(self, who: str, age: int) -> None:
        first, second = self.newest("company"), self.newest("company", other=True)
        self.edit_it(second, "lena")
        self.in_bulk(first, who, looks=False, age=0)
        self.in_bulk(first, who, looks=True, age=age)


def _shown(one: Known, age: int) -> tuple[int, str]:
    """What stands on a screen, which may be one version old."""
    return one.shown[max(0, len(one.shown) - 1 - age)]
