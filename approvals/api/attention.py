"""Around a decision: remarks, questions back, rest. A review is a person's: a key claims none."""

from datetime import datetime

from approvals import attention, remarks
from approvals.api import answers
from approvals.api.proposals import OfProposal, verb
from approvals.models import Proposal
from runs.api.pages import read_moment
from runs.errors import Invalid


@verb("comment", "Write a comment; people after an @ are told")
class Comment(OfProposal):
    body = answers.Words

    def change(self, found: Proposal, wish: answers.Words, at: datetime) -> None:
        remarks.comment(found, text=wish.text, by=self.actor, at=at)


@verb("ask", "Ask for more; the proposal and its clocks go on")
class Ask(OfProposal):
    body = answers.Words

    def change(self, found: Proposal, wish: answers.Words, at: datetime) -> None:
        remarks.ask(found, text=wish.text, by=self.actor, at=at)


@verb("answer", "Answer the open question")
class Answer(OfProposal):
    body = answers.Words

    def change(self, found: Proposal, wish: answers.Words, at: datetime) -> None:
        remarks.answer(found, text=wish.text, by=self.actor, at=at)


@verb("snooze", "Let it rest; it comes back by itself before its time to decide ends")
class Snooze(OfProposal):
    body = answers.Until

    def change(self, found: Proposal, wish: answers.Until, at: datetime) -> None:
        until = read_moment(wish.until)
        if until is None:
            raise Invalid("not_a_moment", field="until")
        attention.snooze(found, until=until, by=self.actor, at=at)


@verb("wake", "End its rest now")
class Wake(OfProposal):
    def change(self, found: Proposal, wish: answers.Nothing, at: datetime) -> None:
        attention.wake(found, by=self.actor, at=at)
