"""SQL for what was asked: identifiers quoted by psycopg, every value a parameter.

The names pgrst_source, pgrst_call, pgrst_scalar and pgrst_body are PostgREST's own, because the
database's error messages quote them to clients.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

from psycopg import sql

from pypot_cli.api.rest.errors import NotInCacheError, RestError
from pypot_cli.api.rest.query_string import (
    OPERATORS,
    TEXT_SEARCH,
    Condition,
    Embedded,
    Field,
    Filter,
    Item,
    Order,
    Query,
    Selected,
)
from pypot_cli.api.rest.ranges import RowRange, requested
from pypot_cli.api.rest.schema_cache import ForeignKey, Relation, Routine, Schema

SOURCE = sql.Identifier("pgrst_source")

_IS = {
    "null": sql.SQL(" is null"),
    "not_null": sql.SQL(" is not null"),
    "true": sql.SQL(" is true"),
    "false": sql.SQL(" is false"),
    "unknown": sql.SQL(" is unknown"),
}


def identifier(*names: str) -> sql.Identifier:
    """A name quoted for a statement with parameters, where a lone `%` would begin one."""
    return sql.Identifier(*(name.replace("%", "%%") for name in names))


def from_catalogue(text: str) -> sql.SQL:
    """SQL that the catalogue printed: the name of a type, the expression of a default."""
    trusted: Any = text.replace("%", "%%")
    literal: LiteralString = trusted
    return sql.SQL(literal)


def joined(parts: Iterable[sql.Composable], separator: LiteralString = ", ") -> sql.Composed:
    """The parts in a row."""
    return sql.SQL(separator).join(parts)


class Parameters:
    """The values of one statement, by the placeholders that stand for them."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def add(self, value: Any) -> sql.Placeholder:
        """A placeholder for the value; text takes the type that its place asks for."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return sql.Placeholder(name)


class Reader:
    """Renders what a query selects from one relation and what hangs on it.

    `source` is how SQL names the rows of the main relation; `relation` is None when they come from
    a function that returns no table's rows. `casts` maps each cast of the query to a type's name.
    """

    def __init__(
        self,
        schema: Schema,
        query: Query,
        parameters: Parameters,
        source: sql.Composable,
        relation: str | None,
        casts: Mapping[str, str],
        most_rows: int,
    ) -> None:
        self._schema = schema
        self._query = query
        self._parameters = parameters
        self._source = source
        self._relation = relation
        self._casts = casts
        self._most_rows = most_rows
        self._numbers = itertools.count(1)

    def rows(self, from_: sql.Composable, rows: RowRange, *, filtered: bool = True) -> sql.Composed:
        """`select … from … where … order by … limit …` of the main relation."""
        return self._select(
            self._source, from_, self._relation, self._query.items, (), rows, filtered
        )

    def count(self, from_: sql.Composable) -> sql.Composed:
        """A query with as many rows as the main relation has without a limit."""
        joins, _, inner = self._embeds(self._source, self._relation, self._query.items, ())
        where = self._where(self._source, self._relation, (), inner)
        return sql.SQL("select 1 from {}{}{}").format(from_, joins, where)

    def where(self) -> sql.Composed:
        """The conditions of the main relation, with `where`, or nothing."""
        return self._where(self._source, self._relation, (), [])

    def needed_columns(self) -> list[str]:
        """The columns that the selection and the conditions name, or just `*`."""
        names = {item.field.name for item in self._query.items if isinstance(item, Selected)}
        if "*" in names or any(isinstance(item, Embedded) for item in self._query.items):
            return ["*"]
        for condition in self._query.main.conditions:
            names |= set(_columns_of(condition))
        return sorted(names)

    def _select(
        self,
        source: sql.Composable,
        from_: sql.Composable,
        relation: str | None,
        items: Sequence[Item],
        path: tuple[str, ...],
        rows: RowRange,
        filtered: bool = True,
    ) -> sql.Composed:
        joins, embeds, inner = self._embeds(source, relation, items, path)
        listed = [
            self._selected(source, relation, item) if isinstance(item, Selected) else embeds[item]
            for item in items
        ]
        return sql.SQL("select {} from {}{}{}{}{}").format(
            joined(listed),
            from_,
            joins,
            self._where(source, relation, path, inner) if filtered else sql.SQL(""),
            self._order(source, relation, path),
            self._limit(rows),
        )

    # ------------------------------------------------------------------ columns

    def _selected(
        self, source: sql.Composable, relation: str | None, item: Selected
    ) -> sql.Composed:
        if item.field.name == "*":
            return sql.SQL("{}.*").format(source)
        value = self._field(source, relation, item.field)
        if item.cast is not None:
            value = sql.SQL("cast({} as {})").format(value, from_catalogue(self._casts[item.cast]))
        keys = [step for _, step in item.field.path if isinstance(step, str)]
        name = item.alias or (keys[-1] if keys else item.field.name)
        return sql.SQL("{} as {}").format(value, identifier(name))

    def _field(self, source: sql.Composable, relation: str | None, field: Field) -> sql.Composed:
        column = sql.SQL("{}.{}").format(source, identifier(field.name))
        if not field.path:
            return column
        if self._type(relation, field.name) not in ("json", "jsonb"):
            column = sql.SQL("to_jsonb({})").format(column)
        steps: list[sql.Composable] = [column]
        for arrow, step in field.path:
            steps.append(sql.SQL("->>" if arrow == "->>" else "->"))
            steps.append(self._parameters.add(str(step)))
            steps.append(sql.SQL("::int" if isinstance(step, int) else "::text"))
        return sql.Composed(steps)

    def _type(self, relation: str | None, column: str) -> str | None:
        known = self._schema.relations.get(relation or "")
        found = known.columns.get(column) if known else None
        return found.type if found else None

    # ------------------------------------------------------------------ conditions

    def _where(
        self,
        source: sql.Composable,
        relation: str | None,
        path: tuple[str, ...],
        inner: Sequence[sql.Composable],
    ) -> sql.Composed:
        conditions = [
            *inner,
            *(self._condition(source, relation, c) for c in self._query.level(path).conditions),
        ]
        if not conditions:
            return sql.Composed([])
        return sql.SQL(" where {}").format(joined(conditions, " and "))

    def _condition(
        self, source: sql.Composable, relation: str | None, condition: Condition
    ) -> sql.Composed:
        if isinstance(condition, Filter):
            text = self._filter(source, relation, condition)
        else:
            parts = [self._condition(source, relation, each) for each in condition.conditions]
            text = joined(parts, " and " if condition.operator == "and" else " or ")
        return sql.SQL("not ({})" if condition.negated else "({})").format(text)

    def _filter(
        self, source: sql.Composable, relation: str | None, condition: Filter
    ) -> sql.Composed:
        field = self._field(source, relation, condition.field)
        operator, value = condition.operator, condition.value
        if isinstance(value, tuple):
            return sql.SQL("{} = any({})").format(field, self._array(value))
        if operator == "is":
            return sql.SQL("{}{}").format(field, _IS[value])
        if operator == "isdistinct":
            return sql.SQL("{} is distinct from {}").format(field, self._parameters.add(value))
        if operator in TEXT_SEARCH:
            return self._search(field, self._type(relation, condition.field.name), condition)
        if operator in ("like", "ilike"):
            value = value.replace("*", "%")
        operand: sql.Composable = self._parameters.add(value)
        if condition.quantifier is not None:
            wrapper = sql.SQL("any({})" if condition.quantifier == "any" else "all({})")
            operand = wrapper.format(operand)
        return sql.SQL("{} {} {}").format(field, from_catalogue(OPERATORS[operator]), operand)

    def _array(self, values: Sequence[str]) -> sql.Placeholder:
        """An array literal, so that its elements take the type of the column."""
        if values == ("",):
            return self._parameters.add("{}")
        quoted = (v.replace("\\", "\\\\").replace('"', '\\"') for v in values)
        return self._parameters.add("{" + ",".join(f'"{each}"' for each in quoted) + "}")

    def _search(self, field: sql.Composed, type_: str | None, condition: Filter) -> sql.Composed:
        language = condition.language
        arguments: list[sql.Composable] = []
        if language is not None:
            arguments.append(sql.SQL("{}::regconfig").format(self._parameters.add(language)))
        if type_ not in (None, "tsvector"):
            field = sql.SQL("to_tsvector({})").format(joined([*arguments, field]))
        words = joined([*arguments, self._parameters.add(condition.value)])
        function = from_catalogue(TEXT_SEARCH[condition.operator])
        return sql.SQL("{} @@ {}({})").format(field, function, words)

    # ------------------------------------------------------------------ order and limit

    def _order(
        self, source: sql.Composable, relation: str | None, path: tuple[str, ...]
    ) -> sql.Composed:
        terms = [self._order_term(source, relation, each) for each in self._query.level(path).order]
        return sql.SQL(" order by {}").format(joined(terms)) if terms else sql.Composed([])

    def _order_term(
        self, source: sql.Composable, relation: str | None, order: Order
    ) -> sql.Composed:
        return sql.SQL("{}{}{}").format(
            self._field(source, relation, order.field),
            sql.SQL(" desc" if order.descending else " asc"),
            sql.SQL({None: "", "first": " nulls first", "last": " nulls last"}[order.nulls]),
        )

    def _limit(self, rows: RowRange) -> sql.Composed:
        rows = rows.at_most(self._most_rows)
        return sql.SQL(" limit {}::bigint offset {}::bigint").format(
            self._parameters.add(rows.limit), self._parameters.add(rows.first)
        )

    # ------------------------------------------------------------------ related tables

    def _embeds(
        self,
        source: sql.Composable,
        relation: str | None,
        items: Sequence[Item],
        path: tuple[str, ...],
    ) -> tuple[sql.Composed, dict[Item, sql.Composed], list[sql.Composed]]:
        """Joins of the related tables, what each of them shows, and what inner ones demand."""
        joins: list[sql.Composable] = []
        shown: dict[Item, sql.Composed] = {}
        demanded: list[sql.Composed] = []
        for item in items:
            if not isinstance(item, Embedded):
                continue
            key, is_many = self._relationship(relation, item)
            alias = identifier(f"{item.name}_{next(self._numbers)}")
            joins.append(self._lateral(source, relation, item, path, key, is_many, alias))
            empty = sql.SQL("coalesce({}.found, '[]') as {}" if is_many else "{}.found as {}")
            shown[item] = empty.format(alias, identifier(item.name))
            if item.is_inner:
                demanded.append(sql.SQL("{}.found is not null").format(alias))
        return sql.Composed(joins), shown, demanded

    def _lateral(
        self,
        source: sql.Composable,
        relation: str | None,
        item: Embedded,
        path: tuple[str, ...],
        key: ForeignKey,
        is_many: bool,
        alias: sql.Identifier,
    ) -> sql.Composed:
        outward = key.source == relation and not is_many
        target = key.target if outward else key.source
        theirs = key.target_columns if outward else key.source_columns
        ours = key.source_columns if outward else key.target_columns
        inside = identifier(f"{target}_{next(self._numbers)}")
        own_path = (*path, item.name)
        on = joined(
            (
                sql.SQL("{}.{} = {}.{}").format(inside, identifier(a), source, identifier(b))
                for a, b in zip(theirs, ours, strict=True)
            ),
            " and ",
        )
        related = sql.SQL("(select * from {} as {} where {}) as {}").format(
            identifier(self._schema.name, target), inside, on, inside
        )
        level = self._query.level(own_path)
        rows = requested(level.limit, level.offset, None)
        return sql.SQL(
            " left join lateral (select {} as found from ({}) as {}) as {} on true"
        ).format(
            sql.SQL("json_agg({})" if is_many else "json_agg({}) -> 0").format(inside),
            self._select(inside, related, target, item.items, own_path, rows),
            inside,
            alias,
        )

    def _relationship(self, relation: str | None, item: Embedded) -> tuple[ForeignKey, bool]:
        name, found = item.relation, []
        for key in self._schema.foreign_keys:
            hinted = item.hint in (None, key.name, *key.source_columns, *key.target_columns)
            to_one = key.source == relation and name in (key.target, key.name, *key.source_columns)
            to_many = key.target == relation and name in (key.source, key.name)
            if hinted and to_one:
                found.append((key, False))
            elif hinted and to_many:
                found.append((key, not key.is_one_to_one))
        if len(found) == 1:
            return found[0]
        between = f"'{relation}' and '{name}'"
        if found:
            hints = ", ".join(f"'{name}!{key.name}'" for key, _ in found)
            raise RestError(
                300,
                "PGRST201",
                "Could not embed because more than one relationship was found for " + between,
                [_described(key, relation) for key, _ in found],
                f"Try changing '{name}' to one of the following: {hints}. Find the desired "
                "relationship in the 'details' key.",
            )
        hinted_by = f" using the hint '{item.hint}'" if item.hint else ""
        raise NotInCacheError(
            400,
            "PGRST200",
            f"Could not find a relationship between {between} in the schema cache",
            f"Searched for a foreign key relationship between {between}{hinted_by} in the schema "
            f"'{self._schema.name}', but no matches were found.",
        )


def _described(key: ForeignKey, relation: str | None) -> dict[str, str]:
    outward = key.source == relation
    ours = key.source if outward else key.target
    theirs = key.target if outward else key.source
    columns = [", ".join(key.source_columns), ", ".join(key.target_columns)]
    first, second = columns if outward else reversed(columns)
    return {
        "cardinality": "many-to-one" if outward else "one-to-many",
        "embedding": f"{ours} with {theirs}",
        "relationship": f"{key.name} using {ours}({first}) and {theirs}({second})",
    }


def _columns_of(condition: Condition) -> list[str]:
    if isinstance(condition, Filter):
        return [condition.field.name]
    return [name for each in condition.conditions for name in _columns_of(each)]


def casts_of(items: Sequence[Item]) -> set[str]:
    """Every cast that a selection names."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, Embedded):
            found |= casts_of(item.items)
        elif item.cast is not None:
            found.add(item.cast)
    return found


