"""What a hostile API can make a service hold: no more than an answer may have."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pypot_cli import supabase_api
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.rpc import ANON
from pypot_cli.supabase_api import Project, SupabaseApi

Answers = Callable[[dict[str, str], Iterator[bytes]], SupabaseApi]


@pytest.fixture
def answers() -> Iterator[Answers]:
    """Calls of an API that answers whatever is asked with some headers and the parts of a body."""
    ends: list[Callable[[], None]] = []

    def serve(headers: dict[str, str], parts: Iterator[bytes]) -> SupabaseApi:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for part in parts:
                        self.wfile.write(part)
                except (BrokenPipeError, ConnectionResetError):
                    pass

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # One that opens no session by itself, and has a name in no list.
        calls = SupabaseApi(Project(f"http://127.0.0.1:{server.server_port}", "key", "secret"))
        ends.extend((server.server_close, server.shutdown, calls.close))
        return calls

    yield serve
    for end in reversed(ends):
        end()


def test_an_answer_that_fits_is_read(answers: Answers) -> None:
    page = b'"' + b"a" * 10_000 * 44 * 2 + b'"'
    assert len(answers({}, iter([page])).call(ANON, "pack_lock_entries")) == len(page) - 2


def test_an_answer_without_an_end_is_read_to_its_bound(answers: Answers) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        # Not for ever, so that a client without a bound is found out and not waited for.
        while sent < 10 * supabase_api._LONGEST_ANSWER:
            sent += 2**20
            yield b"a" * 2**20

    with pytest.raises(PypotError, match="the API answered more than 16 MiB"):
        answers({}, endless()).call(ANON, "pack_lock_entries")
    # What the client's side of the connection took before it was closed is beyond the bound.
    assert sent < 2 * supabase_api._LONGEST_ANSWER


def test_a_compressed_answer_is_not_taken(answers: Answers) -> None:
    calls = answers({"Content-Encoding": "gzip"}, iter([gzip.compress(b"1")]))
    with pytest.raises(PypotError, match="answered compressed"):
        calls.call(ANON, "pack_lock_entries")


@pytest.mark.parametrize(
    "url",
    [
        "", "project.supabase.co", "ftp://project.supabase.co", "https://",
        "http://project.supabase.co", "https://[project",
        "https://project.supabase.co:port", "https://project.supabase.co:99999",
    ],
)  # fmt: skip
def test_an_address_that_is_none_or_not_safe_is_refused(url: str) -> None:
    with pytest.raises(UnreadableInputError, match="SUPABASE_URL"):
        Project(url, "key", "secret")


@pytest.mark.parametrize(
    "url", ["https://a.supabase.co", "http://localhost:54321", "http://[::1]:1"]
)
def test_an_address_that_is_safe_is_taken(url: str) -> None:
    assert Project(url, "key", "secret").url == url
