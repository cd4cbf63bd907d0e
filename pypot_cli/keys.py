"""Secrets of the services: 32 bytes as 64 hex digits in a file of their own, or in the environment.

A secret is an Ed25519 private key (its 32-byte seed, RFC 8032, section 5.1.5), the master key that
pots' seeds are derived from, or the key of their store. It is named by a source, which is a path,
`env:NAME`, or `cmd:COMMAND` for a key manager, and is never printed: not by repr, not in an error,
not in a traceback's arguments, not into a core dump.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import resource
import secrets
import shlex
import stat
import subprocess
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness import note, signing
from pypot_cli.fairness.canonical import read_hex
from pypot_cli.files import sync
from pypot_cli.game import GAME

SIZE = 32
"""Bytes in every secret."""


class KeyPurpose(StrEnum):
    """What a new secret is for."""

    ORCHESTRATOR = "orchestrator"
    SETTLEMENT = "settlement"
    BEACON = "beacon"
    SEED_MASTER = "seed-master"
    SEED_STORE = "seed-store"
    LOG = "log"
    WITNESS = "witness"
    EXPORT = "export"

    @property
    def signs(self) -> bool:
        """Whether the database knows its public half, by a kid."""
        return self in (KeyPurpose.ORCHESTRATOR, KeyPurpose.SETTLEMENT, KeyPurpose.BEACON)

    @property
    def is_named(self) -> bool:
        """Whether it signs notes under a name, and its public half is told as a vkey."""
        return self in (KeyPurpose.LOG, KeyPurpose.WITNESS)


_ENVIRONMENT_NAME = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)", re.ASCII)
_COMMAND_SECONDS = 30
_PR_SET_DUMPABLE = 4
_LONGEST_FILE = 2 * SIZE + 2  # the digits and one line end, CR LF at most


class Secret:
    """32 secret bytes that show themselves only where `reveal()` is written."""

    __slots__ = ("__value",)

    def __init__(self, value: bytes) -> None:
        """Wrap `value`. Raises ValueError unless it is 32 bytes that are not all zero."""
        if len(value) != SIZE or not any(value):
            raise ValueError(f"a secret is {SIZE} bytes and not all zero")
        self.__value = value

    def reveal(self) -> bytes:
        """Return the bytes. Use them at once; give them no name that outlives the statement."""
        return self.__value

    def __repr__(self) -> str:
        return "Secret(...)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return secrets.compare_digest(self.__value, other.__value)

    # A hash would be a fingerprint that ends up in logs, and a pickle or a copy is the secret.
    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> str:
        raise TypeError("a secret is not copied or pickled")


def new_secret() -> Secret:
    """Return 32 fresh bytes from the operating system's CSPRNG."""
    return Secret(secrets.token_bytes(SIZE))


