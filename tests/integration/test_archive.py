"""Pots that ended long ago leave, and everything that was proved of them is proved as before."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pypot_cli import check, proof
from pypot_cli.archive import detach as detaching
from pypot_cli.archive import month_file
from pypot_cli.archive import run as archiving
from pypot_cli.archive.months import read_month
from pypot_cli.archive.office import Office, RefusedError, opened
from pypot_cli.audit_log import timer
from pypot_cli.compliance.desk import Desk
from pypot_cli.errors import PypotError
from pypot_cli.fairness import signing
from pypot_cli.keys import new_secret, write_new_secret
from pypot_cli.rpc import Api, Caller
from tests.integration.test_pots_apart import TABLES, TRACE
from tests.support.game import Game, Pending, Player, Refusal


class KilledError(Exception):
    """What ends a run in between."""


CAROL = uuid.UUID(int=0xCA401)
DAY = 24 * 3600.0
LONG = 500 * DAY

# Everything that is told of a pot and of its players, by function.
BOOKS = ("pot_entries", "transfers", "ledger_entries", "events", "event_positions")


class Old:
    """A game whose pots ended five hundred days ago, with a player who plays today."""

    def __init__(self, game: Game, folder: Path) -> None:
        self.game, self.folder = game, folder
        self.open = contextlib.ExitStack()
        self.key = new_secret()
        self.public_key = signing.public_key(self.key.reveal())
        self.log_key = new_secret()
        self.players = game.players(4, 1000)
        self.settled = [self.pot()]
        # A grant stays, so what leaves of this wallet is not all of its versions.
        game.fund(self.players[0].user_id, 7)
        self.settled += [self.pot() for _ in range(2)]
        for pot_id in self.settled:
            game.settle(pot_id)
        self.cancelled = game.pot(max_tickets=20, min_participants=3)
        self.players[0].join(self.cancelled, 2)
        refunded = self.players[1].join(self.cancelled, 3)["entry_id"]
        self.players[1].call("cancel_entry", entry_id=refunded)
        game.pass_time(2 * 3600)
        assert game.lock(self.cancelled)["status"] == "cancelled"
        self.receipts = self.receipts_of(self.players[2])
        self.pots = [*self.settled, self.cancelled]

    def pot(self) -> str:
        pot_id = self.game.pot(max_tickets=20)
        for number, player in enumerate(self.players):
            player.headers = {
                "cf-connecting-ip": f"192.0.2.{number // 2}", "x-device-id": f"device {number}"
            }  # fmt: skip
            player.join(pot_id, 5, key=f"{pot_id} {number}")
        assert self.players[0].join(pot_id, 1).code == "PT409"
        return pot_id

    def grow_old(self) -> None:
        """Let time pass, forget what has expired, and have everybody told of everything."""
        self.game.pass_time(LONG)
        self.new = self.game.pot(max_tickets=20)
        self.players[0].join(self.new, 3)
        self.settle_down()

    def settle_down(self) -> None:
        while self.game.service.call("purge_expired", limit_rows=1000)["more"]:
            pass
        while self.game.orchestrator.call("roll_up_metrics")["more"]:
            pass
        self.checkpoint()

    def checkpoint(self) -> None:
        url = self.game.db.url("authenticator")
        timer.checkpoint(url, timer.Publishing(self.log_key, (), (), 60))

    def receipts_of(self, player: Player) -> list[Any]:
        entries = player.call("my_entries")
        return [player.call("my_receipt", entry_id=each["entry_id"]) for each in entries]

    def exporting(self, folder: str = "exports") -> archiving.Exporting:
        api = Api(self.game.db.url("authenticator"))
        self.open.callback(api.close)
        desk = Desk(api, Caller("pot_compliance", CAROL))
        return archiving.Exporting(desk, "it is old", self.folder / folder, self.key)

    @contextlib.contextmanager
    def office(self) -> Iterator[Office]:
        with opened(self.game.db.url(), CAROL) as office:
            yield office

    @property
    def month(self) -> date:
        (row,) = self.game.rows(
            "select private.archive_month(coalesce(settled_at, cancelled_at)) from public.pots"
            " where id = %s", self.settled[0],
        )  # fmt: skip
        found: date = row[0]
        return found

    def archive(self) -> archiving.Outcome:
        with self.office() as office:
            return archiving.run(office, self.exporting(), self.months())

    def months(self) -> list[date]:
        with self.office() as office:
            return [read_month(each["month"]) for each in archiving.plan(office) if each["ready"]]

    def detach(self, month: date) -> dict[str, Any]:
        out = self.folder / f"{month}.archive"
        with self.office() as office:
            contents = detaching.write(office, month, out, self.key)
            return detaching.detach(office, contents, out, [self.folder / "copy"], self.key)

    def told(self) -> dict[str, Any]:
        """What anybody is told of the pots, and the players of themselves."""
        game = self.game
        told: dict[str, Any] = {}
        for pot_id in self.pots:
            pot = game.service.call("get_pot", pot_id=pot_id)
            pot.pop("archive", None)
            pot.pop("version")
            found = game.service.call("get_proof", pot_id=pot_id)
            found.pop("archive", None)
            told[pot_id] = pot, found, game.compliance.call("get_case", pot_id=pot_id)["entries"]
        for pot_id in self.settled:
            told[f"locked {pot_id}"] = game.service.call("list_lock_entries", pot_id=pot_id)
            told[f"page {pot_id}"] = game.service.call(
                "list_lock_entries", pot_id=pot_id, after_ticket=7, page_size=2
            )
            told[f"pack {pot_id}"] = game.service.call(
                "pack_lock_entries", pot_id=pot_id, after_ticket=7, page_size=2
            )
        for number, player in enumerate(self.players):
            told[f"player {number}"] = (
                player.call("my_wallet"),
                player.call("my_entries"),
                [player.call("my_data", part=part)["rows"] for part in ("entries", "ledger")],
                self.receipts_of(player),
            )
        told["drops"] = [each | {"version": None} for each in game.service.call("list_live_drops")]
        told["recount"] = sorted(game.rows("select * from private.metric_recount()"), key=str)
        told["events"] = [
            each
            for each in game.caller("pot_events").call("read_events", after=0, page_size=1000)
            if each["kind"] not in ("pot_exported", "pot_archived", "personal_data_purged")
        ]
        return told

    def assert_counted(self) -> None:
        """The metrics are what is counted again from what there is, and from what was carried."""
        counted = self.game.rows(
            "select metric, label, bucket, amount from private.metric_counts"
            " where grain = 'five_minutes' order by 1, 2, 3"
        )
        again = self.game.rows(
            "select metric, label, bucket, sum(amount)::bigint from private.metric_recount()"
            " group by 1, 2, 3 order by 1, 2, 3"
        )
        assert counted == again

    def assert_invariants(self) -> None:
        outcomes = check.check_database(self.game.db.url())
        broken = [(each.name, each.findings) for each in outcomes if not each.holds]
        assert not broken


@pytest.fixture
def old(game: Game, tmp_path: Path) -> Iterator[Old]:
    """Three settled pots and a cancelled one, long over."""
    old = Old(game, tmp_path)
    with old.open:
        old.grow_old()
        yield old


def test_what_was_told_of_a_pot_is_told_of_it_in_the_archive(old: Old) -> None:
    before = old.told()
    outcome = old.archive()
    assert (outcome.archived, outcome.failed, outcome.blocked) == (4, {}, {})
    left = {
        name: old.game.value(
            f"select count(*) from private.archived_{'entries' if name == 'pot_entries' else name}"
        )
        for name in ("pot_entries", "transfers", "events")
    }
    assert left["pot_entries"] == 14
    assert old.game.value("select count(*) from public.pot_entries") == 1
    old.settle_down()
    assert old.told() == before
    old.assert_counted()
    old.assert_invariants()
    for pot_id in old.settled:
        document = proof.Document(old.game.service.call("get_proof", pot_id=pot_id))
        assert proof.verify(document, proof.Trust()).valid


def test_a_detached_month_leaves_sums_and_comes_back_whole(old: Old) -> None:
    before = old.told()
    old.archive()
    old.settle_down()
    wallets = [player.balance() for player in old.players]
    months = {row[0] for row in old.game.rows("select month from private.archived_pots")}
    for month in months:
        answer = old.detach(month)
        assert answer["detached"]
        (old.folder / "copy").unlink()
    old.checkpoint()
    old.assert_invariants()
    assert [player.balance() for player in old.players] == wallets
    for pot_id in old.settled:
        document = proof.Document(old.game.service.call("get_proof", pot_id=pot_id))
        assert proof.verify(document, proof.Trust()).valid
        pot = old.game.service.call("get_pot", pot_id=pot_id)
        assert pot["winner"] == before[pot_id][0]["winner"]
        assert (pot["entries"], pot["archive"]["entries"]) == ([], 4)
        refused = old.game.service.attempt("list_lock_entries", pot_id=pot_id)
        assert (refused.code, refused.details["archive"]["entries"]) == ("PT409", 4)
    ledger = old.players[3].call("my_data", part="ledger")["rows"]
    assert [row["kind"] for row in ledger] == ["grant", "carried_forward"]
    assert ledger[-1]["balance_after"] == wallets[3]
    old.players[3].join(old.new, 1)
    old.assert_invariants()
    old.settle_down()
    old.assert_counted()
    with old.game.db.admin() as conn:
        conn.execute("select private.rebuild_metrics()")
    old.assert_counted()
    old.assert_invariants()

    with old.office() as office:
        for month in months:
            detaching.attach(office, old.folder / f"{month}.archive", [old.public_key])
    old.settle_down()
    old.assert_invariants()
    assert old.told()[old.settled[0]] == before[old.settled[0]]
    assert old.told()["player 2"] == before["player 2"]


def test_a_short_check_holds_before_between_and_after(old: Old) -> None:
    marks = [check.checked_database(old.game.db.url())[1]]

    def goes_on() -> None:
        found = check.check_since(old.game.db.url(), marks[-1])
        assert [each.name for each in found.outcomes if not each.holds] == []
        marks.append(found.mark)

    old.archive()
    old.settle_down()
    goes_on()
    old.detach(old.month)
    goes_on()
    old.players[1].join(old.new, 2)
    goes_on()
    old.assert_invariants()


def test_what_ends_in_between_is_gone_on_with(old: Old) -> None:
    month = old.month
    with old.office() as office:
        office.rows("open_month", month=month)
        # KilledError after the export.
        exporting = old.exporting()
        first = uuid.UUID(old.settled[0])
        real = office.one

        class Dying(Office):
            def one(self, name: str, **arguments: Any) -> Any:
                if name == "archive_pot":
                    raise KilledError
                return real(name, **arguments)

        with pytest.raises(KilledError):
            archiving.archive(Dying(office.conn, office.person), exporting, month, first)
        written = archiving.sha256_of(exporting.file(month, first))
        # The pot's transaction was rolled back.
        with contextlib.suppress(KilledError), office.conn.transaction():
            assert archiving.archive(office, exporting, month, first)["archived"]
            raise KilledError
        assert old.game.value("select count(*) from private.archived_entries") == 0
        old.assert_invariants()
        answer = archiving.archive(office, exporting, month, first)
        assert answer["archived"]
        assert archiving.sha256_of(exporting.file(month, first)) == written
        # Done before: it answers so and changes nothing.
        assert not archiving.archive(office, old.exporting("again"), month, first)["archived"]
    assert old.archive().archived == 3
    old.assert_invariants()


def test_an_export_of_another_pot_or_of_an_earlier_state_archives_nothing(old: Old) -> None:
    month = old.month
    first, second = (uuid.UUID(each) for each in old.settled[:2])
    with old.office() as office:
        office.rows("open_month", month=month)
        exporting = old.exporting()
        desk = exporting.desk
        begun = desk.call("export_pot", pot_id=first, reason="a test", identified=False)
        version = office.one("version", pot_id=first)
        given = {"export_hash": "0" * 64, "export_id": begun["export_id"], "version": version}
        for changed in (
            {"pot_id": second},
            {"pot_id": first, "version": version - 1},
            {"pot_id": first, "export_id": uuid.uuid4()},
        ):
            with pytest.raises(RefusedError, match="invalid_argument"):
                office.one("archive_pot", **(given | changed))
    assert old.game.value("select count(*) from private.archived_pots") == 0


def test_two_runs_at_once_archive_each_pot_once(old: Old) -> None:
    def one(folder: str) -> archiving.Outcome:
        with old.office() as office:
            return archiving.run(office, old.exporting(folder), old.months())

    runs = [Pending(functools.partial(one, folder)) for folder in ("one", "other")]
    while not all(run.done for run in runs):
        old.players[0].join(old.new, 1)
    outcomes = [run.result() for run in runs]
    assert sum(each.archived for each in outcomes) == 4
    assert [each.failed for each in outcomes] == [{}, {}]
    old.assert_invariants()


def test_of_two_that_detach_a_month_at_once_the_second_finds_it_away(old: Old) -> None:
    old.archive()
    old.settle_down()
    given = {"month": old.month, "file_hash": "ab" * 32}
    with old.office() as first, old.office() as second:
        with first.together():
            ((answer,),) = first.within("detach", **given)
            pending = Pending(lambda: second.one("detach", **given))
            old.game.wait_until_blocked(second.conn.info.backend_pid)
        assert answer["detached"]
        assert pending.result() == {"month": f"{old.month}", "detached": False}
    old.assert_invariants()


def test_of_two_that_set_the_days_at_once_each_says_what_was_before(old: Old) -> None:
    with old.office() as first, old.office() as second:
        with first.together():
            first.within("days", days=100, reason="a race")
            pending = Pending(lambda: second.one("days", days=200, reason="a race"))
            old.game.wait_until_blocked(second.conn.info.backend_pid)
        assert pending.result() == {"archive_days": 200}
    changes = old.game.rows(
        "select data ->> 'before', data ->> 'after' from private.events"
        " where kind = 'archive_days_set' order by id"
    )
    assert [after for _, after in changes] == ["100", "200"]
    assert changes[1][0] == "100"


def test_what_is_done_to_the_archive_waits_for_what_is_being_done_to_it(old: Old) -> None:
    month, never = old.month, date(2001, 1, 1)
    file_hash = "ab" * 32
    with contextlib.ExitStack() as ends:
        first = ends.enter_context(old.office())
        archiving.run(first, old.exporting(), [month], limit=1)
        archived = old.game.value("select pot_id from private.archived_pots")
        again = {"export_id": uuid.uuid4(), "export_hash": file_hash, "version": 1}
        waiting = []
        with first.together():
            # Its partitions are there: it does no more than to have its turn.
            first.within("open_month", month=month)
            for asked, arguments in (
                ("archive_pot", {"pot_id": archived, **again}),
                ("open_month", {"month": never}),
                ("detach", {"month": never, "file_hash": file_hash}),
                ("begin_attach", {"month": never, "file_hash": file_hash}),
                ("attach", {"month": never}),
            ):
                office = ends.enter_context(old.office())
                waiting.append(Pending(functools.partial(office.rows, asked, **arguments)))
                old.game.wait_until_blocked(office.conn.info.backend_pid)
        assert waiting[0].result() == [({"pot_id": str(archived), "archived": False},)]
        waiting[1].result()
        for refused in waiting[2:]:
            with pytest.raises(RefusedError, match="wrong_state"):
                refused.result()
    old.assert_invariants()


def test_a_second_run_into_one_folder_waits_for_the_first(old: Old) -> None:
    with (
        archiving._alone(old.folder / "exports"),
        pytest.raises(PypotError, match="another run"),
    ):
        old.archive()


def test_what_somebody_needs_stays(old: Old) -> None:
    game = old.game
    first = old.settled[0]
    blockers = "select private.archive_blockers(%s)"
    assert game.value(blockers, first) == []
    assert game.value(blockers, old.new) == ["not_ended"]
    with game.db.admin() as conn:
        conn.execute("select private.raise_alert('escrow_not_zero', %s, '{}')", [uuid.UUID(first)])
    # Its event is told to nobody yet.
    assert game.value(blockers, first) == ["alert", "events"]
    game.players(1, 10)
    old.settle_down()
    assert game.value(blockers, first) == ["alert"]
    with game.db.admin() as conn:
        conn.execute("select private.close_alerts('escrow_not_zero', %s)", [uuid.UUID(first)])
    game.players(1, 10)
    old.settle_down()
    assert game.value(blockers, first) == []
    game.caller("pot_events").call("ack_events", consumer="warehouse", up_to=1)
    assert game.value(blockers, first) == ["events"]
    last = game.value("select max(position) from private.event_positions")
    game.caller("pot_events").call("ack_events", consumer="warehouse", up_to=last)
    assert game.value(blockers, first) == []
    for statement, undo in (
        (
            "insert into private.retention_waiting (what, pot_id) values ('network', %s)",
            "delete from private.retention_waiting where pot_id = %s",
        ),
        (
            "insert into private.webhook_deliveries (webhook_id, event_id, kind, pot_id,"
            " next_attempt_at, queued_at, created_at) select webhook_id, gen_random_uuid(),"
            " 'webhook_test', %s, now(), now(), now() from private.webhook_subscriptions",
            "delete from private.webhook_deliveries where pot_id = %s",
        ),
    ):
        if "webhook" in statement:
            game.service.call("create_webhook", url="https://example.com/", events=["live_drop"])
        with game.db.admin() as conn:
            conn.execute(statement.encode(), [uuid.UUID(first)])
        expected = "deliveries" if "webhook" in statement else "personal_data"
        assert game.value(blockers, first) == [expected]
        with game.db.admin() as conn:
            conn.execute(undo.encode(), [uuid.UUID(first)])
    game.flag(first, old.players[0].user_id)
    assert game.value(blockers, first) == ["under_review"]
    with old.office() as office:
        office.one("days", days=600, reason="a test")
    assert game.value(blockers, first) == ["too_recent", "under_review"]


def webhook_of_wins(old: Old) -> str:
    """A webhook that listened when the old pots were settled, and was told of nothing yet."""
    made = old.game.service.call(
        "create_webhook", url="https://hooks.example/", events=["pot_settled"]
    )
    listens_always(old, made["webhook_id"])
    return str(made["webhook_id"])


def listens_always(old: Old, webhook_id: str) -> None:
    with old.game.db.admin() as conn:
        conn.execute(
            "update private.webhook_subscriptions set listens_since = '-infinity'"
            " where webhook_id = %s", [uuid.UUID(webhook_id)],
        )  # fmt: skip


def fan_out(game: Game) -> None:
    game.caller("pot_webhooks").call("fan_out_webhooks", max_events=10_000)


def claim(game: Game) -> list[Any]:
    claimed: list[Any] = game.caller("pot_webhooks").call(
        "claim_deliveries", max_deliveries=100, per_webhook=100
    )
    return claimed


def deliver(game: Game) -> list[str]:
    """Take what is due and have it taken; the kinds."""
    claimed = claim(game)
    for each in claimed:
        given = {"delivery_id": each["delivery_id"], "lease": each["lease"]}
        game.caller("pot_webhooks").call("report_delivery", **given, status=204)
    return [each["kind"] for each in claimed]


def test_a_month_stays_while_a_webhook_is_to_be_told_of_it_again(old: Old) -> None:
    """What is detached cannot be sent, and one such delivery would keep all others from it."""
    game = old.game
    webhook_id = webhook_of_wins(old)
    fan_out(game)
    assert deliver(game) == ["pot_settled"] * 3
    assert old.archive().archived == 4
    old.settle_down()
    given = {"webhook_id": webhook_id}
    delivery = next(
        each
        for each in game.service.call("list_webhook_deliveries", **given)
        if each["pot_id"] == old.settled[0]
    )
    again = {**given, "delivery_id": delivery["delivery_id"]}
    assert game.service.call("replay_webhook", **again)["replayed"] == 1
    with pytest.raises(RefusedError) as refused:
        old.detach(old.month)
    assert refused.value.details == {"deliveries_pending": 1}
    assert deliver(game) == ["pot_settled"]

    assert old.detach(old.month)["detached"]
    refusal = game.service.attempt("replay_webhook", **again)
    assert (refusal.token, refusal.details) == ("wrong_state", {"status": "detached"})
    game.service.call("test_webhook", **given)
    assert deliver(game) == ["webhook_test"]


def test_a_replay_that_waits_for_a_month_to_leave_finds_it_away(old: Old) -> None:
    game = old.game
    webhook_id = webhook_of_wins(old)
    fan_out(game)
    deliver(game)
    assert old.archive().archived == 4
    old.settle_down()
    operator = game.caller("service_role")
    (delivery, *_) = operator.call("list_webhook_deliveries", webhook_id=webhook_id)
    again = {"webhook_id": webhook_id, "delivery_id": delivery["delivery_id"]}
    with old.office() as office, office.together():
        office.within("detach", month=old.month, file_hash="ab" * 32)
        pending = Pending(lambda: operator.call("replay_webhook", **again))
        game.wait_until_blocked(operator)
    refusal = pending.result()
    assert (refusal.token, refusal.details) == ("wrong_state", {"status": "detached"})


def test_a_webhook_that_was_disabled_keeps_no_pot_and_no_other_webhook(old: Old) -> None:
    game = old.game
    blockers = "select private.archive_blockers(%s)"
    given = {"webhook_id": webhook_of_wins(old)}
    assert game.value(blockers, old.settled[0]) == ["events"]
    game.service.call("update_webhook", **given, active=False)
    assert game.value(blockers, old.settled[0]) == []
    game.service.call("update_webhook", **given, active=True)
    listens_always(old, given["webhook_id"])
    fan_out(game)
    assert game.value(blockers, old.settled[0]) == ["deliveries"]
    game.service.call("update_webhook", **given, active=False)
    assert game.value(blockers, old.settled[0]) == []
    assert old.archive().archived == 4
    old.settle_down()
    assert old.detach(old.month)["detached"]

    # Nobody may be told of them any more, and what is new is told to both.
    game.service.call("update_webhook", **given, active=True)
    other = game.service.call("create_webhook", url="https://other.example/")
    for each in (given, {"webhook_id": other["webhook_id"]}):
        game.service.call("test_webhook", **each)
    assert {each["webhook_id"] for each in claim(game)} == {
        given["webhook_id"], other["webhook_id"]
    }  # fmt: skip
    statuses = {
        each["status"]
        for each in game.service.call("list_webhook_deliveries", **given)
        if each["pot_id"] == old.settled[0]
    }
    assert statuses == {"dead"}


def test_a_file_that_was_altered_detaches_and_attaches_nothing(old: Old) -> None:
    old.archive()
    old.settle_down()
    month = old.month
    out = old.folder / "month"
    with old.office() as office:
        contents = detaching.write(office, month, out, old.key)
        assert contents == month_file.verify(out, [old.public_key])
        content = out.read_bytes()
        for before, after in (
            (b'"credits_spent": 50', b'"credits_spent": 60'),
            (b'"action": "settled"', b'"action": "created"'),
        ):
            assert before in content
            altered = old.folder / "altered"
            altered.write_bytes(content.replace(before, after, 1))
            with pytest.raises(PypotError):
                month_file.verify(altered, [old.public_key])
            with pytest.raises(PypotError):
                detaching.detach(office, contents, out, [altered], old.key)
        with pytest.raises(PypotError, match="none of your"):
            month_file.verify(out, [bytes(32)])
        assert detaching.detach(office, contents, out, [], old.key)["detached"]
        assert not office.one("detach", month=month, file_hash="0" * 64)["detached"]
        with pytest.raises(RefusedError, match="wrong_state"):
            office.rows("begin_attach", month=month, file_hash="0" * 64)
        # With less than what left, by who asks the database alone.
        with pytest.raises(PypotError, match="as its chain says"):
            attach_nothing(office, month, contents.file_hash)
        with pytest.raises(PypotError):
            detaching.attach(office, altered, [old.public_key])


def attach_nothing(office: Office, month: date, file_hash: str) -> None:
    """Put a month back without a single line of its file."""
    with office.together():
        office.within("begin_attach", month=month, file_hash=file_hash)
        office.within("attach", month=month)


def test_nothing_is_detached_before_all_of_it_is_archived_and_logged(old: Old) -> None:
    month = old.month
    with old.office() as office:
        archiving.run(office, old.exporting(), [month], limit=1)
        with pytest.raises(PypotError, match="checkpoint"):
            detaching.write(office, month, old.folder / "early", old.key)
        with pytest.raises(RefusedError, match="pots_not_archived"):
            office.one("detach", month=month, file_hash="0" * 64)
        archiving.run(office, old.exporting(), [month])
        with pytest.raises(RefusedError, match="rows_without_checkpoint"):
            office.one("detach", month=month, file_hash="0" * 64)


def test_a_row_of_the_archive_that_was_altered_is_found(old: Old) -> None:
    old.archive()
    old.settle_down()

    def alter(tickets: int) -> None:
        with old.game.db.admin() as conn:
            conn.execute("alter table private.archived_entries disable trigger user")
            conn.execute(
                "update private.archived_entries set ticket_count = %s, credits_spent = %s"
                " where first_ticket = 5 and pot_id = %s",
                [tickets, 10 * tickets, uuid.UUID(old.settled[0])],
            )

    alter(6)
    broken = {each.name for each in check.check_database(old.game.db.url()) if not each.holds}
    assert {"archive", "entry_payments", "merkle_trees"} <= broken
    with old.office() as office, pytest.raises(PypotError, match="as its chain says"):
        office.one("detach", month=old.month, file_hash="0" * 64)
    alter(5)


def test_what_is_carried_forward_and_was_altered_is_found(old: Old) -> None:
    old.archive()
    old.settle_down()
    old.detach(old.month)

    def add(amount: int) -> None:
        with old.game.db.admin() as conn:
            conn.execute("alter table private.carried_entries disable trigger user")
            conn.execute(
                "update private.carried_entries set amount = amount + %(more)s,"
                " balance_after = balance_after + %(more)s"
                " where account_id = (select min(account_id) from private.carried_entries)",
                {"more": amount},
            )

    add(1)
    broken = {each.name for each in check.check_database(old.game.db.url()) if not each.holds}
    assert {"archive", "wallet_balances", "wallet_history"} <= broken
    add(-1)


def test_no_transaction_of_an_archive_writes_to_two_pots(old: Old) -> None:
    with old.game.db.admin() as conn:
        conn.execute(TRACE)
        for name, carries, _ in conn.execute(TABLES).fetchall():
            if carries or name == "public.pots":
                column = "id" if name == "public.pots" else "pot_id"
                conn.execute(
                    f"create trigger zz_trace after insert or update or delete on {name}"
                    f" for each row execute function tracing.trace_pot('{column}')".encode()
                )
    old.archive()
    old.settle_down()
    old.detach(old.month)
    with old.game.db.admin() as conn:
        traced = conn.execute(
            "select xid, count(distinct pot_id), array_agg(distinct table_name)"
            " from tracing.pots group by xid"
        ).fetchall()
        conn.execute("drop schema tracing cascade")
    assert len(traced) > 8
    assert [each for each in traced if each[1] > 1] == []


def test_a_flag_of_an_archived_pot_is_decided_no_more(old: Old) -> None:
    old.archive()
    flag = uuid.uuid4()
    with old.game.db.admin() as conn:
        conn.execute(
            "insert into private.flags (flag_id, pot_id, user_id, kind, score, evidence, phase,"
            " effect, status, created_at, updated_at)"
            " values (%s, %s, %s, 'velocity_burst', 0.5, '{}', 'lock', 'note', 'open', now(),"
            " now())",
            [flag, uuid.UUID(old.settled[0]), old.players[0].user_id],
        )
    refused = old.game.compliance.attempt(
        "review_flag", flag_id=str(flag), decision="clear", reason="a test"
    )
    assert isinstance(refused, Refusal)
    assert (refused.token, refused.details) == ("wrong_state", {"status": "archived"})


def test_the_commands_archive_detach_and_attach(old: Old) -> None:
    folder = old.folder
    key_file = folder / "key"
    public_key = signing.public_key(write_new_secret(key_file).reveal()).hex()

    def pypot(*words: str, code: int = 0) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "pypot_cli", "archive", *words],
            env={
                "PATH": os.environ["PATH"],
                "PYPOT_DB_URL": old.game.db.url(),
                "PYPOT_COMPLIANCE_SUB": str(CAROL),
                "PYPOT_EXPORT_KEY": str(key_file),
            },
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout) if code == 0 else done.stderr

    planned = pypot("plan", "--json")
    assert sum(each["ready"] for each in planned) == 4
    run = ("run", "--out", str(folder / "exports"), "--reason", "it is old", "--json")
    assert pypot(*run, "--dry-run") == planned
    month = f"{old.month:%Y-%m}"
    assert pypot(*run, "--month", month, "--limit", "1")["archived"] == 1
    done = pypot(*run)
    assert (done["archived"], done["blocked"], done["failed"]) == (3, {}, {})
    file, copy = str(folder / "file"), str(folder / "copy")
    detach = ("detach", month, "--out", file, "--copy", copy, "--json")
    assert "checkpoint does not hold" in pypot(*detach, code=1)
    old.settle_down()
    assert pypot(*detach, "--dry-run")["pots"] >= 3
    assert pypot(*detach)["detached"]
    again = ("detach", month, "--out", f"{file} 2", "--copy", copy)
    assert "is detached already" in pypot(*again, code=1)
    assert pypot("verify", copy, "--key", public_key, "--json")["month"] == month
    other = signing.public_key(new_secret().reveal()).hex()
    assert "none of your" in pypot("verify", copy, "--key", other, code=1)
    assert pypot("attach", copy, "--key", public_key, "--json")["pots"] >= 3
    assert "no month" in pypot("detach", "2020-13", "--out", file, "--copy", copy, code=2)
    assert pypot("days", "500", "--reason", "a test") == {"archive_days": 500}
    old.assert_invariants()
