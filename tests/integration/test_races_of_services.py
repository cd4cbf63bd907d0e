"""Two orchestrators, two signers, two officers at once: one effect, one chain, one payout."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.support.game import Caller, Game, Pending, Player, Refusal, answers, race, refusals

WRONG_STATE = "wrong_state"
IDLE = ("alert", "none")


def full_pot(game: Game, players: int = 3) -> tuple[str, list[Player]]:
    """A pot of 10 credits a ticket, one ticket each of players who had 100."""
    pot_id = game.pot(max_tickets=players)
    joined = game.players(players, funds=100)
    for player in joined:
        player.join(pot_id)
    return pot_id, joined


def settling_pot(game: Game) -> tuple[str, list[Player]]:
    """The same, claimed."""
    pot_id, players = full_pot(game)
    game.to_settling(pot_id)
    return pot_id, players


def total(players: list[Player]) -> int:
    """Credits in the players' wallets."""
    return sum(player.balance() for player in players)


def assert_one_line(game: Game, pot_id: str) -> None:
    """The pot's chain counts up from 1 and each row follows the one before."""
    chain = game.service_rows("get_audit_chain", pot_id=pot_id)
    assert [row["seq"] for row in chain] == list(range(1, len(chain) + 1))
    before = ["0" * 64, *(row["row_hash"] for row in chain)]
    assert [row["prev_hash"] for row in chain] == before[:-1]


# ------------------------------------------------------------------- orchestrators


def test_orchestrators_that_lock_one_pot_at_once_get_one_lock(game: Game) -> None:
    pot_id, _ = full_pot(game)
    orchestrators = [game.caller("pot_orchestrator") for _ in range(8)]

    outcomes = race([partial(o.call, "lock_pot", pot_id=pot_id) for o in orchestrators])

    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert game.actions(pot_id) == ["created", "locked"]


def test_orchestrators_that_run_what_is_due_at_once_do_each_thing_once(game: Game) -> None:
    due = {full_pot(game)[0] for _ in range(6)}
    orchestrators = [game.caller("pot_orchestrator") for _ in range(4)]

    def until_nothing_is_due(orchestrator: Caller) -> list[tuple[str, str]]:
        done = []
        while (task := orchestrator.call("run_due")) is not None:
            # none: another had locked or scanned it by the time that this one got to it.
            if task["task"] != "none":
                done.append((task["task"], task["pot_id"]))
        return done

    outcomes = race([partial(until_nothing_is_due, o) for o in orchestrators])

    done = [task for outcome in outcomes for task in outcome]
    assert sorted(done) == sorted((task, pot_id) for task in ("lock", "scan") for pot_id in due)
    for pot_id in due:
        assert game.actions(pot_id) == ["created", "locked"]


def test_run_due_holds_the_row_of_one_pot_and_of_no_other(game: Game) -> None:
    due = [full_pot(game)[0] for _ in range(3)]
    idle = game.pot()
    game.player(funds=100).join(idle)
    game.pass_time(1)

    with game.orchestrator.request() as call:
        did = call("run_due")["pot_id"]
        free = game.rows("select id::text from public.pots for update skip locked")

    assert did in due
    assert {row[0] for row in free} == {*due, idle} - {did}


def test_run_due_says_none_of_a_pot_that_another_locked_meanwhile(game: Game) -> None:
    """The other has it between the search and the lock: held up there by an advisory lock."""
    pot_id, _ = full_pot(game)
    later, _ = full_pot(game)
    with game.db.admin() as conn:
        # What run_due asks before it locks a row, delayed until the test lets it go.
        (source,) = conn.execute(
            "select pg_get_functiondef('private.due_task'::regproc)"
        ).fetchone() or ("",)
        conn.execute(
            source.replace(
                "\nbegin\n", "\nbegin\n    perform pg_advisory_xact_lock_shared(424242);\n", 1
            ).encode()
        )
    other = game.caller("pot_orchestrator")

    with game.db.admin(autocommit=False) as gate:
        gate.execute("select pg_advisory_xact_lock(424242)")
        pending = Pending(lambda: other.call("run_due"))
        game.wait_until_blocked(other)
        game.lock(pot_id)
        gate.rollback()

    # Its search saw the pot as it was, full and open.
    assert pending.result() == {"pot_id": pot_id, "task": "none", "result": None}
    assert game.status(later) == "open"