def write_new_secret(file: Path) -> Secret:
    """Make a secret, write it to `file`, which only this user can read (mode 0600), and return it.

    Its directory is made (mode 0700) if missing. Raises PypotError if `file` exists (it may be the
    only copy of a key) or cannot be written; then nothing is left behind.
    """
    secret = new_secret()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise PypotError(f"cannot make {file.parent}: {error.strerror}") from None
    try:
        # O_EXCL: never overwrites, not even through a symbolic link that points nowhere.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise PypotError(f"{file} exists: move it away, or name another file by --out") from None
    except OSError as error:
        raise PypotError(f"cannot make {file}: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            os.fchmod(stream.fileno(), 0o600)  # whatever the umask took away
            stream.write(f"{secret.reveal().hex()}\n")
            stream.flush()
            os.fsync(stream.fileno())
        sync(file.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            file.unlink()
        raise PypotError(f"cannot write {file}: {error.strerror}") from None
    return secret


def describe_key(
    file: Path, secret: Secret, purpose: KeyPurpose | None, name: str | None = None
) -> dict[str, str]:
    """Return what may be shown of a new key: `file`, `public_key` (64 hex) and `kid <purpose>`.

    With no purpose, the kid for each; of a key with a `name`, its vkey (c2sp.org/signed-note); of
    an export's, which no database knows, the key alone; of what signs nothing, only its file.
    """
    if purpose is not None and purpose.is_named:
        kind = note.ED25519 if purpose is KeyPurpose.LOG else note.COSIGNATURE_V1
        vkey = note.VerifierKey(name or "", kind, signing.public_key(secret.reveal()))
        return {"file": str(file), "vkey": str(vkey)}
    if purpose is not None and not purpose.signs and purpose is not KeyPurpose.EXPORT:
        return {"file": str(file)}
    key = signing.public_key(secret.reveal())
    if purpose is KeyPurpose.EXPORT:
        return {"file": str(file), "public_key": key.hex()}
    purposes = [purpose] if purpose else [p for p in KeyPurpose if p.signs]
    kids = {f"kid {each}": signing.kid(each, key, GAME) for each in purposes}
    return {"file": str(file), "public_key": key.hex(), **kids}


def require_name(purpose: KeyPurpose, name: str | None) -> str:
    """Return the name of a named key. Raises UnreadableInputError for none, or one that is none."""
    try:
        return note.read_name(name or "")
    except ValueError as error:
        raise UnreadableInputError(f"a key of purpose {purpose} needs a --name: {error}") from None


def load_secret(source: str, environment: Mapping[str, str] = os.environ) -> Secret:
    """Return the secret that `source` names: `env:NAME`, `cmd:COMMAND`, or the path of a file.

    A file must be a regular one, ours, and closed to everybody else (0600 or 0400). A command is
    split as a shell would and run without one; what it prints is the content, what it says on
    stderr is dropped. The content is 64 lower-case hex digits and at most one line end. Raises
    UnreadableInputError (exit code 2) saying what to do, and never the content.
    """
    named = _ENVIRONMENT_NAME.fullmatch(source)
    if named:
        if named[1] not in environment:
            raise UnreadableInputError(f"the environment variable {named[1]} is not set")
        text = environment[named[1]]
    elif source.startswith("env:"):
        # Not shown: somebody may have pasted the key itself behind the colon.
        raise UnreadableInputError("env: must be followed by the name of an environment variable")
    elif source.startswith("cmd:"):
        text, source = _printed_by(source[4:]), "what the command printed"
    else:
        text = _read_private_file(Path(source))
    try:
        return Secret(read_hex(text.removesuffix("\n").removesuffix("\r"), SIZE, "it"))
    except ValueError:
        raise UnreadableInputError(
            f"{source} does not hold a secret: 64 lower-case hex digits, not all zero"
            " (make one by pypot keys new)"
        ) from None


def load_secret_from(variable: str, environment: Mapping[str, str] = os.environ) -> Secret:
    """Return the secret whose source the environment variable `variable` holds.

    For PYPOT_ORCHESTRATOR_KEY, PYPOT_SETTLEMENT_KEY, PYPOT_SEED_MASTER_KEY and
    PYPOT_SEED_STORE_KEY, each a path, `env:NAME` or `cmd:COMMAND`. Raises UnreadableInputError as
    `load_secret` does, or if the variable is not set.
    """
    source = environment.get(variable)
    if not source:
        raise UnreadableInputError(
            f"set {variable} to the path of a key file, to env:NAME or to cmd:COMMAND"
        )
    try:
        return load_secret(source, environment)
    except UnreadableInputError as error:
        raise UnreadableInputError(f"{variable}: {error}") from None


def forbid_dumps() -> None:
    """Keep this process' memory out of core dumps, and its environment from other programs.

    No core file, and on Linux not even one for a program that collects them (core_pattern), which
    no limit holds back: prctl(2), PR_SET_DUMPABLE; it also hands /proc/PID over to root.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _printed_by(command: str) -> str:
    # Its words may be secret too: only the program is named.
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise UnreadableInputError("cmd: must be followed by a command that prints the secret")
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except OSError as error:
        raise UnreadableInputError(f"cannot run {words[0]}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise UnreadableInputError(
            f"{words[0]} printed no secret within {_COMMAND_SECONDS} s"
        ) from None
    if done.returncode != 0:
        raise UnreadableInputError(f"{words[0]} ended with {done.returncode} and no secret")
    return done.stdout[: _LONGEST_FILE + 1].decode("ascii", errors="replace")


def _read_private_file(file: Path) -> str:
    try:
        with open(file, "rb", opener=_open_without_waiting) as stream:
            # Of the open file, not of its name, which may point elsewhere a moment later.
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableInputError(f"{file} is not a regular file")
            if status.st_uid != os.geteuid():
                raise UnreadableInputError(f"{file} belongs to another user: chown it to this one")
            if stat.S_IMODE(status.st_mode) not in (0o600, 0o400):
                raise UnreadableInputError(f"{file} is open to others: chmod 600 {file}")
            return stream.read(_LONGEST_FILE + 1).decode("ascii", errors="replace")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a path"
        # A pasted key is not a path; whoever pasted it must not find it in a log.
        shown = "a key file" if re.fullmatch(r"[0-9A-Fa-f]{16,}", file.name) else str(file)
        raise UnreadableInputError(f"cannot open {shown}: {why}") from None


def _open_without_waiting(path: str, flags: int) -> int:
    # A pipe put in the file's place must not hang the service.
    return os.open(path, flags | os.O_NONBLOCK)
