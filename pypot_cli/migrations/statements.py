"""PostgreSQL's lexical rules, as far as finding statements and telling code from text needs them.

Source: PostgreSQL documentation, section 4.1 "Lexical Structure" (standard_conforming_strings on).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<comment> --[^\n]* )
    | (?P<block>   /\* )
    | (?P<string>  [eE]'(?:[^'\\]|\\.|'')*' | (?:[uU]&|[bBxXnN])?'(?:[^']|'')*' )
    | (?P<quoted>  (?:[uU]&)?"(?:[^"]|"")*" )
    | (?P<dollar>  \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$ )
    | (?P<open>    [eE]?' | " | \$(?:[^\W\d]\w*)?\$ )
    | (?P<word>    [^\W\d][\w$]* )
    | (?P<space>   \s+ )
    | (?P<symbol>  . )
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")


class LexicalError(Exception):
    """A quote or a comment that never ends; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Token:
    """`kind` is comment, string, quoted (an identifier), dollar, word, space or symbol."""

    kind: str
    text: str
    start: int


@dataclass(frozen=True)
class Statement:
    """One statement without its semicolon; `line` is where its first token stands, from 1."""

    text: str
    line: int


def tokens(sql: str) -> Iterator[Token]:
    """Yields every token of `sql`, spaces and comments too: their texts joined are `sql` again.

    Raises LexicalError for a quote or a comment that is not closed.
    """
    position = 0
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        assert match is not None  # `.` matches whatever is left
        kind, end = str(match.lastgroup), match.end()
        if kind == "block":
            kind, end = "comment", _end_of_block_comment(sql, position)
        if kind == "open":
            raise LexicalError(f"{match.group()} is never closed", line_at(sql, position))
        yield Token(kind, sql[position:end], position)
        position = end


def _end_of_block_comment(sql: str, start: int) -> int:
    depth = 0
    for edge in _BLOCK_EDGE.finditer(sql, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    raise LexicalError("a comment is never closed", line_at(sql, start))


def line_at(text: str, position: int) -> int:
    """The number, from 1, of the line of `text` that `position` stands in."""
    return text.count("\n", 0, position) + 1


def split(sql: str) -> list[Statement]:
    """Splits a script at the semicolons that end statements, as psql and the Supabase CLI do.

    A semicolon inside quotes, comments, parentheses (CREATE RULE) or a BEGIN ATOMIC body ends
    nothing. Comments stay with the statement that follows them; a piece that is nothing but
    comments and spaces is dropped.
    """
    found: list[Statement] = []
    start, first, depth, atomic, previous = 0, -1, 0, 0, ""
    for token in tokens(sql):
        text = token.text.lower()
        if token.kind == "symbol" and text == ";" and depth <= 0 and not atomic:
            if first >= 0:
                found.append(_statement(sql, start, token.start, first))
            start, first, depth, previous = token.start + 1, -1, 0, ""
            continue
        if token.kind in ("comment", "space"):
            continue
        if first < 0:
            first = token.start
        if token.kind == "symbol":
            depth += {"(": 1, ")": -1}.get(text, 0)
        if token.kind == "word" and (text == "atomic" and previous == "begin"):
            atomic = 1
        elif token.kind == "word" and atomic:
            atomic += {"case": 1, "end": -1}.get(text, 0)
        previous = text
    if first >= 0:
        found.append(_statement(sql, start, len(sql), first))
    return found


def _statement(sql: str, start: int, end: int, first: int) -> Statement:
    return Statement(sql[start:end].strip(), line_at(sql, first))


def words(statement: str) -> list[str]:
    """The statement's tokens in lower case, without spaces and comments."""
    return [t.text.lower() for t in tokens(statement) if t.kind not in ("comment", "space")]


def code_only(sql: str) -> str:
    """`sql` with comments and strings blanked out, every other character where it was.

    Dollar-quoted bodies are code and are blanked by the same rules inside, so that a search for
    a word finds it only where PostgreSQL would execute it. Raises LexicalError.
    """
    pieces = []
    for token in tokens(sql):
        if token.kind in ("comment", "string"):
            pieces.append(re.sub(r"[^\n]", " ", token.text))
        elif token.kind == "dollar":
            edge = token.text.index("$", 1) + 1
            try:
                body = code_only(token.text[edge:-edge])
            except LexicalError as error:
                line = line_at(sql, token.start) + error.line - 1
                raise LexicalError(str(error), line) from error
            pieces.append(" " * edge + body + " " * edge)
        else:
            pieces.append(token.text)
    return "".join(pieces)
