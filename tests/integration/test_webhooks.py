"""Deliveries by real deliverers to real receivers: what is sent, to whom, and how fast."""

from __future__ import annotations

import base64
import contextlib
import datetime
import email.utils
import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.support import receiver as bad
from tests.support.database import Database
from tests.support.game import race
from tests.support.receiver import Received, Receiver, make_certificate, receiving
from tests.support.webhooks import OPERATOR, PATIENCE_SECONDS, WEBHOOKS, Hooks, verify


@pytest.fixture
def hooks(db: Database, tmp_path: Path) -> Iterator[Hooks]:
    hooks = Hooks(db, tmp_path)
    yield hooks
    hooks.stop()


def deliver_once(hooks: Hooks, *receivers: Receiver, expected: int = 0, **how: Any) -> None:
    process = hooks.start(
        "--once", *how.pop("arguments", ()), ports=[r.port for r in receivers], **how
    )
    assert process.wait(PATIENCE_SECONDS) == expected


def outcomes(hooks: Hooks) -> dict[str, tuple[str, int | None, str | None]]:
    """By webhook: status, HTTP status and error of its only delivery."""
    return {
        row["webhook_id"]: (row["status"], row["last_status"], row["last_error"])
        for row in hooks.deliveries()
    }


# ------------------------------------------------------------------------------ what a receiver has


def received_once(hooks: Hooks) -> tuple[Received, str]:
    """A delivery as it came, and the secret that signs it."""
    with receiving() as receiver:
        webhook_id = hooks.add(receiver)
        hooks.emit(pot_id=str(uuid.uuid4()))
        deliver_once(hooks, receiver)
    (received,) = receiver.received
    return received, hooks.secrets[webhook_id]


def test_a_receiver_verifies_what_it_is_sent_by_the_library(hooks: Hooks) -> None:
    received, secret = received_once(hooks)
    message = verify(received, secret)
    assert set(message) == {"type", "timestamp", "data"}
    assert message["type"] == "pot_joined"
    (event_id,) = [
        row[0]
        for row in hooks.rows("select event_id::text from private.events where kind = 'pot_joined'")
    ]
    assert received.event_id == event_id
    assert received.headers["content-type"] == "application/json"
    assert received.headers["host"].startswith("127.0.0.1:")
    sent_at = float(received.headers["webhook-timestamp"])
    assert abs(sent_at - received.at) < 60


VERIFY_JS = """
import { createRequire } from 'node:module'
const { Webhook } = createRequire(process.argv[1] + '/')('standardwebhooks')
const { secret, body, headers } = JSON.parse(process.argv[2])
console.log(JSON.stringify(new Webhook(secret).verify(body, headers)))
"""


