"""Reading the clauses of a policy from a workflow's text."""

from collections.abc import Callable
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from runs.policies import (
    DECIDERS,
    GRADES,
    MOST_MINUTES,
    MOST_PEOPLE,
    RISKS,
    Amount,
    Autonomy,
    Condition,
    Match,
    Risk,
    RiskRule,
    Stage,
    Terms,
)
from runs.workflow_tokens import Token, TokenReader, WorkflowTextError

LEVELS: tuple[str, ...] = get_args(Autonomy.model_fields["level"].annotation)
_Made = TypeVar("_Made", bound=BaseModel)


class PolicyReader(TokenReader):
    """One clause a method, each given its first token."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.roles: dict[Risk, str] = {}
        self.terms: dict[Risk, Terms] = {}
        self.rules: list[RiskRule] = []
        self.autonomy: dict[str, Autonomy] = {}
        self.on_risk: set[Risk] = set()

    def policy_clauses(self) -> dict[str, Any]:
        return {
            "ON": self._on_risk,
            "RULE": self._rule,
            "AUTONOMY": self._autonomy,
            "DEFAULT": self._default,
            "APPROVE": self._clock,
            "EXECUTE": self._clock,
            "NO": self._none,
        }

    def policy_words(self) -> dict[str, Any]:
        """As fields of PolicyWords."""
        nothing = {key for key in ("rules", "autonomy") if self.said.pop(f"no {key}", False)}
        return {
            "roles": self.roles,
            "terms": self.terms,
            "rules": tuple(self.rules) if self.rules or "rules" in nothing else None,
            "autonomy": self.autonomy if self.autonomy or "autonomy" in nothing else None,
            **{
                key: self.said.pop(key)
                for key in ("default", "approve_by", "execute_by")
                if key in self.said
            },
        }

    def _on_risk(self, token: Token) -> None:
        self.words("ON", "RISK")
        risk = self._risk()
        if risk in self.on_risk:
            raise WorkflowTextError(f"ON RISK {risk} is said twice", token.line, token.column)
        self.on_risk.add(risk)
        if self.at("REQUIRE", "APPROVAL"):
            self.words("REQUIRE", "APPROVAL", "ROLE")
            self.roles[risk] = self._role()
        found = self._terms()
        if found != Terms():
            self.terms[risk] = found
        elif risk not in self.roles:
            raise self.error("REQUIRE APPROVAL, REQUIRE APPROVALS, FOUR EYES or a clock", self.next)

    def _rule(self, token: Token) -> None:
        self.words("RULE")
        self._not_none("rules", token)
        key = self.take("name", "the rule's name")
        if key.text in {one.key for one in self.rules}:
            raise WorkflowTextError(f"{key.shown} is named twice", key.line, key.column)
        known: dict[str, Any] = {"key": key.text, "words": self.string("what the rule means")}
        self.words("ON")
        known["action"] = self.string("an action in quotes")
        known["field"] = self.string("a field in quotes") if self.maybe("FIELD") else None
        when = self._condition()
        self.words("RISK")
        known["risk"] = self._risk()
        known["role"] = self._whose()
        known |= {"when": when, "terms": self._terms()}
        self.rules.append(self._made(RiskRule, token, **known))

    def _condition(self) -> Condition | None:
        token = self.next
        found: dict[str, Any] = {}
        for key, word in (("old", "OLD"), ("new", "NEW")):
            if self.maybe(word):
                found[key] = self._match()
        if self.maybe("AMOUNT", "OVER"):
            found["over"] = self._amount()
        if self.maybe("GRADE"):
            found["grades"] = self._listed(
                lambda: self.one_of(f"one of {', '.join(GRADES)}", *GRADES)
            )
        if self.maybe("TIER"):
            found["tiers"] = self._listed(lambda: self.string("a tier in quotes"))
        return self._made(Condition, token, **found) if found else None

    def _match(self) -> Match:
        token = self.next
        if self.maybe("EMPTY"):
            return Match(how="empty")
        if self.maybe("MATCHES"):
            token = self.next
            pattern = self.string("a pattern in quotes")
            return self._made(Match, token, how="matches", value=pattern)
        self.take("=", "=, MATCHES or EMPTY")
        return self._made(Match, token, how="equals", value=self._value())

    def _value(self) -> str | int | bool:
        if self.maybe("TRUE"):
            return True
        if self.maybe("FALSE"):
            return False
        if self.next.kind == "number" and self.next.text.lstrip("-").isdigit():
            return int(self.take("number", "a number").text)
        return self.string("a text in quotes, a whole number, TRUE or FALSE")

    def _amount(self) -> Amount:
        token = self.next
        amount = self.take("number", "an amount").text
        currency = self.take("name", "a currency (EUR)").text
        return self._made(Amount, token, amount=amount, currency=currency)

    def _whose(self) -> str:
        if self.maybe("WITHOUT", "APPROVAL"):
            return ""
        if not self.at("ROLE"):
            raise self.error("ROLE or WITHOUT APPROVAL", self.next)
        self.words("ROLE")
        return self._role()

    def _terms(self) -> Terms:
        token = self.next
        found: dict[str, Any] = {}
        if self.maybe("REQUIRE", "APPROVALS"):
            stages = [self._stage()]
            while self.maybe("THEN"):
                stages.append(self._stage())
            found["stages"] = tuple(stages)
        if self.at("WITH", "FOUR") or self.at("WITHOUT", "FOUR"):
            found["four_eyes"] = self.next.word == "WITH"
            self.place += 1
            self.words("FOUR", "EYES")
        if self.maybe("WITHIN"):
            found["approve_by_minutes"] = self._minutes()
        if self.maybe("SEND", "WITHIN"):
            found["execute_by_minutes"] = self._minutes()
        return self._made(Terms, token, **found)

    def _stage(self) -> Stage:
        people = self.whole("a number of people", 1, MOST_PEOPLE)
        self.words("ROLE")
        token = self.next
        return self._made(Stage, token, roles=self._listed(self._role), people=people)

    def _autonomy(self, token: Token) -> None:
        self.words("AUTONOMY")
        self._not_none("autonomy", token)
        action = self.take("name", "an action")
        if action.text in self.autonomy:
            raise WorkflowTextError(f"{action.shown} is named twice", action.line, action.column)
        level = self.one_of(f"one of {', '.join(LEVELS)}", *LEVELS)
        self.places[action.text] = (action.line, action.column)
        limit = self._amount() if self.maybe("UNDER") else None
        self.autonomy[action.text] = self._made(Autonomy, token, level=level, limit=limit)

    def _default(self, token: Token) -> None:
        self.words("DEFAULT", "RISK")
        risk = self._risk()
        self.words("ROLE")
        self.say("default", (risk, self._role()), token)

    def _clock(self, token: Token) -> None:
        self.words(token.word, "BY")
        self.say(f"{token.word.lower()}_by", self._minutes(), token)

    def _none(self, token: Token) -> None:
        self.words("NO")
        what = self.one_of("RULES or AUTONOMY", "rules", "autonomy")
        if getattr(self, what):
            raise WorkflowTextError(f"NO {what.upper()}, but there are", token.line, token.column)
        self.say(f"no {what}", True, token)

    def _not_none(self, what: str, token: Token) -> None:
        if f"no {what}" in self.said:
            words = f"{token.word}, but it said NO {what.upper()}"
            raise WorkflowTextError(words, token.line, token.column)

    def _minutes(self) -> int:
        found = self.whole("a number of minutes", 1, MOST_MINUTES)
        self.words("MINUTES")
        return found

    def _risk(self) -> Risk:
        found = self.one_of("low, medium or high", *RISKS)
        return next(risk for risk in RISKS if risk == found)

    def _role(self) -> str:
        token = self.next
        role = self.string("a role in quotes")
        if role not in DECIDERS:
            raise self.error(f"a role ({', '.join(DECIDERS)})", token)
        return role

    def _listed(self, one: Callable[[], str]) -> tuple[str, ...]:
        found = [one()]
        while self.next.text == ",":
            self.take(",", "`,`")
            found.append(one())
        return tuple(found)

    def _made(self, model: type[_Made], token: Token, **known: Any) -> _Made:
        """What a model refuses is told with the place."""
        try:
            return model(**known)
        except ValidationError as error:
            raise WorkflowTextError(why(error), token.line, token.column) from error


def why(error: ValidationError) -> str:
    """What a model says against a value, without its preface."""
    return error.errors()[0]["msg"].removeprefix("Value error, ")
