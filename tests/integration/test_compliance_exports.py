"""A pot's full record: taken out on record, signed, whole, and checked by whoever has the file."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pypot_cli.audit_log import timer
from pypot_cli.compliance import export as exports
from pypot_cli.compliance import export_check
from pypot_cli.compliance import export_format as form
from pypot_cli.compliance.desk import Desk
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness import signing
from pypot_cli.fairness.beacon import Chain
from pypot_cli.keys import Secret, new_secret, write_new_secret
from pypot_cli.proof import Trust
from pypot_cli.rpc import Api, Caller
from tests.support import lived
from tests.support.database import Database
from tests.support.game import Game

CAROL = uuid.UUID(int=0xCA401)


class Taken:
    """A game with a settled pot, and a desk to take records out."""

    def __init__(self, game: Game, folder: Path) -> None:
        self.game = game
        self.folder = folder
        self.key = new_secret()
        self.public_key = signing.public_key(self.key.reveal())
        self.desk = Desk(Api(game.db.url("authenticator")), Caller("pot_compliance", CAROL))
        self.players = game.players(4, 1000)
        self.settled = self.pot()
        game.settle(self.settled)
        timer.checkpoint(game.db.url("authenticator"), timer.Publishing(new_secret(), (), (), 60))

    def pot(self) -> str:
        pot_id = self.game.pot(max_tickets=20)
        for number, player in enumerate(self.players):
            player.headers = {
                "cf-connecting-ip": f"192.0.2.{number // 2}", "x-device-id": f"device {number}"
            }  # fmt: skip
            player.join(pot_id, 5)
        assert self.players[0].join(pot_id, 1).code == "PT409"
        return pot_id

    def export(self, pot_id: str, name: str = "record.jsonl", **options: Any) -> Path:
        out = self.folder / name
        exports.export(self.desk, uuid.UUID(pot_id), "asked for", out, self.key, **options)
        return out

    def verdict(self, file: Path) -> export_check.Verdict:
        return export_check.verify(file, [self.public_key])


@pytest.fixture
def taken(game: Game, tmp_path: Path) -> Iterator[Taken]:
    """A settled pot to export."""
    made = Taken(game, tmp_path)
    with made.desk.calls:
        yield made


def lines(file: Path) -> list[Any]:
    return [json.loads(each) for each in file.read_bytes().splitlines()]


def failed(verdict: export_check.Verdict) -> list[str]:
    return [check.name for check in verdict.checks if check.outcome != "ok"]


def test_a_record_is_whole_and_names_nobody(taken: Taken) -> None:
    file = taken.export(taken.settled)
    verdict = taken.verdict(file)
    assert verdict.valid, verdict.as_json()
    assert [check.name for check in verdict.checks] == [
        "lines", "schema", "signature", "record", "pot", "chain", "entries_root", "total_tickets",
        "ledger", "payments", "escrow", "proof", "log",
    ]  # fmt: skip
    text = file.read_text()
    secrets = taken.game.rows("select ip_hash, device_hash, salt, user_id::text from pot_entries")
    assert len(secrets) == 4
    for values in secrets:
        assert not [value for value in values if value in text]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(taken.folder.iterdir()) == [file]
    kept = taken.game.rows(
        "select x.reason, x.identified, n.subject, e.kind, e.data ->> 'export_id' ="
        " x.export_id::text from private.exports as x"
        " join private.actors as n on n.actor_id = x.exported_by"
        " join private.events as e on e.actor_id = x.exported_by and e.kind = 'pot_exported'"
    )
    assert kept == [("asked for", False, str(CAROL), "pot_exported", True)]


def test_an_identified_record_opens_every_tag(taken: Taken) -> None:
    file = taken.export(taken.settled, identified=True)
    verdict = taken.verdict(file)
    assert verdict.valid, verdict.as_json()
    assert "entrant_tags" in [check.name for check in verdict.checks]
    players = {each["row"]["player"] for each in lines(file) if each["part"] == "entries"}
    assert players == {str(player.user_id) for player in taken.players}


def test_records_of_pots_in_every_state_add_up(taken: Taken) -> None:
    open_pot, voided, cancelled = taken.pot(), taken.pot(), taken.game.pot(max_tickets=20)
    entry = taken.players[0].join(cancelled, 2)["entry_id"]
    taken.players[0].call("cancel_entry", entry_id=entry)
    taken.game.compliance.call("void_pot", pot_id=voided, reason="a test")
    for number, pot_id in enumerate((open_pot, voided, cancelled)):
        verdict = taken.verdict(taken.export(pot_id, f"{number}.jsonl", identified=True))
        assert verdict.valid, verdict.as_json()
    taken.game.lock(open_pot)
    assert taken.verdict(taken.export(open_pot, "locked.jsonl")).valid


def test_small_pages_give_the_same_record(taken: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = lines(taken.export(taken.settled))
    monkeypatch.setattr(exports, "PAGE_SIZE", 2)
    paged = taken.export(taken.settled, "paged.jsonl")
    assert taken.verdict(paged).valid

    def rows(records: list[Any]) -> list[Any]:
        # The first export is itself an event of the pot.
        return [r for r in records[1:-1] if r["row"].get("kind") != "pot_exported"]

    assert rows(lines(paged)) == rows(whole)


def test_what_changes_meanwhile_is_not_exported(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    pot_id = taken.game.pot(max_tickets=20)
    seen: list[str] = []

    def meddle(part: str, rows: int) -> None:
        if part == "flags" and not seen:
            seen.append(part)
            taken.players[0].join(pot_id, 1)

    with pytest.raises(PypotError, match="changed while it was exported"):
        taken.export(pot_id, progress=meddle)
    assert seen
    assert list(taken.folder.iterdir()) == []
    (taken.folder / "record.jsonl").write_text("mine")
    with pytest.raises(PypotError, match="exists"):
        taken.export(pot_id)
    assert (taken.folder / "record.jsonl").read_text() == "mine"


def test_whatever_is_changed_is_found_and_named(taken: Taken) -> None:
    file = taken.export(taken.settled)
    original = file.read_bytes().splitlines()
    records = [json.loads(each) for each in original]
    at = {part: [r["part"] for r in records].index(part) for part in form.PARTS if part in {
        r["part"] for r in records}}  # fmt: skip

    def tampered(change: Callable[[list[bytes]], object]) -> export_check.Verdict:
        altered = list(original)
        change(altered)
        copy = taken.folder / "copy.jsonl"
        copy.write_bytes(b"\n".join(altered) + b"\n")
        return taken.verdict(copy)

    def edit(index: int, field: str, value: Any) -> Callable[[list[bytes]], None]:
        def change(altered: list[bytes]) -> None:
            record = json.loads(altered[index])
            assert record["row"][field] != value
            record["row"][field] = value
            altered[index] = form.line(record["part"], record["row"])

        return change

    for part, field, value in (
        ("pot", "entry_cost", 1),
        ("entries", "ticket_count", 1),
        ("chain", "action", "voided"),
        ("ledger", "amount", 1),
        ("proof", "winning_ticket", 10**6),
        ("log", "size", 10**6),
    ):
        verdict = tampered(edit(at[part], field, value))
        assert not verdict.valid
        (named,) = [check for check in verdict.checks if check.outcome == "failed"]
        assert named.detail.startswith(f"{part} is not what was signed"), named
    assert failed(tampered(edit(0, "pot_id", str(uuid.uuid4())))) == ["signature"]
    assert failed(tampered(lambda rows: rows.pop(at["entries"]))) == ["record"]
    assert failed(tampered(lambda rows: rows.append(b"{}"))) == ["lines"]
    assert failed(tampered(lambda rows: rows.pop())) == ["lines"]
    assert failed(tampered(lambda rows: rows.insert(2, b" " + rows.pop(2)))) == ["lines"]
    assert failed(
        tampered(lambda rows: rows.insert(at["entries"], rows.pop(at["entries"] + 1)))
    ) == ["record"]
    other = export_check.verify(file, [signing.public_key(new_secret().reveal())])
    assert failed(other) == ["signature"]
    for content in (b"", b"{}\n", b'{"part":"pot","row":{}}\n', b"\x00\xff"):
        copy = taken.folder / "copy.jsonl"
        copy.write_bytes(content)
        with pytest.raises(UnreadableInputError):
            taken.verdict(copy)


def signed_again(file: Path, key: Secret, change: Callable[[list[Any]], None]) -> None:
    """Alters a record as its own signer could."""
    records = lines(file)
    rows = records[1:-1]
    change(rows)
    manifest = dict(records[0]["row"])
    chain = form.FIRST_CHAIN
    parts = []
    for part in form.PARTS:
        mine = [row for row in rows if row["part"] == part]
        for row in mine:
            chain = form.chained(chain, form.line(part, row["row"]))
        parts.append({"part": part, "lines": len(mine), "chain": chain.hex()})
    manifest |= {"parts": parts, "lines": len(rows)}
    first = form.line(form.MANIFEST, manifest)
    signature = {
        **records[-1]["row"],
        "signature": signing.sign(key.reveal(), form.message(first)).hex(),
    }
    body = [form.line(row["part"], row["row"]) for row in rows]
    last = form.line(form.SIGNATURE, signature)
    file.write_bytes(b"\n".join([first, *body, last]) + b"\n")


@pytest.mark.parametrize(
    ("part", "field", "value", "found"),
    [
        ("entries", "ticket_count", 4, ["entries_root", "total_tickets"]),
        ("entries", "entrant_tag", "00" * 32, ["entries_root", "entrant_tags"]),
        ("entries", "credits_spent", 1, ["payments"]),
        ("chain", "created_at", "2026-01-01T00:00:00.000000Z", ["chain"]),
        ("ledger", "amount", 1, ["payments"]),
        ("proof", "winning_ticket", 10**6, ["proof"]),
        ("pot", "escrow", 7, ["escrow"]),
        ("pot", "status", "locked", ["pot"]),
        ("log", "root", "A" * 43 + "=", ["log"]),
    ],
)
def test_not_even_its_signer_can_make_it_add_up(
    taken: Taken, part: str, field: str, value: Any, found: list[str]
) -> None:
    file = taken.export(taken.settled, identified=True)

    def change(rows: list[Any]) -> None:
        row = next(each["row"] for each in rows if each["part"] == part)
        assert row[field] != value
        row[field] = value

    signed_again(file, taken.key, lambda rows: None)
    assert taken.verdict(file).valid
    signed_again(file, taken.key, change)
    assert failed(taken.verdict(file)) == found


def test_the_commands_end_as_documented(taken: Taken, tmp_path: Path) -> None:
    key = tmp_path / "export.key"
    public_key = signing.public_key(write_new_secret(key).reveal()).hex()
    out = tmp_path / "by-command.jsonl"

    def pypot(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pypot_cli", "compliance", *map(str, words)],
            env={"PATH": os.environ["PATH"], "PYPOT_DB_URL": taken.game.db.url(), **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    words = ("export", taken.settled, "--out", out, "--reason", "a test", "--as", CAROL)
    done = pypot(*words, "--key", key)
    assert (done.returncode, done.stderr) == (0, "")
    assert "entries" in done.stdout
    again = pypot(*words, PYPOT_EXPORT_KEY=str(key))
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == f"pypot: {out} exists: name a file that does not\n"
    assert pypot("verify-export", out, "--key", public_key).returncode == 0
    other = pypot("verify-export", out, "--key", taken.public_key.hex(), "--json")
    assert other.returncode == 1
    assert [c["name"] for c in json.loads(other.stdout)["checks"] if c["outcome"] == "failed"] == [
        "signature"
    ]
    assert pypot("verify-export", tmp_path / "none", "--key", public_key).returncode == 2
    out.write_bytes(out.read_bytes()[:-100])
    assert pypot("verify-export", out, "--key", public_key).returncode == 1


def chain(db: Database) -> Chain:
    with db.admin() as conn:
        row = conn.execute(
            "select chain_hash, public_key, scheme, genesis_time, period_seconds"
            " from private.beacon_chains order by created_at desc limit 1"
        ).fetchone()
    assert row is not None
    return Chain(bytes.fromhex(row[0]), bytes.fromhex(row[1]), *row[2:])


def test_records_of_whole_lives_add_up(db: Database, tmp_path: Path) -> None:
    played = lived.live(db)
    key = new_secret()
    public_key = signing.public_key(key.reveal())
    pots = {name: pot for name, pot in vars(played).items() if isinstance(pot, str)}
    assert {"drawn", "held", "paid", "returned", "waiting", "paused"} <= pots.keys()
    try:
        with Api(db.url("authenticator")) as calls:
            desk = Desk(calls, Caller("pot_compliance", CAROL))
            for name, pot_id in pots.items():
                out = tmp_path / name
                exports.export(desk, uuid.UUID(pot_id), "asked for", out, key)
                verdict = export_check.verify(out, [public_key])
                if name == "drawn":
                    # Its beacon is one of the test's own, which has to be trusted on purpose.
                    assert failed(verdict) == ["proof"]
                    verdict = export_check.verify(out, [public_key], Trust(chains=[chain(db)]))
                assert verdict.valid, (name, verdict.as_json())
    finally:
        played.game.api.close()
