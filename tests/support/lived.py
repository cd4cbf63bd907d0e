"""A database in which pots were played to every end, by the real services and real calls."""

import threading
import time
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from pypot_cli import orchestrator, seeds, settlement
from pypot_cli.beacon import registry
from pypot_cli.beacon import submitter as submitting
from pypot_cli.beacon.local import LocalBeacon
from pypot_cli.beacon.rounds import Round
from pypot_cli.beacon.submitter import Submitter
from pypot_cli.fairness import signing
from pypot_cli.fairness.beacon import BUILT_IN, Chain, Chains
from pypot_cli.keys import Secret, new_secret
from pypot_cli.lock_journal import LockJournal
from pypot_cli.rpc import Api, Caller, login_url, player
from pypot_cli.service import Client, Log
from tests.support.clocks import Shifted, clock_set
from tests.support.database import Database

SERVICE_ROLE = Caller("service_role")
ORCHESTRATOR = orchestrator.CALLER
SETTLEMENT = settlement.CALLER
TREASURY = Caller("pot_treasury")
EVENTS = Caller("pot_events")
WEBHOOKS = Caller("pot_webhooks")
COMPLIANCE = Caller("pot_compliance", uuid.uuid4())
SECOND = Caller("pot_compliance", uuid.uuid4())
"""Another person of compliance."""

AWAITED_SECONDS = 40.0


@dataclass
class Game:
    """The callers of one database, with both services in this process."""

    db: Database
    orchestrator_key: Secret = field(default_factory=new_secret)
    settlement_key: Secret = field(default_factory=new_secret)
    master_key: Secret = field(default_factory=new_secret)
    beacon_key: Secret = field(default_factory=new_secret)

    def __post_init__(self) -> None:
        self.api = Api(login_url(self.db.url()))
        for purpose, key in (
            ("orchestrator", self.orchestrator_key),
            ("settlement", self.settlement_key),
        ):
            self.api.call(
                SERVICE_ROLE,
                "register_signing_key",
                purpose=purpose,
                public_key=signing.public_key(key.reveal()).hex(),
            )
        self.orchestrator = self.make_orchestrator(self.orchestrator_key)
        self.settlement = self.make_settlement(stock=20)

    def client(self, caller: Caller) -> Client:
        """A service's view of the database."""
        return Client(self.api, caller, Log("test"), threading.Event(), give_up=5)

    def make_orchestrator(
        self,
        key: Secret | None = None,
        journal: LockJournal | None = None,
        chains: Chains = BUILT_IN,
        clock: Callable[[], float] = time.time,
    ) -> orchestrator.Orchestrator:
        """An orchestrator with that key, the game's own by default."""
        return orchestrator.Orchestrator(
            self.client(ORCHESTRATOR),
            Log("orchestrate"),
            key or self.orchestrator_key,
            journal=journal,
            chains=chains,
            clock=clock,
        )

    def make_settlement(
        self,
        key: Secret | None = None,
        master_key: Secret | None = None,
        stock: int = 0,
        pinned: tuple[bytes, ...] = (),
        caller: Caller = SETTLEMENT,
        vault: seeds.Seeds | None = None,
        journal: LockJournal | None = None,
        chains: Chains = BUILT_IN,
        clock: Callable[[], float] = time.time,
    ) -> settlement.Settlement:
        """A signer with those keys, the game's own by default; `vault` has its seeds if given."""
        return settlement.Settlement(
            self.client(caller),
            Log("settle"),
            key or self.settlement_key,
            vault or seeds.MasterSeeds(master_key or self.master_key),
            stock=stock,
            journal=journal,
            orchestrator_keys=pinned,
            chains=chains,
            clock=clock,
        )

    def users(self, count: int, balance: int = 1000) -> list[uuid.UUID]:
        """New players with credits."""
        made = [self.db.make_user() for _ in range(count)]
        for user in made:
            self.api.call(
                TREASURY,
                "grant_credits",
                user_id=user,
                amount=balance,
                reason="a test",
                idempotency_key=f"grant {user}",
            )
        return made

    def pot(self, **terms: Any) -> str:
        """A new pot of ten tickets, four a player, ten credits each, unless told otherwise."""
        asked = {"entry_cost": 10, "max_tickets": 10, "max_per_user": 4, **terms}
        pot_id: str = self.api.call(ORCHESTRATOR, "create_pot", **asked)["pot_id"]
        return pot_id

    def join(self, pot_id: str, user: uuid.UUID, tickets: int, key: str | None = None) -> Any:
        """A player's join."""
        return self.api.call(
            player(user), "join_pot", pot_id=pot_id, ticket_count=tickets, idempotency_key=key
        )

    def fill(
        self, pot_id: str, users: list[uuid.UUID], tickets: tuple[int, ...] = (3, 4, 3)
    ) -> None:
        """Sell a pot out."""
        for user, count in zip(users, tickets, strict=False):
            self.join(pot_id, user, count, key=f"{pot_id} {user}")

    def flag(self, pot_id: str, user: uuid.UUID, effect: str = "hold", kind: str = "a_ring") -> str:
        """Have detection find something about a player of a pot; the flag's id."""
        with self.db.admin() as conn:
            found = conn.execute(
                "insert into private.flags (pot_id, entry_id, user_id, kind, score, evidence,"
                " phase, effect, created_at, updated_at) select e.pot_id, e.id, e.user_id, %s, 0.9,"
                " '{}', 'lock', %s, clock_timestamp(), clock_timestamp()"
                " from public.pot_entries as e where e.pot_id = %s and e.user_id = %s limit 1"
                " returning flag_id",
                (kind, effect, pot_id, user),
            ).fetchone()
        assert found is not None
        return str(found[0])

    def review(self, caller: Caller, flag_id: str, decision: str) -> Any:
        """A person's judgement of a flag."""
        return self.api.call(
            caller, "review_flag", flag_id=flag_id, decision=decision, reason="a look"
        )

    def winner(self, pot_id: str) -> uuid.UUID:
        """Who won a settled pot."""
        with self.db.admin() as conn:
            found = conn.execute(
                "select winner_user_id from public.pots where id = %s", [pot_id]
            ).fetchone()
        assert found is not None
        return uuid.UUID(str(found[0]))

    def seed_of(self, pot_id: str) -> Secret:
        """The seed of a pot."""
        return seeds.derive_seed(self.master_key, uuid.UUID(pot_id))