def test_run_due_goes_past_a_pot_that_somebody_holds(game: Game) -> None:
    held, _ = full_pot(game)
    free, _ = full_pot(game)
    other = game.caller("pot_orchestrator")

    with game.orchestrator.request() as call:
        call("lock_pot", pot_id=held)
        did = [Pending(lambda: other.call("run_due")).result() for _ in range(3)]

    assert [(each["pot_id"], each["task"]) for each in did[:2]] == [(free, "lock"), (free, "scan")]
    assert did[2] is None


def test_orchestrators_that_attest_at_once_store_one_signature(game: Game) -> None:
    pot_id, _ = full_pot(game)
    game.lock(pot_id)
    signature = game.orchestrator_key.sign(
        b"pots/orchestrator/v1\0" + game.lock_digest(pot_id)
    ).hex()
    orchestrators = [game.caller("pot_orchestrator") for _ in range(6)]

    outcomes = race(
        [
            partial(o.call, "attest_lock", pot_id=pot_id, orchestrator_signature=signature)
            for o in orchestrators
        ]
    )

    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert game.actions(pot_id) == ["created", "locked", "attested"]


def test_rotations_at_once_open_the_template_s_pots_once(game: Game) -> None:
    game.stock(20)
    for name, open_pots in (("small", 2), ("large", 3)):
        game.orchestrator.call(
            "upsert_pot_template",
            name=name,
            entry_cost=10,
            max_tickets=10,
            max_per_user=2,
            open_pots=open_pots,
        )
    orchestrators = [game.caller("pot_orchestrator") for _ in range(8)]

    outcomes = race([partial(o.call, "rotate_pots") for o in orchestrators])

    opened = [pot_id for outcome in outcomes for pot_id in outcome["opened"]]
    assert len(opened) == len(set(opened)) == 5
    assert game.value("select count(*) from public.pots") == 5
    assert [outcome["short"] for outcome in outcomes] == [0] * 8


def test_pots_opened_at_once_each_get_a_commitment_of_their_own(game: Game) -> None:
    game.stock(12)
    orchestrators = [game.caller("pot_orchestrator") for _ in range(16)]

    outcomes = race(
        [
            partial(o.attempt, "create_pot", entry_cost=1, max_tickets=2, max_per_user=1)
            for o in orchestrators
        ]
    )

    opened = [answer["pot_id"] for answer in answers(outcomes)]
    assert len(opened) == len(set(opened)) == 12
    assert len(refusals(outcomes, WRONG_STATE)) == 4


def test_one_pot_opened_many_times_at_once_is_opened_once(game: Game) -> None:
    (pot_id,) = game.stock(1)
    orchestrators = [game.caller("pot_orchestrator") for _ in range(8)]
    terms = {"entry_cost": 1, "max_tickets": 2, "max_per_user": 1, "pot_id": pot_id}

    outcomes = race([partial(o.call, "create_pot", **terms) for o in orchestrators])

    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert game.actions(pot_id) == ["created"]


def test_one_hash_committed_to_two_pots_at_once_is_taken_once(game: Game) -> None:
    signers = [game.caller("pot_settlement") for _ in range(8)]

    outcomes = race(
        [
            partial(
                s.attempt,
                "add_commitments",
                commitments=[{"pot_id": str(uuid.uuid4()), "commit_hash": "ab" * 32}],
            )
            for s in signers
        ]
    )

    assert len(answers(outcomes)) == 1
    assert len(refusals(outcomes, "commit_reused")) == 7


