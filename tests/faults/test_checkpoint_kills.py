"""An orchestrator that is killed at a checkpoint leaves nothing untrue outside, and goes on.

It is killed by SIGKILL before and after each step of making one, with a witness in a process of its
own, a file and a whole copy outside, which have seen an earlier checkpoint.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pypot_cli.audit_log import timer
from pypot_cli.audit_log.destinations import destination
from pypot_cli.audit_log.verify import outside, verify
from pypot_cli.audit_log.witness import Witness
from pypot_cli.fairness import note, tlog
from pypot_cli.keys import load_secret, write_new_secret
from pypot_cli.rpc import ANON, login_url
from pypot_cli.steps import Step
from tests.support.database import Database
from tests.support.game import assert_clean
from tests.support.lived import Game
from tests.support.witness import NAME, RunningWitness, vkey_of_log, witness

CHECKPOINT_STEPS = (
    Step.PREPARE_CHECKPOINT,
    Step.STORE_CHECKPOINT,
    Step.ASK_WITNESSES,
    Step.STORE_COSIGNED,
    Step.PUBLISH,
    Step.COPY_LEAVES,
)
MATRIX = [f"{moment} {step}" for step in CHECKPOINT_STEPS for moment in ("before", "after")]
PATIENCE_SECONDS = 30.0
ORIGIN = "log.example/pots"


class Publisher:
    """A database whose log has a name, its orchestrator as a process, and what is kept outside."""

    def __init__(self, db: Database, directory: Path) -> None:
        self.directory = directory
        self.key = write_new_secret(directory / "l")
        self.vkey = vkey_of_log(ORIGIN, self.key)
        self.game = Game(db, write_new_secret(directory / "o"))
        self.game.settlement.round()
        with db.connect() as conn:
            conn.execute("update private.settings set log_origin = %s where only_row", [ORIGIN])
        self.file, self.copy = directory / "checkpoint.txt", directory / "copy"
        self.destinations = (str(self.file), f"{self.copy}/")

    def checkpoint(self, watcher: RunningWitness) -> None:
        """Make a checkpoint that everybody sees."""
        to = tuple(destination(name) for name in self.destinations)
        made = timer.checkpoint(
            login_url(self.game.db.url()), timer.Publishing(self.key, (watcher.url,), to)
        )
        assert (made.cosignatures, made.problems) == (1, ())

    def orchestrate(self, watcher: RunningWitness, crash_at: str = "") -> int:
        """Run the orchestrator's process once, with a checkpoint; its exit code."""
        to = [word for name in self.destinations for word in ("--publish", name)]
        return subprocess.run(
            [
                *(sys.executable, "-m", "pypot_cli", "orchestrate", "--once"),
                *("--witness", watcher.url, *to),
            ],
            env={
                "PATH": os.environ["PATH"],
                "PYPOT_DB_URL": self.game.db.url(),
                "PYPOT_ORCHESTRATOR_KEY": str(self.directory / "o"),
                "PYPOT_LOG_KEY": str(self.directory / "l"),
                "PYPOT_CRASH_AT": crash_at,
            },
            timeout=PATIENCE_SECONDS,
            check=False,
        ).returncode

    def sizes(self) -> dict[str, int]:
        """The size of the log that each has seen, all of which must be beginnings of one."""
        kept = outside([self.file], [self.copy])
        report = verify(self.game.db.url(), kept, None, [self.vkey], lambda _done, _of: None)
        assert report.findings == ()
        stored = self.game.api.call(ANON, "get_checkpoint")
        seen = Witness(
            NAME, load_secret(str(self.directory / "witness.key")), (), self.directory / "seen.json"
        ).seen(ORIGIN)
        assert seen is not None
        at_its_size = self.game.api.call(ANON, "get_checkpoint", size=seen.size)
        assert tlog.read_checkpoint(note.read_note(at_its_size["note"].encode()).text) == seen
        file, copy = (each.checkpoint.size for each in kept)
        return {"stored": stored["size"], "witness": seen.size, "file": file, "copy": copy}


@pytest.mark.parametrize("moment", MATRIX)
def test_an_orchestrator_killed_at_a_checkpoint_goes_on_with_one_history(
    db: Database, tmp_path: Path, moment: str
) -> None:
    publisher = Publisher(db, tmp_path)
    game = publisher.game
    with game.api, witness(tmp_path, publisher.vkey) as watcher:
        game.pot()
        publisher.checkpoint(watcher)
        pot_id = game.pot()
        game.fill(pot_id, game.users(3))

        assert publisher.orchestrate(watcher, moment) == -9
        # Created, locked and attested; nobody outside has seen what the database does not keep.
        rows, killed = 4, publisher.sizes()
        reached = CHECKPOINT_STEPS.index(Step(moment.split()[1])) + moment.startswith("after")
        assert killed == {
            "stored": rows if reached > 1 else 1,
            "witness": rows if reached > 2 else 1,
            "file": rows if reached > 4 else 1,
            "copy": 1,
        }

        game.pot()
        assert publisher.orchestrate(watcher) == 0
        assert set(publisher.sizes().values()) == {rows + 1}
        published = {publisher.file.read_text(), (publisher.copy / "checkpoint").read_text()}
        stored = game.api.call(ANON, "get_checkpoint")
        assert published == {stored["note"]}
        assert note.cosigned_at(note.read_note(stored["note"].encode()), watcher.vkey)
        assert game.settlement.round() > 0
        assert game.api.call(ANON, "get_pot", pot_id=pot_id)["status"] == "settled"
    assert_clean(db)