@dataclass(frozen=True)
class Lived:
    """The pots of a lived database, by how they ended."""

    game: Game
    settled: str
    settled_too: str
    drawn: str
    """Settled by draw 2, with a beacon of its own."""
    waiting: str
    """Revealed by draw 2, and without a beacon yet."""
    open: str
    paused: str
    lonely: str
    voided: str
    locked: str
    settling: str
    held: str
    """Settled, and its payout waits for a review."""
    paid: str
    """Its payout was held, and paid when the flags were cleared."""
    returned: str
    """Its payout was held, and returned when a flag was upheld."""


class _Known:
    """Rounds of a beacon that is at hand."""

    def __init__(self, beacon: LocalBeacon) -> None:
        self._beacon = beacon

    def want(self, rounds: Collection[Round]) -> None:
        """Nothing has to be fetched."""

    def get(self, chain: Chain, number: int) -> bytes | None:
        """The signature of a round whose time has come."""
        return self._beacon.signature(number)


def revealed(game: Game, users: list[uuid.UUID], count: int = 1) -> tuple[list[str], LocalBeacon]:
    """Pots of draw 2 that wait for the beacon, locked at the time the database's clock has now.

    That must be AWAITED_SECONDS ago, so that the round is there when the clock is right again.
    """
    beacon = LocalBeacon(new_secret())
    chains, clock = {beacon.chain.hash: beacon.chain}, Shifted(-AWAITED_SECONDS)
    public_key = signing.public_key(game.beacon_key.reveal()).hex()
    game.api.call(SERVICE_ROLE, "register_signing_key", purpose="beacon", public_key=public_key)
    registry.register(game.db.url(), beacon.chain, use=True)
    pots = [game.pot(draw_version=2) for _ in range(count)]
    for pot_id in pots:
        game.fill(pot_id, users)
    game.make_orchestrator(chains=chains, clock=clock).round()
    assert game.make_settlement(chains=chains, clock=clock).round() == count
    return pots, beacon


