"""The limits of a join are written three times, for speed; here nobody can tell which was asked.

`join_pot` looks at them at a glance, `join_pots` for a whole batch, and `guard_join` with what it
calls decides where either is in doubt. In a world by chance (guard rails of every scope, players of
any age, addresses and devices that several share, pots of a template and of none) all three are
asked about the same join at the same state; they answer alike, to the detail. Then one of them
makes it, and time goes by. PYPOT_AGREEMENT_WORLDS=N plays N worlds of other numbers than these.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from tests.support.game import Game

ASK = (Path(__file__).parent / "ask_guard_join.sql").read_text(encoding="utf-8")

WORLDS = range(1, 11)
LONGER = range(1000, 1000 + int(os.environ.get("PYPOT_AGREEMENT_WORLDS", "0")))
STEPS = 36

START = datetime(2030, 1, 1, 12, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WAITS = (
    *[timedelta(0)] * 6, timedelta(seconds=1), timedelta(seconds=20), *[MINUTE - MICRO] * 3, MINUTE,
    MINUTE + MICRO, timedelta(hours=1), timedelta(hours=7), *[DAY - MICRO] * 3, DAY, DAY + MICRO,
)  # fmt: skip
"""Between two joins: none most often, and both sides of what the limits count back."""

RULES: dict[str, tuple[int, int]] = {
    "joins_per_minute": (0, 3),
    "joins_per_day": (0, 6),
    "credits_per_minute": (0, 6),
    "credits_per_day": (0, 12),
    "accounts_per_ip": (1, 3),
    "accounts_per_device": (1, 3),
    "account_age_hours": (0, 3),
    "new_account_hours": (0, 48),
    "new_account_tickets": (0, 8),
    "new_account_credits_per_day": (0, 12),
}
"""Least and most of the values that are tried."""

Answer = tuple[str, Any]


@dataclass(frozen=True)
class Join:
    """What somebody asks for."""

    user_id: str
    pot_id: str
    ticket_count: int
    ip: str | None
    device: str | None
    region: str | None

    def item(self) -> dict[str, Any]:
        """Return it as an item of a batch."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def headers(self) -> str:
        """Return the headers of a browser behind the edge."""
        named = {
            "cf-connecting-ip": self.ip, "x-device-id": self.device, "cf-ipcountry": self.region,
        }  # fmt: skip
        return json.dumps({name: value for name, value in named.items() if value is not None})

    def claims(self) -> str:
        """Return the claims of the player's token."""
        return json.dumps({"sub": self.user_id, "role": "authenticated"})


class World:
    """Guard rails, ages of players and what happens by chance, in a transaction of its own."""

    def __init__(
        self, conn: psycopg.Connection[Any], players: list[str], pots: list[str], seed: int
    ) -> None:
        self.conn, self.players, self.pots = conn, players, pots
        self.chance = random.Random(seed)
        self.at = START
        self.wait(timedelta(0))
        for player in players:
            conn.execute(
                "update auth.users set created_at = %s where id = %s",
                (self.at - timedelta(hours=self.chance.choice([0, 1, 2, 30, 300])), player),
            )

    def wait(self, how_long: timedelta) -> None:
        self.at += how_long
        self.conn.execute("select set_config('tests.now', %s, true)", (self.at.isoformat(),))

    def set_rails(self) -> None:
        """Put other guard rails in the place of those that are there."""
        scopes = [
            ("global", ""), ("template", "large"), ("region", "DE"), ("region", "FR"),
            ("user", self.players[0]), ("user", self.players[1]),
        ]  # fmt: skip
        # Sometimes one rule alone, which then decides; sometimes nearly all of them. What is new is
        # said for all, since two of the rules are for new accounts.
        likely = self.chance.choice([0.05, 0.15, 0.4])
        rows = [("global", "", "new_account_hours", self.chance.choice(["24", "240", '"off"']))]
        for scope, scope_id in scopes:
            for rule, (least, most) in RULES.items():
                is_there = (scope, rule) == ("global", "new_account_hours")
                # Accounts are what others did: such a limit is come to less often.
                times = 2 if rule.startswith("accounts_") else 1
                if not is_there and self.chance.random() < times * likely:
                    value = self.chance.choice([*range(least, most + 1), "off", 1000])
                    rows.append((scope, scope_id, rule, json.dumps(value)))
            if scope != "region" and self.chance.random() < likely / 2:
                rows.append((scope, scope_id, "blocked_regions", '["FR"]'))
        self.conn.execute("delete from private.guard_rails where true")
        for row in rows:
            self.conn.execute(
                "insert into private.guard_rails"
                " (scope, scope_id, rule, value, reason, updated_by, updated_at)"
                " values (%s, %s, %s, %s, 'by chance', gen_random_uuid(), now())",
                row,
            )

    def some_join(self) -> Join:
        """Return a join by chance; two addresses and two devices are popular."""
        pick = self.chance.choice
        return Join(
            pick(self.players), pick(self.pots), pick([1, 1, 1, 2, 3]),
            pick(["203.0.113.1", "203.0.113.1", "203.0.113.2", "2001:db8::1", None]),
            pick(["d1", "d1", "d1", "d2", None]), pick(["DE", "DE", "FR", None]),
        )  # fmt: skip

    @contextmanager
    def tried(self) -> Iterator[None]:
        """Undo what the block does."""
        with self.conn.transaction() as savepoint:
            yield
            raise psycopg.Rollback(savepoint)

    def by_join_pot(self, join: Join) -> Answer:
        return self._asked(join, "select public.join_pot(%s, %s)", join.pot_id, join.ticket_count)

    def by_join_pots(self, *joins: Join) -> list[Answer]:
        batch = json.dumps([each.item() for each in joins])
        row = self.conn.execute("select public.join_pots(%s)", (batch,)).fetchone()
        assert row is not None
        return [answer(each) for each in row[0]["results"]]

    def by_guard_join(self, join: Join) -> Answer:
        return self._asked(
            join, ASK, join.pot_id, join.ticket_count, join.ip, join.device, join.region
        )

    def _asked(self, join: Join, statement: str, *parameters: Any) -> Answer:
        try:
            with self.conn.transaction():
                self.conn.execute(
                    "select set_config('request.jwt.claims', %s, true),"
                    " set_config('request.headers', %s, true)",
                    (join.claims(), join.headers()),
                )
                row = self.conn.execute(statement, parameters).fetchone()
        except psycopg.Error as error:
            return (error.diag.message_primary or "", error.diag.message_detail)
        assert row is not None
        return answer(row[0])

    def cancel_one(self) -> None:
        """Let somebody take an entry back: it counts as an act, and not as an account."""
        found = self.conn.execute(
            "select id, user_id::text from public.pot_entries where cancelled_at is null"
            " order by seq"
        ).fetchall()
        if found:
            entry_id, user_id = self.chance.choice(found)
            join = Join(user_id, "", 1, None, None, None)
            self._asked(join, "select public.cancel_entry(%s)", entry_id)