def test_a_receiver_in_javascript_verifies_it_too(hooks: Hooks, standardwebhooks_js: Path) -> None:
    received, secret = received_once(hooks)

    def verify_in_node(body: str) -> subprocess.CompletedProcess[str]:
        given = json.dumps({"secret": secret, "body": body, "headers": received.headers})
        return subprocess.run(
            ["node", "--input-type=module", "-e", VERIFY_JS, str(standardwebhooks_js), given],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    assert json.loads(verify_in_node(received.body.decode()).stdout) == received.message
    assert verify_in_node(received.body.decode() + " ").returncode != 0


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_message_that_is_stale_or_of_the_future_is_rejected(hooks: Hooks, seconds: int) -> None:
    received, secret = received_once(hooks)
    # Replayed by somebody who has no secret: the old timestamp is signed with the rest.
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    headers = {
        **received.headers,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(received.event_id, at, received.body.decode()),
    }
    with pytest.raises(WebhookVerificationError, match=r"too (old|new)"):
        Webhook(secret).verify(received.body, headers)
    # And a timestamp that is made fresh is not what was signed.
    later = str(int(received.headers["webhook-timestamp"]) + 1)
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(secret).verify(received.body, {**received.headers, "webhook-timestamp": later})


@pytest.mark.parametrize("what", ["body", "id", "signature", "secret", "none"])
def test_a_message_that_is_wrongly_signed_is_rejected(hooks: Hooks, what: str) -> None:
    received, secret = received_once(hooks)
    headers, body = dict(received.headers), received.body
    if what == "body":
        body = body.replace(b"pot_joined", b"pot_jailed")
    elif what == "id":
        headers["webhook-id"] = str(uuid.uuid4())
    elif what == "signature":
        headers["webhook-signature"] = "v1," + base64.b64encode(bytes(32)).decode()
    elif what == "secret":
        secret = "whsec_" + base64.b64encode(bytes(32)).decode()
    else:
        del headers["webhook-signature"]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_both_secrets_sign_while_one_takes_the_others_place(hooks: Hooks) -> None:
    with receiving() as receiver:
        webhook_id = hooks.add(receiver)
        new = hooks.api.call(OPERATOR, "rotate_webhook_secret", webhook_id=webhook_id)["secret"]
        hooks.emit()
        deliver_once(hooks, receiver)
        (received,) = receiver.received
        assert verify(received, new) == verify(received, hooks.secrets[webhook_id])
        hooks.api.call(OPERATOR, "rotate_webhook_secret", webhook_id=webhook_id, overlap_seconds=0)
        hooks.emit()
        deliver_once(hooks, receiver)
        for secret in (new, hooks.secrets[webhook_id]):
            with pytest.raises(WebhookVerificationError):
                verify(receiver.received[1], secret)


# ------------------------------------------------------------------------------------ bad receivers

METADATA = "http://169.254.169.254/latest/meta-data/"


def test_every_bad_receiver_is_told_apart(hooks: Hooks, tmp_path: Path) -> None:
    context, _ = make_certificate(tmp_path)
    kinds: list[tuple[int | Callable[..., None], tuple[str, int | None, str | None]]] = [
        (200, ("delivered", 200, None)),
        (299, ("delivered", 299, None)),
        (bad.endless(200), ("delivered", 200, None)),
        (bad.dripping_body, ("delivered", 200, None)),
        (400, ("pending", 400, "status")),
        (404, ("pending", 404, "status")),
        (500, ("pending", 500, "status")),
        (bad.endless(500), ("pending", 500, "status")),
        (bad.redirecting(METADATA), ("pending", 307, "redirect")),
        (bad.hanging, ("pending", None, "timeout")),
        (bad.dripping, ("pending", None, "timeout")),
        (bad.informing, ("pending", None, "timeout")),
        (bad.gibberish, ("pending", None, "protocol")),
    ]
    expected: dict[str, tuple[str, int | None, str | None]] = {}
    with (
        receiving() as reached,
        receiving(tls=context) as unknown,
        bad_receivers([kind for kind, _ in kinds]) as receivers,
    ):
        for receiver, (_, outcome) in zip(receivers, kinds, strict=True):
            expected[hooks.add(receiver)] = outcome
        redirected = bad.redirecting(reached.url)
        with receiving(redirected) as hop, receiving() as gone:
            expected[hooks.add(hop)] = ("pending", 307, "redirect")
            inside = f"http://10.255.255.1:{gone.port}/"
            expected[hooks.add(inside)] = ("pending", None, "blocked")
            expected[hooks.add(f"http://169.254.169.254:{gone.port}/")] = (
                "pending", None, "blocked",
            )  # fmt: skip
            expected[hooks.add("http://127.0.0.1:1/")] = ("pending", None, "blocked")
            expected[hooks.add(f"http://nobody.invalid:{gone.port}/")] = ("pending", None, "name")
            expected[hooks.add(f"https://localhost:{unknown.port}/")] = ("pending", None, "tls")
            with receiving() as closed:
                expected[hooks.add(closed)] = ("pending", None, "connection")
            hooks.emit()
            everybody = (*receivers, hop, gone, unknown, closed, reached)
            deliver_once(hooks, *everybody, expected=1, arguments=("--timeout", "3"))
    assert outcomes(hooks) == expected
    assert reached.received == []
    assert unknown.received == []


@contextlib.contextmanager
def bad_receivers(kinds: list[int | Callable[..., None]]) -> Iterator[list[Receiver]]:
    """A receiver of each kind, within the block."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(receiving(kind)) for kind in kinds]


def seconds_under_way(received: Received) -> float:
    """From the event to its arrival."""
    happened = datetime.datetime.fromisoformat(received.message["timestamp"])
    return received.at - happened.timestamp()


def test_bad_receivers_delay_nobody(hooks: Hooks) -> None:
    """Twenty that hang, drip, fail or never end; one that is well waits for none of them."""
    kinds: list[int | Callable[..., None]] = [
        bad.hanging,
        bad.dripping,
        bad.informing,
        500,
        bad.endless(500),
    ] * 4
    timeout, events = 20.0, 40
    with receiving() as well, bad_receivers(kinds) as receivers:
        hooks.add(well)

        def measure() -> list[float]:
            begun = len(well.received)
            for _ in range(events):
                hooks.emit(pot_id=str(uuid.uuid4()))
            well.wait_for(lambda got: len(got) >= begun + events, seconds=timeout)
            return sorted(seconds_under_way(each) for each in well.received[begun:])

        ports = [well.port, *(each.port for each in receivers)]
        process = hooks.start(
            *("--poll", "0.1", "--timeout", str(timeout), "--concurrency", "32"), ports=ports
        )
        hooks.emit()
        well.wait_for(lambda got: len(got) == 1)
        alone = measure()
        for each in receivers:
            hooks.add(each)
        beside = measure()
        under_way = sum(1 for each in receivers if each.received)
        again = measure()
        process.kill()  # what hangs would be waited for
        process.wait(PATIENCE_SECONDS)
    print("\nseconds from event to receiver, with", len(receivers), "bad ones beside it:")
    for name, times in (("alone", alone), ("beside", beside), ("later", again)):
        print(f"  {name}: median {statistics.median(times):.3f}, worst {times[-1]:.3f}")
    assert under_way >= 10
    # Whoever waited for a bad one would have waited for as long as it may take.
    assert max(beside[-1], again[-1]) < timeout / 2


# ----------------------------------------------------------------------------- what a receiver says


def in_an_hour() -> str:
    """As HTTP says a time."""
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    return email.utils.format_datetime(at, usegmt=True)


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        (lambda: "3600", 3590, 3600),
        (in_an_hour, 3540, 3601),
        (lambda: "9" * 5000, 7190, 7200),
        (lambda: "yesterday, at noon", None, None),
    ],
)
def test_a_receiver_is_sent_nothing_before_it_says(
    hooks: Hooks, said: Callable[[], str], least: int | None, most: int | None
) -> None:
    """A minute, a date, a time beyond all measure, and what is no time."""
    with receiving(bad.asking(503, said())) as receiver:
        webhook_id = hooks.add(receiver)
        hooks.emit()
        deliver_once(hooks, receiver, expected=1)
        ((rests, waits),) = hooks.rows(
            "select extract(epoch from s.retry_at - d.last_attempt_at)::float,"
            " extract(epoch from d.next_attempt_at - d.last_attempt_at)::float"
            " from private.webhook_subscriptions as s"
            " join private.webhook_deliveries as d using (webhook_id) where webhook_id = %s",
            webhook_id,
        )
        if least is None or most is None:
            assert rests is None
            assert waits < 60
            return
        # From when it was claimed: what the attempt took is in it.
        assert least <= rests <= most + 30
        assert least <= waits <= most + 30
        hooks.emit()
        deliver_once(hooks, receiver)
        assert len(receiver.received) == 1
        with hooks.db.admin() as conn:
            conn.execute("update private.webhook_subscriptions set retry_at = now() where true")
        receiver.answer = 204
        deliver_once(hooks, receiver)
        assert len(receiver.received) == 2


def test_a_receiver_that_is_gone_is_sent_nothing_more(hooks: Hooks) -> None:
    with receiving(410) as receiver, receiving() as other:
        gone = hooks.add(receiver, events=["pot_joined"])
        hooks.add(other, events=["pot_joined"])
        hooks.emit()
        deliver_once(hooks, receiver, other, expected=1)
        assert outcomes(hooks)[gone] == ("dead", 410, "status")
        hooks.emit(3)
        deliver_once(hooks, receiver, other)
    assert len(receiver.received) == 1
    assert len(other.received) == 4
    by_id = {row["webhook_id"]: row["active"] for row in hooks.api.rows(OPERATOR, "list_webhooks")}
    assert [active for each, active in by_id.items() if each == gone] == [False]
    (told,) = [each for each in hooks.logged() if each["event"] == "delivery_dead"]
    assert (told["status"], told["webhook_id"]) == (410, gone)
    assert hooks.rows("select detail ->> 'status' from private.alerts where closed_at is null") == [
        ("410",)
    ]


# --------------------------------------------------------------------------------------- the outbox


def test_two_that_fan_out_at_once_make_each_delivery_once(hooks: Hooks) -> None:
    hooks.add("https://a.example/")
    hooks.add("https://b.example/")
    for _ in range(5):
        hooks.emit(10, pot_id=str(uuid.uuid4()))
        hooks.emit_in_vain()

    def fan_out() -> Any:
        return hooks.db.rpc("fan_out_webhooks", role="pot_webhooks")

    for _ in range(3):
        race([fan_out] * 4)
    fan_out()
    assert hooks.rows(
        "select count(*), count(distinct event_id), count(distinct webhook_id)"
        " from private.webhook_deliveries"
    ) == [(100, 50, 2)]
    assert hooks.rows("select count(*) from private.webhook_deliveries where kind = 'never'") == [
        (0,)
    ]


def test_two_that_claim_at_once_take_each_delivery_once(hooks: Hooks) -> None:
    for name in "abcd":
        hooks.add(f"https://{name}.example/")
    hooks.emit(25)
    hooks.db.rpc("fan_out_webhooks", role="pot_webhooks")

    def taken_by_all() -> int:
        statement = "select count(*) from private.webhook_deliveries where lease is not null"
        return int(hooks.rows(statement)[0][0])

    def claim() -> list[int]:
        taken: list[int] = []
        with hooks.db.connect("authenticator") as conn:
            # While another one claims there is nothing to be had.
            while taken_by_all() < 100:
                with conn.transaction():
                    conn.execute("set local role pot_webhooks")
                    rows = conn.execute(
                        "select delivery_id from public.claim_deliveries(5, 100, 60)"
                    ).fetchall()
                taken += [row[0] for row in rows]
        return taken

    taken = [each for some in race([claim] * 4) for each in some]
    assert len(taken) == len(set(taken)) == 100


def test_a_report_and_a_fan_out_at_once_leave_no_delivery_waiting_for_nothing(
    hooks: Hooks,
) -> None:
    """The next event of a pot is fanned out while the one before it is reported."""
    hooks.add("https://a.example/")
    pot_id = str(uuid.uuid4())
    for _ in range(10):
        hooks.emit(pot_id=pot_id)
        hooks.db.rpc("fan_out_webhooks", role="pot_webhooks")
        (claimed,) = hooks.api.rows(WEBHOOKS, "claim_deliveries")
        hooks.emit(pot_id=pot_id)
        report = {"delivery_id": claimed["delivery_id"], "lease": claimed["lease"], "status": 200}
        race(
            [
                lambda: hooks.db.rpc("fan_out_webhooks", role="pot_webhooks"),
                lambda report=report: hooks.db.rpc(  # type: ignore[misc]
                    "report_delivery", report, role="pot_webhooks"
                ),
            ]
        )
        hooks.db.rpc("fan_out_webhooks", role="pot_webhooks")
        (claimed,) = hooks.api.rows(WEBHOOKS, "claim_deliveries")
        hooks.api.call(
            WEBHOOKS,
            "report_delivery",
            delivery_id=claimed["delivery_id"],
            lease=claimed["lease"],
            status=200,
        )


@pytest.mark.parametrize("role", ["service_role", "pot_compliance", "authenticated", "anon"])
def test_nobody_but_the_deliverer_is_told_a_secret(hooks: Hooks, role: str) -> None:
    hooks.add("https://a.example/")
    hooks.emit()
    hooks.db.rpc("fan_out_webhooks", role="pot_webhooks")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        hooks.db.rpc("claim_deliveries", role=role)


# ------------------------------------------------------------------------------------ the commands


def pypot(hooks: Hooks, *arguments: str, expected: int = 0, columns: int = 80) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pypot_cli", *arguments, "--db", hooks.db.url()],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
        env={"PATH": os.environ["PATH"], "COLUMNS": str(columns)},
    )
    assert done.returncode == expected, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if expected == 0 else done.stderr


def test_the_commands_manage_a_webhook_from_its_making_to_its_replay(hooks: Hooks) -> None:
    with receiving() as receiver:
        here = ("--allow-network", "127.0.0.0/8", "--allow-port", str(receiver.port))
        said = pypot(
            hooks,
            *("webhooks", "add", receiver.url, "--min-prize", "5", "--description", "wins"),
            *("--allow-insecure", *here, "--json"),
        )
        made = json.loads(said)
        webhook_id = made["webhook_id"]
        (row,) = json.loads(pypot(hooks, "webhooks", "list", "--json"))
        assert (row["url"], row["events"], row["min_prize"]) == (receiver.url, ["pot_settled"], 5)
        assert "whsec_" not in json.dumps(row)
        assert webhook_id[:8] in pypot(hooks, "webhooks", "list", columns=200)

        failed = pypot(hooks, "webhooks", "test", webhook_id, "--wait", "0", expected=1)
        assert "does pypot deliver run?" in failed
        process = hooks.start("--poll", "0.1", ports=(receiver.port,))
        shown = json.loads(pypot(hooks, "webhooks", "test", webhook_id, "--json"))
        assert (shown["status"], shown["last_status"]) == ("delivered", 204)
        assert {each.message["type"] for each in receiver.received} == {"webhook_test"}
        assert verify(receiver.received[0], made["secret"])["data"] == {"webhook_id": webhook_id}
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0

        rotated = json.loads(pypot(hooks, "webhooks", "rotate", webhook_id, "--json"))
        assert rotated["secret"] != made["secret"]
        pypot(hooks, "webhooks", "update", webhook_id, "--all-events", "--min-prize", "0")
        pypot(hooks, "webhooks", "disable", webhook_id)
        hooks.emit()
        pypot(hooks, "webhooks", "enable", webhook_id)
        with hooks.db.admin() as conn:
            conn.execute("update private.settings set webhook_retry_for = '1 ms' where only_row")
        hooks.emit()
        receiver.answer = 500
        deliver_once(hooks, receiver, expected=1)
        # Of its alert it may be told within the same round, as of anything: that is dead, too.
        letters = json.loads(pypot(hooks, "webhooks", "dead", "--json"))
        assert {each["kind"] for each in letters} <= {"pot_joined", "alert_opened"}
        (dead,) = [each for each in letters if each["kind"] == "pot_joined"]
        assert (dead["kind"], dead["last_status"]) == ("pot_joined", 500)
        assert "pot_joined" in pypot(hooks, "webhooks", "dead", webhook_id, columns=200)
        replayed = json.loads(pypot(hooks, "webhooks", "replay", webhook_id, "--json"))
        assert replayed["replayed"] == len(letters)
        receiver.answer = 204
        deliver_once(hooks, receiver)
        assert json.loads(pypot(hooks, "webhooks", "dead", "--json")) == []
        again = ("webhooks", "replay", webhook_id, "--delivery", str(dead["delivery_id"]))
        pypot(hooks, *again)
        deliver_once(hooks, receiver)
        assert receiver.ids[dead["event_id"]] == 3
        delivered = pypot(hooks, "webhooks", "deliveries", "--status", "delivered", "--json")
        assert {each["event_id"] for each in json.loads(delivered)} == set(receiver.ids)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example/", "not by https"),
        ("https://127.0.0.1/", "an address inside"),
        ("https://localhost/", "an address inside"),
        ("https://hooks.example:8443/", "port 8443"),
    ],
)
def test_a_mistaken_address_is_told_at_once(hooks: Hooks, url: str, why: str) -> None:
    assert why in pypot(hooks, "webhooks", "add", url, expected=1)
    assert hooks.rows("select count(*) from private.webhook_subscriptions") == [(0,)]


def test_a_mistaken_kind_is_told_at_once(hooks: Hooks) -> None:
    kinds = ("--event", "pot_locked", "--event", "pot_setled")
    told = pypot(hooks, "webhooks", "add", "https://1.1.1.1/", *kinds, expected=1)
    assert told == "pypot: no such kind of event: pot_setled (pypot events schema)\n"
    webhook_id = hooks.add("https://hooks.example/", events=["pot_locked"])
    told = pypot(hooks, "webhooks", "update", webhook_id, *kinds, expected=1)
    assert "pot_setled" in told
    assert hooks.rows("select events from private.webhook_subscriptions") == [(["pot_locked"],)]


def test_a_metrics_port_counts_what_was_delivered(hooks: Hooks) -> None:
    with receiving() as receiver:
        hooks.add(receiver)
        hooks.start("--poll", "0.1", "--metrics-port", "0", ports=(receiver.port,))
        hooks.emit(2)
        receiver.wait_for(lambda got: len(got) == 2)
        (port,) = [each["metrics_port"] for each in hooks.logged() if each["event"] == "started"]
        # It counts once the database has its report.
        counted = 'pypot_events_total{event="delivered",service="deliver"} 2.0'
        deadline = time.monotonic() + PATIENCE_SECONDS
        while counted not in httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert [row["status"] for row in hooks.deliveries()] == ["delivered"] * 2
    assert "whsec_" not in (hooks.directory / "deliver.log").read_text()
    assert receiver.url not in (hooks.directory / "deliver.log").read_text()