# ------------------------------------------------------------------ calls


def call(
    routine: Routine,
    arguments: sql.Composable,
    columns: Sequence[str],
    feed: sql.Composable | None = None,
) -> sql.Composed:
    """`select … from function(arguments)`; `feed` names the rows that the arguments come from."""
    function = sql.SQL("{}({})").format(identifier(routine.schema, routine.name), arguments)
    if routine.returns_rows:
        listed = [
            sql.SQL("pgrst_call.*") if name == "*" else identifier("pgrst_call", name)
            for name in columns
        ]
        called = sql.SQL("{} as pgrst_call").format(function)
    else:
        listed = [sql.SQL("pgrst_call.pgrst_scalar")]
        called = sql.SQL("(select {} as pgrst_scalar) as pgrst_call").format(function)
    from_ = called if feed is None else sql.SQL("{}, lateral {}").format(feed, called)
    return sql.SQL("select {} from {}").format(joined(listed), from_)


def records(
    body: sql.Composable, is_object: bool, columns: Sequence[tuple[str, str]]
) -> sql.Composed:
    """The rows of a JSON body as pgrst_body: one for an object, one an element for an array."""
    function = sql.SQL("json_to_record" if is_object else "json_to_recordset")
    typed = joined(
        sql.SQL("{} {}").format(identifier(name), from_catalogue(type_)) for name, type_ in columns
    )
    return sql.SQL(
        "(select {body}::json as json_data) as pgrst_payload, "
        "lateral (select * from {function}(pgrst_payload.json_data) as _ ({typed})) as pgrst_body"
    ).format(body=body, function=function, typed=typed)


