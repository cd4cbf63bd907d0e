"""What a function file declares, read without a database."""

from dataclasses import dataclass

from pypot_cli.migrations.statements import split, words

_MODES = {"in", "out", "inout", "variadic"}
_CLAUSES = {
    *("language", "immutable", "stable", "volatile", "strict", "security", "set", "as", "parallel"),
    *("cost", "rows", "leakproof", "not", "called", "window", "support", "transform", "return"),
}


class SignatureError(Exception):
    """The text does not hold one readable CREATE FUNCTION."""


@dataclass(frozen=True)
class Argument:
    """A declared argument; `type` is its tokens in lower case with single spaces."""

    mode: str
    name: str
    type: str
    has_default: bool


@dataclass(frozen=True)
class Signature:
    """`function` is `schema.name`; `clauses` are the tokens between the return type and the end."""

    function: str
    or_replace: bool
    arguments: tuple[Argument, ...]
    returns: str
    clauses: tuple[str, ...]

    @property
    def drop_statement(self) -> str:
        """The DROP FUNCTION that names exactly this overload."""
        inputs = ", ".join(a.type for a in self.arguments if a.mode != "out")
        return f"drop function {self.function}({inputs});"

    def cannot_become(self, new: "Signature") -> str | None:
        """Why CREATE OR REPLACE with `new` would fail or make an overload; None when it would not.

        Source: PostgreSQL documentation, CREATE FUNCTION, "Overloading" and the notes on what
        OR REPLACE may change.
        """

        def shape(signature: Signature) -> list[tuple[str, str, str]]:
            return [(a.mode, a.name, a.type) for a in signature.arguments]

        if shape(self) != shape(new):
            return "its arguments changed"
        if self.returns != new.returns:
            return "its return type changed"
        for before, after in zip(self.arguments, new.arguments, strict=True):
            if before.has_default and not after.has_default:
                return f"the default of {after.name} is gone"
        return None


def read_signature(text: str) -> Signature:
    """Reads the CREATE FUNCTION statement of a function file.

    Raises SignatureError unless there is exactly one, of a schema-qualified name.
    """
    creates = [w for s in split(text) if (w := words(s.text))[:1] == ["create"]]
    if len(creates) != 1:
        raise SignatureError(f"holds {len(creates)} create statements; a file holds one function")
    found = creates[0]
    or_replace = found[1:3] == ["or", "replace"]
    rest = found[3:] if or_replace else found[1:]
    if rest[:1] != ["function"] or len(rest) < 5 or rest[2] != "." or rest[4] != "(":
        raise SignatureError("does not create a function with a schema-qualified name")
    declared, after = _inside_parentheses(rest[5:])
    returns, clauses = _until_clause(after)
    arguments = tuple(_argument(piece) for piece in _split_commas(declared))
    return Signature(f"{rest[1]}.{rest[3]}", or_replace, arguments, returns, tuple(clauses))


def _inside_parentheses(found: list[str]) -> tuple[list[str], list[str]]:
    depth = 1
    for index, word in enumerate(found):
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0:
            return found[:index], found[index + 1 :]
    raise SignatureError("the argument list is never closed")


def _split_commas(found: list[str]) -> list[list[str]]:
    pieces: list[list[str]] = [[]]
    depth = 0
    for word in found:
        depth += {"(": 1, ")": -1, "[": 1, "]": -1}.get(word, 0)
        if word == "," and depth == 0:
            pieces.append([])
        else:
            pieces[-1].append(word)
    return [piece for piece in pieces if piece]


def _argument(piece: list[str]) -> Argument:
    mode = piece.pop(0) if piece[0] in _MODES else "in"
    marks = [i for i, word in enumerate(piece) if word in ("default", "=")]
    declared = piece[: marks[0]] if marks else piece
    if len(declared) < 2:
        raise SignatureError(f"argument {' '.join(declared)!r} needs a name and a type")
    return Argument(mode, declared[0].strip('"'), _type_text(declared[1:]), bool(marks))


def _type_text(found: list[str]) -> str:
    text = " ".join(found)
    for symbol in (".", "(", ")", "[", "]"):
        text = text.replace(f" {symbol}", symbol).replace(f"{symbol} ", symbol)
    return text


def _until_clause(found: list[str]) -> tuple[str, list[str]]:
    depth = 0
    for index, word in enumerate(found):
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and word in _CLAUSES:
            return _type_text(found[:index]).removeprefix("returns "), found[index:]
    raise SignatureError("has no language")
