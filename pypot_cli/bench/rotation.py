"""Three templates rotate unattended: players fill whatever is open, the services do the rest."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

from pypot_cli import check, db
from pypot_cli.db.connection import query
from pypot_cli.demo.stage import Stage, open_stage
from pypot_cli.interrupts import SignalEvent
from pypot_cli.rpc import ANON, Api, Caller, RpcError, player

TEMPLATES = 3
_PLAYERS = 12
_TERMS = {"entry_cost": 1, "max_tickets": 12, "max_per_user": 6}
_GRANT = 1_000_000


def run(pots: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Fill and settle at least `pots` pots on a fresh database; return what was measured.

    `fill`, `gap` and `settle` hold `median`, `p99` and `worst` in seconds, `gap` from a lock to the
    opening of the same template's next pot; `broken` names the invariants that do not hold.
    """
    with open_stage(say, pots) as stage:
        users = [uuid4() for _ in range(_PLAYERS)]
        stage.sign_up(users)
        with Api(stage.login) as api:
            for user in users:
                _grant(api, user)
            stage.wait_for("commitments in stock", lambda: _stocked(stage))
            for number in range(TEMPLATES):
                api.call(
                    Caller("pot_orchestrator"), "upsert_pot_template", name=f"t{number}", **_TERMS
                )
            say(f"{_PLAYERS} players fill {pots} pots of {TEMPLATES} templates")
            _play(stage, users, pots)
            stage.wait_for("the last payouts", lambda: _all_settled(api))
        with db.connect(stage.url) as conn:
            rows = conn.execute(query("bench_rotation")).fetchall()
        broken = [each.name for each in check.check_database(stage.url) if not each.holds]
    return {
        "pots": sum(settled is not None for _, _, settled, _ in rows),
        "fill": _spread([filled for _, filled, _, _ in rows if filled is not None]),
        "gap": _spread([gap for _, _, _, gap in rows if gap is not None]),
        "settle": _spread([settled for _, _, settled, _ in rows if settled is not None]),
        "broken": broken,
        "ok": not broken,
    }


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    names = {"fill": "open to lock", "gap": "lock to the next open", "settle": "lock to settled"}
    lines = [
        f"{report['pots']} pots settled",
        f"{'seconds':<24}{'median':>9}{'p99':>9}{'worst':>9}",
    ]
    for key, name in names.items():
        numbers = (f"{report[key][each]:9.3f}" for each in ("median", "p99", "worst"))
        lines.append(f"{name:<24}{''.join(numbers)}")
    broken = ", ".join(report["broken"])
    return "\n".join([*lines, f"broken: {broken}" if broken else "every invariant holds"])


def _play(stage: Stage, users: Sequence[UUID], pots: int) -> None:
    """Have every player join what is open, one after another, until that many pots were locked."""
    enough = SignalEvent()
    failures: list[BaseException] = []

    def plays(mine: Sequence[UUID]) -> None:
        try:
            with Api(stage.login) as api:
                while not enough.is_set():
                    _join_all(api, mine)
        except BaseException as error:
            failures.append(error)
            enough.set()

    threads = [threading.Thread(target=plays, args=(users[start::3],)) for start in range(3)]
    for thread in threads:
        thread.start()
    try:
        with db.connect(stage.url, autocommit=True) as conn:

            def locked() -> bool | None:
                rows = conn.execute(query("bench_rotation")).fetchall()
                return sum(filled is not None for _, filled, _, _ in rows) >= pots or None

            while not enough.is_set() and not locked():
                enough.wait(0.2)
    finally:
        enough.set()
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]


def _join_all(api: Api, users: Sequence[UUID]) -> None:
    for pot in api.rows(ANON, "list_pots", status="open"):
        for user in users:
            try:
                api.call(player(user), "join_pot", pot_id=pot["id"], ticket_count=1)
            except RpcError as error:
                if error.token not in {"pot_full", "pot_not_open", "ticket_cap_exceeded"}:
                    raise
                break


def _grant(api: Api, user: UUID) -> None:
    api.call(
        Caller("pot_treasury"),
        "grant_credits",
        user_id=user,
        amount=_GRANT,
        reason="a benchmark",
        idempotency_key=f"bench {user}",
    )


def _stocked(stage: Stage) -> bool | None:
    return '"minted"' in stage.settlement.log.read_text() or None


def _all_settled(api: Api) -> bool | None:
    waiting = [*api.rows(ANON, "list_pots", status="locked")]
    waiting += api.rows(ANON, "list_pots", status="settling")
    return not waiting or None


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return {"median": statistics.median(ordered), "p99": p99, "worst": ordered[-1]}
