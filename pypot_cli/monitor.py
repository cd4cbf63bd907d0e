"""What a running service shows of itself: `/health` and Prometheus' `/metrics`, on one port.

Every event that it logs is counted by its name, so that nothing is counted that is not logged.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from pypot_cli.errors import PypotError

_BUCKETS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600)
_STALE_SECONDS = 15.0

Answer = tuple[int, str, bytes]
"""Status, content type and body of a page."""


class Monitor:
    """The measurements of one service. Safe to use from any thread."""

    def __init__(self, service: str, poll: float) -> None:
        """`poll`: seconds of the service's longest pause; it is ill when silent for much longer."""
        self._service = service
        self._stale = max(_STALE_SECONDS, 5 * poll)
        self._round_ended: float | None = None
        self.registry = CollectorRegistry()
        self._events = Counter(
            "pypot_events", "Events logged, by name.", ["service", "event"], registry=self.registry
        )
        self._rounds = Histogram(
            "pypot_round_seconds",
            "How long a round of work took.",
            ["service"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._last_round = Gauge(
            "pypot_last_round_timestamp_seconds",
            "When a round last ended well (Unix time).",
            ["service"],
            registry=self.registry,
        )
        self._lock_to_settled = Histogram(
            "pypot_lock_to_settled_seconds",
            "From a pot's lock to its payout.",
            ["service"],
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def event(self, name: str) -> None:
        """Count an event."""
        self._events.labels(self._service, name).inc()

    def settled(self, seconds: float) -> None:
        """Note how long after its lock a pot was settled."""
        self._lock_to_settled.labels(self._service).observe(seconds)

    @contextlib.contextmanager
    def round(self) -> Iterator[None]:
        """Measure the round in the block; one that raises is not counted as a sign of life."""
        began = time.monotonic()
        yield
        self._round_ended = time.monotonic()
        self._rounds.labels(self._service).observe(self._round_ended - began)
        self._last_round.labels(self._service).set_to_current_time()

    def health(self) -> tuple[bool, dict[str, object]]:
        """Return whether rounds end, and what to show: `ok`, `service`, `seconds_since_round`."""
        ended = self._round_ended
        since = None if ended is None else time.monotonic() - ended
        ok = since is not None and since < self._stale
        shown = None if since is None else round(since, 3)
        return ok, {"ok": ok, "service": self._service, "seconds_since_round": shown}


@contextlib.contextmanager
def serving(monitor: Monitor, port: int | None, host: str) -> Iterator[int | None]:
    """Answer on `port` within the block (0: any free one, which is yielded; None: not at all).

    Raises PypotError when the port is taken.
    """
    if port is None:
        yield None
        return

    def health() -> Answer:
        ok, shown = monitor.health()
        return 200 if ok else 503, "application/json", json.dumps(shown).encode()

    def metrics() -> Answer:
        return 200, CONTENT_TYPE_LATEST, generate_latest(monitor.registry)

    pages = {"/health": health, "/metrics": metrics}
    with answering(pages, port, host, "--metrics-port") as taken:
        yield taken


@contextlib.contextmanager
def answering(
    pages: Mapping[str, Callable[[], Answer]], port: int, host: str, option: str
) -> Iterator[int]:
    """Answer GET of each path on `port` within the block; yield the port, which 0 chooses.

    Raises PypotError when the port is taken, naming the `option` that gave it.
    """
    try:
        server = ThreadingHTTPServer((host, port), _handler(pages))
    except OSError as error:
        raise PypotError(
            f"cannot listen on {host}:{port} ({error.strerror}): give another {option}"
        ) from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="monitor", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(pages: Mapping[str, Callable[[], Answer]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5  # a client that says nothing holds no thread for long

        def do_GET(self) -> None:
            page = pages.get(self.path.partition("?")[0])
            if page is None:
                self._answer(404, "text/plain", f"{' or '.join(pages)}\n".encode())
            else:
                self._answer(*page())

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: who looks is no event of the service."""

    return Handler
