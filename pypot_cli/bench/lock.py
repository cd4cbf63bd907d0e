"""What a pot's end costs by its size: lock, scan, signature, claim, reveal, proofs.

Each step is the call that the services make, as they make it; entries are made in bulk
(pypot_cli.bench.bulk). How a step grows is the slope of a line through its medians on
double-logarithmic paper: 1 is linear, 0 does not depend on the size.
"""

from __future__ import annotations

import functools
import math
import secrets
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg

from pypot_cli import check, db, lock, proof
from pypot_cli.bench import bulk
from pypot_cli.bench.figures import Goal, goals_table
from pypot_cli.bench.meter import SETTINGS, Meter, Used
from pypot_cli.db.connection import query
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.fairness import signing
from pypot_cli.game import GAME
from pypot_cli.rpc import ANON, Api, Caller, login_url, player

STEPS = {
    "lock": "lock_pot: freeze, number, hash",
    "scan": "run_due: detection, its flags",
    "recompute": "the lock from its entries, as each service does",
    "attest": "attest_lock: the signature",
    "claim": "claim_settlement",
    "reveal": "reveal_pot: draw, payout, proof",
    "proof": "get_proof",
    "verify": "pypot verify, of the proof",
    "receipt": "my_receipt, with its path",
    "verify receipt": "pypot verify-receipt",
}
"""What is measured of each pot, in order."""

LOCK_SECONDS = 3.0
"""Of a pot of 100,000 entries, at most."""

_PLAYERS = 100_000  # at most; of a larger pot each joins several times
_REPEATS = 20  # of what only reads
_ORCHESTRATOR, _SIGNER = Caller("pot_orchestrator"), Caller("pot_settlement")