# ------------------------------------------------------------------------- signers


def test_two_signers_that_ask_for_work_at_once_never_get_one_pot(game: Game) -> None:
    pots = set()
    for _ in range(3):
        pot_id, _ = full_pot(game)
        game.lock(pot_id)
        game.attest(pot_id)
        pots.add(pot_id)
    signers = [game.caller("pot_settlement", {"sub": str(uuid.uuid4())}) for _ in range(8)]

    outcomes = race([partial(s.call, "claim_settlement") for s in signers])

    claimed = [answer["pot_id"] for answer in outcomes if answer is not None]
    assert len(claimed) == len(set(claimed))
    # A pot that another signer's claim was holding is passed over, not waited for.
    rest = [game.caller("pot_settlement", {"sub": str(uuid.uuid4())}) for _ in range(3)]
    claimed += [answer["pot_id"] for s in rest if (answer := s.call("claim_settlement"))]
    assert sorted(claimed) == sorted(pots)


def test_signers_that_claim_one_named_pot_at_once_leave_it_to_one(game: Game) -> None:
    pot_id, _ = full_pot(game)
    game.lock(pot_id)
    game.attest(pot_id)
    signers = [game.caller("pot_settlement", {"sub": str(uuid.uuid4())}) for _ in range(6)]

    outcomes = race([partial(s.attempt, "claim_settlement", pot_id=pot_id) for s in signers])

    assert len(answers(outcomes)) == 1
    assert len(refusals(outcomes, WRONG_STATE)) == 5
    assert game.actions(pot_id).count("claimed") == 1


def test_reveals_at_once_pay_once_and_all_get_the_first_answer(game: Game) -> None:
    pot_id, players = settling_pot(game)
    signers = [game.caller("pot_settlement") for _ in range(8)]
    reveal = game.reveal_arguments(pot_id)

    outcomes = race([partial(s.call, "reveal_pot", **reveal) for s in signers])

    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert outcomes[0]["prize"] == 30
    assert total(players) == 300
    assert game.actions(pot_id)[-2:] == ["revealed", "settled"]
    assert game.actions(pot_id).count("settled") == 1


def test_a_reveal_beside_rejected_ones_settles_and_keeps_one_chain(game: Game) -> None:
    pot_id, players = settling_pot(game)
    signers = [game.caller("pot_settlement") for _ in range(9)]
    reveal = game.reveal_arguments(pot_id)
    forged = {**reveal, "settlement_signature": "00" * 64}
    wrong = {**reveal, "reveal_seed": "11" * 32}
    attempts = [reveal, *[forged] * 4, *[wrong] * 4]

    outcomes = race(
        [partial(s.attempt, "reveal_pot", **a) for s, a in zip(signers, attempts, strict=True)]
    )

    assert outcomes[0]["prize"] == 30
    # A forged signature beside the right seed that comes after the settlement is a repeated call.
    for outcome in outcomes[1:5]:
        assert outcome in (Refusal("PT422", "invalid_signature"), outcomes[0])
    for outcome in outcomes[5:]:
        assert isinstance(outcome, Refusal)
        assert outcome.token in ("reveal_mismatch", WRONG_STATE)
    rejected = refusals(outcomes, "invalid_signature") + refusals(outcomes, "reveal_mismatch")
    assert game.actions(pot_id).count("reveal_rejected") == len(rejected)
    assert_one_line(game, pot_id)
    assert total(players) == 300


def test_one_player_who_wins_two_pots_at_once_gets_both_prizes(game: Game) -> None:
    player = game.player(funds=100)
    pots = [game.pot(max_tickets=1) for _ in range(4)]
    for pot_id in pots:
        player.join(pot_id)
        game.to_settling(pot_id)
    signers = [game.caller("pot_settlement") for _ in pots]
    reveals = [game.reveal_arguments(pot_id) for pot_id in pots]

    outcomes = race(
        [partial(s.call, "reveal_pot", **r) for s, r in zip(signers, reveals, strict=True)]
    )

    assert [outcome["prize"] for outcome in outcomes] == [10] * 4
    assert player.balance() == 100


