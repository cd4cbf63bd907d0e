"""private.error_catalogue, docs/error-codes.md and what functions raise are one list."""

import re
from collections.abc import Iterator
from itertools import pairwise

import psycopg
import pytest

from pypot_cli.config import ROOT
from pypot_cli.migrations.statements import Token, tokens
from pypot_cli.migrations.tree import Tree, default_root
from tests.security.conftest import TEMPLATES
from tests.support.documented import codes

DOCS = default_root().parent / "docs" / "error-codes.md"
RAISING = ("fail", "refuse", "refuse_player")

on_one_server = pytest.mark.parametrize("admin", TEMPLATES[:1], indirect=True)


@pytest.fixture
def catalogue(admin: psycopg.Connection) -> dict[str, str]:
    """Token → SQLSTATE."""
    rows = admin.execute("select token, sqlstate_code from private.error_catalogue()").fetchall()
    assert len(rows) == len({token for token, _ in rows})
    return dict(rows)


def bodies() -> Iterator[tuple[str, list[Token]]]:
    """Each function file's path and the tokens of its body, without spaces and comments."""
    for file in Tree(default_root()).functions:
        for token in tokens(file.text):
            if token.kind == "dollar":
                inside = tokens(token.text.strip("$"))
                yield file.path, [t for t in inside if t.kind not in ("space", "comment")]


def literals(body: list[Token]) -> set[str]:
    return {token.text.strip("'") for token in body if token.kind == "string"}


@on_one_server
def test_every_raised_token_is_in_the_catalogue(catalogue: dict[str, str]) -> None:
    raised = {
        (path, body[i + 4].text.strip("'"))
        for path, body in bodies()
        for i in range(len(body) - 4)
        if [t.text for t in body[i : i + 4]] in [["private", ".", f, "("] for f in RAISING]
        and body[i + 4].kind == "string"
    }
    assert len(raised) > 20
    assert {(path, token) for path, token in raised if token not in catalogue} == set()


@on_one_server
def test_every_token_of_the_catalogue_is_raised_somewhere(catalogue: dict[str, str]) -> None:
    said = set().union(
        *(literals(body) for path, body in bodies() if not path.endswith("/error_catalogue.sql"))
    )
    assert set(catalogue) - said == set()


@on_one_server
def test_a_sqlstate_of_ours_is_raised_through_the_catalogue_alone(
    catalogue: dict[str, str],
) -> None:
    raised: set[tuple[str, str]] = set()
    caught: set[tuple[str, str]] = set()
    for path, body in bodies():
        for before, token in pairwise(body):
            if token.kind == "string" and re.fullmatch(r"'PT\w*'", token.text):
                is_handler = before.text == "sqlstate"  # exception when sqlstate 'PT409' then
                (caught if is_handler else raised).add((path, token.text.strip("'")))
    assert {path.rpartition("/")[2] for path, _ in raised} == {"error_catalogue.sql"}
    assert {(path, state) for path, state in caught if state not in catalogue.values()} == set()


@on_one_server
def test_a_sqlstate_is_an_http_status_that_postgrest_answers(catalogue: dict[str, str]) -> None:
    assert {s for s in catalogue.values() if not re.fullmatch(r"PT(4\d\d|503)", s)} == set()


@on_one_server
def test_the_documentation_lists_the_catalogue(catalogue: dict[str, str]) -> None:
    listed = re.findall(r"^\| `(\w+)` \| (PT\d{3}) \|", DOCS.read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(catalogue.items())


@on_one_server
def test_the_documentation_lists_the_hints_of_limits_and_reasons(
    admin: psycopg.Connection,
) -> None:
    listed = re.findall(
        r"^\| `(\w+)` \| `(\w+)`: `(\w+)` \| (.+?) \|$", DOCS.read_text(), re.MULTILINE
    )
    for token, field, value, hint in listed:
        row = admin.execute(
            "select private.error_hint(%s, jsonb_build_object(%s::text, %s::text))",
            [token, field, value],
        ).fetchone()
        assert row == (hint,)
    (body,) = (body for path, body in bodies() if path.endswith("/error_hint.sql"))
    assert {value for _, _, value, _ in listed} == {
        text for text in literals(body) if re.fullmatch("[a-z_]+", text)
    } - {"velocity_exceeded", "account_blocked", "limit", "reason"}


@on_one_server
def test_comments_name_only_documented_errors(
    admin: psycopg.Connection, catalogue: dict[str, str]
) -> None:
    comments = admin.execute(
        "select f.proname, obj_description(f.oid, 'pg_proc') from pg_proc as f"
        " where f.pronamespace = 'public'::regnamespace"
    ).fetchall()
    for name, comment in comments:
        assert set(re.findall(r"PT\d{3}", comment)) <= set(catalogue.values()), name


@on_one_server
def test_an_unknown_token_cannot_be_raised(admin: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="unknown error token nonsense"):
        admin.execute("select private.fail('nonsense')")


def test_the_documentation_lists_what_the_api_refuses_by_itself() -> None:
    """All but a lost database, and what only a function that is none of ours could bring about."""
    raised = {
        code
        for file in (ROOT / "pypot_cli" / "api").rglob("*.py")
        for code in re.findall(r'"(PGRST[1-3]\d\d)",', file.read_text())
    }
    others = {"PGRST111", "PGRST112", "PGRST121", "PGRST203"}
    assert len(raised) > 20
    assert raised - others - set(codes()) == set()
