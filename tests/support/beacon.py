"""Beacons that are really there, honest ones and liars, each on a port and a thread of its own."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pypot_cli.beacon.local import BeaconServer, LocalBeacon

_START_SECONDS = 10.0


@contextlib.contextmanager
def serving(beacon: LocalBeacon, port: int = 0) -> Iterator[str]:
    """The address of a beacon that is served within the block."""
    server = BeaconServer(beacon, port)
    thread = threading.Thread(target=server.serve_until_stopped, daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        assert time.monotonic() < deadline, "the beacon did not start"
        time.sleep(0.01)
    yield server.url
    server.should_exit = True
    thread.join()


class Liar:
    """An endpoint that answers whatever it is told to, and counts how often it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body: Callable[[str], bytes] = lambda path: b"{}"
        self.drip_seconds = 0.0
        self.asked: list[str] = []
        self.url = ""


@contextlib.contextmanager
def lying() -> Iterator[Liar]:
    """A liar that is served within the block."""
    liar = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            liar.asked.append(self.path)
            self.send_response(liar.status)
            for name, value in liar.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                if liar.drip_seconds:
                    for byte in liar.body(self.path):
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        time.sleep(liar.drip_seconds)
                else:
                    self.wfile.write(liar.body(self.path))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    liar.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Shifted:
    """A clock that can be set ahead of the real one: Unix seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead
