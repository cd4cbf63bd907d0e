"""The operator, as bad as it can be: it has every key, every role, the tables and the clock.

What it lacks is what others have: the beacon before its time, and a witness's key and clock.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from pypot_cli import db, proof
from pypot_cli.beacon.local import LocalBeacon
from pypot_cli.db.clock import ahead, replace_clock
from pypot_cli.db.cluster import Cluster
from pypot_cli.db.connection import query
from pypot_cli.fairness import draw, signing
from pypot_cli.fairness.note import VerifierKey
from pypot_cli.game import GAME
from pypot_cli.keys import Secret
from pypot_cli.proof import Trust
from pypot_cli.rpc import ANON, Api, Caller, RpcError, player

ORCHESTRATOR = Caller("pot_orchestrator")
SETTLEMENT = Caller("pot_settlement")
SERVICE = Caller("service_role")
TREASURY = Caller("pot_treasury")
BEACON = Caller("pot_beacon")

ACCEPTED = "accepted"
"""The answer to a move that the system lets happen."""

_DAY = 86_400

TERMS = {"entry_cost": 1, "max_tickets": 10, "max_per_user": 5}
"""Of every pot that is attacked: two players fill it."""


def answer(move: Callable[[], Any]) -> str:
    """Make a move; return ACCEPTED, the token of its refusal, or the SQLSTATE of a trigger's."""
    try:
        move()
    except RpcError as error:
        return error.token
    except psycopg.Error as error:
        return f"SQLSTATE {error.sqlstate}"
    return ACCEPTED


