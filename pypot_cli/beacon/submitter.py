"""Hands in beacons: the last step of a draw that waits for one.

Anybody may do it who holds a registered key of purpose `beacon`, and both services do. Whoever is
first ends the draw; what the others hand in is the same, for a round has one signature only.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pypot_cli import lock
from pypot_cli.beacon.rounds import Rounds, RoundsInBackground, RoundsNow
from pypot_cli.beacon.source import Source
from pypot_cli.correlation import correlated
from pypot_cli.fairness import signing
from pypot_cli.fairness.beacon import Chain, Chains
from pypot_cli.fairness.canonical import read_time
from pypot_cli.game import GAME
from pypot_cli.keys import Secret, load_secret_from
from pypot_cli.rpc import BUSY, Caller, Calls, RpcError
from pypot_cli.service import (
    ONCE_RETRY_SECONDS,
    UNKNOWN_KEY,
    Client,
    Log,
    Options,
    PutOff,
    Running,
    Service,
    Together,
    run,
)
from pypot_cli.steps import Step, step
from pypot_cli.wake import Listening

CALLER = Caller("pot_beacon")
VARIABLE = "PYPOT_BEACON_KEY"


@dataclass(frozen=True)
class Beacons:
    """What submitting takes: a key, the chains that are trusted, the endpoints to ask."""

    key: Secret
    chains: Chains
    endpoints: tuple[str, ...]


def configured(chains: Chains, endpoints: tuple[str, ...]) -> Beacons | None:
    """Return what a service submits with, or None where PYPOT_BEACON_KEY names no key.

    Raises UnreadableInputError for one that cannot be read.
    """
    if not os.environ.get(VARIABLE):
        return None
    return Beacons(load_secret_from(VARIABLE), chains, endpoints)


@dataclass(frozen=True)
class _Awaited:
    """A revealed pot whose lock was recomputed, and the round it waits for."""

    chain: Chain
    number: int
    lock_digest: bytes
    locked_at: int


class Submitter:
    """One round: look which pots wait for a beacon, and submit those that are there.

    It attests only to what it verified: that the lock, computed again from the public entries,
    fixes this round of a chain it trusts, and that the signature is this round's.
    """

    def __init__(
        self,
        client: Client,
        log: Log,
        key: Secret,
        chains: Chains,
        rounds: Rounds,
        *,
        measure: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`measure` is told the seconds from lock to payout. `clock`: Unix seconds."""
        self._refusals = 0
        self._client = client
        self._log = log
        self._key = key
        self._chains = chains
        self._rounds = rounds
        self._measure = measure
        self._clock = clock
        self._awaited: dict[str, _Awaited] = {}
        self._refused: set[str] = set()
        self._put_off = PutOff("beacon", key)

    @property
    def refusals(self) -> int:
        """Return how often it refused, or a command that ends went without a round."""
        missed = self._rounds.missed if isinstance(self._rounds, RoundsNow) else 0
        return self._refusals + missed

    def round(self) -> int:
        """Do everything due now; return how many draws were ended."""
        listed = {
            row["pot_id"]: row
            for row in self._client.pages(
                "list_awaited_beacons", after=("after", "pot_id"), page_size=100
            )
        }
        self._refused &= listed.keys()
        self._put_off.keep(listed.keys())
        self._awaited = {pot_id: self._awaited[pot_id] for pot_id in listed & self._awaited.keys()}
        for pot_id, row in listed.items():
            if pot_id not in self._awaited and pot_id not in self._refused:
                self._recompute(pot_id, row)
        self._rounds.want({(each.chain, each.number) for each in self._awaited.values()})
        return sum(self._submit(pot_id) for pot_id in list(self._awaited))

    def due_in(self) -> float | None:
        """Return seconds until the first round that is waited for, by this machine's clock."""
        due = [each.chain.round_time(each.number) / 1e6 for each in self._awaited.values()]
        coming = [at - self._clock() for at in due]
        return min((seconds for seconds in coming if seconds > 0), default=None)

    def _recompute(self, pot_id: str, row: dict[str, Any]) -> None:
        """Take a pot on if its lock is what it must be; else refuse it for good."""
        with step(Step.RECOMPUTE_BEACON):
            pot: dict[str, Any] = self._client.call("get_pot", pot_id=pot_id)
            stated = lock.stated_by_pot(pot)
            wrong = lock.differences(stated, self._client.lock_entries(pot_id), self._chains)
        listed = (row["chain_hash"], row["round"], row["lock_digest"])
        if listed != tuple(stated.get(k) for k in _FIXED):
            wrong.append("the list of awaited beacons and the pot differ")
        if wrong:
            self._refuse(pot_id, wrong)
            return
        self._awaited[pot_id] = _Awaited(
            self._chains[bytes.fromhex(row["chain_hash"])],
            row["round"],
            bytes.fromhex(row["lock_digest"]),
            read_time(pot["locked_at"]),
        )

    def _submit(self, pot_id: str) -> int:
        awaited = self._awaited[pot_id]
        signature = self._rounds.get(awaited.chain, awaited.number)
        if signature is None or self._put_off.waits(pot_id):
            return 0
        message = signing.beacon_message(awaited.lock_digest, signature, GAME)
        try:
            with correlated(), step(Step.SUBMIT_BEACON):
                result = self._client.call(
                    "submit_beacon",
                    pot_id=pot_id,
                    beacon_signature=signature.hex(),
                    attestation=signing.sign(self._key.reveal(), message).hex(),
                )
        except RpcError as error:
            if error.token in (BUSY, "wrong_state"):
                # Or it is early by the database's clock. If nobody else was first, it is still
                # listed in the next round.
                self._log("beacon_set_aside", pot_id=pot_id, why=str(error), details=error.details)
                return 0
            if error.token == UNKNOWN_KEY:
                return self._refuse_for_now(pot_id, str(error))
            return self._refuse(pot_id, [str(error)])
        del self._awaited[pot_id]
        took = (read_time(result["settled_at"]) - awaited.locked_at) / 1e6
        if self._measure is not None:
            self._measure(took)
        self._log(
            "settled",
            pot_id=pot_id,
            seconds_since_lock=took,
            beacon_round=awaited.number,
            winning_ticket=result["winning_ticket"],
            prize=result["prize"],
        )
        return 1

    def _refuse(self, pot_id: str, why: list[str]) -> int:
        self._refusals += 1
        self._refused.add(pot_id)
        self._awaited.pop(pot_id, None)
        self._log("beacon_refused", pot_id=pot_id, why=why)
        return 0

    def _refuse_for_now(self, pot_id: str, why: str) -> int:
        self._refusals += 1
        self._log("beacon_refused", pot_id=pot_id, why=[why], **self._put_off.add(pot_id))
        return 0