# ------------------------------------------------------------------ answers


def answer(
    source: sql.Composable,
    rows: sql.Composable,
    body: sql.Composable,
    *,
    count: sql.Composable | None = None,
    is_single: bool = False,
) -> sql.Composed:
    """One row: how many there are in all, on this page, the body, and what a function set."""
    counted = (
        sql.SQL("null::bigint")
        if count is None
        else sql.SQL("(select count(*) from ({}) as pgrst_source_count)").format(count)
    )
    return sql.SQL(
        "with pgrst_source as ({source}) "
        "select {counted}, {page}, ({body})::text, "
        "nullif(current_setting('response.headers', true), ''), "
        "nullif(current_setting('response.status', true), '') "
        "from ({rows}) as _postgrest_t"
    ).format(
        source=source,
        counted=counted,
        page=sql.SQL("1::bigint" if is_single else "count(_postgrest_t)"),
        body=body,
        rows=rows,
    )


NOTHING = sql.SQL("''")


def array_body(strips_nulls: bool, routine: Routine | None = None) -> sql.Composed:
    """All rows as a JSON array; what a function returns one of, by itself."""
    one_value = routine is not None and not routine.returns_rows
    rows = sql.SQL("json_agg(_postgrest_t.pgrst_scalar)" if one_value else "json_agg(_postgrest_t)")
    is_one = routine is not None and not routine.returns_set
    if is_one:
        rows = sql.SQL(
            "json_agg(_postgrest_t.pgrst_scalar) -> 0"
            if one_value
            else "json_agg(_postgrest_t) -> 0"
        )
    return _or_else(rows, strips_nulls, "'null'" if is_one else "'[]'")


