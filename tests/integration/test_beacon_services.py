"""Draws that wait for a beacon: who signs, who submits, and what is refused on the way."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pypot_cli import lock
from pypot_cli.api.settings import LOCAL_JWT_SECRET
from pypot_cli.beacon.local import LocalBeacon
from pypot_cli.beacon.rounds import RoundsInBackground
from pypot_cli.beacon.source import Source
from pypot_cli.beacon.submitter import CALLER, Submitter
from pypot_cli.fairness import draw, signing
from pypot_cli.fairness.beacon import BUILT_IN, ORDER, QUICKNET, sign_round, verify_round
from pypot_cli.game import GAME
from pypot_cli.keys import Secret, new_secret
from pypot_cli.rpc import ANON, Api, RpcError, login_url
from pypot_cli.service import Client, Log
from pypot_cli.settlement import signer
from pypot_cli.supabase_api import Project, SupabaseApi
from tests.support.api import running
from tests.support.beacon import Draws, lying, serving
from tests.support.database import Database
from tests.support.game import assert_clean
from tests.support.later import set_retries_ahead
from tests.support.lived import ORCHESTRATOR, SERVICE_ROLE, SETTLEMENT, Game

AFTER = 40.0
"""Seconds after which the round of a pot that locks now is surely given."""

ENDED = ["created", "locked", "attested", "claimed", "revealed", "settled"]


@pytest.fixture
def draws(db: Database) -> Iterator[Draws]:
    played = Game(db)
    with played.api:
        played.settlement.round()
        yield Draws(played)
        assert_clean(db)


@pytest.fixture
def url(draws: Draws) -> Iterator[str]:
    with serving(draws.beacon) as address:
        yield address


def status(draws: Draws, pot_id: str) -> str:
    found: str = draws.pot(pot_id)["status"]
    return found


def events(draws: Draws, kind: str) -> int:
    with draws.game.db.admin() as conn:
        row = conn.execute("select count(*) from private.events where kind = %s", [kind]).fetchone()
    assert row is not None
    return int(row[0])


# -------------------------------------------------------------- from lock to end


def test_a_draw_waits_for_its_beacon_and_ends_with_it(draws: Draws, url: str) -> None:
    (pot_id,) = draws.revealed()
    submitter = draws.submitter(url)
    assert submitter.round() == 0
    assert 20 < (submitter.due_in() or 0) < 34
    # The signer has nothing more to do with it, and no claim gives it out again.
    assert draws.settlement.round() == 0

    draws.set_clocks(AFTER)
    assert submitter.round() == 1
    assert draws.actions(pot_id) == ENDED
    pot = draws.pot(pot_id)
    proof = draws.game.api.call(ANON, "get_proof", pot_id=pot_id)
    beacon, digest = proof["beacon"], bytes.fromhex(proof["lock_digest"])
    signature = bytes.fromhex(beacon["signature"])
    assert verify_round(draws.chain, beacon["round"], signature)
    assert beacon["rotation"] == draw.rotation(signature, digest, 10)
    assert proof["winning_ticket"] == draw.rotated(proof["winner_index"], beacon["rotation"], 10)
    assert pot["winner"]["winning_ticket"] == proof["winning_ticket"]
    message = signing.beacon_message(digest, signature, GAME)
    key, attestation = bytes.fromhex(beacon["public_key"]), bytes.fromhex(beacon["attestation"])
    assert key == signing.public_key(draws.key.reveal())
    assert signing.verify(key, message, attestation)
    # Nothing is left to do, for anybody.
    assert [submitter.round(), draws.orchestrator.round(), submitter.refusals] == [0, 0, 0]
    assert submitter.due_in() is None


def test_many_draws_end_each_once_whoever_submits(draws: Draws, url: str) -> None:
    """Both services and a third party, each with a key of its own, at the same time."""
    pots = draws.revealed(4)
    draws.set_clocks(AFTER)
    done: list[int] = []
    begin = threading.Barrier(3)

    keys = [new_secret() for _ in range(3)]
    for key in keys:
        draws.register(key)

    def submit(caller: Any, key: Secret) -> None:
        with Api(login_url(draws.game.db.url())) as api:
            log = Log("beacon")
            client = Client(api, caller, log, threading.Event(), give_up=5)
            like = draws.submitter(url, key=key)
            one = Submitter(client, log, key, draws.chains, like._rounds, clock=draws.clock)
            begin.wait(10)
            done.append(one.round())
            assert one.refusals == 0

    callers = (ORCHESTRATOR, SETTLEMENT, CALLER)
    threads = [
        threading.Thread(target=submit, args=each) for each in zip(callers, keys, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(done) == 3
    assert sum(done) >= len(pots)
    assert [draws.actions(pot_id) for pot_id in pots] == [ENDED] * len(pots)


def test_a_third_party_submits_over_the_api(draws: Draws, url: str) -> None:
    (pot_id,) = draws.revealed()
    draws.set_clocks(AFTER)
    with running(draws.game.db) as api:
        project = Project(api.url, "sb_publishable_a_test", LOCAL_JWT_SECRET)
        with SupabaseApi(project) as calls:
            log = Log("beacon")
            client = Client(calls, CALLER, log, threading.Event(), give_up=5)
            rounds = draws.submitter(url)._rounds
            one = Submitter(client, log, draws.key, draws.chains, rounds, clock=draws.clock)
            assert (one.round(), one.refusals) == (1, 0)
    assert status(draws, pot_id) == "settled"


def test_a_submitter_ends_a_draw_once_its_key_is_registered(
    draws: Draws, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pot_id,) = draws.revealed()
    draws.set_clocks(AFTER)
    key = new_secret()
    late = draws.submitter(url, key=key)
    assert (late.round(), late.refusals) == (0, 1)
    assert (late.round(), late.refusals) == (0, 1)
    draws.register(key)
    set_retries_ahead(monkeypatch, 5)
    assert (late.round(), late.refusals) == (1, 1)
    assert status(draws, pot_id) == "settled"
    assert events(draws, "beacon_rejected") == 1


def test_a_rotated_key_strands_no_draw(draws: Draws, url: str) -> None:
    first, second = draws.revealed(2)
    draws.set_clocks(AFTER)
    new = new_secret()
    draws.register(new)
    draws.game.api.call(SERVICE_ROLE, "revoke_signing_key", kid=draws.kid, reason="rotated")
    old = draws.submitter(url)
    assert (old.round(), old.refusals) == (0, 2)
    assert {status(draws, first), status(draws, second)} == {"settling"}
    assert draws.submitter(url, key=new).round() == 2


def test_a_signer_that_died_with_a_claim_leaves_another_one_time_for_the_reveal(
    draws: Draws,
) -> None:
    pot_id = draws.full()
    draws.orchestrator.round()
    dead, other = (
        draws.game.make_settlement(chains=draws.chains, clock=draws.clock, caller=signer())
        for _ in range(2)
    )
    assert dead._claim(pot_id=pot_id) is not None
    assert other.round() == 0
    # Half of the 24 to 27 seconds that the reveal has.
    draws.set_clocks(14.0)
    assert other.round() == 1
    assert draws.pot(pot_id)["fairness"]["reveal_seed"] is not None
    assert draws.actions(pot_id).count("claimed") == 2


# ----------------------------------------------------------------- who may sign


def test_nobody_signs_a_lock_on_a_beacon_that_they_do_not_trust(draws: Draws, url: str) -> None:
    pot_id = draws.full()
    assert draws.game.orchestrator.round() > 0
    assert (draws.game.orchestrator.refusals, draws.actions(pot_id)[-1]) == (1, "locked")
    draws.orchestrator.round()
    assert draws.actions(pot_id)[-1] == "attested"
    stranger = draws.game.make_settlement(clock=draws.clock)
    assert (stranger.round(), stranger.refusals) == (0, 1)
    assert draws.pot(pot_id)["fairness"]["reveal_seed"] is None
    # Nor does who trusts no such beacon hand one in.
    draws.settlement.round()
    draws.set_clocks(AFTER)
    submitter = draws.submitter(url, chains=BUILT_IN)
    assert (submitter.round(), submitter.refusals) == (0, 1)
    assert submitter.round() == 0
    assert submitter.refusals == 1
    assert draws.submitter(url).round() == 1


def test_nobody_signs_when_by_their_own_clock_the_round_is_about_to_be_known(draws: Draws) -> None:
    """Whoever sets the database's clock back, and knows the beacon, moves neither party."""
    draws.clock.ahead = 28.0
    pot_id = draws.full()
    assert draws.orchestrator.round() > 0
    assert (draws.orchestrator.refusals, draws.actions(pot_id)[-1]) == (1, "locked")
    draws.clock.ahead = 0.0
    again = draws.game.make_orchestrator(chains=draws.chains, clock=draws.clock)
    again.round()
    assert draws.actions(pot_id)[-1] == "attested"
    draws.clock.ahead = 28.0
    assert (draws.settlement.round(), draws.settlement.refusals) == (0, 1)
    assert draws.pot(pot_id)["fairness"]["reveal_seed"] is None
    # Nobody revealed in time, so everybody has their credits back.
    draws.set_clocks(AFTER)
    draws.orchestrator.round()
    assert draws.pot(pot_id)["status"] == "cancelled"