_FIXED = ("beacon_chain_hash", "beacon_round", "lock_digest")


@contextlib.contextmanager
def making(beacons: Beacons, options: Options) -> Iterator[Callable[[Running], Submitter]]:
    """Yield what makes a submitter.

    Within the block rounds are fetched on a thread of their own; with `options.once` on none.
    """
    with contextlib.ExitStack() as stack:

        def make(running: Running) -> Submitter:
            source = Source(beacons.endpoints, running.log)
            rounds: Rounds
            if options.once:
                rounds = RoundsNow(source, running.log, ONCE_RETRY_SECONDS)
            else:
                rounds = stack.enter_context(RoundsInBackground(source))
                rounds.start(running.wake, running.log)
            return Submitter(
                running.client,
                running.log,
                beacons.key,
                beacons.chains,
                rounds,
                measure=running.monitor.settled,
            )

        yield make


@contextlib.contextmanager
def besides(
    beacons: Beacons | None, options: Options
) -> Iterator[Callable[[Running, Service], Service]]:
    """Yield what joins a submitter to a service; without `beacons`, what leaves it as it is."""
    if beacons is None:
        yield lambda _, service: service
        return
    with making(beacons, options) as make:
        yield lambda running, service: Together(service, make(running))


def submit(calls: Calls, listening: Listening, beacons: Beacons, options: Options) -> int:
    """Submit beacons over `calls` and do nothing else; return the exit code (see service.run)."""
    with making(beacons, options) as make:
        return run("beacon", calls, CALLER, listening, make, options)
