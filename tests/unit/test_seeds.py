"""Seeds come from one master key; commitments are to them and to nothing else."""

from uuid import UUID

import pytest

from pypot_cli.fairness.draw import hmac_sha256, sha256
from pypot_cli.keys import Secret, new_secret
from pypot_cli.seeds import commit, derive_seed, mint

MASTER = Secret(bytes(range(32)))
POT = UUID("3f0e6a52-9c1d-4b7a-8e25-d1c0ffee0001")


def test_a_seed_is_derived_as_in_the_contract() -> None:
    expected = hmac_sha256(bytes(range(32)), b"pots/seed/v1\x00" + POT.bytes)
    assert derive_seed(MASTER, POT) == Secret(expected)


def test_a_commitment_is_the_hash_of_the_pots_own_seed() -> None:
    commitment = commit(MASTER, POT)
    assert commitment.round_id == POT
    assert commitment.commit_hash == sha256(derive_seed(MASTER, POT).reveal())
    assert commitment == commit(MASTER, POT)


def test_another_pot_another_master_and_another_game_have_other_seeds() -> None:
    seeds = [
        derive_seed(MASTER, POT),
        derive_seed(MASTER, UUID(int=POT.int + 1)),
        derive_seed(new_secret(), POT),
        derive_seed(MASTER, POT, "battles"),
    ]
    assert len({seed.reveal() for seed in seeds}) == 4


def test_minted_commitments_are_for_new_random_ids_and_can_be_revealed_later() -> None:
    minted = mint(MASTER, 50)
    assert len({commitment.round_id for commitment in minted}) == 50
    assert {commitment.round_id.version for commitment in minted} == {4}
    for commitment in minted:
        seed = derive_seed(MASTER, commitment.round_id)
        assert sha256(seed.reveal()) == commitment.commit_hash


@pytest.mark.parametrize("count", [0, -1])
def test_nothing_is_minted_without_a_count(count: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        mint(MASTER, count)
