"""Tokens of a workflow's text, each with its place, and reading them one after the other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from runs.errors import Invalid

MAX_TEXT = 64 * 1024
NAME = r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*"
_TOKEN = re.compile(
    rf"(?P<space>[ \t\r\n]+|--[^\n]*)|(?P<name>{NAME})|(?P<number>-?[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<string>'(?:[^'\n]|'')*')|(?P<mark>[(),;=])"
)


Place = tuple[int, int]  # line and column, from 1


class WorkflowTextError(Invalid):
    """Not a workflow: `line` and `column` (from 1) say where, `detail` what was expected there."""

    code = "workflow_text"

    def __init__(self, detail: str, line: int, column: int) -> None:
        super().__init__(detail=f"line {line}, column {column}: {detail}", line=line, column=column)


@dataclass(frozen=True, slots=True)
class Token:
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


def split(text: str) -> Iterator[Token]:
    """The last one is of kind `end`."""
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
            yield Token(str(found.lastgroup), found.group(), line, column)
        if "\n" in found.group():
            line += found.group().count("\n")
            start = found.start() + found.group().rindex("\n") + 1
        place = found.end()
    yield Token("end", "", line, place - start + 1)


class TokenReader:
    """A place among the tokens; each method takes what it names, or raises with the place."""

    def __init__(self, text: str) -> None:
        self.tokens, self.place = list(split(text)), 0
        self.said: dict[str, object] = {}
        self.places: dict[str, Place] = {}

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def at(self, *words: str) -> bool:
        """Whether these words come next."""
        found = self.tokens[self.place : self.place + len(words)]
        return [(one.kind, one.word) for one in found] == [("name", word) for word in words]

    def words(self, *words: str) -> None:
        for word in words:
            if self.next.kind != "name" or self.next.word != word:
                raise self.error(word, self.next)
            self.place += 1

    def maybe(self, *words: str) -> bool:
        found = self.at(*words)
        self.place += len(words) if found else 0
        return found

    def take(self, wanted: str, what: str) -> Token:
        token = self.next
        if wanted not in (token.kind, token.text if token.kind == "mark" else ""):
            raise self.error(what, token)
        self.place += 1
        return token

    def string(self, what: str) -> str:
        return self.take("string", what).text[1:-1].replace("''", "'")

    def one_of(self, what: str, *among: str) -> str:
        """A name among these, in any case."""
        token = self.take("name", what)
        found = next((one for one in among if one == token.text.lower()), None)
        if found is None:
            raise self.error(what, token)
        return found

    def whole(self, what: str, least: int, most: int) -> int:
        token = self.take("number", what)
        good = token.text.isdigit() and len(token.text) <= 9 and least <= int(token.text) <= most
        if not good:
            raise self.error(f"{what} from {least} to {most}", token)
        return int(token.text)

    def names(self) -> tuple[str, ...]:
        self.take("(", "`(`")
        found: list[str] = []
        while self.next.text != ")":
            if found:
                self.take(",", "`,` or `)`")
            token = self.take("name", "a name")
            if token.text in found:
                raise WorkflowTextError(f"{token.shown} is named twice", token.line, token.column)
            found.append(token.text)
            self.places[token.text] = (token.line, token.column)
        self.take(")", "`)`")
        return tuple(found)

    def say(self, key: str, value: object, token: Token) -> None:
        if key in self.said:
            raise WorkflowTextError(f"{token.word} is said twice", token.line, token.column)
        self.said[key] = value
        self.places[f"clause {key}"] = (token.line, token.column)

    def error(self, what: str, token: Token) -> WorkflowTextError:
        return WorkflowTextError(f"expected {what}, found {token.shown}", token.line, token.column)


def name(text: str) -> str:
    if not re.fullmatch(NAME, text):
        raise Invalid("not_expressible", name=text[:80])
    return text


def quoted(text: str) -> str:
    if "\n" in text:
        raise Invalid("not_expressible", text=text[:80])
    return "'" + text.replace("'", "''") + "'"
