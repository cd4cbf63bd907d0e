"""Minutes of a day's peak in real time: thousands of players over the API, the services beside.

When players come and what they want is that of `pypot simulate day`; the clock, the API and the
services are real. So what the system adds to the time a pot takes can be told: how long the click
that filled it waited for its answer, and how long its template then had no open pot.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from pypot_cli import check, db
from pypot_cli.bench import stage as players
from pypot_cli.bench.figures import Goal, goals_table, quantile
from pypot_cli.bench.local_api import local_api, tokens
from pypot_cli.db.connection import query
from pypot_cli.demo.stage import Stage, open_stage
from pypot_cli.rpc import ANON, Api, Caller
from pypot_cli.simulate.crowd import TARGET_SECONDS, Crowd, Template, Wish, choose

PEAK = 20 * 3600.0
"""When the simulated evening is fullest, in seconds into the day."""

_FILL_SECONDS = 300
_OF_THE_GAME = {"pot_full", "pot_not_open", "ticket_cap_exceeded"}
"""What a player meets when others are faster."""


@dataclass(frozen=True)
class Size:
    """What to play; the same `seed` is the same wishes, None new ones."""

    minutes: float = 5
    players: int = 5000
    templates: int = 5
    seed: str | None = None


def run(size: Size, say: Callable[[str], None]) -> dict[str, Any]:
    """Play on a fresh database; return what came of it.

    Of the pots that opened early enough to have the target's time: `pots`, the share `in_time` that
    filled within 90 s, and `fill` with `median` and `p90` in seconds. `added`, of those that
    filled, the share of their time that was the system's: `wait`, the answer of the join that
    filled it, and `gap`, until the next pot of its template was open, in seconds. `joins` answered
    with `p50` and `p99` in ms, `refused` by reason, `failed` answers, `broken` invariants.
    """
    seed = size.seed or secrets.token_hex(8)
    crowd = Crowd(size.players, seed)
    templates = crowd.templates(size.templates)
    end = PEAK + 60 * size.minutes
    wishes = [wish for wish in crowd.wishes() if PEAK <= wish.at < end]
    with open_stage(say, len(wishes) // 4) as stage:
        say(f"{size.players} players get credits")
        players.add_players(stage.admin_url, stage.url, crowd.users)
        with Api(stage.login) as api, local_api(stage.url, stage.directory) as told:
            stage.wait_for("commitments in stock", lambda: _stocked(stage))
            _keep_open(api, templates, 1)
            stage.wait_for("open pots", lambda: _open(api) == len(templates) or None)
            say(f"{len(wishes)} joins in {size.minutes:g} minutes")
            game = _Game(told["url"], told["anon_key"], crowd, templates, seed)
            began = time.time()
            asyncio.run(game.play(wishes))
            # What is open has its time, but nobody comes any more.
            _keep_open(api, templates, 0)
            ended = time.time()
        with db.connect(stage.url) as conn:
            rows = conn.execute(query("bench/fill")).fetchall()
            (count,) = conn.execute("select count(*) from public.pot_entries").fetchone() or (0,)
        say("checking every invariant")
        broken = [each.name for each in check.check_database(stage.url) if not each.holds]
    report = {
        "seed": seed,
        "minutes": size.minutes,
        "players": size.players,
        **_pots(game, rows, ended),
        "joins": len(game.answered),
        "entries": count,
        "rate": len(game.answered) / (ended - began),
        "p50": 1000 * quantile(sorted(game.waits), 0.5),
        "p99": 1000 * quantile(sorted(game.waits), 0.99),
        "refused": dict(sorted(game.refused.items())),
        "failed": game.failed,
        "broken": broken,
    }
    goals = [
        Goal("pots filled within 90 s", report["in_time"], 0.75),
        Goal("of their time added by the system", report["added"], 0.01, "at most"),
    ]
    report["goals"] = [each.as_json() for each in goals]
    report["ok"] = not broken and not game.failed and report["joins"] == count
    return report


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    lines = [
        f"{report['minutes']:g} minutes of the peak, {report['players']} players, seed"
        f" {report['seed']}",
        f"{report['joins']} joins, {report['rate']:.1f} a second, answered in"
        f" {report['p50']:.0f} ms (median) and {report['p99']:.0f} ms (p99)",
        f"{report['pots']} pots: {report['in_time']:.0%} filled within {TARGET_SECONDS:.0f} s;"
        f" median {report['fill']['median']:.1f} s, p90 {report['fill']['p90']:.1f} s",
        f"the system added {report['added']:.2%}: {report['wait']:.3f} s for the answer that"
        f" filled a pot, {report['gap']:.3f} s until the next was open (medians)",
        *goals_table(report["goals"]),
        f"refused: {report['refused'] or 'none'}, failed: {report['failed']}",
    ]
    broken = ", ".join(report["broken"])
    return "\n".join([*lines, f"broken: {broken}" if broken else "every invariant holds"])


class _Game:
    """Players, each of whom looks at the lobby and joins at the time of a wish."""

    def __init__(
        self, url: str, key: str, crowd: Crowd, templates: Sequence[Template], seed: str
    ) -> None:
        self.answered: dict[str, float] = {}
        """By entry: seconds from the click to the answer."""
        self.refused: Counter[str] = Counter()
        self.failed = 0
        self._url, self._key = url, key
        self._tokens = dict(zip(crowd.users, tokens(crowd.users), strict=True))
        self._popularity = {each.entry_cost: each.popularity for each in templates}
        self._held: Counter[tuple[UUID, str]] = Counter()
        self._rng = random.Random(f"fill {seed}")

    @property
    def waits(self) -> list[float]:
        """Seconds that each join took."""
        return list(self.answered.values())

    async def play(self, wishes: Sequence[Wish]) -> None:
        """Play all wishes at their times from now on."""
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=100)
        began = time.monotonic()
        async with (
            httpx.AsyncClient(base_url=self._url, timeout=30, limits=limits) as http,
            asyncio.TaskGroup() as group,
        ):
            for wish in wishes:
                await asyncio.sleep(began + wish.at - PEAK - time.monotonic())
                group.create_task(self._wish(http, wish))

    async def _wish(self, http: httpx.AsyncClient, wish: Wish) -> None:
        listed = await self._call(http, "list_pots", {"status": "open", "page_size": 100})
        if listed is None:
            return
        # The dialog offers what is left for this player, and no pot of which they have enough.
        free = [p for p in listed if self._held[wish.user_id, p["id"]] < p["max_per_user"]]
        if not free:
            self.refused["nothing to join"] += 1
            return
        pot = choose(self._rng, free, self._popularity)
        held = self._held[wish.user_id, pot["id"]]
        left = min(pot["max_tickets"] - pot["tickets_sold"], pot["max_per_user"] - held)
        tickets = max(1, min(wish.tickets, left))
        asked = {
            "pot_id": pot["id"], "ticket_count": tickets,
            "idempotency_key": secrets.token_hex(16),
        }  # fmt: skip
        clicked = time.monotonic()
        joined = await self._call(http, "join_pot", asked, self._tokens[wish.user_id])
        if joined is not None:
            self.answered[joined["entry_id"]] = time.monotonic() - clicked
            self._held[wish.user_id, pot["id"]] += tickets

    async def _call(
        self, http: httpx.AsyncClient, function: str, asked: dict[str, Any], token: str = ""
    ) -> Any:
        """Return the answer, or None for a refusal and for no answer, which are counted."""
        headers = {"apikey": self._key, "Authorization": f"Bearer {token or self._key}"}
        try:
            answer = await http.post(f"/rest/v1/rpc/{function}", json=asked, headers=headers)
        except httpx.HTTPError:
            self.failed += 1
            return None
        if answer.is_success:
            return answer.json()
        reason = answer.json().get("message", "") if answer.status_code < 500 else ""
        if reason in _OF_THE_GAME:
            self.refused[reason] += 1
        else:
            self.failed += 1
        return None


def _pots(game: _Game, rows: Sequence[Sequence[Any]], ended: float) -> dict[str, Any]:
    # One that opened later had not the time, and nobody knows what it would have done.
    had_time = [row for row in rows if row[1] <= ended - TARGET_SECONDS]
    filled = [row for row in had_time if row[2] is not None]
    times = sorted(row[2] for row in filled)
    waits = [game.answered[row[3]] for row in filled]
    gaps = [row[4] for row in filled if row[4] is not None]
    return {
        "pots": len(had_time),
        "in_time": sum(each <= TARGET_SECONDS for each in times) / max(1, len(had_time)),
        "fill": {
            "median": statistics.median(times) if times else 0.0,
            "p90": quantile(times, 0.9) if times else 0.0,
        },
        "added": (sum(waits) + sum(gaps)) / sum(times) if times else 0.0,
        "wait": statistics.median(waits) if waits else 0.0,
        "gap": statistics.median(gaps) if gaps else 0.0,
    }


def _keep_open(api: Api, templates: Sequence[Template], pots: int) -> None:
    for each in templates:
        api.call(
            Caller("pot_orchestrator"), "upsert_pot_template", name=each.name,
            entry_cost=each.entry_cost, max_tickets=each.max_tickets,
            max_per_user=each.max_per_user, fill_seconds=_FILL_SECONDS, open_pots=pots,
        )  # fmt: skip


def _open(api: Api) -> int:
    return len(api.rows(ANON, "list_pots", status="open"))


def _stocked(stage: Stage) -> bool | None:
    return '"minted"' in stage.settlement.log.read_text() or None