def test_a_seed_whose_sending_failed_is_not_sent_again_too_late(draws: Draws) -> None:
    """Whoever keeps the signer waiting until the beacon is known does not get the seed then."""
    pot_id = draws.full()
    draws.orchestrator.round()
    number = draws.pot(pot_id)["fairness"]["beacon"]["round"]
    last_moment = draws.chain.round_time(number) / 1e6 - 6.0
    draws.clock.ahead = last_moment - 1.0 - time.time()
    claim = draws.settlement._claim()
    assert claim is not None
    with draws.game.db.admin() as conn, conn.transaction():
        conn.execute("select from public.pots where id = %s for update", [pot_id])
        revealing = threading.Thread(target=draws.settlement._reveal, args=(claim,))
        revealing.start()
        revealing.join(1.5)
        cut_off = conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'"
        ).fetchall()
    assert len(cut_off) == 1
    revealing.join()
    assert draws.pot(pot_id)["fairness"]["reveal_seed"] is None
    assert draws.settlement.refusals == 1


def test_nobody_signs_a_lock_on_another_round_than_its_time_gives(draws: Draws) -> None:
    pot_id = draws.full()
    draws.game.api.call(ORCHESTRATOR, "lock_pot", pot_id=pot_id)
    draws.orchestrator._attest(pot_id)
    with draws.game.db.admin() as conn:
        conn.execute("alter table private.pot_states disable trigger all")
        conn.execute(
            "update private.pot_states set beacon_round = beacon_round + 1 where pot_id = %s",
            [pot_id],
        )
    other = draws.game.make_orchestrator(chains=draws.chains, clock=draws.clock)
    stated = lock.stated_by_pot(draws.pot(pot_id))
    said = lock.differences(
        stated, other._client.lock_entries(pot_id), draws.chains, now=int(draws.clock() * 1e6)
    )
    assert any("round must be" in each for each in said)
    assert (draws.settlement.round(), draws.settlement.refusals) == (0, 1)
    with draws.game.db.admin() as conn:
        conn.execute(
            "update private.pot_states set beacon_round = beacon_round - 1 where pot_id = %s",
            [pot_id],
        )
        conn.execute("alter table private.pot_states enable trigger all")
    draws.settlement = draws.game.make_settlement(chains=draws.chains, clock=draws.clock)
    assert draws.settlement.round() == 1


