"""The proof of a pot whose payout was held is valid at each moment, alone and with its chain."""

import uuid
from typing import Any

import pytest

from pypot_cli.proof import Document, Trust, bundle, verify
from tests.support.game import Game, Json, public_hex


def verdict_of(game: Game, pot_id: str) -> tuple[Json, set[str]]:
    """The proof as anybody gets it, and the checks that fail with all entries and the chain."""
    stranger = game.caller("anon")
    proof: Json = stranger.call("get_proof", pot_id=pot_id)
    with stranger.request() as call:
        chain: list[Json] = call("get_audit_chain", pot_id=pot_id)
        entries: list[Json] = call("list_lock_entries", pot_id=pot_id)
    trust = Trust(
        orchestrator_keys=[bytes.fromhex(public_hex(game.orchestrator_key))],
        settlement_keys=[bytes.fromhex(public_hex(game.settlement_key))],
    )
    rest: Any = bundle.Rest(entries, chain, None)
    verdict = bundle.with_rest(verify(Document(proof), trust), proof, rest)
    assert {"release", "chain payout"} - {check.name for check in verdict.checks} <= (
        set() if proof["release"] else {"release"}
    )
    return proof, {check.name for check in verdict.failed}


@pytest.mark.parametrize("decision", ["clear", "uphold"])
def test_a_held_payouts_proof_is_valid_before_and_after_its_release(
    game: Game, decision: str
) -> None:
    pot_id = game.pot(max_tickets=7)
    players = game.players(3, funds=100)
    for player, tickets in zip(players, (3, 2, 2), strict=True):
        player.join(pot_id, tickets)
    game.to_settling(pot_id)
    flags = {str(each.user_id): game.flag(pot_id, each.user_id) for each in players}
    game.reveal(pot_id)

    proof, failed = verdict_of(game, pot_id)
    assert (proof["payout"]["held"], proof["release"], failed) == (True, None, set())

    won = game.value("select winner_user_id from public.pots where id = %s", pot_id)
    for _ in range(2 if decision == "uphold" else 1):
        officer = game.caller("pot_compliance", {"sub": str(uuid.uuid4())})
        officer.call("review_flag", flag_id=flags[str(won)], decision=decision, reason="a look")

    proof, failed = verdict_of(game, pot_id)
    outcome = {"clear": "paid", "uphold": "returned"}[decision]
    assert (proof["release"]["outcome"], failed) == (outcome, set())
    assert proof["payout"] == {"credits": 70, "held": True, "escrow_after": 0}
