"""Receivers of webhooks that are really there: honest ones, and every bad kind.

Each listens on a port of its own on 127.0.0.1 and notes what it was sent, as it came.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Json = dict[str, Any]


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    at: float
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event_id(self) -> str:
        """Its id, by which a receiver tells that it has it already."""
        return self.headers["webhook-id"]

    @property
    def message(self) -> Json:
        """What it says."""
        message: Json = json.loads(self.body)
        return message


@dataclass
class Receiver:
    """A receiver; `answer` is a status, or what is done instead of answering."""

    answer: int | Callable[[BaseHTTPRequestHandler], None] = 204
    received: list[Received] = field(default_factory=list)
    url: str = ""
    port: int = 0

    @property
    def ids(self) -> Counter[str]:
        """How often each id came."""
        return Counter(each.event_id for each in self.received)

    def wait_for(self, holds: Callable[[list[Received]], bool], seconds: float = 60.0) -> None:
        """Return once what was received is so; fail when it never is."""
        deadline = time.monotonic() + seconds
        while not holds(list(self.received)):
            assert time.monotonic() < deadline, f"waited in vain: {len(self.received)} received"
            time.sleep(0.02)


@contextlib.contextmanager
def receiving(
    answer: int | Callable[[BaseHTTPRequestHandler], None] = 204, tls: ssl.SSLContext | None = None
) -> Iterator[Receiver]:
    """A receiver within the block; with `tls` by HTTPS under the name localhost."""
    receiver = Receiver(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 120

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                # Whoever sent it was killed meanwhile: it never came.
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(time.time(), self.path, headers, body))
            if callable(receiver.answer):
                self.close_connection = True
                with contextlib.suppress(OSError):
                    receiver.answer(self)
                return
            self.send_response(receiver.answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            """Say nothing of clients that hang up."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    receiver.port = server.server_address[1]
    scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
    receiver.url = f"{scheme}://{host}:{receiver.port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()


# ------------------------------------------------------------------------------------ bad receivers


def hanging(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing, and keep the connection."""
    time.sleep(120)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """Answer a byte a moment, and never to the end of the head."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        handler.wfile.write(b"a")
        handler.wfile.flush()
        time.sleep(0.1)


def informing(handler: BaseHTTPRequestHandler) -> None:
    """Go on saying that the answer is coming."""
    while True:
        handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        handler.wfile.flush()
        time.sleep(0.05)


def endless(status: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with a body without end, as fast as it is taken."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    return answer


def dripping_body(handler: BaseHTTPRequestHandler) -> None:
    """Take it, and then drip a body without end."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while True:
        handler.wfile.write(b"1\r\nx\r\n")
        handler.wfile.flush()
        time.sleep(0.1)


def redirecting(to: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Send whoever asks somewhere else."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def asking(status: int, retry_after: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Say when to come back."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Retry-After", retry_after)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def gibberish(handler: BaseHTTPRequestHandler) -> None:
    """Answer what is no HTTP."""
    handler.wfile.write(b"220 mail.example ESMTP\r\n")


# --------------------------------------------------------------------------------------------- TLS


def make_certificate(directory: Path, name: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """A server's context for a name and 127.0.0.1, and the file to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                key_cert_sign=True,
                crl_sign=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = directory / f"{name}.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = directory / f"{name}.key"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return context, file