def run(sizes: Sequence[int], pots: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Take `pots` pots of each size through their end on a fresh server; return what it took.

    `sizes` are entries a pot. `steps` holds by step and size the median in seconds, `growth` the
    exponents over all sizes, `cpu` seconds of the server's processes in a lock, which depend least
    on what else the machine does, `records` and `images` bytes of WAL that it wrote an entry,
    `flags` how many were raised;
    `broken` names invariants that do not hold; `ok` says that all do and every proof was valid.
    """
    largest = max(sizes)
    took: dict[str, dict[int, list[float]]] = {step: {size: [] for size in sizes} for step in STEPS}
    used: dict[int, list[Used]] = {size: [] for size in sizes}
    flags: dict[int, int] = {}
    with (
        throwaway_cluster("bench-lock", say, SETTINGS) as (_, cluster),
        db.connect(cluster.admin_url(), autocommit=True) as conn,
        Api(login_url(cluster.url())) as api,
    ):
        bulk.prepare(conn)
        conn.execute(query("bench/meter"))
        meter = Meter(cluster, conn)
        keys = {each: secrets.token_bytes(32) for each in ("orchestrator", "settlement")}
        for purpose, key in keys.items():
            api.call(
                Caller("service_role"), "register_signing_key", purpose=purpose,
                public_key=signing.public_key(key).hex(),
            )  # fmt: skip
        say(f"making {min(largest, _PLAYERS)} players")
        bulk.add_players(conn, min(largest, _PLAYERS))
        valid = True
        for size in sizes:
            for number in range(pots):
                say(f"a pot of {size} entries, {number + 1} of {pots}")
                players = min(size, _PLAYERS)
                pot_id, seed = bulk.open_pot(api, size, players)
                bulk.fill(conn, pot_id, size, players)
                conn.execute("checkpoint")
                since = meter.now()
                watch = _Watch(took, size)
                watch.time("lock", api.call, _ORCHESTRATOR, "lock_pot", pot_id=pot_id)
                used[size].append(meter.used(since, meter.now()))
                valid &= _settle(api, watch, pot_id, seed, keys)
                flags[size] = _value(conn, "select count(*) from private.flags where pot_id = %s",
                                     pot_id)  # fmt: skip
        say("checking every invariant")
        broken = [each.name for each in check.check_database(cluster.url()) if not each.holds]
    steps = {
        step: {str(size): statistics.median(times) for size, times in by_size.items()}
        for step, by_size in took.items()
    }
    goals = _goals(steps, sizes)
    return {
        "sizes": list(sizes),
        "pots": pots,
        "steps": steps,
        "growth": {step: exponent(steps[step]) for step in STEPS},
        "cpu": {str(size): statistics.median(each.cpu for each in used[size]) for size in sizes},
        "records": {
            str(size): statistics.median(each.records for each in used[size]) / size
            for size in sizes
        },
        "images": {
            str(size): statistics.median(each.images for each in used[size]) / size
            for size in sizes
        },
        "flags": {str(size): count for size, count in flags.items()},
        "goals": [each.as_json() for each in goals],
        "valid": valid,
        "broken": broken,
        "ok": valid and not broken,
    }


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    sizes = [str(size) for size in report["sizes"]]
    lines = [
        f"medians of {report['pots']} pots of each size, milliseconds by entries",
        f"{'':<16}{''.join(f'{int(size):>12,}' for size in sizes)}{'grows as n^':>14}",
    ]
    for step in STEPS:
        times = "".join(f"{1000 * report['steps'][step][size]:12.1f}" for size in sizes)
        growth = report["growth"][step]
        lines.append(f"{step:<16}{times}" + (f"{growth:14.2f}" if growth is not None else ""))
    for name, key, scale in (
        ("lock, CPU ms", "cpu", 1000),
        ("WAL B an entry", "records", 1),
        ("page images", "images", 1),
        ("flags", "flags", 1),
    ):
        numbers = "".join(f"{scale * report[key][size]:12,.0f}" for size in sizes)
        lines.append(f"{name:<16}{numbers}")
    lines += goals_table(report["goals"])
    broken = ", ".join(report["broken"])
    if not report["valid"]:
        lines.append("a proof or a receipt was NOT valid")
    return "\n".join([*lines, f"broken: {broken}" if broken else "every invariant holds"])


def exponent(medians: dict[str, float]) -> float | None:
    """Return the slope of log time by log size by least squares; None of fewer than two sizes."""
    points = [(math.log(int(size)), math.log(seconds)) for size, seconds in medians.items()]
    if len(points) < 2:
        return None
    x, y = (statistics.mean(each) for each in zip(*points, strict=True))
    above = sum((a - x) * (b - y) for a, b in points)
    return float(above / sum((a - x) ** 2 for a, _ in points))


class _Watch:
    """Adds what each step of one pot took."""

    def __init__(self, took: dict[str, dict[int, list[float]]], size: int) -> None:
        self._took = took
        self._size = size

    def time(self, step: str, work: Callable[..., Any], /, *given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        result = work(*given, **named)
        self._took[step][self._size].append(time.perf_counter() - began)
        return result


def _settle(api: Api, watch: _Watch, pot_id: UUID, seed: bytes, keys: dict[str, bytes]) -> bool:
    """Take a locked pot to its end; return whether every proof and receipt was valid."""
    scan = watch.time("scan", api.call, _ORCHESTRATOR, "run_due")
    assert scan["task"] == "scan", scan
    wrong = watch.time("recompute", _recompute, api, pot_id)
    digest = bytes.fromhex(_pot(api, pot_id)["fairness"]["lock_digest"])
    attested = signing.sign(keys["orchestrator"], signing.orchestrator_message(digest, GAME))
    watch.time(
        "attest", api.call, _ORCHESTRATOR, "attest_lock", pot_id=pot_id,
        orchestrator_signature=attested.hex(),
    )  # fmt: skip
    watch.time("claim", api.call, _SIGNER, "claim_settlement", pot_id=pot_id)
    settled = signing.sign(keys["settlement"], signing.settlement_message(digest, seed, GAME))
    watch.time(
        "reveal", api.call, _SIGNER, "reveal_pot", pot_id=pot_id, reveal_seed=seed.hex(),
        settlement_signature=settled.hex(),
    )  # fmt: skip
    trust = proof.Trust(
        orchestrator_keys=[signing.public_key(keys["orchestrator"])],
        settlement_keys=[signing.public_key(keys["settlement"])],
    )
    valid = not wrong
    for number in range(_REPEATS):
        stated = proof.Document(watch.time("proof", api.call, ANON, "get_proof", pot_id=pot_id))
        valid &= watch.time("verify", proof.verify, stated, trust).valid
        mine = player(bulk.player_id(number * 4 % 100))
        entry = api.rows(mine, "my_entries", pot_id=pot_id)[0]["entry_id"]
        receipt = watch.time("receipt", api.call, mine, "my_receipt", entry_id=entry)
        receipt = proof.Document(receipt)
        valid &= watch.time(
            "verify receipt", proof.verify_receipt, receipt, stated, trust=trust
        ).valid
    return valid


def _pot(api: Api, pot_id: UUID) -> dict[str, Any]:
    pot: dict[str, Any] = api.call(ANON, "get_pot", pot_id=pot_id)
    return pot


def _recompute(api: Api, pot_id: UUID) -> list[str]:
    entries = lock.pages(functools.partial(api.call, ANON), pot_id=pot_id)
    return lock.differences(lock.stated_by_pot(_pot(api, pot_id)), entries)


def _goals(steps: dict[str, dict[str, float]], sizes: Sequence[int]) -> list[Goal]:
    goals = []
    if 100_000 in sizes:
        goals.append(
            Goal(
                "seconds to lock 100,000 entries", steps["lock"]["100000"], LOCK_SECONDS, "at most"
            )
        )
    if len(sizes) > 1:
        first, last = str(min(sizes)), str(max(sizes))
        goals.append(
            Goal(
                f"reveal at {int(last):,} entries, times that at {int(first):,}",
                steps["reveal"][last] / steps["reveal"][first], 1.5, "at most",
            )
        )  # fmt: skip
        late = {size: seconds for size, seconds in steps["lock"].items() if int(size) >= 10_000}
        growth = exponent(late)
        if growth is not None:
            goals.append(Goal("exponent of the lock from 10,000 on", growth, 1.1, "at most"))
    return goals


def _value(conn: psycopg.Connection[Any], statement: str, *parameters: Any) -> Any:
    row = conn.execute(statement.encode(), parameters).fetchone()
    assert row is not None
    return row[0]