# ------------------------------------------------------- settlement against its end


def void(game: Game, pot_id: str) -> object:
    """Voids a pot."""
    return game.compliance.call("void_pot", pot_id=pot_id, reason="a test")


def refund(game: Game, pot_id: str) -> object:
    """Has an overdue pot refunded."""
    answer = game.orchestrator.call("run_due")
    assert answer is None or answer["pot_id"] == pot_id
    return None if answer is None or answer["task"] == "none" else answer


def test_a_void_that_waited_for_the_reveal_changes_nothing(game: Game) -> None:
    pot_id, players = settling_pot(game)
    reveal = game.reveal_arguments(pot_id)

    with game.signer.request() as call:
        call("reveal_pot", **reveal)
        pending = Pending(lambda: void(game, pot_id))
        game.wait_until_blocked(game.compliance, by=game.signer)

    ended = {"status": "settled", "reason": "ended"}
    assert pending.result() == Refusal("PT409", WRONG_STATE, ended)
    assert game.status(pot_id) == "settled"
    assert total(players) == 300


def test_a_reveal_that_waited_for_the_void_changes_nothing(game: Game) -> None:
    pot_id, players = settling_pot(game)
    reveal = game.reveal_arguments(pot_id)

    with game.compliance.request() as call:
        call("void_pot", pot_id=pot_id, reason="a test")
        pending = Pending(lambda: game.signer.call("reveal_pot", **reveal))
        game.wait_until_blocked(game.signer, by=game.compliance)

    assert pending.result() == Refusal("PT409", WRONG_STATE, {"status": "cancelled"})
    assert [player.balance() for player in players] == [100] * 3
    seed = game.seeds[pot_id].hex()
    assert game.value("select reveal_seed from public.pots where id = %s", pot_id) is None
    assert (
        game.value("select count(*) from public.pots_audit where payload like %s", f"%{seed}%") == 0
    )


def test_a_reveal_that_waited_past_its_time_is_refused(game: Game) -> None:
    pot_id, players = settling_pot(game)
    reveal = game.reveal_arguments(pot_id)

    with game.compliance.request(commits=False) as call:
        call("void_pot", pot_id=pot_id, reason="a test")
        pending = Pending(lambda: game.signer.call("reveal_pot", **reveal))
        game.wait_until_blocked(game.signer, by=game.compliance)
        game.pass_time(601)

    assert pending.result() == Refusal("PT409", WRONG_STATE, {"status": "settling"})
    assert total(players) == 270
    refund(game, pot_id)
    assert total(players) == 300


def test_an_overdue_pot_is_refunded_or_claimed_never_both(game: Game) -> None:
    pot_id, players = full_pot(game)
    game.lock(pot_id)
    game.attest(pot_id)
    game.pass_time(601)
    orchestrators = [game.caller("pot_orchestrator") for _ in range(3)]
    signers = [game.caller("pot_settlement", {"sub": str(uuid.uuid4())}) for _ in range(3)]

    outcomes = race(
        [
            *(partial(o.call, "run_due") for o in orchestrators),
            *(partial(s.attempt, "claim_settlement", pot_id=pot_id) for s in signers),
        ]
    )

    # A pot that a claim holds just then is left to the next call, which is why callers loop.
    done = [*outcomes[:3], game.orchestrator.call("run_due")]
    assert [one["task"] for one in done if one and one["task"] not in IDLE] == ["refund"]
    assert len(refusals(outcomes[3:], WRONG_STATE)) == 3
    assert [player.balance() for player in players] == [100] * 3


