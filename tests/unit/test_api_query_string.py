"""PostgREST's query language is read into plain data, and never fails otherwise than PGRST100."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pypot_cli.api.rest.errors import RestError
from pypot_cli.api.rest.query_string import (
    Embedded,
    Field,
    Filter,
    Logic,
    Order,
    Selected,
    parse,
)


def test_select_is_a_tree() -> None:
    query = parse(
        'select=*,a:b->c->>0::text,"x y"::int,r!fk!inner(id,deep(*)),plain', takes_arguments=False
    )
    assert query.items == (
        Selected(Field("*")),
        Selected(Field("b", (("->", "c"), ("->>", 0))), "a", "text"),
        Selected(Field("x y"), None, "int"),
        Embedded(
            "r",
            None,
            "fk",
            True,
            (
                Selected(Field("id")),
                Embedded("deep", None, None, False, (Selected(Field("*")),)),
            ),
        ),
        Selected(Field("plain")),
    )


def test_conditions_are_read_at_their_level() -> None:
    query = parse(
        'a=not.eq.1&r.b=in.(x,"y,z",)&not.or=(c.is.null,and(d.like(any).{x},e.eq."q,r"))'
        "&r.order=b.desc.nullslast&limit=3&r.offset=4",
        takes_arguments=False,
    )
    assert query.main.conditions == [
        Filter(Field("a"), "eq", "1", negated=True),
        Logic(
            "or",
            (
                Filter(Field("c"), "is", "null"),
                Logic(
                    "and",
                    (
                        Filter(Field("d"), "like", "{x}", quantifier="any"),
                        Filter(Field("e"), "eq", "q,r"),
                    ),
                ),
            ),
            negated=True,
        ),
    ]
    related = query.level(("r",))
    assert related.conditions == [Filter(Field("b"), "in", ("x", "y,z", ""))]
    assert related.order == [Order(Field("b"), descending=True, nulls="last")]
    assert (query.main.limit, related.offset) == ("3", "4")


def test_what_has_no_operator_is_an_argument_of_a_call_by_get() -> None:
    query = parse("n=5&text=a.b&i=gt.1&v=1&v=2", takes_arguments=True)
    assert query.arguments == [("n", "5"), ("text", "a.b"), ("v", "1"), ("v", "2")]
    assert query.main.conditions == [Filter(Field("i"), "gt", "1")]


def test_an_error_says_where() -> None:
    with pytest.raises(RestError) as refused:
        parse("id=noop.1", takes_arguments=False)
    assert refused.value.code == "PGRST100"
    assert refused.value.message == '"failed to parse filter (noop.1)" (line 1, column 1)'
    assert "operator (eq, gt, ...)" in refused.value.details


_WORDS = ["select", "order", "or", "and", "not", "id", "eq", "in", "is", "%00", "%25", "1"]
_SIGNS = [
    ".",
    ",",
    "(",
    ")",
    "=",
    "&",
    '"',
    "\\",
    "->",
    "->>",
    "::",
    "*",
    "!",
    "...",
    ":",
    "-",
    "{",
    "}",
]
_PARTS = [*_WORDS, *_SIGNS]


@given(st.lists(st.sampled_from(_PARTS), max_size=40).map("".join), st.booleans())
def test_any_text_is_read_or_refused(text: str, is_call: bool) -> None:
    refusal: RestError | None = None
    try:
        parse(text, takes_arguments=is_call)
    except RestError as error:
        refusal = error
    assert refusal is None or refusal.status == 400
