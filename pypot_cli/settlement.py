"""The settlement signer: keeps commitments in stock and reveals the seed of each lock it verified.

It holds one Ed25519 key and the seeds, and acts as pot_settlement. A seed leaves this process once,
as a bind parameter of reveal_pot, after everything that the seed decides was recomputed from what
is public: so whoever could alter a lock could not make it draw.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from pypot_cli import config, lock, seeds
from pypot_cli.beacon.submitter import Beacons, besides
from pypot_cli.correlation import correlated
from pypot_cli.fairness import draw, signing
from pypot_cli.fairness.beacon import BUILT_IN, Chains
from pypot_cli.fairness.canonical import read_time
from pypot_cli.game import GAME
from pypot_cli.keys import Secret
from pypot_cli.lock_journal import LockJournal
from pypot_cli.rpc import BUSY, Api, Caller, Calls, RpcError, login_url
from pypot_cli.service import (
    ONCE_RETRY_SECONDS,
    UNKNOWN_KEY,
    Client,
    Log,
    Options,
    PutOff,
    Running,
    Service,
    TooLateError,
    run,
)
from pypot_cli.steps import Step, step
from pypot_cli.wake import Listening

CALLER = Caller("pot_settlement")

_SIGNERS = UUID("7b0f6f0e-6f2b-4b7c-9d55-6c0f7a2f3b11")

_LARGEST_BATCH = 1000
# How often open pots are compared with what was revealed: a restore is rare, and joins come back.
_LOOK_BACK_SECONDS = 10.0


class Settlement:
    """One round: top up the stock, end what was drawn before, then claim, verify and reveal."""

    def __init__(
        self,
        client: Client,
        log: Log,
        key: Secret,
        vault: seeds.Seeds,
        *,
        stock: int = config.STOCK,
        journal: LockJournal | None = None,
        orchestrator_keys: Collection[bytes] = (),
        chains: Chains = BUILT_IN,
        clock: Callable[[], float] = time.time,
        measure: Callable[[float], None] | None = None,
    ) -> None:
        """`chains`: the beacons it reveals for. `clock`: its own time, Unix seconds.

        `journal` is where it remembers its reveals; without one it takes a restored database's
        word. `measure` is told the seconds from lock to payout of each pot settled here.
        """
        self.refusals = 0
        self._chains = chains
        self._clock = clock
        self._measure = measure
        self._client = client
        self._log = log
        self._key = key
        self._vault = vault
        self._stock = stock
        self._journal = journal
        self._looked_back: float | None = None
        self._cannot_mint = ""
        self._orchestrator_keys = orchestrator_keys
        self._refused: set[str] = set()
        self._put_off = PutOff("settlement", key)
        # Pots that were busy for too long; the next round tries them again.
        self._set_aside: set[str] = set()
        if journal is None:
            log("no_journal", hint="give --journal, or a restored pot is drawn twice")
        if not orchestrator_keys:
            log("orchestrator_not_pinned", hint="give --orchestrator-key to say whom you trust")

    def round(self) -> int:
        """Do everything due now; return how many things were done."""
        self._set_aside.clear()
        return self._restock() + self._look_back() + self._settle()

    def due_in(self) -> float | None:
        """Return None: a lock is not known before it happens."""
        return None

    # ------------------------------------------------------------------- stock

    def _restock(self) -> int:
        if self._stock < 1:
            return 0
        # The same pair again changes nothing and is answered with the size of the stock: a pair
        # that depends on our key alone asks, and adds itself the first time only.
        missing = self._stock - _add(self._client, [self._vault.probe()])
        for start in range(0, missing, _LARGEST_BATCH):
            try:
                batch = self._vault.mint(min(_LARGEST_BATCH, missing - start))
            except seeds.CannotMintError as error:
                # What was promised can still be revealed.
                if str(error) != self._cannot_mint:
                    self._cannot_mint = str(error)
                    self._log("cannot_mint", why=self._cannot_mint)
                return start
            self._cannot_mint = ""
            with step(Step.RESTOCK):
                left = _add(self._client, batch)
            self._log("minted", added=len(batch), stock=left)
        return max(missing, 0)

    # ------------------------------------------------------- what a restore undid

    def _look_back(self) -> int:
        """Have pots refunded that are open although their seed was shown; return how many."""
        now = time.monotonic()
        if self._journal is None or (
            self._looked_back is not None and now < self._looked_back + _LOOK_BACK_SECONDS
        ):
            return 0
        done = 0
        for pot in self._client.pots("open"):
            shown_for = self._journal.lock_of(UUID(pot["id"]))
            if shown_for is not None:
                done += self._report_spent(pot["id"], shown_for)
        self._looked_back = now
        return done

    def _report_spent(self, pot_id: str, shown_for: bytes) -> int:
        """Have a pot refunded whose seed was shown for a lock that is lost. Returns 1 if it was."""
        try:
            seed = self._vault.seed_of(UUID(pot_id)).reveal().hex()
            with step(Step.REPORT_SPENT):
                result = self._client.call(
                    "report_spent_seed",
                    pot_id=pot_id,
                    reveal_seed=seed,
                    lock_digest=shown_for.hex(),
                )
        except RpcError as error:
            if error.token == BUSY:
                self._set_aside.add(pot_id)
                self._log("set_aside", pot_id=pot_id, why=str(error))
                return 0
            if error.token == "wrong_state":  # noqa: S105 (an error's name)
                # It has ended, or was locked as noted just after it was listed as open.
                return 0
            return self._refuse(pot_id, [f"its seed was shown before, and {error}"])
        except seeds.LostSeedError as error:
            return self._refuse(pot_id, [f"its seed was shown before, and {error}"])
        self._log("seed_spent", pot_id=pot_id, entries_refunded=result["entries_refunded"])
        return 1

    # ------------------------------------------------------------------ reveal

    def _settle(self) -> int:
        done = 0
        # To claim whatever is due would give us the pot again that we leave, first every time, and
        # renew its lease: then take the others by name, and let another signer have that one.
        while not self._refused and not self._put_off and not self._set_aside:
            claim = self._claim()
            if claim is None:
                return done
            done += self._reveal(claim)
        return done + self._settle_others()

    def _claim(self, **named: str) -> dict[str, Any] | None:
        with step(Step.CLAIM):
            claim: dict[str, Any] | None = self._client.call("claim_settlement", **named)
        return claim

    def _settle_others(self) -> int:
        done = 0
        waiting = [*self._client.pots("locked"), *self._client.pots("settling")]
        due = [pot["id"] for pot in waiting]
        self._refused &= set(due)
        self._put_off.keep(due)
        for pot_id in due:
            if pot_id in self._refused | self._set_aside or self._put_off.waits(pot_id):
                continue
            try:
                claim = self._claim(pot_id=pot_id)
            except RpcError as error:
                if error.token != "wrong_state":  # noqa: S105 (an error's name)
                    raise
                continue  # not attested yet, or another signer's
            if claim is not None:
                done += self._reveal(claim)
        return done

    def _reveal(self, claim: dict[str, Any]) -> int:
        """Verify a claimed lock and reveal its seed. Returns 1 if that was taken."""
        with correlated():
            return self._reveal_claimed(claim)

    def _reveal_claimed(self, claim: dict[str, Any]) -> int:
        pot_id: str = claim["pot_id"]
        with step(Step.RECOMPUTE_CLAIM):
            entries = self._client.lock_entries(pot_id)
            wrong = lock.differences(claim, entries, self._chains, now=self._now())
            wrong += self._signature_differences(claim)
        if wrong:
            return self._refuse(pot_id, wrong)
        try:
            seed = self._vault.seed_of(UUID(pot_id))
        except seeds.LostSeedError as error:
            return self._refuse(pot_id, [str(error)])
        if draw.commit_hash(seed.reveal()).hex() != claim["commit_hash"]:
            return self._refuse(pot_id, ["commit_hash is not of the seed that we have"])
        digest = bytes.fromhex(claim["lock_digest"])
        if self._journal is not None:
            with step(Step.NOTE_REVEAL):
                shown_for = self._journal.note(UUID(pot_id), digest)
            if shown_for != digest:
                return self._report_spent(pot_id, shown_for)
        message = signing.settlement_message(digest, seed.reveal(), GAME)
        try:
            with step(Step.REVEAL):
                # The clock at every attempt: an outage may outlast the beacon's round.
                result = self._client.call_while(
                    lambda: lock.in_time(claim, self._chains, self._now()),
                    "reveal_pot",
                    pot_id=pot_id,
                    reveal_seed=seed.reveal().hex(),
                    settlement_signature=signing.sign(self._key.reveal(), message).hex(),
                )
        except TooLateError as error:
            return self._refuse(pot_id, [str(error)])
        except RpcError as error:
            if error.token == "wrong_state":  # noqa: S105 (an error's name)
                # Voided or refunded meanwhile, or its time for a reveal is over.
                self._log("reveal_skipped", pot_id=pot_id, **error.details)
                return 0
            if error.token == BUSY:
                self._set_aside.add(pot_id)
                self._log("set_aside", pot_id=pot_id, why=str(error))
                return 0
            if error.token == UNKNOWN_KEY:
                return self._refuse_for_now(pot_id, str(error))
            return self._refuse(pot_id, [str(error)])
        if claim["draw_version"] == 2:
            self._log("revealed", pot_id=pot_id, beacon_round=claim["beacon_round"])
            return 1
        took = (read_time(result["settled_at"]) - read_time(claim["locked_at"])) / 1e6
        if self._measure is not None:
            self._measure(took)
        self._log(
            "settled",
            pot_id=pot_id,
            seconds_since_lock=took,
            winning_ticket=result["winning_ticket"],
            prize=result["prize"],
        )
        return 1

    def _now(self) -> int:
        return int(self._clock() * 1e6)

    def _signature_differences(self, claim: dict[str, Any]) -> list[str]:
        stated = claim["orchestrator"]
        key = bytes.fromhex(stated["public_key"])
        message = signing.orchestrator_message(bytes.fromhex(claim["lock_digest"]), GAME)
        wrong = []
        if self._orchestrator_keys and key not in self._orchestrator_keys:
            wrong.append(f"attested by {stated['public_key']}, which is not a pinned key")
        if not signing.verify(key, message, bytes.fromhex(stated["signature"])):
            wrong.append("the orchestrator's signature does not verify")
        return wrong

    def _refuse(self, pot_id: str, why: list[str]) -> int:
        self.refusals += 1
        self._refused.add(pot_id)
        self._log("reveal_refused", pot_id=pot_id, why=why)
        return 0

    def _refuse_for_now(self, pot_id: str, why: str) -> int:
        self.refusals += 1
        self._log("reveal_refused", pot_id=pot_id, why=[why], **self._put_off.add(pot_id))
        return 0


def _add(client: Client, commitments: list[seeds.Commitment]) -> int:
    """Put commitments into the stock; return its size."""
    pairs = [
        {"pot_id": str(each.round_id), "commit_hash": each.commit_hash.hex()}
        for each in commitments
    ]
    stock: int = client.call("add_commitments", commitments=pairs)["stock"]
    return stock


def signer(instance: str | None = None) -> Caller:
    """Return the signer as the database knows the holder of a lease: by the token's `sub`.

    One that is named `instance` is the same after a restart, and has its pots again at once; one
    without a name is new each time, and its pots wait for the lease of the one that died.
    """
    sub = uuid.uuid4() if instance is None else uuid.uuid5(_SIGNERS, instance)
    return Caller("pot_settlement", sub)


def mint(url: str, vault: seeds.Seeds, count: int) -> int:
    """Put `count` commitments to new seeds into the stock of the database `url`.

    Returns the size of the stock. Raises PypotError, as a service run once does.
    """
    stock = 0
    with Api(login_url(url)) as api:
        client = Client(api, CALLER, Log("mint"), threading.Event(), give_up=ONCE_RETRY_SECONDS)
        for start in range(0, count, _LARGEST_BATCH):
            stock = _add(client, vault.mint(min(_LARGEST_BATCH, count - start)))
    return stock


def settle(
    api: Calls,
    listening: Listening,
    key: Secret,
    vault: seeds.Seeds,
    options: Options,
    *,
    orchestrator_keys: Collection[bytes] = (),
    stock: int = config.STOCK,
    journal: LockJournal | None = None,
    instance: str | None = None,
    chains: Chains = BUILT_IN,
    beacons: Beacons | None = None,
) -> int:
    """Run the signer over `api`, woken by `listening`; return its exit code (see service.run).

    With `beacons` it submits them too.
    """
    with besides(beacons, options) as joined:

        def make(running: Running) -> Service:
            made = Settlement(
                running.client,
                running.log,
                key,
                vault,
                stock=stock,
                journal=journal,
                orchestrator_keys=orchestrator_keys,
                chains=chains,
                measure=running.monitor.settled,
            )
            return joined(running, made)

        return run("settle", api, signer(instance), listening, make, options)
