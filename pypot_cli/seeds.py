"""Seeds of the draws and the commitments to them (contract, section 5).

Either every seed comes from one master key, so that a signer needs to keep nothing else: whoever
holds it can reveal any pot, and nobody else can guess a seed from its commitment. Or each is drawn
by itself and kept encrypted (`pypot_cli.seed_store`): then a stolen key reveals nothing without the
files, and a file that is destroyed is a seed that nobody can make again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from pypot_cli.errors import PypotError
from pypot_cli.fairness.draw import commit_hash, hmac_sha256, tag
from pypot_cli.game import GAME
from pypot_cli.keys import Secret


@dataclass(frozen=True)
class Commitment:
    """The hash (32 bytes) that a round to come is bound to; the seed stays with the signer."""

    round_id: UUID
    commit_hash: bytes


class LostSeedError(PypotError):
    """A seed that is not there, or cannot be read: its pot will be refunded."""


class CannotMintError(PypotError):
    """New seeds cannot be kept, so none are promised."""


class Seeds(Protocol):
    """Where a signer has its seeds from."""

    def mint(self, count: int) -> list[Commitment]:
        """Return commitments for `count` rounds with new random ids; their seeds are safe.

        Raises CannotMintError.
        """

    def seed_of(self, round_id: UUID) -> Secret:
        """Return a round's seed. Raises LostSeedError."""

    def probe(self) -> Commitment:
        """Return the one commitment that is the same each time, as good as any other."""


class MasterSeeds:
    """Seeds that come from one master key."""

    def __init__(self, master_key: Secret) -> None:
        self._master_key = master_key

    def mint(self, count: int) -> list[Commitment]:
        """As Seeds.mint."""
        return mint(self._master_key, count)

    def seed_of(self, round_id: UUID) -> Secret:
        """Return a round's seed; of a round that is not ours, one that is not its own."""
        return derive_seed(self._master_key, round_id)

    def probe(self) -> Commitment:
        """As Seeds.probe."""
        return commit(self._master_key, probe_id(self._master_key))


def probe_id(key: Secret) -> UUID:
    """Return the id of the round that a holder of `key` asks for the size of the stock with."""
    digest = hmac_sha256(key.reveal(), tag("pots/stock-probe/v1"))
    return UUID(bytes=digest[:16], version=4)


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