@pytest.mark.parametrize("ends", [void, refund])
def test_a_pot_ended_many_times_at_once_is_refunded_once(
    game: Game, ends: Callable[[Game, str], object]
) -> None:
    pot_id, players = settling_pot(game)
    if ends is refund:
        game.pass_time(601)
    sub = game.compliance.claims
    officers = [game.caller("pot_compliance", sub) for _ in range(6)]
    orchestrators = [game.caller("pot_orchestrator") for _ in range(6)]

    outcomes = race(
        [partial(c.call, "void_pot", pot_id=pot_id, reason="a test") for c in officers]
        if ends is void
        else [partial(o.call, "run_due") for o in orchestrators]
    )

    if ends is void:
        assert all(outcome == outcomes[0] for outcome in outcomes)
    else:
        assert [o["task"] for o in outcomes if o and o["task"] not in IDLE] == ["refund"]
    assert [player.balance() for player in players] == [100] * 3
    assert game.actions(pot_id).count("cancelled") == 1


# ---------------------------------------------------------------------------- keys


def test_a_key_is_revoked_after_the_reveal_that_it_signed(game: Game) -> None:
    pot_id, _ = settling_pot(game)
    reveal = game.reveal_arguments(pot_id)

    with game.signer.request() as call:
        call("reveal_pot", **reveal)
        pending = Pending(lambda: revoke(game, "settlement"))
        game.wait_until_blocked(game.service, by=game.signer)

    pending.result()
    assert game.status(pot_id) == "settled"
    assert game.signer.call("reveal_pot", **reveal)["status"] == "settled"


def test_a_reveal_that_waited_for_its_key_s_revocation_is_rejected(game: Game) -> None:
    pot_id, players = settling_pot(game)
    reveal = game.reveal_arguments(pot_id)

    with game.service.request() as call:
        call("revoke_signing_key", kid=game.kids["settlement"], reason="stolen")
        pending = Pending(lambda: game.signer.call("reveal_pot", **reveal))
        game.wait_until_blocked(game.signer, by=game.service)

    assert pending.result() == Refusal("PT422", "invalid_signature")
    assert game.actions(pot_id)[-1] == "reveal_rejected"
    assert total(players) == 270


def test_an_attestation_that_waited_for_its_key_s_revocation_is_rejected(game: Game) -> None:
    pot_id, _ = full_pot(game)
    game.lock(pot_id)

    with game.service.request() as call:
        call("revoke_signing_key", kid=game.kids["orchestrator"], reason="stolen")
        pending = Pending(lambda: game.attest(pot_id))
        game.wait_until_blocked(game.orchestrator, by=game.service)

    refused = Refusal("PT422", "invalid_signature", {"purpose": "orchestrator"})
    assert pending.result() == refused
    assert game.actions(pot_id)[-1] == "attest_rejected"


def revoke(game: Game, purpose: str) -> object:
    """Revokes one of the game's keys."""
    return game.service.call("revoke_signing_key", kid=game.kids[purpose], reason="stolen")


# ----------------------------------------------------------------------- the chain


def test_appends_to_one_chain_at_once_make_one_line(game: Game) -> None:
    pot_id, _ = full_pot(game)
    game.lock(pot_id)
    orchestrators = [game.caller("pot_orchestrator", {"sub": str(uuid.uuid4())}) for _ in range(16)]

    outcomes = race(
        [
            partial(o.attempt, "attest_lock", pot_id=pot_id, orchestrator_signature=f"{n:02x}" * 64)
            for n, o in enumerate(orchestrators)
        ]
    )

    assert len(refusals(outcomes, "invalid_signature")) == 16
    assert game.actions(pot_id) == ["created", "locked", *["attest_rejected"] * 16]
    assert_one_line(game, pot_id)


