"""The orchestrator: keeps pots open, locks them when due, and signs each lock it can recompute.

It holds one Ed25519 key and acts as pot_orchestrator. Every step may be repeated: after a crash
between a lock and its attestation, the next round finds the locked pot and attests it.
"""

from __future__ import annotations

from typing import Any

from pypot_cli import lock, signing
from pypot_cli.keys import Secret
from pypot_cli.rpc import BUSY, Caller, RpcError, login_url
from pypot_cli.service import POLL_SECONDS, Client, Log, run

CALLER = Caller("pot_orchestrator")


class Orchestrator:
    """One round: rotate, run what is due, attest what is locked."""

    def __init__(self, client: Client, log: Log, key: Secret) -> None:
        self.refusals = 0
        self._client = client
        self._log = log
        self._key = key
        # Pots that need nothing more from this process: attested, or refused for good.
        self._finished: set[str] = set()
        self._short = 0

    def round(self) -> int:
        """Do everything due now; return how many things were done."""
        return self._rotate() + self._run_due() + self._attest()

    def _rotate(self) -> int:
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
        while (due := self._client.call("run_due")) is not None:
            done += 1
            result = due["result"] or {}
            self._log("ran", pot_id=due["pot_id"], task=due["task"], status=result.get("status"))
        return done

    def _attest(self) -> int:
        locked = {pot["id"] for pot in self._client.pots("locked")}
        self._finished &= locked
        done = 0
        for pot_id in sorted(locked - self._finished):
            try:
                done += self._attest_one(pot_id)
            except RpcError as error:
                if error.token != BUSY:
                    raise
                self._log("set_aside", pot_id=pot_id, why=str(error))
            else:
                self._finished.add(pot_id)
        return done

    def _attest_one(self, pot_id: str) -> int:
        pot: dict[str, Any] = self._client.call("get_pot", pot_id=pot_id)
        if pot["status"] != "locked" or pot["fairness"]["orchestrator_signature"]:
            return 0
        stated = {**pot["fairness"], "pot_id": pot_id, "locked_at": pot["locked_at"]}
        wrong = lock.differences(stated, self._client.lock_entries(pot_id))
        if wrong:
            return self._refuse(pot_id, wrong)
        message = signing.orchestrator_message(bytes.fromhex(stated["lock_digest"]))
        signature = signing.sign(self._key.reveal(), message).hex()
        try:
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
            return self._refuse(pot_id, [str(error)])
        self._log("attested", pot_id=pot_id, kid=answer["kid"], lock_digest=stated["lock_digest"])
        return 1

    def _refuse(self, pot_id: str, why: list[str]) -> int:
        self.refusals += 1
        self._log("attest_refused", pot_id=pot_id, why=why)
        return 0


def orchestrate(url: str, key: Secret, *, once: bool = False, poll: float = POLL_SECONDS) -> int:
    """Run the orchestrator against the database `url`; return its exit code (see service.run)."""

    def make(client: Client, log: Log) -> Orchestrator:
        return Orchestrator(client, log, key)

    return run("orchestrate", login_url(url), CALLER, make, once=once, poll=poll)
