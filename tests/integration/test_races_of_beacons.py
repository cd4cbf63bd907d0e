"""Beacons at once with each other, or with what would end their pot: one settlement."""

import time
import uuid
from collections.abc import Iterator
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pypot_cli.beacon.local import LocalBeacon
from pypot_cli.fairness.beacon import QUICKNET
from pypot_cli.keys import new_secret
from tests.support.database import Database
from tests.support.game import (
    Game,
    Json,
    Pending,
    Player,
    Refusal,
    answers,
    public_hex,
    race,
    refusals,
)

WRONG_STATE = "wrong_state"
INVALID_SIGNATURE = "invalid_signature"


class Beaconed:
    """A game that draws by a beacon of its own, with two keys that may attest its rounds."""

    def __init__(self, game: Game) -> None:
        self.game = game
        # The rounds of the next hour: tests set the database's clock ahead, not ours.
        self.beacon = LocalBeacon(new_secret(), clock=lambda: time.time() + 3600)
        chain = self.beacon.chain
        game.service.call(
            "register_beacon_chain",
            chain_hash=chain.hash.hex(),
            public_key=chain.public_key.hex(),
            scheme=chain.scheme,
            genesis_time=chain.genesis_time,
            period_seconds=chain.period,
        )
        game.service.call("use_beacon_chain", chain_hash=chain.hash.hex())
        self.keys = [Ed25519PrivateKey.generate() for _ in range(2)]
        for key in self.keys:
            game.service.call("register_signing_key", purpose="beacon", public_key=public_hex(key))

    def settling(self) -> tuple[str, list[Player]]:
        """A full pot of draw 2, claimed, of three players who had 100 credits each."""
        pot_id = self.game.pot(max_tickets=3, draw_version=2)
        players = self.game.players(3, funds=100)
        for player in players:
            player.join(pot_id)
        self.game.to_settling(pot_id)
        return pot_id, players

    def revealed(self) -> tuple[str, list[Player]]:
        """The same, revealed, its round given."""
        pot_id, players = self.settling()
        self.game.reveal(pot_id)
        self.game.pass_time(60)
        return pot_id, players

    def arguments(self, pot_id: str, key: int = 0, signature: bytes | None = None) -> Json:
        """The arguments of a valid beacon, attested by one of the keys."""
        if signature is None:
            number = self.game.value(
                "select beacon_round from private.pot_states where pot_id = %s", pot_id
            )
            signature = self.beacon.signature(number)
        assert signature is not None
        message = b"pots/beacon/v1\0" + self.game.lock_digest(pot_id) + signature
        return {
            "pot_id": pot_id,
            "beacon_signature": signature.hex(),
            "attestation": self.keys[key].sign(message).hex(),
        }

    def assert_settled_once(self, pot_id: str, players: list[Player]) -> None:
        """One reveal, one settlement, one payout of the whole pot."""
        assert self.game.actions(pot_id)[-2:] == ["revealed", "settled"]
        assert sorted(player.balance() for player in players) == [90, 90, 120]
        assert (
            self.game.value("select count(*) from private.beacons where pot_id = %s", pot_id) == 1
        )


@pytest.fixture
def beaconed(game: Game) -> Beaconed:
    return Beaconed(game)


@pytest.fixture
def unchecked(db: Database) -> Iterator[Beaconed]:
    """Without `pypot check` at the end, which finds a round that nobody gave."""
    play = Game(db)
    yield Beaconed(play)
    play.close()


def test_of_two_that_choose_a_chain_at_once_the_last_one_s_is_used(beaconed: Beaconed) -> None:
    game = beaconed.game
    one, two = (game.caller("service_role") for _ in range(2))
    before = beaconed.beacon.chain.hash.hex()
    chosen = QUICKNET.hash.hex()

    with one.request() as call:
        call("use_beacon_chain", chain_hash=chosen)
        pending = Pending(lambda: two.call("use_beacon_chain", chain_hash=before))
        game.wait_until_blocked(two, by=one)

    assert pending.result() == {"chain_hash": before}
    assert game.value("select beacon_chain_hash from private.settings") == before
    changes = game.rows(
        "select data ->> 'before', data ->> 'chain_hash' from private.events"
        " where kind = 'beacon_chain_used' order by id desc limit 2"
    )
    assert changes == [(chosen, before), (before, chosen)]


def test_submitters_at_once_get_one_settlement_and_the_same_answer(beaconed: Beaconed) -> None:
    pot_id, players = beaconed.revealed()
    callers = [
        beaconed.game.caller(role)
        for role in ("pot_beacon", "pot_orchestrator", "pot_settlement") * 3
    ]
    both = [beaconed.arguments(pot_id, key) for key in (0, 1)]

    outcomes = race(
        [
            partial(caller.call, "submit_beacon", **both[number % 2])
            for number, caller in enumerate(callers)
        ]
    )

    assert outcomes[0]["status"] == "settled"
    assert all(outcome == outcomes[0] for outcome in outcomes)
    beaconed.assert_settled_once(pot_id, players)


def test_of_two_signatures_at_once_the_first_settles_and_the_other_is_refused(
    unchecked: Beaconed,
) -> None:
    pot_id, players = unchecked.revealed()
    true, false = unchecked.arguments(pot_id), unchecked.arguments(pot_id, 1, b"\x80" + bytes(47))
    callers = [unchecked.game.caller("pot_beacon") for _ in range(6)]

    outcomes = race(
        [
            partial(caller.attempt, "submit_beacon", **(true, false)[number % 2])
            for number, caller in enumerate(callers)
        ]
    )

    settled = answers(outcomes)
    assert len(settled) == 3
    assert all(answer == settled[0] for answer in settled)
    assert len(refusals(outcomes, WRONG_STATE)) == 3
    unchecked.assert_settled_once(pot_id, players)