class Operator:
    """Keys, roles, tables and clock of one fresh database, and the players of its pots."""

    def __init__(self, cluster: Cluster) -> None:
        self.api = Api(cluster.url("authenticator"))
        self.owner = db.connect(cluster.url(), autocommit=True)
        self._admin_url = cluster.admin_url()
        self.compliance = Caller("pot_compliance", uuid4())
        self.seeds: dict[str, bytes] = {}
        self._passed = 0.0
        self.keys = {
            purpose: secrets.token_bytes(32) for purpose in ("orchestrator", "settlement", "beacon")
        }
        # Since yesterday, so that a clock set back by an hour finds them.
        self.set_clock_back(_DAY)
        for purpose, key in self.keys.items():
            self.register_key(purpose, key)
        self.accomplice, self.honest = self._players(2)
        # Not the operator's: it tells no round before its time, by a clock of its own.
        self.beacon = LocalBeacon(
            Secret(secrets.token_bytes(32)),
            genesis_time=int(time.time()) - _DAY,
            clock=self.time,
        )
        chain = self.beacon.chain
        self.api.call(
            SERVICE, "register_beacon_chain", chain_hash=chain.hash.hex(),
            public_key=chain.public_key.hex(), scheme=chain.scheme,
            genesis_time=chain.genesis_time, period_seconds=chain.period,
        )  # fmt: skip
        self.api.call(SERVICE, "use_beacon_chain", chain_hash=chain.hash.hex())
        self.pass_time(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.api.close()
        self.owner.close()

    def register_key(self, purpose: str, key: bytes) -> None:
        """Have the database trust a private key's public half."""
        public_key = signing.public_key(key).hex()
        self.api.call(SERVICE, "register_signing_key", purpose=purpose, public_key=public_key)

    def time(self) -> float:
        """Return what time it is for everybody else, in Unix seconds: the real one, and passed."""
        return time.time() + self._passed

    def pass_time(self, seconds: float) -> None:
        """Let time pass for everybody: the operator, the beacon, the witness."""
        self._passed += seconds
        self.set_clock_back(0)

    def set_clock_back(self, seconds: float) -> None:
        """Let the operator's clock run that far behind everybody else's."""
        replace_clock(self.owner, ahead(self._passed - seconds))

    def stop_clock(self, micros: int) -> None:
        """Stop the operator's clock at a time, in microseconds since 1970."""
        since = sql.Literal(f"{micros} microseconds")
        replace_clock(
            self.owner,
            sql.SQL("timestamptz '1970-01-01 00:00:00+00' + interval {}").format(since),
        )

    def commit(self, pot_id: str, seed: bytes) -> None:
        """Put a commitment into the stock."""
        commitment = {"pot_id": pot_id, "commit_hash": draw.commit_hash(seed).hex()}
        self.api.call(SETTLEMENT, "add_commitments", commitments=[commitment])

    def open_pot(self, draw_version: int, **terms: Any) -> str:
        """Open a pot of ten tickets on a seed of its own."""
        pot_id, seed = str(uuid4()), secrets.token_bytes(32)
        self.commit(pot_id, seed)
        self.seeds[pot_id] = seed
        self.api.call(
            ORCHESTRATOR, "create_pot", pot_id=pot_id, draw_version=draw_version,
            **{**TERMS, **terms},
        )  # fmt: skip
        return pot_id

    def join(self, pot_id: str, user: UUID, tickets: int = 5) -> str:
        """Buy tickets; return the entry's id."""
        entry_id: str = self.api.call(
            player(user), "join_pot", pot_id=pot_id, ticket_count=tickets
        )["entry_id"]
        return entry_id

    def fill(self, pot_id: str) -> list[str]:
        """Have the honest player and then the accomplice buy five tickets each; their entries."""
        return [self.join(pot_id, user) for user in (self.honest, self.accomplice)]

    def lock(self, pot_id: str) -> dict[str, Any]:
        """Lock a pot and attest the lock; return what lock_pot answered."""
        locked: dict[str, Any] = self.api.call(ORCHESTRATOR, "lock_pot", pot_id=pot_id)
        self.attest(pot_id, bytes.fromhex(locked["lock_digest"]))
        return locked

    def attest(self, pot_id: str, lock_digest: bytes) -> None:
        """Hand in the orchestrator's signature over a digest."""
        message = signing.orchestrator_message(lock_digest, GAME)
        signature = signing.sign(self.keys["orchestrator"], message)
        self.api.call(
            ORCHESTRATOR, "attest_lock", pot_id=pot_id, orchestrator_signature=signature.hex()
        )

    def to_settling(self, draw_version: int) -> tuple[str, list[str], dict[str, Any]]:
        """Play a pot until it waits for its reveal; return its id, its entries and its lock."""
        pot_id = self.open_pot(draw_version)
        entries = self.fill(pot_id)
        locked = self.lock(pot_id)
        self.api.call(SETTLEMENT, "claim_settlement", pot_id=pot_id)
        return pot_id, entries, locked

    def reveal(self, pot_id: str, lock_digest: str, seed: bytes | None = None) -> Any:
        """Reveal the pot's seed, or another, with a good signature over it."""
        seed = seed or self.seeds[pot_id]
        message = signing.settlement_message(bytes.fromhex(lock_digest), seed, GAME)
        return self.api.call(
            SETTLEMENT, "reveal_pot", pot_id=pot_id, reveal_seed=seed.hex(),
            settlement_signature=signing.sign(self.keys["settlement"], message).hex(),
        )  # fmt: skip

    def hand_in(self, pot_id: str, lock_digest: str, number: int, key: bytes | None = None) -> Any:
        """Hand in a round of the beacon with an attestation by a key, the operator's or another."""
        signature = self.beacon.signature(number)
        if signature is None:
            raise AssertionError("the beacon has not given that round")
        return self.hand_in_signature(pot_id, lock_digest, signature, key)

    def hand_in_signature(
        self, pot_id: str, lock_digest: str, signature: bytes, key: bytes | None = None
    ) -> Any:
        """Hand in any bytes as the beacon's signature, attested."""
        message = signing.beacon_message(bytes.fromhex(lock_digest), signature, GAME)
        return self.api.call(
            BEACON, "submit_beacon", pot_id=pot_id, beacon_signature=signature.hex(),
            attestation=signing.sign(key or self.keys["beacon"], message).hex(),
        )  # fmt: skip

    def pot(self, pot_id: str) -> dict[str, Any]:
        """Return what the accomplice sees of a pot."""
        detail: dict[str, Any] = self.api.call(player(self.accomplice), "get_pot", pot_id=pot_id)
        return detail

    def trusting(self, *witness_keys: VerifierKey) -> Trust:
        """Return the trust of a player who pins the operator's keys, the beacon and a witness."""
        return Trust(
            orchestrator_keys=[signing.public_key(self.keys["orchestrator"])],
            settlement_keys=[signing.public_key(self.keys["settlement"])],
            chains=[self.beacon.chain],
            witness_keys=witness_keys,
        )

    def judged(self, pot_id: str, *witness_keys: VerifierKey) -> str:
        """Return what `pypot verify` says of a pot's proof, in one sentence."""
        given = self.api.call(ANON, "get_proof", pot_id=pot_id)
        document = proof.read_proof(json.dumps(given).encode())
        return proof.verify(document, self.trusting(*witness_keys)).summary

    def _players(self, count: int) -> list[UUID]:
        users = [uuid4() for _ in range(count)]
        with db.connect(self._admin_url) as conn:
            conn.execute(query("demo_users"), [users])
        for user in users:
            self.api.call(
                TREASURY, "grant_credits", user_id=user, amount=1_000_000, reason="to attack with",
                idempotency_key=f"attack {user}",
            )  # fmt: skip
        return users
