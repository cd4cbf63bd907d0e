"""Seeds that are drawn one by one and kept encrypted: a directory with a file for each.

`<round_id>.seed` holds a random nonce (12 bytes) and what AES-256-GCM makes of the seed (48 bytes)
under the store's key, with T("<game>/seed-store/v1") || round_id as associated data: a file that
was altered, or given another round's name, does not open. A file and its name are on the disk
before its commitment leaves this module, so that whatever the database was told can be revealed
after any crash. Nothing is ever overwritten or deleted here.
"""

from __future__ import annotations

import contextlib
import os
import stat
import uuid
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pypot_cli import keys
from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness.draw import commit_hash, tag
from pypot_cli.files import sync
from pypot_cli.game import GAME
from pypot_cli.keys import Secret, new_secret
from pypot_cli.seeds import (
    CannotMintError,
    Commitment,
    LostSeedError,
    MasterSeeds,
    Seeds,
    commit,
    derive_seed,
    probe_id,
)

_NONCE_SIZE = 12
_SEALED_SIZE = _NONCE_SIZE + keys.SIZE + 16

# Sealed under this id is what tells whether a key is the store's.
_KEY_CHECK = UUID(int=0)


def open_seeds(directory: Path | None) -> Seeds:
    """Return the seeds of the store in `directory` by PYPOT_SEED_STORE_KEY.

    Without a directory, those of PYPOT_SEED_MASTER_KEY. Raises UnreadableInputError for a variable
    that names no secret, and as SeedStore does.
    """
    if directory is None:
        return MasterSeeds(keys.load_secret_from("PYPOT_SEED_MASTER_KEY"))
    return SeedStore(directory, keys.load_secret_from("PYPOT_SEED_STORE_KEY"))


class SeedStore:
    """The seeds in one directory, made if missing. Several signers may use one at once."""

    def __init__(self, directory: Path, key: Secret) -> None:
        """Raise UnreadableInputError for a directory open to others, or made with another key."""
        self._directory = directory
        self._key = key
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = directory.stat()
            if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
                raise UnreadableInputError(f"{directory} is open to others: chmod 700 {directory}")
            check = directory / "key.check"
            if not check.exists():
                self._make_check(check)
            self._unseal(_KEY_CHECK, check.read_bytes())
        except InvalidTag:
            raise UnreadableInputError(f"{directory} was made with another key") from None
        except OSError as error:
            raise UnreadableInputError(f"cannot use {directory}: {error.strerror}") from None

    def mint(self, count: int) -> list[Commitment]:
        """As Seeds.mint. Raises CannotMintError when the seeds cannot be kept."""
        minted = []
        try:
            for _ in range(count):
                round_id, seed = uuid.uuid4(), new_secret()
                _write(self._file(round_id), self._seal(round_id, seed))
                minted.append(Commitment(round_id, commit_hash(seed.reveal())))
            sync(self._directory)
        except OSError as error:
            raise CannotMintError(f"{self._directory} takes no seed: {error.strerror}") from None
        return minted

    def seed_of(self, round_id: UUID) -> Secret:
        """Return a round's seed. Raises LostSeedError."""
        if round_id == probe_id(self._key):
            return derive_seed(self._key, round_id)
        try:
            return self._unseal(round_id, self._file(round_id).read_bytes())
        except FileNotFoundError:
            raise LostSeedError("its seed is not in the store") from None
        except InvalidTag:
            raise LostSeedError("its seed's file was altered, or is another key's") from None
        except OSError as error:
            raise LostSeedError(f"its seed's file cannot be read: {error.strerror}") from None

    def probe(self) -> Commitment:
        """Return the one commitment whose seed needs no file: it comes from the store's key."""
        return commit(self._key, probe_id(self._key))

    def _file(self, round_id: UUID) -> Path:
        return self._directory / f"{round_id}.seed"

    def _seal(self, round_id: UUID, secret: Secret) -> bytes:
        nonce = os.urandom(_NONCE_SIZE)
        cipher = AESGCM(self._key.reveal())
        return nonce + cipher.encrypt(nonce, secret.reveal(), _context(round_id))

    def _unseal(self, round_id: UUID, sealed: bytes) -> Secret:
        if len(sealed) != _SEALED_SIZE:
            raise InvalidTag
        nonce, rest = sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:]
        return Secret(AESGCM(self._key.reveal()).decrypt(nonce, rest, _context(round_id)))

    def _make_check(self, check: Path) -> None:
        partial = check.with_name(f"{check.name}.{uuid.uuid4()}")
        _write(partial, self._seal(_KEY_CHECK, new_secret()))
        # Whole or not at all; whoever links first wins, and the other one's key must be the same.
        with contextlib.suppress(FileExistsError):
            os.link(partial, check)
        partial.unlink()
        sync(self._directory)


def _context(round_id: UUID) -> bytes:
    return tag(f"{GAME}/seed-store/v1") + round_id.bytes


def _write(file: Path, content: bytes) -> None:
    """Write a new file that only this user can read, onto the disk."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
