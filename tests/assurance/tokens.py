"""The harness of tokens: whatever is no token of ours opens nothing, and whatever is opens its own.

Forged, mangled and nonsensical tokens and headers are sent to the API. What nobody with our keys
has signed, or what was signed and is refused by its claims, is answered by 401 and a documented
code, wherever it is sent. What our keys have signed with odd claims may be let in as what it says,
and ends in a documented answer: never in an internal error, and never as another role.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hmac
import json
import random
import secrets
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pypot_cli.assure import Harness, Run
from tests.assurance.fuzz import api_log_problems, leaks
from tests.support.database import Database
from tests.support.documented import problem
from tests.support.plain_http import Line, NoReplyError, request
from tests.support.served import served
from tests.support.servers import Servers, Template

_TARGETS = ("/rest/v1/rpc/whoami", "/rest/v1/rpc/list_pots", "/rest/v1/pots?select=id")

# Who the database says that the caller is; in no build but this one.
PROBE = """
create function public.whoami() returns jsonb language sql stable set search_path = '' as $$
    select jsonb_build_object(
        'role', current_user, 'claims', current_setting('request.jwt.claims', true)
    )
$$;
grant execute on function public.whoami() to public;
notify pgrst, 'reload schema';
"""


@dataclass(frozen=True)
class Case:
    """A header `Authorization`, and how the answer must be.

    `opens` is the role that it may be answered as; None when it must be answered by 401.
    """

    what: str
    authorization: str
    opens: str | None = None


# --------------------------------------------------------------------------------- making tokens


def _segment(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _mac(head: Any, claims: Any, key: bytes, digest: str = "sha256") -> str:
    signed = f"{_segment(head)}.{_segment(claims)}"
    return f"{signed}.{_segment(hmac.digest(key, signed.encode(), digest))}"


def _es256(head: Any, claims: Any, key: ec.EllipticCurvePrivateKey) -> str:
    signed = f"{_segment(head)}.{_segment(claims)}"
    algorithm: Any = jwt.get_algorithm_by_name("ES256")
    return f"{signed}.{_segment(algorithm.sign(signed.encode(), key))}"


class Forger:
    """Makes tokens without our keys, and with them."""

    def __init__(self, secret: str, public_key: bytes, chance: random.Random) -> None:
        """`secret` is the API's, `public_key` (PEM) of its key set, which everybody can know."""
        self._key = secret.encode()
        self._public = public_key
        self._chance = chance
        self._other_key = ec.generate_private_key(ec.SECP256R1())

    @property
    def claims(self) -> dict[str, Any]:
        """Those of somebody who would like to be more."""
        return {
            "sub": str(uuid.UUID(int=self._chance.getrandbits(128))),
            "role": self._chance.choice(("service_role", "pot_settlement", "pot_admin")),
            "aud": "authenticated",
            "exp": int(time.time()) + 3600,
        }

    def forged(self) -> Iterator[Case]:
        """What nobody with our keys has signed."""
        claims = self.claims
        good = _mac({"alg": "HS256", "typ": "JWT"}, claims, self._key)
        head, payload, signature = good.split(".")
        for name in ("none", "None", "NONE", "nOnE", "", "HS256 ", "hs256", "HS512", "ES256K"):
            for sign in ("", signature):
                yield self._forged(f"alg {name!r}", f"{_segment({'alg': name})}.{payload}.{sign}")
        odd: Any
        for odd in (None, 1, [], {}, ["HS256"], True):
            made = _mac({"alg": odd}, claims, self._key)
            yield self._forged(f"alg {odd!r}", made)
        for key_name, key in (
            ("the public key", self._public),
            ("the public key without its end", self._public.strip()),
            ("nothing", b""),
            ("another secret", secrets.token_bytes(48)),
            ("half of the secret", self._key[:24]),
        ):
            for typed in ("HS256", "ES256", "RS256", "HS384"):
                made = _mac({"alg": typed, "typ": "JWT"}, claims, key)
                yield self._forged(f"{typed} with {key_name}", made)
        for digest, typed in (("sha384", "HS384"), ("sha512", "HS512")):
            yield self._forged(
                f"our secret as {typed}", _mac({"alg": typed}, claims, self._key, digest)
            )
        yield self._forged(
            "HS256 under a kid", _mac({"alg": "HS256", "kid": "k"}, claims, self._key)
        )
        for headers in (
            {"kid": "../../dev/null"},
            {"kid": "' or 1=1 --"},
            {"kid": [1]},
            {"kid": "x" * 5_000},
            {"jku": "http://127.0.0.1:1/"},
            {"x5u": "http://127.0.0.1:1/"},
            {"crit": ["exp"]},
            {"b64": False, "crit": ["b64"]},
            {"jwk": self._own_jwk()},
        ):
            made = _es256({"alg": "ES256", **headers}, claims, self._other_key)
            yield self._forged(f"another key with {next(iter(headers))}", made)
        yield self._forged(
            "its own claims", f"{head}.{_segment({**claims, 'role': 'anon'})}.{signature}"
        )
        yield self._forged("a signature of zeros", f"{head}.{payload}.{_segment(bytes(32))}")
        es = f"{_segment({'alg': 'ES256'})}.{payload}."
        for zeros in (bytes(64), bytes(63), bytes(65), b"", b"\x30\x06\x02\x01\x01\x02\x01\x01"):
            yield self._forged("an ES256 signature of zeros", es + _segment(zeros))
        for cut in (1, len(signature) // 2, len(signature), len(signature) + 1):
            yield self._forged("cut off", good[:-cut])
        for text in (
            good + ".",
            "." + good,
            good + "." + signature,
            head,
            "..",
            "...",
            ".a.",
            "a.b.c",
            good.replace(".", "..", 1),
            "{}.{}.{}",
            "%s%s.%n.%x",
            "x" * 9_000,
            "\u00e9.\u00e9.\u00e9",
            f"{head}.{_segment(b'{')}.{signature}",
            f"{head}.!!!!.{signature}",
            f"{_segment(b'[' * 5_000)}.{payload}.{signature}",
            f"{_segment(b'1' * 8_000)}.{payload}.x",
        ):
            yield self._forged("no token", text)
        for _ in range(40):
            yield self._forged("a changed character", self._changed(good))

    def refused(self) -> Iterator[Case]:
        """What our key has signed, and is refused by its claims or because they are none."""
        claims, now = self.claims, int(time.time())
        for name, value in (
            ("exp", now - 3600),
            ("exp", 0),
            ("exp", -1),
            ("exp", -(10**400)),
            ("exp", "2999999999"),
            ("exp", True),
            ("exp", []),
            ("exp", {}),
            ("exp", 0.5),
            ("nbf", now + 3600),
            ("nbf", "x"),
            ("iat", now + 3600),
            ("iat", []),
            ("aud", "other"),
            ("aud", ["other"]),
            ("aud", [1]),
            ("aud", {}),
            ("aud", 7),
            ("aud", ""),
            ("aud", "authenticated "),
            ("aud", True),
        ):
            yield self._signed(f"{name} {str(value)[:12]!r}", {**claims, name: value}, None)
        for odd in ([], "text", 7, None, [claims], b"", b"{", b"\xff\xfe", b"[" * 9_000, b"nul"):
            yield self._signed("claims that are none", odd, None)
        once = json.dumps(claims)[:-1]
        doubled = f'{once}, "exp": 1}}'.encode()
        yield self._signed("exp twice, the last one over", doubled, None)

    def odd(self) -> Iterator[Case]:
        """What our key has signed with claims that no GoTrue makes: good for its role at most."""
        claims = {**self.claims, "role": "authenticated"}
        for name, value in (
            ("sub", None),
            ("sub", 7),
            ("sub", []),
            ("sub", "x" * 3_000),
            ("sub", "a\0b"),
            ("sub", "\ud800"),
            ("sub", "' or 1=1 --"),
            ("sub", {"a": 1}),
            ("iss", "https://evil.example"),
            ("iss", []),
            ("is_anonymous", "maybe"),
            ("aal", 7),
            ("app_metadata", {"role": "pot_admin"}),
            ("user_metadata", {"role": "service_role"}),
            ("https://role", "pot_admin"),
            ("session_id", "x"),
            ("exp", 10**400),
            ("exp", 1e300),
            ("exp", 1e15),
            ("nbf", -(10**400)),
            ("nbf", 10**400),
            ("nbf", 1e300),
            ("iat", 0.5),
            ("pad", "x" * 8_000),
            ("deep", _deep(40)),
            ("\ud800", 1),
            ("a\0b", 1),
            ("email", "\u202e"),
            ("number", float("nan")),
            ("number", float("inf")),
            ("number", 1e308),
        ):
            yield self._signed(
                f"claim {name!r} {str(value)[:12]!r}", {**claims, name: value}, "authenticated"
            )
        once = json.dumps(claims)
        twice = f'{{"role": "service_role", {once[1:]}'.encode()
        # Of two the last counts, for who verifies and for who reads.
        yield self._signed("role twice", twice, "authenticated")

    def roles(self) -> Iterator[Case]:
        """Roles that no request may take, though our key has signed them."""
        for role in (
            "pot_admin",
            "postgres",
            "supabase_admin",
            "pg_read_all_data",
            "public",
            "",
            "AUTHENTICATED",
            "authenticated ",
            "authenticated\0",
            "\ud800",
            "x" * 300,
            "service_role; set role postgres",
            '"postgres"',
            "pg_monitor",
            7,
            [],
            {},
            True,
            ["service_role"],
            {"role": "service_role"},
        ):
            yield self._signed(f"role {str(role)[:20]!r}", {**self.claims, "role": role}, "")
        # Whom requests log in as anyway, and who may do nothing.
        for role in ("authenticator", "none"):
            yield self._signed(f"role {role}", {**self.claims, "role": role}, "authenticator")

    def headers(self) -> Iterator[Case]:
        """Headers that are no `Bearer` and a token: nobody's, hence anon's, or refused."""
        good = _mac({"alg": "HS256"}, self.claims, self._key)
        for text in (
            "",
            " ",
            "Bearer",
            "Bearer ",
            "bearer",
            f"Basic {good}",
            f"Token {good}",
            good,
            "Basic cm9vdDpyb290",
            f"Bearer{good}",
            "Digest x",
            "Negotiate YII=",
            f"\tBearer\t{good}",
        ):
            yield Case(f"header {text[:8]!r}", text, "anon")
        for text in (
            f"Bearer  {good} x",
            f"Bearer {good}, Bearer {good}",
            f"Bearer {good};",
            "Bearer null",
            "Bearer undefined",
            "Bearer sb_secret_x",
            'Bearer "' + good + '"',
            f"Bearer Bearer {good}",
        ):
            yield Case(f"header {text[:16]!r}", text)

    def everything(self) -> list[Case]:
        """All of it."""
        kinds = (self.forged, self.refused, self.odd, self.roles, self.headers)
        return [case for kind in kinds for case in kind()]

    def _forged(self, what: str, token: str) -> Case:
        return Case(what, f"Bearer {token}")

    def _signed(self, what: str, claims: Any, opens: str | None) -> Case:
        return Case(what, f"Bearer {_mac({'alg': 'HS256'}, claims, self._key)}", opens)

    def _own_jwk(self) -> dict[str, Any]:
        return dict(jwt.algorithms.ECAlgorithm.to_jwk(self._other_key.public_key(), as_dict=True))

    def _changed(self, token: str) -> str:
        # Not the last character, whose lowest bits stand for nothing.
        at = self._chance.randrange(len(token) - 1)
        instead = self._chance.choice([c for c in "AZaz09-_" if c != token[at]])
        return token[:at] + instead + token[at + 1 :]


def _deep(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


# ---------------------------------------------------------------------------------------- trying


async def tried(cases: Sequence[Case], port: int) -> list[str]:
    """Sends each; what is wrong with the answers."""
    problems: list[str] = []
    line = Line(port)
    try:
        for number, case in enumerate(cases):
            for target in (_TARGETS[0], _TARGETS[1 + number % 2]):
                if said := await _problem(line, case, target):
                    problems.append(f"{case.what}: {said}")
    finally:
        line.close()
    return problems


async def _problem(line: Line, case: Case, target: str) -> str | None:
    method = "POST" if "/rpc/" in target else "GET"
    body = b"{}" if method == "POST" else None
    sent = request(method, target, [("Authorization", case.authorization)], body)
    try:
        reply = await line.ask(sent)
    except NoReplyError as error:
        return f"no answer ({error})"
    if said := problem(reply.status, reply.body):
        return said
    if case.opens is None:
        return None if reply.status in (400, 401, 431) else f"HTTP {reply.status}, and not 401"
    if reply.status == 200 and target == _TARGETS[0]:
        role = json.loads(reply.body)["role"]
        if role != case.opens:
            return f"answered as {role}"
    return f"role {case.what} was taken" if reply.status == 200 and not case.opens else None


def public_pem(key_set: dict[str, Any]) -> bytes:
    """The public key of a key set, as a secret would be made of it."""
    key: Any = jwt.PyJWK(key_set["keys"][0]).key
    pem: bytes = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem


def try_everything(db: Database, directory: Path, seeds: Sequence[int]) -> tuple[int, list[str]]:
    """Tries every case, once by each seed; how many, and what was found."""
    with db.admin() as admin:
        admin.execute(PROBE)
    problems: list[str] = []
    count = 0
    log = directory / "tokens.log"
    with served(db, log) as api:
        pem = public_pem(asyncio.run(_key_set(api.port)))
        for seed in seeds:
            cases = Forger(api.secret, pem, random.Random(seed)).everything()
            problems += asyncio.run(tried(cases, api.port))
            count += len(cases)
    problems += api_log_problems(api.log)
    problems += leaks({"the key of tokens": [api.secret]}, api.log)
    return count, problems


async def _key_set(port: int) -> dict[str, Any]:
    line = Line(port)
    with contextlib.closing(line):
        reply = await line.ask(request("GET", "/auth/v1/.well-known/jwks.json"))
    found: dict[str, Any] = json.loads(reply.body)
    return found


def run(going: Run) -> None:
    """The same cases again and again, with what is random in them by the next seed."""
    servers = Servers()
    try:
        with tempfile.TemporaryDirectory() as directory:
            seed = going.seed
            while seed == going.seed or going.left > 20:
                db = servers.create(Template(17))
                count, problems = try_everything(db, Path(directory), [seed])
                servers.drop(db)
                going.count("tokens and headers", count)
                for each in dict.fromkeys(problems):
                    going.fail(f"seed {seed}: {each}")
                seed += 1
    finally:
        servers.stop()


HARNESS = Harness(
    name="tokens",
    what=(
        "Forged, mangled and nonsensical tokens are sent to the API: none opens anything, and a "
        "signed one its own role at most"
    ),
    minutes=2,
    threats=(8, 9),
    controls=("tests/assurance/test_tokens.py::test_an_api_that_takes_it_is_found_out",),
    run=run,
)