def test_officers_that_pause_and_resume_at_once_leave_one_line(game: Game) -> None:
    pot_id = game.pot()
    officers = [game.caller("pot_compliance", {"sub": str(uuid.uuid4())}) for _ in range(8)]
    functions = ["pause_pot", "resume_pot"] * 4

    outcomes = race(
        [
            partial(c.attempt, f, pot_id=pot_id, reason="a test")
            for c, f in zip(officers, functions, strict=True)
        ]
    )

    assert len(refusals(outcomes, WRONG_STATE)) == len(refusals(outcomes))
    actions = game.actions(pot_id)[1:]
    assert len(actions) == len(answers(outcomes))
    assert actions == (["paused", "resumed"] * 4)[: len(actions)]
    assert_one_line(game, pot_id)


def test_two_officers_that_acknowledge_one_alert_are_not_both_told_that_they_look_after_it(
    game: Game,
) -> None:
    first, second = (game.caller("pot_compliance", {"sub": str(uuid.uuid4())}) for _ in range(2))
    with game.db.admin() as conn:
        conn.execute("select private.raise_alert('low_stock', null, %s)", ['{"left": 0}'])
    given = {"alert_id": game.value("select alert_id::text from private.alerts")}

    with first.request() as call:
        answer = call("ack_alert", **given, reason="mine")
        pending = Pending(lambda: second.call("ack_alert", **given, reason="mine too"))
        game.wait_until_blocked(second, by=first)

    outcome = pending.result()
    assert isinstance(outcome, Refusal)
    assert (outcome.token, outcome.details) == (WRONG_STATE, {"status": "acknowledged"})
    assert game.rows("select acknowledged_by::text, ack_reason from private.alerts") == [
        (answer["acknowledged_by"], "mine")
    ]


def test_the_first_actions_of_a_new_person_at_once_get_one_pseudonym(game: Game) -> None:
    pots = [game.pot() for _ in range(8)]
    claims = {"sub": str(uuid.uuid4())}
    officers = [game.caller("pot_compliance", claims) for _ in pots]

    outcomes = race(
        [
            partial(c.call, "pause_pot", pot_id=p, reason="a test")
            for c, p in zip(officers, pots, strict=True)
        ]
    )

    assert refusals(outcomes) == []
    actors = game.value(
        "select count(distinct actor_id) from public.pots_audit where action = 'paused'"
    )
    assert actors == 1


def test_a_refund_that_waited_for_a_wallet_is_dated_after_what_it_waited_for(game: Game) -> None:
    pot_id, player = game.pot(), game.player(funds=10)
    assert answers([player.join(pot_id)])

    def grant(call: Any) -> None:
        call(
            "grant_credits", user_id=player.user_id, amount=1, reason="for a test",
            idempotency_key=str(uuid.uuid4()),
        )  # fmt: skip

    with game.treasury.request() as call:
        grant(call)
        void = partial(game.compliance.call, "void_pot", pot_id=pot_id, reason="a race")
        pending = Pending(void)
        game.wait_until_blocked(game.compliance, by=game.treasury)
        grant(call)

    assert pending.result()["credits_refunded"] == 10
    told = game.rows(
        "select t.kind from private.ledger_entries as e"
        " inner join private.transfers as t on e.transfer_id = t.id"
        " inner join private.wallets as w on e.account_id = w.account_id"
        " where w.user_id = %s order by t.created_at",
        player.user_id,
    )
    assert [kind for (kind,) in told] == ["grant", "join", "grant", "grant", "refund"]


# ----------------------------------------------------------------------- the log


def test_a_checkpoint_waits_for_another_and_goes_on_from_it(game: Game) -> None:
    game.pot()
    one, two = (game.caller("pot_orchestrator") for _ in range(2))

    with one.request() as call:
        first = call("prepare_checkpoint")
        game.pot()
        pending = Pending(lambda: two.call("prepare_checkpoint"))
        game.wait_until_blocked(two, by=one)

    assert pending.result()["size"] == first["size"] + 1
    leaves = game.rows("select leaf_index from private.log_leaves order by leaf_index")
    assert [leaf for (leaf,) in leaves] == list(range(first["size"] + 1))
