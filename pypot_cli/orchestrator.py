"""The orchestrator: keeps pots open, locks them when due, and signs each lock it can recompute.

It holds one Ed25519 key and acts as pot_orchestrator. Every step may be repeated: after a crash
between a lock and its attestation, the next round finds the locked pot and attests it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from pypot_cli import lock, wake
from pypot_cli.audit_log import timer
from pypot_cli.audit_log.timer import Publishing
from pypot_cli.beacon.submitter import Beacons, besides
from pypot_cli.correlation import correlated
from pypot_cli.fairness import signing
from pypot_cli.fairness.beacon import BUILT_IN, Chains
from pypot_cli.fairness.canonical import read_time
from pypot_cli.game import GAME
from pypot_cli.keys import Secret
from pypot_cli.lock_journal import LockJournal
from pypot_cli.rpc import BUSY, Api, Caller, RpcError, login_url
from pypot_cli.service import UNKNOWN_KEY, Client, Log, Options, PutOff, Running, Service, run
from pypot_cli.steps import Step, step

CALLER = Caller("pot_orchestrator")

_WATCH_SECONDS = 5.0
# Calls a round, of which each takes some thousand events: more is for the next round.
_MOST_ROLL_UPS = 10


class Orchestrator:
    """One round: rotate, run what is due, attest what is locked; now and then, watch."""

    def __init__(
        self,
        client: Client,
        log: Log,
        key: Secret,
        *,
        journal: LockJournal | None = None,
        chains: Chains = BUILT_IN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`chains`: the beacons it signs locks for. `clock`: its own time, Unix seconds.

        `journal` is where it remembers the locks it signed; without one it takes a restored
        database's word.
        """
        self.refusals = 0
        self._chains = chains
        self._clock = clock
        self._client = client
        self._log = log
        self._key = key
        self._journal = journal
        if journal is None:
            log(
                "no_journal",
                hint="give --journal, or a restored pot is signed twice",
            )
        # Pots that need nothing more from this process: attested, or refused for good.
        self._finished: set[str] = set()
        self._put_off = PutOff("orchestrator", key)
        self._short = 0
        self._next_deadline: float | None = None
        self._watched: float | None = None

    def round(self) -> int:
        """Do everything due now; return how many things were done."""
        done = self._rotate() + self._run_due()
        locked = {pot["id"] for pot in self._client.pots("locked")}
        self._finished &= locked
        self._put_off.keep(locked)
        for pot_id in sorted(locked):
            done += self._attest(pot_id)
        self._note_deadlines()
        self._watch()
        return done

    def due_in(self) -> float | None:
        """Return seconds until the first deadline of an open pot, by this machine's clock."""
        if self._next_deadline is None:
            return None
        return max(0.0, self._next_deadline - self._clock())

    def _note_deadlines(self) -> None:
        running = [pot for pot in self._client.pots("open") if not pot["paused"]]
        deadlines = [read_time(pot["locks_at"]) / 1e6 for pot in running]
        self._next_deadline = min(deadlines, default=None)

    def _watch(self) -> None:
        """Have the database look at itself and count what happened, every few seconds."""
        if self._watched is not None and time.monotonic() < self._watched + _WATCH_SECONDS:
            return
        with step(Step.WATCH):
            self._client.call("run_watch")
            for _ in range(_MOST_ROLL_UPS):
                rolled: dict[str, Any] | None = self._client.call("roll_up_metrics")
                if rolled is None or not rolled["more"]:
                    self._watched = time.monotonic()
                    break

    def _rotate(self) -> int:
        with step(Step.ROTATE):
            rotated: dict[str, Any] = self._client.call("rotate_pots")
        opened: list[str] = rotated["opened"]
        for pot_id in opened:
            self._log("opened", pot_id=pot_id)
        if rotated["short"] and rotated["short"] != self._short:
            self._log("no_commitments", short=rotated["short"], hint="is pypot settle running?")
        self._short = rotated["short"]
        return len(opened)

    def _run_due(self) -> int:
        done = 0
        while (due := self._run_one()) is not None:
            done += 1
            pot_id, result = due["pot_id"], due["result"] or {}
            self._log("ran", pot_id=pot_id, task=due["task"], status=result.get("status"))
            if due["task"] == "lock":
                # At once, for the players: the pot that follows, then the draw of this one.
                done += self._rotate()
            if result.get("status") == "locked":
                done += self._attest(pot_id)
        return done

    def _run_one(self) -> dict[str, Any] | None:
        with step(Step.RUN_DUE):
            due: dict[str, Any] | None = self._client.call("run_due")
        return due

    def _attest(self, pot_id: str) -> int:
        if pot_id in self._finished or self._put_off.waits(pot_id):
            return 0
        try:
            with correlated():
                done = self._attest_one(pot_id)
        except RpcError as error:
            if error.token != BUSY:
                raise
            self._log("set_aside", pot_id=pot_id, why=str(error))
            return 0
        if not self._put_off.waits(pot_id):
            self._finished.add(pot_id)
        return done

    def _attest_one(self, pot_id: str) -> int:
        with step(Step.RECOMPUTE_LOCK):
            pot: dict[str, Any] = self._client.call("get_pot", pot_id=pot_id)
            if pot["status"] != "locked" or pot["fairness"]["orchestrator_signature"]:
                return 0
            stated = lock.stated_by_pot(pot)
            entries = self._client.lock_entries(pot_id)
            wrong = lock.differences(stated, entries, self._chains, now=int(self._clock() * 1e6))
        if wrong:
            return self._refuse(pot_id, wrong)
        digest = bytes.fromhex(stated["lock_digest"])
        if self._journal is not None:
            with step(Step.NOTE_LOCK):
                signed = self._journal.note(UUID(pot_id), digest)
            if signed != digest:
                return self._refuse(
                    pot_id, [f"it was locked before as {signed.hex()}: the database has lost that"]
                )
        message = signing.orchestrator_message(digest, GAME)
        signature = signing.sign(self._key.reveal(), message).hex()
        try:
            with step(Step.ATTEST):
                answer = self._client.call(
                    "attest_lock", pot_id=pot_id, orchestrator_signature=signature
                )
        except RpcError as error:
            if error.token == "wrong_state":  # noqa: S105 (an error's name)
                # Another orchestrator was first, or the pot was voided meanwhile.
                self._log("attest_skipped", pot_id=pot_id, **error.details)
                return 0
            if error.token == BUSY:
                raise
            if error.token == UNKNOWN_KEY:
                return self._refuse_for_now(pot_id, str(error))
            return self._refuse(pot_id, [str(error)])
        self._log("attested", pot_id=pot_id, kid=answer["kid"], lock_digest=stated["lock_digest"])
        return 1

    def _refuse(self, pot_id: str, why: list[str]) -> int:
        self.refusals += 1
        self._log("attest_refused", pot_id=pot_id, why=why)
        return 0

    def _refuse_for_now(self, pot_id: str, why: str) -> int:
        self.refusals += 1
        self._log("attest_refused", pot_id=pot_id, why=[why], **self._put_off.add(pot_id))
        return 0


def orchestrate(
    url: str,
    key: Secret,
    options: Options,
    *,
    journal: LockJournal | None = None,
    chains: Chains = BUILT_IN,
    beacons: Beacons | None = None,
    publishing: Publishing | None = None,
) -> int:
    """Run the orchestrator against the database `url`; return its exit code (see service.run).

    With `beacons` it submits them too, with `publishing` it makes checkpoints of the audit log.
    """
    login = login_url(url)
    listening = wake.database(login)
    if publishing is not None:
        listening = timer.beside(listening, login, publishing)
    with besides(beacons, options) as joined:

        def make(running: Running) -> Service:
            made = Orchestrator(running.client, running.log, key, journal=journal, chains=chains)
            return joined(running, made)

        code = run("orchestrate", Api(login), CALLER, listening, make, options)
    if options.once and publishing is not None:
        made = timer.once(login, publishing, Log("orchestrate"))
        return code if made else 1
    return code
