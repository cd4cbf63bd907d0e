"""One PostgreSQL server of ours: a data directory, made, started, found and stopped.

A data directory made here is an ordinary one and holds besides:

- `pypot.conf`, included by postgresql.conf: the port and the settings below; its presence says
  that this module made the directory, and that it is complete;
- `pypot_admin_password`: the superuser's password, readable by the server's user alone;
- `server.log`, and the Unix socket, which nobody else can reach;
- while it is being made, `initdb.part`: a directory that has this and no `pypot.conf` was never
  started, so whatever is in there may be deleted.

Root runs the server as another user, who may not be able to enter the directories above (as below
/root). Then the server is started inside its data directory and told that this is at
/proc/self/cwd, which is where every PostgreSQL process stays: no right to the way there is needed.
(Before 16 its programs wander off to resolve links; those must be given a place they can walk to.)
"""

import contextlib
import fcntl
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pypot_cli.config import DEFAULT_PORT, LOCAL_PASSWORD
from pypot_cli.db.binaries import Binaries, runnable_by
from pypot_cli.db.owner import ServerUser, server_user
from pypot_cli.errors import PypotError

ADMIN = "supabase_admin"

_CONF = "pypot.conf"
_PASSWORD_FILE = "pypot_admin_password"  # noqa: S105 (a file's name)
_PARTIAL = "initdb.part"
_LOG = "server.log"
_PID_FILE = "postmaster.pid"

# A seed must reach no log before its reveal: neither parameters nor statements are written there.
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": ".",
    "max_connections": "300",
    "wal_level": "logical",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

_HBA = """\
# Made by pypot: this machine only, and always a password.
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
local replication all scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
"""

# A killed server leaves children, which notice within moments and let go of its memory.
_ORPHANS_SECONDS = 15
_START_SECONDS = 60