def object_body(strips_nulls: bool, routine: Routine | None = None) -> sql.Composed:
    """The first row by itself."""
    one_value = routine is not None and not routine.returns_rows and not routine.returns_set
    rows = sql.SQL(
        "json_agg(_postgrest_t.pgrst_scalar) -> 0" if one_value else "json_agg(_postgrest_t) -> 0"
    )
    return _or_else(rows, strips_nulls, "'null'")


def csv_body() -> sql.Composed:
    """All rows as comma-separated values under the names of their columns."""
    return sql.SQL(
        "(select coalesce(string_agg(k.name, ','), '') from ("
        "select json_object_keys(to_json(first)) as name from ("
        "select * from pgrst_source limit 1) as first) as k) || e'\\n' || "
        "coalesce(string_agg(substring(_postgrest_t::text, 2, length(_postgrest_t::text) - 2), "
        "e'\\n'), '')"
    ).format()


def _or_else(rows: sql.SQL, strips_nulls: bool, empty: LiteralString) -> sql.Composed:
    value = sql.SQL("json_strip_nulls({})").format(rows) if strips_nulls else rows
    return sql.SQL("coalesce({}, {})").format(value, sql.SQL(empty))


# ------------------------------------------------------------------ writes


def insert(
    relation: Relation,
    columns: Sequence[str],
    feed: sql.Composable | None,
    conflict: sql.Composable,
    returning: sql.Composable,
) -> sql.Composed:
    """`insert into … select … from pgrst_body`, or the defaults alone without columns."""
    table = identifier(relation.schema, relation.name)
    if not columns or feed is None:
        return sql.SQL("insert into {} default values{}{}").format(table, conflict, returning)
    return sql.SQL("insert into {} ({}) select {} from {}{}{}").format(
        table,
        joined(map(identifier, columns)),
        joined(identifier("pgrst_body", name) for name in columns),
        feed,
        conflict,
        returning,
    )


