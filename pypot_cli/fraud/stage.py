"""Where a script is played: a database whose clock is the script's, real keys, both services.

The clock is replaced in the database: only in one that was made for this, or that nobody has used.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import sql

from pypot_cli import db, seeds
from pypot_cli.beacon.local import LocalBeacon
from pypot_cli.beacon.rounds import Round
from pypot_cli.beacon.submitter import CALLER as BEACON
from pypot_cli.beacon.submitter import Submitter
from pypot_cli.db.clock import replace_clock
from pypot_cli.db.connection import query
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import signing
from pypot_cli.fairness.beacon import Chain
from pypot_cli.fraud.script import DAY, EPOCH, Account, Origin, Script
from pypot_cli.keys import new_secret
from pypot_cli.orchestrator import CALLER as ORCHESTRATOR
from pypot_cli.orchestrator import Orchestrator
from pypot_cli.rpc import Api, Caller, Calls, login_url
from pypot_cli.seeds import MasterSeeds
from pypot_cli.service import ONCE_RETRY_SECONDS, Client, Log
from pypot_cli.settlement import Settlement, signer

CLOCK_HEADER = "x-simulated-time"
"""What the replaced clock reads; queries/fraud/time.sql."""

_SERVICE = Caller("service_role")
_TREASURY = Caller("pot_treasury")
_BATCH = 1000


class Traffic(Api):
    """Calls made at times of the script, from wherever they come from.

    Time goes on while a call is answered, and never back.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.origin: Origin | None = None
        self._from = EPOCH
        self._since = time.monotonic()

    @property
    def now(self) -> float:
        """What time it is in the script, Unix seconds."""
        return self._from + time.monotonic() - self._since

    def go_to(self, moment: float) -> None:
        """Let it be that time, if it is not later already."""
        self._from, self._since = max(moment, self.now), time.monotonic()

    def rows(self, caller: Caller, function: str, /, **arguments: Any) -> list[Any]:
        """As Api.rows; the request's statements are sent without waiting for each answer."""
        with self._connection().pipeline():
            return super().rows(caller, function, **arguments)

    def headers(self) -> dict[str, str]:
        """As Api.headers, with the time and where the call comes from."""
        came = {} if self.origin is None else self.origin.headers()
        return {**super().headers(), CLOCK_HEADER: _text(self.now), **came}


@dataclass
class Stage:
    """A database with the script's clock, and who acts on it."""

    url: str
    """Of role postgres."""
    traffic: Traffic
    orchestrator: Orchestrator
    settlement: Settlement
    submitter: Submitter
    seeds: MasterSeeds
    """What an insider knows."""

    @property
    def refusals(self) -> int:
        """How often a service refused what it was to do."""
        return sum(each.refusals for each in (self.orchestrator, self.settlement, self.submitter))


@contextlib.contextmanager
def open_stage(script: Script, given: str | None, say: Callable[[str], None]) -> Iterator[Stage]:
    """Prepare a fresh server, or the unused database `given`, for a script.

    `given` is the URL of role postgres. Raises UnreadableInputError when it was used before.
    """
    with contextlib.ExitStack() as cleaning:
        if given is None:
            _, cluster = cleaning.enter_context(throwaway_cluster("fraud", say))
            owner_url, admin_url = cluster.url(), cluster.admin_url()
            with db.connect(admin_url) as conn:
                conn.execute(query("fraud/fast"))
        else:
            owner_url = admin_url = given
        take_over(admin_url, given is None)
        with db.connect(admin_url) as conn:
            conn.execute(query("fraud/users"), _sign_ups(script.accounts))
        traffic = cleaning.enter_context(Traffic(login_url(owner_url)))
        yield _staged(owner_url, traffic, script, say)


def take_over(admin_url: str, made_for_this: bool) -> None:
    """Replace the clock of a database. Raises UnreadableInputError unless nobody has used it."""
    with db.connect(admin_url) as conn:
        unused = conn.execute(query("fraud/unused")).fetchone()
        if not made_for_this and unused != (True,):
            raise UnreadableInputError(
                "this database has players, pots or credits: a simulation replaces the clock, so it"
                " takes one that nobody has used, as after pypot db up in a new --data-dir"
            )
        replace_clock(conn, sql.SQL(query("fraud/time").decode()))
        conn.execute(query("fraud/policies"))