class PortInUseError(PypotError):
    """Another program listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"port {port} is in use by another program: give --port P, or --port 0 for any free one"
        )


class Cluster:
    """A data directory and the server in it. All methods raise PypotError with what to do."""

    def __init__(
        self, data_dir: Path, binaries: Binaries, settings: Mapping[str, str] | None = None
    ) -> None:
        """`settings` are added to the durable ones, or replace them."""
        self.data_dir = data_dir.absolute()
        self._installed = binaries
        self._settings = {**_SETTINGS, **(settings or {})}

    def start(self, port: int | None = None) -> int:
        """Makes the data directory if need be, starts the server unless it runs; returns its port.

        `port` 0 takes any free one, None the one it had before, else 54322.
        """
        with self._locked():
            running = self._running_port()
            if running is not None:
                if port not in (None, 0, running):
                    raise PypotError(
                        f"the server of {self.data_dir} already runs on port {running}: "
                        "run pypot db down first to move it"
                    )
                return running
            if not (self.data_dir / _CONF).exists():
                self._create()
            self._check_version()
            return self._start(port)

    def stop(self) -> bool:
        """Stops the server, disconnecting its clients; returns whether there was one to stop."""
        if not _is_directory(self.data_dir):
            return False
        with self._locked():
            if self._running_port() is None:
                return False
            self._run("pg_ctl", "stop", "--silent", "--mode=fast", "-D", self._inside)
            return True

    def port(self) -> int:
        """The port of the running server."""
        if _is_directory(self.data_dir):
            self._check_access()
            port = self._running_port()
            if port is not None:
                return port
        raise PypotError(f"no server runs in {self.data_dir}: run pypot db up")

    def url(self, role: str = "postgres", database: str = "postgres") -> str:
        """The URL of `role`, of those that have the local password, on the running server."""
        return _url(role, LOCAL_PASSWORD, self.port(), database)

    def admin_url(self, database: str = "postgres") -> str:
        """The URL of the superuser on the running server."""
        port = self.port()
        password = (self.data_dir / _PASSWORD_FILE).read_text(encoding="ascii").strip()
        return _url(ADMIN, password, port, database)

    # ------------------------------------------------------------------ making

    def _create(self) -> None:
        """Runs initdb in `initdb.part` and moves the result up, so that no half is ever used."""
        if (self.data_dir / _PARTIAL).exists():
            self._empty()
        if any(self.data_dir.iterdir()):
            raise PypotError(self._why_not_ours())

        partial = self.data_dir / _PARTIAL
        self._mkdir(partial)
        self.data_dir.chmod(0o700)
        self._write(_PASSWORD_FILE, secrets.token_hex(24) + "\n")
        self._run(
            "initdb",
            f"--pgdata={'/proc/self/cwd' if self._hidden else partial}",
            f"--username={ADMIN}",
            f"--pwfile=../{_PASSWORD_FILE}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            *self._binaries.initdb_options,
            "--no-instructions",
            cwd=partial,
        )
        with (partial / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(f"\ninclude = '{_CONF}'\n")
        for entry in list(partial.iterdir()):
            entry.rename(self.data_dir / entry.name)
        self._write("pg_hba.conf", _HBA)
        self._write(_CONF, "")
        partial.rmdir()

    def _empty(self) -> None:
        for entry in self.data_dir.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def _why_not_ours(self) -> str:
        if not (self.data_dir / "PG_VERSION").exists():
            return f"{self.data_dir} is not empty and is no database: give another --data-dir"
        if not (self.data_dir / "global" / "pg_control").exists():
            return (
                f"{self.data_dir} holds a half-made database that pypot did not begin: "
                "delete it, or give another --data-dir"
            )
        return (
            f"{self.data_dir} holds a database that pypot did not make: start it yourself and set "
            "PYPOT_DB_URL, or give another --data-dir"
        )

    def _check_version(self) -> None:
        for file in ("PG_VERSION", "global/pg_control"):
            if not (self.data_dir / file).exists():
                raise PypotError(
                    f"{self.data_dir} has lost its {file}: restore it from a backup, or delete it"
                )
        found = (self.data_dir / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(self._installed.major):
            raise PypotError(
                f"{self.data_dir} was made by PostgreSQL {found}, this is "
                f"{self._installed.major}: give another --data-dir, or move the data with pg_dump"
            )

    # ---------------------------------------------------------------- starting

    def _start(self, port: int | None) -> int:
        wanted = port if port is not None else self._configured_port() or DEFAULT_PORT
        deadline = time.monotonic() + _ORPHANS_SECONDS
        while True:
            # A port that was free a moment ago may be taken by now: then any other will do.
            chosen = wanted or _free_port()
            if not _is_free(chosen):
                raise PortInUseError(chosen)
            self._configure(chosen)
            self._drop_stale_locks()
            failure = self._launch()
            if failure is None:
                return chosen
            retry = wanted == 0 and "could not bind" in failure
            retry = retry or "pre-existing shared memory block" in failure
            if not retry or time.monotonic() > deadline:
                raise self._explain(failure, chosen)
            time.sleep(0.3)

    def _launch(self) -> str | None:
        """Starts the server; returns what it logged if that failed."""
        log = self.data_dir / _LOG
        if not log.exists():
            self._write(_LOG, "")
        before = log.stat().st_size
        started = self._try(
            "pg_ctl",
            "start",
            "--silent",
            f"--timeout={_START_SECONDS}",
            "-D",
            self._inside,
            "-l",
            f"{self._inside}/{_LOG}",
        )
        if started.returncode == 0:
            return None
        with log.open("rb") as lines:
            lines.seek(before)
            return lines.read().decode("utf-8", "replace") or started.stderr

    def _explain(self, failure: str, port: int) -> PypotError:
        if "could not bind" in failure:
            return PortInUseError(port)
        if 'lock file "postmaster.pid" already exists' in failure:
            return PypotError(
                f"a server that does not answer still holds {self.data_dir}: "
                f"end the process named in {_PID_FILE} there, then run again"
            )
        fatal = re.search(r"(?:FATAL|PANIC): +(.*)", failure)
        reason = fatal[1] if fatal else "no reason given"
        return PypotError(f"PostgreSQL did not start ({reason}): see {self.data_dir / _LOG}")

    def _configure(self, port: int) -> None:
        settings = {"port": str(port), **self._settings}
        lines = [f"{name} = '{value}'" for name, value in settings.items()]
        self._write(_CONF, "# Written by pypot at each start.\n" + "\n".join(lines) + "\n")

    def _configured_port(self) -> int | None:
        for line in (self.data_dir / _CONF).read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(" = ")
            if name == "port":
                return int(value.strip("'"))
        return None

    def _drop_stale_locks(self) -> None:
        """Frees lock files whose process id now belongs to a program that is not this server.

        PostgreSQL itself handles a dead id, and through the rest of postmaster.pid it notices
        orphans of a killed server; so only the id is replaced, by that of a process just ended.
        """
        file = self.data_dir / _PID_FILE
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            lines = []
        if lines and lines[0].strip().isdigit():
            if _may_hold(int(lines[0]), self._inside):
                return
            ended = subprocess.Popen([sys.executable, "-S", "-c", ""])
            ended.wait()
            self._write(_PID_FILE, "\n".join([str(ended.pid), *lines[1:]]) + "\n")
        else:
            file.unlink(missing_ok=True)
        # The sockets are in this directory, so postmaster.pid speaks for them as well.
        for leftover in self.data_dir.glob(".s.PGSQL.*"):
            leftover.unlink()

    def _running_port(self) -> int | None:
        """The port of the server whose socket in this directory answers, if any."""
        try:
            lines = (self.data_dir / _PID_FILE).read_text(encoding="utf-8").splitlines()
            port = int(lines[3])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return port if self._answers(port) else None

    def _answers(self, port: int) -> bool:
        name = f".s.PGSQL.{port}"
        with _directory(self.data_dir) as fd, socket.socket(socket.AF_UNIX) as client:
            # The path of a socket may have 107 bytes; that of a data directory often has more.
            place = Path(f"/proc/self/fd/{fd}")
            path = place if place.exists() else self.data_dir
            try:
                client.connect(str(path / name))
            except OSError:
                return False
            return True

    # ----------------------------------------------------------------- running

    @property
    def _user(self) -> ServerUser | None:
        return server_user(self.data_dir)

    @property
    def _hidden(self) -> bool:
        """Whether the server's user cannot walk to the data directory."""
        user = self._user
        return user is not None and not user.can_reach(self.data_dir)

    @property
    def _inside(self) -> str:
        return "/proc/self/cwd" if self._hidden else str(self.data_dir)

    @property
    def _binaries(self) -> Binaries:
        return runnable_by(self._installed, self._user)

    def _run(self, tool: str, *args: str, cwd: Path | None = None) -> None:
        done = self._try(tool, *args, cwd=cwd)
        if done.returncode != 0:
            words = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise PypotError(f"{tool} failed in {self.data_dir}: {words[-1] if words else '?'}")

    def _try(
        self, tool: str, *args: str, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        # A clean environment: the caller's may hold keys, and PG* variables that mislead.
        env = {"PATH": os.defpath, "LC_ALL": "C", "HOME": "/", **self._binaries.env}
        options: dict[str, Any] = {}
        if (user := self._user) is not None:
            options = {"user": user.uid, "group": user.gid, "extra_groups": [], "umask": 0o077}
        return subprocess.run(
            [self._binaries.tool(tool), *args],
            cwd=cwd or self.data_dir,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Makes the directory if it is absent and keeps other callers out of it."""
        try:
            self.data_dir.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                self._mkdir(self.data_dir)
        except OSError as error:
            raise PypotError(
                f"cannot make {self.data_dir} ({error.strerror}): give another --data-dir"
            ) from None
        self._check_access()
        with _directory(self.data_dir) as fd:
            fcntl.flock(fd, fcntl.LOCK_EX)
            if os.geteuid() == 0 and self.data_dir.stat().st_uid == 0:
                # Made by root before: what is in it decides later whether it may be used.
                if any(self.data_dir.iterdir()) and not (self.data_dir / _PARTIAL).exists():
                    raise PypotError(self._why_not_ours())
                self._give_away(self.data_dir)
            yield

    def _check_access(self) -> None:
        if not _is_directory(self.data_dir):
            raise PypotError(f"{self.data_dir} is not a directory: give another --data-dir")
        if not os.access(self.data_dir, os.R_OK | os.W_OK | os.X_OK):
            raise PypotError(
                f"{self.data_dir} belongs to another user: give another --data-dir, or be that user"
            )

    def _mkdir(self, path: Path) -> None:
        path.mkdir(mode=0o700)
        self._give_away(path)

    def _write(self, name: str, text: str) -> None:
        """Writes a file of the data directory whole, for the server's user alone."""
        partial = self.data_dir / f".{name}.{os.getpid()}"
        fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            file.write(text)
        self._give_away(partial)
        partial.replace(self.data_dir / name)

    def _give_away(self, path: Path) -> None:
        if (user := self._user) is not None:
            os.chown(path, user.uid, user.gid)


@contextlib.contextmanager
def _directory(path: Path) -> Iterator[int]:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield fd
    finally:
        os.close(fd)


def _is_directory(path: Path) -> bool:
    # Unlike Path.is_dir, false also where one may not look.
    return os.path.isdir(path)  # noqa: PTH112


def _url(role: str, password: str, port: int, database: str) -> str:
    return f"postgresql://{role}:{password}@127.0.0.1:{port}/{quote(database, safe='')}"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _may_hold(pid: int, data_dir: str) -> bool:
    """Whether a process of this id runs and may be the server of `data_dir`, so far as one sees."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return True
    if not Path(os.fsdecode(arguments[0])).name.startswith(("postgres", "postmaster")):
        return False
    _, _, rest = b"\0".join(arguments).partition(b"\0-D\0")
    return not rest or rest.split(b"\0")[0] == os.fsencode(data_dir)