def update(
    relation: Relation,
    columns: Sequence[str],
    feed: sql.Composable,
    where: sql.Composable,
    returning: sql.Composable,
) -> sql.Composed:
    """`update … set … from pgrst_body`."""
    return sql.SQL("update {} set {} from {}{}{}").format(
        identifier(relation.schema, relation.name),
        joined(
            sql.SQL("{} = {}").format(identifier(name), identifier("pgrst_body", name))
            for name in columns
        ),
        feed,
        where,
        returning,
    )


def delete(relation: Relation, where: sql.Composable, returning: sql.Composable) -> sql.Composed:
    """`delete from …`."""
    table = identifier(relation.schema, relation.name)
    return sql.SQL("delete from {}{}{}").format(table, where, returning)


def on_conflict(columns: Sequence[str], updated: Sequence[str] | None) -> sql.Composed:
    """What an insert does to rows that are there: `updated` columns, or nothing when None."""
    target = joined(map(identifier, columns))
    if not updated:
        return sql.SQL(" on conflict ({}) do nothing").format(target)
    sets = joined(
        sql.SQL("{} = excluded.{}").format(identifier(name), identifier(name)) for name in updated
    )
    return sql.SQL(" on conflict ({}) do update set {}").format(target, sets)


def returning(source: sql.Composable, columns: Sequence[str]) -> sql.Composed:
    """`returning` the columns, or 1 to count rows when none are named."""
    listed = [
        sql.SQL("{}.*").format(source)
        if name == "*"
        else sql.SQL("{}.{}").format(source, identifier(name))
        for name in columns
    ]
    return sql.SQL(" returning {}").format(joined(listed) if listed else sql.SQL("1"))