def live(db: Database) -> Lived:
    """Play one pot to each end."""
    # The round of a pot that locks then is past when the clock is right again.
    with clock_set(db, -AWAITED_SECONDS):
        game = Game(db)
        users = game.users(4)
        assert game.settlement.round() > 0
        (drawn,), beacon = revealed(game, users)
    game.api.call(SERVICE_ROLE, "create_webhook", url="https://hooks.example/")
    submitter = Submitter(
        game.client(submitting.CALLER),
        Log("beacon"),
        game.beacon_key,
        {beacon.chain.hash: beacon.chain},
        _Known(beacon),
    )
    assert submitter.round() == 1
    chains = {beacon.chain.hash: beacon.chain}
    waiting = game.pot(draw_version=2)
    game.fill(waiting, users)
    game.make_orchestrator(chains=chains).round()
    assert game.make_settlement(chains=chains).round() == 1
    lost = signing.public_key(new_secret().reveal()).hex()
    kid = game.api.call(
        SERVICE_ROLE, "register_signing_key", purpose="orchestrator", public_key=lost
    )["kid"]
    game.api.call(SERVICE_ROLE, "revoke_signing_key", kid=kid, reason="a lost key")
    lonely = game.pot(fill_seconds=1)
    game.join(lonely, users[0], 2)
    settled, settled_too, open_, paused, voided = (game.pot() for _ in range(5))
    taken_back = game.join(settled, users[1], 2)
    game.api.call(player(users[1]), "cancel_entry", entry_id=taken_back["entry_id"])
    game.fill(settled, users)
    game.fill(settled_too, users, (4, 2, 4))
    game.join(open_, users[0], 1)
    game.join(open_, users[0], 1)
    back = game.join(open_, users[2], 2)
    game.api.call(player(users[2]), "cancel_entry", entry_id=back["entry_id"])
    game.join(paused, users[1], 2)
    game.api.call(COMPLIANCE, "pause_pot", pot_id=paused, reason="a first look")
    game.api.call(COMPLIANCE, "resume_pot", pot_id=paused, reason="nothing")
    game.api.call(COMPLIANCE, "pause_pot", pot_id=paused, reason="a second look")
    game.fill(voided, users)
    time.sleep(1.1)
    game.orchestrator.round()
    game.api.call(COMPLIANCE, "void_pot", pot_id=voided, reason="a bad pot")
    game.settlement.round()
    held, paid, returned = reviewed(game, users)
    settling = game.pot()
    game.fill(settling, users)
    game.orchestrator.round()
    game.api.call(SETTLEMENT, "claim_settlement", pot_id=settling)
    locked = game.pot()
    game.fill(locked, users)
    game.api.call(ORCHESTRATOR, "lock_pot", pot_id=locked)
    game.api.call(player(users[2]), "start_cool_off", hours=1)
    game.api.call(WEBHOOKS, "fan_out_webhooks")
    while game.api.call(EVENTS, "sequence_events")["sequenced"]:
        pass
    return Lived(
        game,
        settled,
        settled_too,
        drawn,
        waiting,
        open_,
        paused,
        lonely,
        voided,
        locked,
        settling,
        held,
        paid,
        returned,
    )


def reviewed(game: Game, users: list[uuid.UUID]) -> tuple[str, str, str]:
    """Pots whose payouts were held: one waits, one was paid, one was returned."""
    pots = [game.pot() for _ in range(3)]
    excluded = game.join(pots[0], users[3], 2)
    game.api.call(
        COMPLIANCE, "exclude_entry", entry_id=excluded["entry_id"], reason="an account of a ring"
    )
    for pot_id in pots:
        game.fill(pot_id, users)
    game.orchestrator.round()
    flags = {pot_id: {user: game.flag(pot_id, user) for user in users[:3]} for pot_id in pots}
    game.settlement.round()
    held, paid, returned = pots
    game.review(COMPLIANCE, flags[paid][game.winner(paid)], "clear")
    won = flags[returned][game.winner(returned)]
    game.review(COMPLIANCE, won, "uphold")
    game.review(SECOND, won, "uphold")
    return held, paid, returned