def answer(body: dict[str, Any] | None) -> Answer:
    """Return what counts of an answer: that it is a join, or the refusal's token and detail."""
    if body is None or "entry_id" in body:
        return ("joined", None)
    details = body["details"]
    return (body["message"], json.loads(details) if isinstance(details, str) else details)


def test_a_join_a_batch_of_it_and_the_guards_answer_alike(game: Game) -> None:
    """All worlds have the same players and pots, and each is undone."""
    players = [str(each.user_id) for each in game.players(5, funds=100_000)]
    pots = open_pots(game)
    seen: Counter[str] = Counter()
    tallied = 0
    with game.db.admin() as conn:
        stop_the_clock(conn)
        for seed in [*WORLDS, *LONGER]:
            with conn.transaction(force_rollback=True):
                seen += played(World(conn, players, pots, seed), seed)
                row = conn.execute(
                    "select count(*) from private.wallets where tally_from > '-infinity'"
                ).fetchone()
                assert row is not None
                tallied += row[0]
    # Every limit of speed and of accounts was come to, and batches that had a tally to look at.
    limits = {rule for rule in RULES if rule.startswith(("joins", "credits", "accounts"))}
    assert set(seen) >= limits | {"joined", "region_blocked"}
    assert tallied > 0


def played(world: World, seed: int) -> Counter[str]:
    """Let joins of one world be asked for in all three ways, and made; count how they ended."""
    seen: Counter[str] = Counter()
    for step in range(STEPS):
        if step % 9 == 0:
            world.set_rails()
        world.wait(world.chance.choice(WAITS))
        if world.chance.random() < 0.15:
            world.cancel_one()
        joins = [world.some_join()]
        if world.chance.random() < 0.3:
            # And others that have nothing to do with it: each answer is as if alone.
            joins += apart_from(joins[0], [world.some_join() for _ in range(4)])
        alone = []
        for join in joins:
            with world.tried():
                one = world.by_join_pot(join)
            with world.tried():
                batched = world.by_join_pots(join)[0]
            with world.tried():
                guarded = world.by_guard_join(join)
            told = {"join_pot": one, "join_pots": batched, "guard_join": guarded}
            assert one == batched == guarded, (seed, step, join, told)
            alone.append(one)
            seen[limit_of(one)] += 1
        # One of them leaves its entries for the next.
        if world.chance.random() < 0.5 and len(joins) == 1:
            world.by_join_pot(joins[0])
        else:
            assert world.by_join_pots(*joins) == alone, (seed, step, joins)
    return seen


def open_pots(game: Game) -> list[str]:
    """Open two pots of no template and one of a template, of which nobody can buy the last."""
    pots = [game.pot(entry_cost=1, max_tickets=100_000) for _ in range(2)]
    game.stock(1)
    game.orchestrator.call(
        "upsert_pot_template", name="large", entry_cost=2, max_tickets=100_000,
        max_per_user=100_000, open_pots=1, fill_seconds=86_400,
    )  # fmt: skip
    game.orchestrator.call("rotate_pots")
    of_template = "select pot_id from private.pot_states where template_id is not null"
    return [*pots, str(game.value(of_template))]


def stop_the_clock(conn: psycopg.Connection[Any]) -> None:
    """Make the clock of every decision a setting, and let no pot end for the rest of this."""
    conn.execute(
        "create or replace function private.now() returns timestamptz language plpgsql volatile"
        " set search_path = '' as"
        " $$ begin return coalesce("
        "nullif(current_setting('tests.now', true), '')::timestamptz, clock_timestamp()); end $$"
    )
    conn.execute("alter table public.pots disable trigger user")
    conn.execute("update public.pots set locks_at = '2100-01-01' where status = 'open'")
    conn.execute("alter table public.pots enable trigger user")


def apart_from(first: Join, others: list[Join]) -> list[Join]:
    """Return those of the same pot whose player, address and device no other has."""
    chosen = [first]
    for other in others:
        if other.pot_id == first.pot_id and all(
            other.user_id != each.user_id
            and (other.ip is None or other.ip != each.ip)
            and (other.device is None or other.device != each.device)
            for each in chosen
        ):
            chosen.append(other)
    return chosen[1:]


def limit_of(told: Answer) -> str:
    """Return what stopped a join: its limit, the reason, the token."""
    token, details = told
    if isinstance(details, dict):
        return str(details.get("limit") or details.get("reason") or token)
    return token
