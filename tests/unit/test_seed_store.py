"""Kept seeds open with the store's key, each as its own round's, and with nothing else."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness.draw import sha256
from pypot_cli.keys import Secret, new_secret
from pypot_cli.seed_store import SeedStore, open_seeds
from pypot_cli.seeds import CannotMintError, LostSeedError, MasterSeeds, Seeds

KEY = Secret(bytes(range(32)))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "seeds"


def file_of(directory: Path, round_id: UUID) -> Path:
    return directory / f"{round_id}.seed"


def test_what_was_minted_is_revealed_after_a_restart(directory: Path) -> None:
    minted = SeedStore(directory, KEY).mint(20)
    assert len({each.round_id for each in minted}) == 20
    again = SeedStore(directory, KEY)
    for each in minted:
        assert sha256(again.seed_of(each.round_id).reveal()) == each.commit_hash


def test_the_files_show_nothing_and_are_nobody_elses(directory: Path) -> None:
    store = SeedStore(directory, KEY)
    (minted,) = store.mint(1)
    seed = store.seed_of(minted.round_id).reveal()
    assert directory.stat().st_mode & 0o777 == 0o700
    files = list(directory.iterdir())
    assert {each.name for each in files} == {"key.check", f"{minted.round_id}.seed"}
    for each in files:
        content = each.read_bytes()
        assert len(content) == 60
        assert seed not in content
        assert seed.hex().encode() not in content
        assert each.stat().st_mode & 0o777 == 0o600


def test_equal_seeds_are_not_sealed_alike(directory: Path) -> None:
    store = SeedStore(directory, KEY)
    assert store._seal(UUID(int=1), KEY) != store._seal(UUID(int=1), KEY)


@pytest.mark.parametrize("place", [0, 12, 40, 59])
def test_an_altered_file_is_a_lost_seed(directory: Path, place: int) -> None:
    store = SeedStore(directory, KEY)
    (minted,) = store.mint(1)
    file = file_of(directory, minted.round_id)
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    with pytest.raises(LostSeedError, match="altered"):
        store.seed_of(minted.round_id)


@pytest.mark.parametrize("size", [0, 11, 59])
def test_a_torn_file_is_a_lost_seed(directory: Path, size: int) -> None:
    store = SeedStore(directory, KEY)
    (minted,) = store.mint(1)
    file = file_of(directory, minted.round_id)
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(LostSeedError, match="altered"):
        store.seed_of(minted.round_id)


def test_a_file_under_another_rounds_name_is_a_lost_seed(directory: Path) -> None:
    store = SeedStore(directory, KEY)
    one, two = store.mint(2)
    file_of(directory, one.round_id).rename(file_of(directory, two.round_id))
    with pytest.raises(LostSeedError, match="altered"):
        store.seed_of(two.round_id)
    with pytest.raises(LostSeedError, match="not in the store"):
        store.seed_of(one.round_id)


def test_another_key_opens_no_store(directory: Path) -> None:
    SeedStore(directory, KEY)
    with pytest.raises(UnreadableInputError, match="another key"):
        SeedStore(directory, new_secret())


@pytest.mark.parametrize("mode", [0o750, 0o701])
def test_a_directory_open_to_others_is_refused(directory: Path, mode: int) -> None:
    SeedStore(directory, KEY)
    directory.chmod(mode)
    with pytest.raises(UnreadableInputError, match="chmod 700"):
        SeedStore(directory, KEY)


def test_what_is_no_directory_is_refused(directory: Path) -> None:
    directory.write_text("")
    with pytest.raises(UnreadableInputError, match="cannot use"):
        SeedStore(directory, KEY)


def test_nothing_is_promised_that_cannot_be_kept(directory: Path) -> None:
    store = SeedStore(directory, KEY)
    directory.rename(directory.with_name("elsewhere"))
    with pytest.raises(CannotMintError, match="takes no seed"):
        store.mint(1)


def test_the_probe_is_the_same_for_one_key_and_needs_no_file(directory: Path) -> None:
    probe = SeedStore(directory, KEY).probe()
    again = SeedStore(directory.with_name("another"), KEY)
    assert again.probe() == probe
    assert sha256(again.seed_of(probe.round_id).reveal()) == probe.commit_hash
    assert SeedStore(directory.with_name("third"), new_secret()).probe() != probe


def test_the_environment_names_the_key(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", KEY.reveal().hex())
    monkeypatch.setenv("PYPOT_SEED_STORE_KEY", "env:A_KEY")
    monkeypatch.setenv("PYPOT_SEED_MASTER_KEY", "env:A_KEY")
    seeds: Seeds = open_seeds(directory)
    assert isinstance(seeds, SeedStore)
    assert isinstance(open_seeds(None), MasterSeeds)
    with pytest.raises(LostSeedError):
        seeds.seed_of(uuid4())
    monkeypatch.delenv("PYPOT_SEED_STORE_KEY")
    with pytest.raises(UnreadableInputError, match="PYPOT_SEED_STORE_KEY"):
        open_seeds(directory)
