"""The operator, as bad as it can be: it has every key, every role, the tables and the clock.

What it lacks is what others have: the beacon before its time, and a witness's key and clock.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from pypot_cli import db
from pypot_cli.db.cluster import Cluster
from pypot_cli.db.connection import query
from pypot_cli.fairness import draw, signing
from pypot_cli.game import GAME
from pypot_cli.rpc import Api, Caller, RpcError, player

ORCHESTRATOR = Caller("pot_orchestrator")
SETTLEMENT = Caller("pot_settlement")
SERVICE = Caller("service_role")
TREASURY = Caller("pot_treasury")

ACCEPTED = "accepted"
"""The answer to a move that the system lets happen."""

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
        self.keys = {
            purpose: secrets.token_bytes(32) for purpose in ("orchestrator", "settlement", "beacon")
        }
        for purpose, key in self.keys.items():
            self.register_key(purpose, key)
        self.accomplice, self.honest = self._players(2)

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

    def set_clock(self, ahead: float) -> None:
        """Let the database's clock run that many seconds ahead of the real one."""
        statement = sql.SQL(query("attack/clock").decode()).format(
            ahead=sql.Literal(f"{ahead} seconds")
        )
        self.owner.execute(statement)

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
