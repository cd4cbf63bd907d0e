"""The database comes back as it was before: what is the same, and what must never happen twice.

A base backup, archived WAL and a restore to a named moment, on real servers.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pypot_cli import check
from pypot_cli.keys import write_new_secret
from pypot_cli.lock_journal import LockJournal
from pypot_cli.rpc import ANON, RpcError, player
from tests.support import backups
from tests.support.backups import Archive
from tests.support.database import Database
from tests.support.lived import SETTLEMENT, Game


@dataclass
class History:
    """A server that went on after a moment it can be taken back to."""

    archive: Archive
    game: Game
    users: list[uuid.UUID]
    drawn: str
    """Open at that moment; locked, revealed and settled after it."""
    locked: str
    """Open at that moment; locked and attested after it, and not revealed."""
    untouched: str
    """Open at that moment, and still."""
    seed: str
    digests: dict[str, str]
    keys: Path
    journals: Path

    def again(self, db: Database) -> Game:
        """The same people and keys, on a restored database."""
        return Game(
            db,
            self.game.orchestrator_key,
            self.game.settlement_key,
            self.game.master_key,
            self.game.beacon_key,
        )

    def journal(self, name: str) -> LockJournal:
        """What a service noted before the restore."""
        return LockJournal(self.journals / f"{name}.sqlite")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    keys, journals = tmp_path_factory.mktemp("keys"), tmp_path_factory.mktemp("journals")
    with backups.archiving_server() as (server, archive):
        made = {name: write_new_secret(keys / name) for name in "osm"}
        game = Game(server.db, made["o"], made["s"], made["m"])
        with game.api:
            game.settlement.round()
            users = game.users(3)
            drawn, locked, untouched = (game.pot() for _ in range(3))
            game.join(untouched, users[0], 2, "before")
            game.fill(drawn, users[:2], (3, 4))
            backups.take_base_backup(server, archive)
            game.fill(locked, users[:2], (3, 4))
            backups.mark(server, "before the locks")

            game.join(drawn, users[2], 3)
            game.join(locked, users[2], 3)
            orchestrator = game.make_orchestrator(
                journal=LockJournal(journals / "orchestrator.sqlite")
            )
            orchestrator.round()
            backups.mark(server, "between lock and reveal")
            signer = game.make_settlement(journal=LockJournal(journals / "signer.sqlite"))
            # One is revealed, then the signer dies.
            claim = game.api.call(SETTLEMENT, "claim_settlement", pot_id=drawn)
            assert signer._reveal(claim) == 1
            pots = [game.api.call(ANON, "get_pot", pot_id=each) for each in (drawn, locked)]
            assert [pot["status"] for pot in pots] == ["settled", "locked"]
            digests = {pot["id"]: pot["fairness"]["lock_digest"] for pot in pots}
            yield History(
                archive,
                game,
                users,
                drawn,
                locked,
                untouched,
                pots[0]["fairness"]["reveal_seed"],
                digests,
                keys,
                journals,
            )


@contextlib.contextmanager
def back(history: History, moment: str) -> Iterator[Game]:
    with backups.restored(history.archive, moment) as server:
        game = history.again(server.db)
        with game.api:
            yield game


@pytest.fixture
def restored(history: History) -> Iterator[Game]:
    """The database as it was before the locks."""
    with back(history, "before the locks") as game:
        yield game


def status(game: Game, pot_id: str) -> str:
    found: str = game.api.call(ANON, "get_pot", pot_id=pot_id)["status"]
    return found


def balances(game: Game, users: list[uuid.UUID]) -> list[int]:
    return [game.api.call(player(user), "my_wallet")["balance"] for user in users]


def assert_clean(game: Game) -> None:
    broken = [each.name for each in check.check_database(game.db.url()) if not each.holds]
    assert broken == []


def sell_out_otherwise(history: History, game: Game, pot_id: str) -> None:
    """Sells the last three tickets in two entries, where it was one the first time."""
    game.join(pot_id, history.users[2], 2)
    game.join(pot_id, history.users[2], 1)


def test_a_restored_database_is_what_it_was(history: History, restored: Game) -> None:
    # 3 and 4 tickets of 10 credits in two pots, and 2 in the third.
    assert balances(restored, history.users) == [1000 - 60 - 20, 1000 - 80, 1000]
    assert [status(restored, each) for each in (history.drawn, history.locked)] == ["open"] * 2
    assert restored.join(history.untouched, history.users[0], 2, "before")["ticket_count"] == 2
    assert balances(restored, history.users)[0] == 920
    assert_clean(restored)
    statement = Path("tests/security/privileges.sql").read_bytes()
    with history.game.db.admin() as before, restored.db.admin() as after:
        listed = before.execute(statement).fetchall()
        assert len(listed) > 100
        assert after.execute(statement).fetchall() == listed


def test_a_pot_that_was_drawn_takes_no_joins_after_a_restore(
    history: History, restored: Game
) -> None:
    # Everybody knows the seed by now, and could count which ticket wins.
    assert restored.join(history.drawn, history.users[2], 1)["ticket_count"] == 1
    signer = restored.make_settlement(journal=history.journal("signer"))
    assert signer.round() == 1
    proof = restored.api.call(ANON, "get_proof", pot_id=history.drawn)
    assert (proof["status"], proof["cause"]) == ("cancelled", "seed_spent")
    assert proof["credits_refunded"] == 80
    with pytest.raises(RpcError, match="pot_not_open"):
        restored.join(history.drawn, history.users[2], 1)
    assert balances(restored, history.users) == [1000 - 30 - 20, 1000 - 40, 1000]
    # Nothing else was touched, and there is nothing more to do.
    assert [status(restored, each) for each in (history.locked, history.untouched)] == ["open"] * 2
    assert restored.make_settlement(journal=history.journal("signer")).round() == 0
    assert_clean(restored)


def test_a_pot_that_was_drawn_and_locked_anew_is_not_drawn_again(
    history: History, restored: Game
) -> None:
    sell_out_otherwise(history, restored, history.drawn)
    # An orchestrator that remembers nothing signs the second lock; the signer does remember.
    restored.make_orchestrator().round()
    assert status(restored, history.drawn) == "locked"
    signer = restored.make_settlement(journal=history.journal("signer"))
    assert signer.round() == 1
    proof = restored.api.call(ANON, "get_proof", pot_id=history.drawn)
    assert (proof["status"], proof["cause"]) == ("cancelled", "seed_spent")
    assert_clean(restored)


def test_without_a_journal_it_would_be_drawn_twice(history: History, restored: Game) -> None:
    sell_out_otherwise(history, restored, history.drawn)
    restored.make_orchestrator().round()
    restored.make_settlement().round()
    again = restored.api.call(ANON, "get_pot", pot_id=history.drawn)
    assert again["status"] == "settled"
    assert again["fairness"]["reveal_seed"] == history.seed
    assert again["fairness"]["lock_digest"] != history.digests[history.drawn]


def test_no_pot_is_signed_twice(history: History, restored: Game) -> None:
    sell_out_otherwise(history, restored, history.locked)
    orchestrator = restored.make_orchestrator(journal=history.journal("orchestrator"))
    orchestrator.round()
    assert orchestrator.refusals == 1
    assert status(restored, history.locked) == "locked"
    pot = restored.api.call(ANON, "get_pot", pot_id=history.locked)
    assert pot["fairness"]["orchestrator_signature"] is None
    # Nobody can claim it, so its time for a reveal runs out and everyone is refunded.
    assert restored.make_settlement(journal=history.journal("signer")).round() == 1
    with restored.db.admin() as conn:
        conn.execute("update private.settings set reveal_timeout = '1 second' where only_row")
    for _ in range(600):
        orchestrator.round()
        if status(restored, history.locked) == "cancelled":
            break
        time.sleep(0.1)
    proof = restored.api.call(ANON, "get_proof", pot_id=history.locked)
    assert (proof["status"], proof["cause"]) == ("cancelled", "reveal_overdue")
    assert_clean(restored)


def test_with_one_journal_for_both_a_pot_whose_lock_was_lost_is_refunded(
    history: History, restored: Game
) -> None:
    signer = restored.make_settlement(journal=history.journal("orchestrator"))
    assert signer.round() == 2
    assert [status(restored, each) for each in (history.drawn, history.locked)] == ["cancelled"] * 2
    assert status(restored, history.untouched) == "open"
    assert_clean(restored)


def test_a_lock_that_was_not_lost_is_revealed_again_to_the_same_winner(history: History) -> None:
    first = history.game.api.call(ANON, "get_proof", pot_id=history.drawn)
    with back(history, "between lock and reveal") as game:
        assert status(game, history.drawn) == "locked"
        signer = game.make_settlement(journal=history.journal("signer"))
        assert signer.round() == 2
        assert [status(game, each) for each in (history.drawn, history.locked)] == ["settled"] * 2
        again = game.api.call(ANON, "get_proof", pot_id=history.drawn)
        for field in ("lock_digest", "reveal_seed", "winning_ticket", "winning_entry"):
            assert again[field] == first[field]
        assert_clean(game)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_signer_killed_while_it_reports_comes_back_and_ends_the_pot_once(
    history: History, restored: Game, moment: str, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite"
    LockJournal(journal).note(
        uuid.UUID(history.drawn), bytes.fromhex(history.digests[history.drawn])
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYPOT_DB_URL": restored.db.url(),
        "PYPOT_SETTLEMENT_KEY": str(history.keys / "s"),
        "PYPOT_SEED_MASTER_KEY": str(history.keys / "m"),
    }
    command = [sys.executable, "-m", "pypot_cli", "settle", "--once", "--journal", str(journal)]
    crash = {"PYPOT_CRASH_AT": f"{moment} report_spent"}
    for env, code in ((environment | crash, -9), (environment, 0)):
        done = subprocess.run(command, env=env, capture_output=True, timeout=60, check=False)
        assert done.returncode == code, done.stderr.decode()
    actions = [
        r["action"] for r in restored.api.rows(ANON, "get_audit_chain", pot_id=history.drawn)
    ]
    assert actions == ["created", "cancelled"]
    assert_clean(restored)