def _staged(url: str, traffic: Traffic, script: Script, say: Callable[[str], None]) -> Stage:
    orchestrator_key, settlement_key, beacon_key = new_secret(), new_secret(), new_secret()
    master = new_secret()
    vault = MasterSeeds(master)
    keys = {"orchestrator": orchestrator_key, "settlement": settlement_key, "beacon": beacon_key}
    for purpose, key in keys.items():
        traffic.call(
            _SERVICE, "register_signing_key", purpose=purpose,
            public_key=signing.public_key(key.reveal()).hex(),
        )  # fmt: skip
    say(f"{len(script.pots)} commitments, and credits for {len(script.accounts)} players")
    settlers = _client(traffic, signer("simulation"))
    commitments = [seeds.commit(master, pot.pot_id) for pot in script.pots]
    for start in range(0, len(commitments), _BATCH):
        batch = commitments[start : start + _BATCH]
        pairs = [
            {"pot_id": str(each.round_id), "commit_hash": each.commit_hash.hex()} for each in batch
        ]
        settlers.call("add_commitments", commitments=pairs)
    for user_id, amount in spending(script).items():
        traffic.call(
            _TREASURY, "grant_credits", user_id=user_id, amount=amount, reason="simulated",
            idempotency_key=f"simulated {user_id}",
        )  # fmt: skip
    beacon = _use_beacon(traffic)
    chains = {beacon.chain.hash: beacon.chain}

    def clock() -> float:
        return traffic.now

    return Stage(
        url,
        traffic,
        Orchestrator(
            _client(traffic, ORCHESTRATOR), _UNHEARD, orchestrator_key, chains=chains, clock=clock
        ),
        Settlement(
            settlers, _UNHEARD, settlement_key, vault, stock=0, chains=chains, clock=clock,
            orchestrator_keys=[signing.public_key(orchestrator_key.reveal())],
        ),
        Submitter(
            _client(traffic, BEACON), _UNHEARD, beacon_key, chains, _Rounds(beacon), clock=clock
        ),
        vault,
    )  # fmt: skip


def _use_beacon(traffic: Traffic) -> LocalBeacon:
    """Have the database draw by a beacon that keeps to the script's clock."""
    beacon = LocalBeacon(new_secret(), genesis_time=int(EPOCH - DAY), clock=lambda: traffic.now)
    chain = beacon.chain
    traffic.call(
        _SERVICE, "register_beacon_chain", chain_hash=chain.hash.hex(),
        public_key=chain.public_key.hex(), scheme=chain.scheme, genesis_time=chain.genesis_time,
        period_seconds=chain.period,
    )  # fmt: skip
    traffic.call(_SERVICE, "use_beacon_chain", chain_hash=chain.hash.hex())
    return beacon


class _Rounds:
    """Rounds straight from a beacon in this process."""

    def __init__(self, beacon: LocalBeacon) -> None:
        self._beacon = beacon

    def want(self, rounds: Collection[Round]) -> None:
        """As Rounds.want."""

    def get(self, chain: Chain, number: int) -> bytes | None:
        """As Rounds.get."""
        return self._beacon.signature(number)


def spending(script: Script) -> dict[str, int]:
    """Return the credits that each player of a script will need."""
    costs = {pot.pot_id: pot.entry_cost for pot in script.pots}
    needed: dict[str, int] = {}
    for wish in script.wishes:
        user = str(wish.user_id)
        needed[user] = needed.get(user, 0) + costs[wish.pot_id] * wish.tickets
    return needed


def _client(calls: Calls, caller: Caller) -> Client:
    return Client(calls, caller, _UNHEARD, threading.Event(), give_up=ONCE_RETRY_SECONDS)


class _Unheard(Log):
    """The services' logs: what they refuse they count, and a pot left undrawn is seen."""

    def __call__(self, event: str, **values: Any) -> None:
        """Write nothing."""


_UNHEARD = _Unheard("simulation")


def _sign_ups(accounts: Sequence[Account]) -> dict[str, list[Any]]:
    return {
        "ids": [each.user_id for each in accounts],
        "created": [datetime.fromtimestamp(each.created_at, UTC) for each in accounts],
    }


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
