"""Seeds of the draws and the commitments to them (contract, section 5).

Every seed comes from one master key, so that a signer needs to keep nothing else: whoever holds
the master key can reveal any pot, and nobody else can guess a seed from its commitment.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from uuid import UUID

from pypot_cli.fairness.draw import commit_hash, hmac_sha256, tag
from pypot_cli.game import GAME
from pypot_cli.keys import Secret


@dataclass(frozen=True)
class Commitment:
    """The hash (32 bytes) that a round to come is bound to; the seed stays with the signer."""

    round_id: UUID
    commit_hash: bytes


def derive_seed(master_key: Secret, round_id: UUID, game: str = GAME) -> Secret:
    """Return the round's 32-byte seed: HMAC(master_key, T("<game>/seed/v1") || round_id)."""
    return Secret(hmac_sha256(master_key.reveal(), tag(f"{game}/seed/v1") + round_id.bytes))


def commit(master_key: Secret, round_id: UUID, game: str = GAME) -> Commitment:
    """Return the commitment to the seed of one round; always the same for the same master key."""
    return Commitment(round_id, commit_hash(derive_seed(master_key, round_id, game).reveal()))


def mint(master_key: Secret, count: int, game: str = GAME) -> list[Commitment]:
    """Return commitments for `count` rounds with new random ids (UUID version 4).

    Raises ValueError for a count below one.
    """
    if count < 1:
        raise ValueError("mint at least one commitment")
    return [commit(master_key, uuid.uuid4(), game) for _ in range(count)]
