"""Who runs the server: PostgreSQL refuses root, so root hands it to a user without rights."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from pypot_cli.errors import PypotError


@dataclass(frozen=True)
class ServerUser:
    """An account that root starts the server as."""

    uid: int
    gid: int

    def can_reach(self, path: Path) -> bool:
        """Whether the mode bits alone let this user enter every directory down to `path`.

        Access lists are not read: a wrong "no" costs a detour, never a failure.
        """
        path = path.resolve()
        return all(self._may_enter(parent) for parent in (path, *path.parents))

    def _may_enter(self, directory: Path) -> bool:
        status = directory.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def server_user(data_dir: Path) -> ServerUser | None:
    """The user to run the server of `data_dir` as; None, for anyone but root, is oneself.

    A data directory that has an owner keeps it. A new one goes to the account postgres where there
    is one, else to nobody.
    """
    if os.geteuid() != 0:
        return None
    owner = data_dir.stat().st_uid if data_dir.exists() else 0
    names: list[str | int] = [owner] if owner else ["postgres", "nobody"]
    for name in names:
        try:
            entry = pwd.getpwuid(name) if isinstance(name, int) else pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_uid, entry.pw_gid)
    raise PypotError(
        "PostgreSQL does not run as root and there is no user postgres or nobody: "
        "run this as an ordinary user"
    )
