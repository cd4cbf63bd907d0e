"""Another game on the same fairness parts: Ann bets on heads, Bob on tails, nobody can bend it.

The house commits to a seed, locks who is on which side and which round of drand decides, reveals
before that round, and the round turns the coin. sql/examples/flip_a_coin.sql computes and verifies
the same flip in the database. Run it: python docs/examples/coin_flip.py
"""

from typing import Any
from uuid import UUID

from pypot_cli.fairness import draw, merkle, signing
from pypot_cli.fairness.beacon import QUICKNET, verify_round
from pypot_cli.fairness.canonical import canonical_json, read_time

GAME, SIDES = "coinflip", ("heads", "tails")
RULES = canonical_json({"beacon_chain_hash": QUICKNET.hash.hex(), "sides": list(SIDES)})


def digest_of(flip: dict[str, Any]) -> bytes:
    """Everything that is fixed at lock; the house signs it."""
    flip_id, tags = UUID(flip["flip_id"]), [bytes.fromhex(tag) for tag in flip["tags"]]
    return draw.lock_digest(
        round_id=flip_id,
        draw_version=2,
        commitment=bytes.fromhex(flip["commit_hash"]),
        rules=draw.rules_hash(RULES, GAME),
        entries_root=merkle.root([merkle.leaf(flip_id, 1, tag, GAME) for tag in tags]).hash,
        total_tickets=len(SIDES),
        locked_at=read_time(flip["locked_at"]),
        beacon_chain_hash=QUICKNET.hash,
        beacon_round=QUICKNET.round_at(read_time(flip["locked_at"]) + 30_000_000),
        game=GAME,
    )


def play(flip_id: UUID, seed: bytes, players: dict[UUID, bytes], at: str, key: bytes) -> Any:
    """The house's side until the reveal: `players` maps each user to a salt, heads first."""
    commitment = draw.commit_hash(seed)
    tags = [draw.entrant_tag(salt, flip_id, user).hex() for user, salt in players.items()]
    flip = {"flip_id": str(flip_id), "commit_hash": commitment.hex(), "tags": tags, "locked_at": at}
    flip["commit_tag"] = draw.commit_tag(flip_id, commitment, GAME).hex()  # public from the start
    lock = signing.orchestrator_message(digest_of(flip), GAME)
    reveal = signing.settlement_message(digest_of(flip), seed, GAME)
    flip |= {"lock_signature": signing.sign(key, lock).hex(), "seed": seed.hex()}
    return flip | {"reveal_signature": signing.sign(key, reveal).hex()}


def verify(flip: dict[str, Any], beacon: bytes, house: bytes) -> str:
    """The side that won, for whoever has the flip, the round's signature and the house's key."""
    digest, seed, flip_id = digest_of(flip), bytes.fromhex(flip["seed"]), UUID(flip["flip_id"])
    commitment = draw.commit_hash(seed)
    lock = signing.orchestrator_message(digest, GAME)
    reveal = signing.settlement_message(digest, seed, GAME)
    number = QUICKNET.round_at(read_time(flip["locked_at"]) + 30_000_000)
    for what, good in (
        ("commit_hash", commitment.hex() == flip["commit_hash"]),
        ("commit_tag", draw.commit_tag(flip_id, commitment, GAME).hex() == flip["commit_tag"]),
        ("beacon", verify_round(QUICKNET, number, beacon)),
        ("lock", signing.verify(house, lock, bytes.fromhex(flip["lock_signature"]))),
        ("reveal", signing.verify(house, reveal, bytes.fromhex(flip["reveal_signature"]))),
    ):
        if not good:
            raise ValueError(f"the {what} does not hold")
    index = draw.winner_index(draw.draw_hmac(seed, commitment), len(SIDES))
    return SIDES[draw.rotated(index, draw.rotation(beacon, digest, len(SIDES)), len(SIDES))]


if __name__ == "__main__":
    from uuid import uuid4

    KEY, SEED = b"\x07" * 32, bytes(range(32))  # known to everybody: an example
    ROUND_657413 = bytes.fromhex(
        "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be"
        "41076862b98fad56e91a6b85b89cd97b"
    )
    PLAYERS = {uuid4(): b"\xaa" * 32, uuid4(): b"\xbb" * 32}
    FLIP = play(uuid4(), SEED, PLAYERS, "2023-09-15T10:59:31.123456Z", KEY)
    print(verify(FLIP, ROUND_657413, signing.public_key(KEY)))
