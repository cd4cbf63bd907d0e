"""PostgREST's query language: `select`, filters, `and`/`or`, `order`, `limit`, `offset`.

Parses into plain data; nothing here makes SQL. What cannot be parsed is PGRST100 with the place.
Source: PostgREST's URL grammar, https://docs.postgrest.org/en/v14/references/api/url_grammar.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote_plus

from pypot_cli.api.rest.errors import RestError, unreadable_query

_T = TypeVar("_T")

OPERATORS = {
    "eq": "=",
    "neq": "<>",
    "gt": ">",
    "gte": ">=",
    "lt": "<",
    "lte": "<=",
    "like": "like",
    "ilike": "ilike",
    "match": "~",
    "imatch": "~*",
    "cs": "@>",
    "cd": "<@",
    "ov": "&&",
    "sl": "<<",
    "sr": ">>",
    "nxr": "&<",
    "nxl": "&>",
    "adj": "-|-",
}
QUANTIFIABLE = {"eq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch"}
TEXT_SEARCH = {
    "fts": "to_tsquery",
    "plfts": "plainto_tsquery",
    "phfts": "phraseto_tsquery",
    "wfts": "websearch_to_tsquery",
}
IS_VALUES = ("null", "not_null", "true", "false", "unknown")

_OPERATOR = re.compile(r"([a-z]+)(?:\(([A-Za-z0-9_ $]+)\))?\.")
_PLAIN_NAME = re.compile(r"[\w $]+(?:-(?!>)[\w $]+)*")
_CAST = re.compile(r"[\w $]+")
_DEEPEST = 32


@dataclass(frozen=True)
class Field:
    """A column, and the way into it when it holds JSON: arrows `->` or `->>`, keys or indexes."""

    name: str
    path: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True)
class Selected:
    """One item of `select`: a column, `*` for all."""

    field: Field
    alias: str | None = None
    cast: str | None = None


@dataclass(frozen=True)
class Embedded:
    """One item of `select`: rows of a related table."""

    relation: str
    alias: str | None
    hint: str | None
    is_inner: bool
    items: tuple[Item, ...]

    @property
    def name(self) -> str:
        """What the answer calls it, and what filters on it begin with."""
        return self.alias or self.relation


Item = Selected | Embedded


@dataclass(frozen=True)
class Filter:
    """`field` compared by `operator` with `value`; a list for `in`."""

    field: Field
    operator: str
    value: str | tuple[str, ...]
    negated: bool = False
    quantifier: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Logic:
    """`and` or `or` over conditions."""

    operator: str
    conditions: tuple[Condition, ...]
    negated: bool = False


Condition = Filter | Logic


@dataclass(frozen=True)
class Order:
    """One term of `order`; `nulls` is first or last."""

    field: Field
    descending: bool = False
    nulls: str | None = None


@dataclass
class Level:
    """What is asked of one table: the main one, or one that is embedded."""

    conditions: list[Condition] = field(default_factory=list)
    order: list[Order] = field(default_factory=list)
    limit: str | None = None
    offset: str | None = None


@dataclass
class Query:
    """A whole query string. `levels` are found by the path of embedded names, () the main one."""

    items: tuple[Item, ...] = (Selected(Field("*")),)
    levels: dict[tuple[str, ...], Level] = field(default_factory=dict)
    arguments: list[tuple[str, str]] = field(default_factory=list)
    """What is no filter: the arguments of a function that is called by GET."""
    columns: frozenset[str] | None = None
    on_conflict: tuple[str, ...] | None = None
    canonical: str = ""

    @property
    def main(self) -> Level:
        """What is asked of the main table."""
        return self.level(())

    def level(self, path: tuple[str, ...]) -> Level:
        """What is asked of the table at `path`."""
        return self.levels.setdefault(path, Level())


def parse(text: str, *, takes_arguments: bool) -> Query:
    """Reads a raw query string; raises PGRST100.

    `takes_arguments`: whether a parameter without an operator is an argument and not an error.
    """
    pairs = parse_qsl(text, keep_blank_values=True, errors="replace")
    query = Query(canonical=_canonical(pairs))
    for key, value in pairs:
        if "\0" in key or "\0" in value:
            raise RestError(400, "22021", 'invalid byte sequence for encoding "UTF8": 0x00')
        _read_parameter(query, key, value, takes_arguments)
    return query


def _canonical(pairs: Sequence[tuple[str, str]]) -> str:
    ordered = sorted(pairs, key=lambda pair: pair[0])
    return "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in ordered)


def _read_parameter(query: Query, key: str, value: str, takes_arguments: bool) -> None:
    if key == "select":
        query.items = _whole(value, "select parameter", lambda s: tuple(_select(s)))
    elif key == "columns":
        query.columns = frozenset(_whole(value, "columns parameter", _names))
    elif key == "on_conflict":
        query.on_conflict = tuple(_whole(value, "on_conflict parameter", _names))
    else:
        ending = key.rsplit(".", 1)[-1]
        if ending in ("and", "or"):
            path = [part for part in key.split(".")[:-1] if part != "not"]
            negated = "not" in key.split(".")
            condition = _whole(
                ending + value, "logic tree", lambda s: _logic(s, negated), shown=value
            )
            query.level(tuple(path)).conditions.append(condition)
        elif ending in ("order", "limit", "offset"):
            level = query.level(tuple(key.split(".")[:-1]))
            if ending == "order":
                level.order = _whole(value, "order", _order)
            elif ending == "limit":
                level.limit = value
            else:
                level.offset = value
        else:
            _read_filter(query, key, value, takes_arguments)


def _read_filter(query: Query, key: str, value: str, takes_arguments: bool) -> None:
    if takes_arguments and not _begins_with_operator(value):
        query.arguments.append((key, value))
        return
    path, target = _whole(key, "tree path", _tree_path)
    condition = _whole(value, "filter", lambda s: _comparison(s, target, _rest))
    query.level(path).conditions.append(condition)


def _begins_with_operator(value: str) -> bool:
    found = _OPERATOR.match(value.removeprefix("not."))
    return found is not None and _is_operator(found[1], found[2])


def _is_operator(name: str, argument: str | None) -> bool:
    if argument is None:
        return name in OPERATORS or name in TEXT_SEARCH or name in ("in", "is", "isdistinct")
    return name in TEXT_SEARCH or (name in QUANTIFIABLE and argument in ("any", "all"))


# ------------------------------------------------------------------ the scanner


class _UnreadableError(Exception):
    def __init__(self, place: int, details: str) -> None:
        super().__init__(details)
        self.place = place
        self.details = details


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.depth = 0

    @property
    def rest(self) -> str:
        return self.text[self.place :]

    def peek(self, text: str) -> bool:
        return self.text.startswith(text, self.place)

    def take(self, text: str) -> bool:
        if self.peek(text):
            self.place += len(text)
            return True
        return False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.place)
        if found:
            self.place = found.end()
        return found

    def skip_blanks(self) -> None:
        while self.place < len(self.text) and self.text[self.place] in " \t":
            self.place += 1

    def expect(self, text: str, expected: str) -> None:
        if not self.take(text):
            raise self.error(expected)

    def error(self, expected: str) -> _UnreadableError:
        seen = self.text[self.place : self.place + 1]
        unexpected = f'"{seen}"' if seen else "end of input"
        return _UnreadableError(self.place, f"unexpected {unexpected} expecting {expected}")

    def nest(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _UnreadableError(self.place, f"nested deeper than {_DEEPEST}")


def _whole(text: str, what: str, read: Callable[[_Scanner], _T], *, shown: str | None = None) -> _T:
    scanner = _Scanner(text)
    try:
        result = read(scanner)
        if scanner.place < len(text):
            raise scanner.error("end of input")
    except _UnreadableError as error:
        source = text if shown is None else shown
        raise unreadable_query(
            f'"failed to parse {what} ({source})" (line 1, column {error.place + 1})',
            error.details,
        ) from None
    return result


def _rest(scanner: _Scanner) -> str:
    rest, scanner.place = scanner.rest, len(scanner.text)
    return rest


# ------------------------------------------------------------------ names and fields


def _name(scanner: _Scanner) -> str:
    scanner.skip_blanks()
    if scanner.peek('"'):
        return _quoted(scanner)
    found = scanner.match(_PLAIN_NAME)
    if found is None:
        raise scanner.error("field name (* or [a..z0..9_$])")
    return found[0].strip()


def _quoted(scanner: _Scanner) -> str:
    scanner.expect('"', '"\\""')
    letters = []
    while not scanner.take('"'):
        scanner.take("\\")
        if scanner.place >= len(scanner.text):
            raise scanner.error('"\\""')
        letters.append(scanner.text[scanner.place])
        scanner.place += 1
    return "".join(letters)


def _names(scanner: _Scanner) -> list[str]:
    return list(_separated(scanner, _name))


def _separated(scanner: _Scanner, read: Callable[[_Scanner], _T]) -> Iterator[_T]:
    while True:
        yield read(scanner)
        scanner.skip_blanks()
        if not scanner.take(","):
            return
        scanner.skip_blanks()


def _tree_path(scanner: _Scanner) -> tuple[tuple[str, ...], Field]:
    names = [_name(scanner)]
    while scanner.take("."):
        names.append(_name(scanner))
    return tuple(names[:-1]), Field(names[-1], _json_path(scanner))


def _field(scanner: _Scanner) -> Field:
    return Field(_name(scanner), _json_path(scanner))


def _json_path(scanner: _Scanner) -> tuple[tuple[str, str | int], ...]:
    steps: list[tuple[str, str | int]] = []
    while scanner.peek("->"):
        arrow = "->>" if scanner.take("->>") else "->"
        if arrow == "->":
            scanner.expect("->", '"->"')
        index = scanner.match(re.compile(r"-?[0-9]{1,9}(?=->|::|[.,)]|$)"))
        if index:
            steps.append((arrow, int(index[0])))
        elif scanner.peek('"'):
            steps.append((arrow, _quoted(scanner)))
        else:
            key = scanner.match(re.compile(r"(?:(?!->|::)[^.,()])+"))
            if key is None:
                raise scanner.error("json key")
            steps.append((arrow, key[0]))
    return tuple(steps)


# ------------------------------------------------------------------ select and order


def _select(scanner: _Scanner) -> list[Item]:
    scanner.skip_blanks()
    if not scanner.rest or scanner.peek(")"):
        return []
    return list(_separated(scanner, _item))


def _item(scanner: _Scanner) -> Item:
    if scanner.take("*"):
        return Selected(Field("*"))
    if scanner.peek("..."):
        raise RestError(
            400, "PGRST127", "Feature not implemented", "Spread relations are not served here"
        )
    start = scanner.place
    name = _name(scanner)
    alias = None
    if scanner.peek(":") and not scanner.peek("::"):
        scanner.take(":")
        alias, start = name, scanner.place
        name = _name(scanner)
    if scanner.peek("(") or scanner.peek("!"):
        if name == "count" and scanner.peek("()"):
            raise _aggregate()
        return _embedded(scanner, name, alias)
    scanner.place = start
    target = _field(scanner)
    cast = None
    if scanner.take("::"):
        found = scanner.match(_CAST)
        if found is None:
            raise scanner.error("letter or digit")
        cast = found[0].strip()
    if scanner.match(re.compile(r"\.(?:sum|avg|count|max|min)\(\)")):
        raise _aggregate()
    return Selected(target, alias, cast)


def _aggregate() -> RestError:
    # As on Supabase, where db-aggregates-enabled is off.
    return RestError(400, "PGRST123", "Use of aggregate functions is not allowed")


def _embedded(scanner: _Scanner, name: str, alias: str | None) -> Embedded:
    hint, is_inner = None, False
    while scanner.take("!"):
        word = _name(scanner)
        if word == "inner":
            is_inner = True
        elif word != "left":
            hint = word
    scanner.nest()
    scanner.expect("(", '"("')
    items = tuple(_select(scanner))
    scanner.expect(")", '")"')
    return Embedded(name, alias, hint, is_inner, items)


def _order(scanner: _Scanner) -> list[Order]:
    return list(_separated(scanner, _order_term))


def _order_term(scanner: _Scanner) -> Order:
    target = _field(scanner)
    descending, nulls = False, None
    if scanner.take(".desc"):
        descending = True
    else:
        scanner.take(".asc")
    for which in ("first", "last"):
        if scanner.take(f".nulls{which}"):
            nulls = which
    if scanner.peek("."):
        scanner.place += 1
        raise scanner.error('"asc", "desc", "nullsfirst" or "nullslast"')
    return Order(target, descending, nulls)


# ------------------------------------------------------------------ conditions


def _logic(scanner: _Scanner, negated: bool = False) -> Logic:
    operator = "and" if scanner.take("and") else "or"
    if operator == "or":
        scanner.expect("or", "logic operator (and, or)")
    scanner.nest()
    scanner.skip_blanks()
    scanner.expect("(", '"("')
    scanner.skip_blanks()
    conditions = tuple(_separated(scanner, _condition))
    scanner.skip_blanks()
    scanner.expect(")", '")"')
    scanner.skip_blanks()
    return Logic(operator, conditions, negated)


def _condition(scanner: _Scanner) -> Condition:
    found = re.compile(r"(not\.)?(?=(?:and|or)[ \t]*\()").match(scanner.text, scanner.place)
    if found:
        scanner.place = found.end()
        return _logic(scanner, bool(found[1]))
    target = _field(scanner)
    scanner.expect(".", "delimiter (.)")
    return _comparison(scanner, target, _logic_value)


def _comparison(scanner: _Scanner, target: Field, read_value: Callable[[_Scanner], str]) -> Filter:
    negated = scanner.take("not.")
    found = _OPERATOR.match(scanner.text, scanner.place)
    if found is None or not _is_operator(found[1], found[2]):
        raise scanner.error(
            "operator (eq, gt, ...)" if negated else '"not" or operator (eq, gt, ...)'
        )
    scanner.place = found.end()
    operator, argument = found[1], found[2]
    value: Any
    if operator == "in":
        value = _list(scanner)
    elif operator == "is":
        value = _is_value(scanner)
    else:
        value = read_value(scanner)
    if operator in TEXT_SEARCH:
        return Filter(target, operator, value, negated, language=argument)
    return Filter(target, operator, value, negated, quantifier=argument)


def _list(scanner: _Scanner) -> tuple[str, ...]:
    scanner.skip_blanks()
    scanner.expect("(", '"("')
    values = []
    while True:
        values.append(_element(scanner))
        if not scanner.take(","):
            break
    scanner.expect(")", '")"')
    scanner.skip_blanks()
    return tuple(values)


def _element(scanner: _Scanner) -> str:
    start = scanner.place
    if scanner.peek('"'):
        quoted = _try_quoted(scanner)
        if quoted is not None:
            return quoted
    scanner.place = start
    found = scanner.match(re.compile(r"[^,)]*"))
    return found[0] if found else ""


def _try_quoted(scanner: _Scanner) -> str | None:
    try:
        quoted = _quoted(scanner)
    except _UnreadableError:
        return None
    return quoted if not scanner.rest or scanner.rest[0] in ",)" else None


def _logic_value(scanner: _Scanner) -> str:
    array = scanner.match(re.compile(r"\{[^{}]*\}"))
    return array[0] if array else _element(scanner)


def _is_value(scanner: _Scanner) -> str:
    for value in sorted(IS_VALUES, key=len, reverse=True):
        if scanner.rest.lower().startswith(value):
            scanner.place += len(value)
            return value
    raise scanner.error("isVal: (null, not_null, true, false, unknown)")
