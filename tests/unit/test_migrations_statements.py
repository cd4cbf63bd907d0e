"""The splitter reads SQL by PostgreSQL's lexical rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pypot_cli.migrations.statements import LexicalError, code_only, split, tokens


def texts(sql: str) -> list[str]:
    return [statement.text for statement in split(sql)]


@pytest.mark.parametrize(
    "whole",
    [
        "select 'a;b'",
        "select 'it''s; fine'",
        r"select E'it\'s; fine', e'\\'",
        r"select '\'",
        "select U&'d\\0061t;a'",
        'select 1 as "a;b"',
        'select 1 as "a""; b"',
        "do $$ begin perform 1; end $$",
        "do $a$ select $b$ ; $b$; $a$",
        "select $tag$ $$ ; $ta$ ; $tag$",
        "select 1 -- not the end; of it\n + 1",
        "select 1 /* a; /* b; */ c; */ + 1",
        "create rule r as on insert to t do also (select 1; select 2)",
        "create function f() returns int begin atomic select case when true then 1 end; end",
        "select a$1, b$$",
        "select typename'a;b'",
        "select 'ü;ß' as größe$1",
    ],
)
def test_a_semicolon_inside_something_ends_no_statement(whole: str) -> None:
    assert texts(f"{whole};\nselect 2;") == [whole, "select 2"]


def test_a_name_that_ends_in_e_makes_no_escape_string() -> None:
    # PostgreSQL reads `typee` as a word, so the backslash is an ordinary character.
    assert texts("select typee'\\'; select 2") == ["select typee'\\'", "select 2"]


def test_statements_keep_their_comments_and_lose_their_semicolons() -> None:
    assert texts("-- why\nselect 1 ;\n\n/* and */ select 2") == [
        "-- why\nselect 1",
        "/* and */ select 2",
    ]


def test_pieces_without_a_statement_are_dropped() -> None:
    assert texts("-- header\n;; /* x */ ;\nselect 1;\n-- the end\n") == ["select 1"]


def test_lines_are_those_of_the_first_word() -> None:
    found = split("-- one\n\nselect 1;\n-- four\nselect\n2;")
    assert [s.line for s in found] == [3, 5]


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("select 1;\nselect 'a", 2),
        ('select "a', 1),
        ("do $$ begin", 1),
        ("do\n$x$ begin $y$", 2),
        ("/* /* */", 1),
        (r"select E'a\'", 1),
    ],
)
def test_what_is_never_closed_is_named_with_its_line(sql: str, line: int) -> None:
    with pytest.raises(LexicalError, match="never closed") as error:
        split(sql)
    assert error.value.line == line


def test_code_only_blanks_text_and_keeps_places() -> None:
    sql = "select 'now()' -- now()\n, $$ begin /* now() */ x := 'now()'; y end $$"
    code = code_only(sql)
    assert "now" not in code
    assert len(code) == len(sql)
    assert code.index("y end") == sql.index("y end")
    assert code.count("\n") == sql.count("\n")


@given(st.text(alphabet="ab1 ;'\"$-*/\\E(\n)é", max_size=40))
def test_joined_tokens_are_the_text_again(sql: str) -> None:
    try:
        found = list(tokens(sql))
    except LexicalError:
        return
    assert "".join(token.text for token in found) == sql
    assert [token.start for token in found] == [
        sum(len(t.text) for t in found[:i]) for i in range(len(found))
    ]
