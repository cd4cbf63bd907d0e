"""Whatever kills a deliverer, and whenever: no event is lost, and none comes more than twice.

It is killed by SIGKILL before and after each of its steps, with real receivers by HTTPS and HTTP,
and at random while events go on happening. The figures are printed (pytest -s shows them).
"""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pypot_cli.steps import Step
from tests.support.clocks import clock_set
from tests.support.database import Database
from tests.support.receiver import Received, Receiver, make_certificate, receiving
from tests.support.webhooks import PATIENCE_SECONDS, Hooks, verify

WEBHOOK_STEPS = (Step.FAN_OUT, Step.CLAIM_DELIVERIES, Step.SEND_DELIVERY, Step.REPORT_DELIVERY)
MATRIX = [f"{moment} {step}" for step in WEBHOOK_STEPS for moment in ("before", "after")]
# By then every lease of a killed deliverer has ended.
LATER_SECONDS = 300.0

totals: Counter[str] = Counter()


@pytest.fixture
def hooks(db: Database, tmp_path: Path) -> Iterator[Hooks]:
    hooks = Hooks(db, tmp_path)
    yield hooks
    hooks.stop()


def tell(what: str, figures: Counter[str]) -> None:
    names = ("sent", "delivered", "duplicated", "lost")
    print(f"\n{what}: " + ", ".join(f"{name} {figures[name]}" for name in names))


def figures_of(expected: set[str], receiver: Receiver) -> Counter[str]:
    """How many events were meant for a receiver, came, came again, and never came."""
    ids = receiver.ids
    assert set(ids) <= expected, "something came that never happened"
    return Counter(
        sent=len(expected),
        delivered=len(ids),
        duplicated=sum(count - 1 for count in ids.values()),
        lost=len(expected - set(ids)),
    )


def first_arrivals(received: list[Received]) -> list[Received]:
    seen: set[str] = set()
    return [each for each in received if not (each.event_id in seen or seen.add(each.event_id))]  # type: ignore[func-returns-value]


def assert_in_order_a_pot(receiver: Receiver) -> None:
    by_pot: dict[str, list[int]] = {}
    for each in first_arrivals(receiver.received):
        data = each.message["data"]
        by_pot.setdefault(data["pot_id"], []).append(data["position"])
    for positions in by_pot.values():
        assert positions == sorted(positions)


@pytest.mark.parametrize("moment", MATRIX)
def test_a_killed_deliverer_starts_again_and_every_event_arrives(
    hooks: Hooks, tmp_path: Path, moment: str
) -> None:
    context, trust = make_certificate(tmp_path)
    with receiving(tls=context) as one, receiving(tls=context) as other:
        webhooks = {hooks.add(one): one, hooks.add(other, events=["pot_locked"]): other}
        before = set(hooks.event_ids())
        pots = [str(uuid.uuid4()) for _ in range(3)]
        for pot_id in pots:
            hooks.emit(3, pot_id=pot_id)
            hooks.emit_in_vain()
        hooks.emit(2, pot_id=pots[0], kind="pot_locked")
        happened = [each for each in hooks.event_ids() if each not in before]
        locked = {
            row[0]
            for row in hooks.rows(
                "select event_id::text from private.events where kind = 'pot_locked'"
            )
        }
        arguments = {"ports": (one.port, other.port), "trust": trust}
        killed = hooks.start("--once", crash_at=moment, **arguments)  # type: ignore[arg-type]
        assert killed.wait(PATIENCE_SECONDS) == -9
        with clock_set(hooks.db, LATER_SECONDS):
            again = hooks.start("--once", **arguments)  # type: ignore[arg-type]
            assert again.wait(PATIENCE_SECONDS) == 0

        figures = figures_of(set(happened), one) + figures_of(locked, other)
        assert figures["lost"] == 0
        assert max((one.ids + other.ids).values()) <= 4
        assert max(one.ids.values()) <= 2
        assert max(other.ids.values()) <= 2
        if moment in ("after send_delivery", "before report_delivery"):
            assert figures["duplicated"] > 0
        if moment.endswith(("fan_out", "before claim_deliveries", "before send_delivery")):
            assert figures["duplicated"] == 0
        for webhook_id, receiver in webhooks.items():
            assert_in_order_a_pot(receiver)
            for each in receiver.received:
                assert verify(each, hooks.secrets[webhook_id])["type"] == each.message["type"]
        assert {row["status"] for row in hooks.deliveries()} == {"delivered"}
        totals.update(figures)
        tell(moment, figures)


def test_deliverers_killed_at_random_lose_nothing(hooks: Hooks) -> None:
    """Three run at once; one after another is killed and replaced while events go on happening."""
    kills = 6
    with receiving() as one, receiving() as other:
        webhooks = [(hooks.add(one), one), (hooks.add(other), other)]
        before = set(hooks.event_ids())
        ports = (one.port, other.port)
        arguments = ("--poll", "0.1", "--timeout", "0.5")
        running = [hooks.start(*arguments, ports=ports) for _ in range(3)]
        pots = [str(uuid.uuid4()) for _ in range(20)]
        for number in range(kills):
            for pot_id in pots:
                hooks.emit(2, pot_id=pot_id)
            hooks.emit_in_vain()
            one.wait_for(lambda got, number=number: len(got) >= 40 * number + 5)  # type: ignore[misc]
            time.sleep(random.uniform(0, 0.3))
            victim = running.pop(0)
            victim.kill()
            assert victim.wait(PATIENCE_SECONDS) == -9
            running.append(hooks.start(*arguments, ports=ports))
        happened = set(hooks.event_ids()) - before
        for _, receiver in webhooks:
            receiver.wait_for(lambda got: {each.event_id for each in got} >= happened)
        figures: Counter[str] = Counter()
        for _, receiver in webhooks:
            figures += figures_of(happened, receiver)
            assert_in_order_a_pot(receiver)
            assert max(receiver.ids.values()) <= 1 + kills
        hooks.stop()
    assert (figures["sent"], figures["lost"]) == (2 * 40 * kills, 0)
    tell(f"{kills} kills at random", figures)


def test_a_deliverer_that_is_asked_to_stop_reports_what_is_under_way(hooks: Hooks) -> None:
    def slowly(handler: object) -> None:
        time.sleep(1.0)
        handler.send_response(204)  # type: ignore[attr-defined]
        handler.end_headers()  # type: ignore[attr-defined]

    with receiving(slowly) as receiver:
        hooks.add(receiver)
        process = hooks.start("--poll", "0.1", ports=(receiver.port,))
        hooks.emit(3)
        receiver.wait_for(lambda got: len(got) == 3)
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
        assert [row["status"] for row in hooks.deliveries()] == ["delivered"] * 3
        assert set(receiver.ids.values()) == {1}


def test_the_figures_of_all_kills_together() -> None:
    if totals:
        tell(f"{len(MATRIX)} kills, each at a step", totals)
    assert totals["lost"] == 0
