"""What `pypot proof export` writes of a real pot is checked without the database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pypot_cli import proof, proof_export, rpc
from pypot_cli.errors import PypotError
from pypot_cli.proof import bundle
from tests.support.api import running
from tests.support.game import Game, Player, public_hex

PRICE = 10


class Settled:
    """A pot of 1005 entries, more than a page, that was paused once and settled."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.players = game.players(3, funds=1_000_000)
        self.pot_id = game.pot(entry_cost=PRICE, max_tickets=2010)
        reasons = {"pot_id": self.pot_id, "reason": "a complaint by Ann"}
        game.compliance.call("pause_pot", **reasons)
        game.compliance.call("resume_pot", **reasons)
        joined = []
        for number in range(1005):
            player = self.players[number % 3]
            joined.append((player, player.join(self.pot_id, 2)["entry_id"]))
        self.mine: tuple[Player, str] = joined[-1]
        self.early = self.receipt()
        game.settle(self.pot_id)

    def receipt(self) -> dict[str, Any]:
        player, entry_id = self.mine
        receipt: dict[str, Any] = player.call("my_receipt", entry_id=entry_id)
        return receipt

    @property
    def keys(self) -> list[str]:
        return [
            "--orchestrator-key",
            public_hex(self.game.orchestrator_key),
            "--settlement-key",
            public_hex(self.game.settlement_key),
        ]


def pypot(*arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "COLUMNS": "200", **env},
    )


def test_an_export_is_verified_by_a_stranger_and_by_a_player(game: Game, tmp_path: Path) -> None:
    pot = Settled(game)
    out = tmp_path / "export"
    done = pypot("proof", "export", pot.pot_id, "--out", out, "--db", game.db.url("postgres"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("the proof, 1005 entries, 8 chain rows\n")
    assert sorted(file.name for file in out.iterdir()) == [
        "chain.json",
        "entries.json",
        "proof.json",
    ]

    # Nothing in it says who played, or what the moderator wrote.
    text = "".join(file.read_text() for file in out.iterdir())
    assert "a complaint by Ann" not in text
    assert not any(str(player.user_id) in text for player in pot.players)

    done = pypot("verify", out, *pot.keys, "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["summary"]) == (0, "valid, signed by the keys you trust")
    names = {check["name"] for check in report["checks"]}
    assert {"entries entries_root", "chain links", "chain settled", "audit"} <= names
    assert "chain.json: what rows 2, 3 tell is withheld, and their names" in report["not_proven"]

    early, late = tmp_path / "early.json", tmp_path / "late.json"
    early.write_text(json.dumps(pot.early))
    late.write_text(json.dumps(pot.receipt()))
    user = ["--user-id", str(pot.mine[0].user_id)]
    for arguments, code in (
        ([late, out / "proof.json"], 0),
        ([late, out], 0),
        ([early, out], 0),
        ([early, out / "proof.json", "--entries", out / "entries.json"], 0),
        ([early, out / "proof.json"], 1),
        ([late, out / "chain.json"], 2),
        ([tmp_path / "none.json", out], 2),
    ):
        done = pypot("verify-receipt", *arguments, *user, *pot.keys)
        assert done.returncode == code, done.stdout + done.stderr
    done = pypot("verify-receipt", late, out, "--user-id", str(pot.players[0].user_id), *pot.keys)
    assert done.returncode == 1
    assert "Receipt of pot" in done.stdout
    assert done.stdout.rstrip().endswith("not valid: entrant_tag")

    # An entry taken out of the list, and a row out of the chain.
    for name, said in (("entries.json", "entries entries_root"), ("chain.json", "chain links")):
        content = (out / name).read_text()
        lines = content.split("\n")
        (out / name).write_text("\n".join([*lines[:3], *lines[4:]]))
        done = pypot("verify", out, *pot.keys)
        assert done.returncode == 1
        assert said in done.stdout.rstrip().rsplit("\n", 1)[-1]
        (out / name).write_text(content)


def test_an_export_over_http_needs_the_anon_key_alone_and_is_the_same(
    game: Game, tmp_path: Path
) -> None:
    pot = Settled(game)
    with rpc.Api(game.db.url("authenticator")) as calls:
        proof_export.export(calls, UUID(pot.pot_id), tmp_path / "sql")
    with running(game.db, jwt_secret="another secret than the local one, of 32 bytes") as api:  # noqa: S106
        done = pypot(
            "proof", "export", pot.pot_id, "--out", tmp_path / "http",
            SUPABASE_URL=api.url, SUPABASE_KEY=api.anon_key, PYPOT_DB_URL="", PYPOT_JWT_SECRET="",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in ("proof.json", "entries.json", "chain.json"):
        by_http = json.loads((tmp_path / "http" / name).read_text())
        assert by_http == json.loads((tmp_path / "sql" / name).read_text())


def test_what_cannot_be_exported_says_why_and_leaves_nothing_behind(
    game: Game, tmp_path: Path
) -> None:
    url = game.db.url("postgres")
    open_pot, cancelled = game.pot(), game.pot()
    game.compliance.call("void_pot", pot_id=cancelled, reason="a test")
    out = tmp_path / "out"
    for pot_id, said in (
        (open_pot, "wrong_state"),
        (cancelled, "the pot was cancelled (voided): it has refunds, and no draw to prove"),
        ("00000000-0000-4000-8000-000000000000", "pot_not_found"),
    ):
        done = pypot("proof", "export", pot_id, "--out", out, "--db", url)
        assert done.returncode == 1
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
    assert pypot("proof", "export", "no-uuid", "--out", out, "--db", url).returncode == 2
    assert list(tmp_path.iterdir()) == []


class Lying(rpc.Api):
    """A database that leaves an entry out, or tells another chain."""

    lie = ""

    def rows(self, caller: rpc.Caller, function: str, /, **arguments: Any) -> list[Any]:
        answer = super().rows(caller, function, **arguments)
        if function == self.lie:
            del answer[1]
        return answer


def test_an_export_is_whole_or_not_there(game: Game, tmp_path: Path) -> None:
    player = game.player(funds=1000)
    other = game.player(funds=1000)
    pot_id = game.pot(max_tickets=4)
    for each in (player, other, player):
        each.join(pot_id)
    player.join(pot_id)
    game.settle(pot_id)
    out = tmp_path / "out"
    with Lying(game.db.url("authenticator")) as calls:
        for lie, said in (("list_lock_entries", "entries"), ("get_audit_chain", "chain")):
            calls.lie = lie
            with pytest.raises(PypotError, match=f"does not agree, nothing is written: {said}"):
                proof_export.export(calls, UUID(pot_id), out)
            assert list(tmp_path.iterdir()) == []
        calls.lie = ""
        out.mkdir()
        (out / "mine").write_text("kept")
        with pytest.raises(PypotError, match="exists: name a directory that is new or empty"):
            proof_export.export(calls, UUID(pot_id), out)
        (out / "mine").unlink()
        told: list[tuple[str, int, int]] = []
        assert proof_export.export(calls, UUID(pot_id), out, lambda *done: told.append(done)) == {
            "entries": 4,
            "chain_rows": 6,
        }
        assert ("entries", 4, 4) in told
        with pytest.raises(PypotError, match="cannot write"):
            proof_export.export(calls, UUID(pot_id), Path("/proc/none/out"))
    source, rest = bundle.locate(str(out), None, None)
    document = proof.open_proof(source)
    assert bundle.with_rest(proof.verify(document), document.value, rest).valid