def test_a_submitter_that_waited_for_another_gets_its_answer(beaconed: Beaconed) -> None:
    pot_id, players = beaconed.revealed()
    first, second = (beaconed.game.caller("pot_beacon") for _ in range(2))
    arguments = beaconed.arguments(pot_id)

    with first.request() as call:
        answer = call("submit_beacon", **arguments)
        pending = Pending(partial(second.call, "submit_beacon", **arguments))
        beaconed.game.wait_until_blocked(second, by=first)

    assert pending.result() == answer
    beaconed.assert_settled_once(pot_id, players)


def test_a_submitters_first_act_takes_its_pseudonym_before_the_winners_wallet(
    beaconed: Beaconed,
) -> None:
    """Or whoever, as the first act in another office, has it and wants the wallet, deadlocks."""
    game = beaconed.game
    pot_id, elsewhere = game.pot(max_tickets=1, draw_version=2), game.pot()
    winner = game.player(funds=100)
    winner.join(pot_id)
    game.to_settling(pot_id)
    game.reveal(pot_id)
    game.pass_time(60)
    claims = {"sub": str(uuid.uuid4())}
    submitter, treasurer = (game.caller(role, claims) for role in ("pot_beacon", "pot_treasury"))

    with winner.request() as call:
        call("join_pot", pot_id=elsewhere, ticket_count=1)
        submission = Pending(partial(submitter.call, "submit_beacon", **beaconed.arguments(pot_id)))
        game.wait_until_blocked(submitter, by=winner)
        grant = Pending(
            lambda: treasurer.call(
                "grant_credits",
                user_id=winner.user_id,
                amount=1,
                reason="a test",
                idempotency_key="k",
            )
        )
        game.wait_until_blocked(treasurer)

    assert submission.result()["prize"] == 10
    assert grant.result()["amount"] == 1
    assert game.deadlocks() == 0


def test_a_void_and_a_run_due_beside_a_beacon_change_nothing(beaconed: Beaconed) -> None:
    game = beaconed.game
    pot_id, players = beaconed.revealed()
    game.pass_time(3600)
    submitter = game.caller("pot_beacon")

    with submitter.request() as call:
        call("submit_beacon", **beaconed.arguments(pot_id))
        # Its row is held, so run_due goes past it.
        assert game.orchestrator.call("run_due") is None
        pending = Pending(partial(game.compliance.call, "void_pot", pot_id=pot_id, reason="a test"))
        game.wait_until_blocked(game.compliance, by=submitter)

    assert pending.result() == Refusal(
        "PT409", WRONG_STATE, {"status": "settled", "reason": "ended"}
    )
    beaconed.assert_settled_once(pot_id, players)


def test_beacons_voids_and_run_due_all_at_once_end_in_one_settlement(beaconed: Beaconed) -> None:
    game = beaconed.game
    pot_id, players = beaconed.revealed()
    # Both alerts are due as well, and reveal_timeout is long over.
    game.pass_time(3600)
    arguments = beaconed.arguments(pot_id)
    works = {
        "beacon": [
            partial(game.caller("pot_beacon").attempt, "submit_beacon", **arguments)
            for _ in range(3)
        ],
        "run_due": [partial(game.caller("pot_orchestrator").attempt, "run_due") for _ in range(3)],
        "void": [
            partial(
                game.caller("pot_compliance", {"sub": str(uuid.uuid4())}).attempt,
                "void_pot",
                pot_id=pot_id,
                reason="a test",
            )
            for _ in range(3)
        ],
    }

    outcomes = race([work for each in works.values() for work in each])

    assert [outcome["status"] for outcome in outcomes[:3]] == ["settled"] * 3
    assert {due["task"] for due in outcomes[3:6] if due} <= {"alert", "none"}
    assert len(refusals(outcomes[6:], WRONG_STATE)) == 3
    assert game.rows("select kind from private.alerts where closed_at is null") == []
    beaconed.assert_settled_once(pot_id, players)


def test_a_reveal_that_waited_for_the_refund_of_its_pot_changes_nothing(
    beaconed: Beaconed,
) -> None:
    game = beaconed.game
    pot_id, players = beaconed.settling()
    reveal = game.reveal_arguments(pot_id)
    game.pass_time(60)

    with game.orchestrator.request() as call:
        assert call("run_due")["task"] == "refund"
        pending = Pending(partial(game.signer.call, "reveal_pot", **reveal))
        game.wait_until_blocked(game.signer, by=game.orchestrator)

    assert pending.result() == Refusal("PT409", WRONG_STATE, {"status": "cancelled"})
    assert [player.balance() for player in players] == [100] * 3
    assert "revealed" not in game.actions(pot_id)


def test_a_revoked_key_is_refused_by_a_submission_that_waited_for_the_revocation(
    beaconed: Beaconed,
) -> None:
    game = beaconed.game
    pot_id, players = beaconed.revealed()
    kid = game.value(
        "select kid from private.signing_keys where public_key = %s", public_hex(beaconed.keys[0])
    )
    submitter = game.caller("pot_beacon")

    with game.service.request() as call:
        call("revoke_signing_key", kid=kid, reason="a test")
        pending = Pending(partial(submitter.call, "submit_beacon", **beaconed.arguments(pot_id)))
        game.wait_until_blocked(submitter, by=game.service)

    assert pending.result().token == INVALID_SIGNATURE
    submitter.call("submit_beacon", **beaconed.arguments(pot_id, 1))
    beaconed.assert_settled_once(pot_id, players)