# --------------------------------------------------------------- false beacons


def test_what_lying_endpoints_say_ends_no_draw(draws: Draws, url: str) -> None:
    (pot_id,) = draws.revealed()
    number = draws.pot(pot_id)["fairness"]["beacon"]["round"]
    draws.set_clocks(AFTER)
    true = draws.beacon.signature(number)
    earlier = draws.beacon.signature(number - 1)
    stranger = LocalBeacon(new_secret(), clock=draws.clock).signature(number)
    assert true
    assert earlier
    assert stranger
    submitter = draws.submitter()
    with lying() as liar:
        said: list[tuple[int, str]] = [
            (number, earlier.hex()),  # replayed as if it were this one
            (number - 1, earlier.hex()),
            (number, stranger.hex()),  # of another chain
            (number, sign_round(ORDER - 1, number).hex()),
            (number, bytes([true[0] ^ 0x20, *true[1:]]).hex()),  # the negated point
            (number, (true + b"\0").hex()),
            (number, "c0" + "00" * 47),
        ]
        for shown, signature in said:
            body = json.dumps({"round": shown, "signature": signature}).encode()
            liar.body = lambda _, body=body: body  # type: ignore[misc]
            submitter = draws.submitter(liar.url)
            assert (submitter.round(), submitter.refusals) == (0, 1)
        assert len(liar.asked) == len(said)
        assert status(draws, pot_id) == "settling"
        assert events(draws, "beacon_rejected") == 0
        # One honest endpoint behind the liar is enough.
        assert draws.submitter(liar.url, url).round() == 1


