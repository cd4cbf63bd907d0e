"""Fetches everything that anybody may know of a settled pot, into one directory.

What is written was checked to belong together: the entries have the proof's root, and the audit
chain tells what the proof says. `pypot verify DIR` checks all of it again, without us.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from pypot_cli.errors import PypotError
from pypot_cli.proof import Document, bundle, verify
from pypot_cli.rpc import ANON, Calls

Progress = Callable[[str, int, int], None]
"""Called with what is being read, how much of it was, and how much there is (0: not known)."""


def export(
    calls: Calls, pot_id: UUID, out: Path, progress: Progress = lambda *_: None
) -> dict[str, int]:
    """Write proof.json, entries.json, chain.json and checkpoint.txt, if there is one, into `out`.

    Either all of them are there afterwards or none. Returns how many entries and chain rows there
    are. Raises PypotError if `out` exists and is not an empty directory, if the pot is not settled,
    or if what was read does not agree; RpcError as the readers do.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise PypotError(f"{out} exists: name a directory that is new or empty")
    proof = _proof(calls, pot_id)
    total = int(proof["total_tickets"])
    entries = list(_entries(calls, pot_id, total, progress))
    chain = list(_chain(calls, pot_id, progress))
    _agree(proof, entries, chain)

    part = out.parent / f".{out.name}.{os.getpid()}.part"
    try:
        part.mkdir(parents=True)
        _write(part / bundle.PROOF, json.dumps(proof, indent=2))
        _write(part / bundle.ENTRIES, _list(entries))
        _write(part / bundle.CHAIN, _list(chain))
        witness = proof.get("witness")
        if witness is not None:
            _write(part / bundle.CHECKPOINT, witness["checkpoint"], end="")
        part.rename(out)
    except OSError as error:
        raise PypotError(f"cannot write {out}: {error.strerror}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return {"entries": len(entries), "chain_rows": len(chain)}


def _proof(calls: Calls, pot_id: UUID) -> dict[str, Any]:
    proof: dict[str, Any] = calls.call(ANON, "get_proof", pot_id=str(pot_id))
    if "reveal_seed" not in proof:
        cause = proof.get("cause", "no cause given")
        raise PypotError(f"the pot was cancelled ({cause}): it has refunds, and no draw to prove")
    return proof


def _entries(calls: Calls, pot_id: UUID, total: int, progress: Progress) -> Iterator[Any]:
    key = ("after_ticket", "first_ticket")
    for entry in calls.pages(ANON, "list_lock_entries", after=key, pot_id=str(pot_id)):
        yield entry
        progress("entries", entry["first_ticket"] + entry["ticket_count"], total)


def _chain(calls: Calls, pot_id: UUID, progress: Progress) -> Iterator[Any]:
    key = ("after_seq", "seq")
    for row in calls.pages(ANON, "get_audit_chain", after=key, pot_id=str(pot_id)):
        yield row
        progress("audit chain", row["seq"], 0)


def _agree(proof: dict[str, Any], entries: list[Any], chain: list[Any]) -> None:
    """Raise PypotError unless all of it is of one pot. Whom to trust is for who verifies it."""
    verdict = verify(Document(proof))
    failed = list(verdict.failed) if verdict.draw_version is None else []
    if not failed:
        failed += [each for each in bundle.check_entries(proof, entries) if each.outcome != "ok"]
        failed += [each for each in bundle.check_chain(proof, chain) if each.outcome != "ok"]
    if failed:
        told = "; ".join(f"{check.name}: {check.detail}" for check in failed[:3])
        raise PypotError(f"what the database answers does not agree, nothing is written: {told}")


def _list(items: Iterable[Mapping[str, Any]]) -> str:
    """Return a JSON list with an item a line: a diff of two exports is readable."""
    return "[\n" + ",\n".join(json.dumps(item) for item in items) + "\n]"


def _write(file: Path, text: str, end: str = "\n") -> None:
    with file.open("w", encoding="utf-8") as stream:
        stream.write(text + end)
        stream.flush()
        os.fsync(stream.fileno())
