"""Requests around the recorded ones: what PostgREST 14 answers by its documentation and sources."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pypot_cli.api.settings import Limits
from tests.support.api import Api, hs256, running
from tests.support.database import Database

pytestmark = pytest.mark.postgres(17, migrated=False)

OBJECT = "application/vnd.pgrst.object+json"


@pytest.fixture
def api(db: Database) -> Iterator[Api]:
    """An API over functions and tables of every shape, on one connection for all requests."""
    with db.connect() as conn:
        conn.execute(Path(__file__).with_name("shapes.sql").read_bytes())
    with running(db) as api:
        yield api


def body(answer: Any, status: int = 200) -> Any:
    """The JSON of an answer that has this status."""
    assert answer.status_code == status, answer.text
    return answer.json()


def codes(answer: Any) -> tuple[int, str]:
    """Status and code of an error."""
    return answer.status_code, answer.json()["code"]


# ------------------------------------------------------------------ which function


def test_arguments_choose_among_overloads(api: Api) -> None:
    assert body(api.rpc("over", {"a": 1})) == "int"
    assert body(api.rpc("over", {"a": 1, "b": 2})) == "two"
    assert body(api.get("rpc/over?a=1&b=2")) == "two"
    twins = body(api.rpc("twin", {"a": 1}), 300)
    assert twins["code"] == "PGRST203"
    assert twins["message"] == (
        "Could not choose the best candidate function between: "
        "public.twin(a => integer), public.twin(a => text)"
    )
    missing = body(api.rpc("over", {"c": 1, "d": 2}), 404)
    assert "with parameters c, d or with a single unnamed json/jsonb" in missing["details"]
    assert body(api.get("rpc/overr?c=1"), 404)["hint"] == (
        "Perhaps you meant to call the function public.over"
    )
    assert body(api.get("rpc/nothing_like_it"), 404)["hint"] is None


def test_one_unnamed_parameter_takes_the_whole_body(api: Api) -> None:
    assert body(api.rpc("whole", {"x": [1, 2]})) == {"x": [1, 2]}
    text = {"Content-Type": "text/plain"}
    said = api.http.post("/rest/v1/rpc/shout", content=b"ab", headers=text)
    assert body(said) == "AB"
    raw = {"Content-Type": "application/octet-stream"}
    assert body(api.http.post("/rest/v1/rpc/size", content=b"\0\xff\0", headers=raw)) == 3
    wrong = api.http.post("/rest/v1/rpc/over", content=b"ab", headers=text)
    assert "with a single unnamed text parameter" in body(wrong, 404)["details"]
    assert body(wrong, 404)["message"].endswith("function public.over in the schema cache")


def test_every_shape_of_result_is_answered(api: Api) -> None:
    assert body(api.rpc("letters")) == ["a", "b"]
    assert body(api.rpc("two_values")) == {"x": 1, "y": "z"}
    assert body(api.get("rpc/many?n=1&n=2&n=3")) == 6
    assert body(api.rpc("many", {"n": [4, 5]})) == 9
    assert body(api.rpc("echo", {"a": "2026-01-02", "c": "wxyz"})) == {
        "a": "2026-01-02",
        "c": "wxyz",
    }
    rows = api.rpc("all_books?select=title&order=title.desc&limit=2")
    assert [row["title"] for row in body(rows)] == ["Two", "Three, four"]
    csv = api.get("rpc/all_books?select=id,title&limit=1", Accept="text/csv")
    assert (csv.text, csv.headers["content-type"]) == ("id,title\n1,One", "text/csv; charset=utf-8")
    form = api.http.post("/rest/v1/rpc/over", data={"a": "1"})
    assert body(form) == "int"
    stripped = api.get("rpc/echo", Accept=f"{OBJECT};nulls=stripped")
    assert stripped.json() == {"c": "abc"}
    each = api.http.post("/rest/v1/rpc/over", json=[{"a": 1}, {"a": 2}])
    assert each.status_code == 200


def test_bodies_that_are_no_arguments_are_refused(api: Api) -> None:
    path = "/rest/v1/rpc/over"
    for content in (b"[1]", b'[{"a": 1}, {"b": 1}]', b"NaN", b"\xff", b"{" * 100_000, b'{"a":1}x'):
        assert codes(api.http.post(path, content=content)) == (400, "PGRST102"), content[:20]
    odd = {"Content-Type": "application/pdf"}
    assert body(api.http.post(path, content=b"x", headers=odd), 400)["message"] == (
        "Content-Type not acceptable: application/pdf"
    )
    assert codes(api.get("rpc/shout?=%00")) == (400, "22021")
    assert codes(api.http.post(path, content=b'{"a":' + b"9" * 5000 + b"}"))[1] == "22003"


def test_a_new_function_is_found_at_once_and_a_replaced_one_when_told(api: Api) -> None:
    assert codes(api.rpc("fresh")) == (404, "PGRST202")
    with api.db.connect() as conn:
        conn.execute("create function public.fresh() returns int language sql as 'select 1'")
        assert body(api.rpc("fresh")) == 1
        conn.execute("drop function public.fresh()")
        conn.execute(
            "create function public.fresh() returns table (a int) language sql as 'select 1'"
        )
        conn.execute("notify pgrst, 'reload schema'")
    deadline = time.monotonic() + 30
    while body(api.rpc("fresh")) != [{"a": 1}]:
        assert time.monotonic() < deadline, "the change was never noticed"


# ------------------------------------------------------------------ one transaction


def test_nothing_of_a_caller_stays_on_the_connection(db: Database) -> None:
    with db.connect() as conn:
        conn.execute(Path(__file__).with_name("shapes.sql").read_bytes())
    with running(db, limits=Limits(connections=1)) as api:
        before = body(api.rpc("what_is_left"))
        token = hs256({"sub": "one", "role": "authenticated", "exp": 60})
        assert api.rpc("litter", token=token).status_code == 204
        assert api.rpc("fails", {"code": "P0001"}, token=token).status_code == 400
        after = body(api.rpc("what_is_left"))
    assert after == {**before, "claims": '{"role": "anon"}', "litter": after["litter"]}
    assert after["litter"] in (None, "")
    assert (after["locks"], after["channels"], after["table"]) == (0, 0, None)


def test_sql_is_told_the_request(api: Api) -> None:
    assert codes(api.get("rpc/told?select=x")) == (400, "42703")
    told = body(
        api.http.get(
            "/rest/v1/rpc/told",
            headers={
                "X-Thing": "v",
                "Cookie": "a=b; c=d",
                "Prefer": "timezone=Asia/Tokyo",
                "X-Forwarded-For": "6.6.6.6",
                "CF-Connecting-IP": "6.6.6.6",
                "X-Correlation-Id": "abc-1",
            },
        )
    )
    assert (told["path"], told["method"], told["role"]) == ("/rpc/told", "GET", "anon")
    assert told["headers"]["x-thing"] == "v"
    assert told["headers"]["x-correlation-id"] == "abc-1"
    assert told["headers"]["cf-connecting-ip"] == "127.0.0.1"
    assert told["headers"]["x-forwarded-for"] == "6.6.6.6, 127.0.0.1"
    assert "cookie" not in told["headers"]
    assert told["cookies"] == {"a": "b", "c": "d"}
    assert told["search_path"] == '"public", "extensions"'
    assert told["zone"] == "Asia/Tokyo"
    other = body(api.get("rpc/told", Prefer="timezone=No/Where"))
    assert other["zone"] != "No/Where"


def test_timeouts_and_isolation_are_those_of_role_and_function(api: Api) -> None:
    assert codes(api.rpc("quick", {"seconds": 5})) == (500, "57014")
    assert body(api.rpc("isolated")) == "serializable"
    with api.db.connect() as conn:
        conn.execute("create role brief nologin; grant brief to authenticator")
        conn.execute("alter role brief set statement_timeout = '60ms'")
        conn.execute("notify pgrst, 'reload config'")
    try:
        token = hs256({"role": "brief", "exp": 600})
        deadline = time.monotonic() + 30
        while (answer := api.rpc("slow", {"seconds": 0.3}, token=token)).status_code != 500:
            assert time.monotonic() < deadline, "the setting was never noticed"
        assert codes(answer) == (500, "57014")
    finally:
        with api.db.connect() as conn:
            conn.execute("drop role brief")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("P0001", 400),
        ("PT429", 429),
        ("PT999", 500),
        ("PTABC", 500),
        ("23505", 409),
        ("23503", 409),
        ("23514", 400),
        ("55P03", 500),
        ("57014", 500),
        ("42501", 401),
        ("42883", 404),
        ("42P01", 404),
        ("53300", 503),
        ("XX000", 500),
        ("40001", 500),
        ("28000", 403),
        ("22012", 400),
        ("21000", 500),
    ],
)
def test_a_sqlstate_has_its_status(api: Api, code: str, status: int) -> None:
    answer = api.rpc("fails", {"code": code})
    assert answer.status_code == status
    assert answer.json() == {"code": code, "message": "because", "details": "d", "hint": "h"}
    assert answer.headers["proxy-status"] == f"PostgREST; error={code}"
    assert answer.headers.get("retry-after") == ("0" if status == 503 else None)


def test_a_known_caller_without_privilege_is_forbidden(api: Api) -> None:
    token = hs256({"role": "authenticated", "exp": 60})
    assert codes(api.rpc("fails", {"code": "42501"}, token=token)) == (403, "42501")


def test_a_function_sets_status_and_headers(api: Api) -> None:
    headers = (
        '[{"X-A": "1"}, {"Set-Cookie": "a=1"}, {"Set-Cookie": "b=2"}, {"content-type": "x/y"}]'
    )
    answer = api.rpc("answers", {"status": "202", "headers": headers})
    assert (answer.status_code, answer.text) == (202, "1")
    assert answer.headers["x-a"] == "1"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.headers["content-type"] == "x/y"
    for wrong in ("{}", "[1]", '[{"a": 1}]', '[{"A": "x\\r\\nEvil: y"}]', '[{"A B": "c"}]'):
        refused = api.rpc("answers", {"status": "200", "headers": wrong})
        assert codes(refused) == (500, "PGRST111"), wrong
        assert "evil" not in refused.headers
    for wrong in ("x", "99", "1000", "600"):
        refused = api.rpc("answers", {"status": wrong, "headers": "[]"})
        assert codes(refused) == (500, "PGRST112"), wrong


def test_a_raise_that_cannot_be_read_says_how(api: Api) -> None:
    good = '{"code": "X", "message": "m"}'
    for message, detail in (
        ("no json", "{}"),
        ("{}", "{}"),
        (good, "no json"),
        (good, '{"status": 200}'),
        (good, '{"status": 200, "headers": {"A": "x\\r\\ny"}}'),
    ):
        answer = api.rpc("raises", {"message": message, "detail": detail})
        assert codes(answer) == (500, "PGRST121")
        assert answer.json()["hint"]


# ------------------------------------------------------------------ tables and views


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("title=eq.One", ["One"]),
        ("title=neq.One&order=id", ["Two", "Three, four", "100%"]),
        ("id=gt.1&id=lte.3", ["Two", "Three, four"]),
        ("id=gte.4", ["100%"]),
        ("id=lt.2", ["One"]),
        ("title=like.T*", ["Two", "Three, four"]),
        ("title=ilike.t*", ["Two", "Three, four"]),
        ("title=match.^O", ["One"]),
        ("title=in.(One,Two)", ["One", "Two"]),
        ('title=in.("Three, four",100%25)', ["Three, four", "100%"]),
        ("title=in.()", []),
        ("title=not.in.(One,Two)", ["Three, four", "100%"]),
        ("about=is.null", ["Three, four"]),
        ("about=not.is.null&author_id=is.null", ["100%"]),
        ("about=is.not_null&author_id=eq.1", ["One", "Two"]),
        ("author_id=isdistinct.1", ["Three, four", "100%"]),
        ("or=(title.eq.One,id.eq.3)", ["One", "Three, four"]),
        ("or=(and(id.gt.1,id.lt.3),not.and(id.gt.0,id.lt.100),title.eq.100%25)", ["Two", "100%"]),
        ("not.or=(id.eq.1,id.eq.2)", ["Three, four", "100%"]),
        ("and=(id.in.(1,2),title.like.T*)", ["Two"]),
        ("tags=cs.{b}", ["One", "Two"]),
        ("tags=ov.{a,x}", ["One"]),
        ("about->>pages=eq.20", ["Two"]),
        ("about->is->>new=eq.true", ["One"]),
        ("id=eq(any).{1,3}", ["One", "Three, four"]),
        ("title=fts(simple).two", ["Two"]),
        ("order=author_id.desc.nullslast,title.desc&limit=2", ["Three, four", "Two"]),
        ("order=author_id.asc.nullsfirst&limit=1", ["100%"]),
        ("order=about->pages.desc.nullslast&limit=1", ["Two"]),
        ("offset=2&limit=1", ["Three, four"]),
        ("limit=0", []),
    ],
)
def test_filters_order_and_limits_choose_rows(api: Api, query: str, titles: list[str]) -> None:
    if "order" not in query:
        query += "&order=id"
    assert [row["title"] for row in body(api.get(f"books?select=title&{query}"))] == titles


def test_select_names_casts_and_follows(api: Api) -> None:
    row = body(
        api.get(
            "books?id=eq.1&select=number:id::text,about->pages,deep:about->is->>new,"
            "first:tags->0,author:authors(name)",
            Accept=OBJECT,
        )
    )
    assert row == {
        "number": "1",
        "pages": 10,
        "deep": "true",
        "first": "a",
        "author": {"name": "Ann"},
    }
    authors = body(
        api.get("authors?select=name,books(title)&order=id&books.order=title.desc&books.limit=1")
    )
    assert authors == [
        {"name": "Ann", "books": [{"title": "Two"}]},
        {"name": "Bob", "books": [{"title": "Three, four"}]},
        {"name": "Eve", "books": []},
    ]
    inner = api.get(
        "authors?select=name,books!inner(title)&books.title=eq.One", Prefer="count=exact"
    )
    assert body(inner) == [{"name": "Ann", "books": [{"title": "One"}]}]
    assert inner.headers["content-range"] == "0-0/1"
    through = body(api.get("rpc/all_books?select=title,authors(name)&id=eq.3"))
    assert through == [{"title": "Three, four", "authors": {"name": "Bob"}}]
    assert body(api.get("titles?select=title&id=eq.2")) == [{"title": "Two"}]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("nothing", 404, "PGRST205"),
        ("book", 404, "PGRST205"),
        ("books?select=nothing", 400, "42703"),
        ("books?nothing=eq.1", 400, "42703"),
        ("books?id=1", 400, "PGRST100"),
        ("books?id=noop.1", 400, "PGRST100"),
        ("books?id=eq.x", 400, "22P02"),
        ("books?select=id::nothing", 400, "42704"),
        ("books?select=id::int;drop", 400, "PGRST100"),
        ("books?select=title,nothing(id)", 400, "PGRST200"),
        ("books?select=count()", 400, "PGRST123"),
        ("books?select=id.sum()", 400, "PGRST123"),
        ("books?or=(id.eq.1", 400, "PGRST100"),
        ("books?order=id.sideways", 400, "PGRST100"),
        ("books?limit=-1", 416, "PGRST103"),
        ("books?" + "or=" + "(and" * 500, 400, "PGRST100"),
        ("books?id=eq.%00", 400, "22021"),
        ("a/b/c", 404, "PGRST125"),
        ("", 404, "PGRST126"),
    ],
)
def test_a_wrong_read_is_refused(api: Api, path: str, status: int, code: str) -> None:
    assert codes(api.get(path)) == (status, code)


@pytest.mark.parametrize(
    "name",
    [
        'id"; drop table public.books; --',
        "id) from public.books; --",
        "id'; select pg_sleep(10); --",
        "%s",
        "%(p0)s",
        "{}",
    ],
)
def test_names_and_values_are_never_sql(api: Api, name: str) -> None:
    client = api.http
    for parameters in (
        {"select": f'"{name}"'},
        {f'"{name}"': "eq.1"},
        {"order": f'"{name}"'},
        {"title": f"eq.{name}"},
        {"title": f'in.("{name}")'},
        {"title": f"like.{name}"},
        {"select": f"about->>{name}"},
    ):
        answer = client.get("/rest/v1/books", params=parameters)
        assert answer.status_code in (200, 400), answer.text
        if answer.status_code == 400:
            assert answer.json()["code"] in ("42703", "PGRST100")
    assert codes(client.get(f"/rest/v1/{name.replace('/', '')}")) in (
        (404, "PGRST205"),
        (404, "PGRST125"),
    )
    assert len(body(api.get("books"))) == 4


def test_ranges_and_counts_are_told(api: Api) -> None:
    exact = api.get("books?limit=2", Prefer="count=exact")
    assert (exact.status_code, exact.headers["content-range"]) == (206, "0-1/4")
    assert exact.headers["preference-applied"] == "count=exact"
    assert exact.headers["content-location"] == "/books?limit=2"
    ranged = api.get("books", Range="1-2")
    assert (ranged.status_code, ranged.headers["content-range"]) == (200, "1-2/*")
    beyond = api.get("books?offset=9", Prefer="count=exact")
    assert codes(beyond) == (416, "PGRST103")
    assert beyond.headers["content-range"] == "*/4"
    assert codes(api.get("books", Range="5-2")) == (416, "PGRST103")
    head = api.http.head("/rest/v1/books", headers={"Prefer": "count=exact"})
    assert (head.status_code, head.text, head.headers["content-range"]) == (200, "", "0-3/4")
    planned = api.get("books", Prefer="count=planned")
    assert planned.headers["content-range"].startswith("0-3/")
    assert not planned.headers["content-range"].endswith("*")
    assert api.get("books", Prefer="count=estimated").headers["content-range"] == "0-3/4"
    single = api.get("books?id=eq.9", Accept=OBJECT)
    assert body(single, 406)["details"] == "The result contains 0 rows"


def test_a_read_is_capped(db: Database) -> None:
    with db.connect() as conn:
        conn.execute(Path(__file__).with_name("shapes.sql").read_bytes())
    with running(db, max_rows=3) as api:
        assert len(body(api.get("books"))) == 3
        assert len(body(api.get("books?limit=100"))) == 3
        assert len(body(api.rpc("all_books"))) == 3
        assert len(body(api.get("authors?select=id,books(id)&id=eq.1"))[0]["books"]) == 2


def test_rows_are_written_where_privileges_allow(api: Api) -> None:
    shown = {"Prefer": "return=representation"}
    made = api.http.post("/rest/v1/authors", json={"id": 7, "name": "New"}, headers=shown)
    assert body(made, 201) == [{"id": 7, "name": "New"}]
    two = [{"id": 8, "name": "A"}, {"id": 9, "name": "B"}]
    plain = api.http.post("/rest/v1/authors", json=two, headers={"Prefer": "count=exact"})
    assert (plain.status_code, plain.text, plain.headers["content-range"]) == (201, "", "*/2")
    located = api.http.post(
        "/rest/v1/books", json={"title": "T"}, headers={"Prefer": "return=headers-only"}
    )
    assert located.headers["location"] == "/books?id=eq.5"
    missing = api.http.post(
        "/rest/v1/books?columns=title,author_id",
        json=[{"author_id": 1}, {"author_id": 2}],
        headers={"Prefer": "missing=default,return=representation"},
    )
    assert [row["title"] for row in body(missing, 201)] == ["untitled", "untitled"]
    percent = api.http.post(
        "/rest/v1/books?columns=title,%22100%25%22",
        json={"title": "%"},
        headers={"Prefer": "missing=default,return=representation"},
    )
    assert body(percent, 201)[0]["100%"] == "100%"
    changed = api.http.patch("/rest/v1/authors?id=gte.8", json={"name": "C"}, headers=shown)
    assert {row["name"] for row in body(changed)} == {"C"}
    quiet = api.http.patch("/rest/v1/authors?id=eq.99", json={"name": "C"})
    assert (quiet.status_code, quiet.headers["content-range"]) == (204, "*/*")
    merged = api.http.post(
        "/rest/v1/authors",
        json={"id": 7, "name": "Merged"},
        headers={"Prefer": "resolution=merge-duplicates,return=representation"},
    )
    assert body(merged, 201) == [{"id": 7, "name": "Merged"}]
    gone = api.http.delete("/rest/v1/authors?id=gte.7&select=id", headers=shown)
    assert [row["id"] for row in body(gone)] == [7, 8, 9]
    assert body(api.http.post("/rest/v1/authors", json=[], headers=shown), 201) == []


def test_wrong_writes_are_refused_and_change_nothing(api: Api) -> None:
    post, patch, delete = api.http.post, api.http.patch, api.http.delete
    assert codes(post("/rest/v1/authors", json={"nothing": 1})) == (400, "PGRST204")
    assert codes(post("/rest/v1/authors", json={"id": 1, "name": "x"})) == (409, "23505")
    assert codes(post("/rest/v1/authors", content=b"{bad")) == (400, "PGRST102")
    assert codes(post("/rest/v1/titles", json={"title": "x"})) == (401, "42501")
    assert codes(patch("/rest/v1/authors", json={"name": "x"})) == (400, "21000")
    assert codes(delete("/rest/v1/authors")) == (400, "21000")
    assert codes(api.http.put("/rest/v1/authors", json={})) == (400, "PGRST127")
    two = delete("/rest/v1/authors?id=gt.1", headers={"Accept": OBJECT})
    assert codes(two) in ((406, "PGRST116"), (409, "23503"))
    many = delete("/rest/v1/books?id=gt.0", headers={"Prefer": "handling=strict, max-affected=2"})
    assert codes(many) == (400, "PGRST124")
    strict = api.get("books", Prefer="handling=strict, colour=red")
    assert codes(strict) == (400, "PGRST122")
    assert len(body(api.get("authors"))) == 3
    assert len(body(api.get("books"))) == 4


def test_options_tell_what_is_allowed(api: Api) -> None:
    options = api.http.options
    assert options("/rest/v1/books").headers["allow"] == "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"
    assert options("/rest/v1/rpc/letters").headers["allow"] == "OPTIONS,GET,HEAD,POST"
    assert options("/rest/v1/rpc/litter").headers["allow"] == "OPTIONS,POST"
    assert codes(api.http.request("TRACE", "/rest/v1/books")) == (405, "PGRST117")


def test_a_preference_of_thousands_of_digits_is_none(api: Api) -> None:
    for digits in ("9" * 18, "9" * 5_000):
        wish = f"handling=strict, max-affected={digits}"
        answer = api.rpc("letters", Prefer=wish)
        assert answer.status_code == 200, answer.text
