"""Playing a script: real calls at the script's times, from where they come, on no used database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from pypot_cli import check
from pypot_cli.errors import UnreadableInputError
from pypot_cli.fraud import files
from pypot_cli.fraud.play import Played, Player
from pypot_cli.fraud.script import DAY, EPOCH, Account, Origin, Pot, Script, Wish
from pypot_cli.fraud.stage import Stage, open_stage, take_over
from tests.support.database import Database

FULL, DUE = uuid4(), uuid4()
ANN, BEN, CAT = uuid4(), uuid4(), uuid4()
HOME = Origin("84.1.2.3", "a phone", "AT")
AWAY = Origin("2a02:1:2:3::9", None, "DE")


def script() -> Script:
    """A pot that fills on the first day, one that is due two days later, and joins too many."""
    return Script(
        "by hand",
        "1",
        [
            Account(ANN, "single", "", EPOCH - 90 * DAY),
            Account(BEN, "ip_ring", "ring", EPOCH - 60),
            Account(CAT, "ip_ring", "ring", EPOCH + 10),
        ],
        [Pot(FULL, EPOCH + 100, 5, 6, 3, 3600), Pot(DUE, EPOCH + 2 * DAY, 1, 50, 10, 600)],
        [
            Wish(EPOCH + 110, ANN, FULL, 3, HOME),
            Wish(EPOCH + 120, BEN, FULL, 4, HOME),
            Wish(EPOCH + 125, BEN, FULL, 3, AWAY),
            Wish(EPOCH + 125.001, CAT, FULL, 1, HOME),
            Wish(EPOCH + 2 * DAY + 30, CAT, DUE, 1, AWAY),
            Wish(EPOCH + 2 * DAY + 40, ANN, DUE, 2, HOME),
            Wish(EPOCH + 2 * DAY + 50, BEN, DUE, 2, HOME, 20),
            Wish(EPOCH + 2 * DAY + 700, BEN, DUE, 2, HOME),
        ],
    )


@pytest.fixture
def stage(db: Database) -> Iterator[Stage]:
    with open_stage(script(), db.url(), lambda _: None) as opened:
        yield opened


@pytest.fixture
def played(stage: Stage) -> Played:
    return Player(stage, script()).play(lambda _: None)


def seconds(moment: datetime) -> float:
    return moment.astimezone(UTC).timestamp() - EPOCH


def test_a_script_is_played_at_its_times_to_the_payout(
    db: Database, stage: Stage, played: Played
) -> None:
    assert played.unexpected == []
    assert [(each.user_id, each.token) for each in played.refusals] == [
        (str(BEN), "ticket_cap_exceeded"),
        (str(CAT), "pot_full"),
        (str(BEN), "pot_not_open"),
    ]
    assert (played.joins, played.taken_back) == (5, 1)
    with db.connect() as conn:
        entries = conn.execute(
            "select user_id, ticket_count, created_at from public.pot_entries order by seq"
        ).fetchall()
        pots = conn.execute(
            "select id, status, locked_at, settled_at from public.pots order by created_at"
        ).fetchall()
    assert [(user, tickets) for user, tickets, _ in entries] == [
        (ANN, 3), (BEN, 3), (CAT, 1), (ANN, 2), (BEN, 2),
    ]  # fmt: skip
    # A slow machine may be late, and never early.
    for (_, _, at), meant in zip(
        entries, [110, 125, 2 * DAY + 30, 2 * DAY + 40, 2 * DAY + 50], strict=True
    ):
        assert meant <= seconds(at) < meant + 30
    assert [(pot, status) for pot, status, _, _ in pots] == [(FULL, "settled"), (DUE, "settled")]
    assert 125 < seconds(pots[0][2]) < seconds(pots[0][3]) < 600
    assert 2 * DAY + 600 < seconds(pots[1][2]) < 2 * DAY + 690


def test_accounts_are_as_old_as_the_script_says(db: Database, stage: Stage) -> None:
    with db.admin() as conn:
        ages = dict(conn.execute("select id, created_at from auth.users").fetchall())
    assert {user: seconds(at) for user, at in ages.items()} == {
        ANN: -90 * DAY, BEN: -60, CAT: 10,
    }  # fmt: skip


def test_addresses_and_devices_arrive_and_the_truth_does_not(
    db: Database, stage: Stage, played: Played
) -> None:
    with db.connect() as conn:
        seen = conn.execute(
            "select user_id, ip_hash, device_hash from public.pot_entries order by seq"
        ).fetchall()
        text = conn.execute(
            "select string_agg(to_jsonb(e)::text, '') from private.events as e"
        ).fetchone()
    (_, home, phone), (_, away, none), *_ = seen
    assert (home is not None, phone is not None, none) == (True, True, None)
    assert home != away
    # Cat's from away, then Ann's and Ben's, who were at Ann's.
    assert [(ip, device) for _, ip, device in seen[2:]] == [
        (away, None), (home, phone), (home, phone),
    ]  # fmt: skip
    assert "ip_ring" not in str(text)


def test_what_was_recorded_is_read_with_the_truth(
    db: Database, stage: Stage, played: Played
) -> None:
    observed = files.observe(db.url())
    labels = {
        str(each.user_id): {"kind": each.kind, "ring": each.ring} for each in script().accounts
    }
    refusals = [vars(each) for each in played.refusals]
    made = files.cases(labels, observed, refusals)
    # Ben's second entry was taken back before the lock.
    assert {(UUID(each.pot_id), UUID(each.user_id)) for each in made} == {
        (FULL, ANN), (FULL, BEN), (DUE, CAT), (DUE, ANN),
    }  # fmt: skip
    assert [row["pot_id"] for row in observed.pots] == [str(FULL), str(DUE)]
    assert [outcome.name for outcome in check.check_database(db.url()) if not outcome.holds] == []


@pytest.mark.parametrize(
    ("made", "raised", "effect", "read"),
    [
        (-1, -1, "hold", "hold"),
        (-1, 1, "hold", "note"),  # raised to a hold when the seed was known
        (1, 1, "hold", None),  # recorded when the seed was known
        (-1, -1, "note", "note"),
    ],
)
def test_only_what_was_flagged_before_the_reveal_counts(
    db: Database,
    stage: Stage,
    played: Played,
    made: int,
    raised: int,
    effect: str,
    read: str | None,
) -> None:
    with db.admin() as conn:
        conn.execute("delete from private.flags")
        conn.execute(
            """
            insert into private.flags (
                pot_id, user_id, kind, score, evidence, phase, effect, created_at, updated_at
            )
            select
                %(pot)s, %(user)s, 'by_hand', 0.8, '{}', 'lock', %(effect)s,
                a.created_at + %(made)s * interval '1 millisecond',
                a.created_at + %(raised)s * interval '1 millisecond'
            from public.pots_audit as a
            where a.pot_id = %(pot)s and a.action = 'revealed'
            """,
            {"pot": FULL, "user": ANN, "effect": effect, "made": made, "raised": raised},
        )
    assert [flag["effect"] for flag in files.observe(db.url()).flags] == ([read] if read else [])


def late(computed: bool) -> Script:
    """Pots whose last join is computed or is not, by two who belong together; one of draw 2."""
    pots = [Pot(uuid4(), EPOCH + 1000 * n, 1, 60, 20, 300) for n in range(1, 9)]
    pots.append(Pot(uuid4(), EPOCH + 20_000, 1, 60, 20, 300, 2))
    return Script(
        "by hand",
        "2",
        [
            Account(ANN, "single", "", EPOCH - DAY),
            Account(BEN, "insider", "ring", EPOCH - DAY),
            Account(CAT, "insider", "ring", EPOCH - DAY),
        ],
        pots,
        [
            wish
            for pot in pots
            for wish in (
                Wish(pot.opens_at + 10, ANN, pot.pot_id, 7, HOME),
                Wish(pot.opens_at + 20, BEN, pot.pot_id, 3, AWAY),
                Wish(
                    pot.locks_at - 20, CAT, pot.pot_id, 20, AWAY,
                    computed=computed and pot.draw_version == 1,
                ),
            )
        ],
    )  # fmt: skip


def test_whoever_knows_the_seed_and_comes_last_has_computed_the_draw(db: Database) -> None:
    script = late(computed=True)
    with open_stage(script, db.url(), lambda _: None) as stage:
        played = Player(stage, script).play(lambda _: None)
    assert (played.unexpected, played.refusals) == ([], [])
    seen = files.observe(db.url())
    came = {row["pot_id"] for row in seen.entries if row["user_id"] == str(CAT)}
    won = {row["pot_id"] for row in seen.entries if row["won"] and row["user_id"] != str(ANN)}
    computed = {str(pot.pot_id) for pot in script.pots if pot.draw_version == 1}
    # Where no number of tickets wins they stay away.
    assert len(came & computed) >= 5
    assert came & computed <= won
    assert max(row["tickets"] for row in seen.entries if row["pot_id"] in computed) < 20


def test_a_pot_of_draw_2_is_drawn_with_its_beacon(db: Database) -> None:
    script = late(computed=False)
    with open_stage(script, db.url(), lambda _: None) as stage:
        Player(stage, script).play(lambda _: None)
    with db.connect() as conn:
        found = conn.execute(
            "select draw_version, status, extract(epoch from settled_at - locked_at)"
            " from public.pots order by created_at"
        ).fetchall()
    assert [row[:2] for row in found] == [(1, "settled")] * 8 + [(2, "settled")]
    # The beacon of draw 2 is half a minute away, by the script's clock.
    assert 29 < found[-1][2] < 60
    assert [each.name for each in check.check_database(db.url()) if not each.holds] == []


@pytest.mark.parametrize("used_by", ["a player", "a pot", "a credit"])
def test_a_database_that_was_used_keeps_its_clock(db: Database, used_by: str) -> None:
    if used_by == "a player":
        db.make_user()
    else:
        with open_stage(script(), db.url(), lambda _: None), db.admin() as conn:
            conn.execute("set session_replication_role = replica")
            conn.execute("delete from auth.users")
    before = clock(db)
    with pytest.raises(UnreadableInputError, match="takes one that nobody has used"):
        take_over(db.url(), made_for_this=False)
    assert clock(db) == before


def clock(db: Database) -> str:
    with db.connect() as conn:
        row = conn.execute("select pg_get_functiondef('private.now'::regproc)").fetchone()
    return str(row)


def test_a_role_that_owns_nothing_is_refused_by_the_database(db: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        take_over(db.url("authenticator"), made_for_this=False)
