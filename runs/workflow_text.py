"""A workflow as text: `CREATE AGENT WORKFLOW …`, read with line and column in every error, and written.

    CREATE AGENT WORKFLOW voice.customer_call_flow
      SESSION REQUIRE tenant_id, principal, call_id, customer_id
      ALLOWED CAPABILITIES (voice.summarize_call, crm.propose_customer_update)
      ALLOWED EXTERNAL ACTIONS (crm.update_contact)
      CHECKPOINT EVERY STEP
      ON RISK medium REQUIRE APPROVAL ROLE 'support_lead'
      RETENTION RUNS 730 DAYS;

Also `TITLE '…'`, `PROPOSE ONLY`, `TRANSFER TO (desk 'The desk' 'tel:+441614960100')` and the clauses of `runs.policy_text`. Keywords in any case, clauses in any order, each once; `--` begins a comment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from runs import capability_names, policy_text
from runs.destinations import Destination
from runs.policies import RISKS
from runs.policy_reading import PolicyReader, why
from runs.policy_text import PolicyWords
from runs.releases import Content, WorkflowSpec
from runs.workflow_tokens import Place, Token, WorkflowTextError, name, quoted

__all__ = [
    "LONGEST_DAYS",
    "RISKS",
    "SESSION",
    "Described",
    "WorkflowTextError",
    "apply",
    "check_capabilities",
    "describe",
    "read",
    "write",
]

LONGEST_DAYS = 36_500
# The text's names of session values, and ours.
SESSION = {
    "tenant_id": "workspace_id",
    "principal": "principal",
    "call_id": "call_id",
    "customer_id": "customer_id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described(PolicyWords):
    """What the text says. `roles` is who decides from a risk on; of `destinations` None: nothing. `places`
    are where names and clauses stand, for what can only be judged beside a content."""

    name: str
    capabilities: tuple[str, ...]
    external_actions: tuple[str, ...]
    session_require: tuple[str, ...] = tuple(SESSION.values())
    retention_days: int = 730
    propose_only: bool = False
    title: str = ""
    destinations: tuple[Destination, ...] | None = None
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)


def read(text: str) -> Described:
    """Raise WorkflowTextError where the text is not one workflow."""
    return _Reader(text).workflow()


def write(described: Described) -> str:
    """The text that reads as the same description."""
    lines = [f"CREATE AGENT WORKFLOW {name(described.name)}"]
    if described.title:
        lines.append(f"  TITLE {quoted(described.title)}")
    theirs = {ours: text for text, ours in SESSION.items()}
    if described.session_require:
        named = ", ".join(theirs[one] for one in described.session_require)
        lines.append(f"  SESSION REQUIRE {named}")
    lines += _listed("ALLOWED CAPABILITIES", described.capabilities)
    lines += _listed("ALLOWED EXTERNAL ACTIONS", described.external_actions)
    lines.append("  CHECKPOINT EVERY STEP")
    lines += _destinations(described.destinations)
    lines += [f"  {one}" for one in policy_text.lines(described)]
    if described.propose_only:
        lines.append("  PROPOSE ONLY")
    lines.append(f"  RETENTION RUNS {described.retention_days} DAYS;")
    return "\n".join(lines) + "\n"


def describe(content: Content) -> Described:
    spec = content.workflow
    return Described(
        name=spec.name,
        title=spec.title,
        session_require=spec.session_require,
        capabilities=spec.capabilities,
        external_actions=spec.external_actions,
        retention_days=spec.retention_days,
        propose_only=spec.propose_only,
        destinations=content.destinations or None,
        **policy_text.words_of(content.policy),
    )


def apply(described: Described, content: Content) -> Content:
    """The content with what the text says; what it does not speak of stays. Raise WorkflowTextError, with the
    place, where the text names what is not there."""
    check_capabilities(described)
    configured = {one.key for one in content.actions}
    for action in (*described.external_actions, *(described.autonomy or {})):
        if action not in configured:
            raise _wrong(described, f"the action `{action}` is not configured", action)
    spec = WorkflowSpec(
        name=described.name,
        title=described.title or content.workflow.title,
        session_require=described.session_require,
        capabilities=described.capabilities,
        external_actions=described.external_actions,
        propose_only=described.propose_only,
        retention_days=described.retention_days,
    )
    try:
        policy = policy_text.apply(described, content.policy)
    except ValidationError as error:
        # Only the two clocks can contradict each other.
        raise _wrong(described, why(error), "clause execute_by", "clause approve_by") from error
    changed = {**content.model_dump(), "workflow": spec.model_dump(), "policy": policy.model_dump()}
    if described.destinations is not None:
        changed["destinations"] = described.destinations
    try:
        return Content.model_validate(changed)
    except ValidationError as error:
        raise _wrong(described, why(error), "clause destinations") from error


def check_capabilities(described: Described) -> None:
    known = capability_names.known()
    for capability in described.capabilities:
        if capability not in known:
            raise _wrong(described, f"there is no capability `{capability}`", capability)


def _wrong(described: Described, words: str, *named: str) -> WorkflowTextError:
    """At the first of these places that the text has."""
    place = next((described.places[one] for one in named if one in described.places), (1, 1))
    return WorkflowTextError(words, *place)


class _Reader(PolicyReader):
    """Recursive descent over the tokens, one clause a method."""

    def workflow(self) -> Described:
        first = self.next
        self.words("CREATE", "AGENT", "WORKFLOW")
        called = self.take("name", "the workflow's name").text
        clauses = {
            "TITLE": self._title,
            "SESSION": self._session,
            "ALLOWED": self._allowed,
            "CHECKPOINT": self._checkpoint,
            "PROPOSE": self._propose_only,
            "RETENTION": self._retention,
            "TRANSFER": self._transfer,
            **self.policy_clauses(),
        }
        while (token := self.next).word in clauses and token.kind == "name":
            clauses[token.word](token)
        self.take(";", "a clause or `;`")
        self.take("end", "nothing after `;`")
        for wanted in ("capabilities", "external_actions"):
            if wanted not in self.said:
                words = wanted.replace("_", " ").upper()
                raise WorkflowTextError(f"ALLOWED {words} is missing", first.line, first.column)
        policy = self.policy_words()
        return Described(name=called, places=self.places, **policy, **self.said)  # type: ignore[arg-type]

    def _title(self, token: Token) -> None:
        self.words("TITLE")
        self.say("title", self.string("the title"), token)

    def _session(self, token: Token) -> None:
        self.words("SESSION", "REQUIRE")
        found = [self._session_value()]
        while self.next.text == ",":
            self.take(",", "`,`")
            found.append(self._session_value())
        self.say("session_require", tuple(found), token)

    def _session_value(self) -> str:
        token = self.take("name", "a session value")
        if token.text not in SESSION:
            raise self.error(f"a session value ({', '.join(SESSION)})", token)
        return SESSION[token.text]

    def _allowed(self, token: Token) -> None:
        self.words("ALLOWED")
        if self.maybe("CAPABILITIES"):
            self.say("capabilities", self.names(), token)
        else:
            self.words("EXTERNAL", "ACTIONS")
            self.say("external_actions", self.names(), token)

    def _checkpoint(self, token: Token) -> None:
        self.words("CHECKPOINT", "EVERY", "STEP")
        self.say("checkpoint", True, token)
        del self.said["checkpoint"]

    def _propose_only(self, token: Token) -> None:
        self.words("PROPOSE", "ONLY")
        self.say("propose_only", True, token)

    def _transfer(self, token: Token) -> None:
        self.words("TRANSFER", "TO")
        self.take("(", "`(`")
        found: list[Destination] = []
        while self.next.text != ")":
            if found:
                self.take(",", "`,` or `)`")
            found.append(self._destination({one.key for one in found}))
        self.take(")", "`)`")
        self.say("destinations", tuple(found), token)

    def _destination(self, known: set[str]) -> Destination:
        key = self.take("name", "the destination's name")
        if key.text in known:
            raise WorkflowTextError(f"{key.shown} is named twice", key.line, key.column)
        label, place = self.string("what the destination is called, in quotes"), self.next
        target = self.string("a tel: or sip: address in quotes")
        try:
            return Destination(key=key.text, label=label, target=target)
        except ValidationError as error:
            raise WorkflowTextError(why(error), place.line, place.column) from error

    def _retention(self, token: Token) -> None:
        self.words("RETENTION", "RUNS")
        days = self.whole("a number of days", 1, LONGEST_DAYS)
        self.words("DAYS")
        self.say("retention_days", days, token)


def _listed(words: str, names: tuple[str, ...]) -> list[str]:
    if not names:
        return [f"  {words} ()"]
    return [f"  {words} (", ",\n".join(f"    {name(one)}" for one in names), "  )"]


def _destinations(found: tuple[Destination, ...] | None) -> list[str]:
    if not found:
        return [] if found is None else ["  TRANSFER TO ()"]
    each = [f"    {name(one.key)} {quoted(one.label)} {quoted(one.target)}" for one in found]
    return ["  TRANSFER TO (", ",\n".join(each), "  )"]