def test_the_database_refuses_what_is_early_or_false_or_second(draws: Draws) -> None:
    (pot_id,) = draws.revealed()
    pot = draws.pot(pot_id)["fairness"]
    digest, number = bytes.fromhex(pot["lock_digest"]), pot["beacon"]["round"]

    def submit(signature: bytes, key: Any = draws.key) -> dict[str, Any]:
        message = signing.beacon_message(digest, signature, GAME)
        answer: dict[str, Any] = draws.game.api.call(
            CALLER,
            "submit_beacon",
            pot_id=pot_id,
            beacon_signature=signature.hex(),
            attestation=signing.sign(key.reveal(), message).hex(),
        )
        return answer

    private_key = draws.beacon._private_key()
    right, wrong = sign_round(private_key, number), sign_round(private_key, number + 1)
    # The operator of a chain of one's own knows it before its time; nobody takes it.
    with pytest.raises(RpcError, match="wrong_state") as early:
        submit(right)
    assert "not been given" in early.value.details["reason"]
    draws.set_clocks(AFTER)
    with pytest.raises(RpcError, match="invalid_signature"):
        submit(right, new_secret())
    assert events(draws, "beacon_rejected") == 1
    with pytest.raises(RpcError, match="invalid_argument"):
        submit(b"\0" * 48)
    first = submit(right)
    assert submit(right) == first
    with pytest.raises(RpcError, match="wrong_state"):
        submit(wrong)
    assert draws.actions(pot_id) == ENDED


def test_early_by_the_databases_clock_is_tried_again(draws: Draws, url: str) -> None:
    (pot_id,) = draws.revealed()
    draws.clock.ahead = AFTER
    submitter = draws.submitter(url)
    assert (submitter.round(), submitter.refusals) == (0, 0)
    assert status(draws, pot_id) == "settling"
    draws.set_clocks(AFTER)
    assert submitter.round() == 1


# -------------------------------------------------------------------- an outage


def test_an_outage_is_waited_for_alerted_and_never_cancelled(draws: Draws) -> None:
    (pot_id,) = draws.revealed()
    with serving(draws.beacon) as url:
        port = int(url.rpartition(":")[2])
    told: list[str] = []
    woken = threading.Event()
    with RoundsInBackground(Source([url], Log("beacon")), draws.clock) as rounds:
        rounds.start(woken.set, Log("beacon", told.append))
        submitter = draws.submitter(rounds=rounds)
        draws.set_clocks(3600.0)
        for _ in range(3):
            assert (submitter.round(), submitter.refusals) == (0, 0)
            draws.orchestrator.round()
        deadline = time.monotonic() + 20
        while "beacon_unavailable" not in told:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        pot = draws.pot(pot_id)
        assert (pot["status"], pot["winner"]) == ("settling", None)
        with draws.game.db.admin() as conn:
            alerts = conn.execute(
                "select kind from private.alerts where closed_at is null and pot_id = %s", [pot_id]
            ).fetchall()
        assert ("beacon_late",) in alerts
        with serving(draws.beacon, port):
            assert woken.wait(60)
            assert submitter.round() == 1
    assert draws.actions(pot_id) == ENDED


def test_quicknet_is_what_a_pot_is_opened_on_unless_told_otherwise(db: Database) -> None:
    game = Game(db)
    with game.api:
        game.settlement.round()
        pot_id = game.pot(draw_version=2)
        rules = json.loads(game.api.call(ANON, "get_pot", pot_id=pot_id)["fairness"]["rules_text"])
    assert rules["beacon_chain_hash"] == QUICKNET.hash.hex()
