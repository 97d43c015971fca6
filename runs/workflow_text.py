"""A workflow as text: `CREATE AGENT WORKFLOW …`, read with line and column in every error, and written.

    CREATE AGENT WORKFLOW voice.customer_call_flow
      SESSION REQUIRE tenant_id, principal, call_id, customer_id
      ALLOWED CAPABILITIES (voice.summarize_call, crm.propose_customer_update)
      ALLOWED EXTERNAL ACTIONS (crm.update_contact)
      CHECKPOINT EVERY STEP
      ON RISK medium REQUIRE APPROVAL ROLE 'support_lead'
      RETENTION RUNS 730 DAYS;

Also `TITLE '…'` and `PROPOSE ONLY`. Keywords in any case, clauses in any order, each once; `--` begins a comment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from runs.errors import Invalid
from runs.models.user import Role
from runs.releases import Content, Policy, Risk, WorkflowSpec

RISKS: tuple[Risk, ...] = ("low", "medium", "high")
LONGEST_DAYS = 36_500
MAX_TEXT = 64 * 1024
# The text's names of session values, and ours.
SESSION = {
    "tenant_id": "workspace_id",
    "principal": "principal",
    "call_id": "call_id",
    "customer_id": "customer_id",
}
_NAME = r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*"
_TOKEN = re.compile(
    rf"(?P<space>[ \t\r\n]+|--[^\n]*)|(?P<name>{_NAME})|(?P<number>[0-9]+)"
    r"|(?P<string>'(?:[^'\n]|'')*')|(?P<mark>[(),;])"
)


class WorkflowTextError(Invalid):
    """Not a workflow: `line` and `column` (from 1) say where, `detail` what was expected there."""

    code = "workflow_text"

    def __init__(self, detail: str, line: int, column: int) -> None:
        super().__init__(detail=f"line {line}, column {column}: {detail}", line=line, column=column)


@dataclass(frozen=True, slots=True)
class Described:
    """What the text says. `roles` is who decides from a risk on."""

    name: str
    capabilities: tuple[str, ...]
    external_actions: tuple[str, ...]
    session_require: tuple[str, ...] = tuple(SESSION.values())
    roles: dict[Risk, str] = field(default_factory=dict)
    retention_days: int = 730
    propose_only: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int
    column: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "name" else self.text

    @property
    def shown(self) -> str:
        return f"`{self.text[:40]}`" if self.text else "the end of the text"


def read(text: str) -> Described:
    """Raise WorkflowTextError where the text is not one workflow."""
    return _Reader(list(_tokens(text))).workflow()


def write(described: Described) -> str:
    """The text that reads as the same description."""
    lines = [f"CREATE AGENT WORKFLOW {_name(described.name)}"]
    if described.title:
        lines.append(f"  TITLE {_quoted(described.title)}")
    theirs = {ours: text for text, ours in SESSION.items()}
    if described.session_require:
        named = ", ".join(theirs[one] for one in described.session_require)
        lines.append(f"  SESSION REQUIRE {named}")
    lines += _listed("ALLOWED CAPABILITIES", described.capabilities)
    lines += _listed("ALLOWED EXTERNAL ACTIONS", described.external_actions)
    lines.append("  CHECKPOINT EVERY STEP")
    for risk in RISKS:
        if risk in described.roles:
            role = _quoted(described.roles[risk])
            lines.append(f"  ON RISK {risk} REQUIRE APPROVAL ROLE {role}")
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
        roles=dict(content.policy.roles),
        retention_days=spec.retention_days,
        propose_only=spec.propose_only,
    )


def apply(described: Described, content: Content) -> Content:
    """The content with what the text says; what it does not speak of stays."""
    spec = WorkflowSpec(
        name=described.name,
        title=described.title or content.workflow.title,
        session_require=described.session_require,
        capabilities=described.capabilities,
        external_actions=described.external_actions,
        propose_only=described.propose_only,
        retention_days=described.retention_days,
    )
    policy = Policy.model_validate({**content.policy.model_dump(), "roles": described.roles})
    changed = {**content.model_dump(), "workflow": spec.model_dump(), "policy": policy.model_dump()}
    return Content.model_validate(changed)


def _tokens(text: str) -> Iterator[_Token]:
    if len(text) > MAX_TEXT:
        raise WorkflowTextError(f"the text has more than {MAX_TEXT} characters", 1, 1)
    place, line, start = 0, 1, 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        column = place - start + 1
        if found is None:
            what = "a text without its end" if text[place] == "'" else f"`{text[place]}`"
            raise WorkflowTextError(f"{what} is not expected here", line, column)
        if found.lastgroup != "space":
            yield _Token(str(found.lastgroup), found.group(), line, column)
        if "\n" in found.group():
            line += found.group().count("\n")
            start = found.start() + found.group().rindex("\n") + 1
        place = found.end()
    yield _Token("end", "", line, place - start + 1)


class _Reader:
    """Recursive descent over the tokens, one clause a method."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.place = tokens, 0
        self.said: dict[str, object] = {}
        self.roles: dict[Risk, str] = {}

    def workflow(self) -> Described:
        first = self.tokens[0]
        self._words("CREATE", "AGENT", "WORKFLOW")
        name = self._take("name", "the workflow's name").text
        clauses = {
            "TITLE": self._title,
            "SESSION": self._session,
            "ALLOWED": self._allowed,
            "CHECKPOINT": self._checkpoint,
            "ON": self._risk,
            "PROPOSE": self._propose_only,
            "RETENTION": self._retention,
        }
        while (token := self.tokens[self.place]).word in clauses and token.kind == "name":
            clauses[token.word](token)
        self._take(";", "a clause or `;`")
        self._take("end", "nothing after `;`")
        for wanted in ("capabilities", "external_actions"):
            if wanted not in self.said:
                words = wanted.replace("_", " ").upper()
                raise WorkflowTextError(f"ALLOWED {words} is missing", first.line, first.column)
        return Described(name=name, roles=self.roles, **self.said)  # type: ignore[arg-type]

    def _title(self, token: _Token) -> None:
        self._words("TITLE")
        self._say("title", self._string("the title"), token)

    def _session(self, token: _Token) -> None:
        self._words("SESSION", "REQUIRE")
        found = [self._session_value()]
        while self.tokens[self.place].text == ",":
            self._take(",", "`,`")
            found.append(self._session_value())
        self._say("session_require", tuple(found), token)

    def _session_value(self) -> str:
        token = self._take("name", "a session value")
        if token.text not in SESSION:
            raise self._error(f"a session value ({', '.join(SESSION)})", token)
        return SESSION[token.text]

    def _allowed(self, token: _Token) -> None:
        self._words("ALLOWED")
        if self.tokens[self.place].word == "CAPABILITIES":
            self._words("CAPABILITIES")
            self._say("capabilities", self._names(), token)
        else:
            self._words("EXTERNAL", "ACTIONS")
            self._say("external_actions", self._names(), token)

    def _checkpoint(self, token: _Token) -> None:
        self._words("CHECKPOINT", "EVERY", "STEP")
        self._say("checkpoint", True, token)
        del self.said["checkpoint"]

    def _risk(self, token: _Token) -> None:
        self._words("ON", "RISK")
        at = self._take("name", "low, medium or high")
        risk = next((one for one in RISKS if one == at.text.lower()), None)
        if risk is None:
            raise self._error("low, medium or high", at)
        if risk in self.roles:
            raise WorkflowTextError(f"ON RISK {risk} is said twice", token.line, token.column)
        self._words("REQUIRE", "APPROVAL", "ROLE")
        place = self.tokens[self.place]
        role = self._string("a role in quotes")
        if role not in Role.values:
            raise self._error(f"a role ({', '.join(Role.values)})", place)
        self.roles[risk] = role

    def _propose_only(self, token: _Token) -> None:
        self._words("PROPOSE", "ONLY")
        self._say("propose_only", True, token)

    def _retention(self, token: _Token) -> None:
        self._words("RETENTION", "RUNS")
        at = self._take("number", "a number of days")
        if not 1 <= len(at.text) <= 6 or not 1 <= int(at.text) <= LONGEST_DAYS:
            raise self._error(f"a number of days from 1 to {LONGEST_DAYS}", at)
        self._words("DAYS")
        self._say("retention_days", int(at.text), token)

    def _names(self) -> tuple[str, ...]:
        self._take("(", "`(`")
        found: list[str] = []
        while self.tokens[self.place].text != ")":
            if found:
                self._take(",", "`,` or `)`")
            token = self._take("name", "a name")
            if token.text in found:
                raise WorkflowTextError(f"{token.shown} is named twice", token.line, token.column)
            found.append(token.text)
        self._take(")", "`)`")
        return tuple(found)

    def _string(self, what: str) -> str:
        return self._take("string", what).text[1:-1].replace("''", "'")

    def _words(self, *words: str) -> None:
        for word in words:
            token = self.tokens[self.place]
            if token.kind != "name" or token.word != word:
                raise self._error(word, token)
            self.place += 1

    def _take(self, wanted: str, what: str) -> _Token:
        token = self.tokens[self.place]
        if wanted not in (token.kind, token.text if token.kind == "mark" else ""):
            raise self._error(what, token)
        self.place += 1
        return token

    def _say(self, key: str, value: object, token: _Token) -> None:
        if key in self.said:
            raise WorkflowTextError(f"{token.word} is said twice", token.line, token.column)
        self.said[key] = value

    def _error(self, what: str, token: _Token) -> WorkflowTextError:
        return WorkflowTextError(f"expected {what}, found {token.shown}", token.line, token.column)


def _listed(words: str, names: tuple[str, ...]) -> list[str]:
    if not names:
        return [f"  {words} ()"]
    return [f"  {words} (", ",\n".join(f"    {_name(one)}" for one in names), "  )"]


def _name(name: str) -> str:
    if not re.fullmatch(_NAME, name):
        raise Invalid("not_expressible", name=name[:80])
    return name


def _quoted(text: str) -> str:
    if "\n" in text:
        raise Invalid("not_expressible", text=text[:80])
    return "'" + text.replace("'", "''") + "'"
