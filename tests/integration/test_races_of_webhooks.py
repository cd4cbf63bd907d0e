"""Who changes a webhook or its deliveries waits for whoever is at it, and sees what came of it."""

import uuid

from tests.support.game import Game, Pending


def test_who_changes_a_webhook_at_once_with_another_undoes_nothing_of_it(game: Game) -> None:
    one, two = (game.caller("service_role") for _ in range(2))
    hook = one.call("create_webhook", url="https://one.example/", events=["live_drop"])
    given = {"webhook_id": hook["webhook_id"]}

    with one.request() as call:
        call("update_webhook", **given, url="https://two.example/")
        pending = Pending(lambda: two.call("update_webhook", **given, description="theirs"))
        game.wait_until_blocked(two, by=one)

    assert isinstance(pending.result(), dict)
    assert game.rows("select url, description from private.webhook_subscriptions") == [
        ("https://two.example/", "theirs")
    ]


def test_an_event_does_not_wait_for_one_of_its_pot_that_is_being_delivered_at_that_moment(
    game: Game,
) -> None:
    """What makes deliveries waits for the report, or the second would wait for what has ended."""
    fans, reporter = (game.caller("pot_webhooks") for _ in range(2))
    pot_id = str(uuid.uuid4())

    def emit(kind: str) -> None:
        with game.db.admin() as conn:
            conn.execute("select private.log_event(%s, %s, '{}')", (kind, pot_id))

    game.service.call(
        "create_webhook", url="https://one.example/", events=["test_first", "test_second"]
    )
    emit("test_first")
    fans.call("fan_out_webhooks")
    (claimed,) = reporter.call("claim_deliveries")
    given = {"delivery_id": claimed["delivery_id"], "lease": claimed["lease"], "status": 200}
    emit("test_second")

    with reporter.request() as call:
        call("report_delivery", **given)
        pending = Pending(lambda: fans.call("fan_out_webhooks"))
        game.wait_until_blocked(fans, by=reporter)

    assert pending.result()["deliveries"] == 1
    assert [each["kind"] for each in reporter.call("claim_deliveries")] == ["test_second"]
