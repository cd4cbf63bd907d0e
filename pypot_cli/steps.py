"""The steps of the services, named in one place: what a crash may come before or after.

Every step is one effect, or the reading before it, and may be repeated: a service that dies at any
of these points, and is started again, ends every pot once. The tests prove that for each of them
with PYPOT_CRASH_AT=`before STEP` or `after STEP`, at which the process kills itself, as SIGKILL
does, the first time it comes by. Nothing else reads that variable, and it can do nothing else.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from enum import StrEnum


class Step(StrEnum):
    """What a service does, in the order in which a pot meets it."""

    RESTOCK = "restock"
    """Signer: put commitments into the stock."""
    ROTATE = "rotate"
    """Orchestrator: open the pots that templates lack."""
    RUN_DUE = "run_due"
    """Orchestrator: lock a pot, or cancel and refund it."""
    RECOMPUTE_LOCK = "recompute_lock"
    """Orchestrator: read a lock and its entries, and compute them again."""
    NOTE_LOCK = "note_lock"
    """Orchestrator: write down which lock is about to be signed."""
    ATTEST = "attest"
    """Orchestrator: hand in the signature over a lock."""
    WATCH = "watch"
    """Orchestrator: look at escrows and chains, and take events into the metrics."""
    CLAIM = "claim"
    """Signer: take the lease of an attested pot."""
    RECOMPUTE_CLAIM = "recompute_claim"
    """Signer: read the claimed lock's entries, and compute them again."""
    NOTE_REVEAL = "note_reveal"
    """Signer: write down which lock the seed is about to be shown for."""
    REPORT_SPENT = "report_spent"
    """Signer: have a pot refunded that a restored database has forgotten the reveal of."""
    REVEAL = "reveal"
    """Signer: hand in the seed and the signature; with draw 1 the winner is paid."""
    RECOMPUTE_BEACON = "recompute_beacon"
    """Whoever submits beacons: read a revealed pot's lock and entries, and compute them again."""
    FETCH_BEACON = "fetch_beacon"
    """Likewise: ask for the round's signature, and verify it."""
    SUBMIT_BEACON = "submit_beacon"
    """Likewise: hand in the beacon and the attestation; the winner is paid."""
    PREPARE_CHECKPOINT = "prepare_checkpoint"
    """Whoever makes checkpoints: have the log take every row, and read its checkpoint."""
    STORE_CHECKPOINT = "store_checkpoint"
    """Likewise: keep the signed checkpoint in the database."""
    ASK_WITNESSES = "ask_witnesses"
    """Likewise: have every witness verify and cosign it."""
    STORE_COSIGNED = "store_cosigned"
    """Likewise: keep the cosignatures in the database."""
    PUBLISH = "publish"
    """Likewise: put the checkpoint into one place outside."""
    COPY_LEAVES = "copy_leaves"
    """Likewise: put new leaves into a directory, before the checkpoint that covers them."""
    FAN_OUT = "fan_out"
    """Deliverer: turn events into deliveries."""
    CLAIM_DELIVERIES = "claim_deliveries"
    """Deliverer: take the lease of deliveries that are due."""
    SEND_DELIVERY = "send_delivery"
    """Deliverer: hand one to its receiver."""
    REPORT_DELIVERY = "report_delivery"
    """Deliverer: have the database know how that went."""
    REMEMBER = "remember"
    """Witness: write down the checkpoint that it is about to cosign."""


_CRASH_AT = os.environ.get("PYPOT_CRASH_AT")


@contextlib.contextmanager
def step(name: Step) -> Iterator[None]:
    """Do one step in the block."""
    _at(f"before {name}")
    yield
    _at(f"after {name}")


def _at(moment: str) -> None:
    if moment == _CRASH_AT:
        os.kill(os.getpid(), signal.SIGKILL)
