"""What PyPI does not have: PostgreSQL 15 with pgTAP and plpgsql_check, Chromium, Prometheus,
PgBouncer, and from npm the Supabase CLI and client.

Root installs Debian packages by apt. Anyone else unpacks them into the checkout's cache, with the
libraries the machine lacks, and runs them from there. Elsewhere MissingProgramError says what to
install; tests that need it are then skipped, or fail under PYPOT_STRICT=1.
"""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pypot_cli.config import CACHE_DIR
from pypot_cli.db.binaries import Binaries
from pypot_cli.errors import LeftOutError

_PACKAGES = (
    "postgresql-15",
    "postgresql-client-15",
    "postgresql-15-pgtap",
    "postgresql-15-plpgsql-check",
    "libtap-parser-sourcehandler-pgtap-perl",
)

# What has to be there for the packages to count as installed, below the root of the file system.
_EXTENSIONS = Path("usr/share/postgresql/15/extension")
_PROOF = (
    Path("usr/lib/postgresql/15/bin/postgres"),
    Path("usr/bin/pg_prove"),
    _EXTENSIONS / "pgtap.control",
    _EXTENSIONS / "plpgsql_check.control",
)

# Only just-in-time compilation needs LLVM, and it is switched off.
_NOT_UNPACKED = ("libllvm", "postgresql-common", "ssl-cert")

# The common part is named too, for where it is installed without the rest.
_CHROMIUM_PACKAGES = (
    *("chromium", "chromium-common", "fonts-dejavu-core"),
    "fonts-noto-color-emoji",  # cheers
)
_CHROMIUM_PROOF = (Path("usr/lib/chromium/chromium"),)
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# An unpacked Chromium finds its libraries and fonts by this, wherever the checkout is moved.
_CHROMIUM_SCRIPT = """\
#!/bin/sh
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
for place in "$root"/usr/lib/*-linux-gnu* "$root"/lib/*-linux-gnu*; do
    LD_LIBRARY_PATH=$place${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
done
export LD_LIBRARY_PATH FONTCONFIG_FILE="$root/fonts.conf"
exec "$root/usr/lib/chromium/chromium" "$@"
"""
_CHROMIUM_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix="relative">usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""

_PROMETHEUS_PACKAGES = ("prometheus",)
_PROMETHEUS_PROOF = (Path("usr/bin/prometheus"), Path("usr/bin/promtool"))

_PGBOUNCER_PACKAGES = ("pgbouncer",)
_PGBOUNCER_PROOF = (Path("usr/sbin/pgbouncer"),)
# Of Debian 13, because that of Debian 12 follows no prepared statements.
_PGBOUNCER_SUITE = "trixie"
_PGBOUNCER_LEAST = (1, 22)  # From which on it follows DEALLOCATE ALL too.

_DEBIANS_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"

_WRK_PACKAGES = ("wrk",)
_WRK_PROOF = (Path("usr/bin/wrk"),)

_ETCD_PACKAGES = ("etcd-server",)
_ETCD_PROOF = (Path("usr/bin/etcd"),)
_HAPROXY_PACKAGES = ("haproxy",)
_HAPROXY_PROOF = (Path("usr/sbin/haproxy"),)

_FAKETIME_PACKAGES = ("libfaketime",)
_FAKETIME_NAME = "faketime/libfaketime.so.1"

_SUPABASE = "3.1.0"
_SUPABASE_JS = "2.119.1"
_WS = "8.23.0"
_STANDARD_WEBHOOKS = "1.1.1"


class MissingProgramError(LeftOutError):
    """A program is not there and could not be fetched; the text says what to install."""


@dataclass(frozen=True)
class Debian:
    """The file system that holds the packages: `/`, or the cache they were unpacked into."""

    root: Path

    @property
    def postgres(self) -> Binaries:
        """PostgreSQL 15."""
        return Binaries(prefix=self.root / "usr/lib/postgresql/15", major=15, env=self._libraries())

    @property
    def extensions(self) -> Path:
        """The directory with the control and SQL files of PostgreSQL 15's extensions."""
        return self.root / _EXTENSIONS

    @property
    def pg_prove(self) -> str:
        """The path of pgTAP's test runner."""
        return str(self.root / "usr/bin/pg_prove")

    @property
    def env(self) -> dict[str, str]:
        """The environment under which the programs find their libraries and Perl modules."""
        perl = {} if self._is_system else {"PERL5LIB": str(self.root / "usr/share/perl5")}
        return {**self._libraries(), **perl}

    @property
    def _is_system(self) -> bool:
        return self.root == Path("/")

    def _libraries(self) -> dict[str, str]:
        if self._is_system:
            return {}
        places = [*self.root.glob("usr/lib/*-linux-gnu*"), *self.root.glob("lib/*-linux-gnu*")]
        return {"LD_LIBRARY_PATH": ":".join(str(place) for place in places)}


def debian() -> Debian:
    """PostgreSQL 15 and its companions, fetched the first time."""
    return Debian(_from_debian("debian", _PACKAGES, _PROOF))


def chromium() -> Path:
    """The path of a Chromium that can be run, fetched the first time."""
    for name in _CHROMIUM_NAMES:
        if (found := shutil.which(name)) and _is_browser(found):
            return Path(found)
    root = _from_debian("chromium", _CHROMIUM_PACKAGES, _CHROMIUM_PROOF)
    program = Path("/usr/bin/chromium")
    if root != Path("/"):
        program = root / "chromium"
        _write(root / "fonts.conf", _CHROMIUM_FONTS)
        _write(program, _CHROMIUM_SCRIPT, mode=0o755)
    if not _is_browser(str(program)):
        raise MissingProgramError(f"{program} does not start: install Chromium and its libraries")
    return program


def prometheus() -> Path:
    """The directory with the programs prometheus and promtool, fetched the first time."""
    # Unpacked, because installing the package starts a server of the machine's own.
    root = _from_debian("prometheus", _PROMETHEUS_PACKAGES, _PROMETHEUS_PROOF, install=False)
    return root / "usr" / "bin"


def pgbouncer() -> list[str]:
    """The command of a PgBouncer that follows prepared statements, fetched the first time."""
    for place in (shutil.which("pgbouncer"), "/usr/sbin/pgbouncer"):
        if place is not None and _version([place]) >= _PGBOUNCER_LEAST:
            return [place]
    root = _from_debian(
        f"pgbouncer-{_PGBOUNCER_SUITE}",
        _PGBOUNCER_PACKAGES,
        _PGBOUNCER_PROOF,
        suite=_PGBOUNCER_SUITE,
    )
    # A later Debian's programs need its C library, and that is loaded by its own loader only.
    libraries = ":".join(str(place) for place in root.glob("usr/lib/*-linux-gnu*"))
    loaders = sorted(root.glob("usr/lib/*-linux-gnu*/ld-linux-*.so.*"))
    program = str(root / _PGBOUNCER_PROOF[0])
    command = [*map(str, loaders[:1]), "--library-path", libraries, program]
    if _version(command) < _PGBOUNCER_LEAST:
        least = ".".join(map(str, _PGBOUNCER_LEAST))
        raise MissingProgramError(f"{program} does not start: install PgBouncer {least} or later")
    return command


def wrk() -> Debian:
    """The file system with the program wrk in usr/bin, fetched the first time."""
    return Debian(_from_debian("wrk", _WRK_PACKAGES, _WRK_PROOF))


def etcd() -> Debian:
    """The file system with the program etcd in usr/bin, fetched the first time."""
    return Debian(_from_debian("etcd", _ETCD_PACKAGES, _ETCD_PROOF, install=False))


def haproxy() -> Debian:
    """The file system with the program haproxy in usr/sbin, fetched the first time."""
    return Debian(_from_debian("haproxy", _HAPROXY_PACKAGES, _HAPROXY_PROOF, install=False))


def faketime() -> Path:
    """The library that shows a program another time (LD_PRELOAD), fetched the first time."""
    places = [Path(f"usr/lib/{arch}-linux-gnu") for arch in ("x86_64", "aarch64")]
    place = next((each for each in places if (Path("/") / each).is_dir()), places[0])
    proof = place / _FAKETIME_NAME
    return _from_debian("faketime", _FAKETIME_PACKAGES, (proof,)) / proof


def add_pgtap(server: Binaries) -> None:
    """Puts pgTAP, which is SQL only, among the extensions of another PostgreSQL."""
    target = server.prefix / "share" / "extension"
    for file in debian().extensions.glob("pgtap*"):
        copy = target / file.name
        if not copy.exists() or copy.read_bytes() != file.read_bytes():
            partial = target / f".{file.name}.{os.getpid()}"
            shutil.copyfile(file, partial)
            partial.replace(copy)


def supabase_cli() -> Path:
    """The path of the Supabase CLI, fetched from npm the first time; run it with DO_NOT_TRACK=1."""
    return _from_npm(f"supabase@{_SUPABASE}") / ".bin" / "supabase"


def supabase_js() -> Path:
    """The directory node_modules with @supabase/supabase-js, and ws, which Node 20 lacks."""
    return _from_npm(f"@supabase/supabase-js@{_SUPABASE_JS}", f"ws@{_WS}")


def standardwebhooks_js() -> Path:
    """The directory node_modules with standardwebhooks, by which a receiver verifies."""
    return _from_npm(f"standardwebhooks@{_STANDARD_WEBHOOKS}")


def fetch_all() -> None:
    """Fetches whatever is not here yet; what cannot be had is told, and is no failure."""
    for fetch in (
        debian, chromium, prometheus, pgbouncer, wrk,
        supabase_cli, supabase_js, standardwebhooks_js,
    ):  # fmt: skip
        try:
            fetch()
        except MissingProgramError as error:
            _say(str(error))


def _from_npm(*packages: str) -> Path:
    """The directory node_modules of the packages, fetched the first time."""
    name = "-".join(each.replace("/", "-").replace("@", "-").strip("-") for each in packages)
    home, partial = CACHE_DIR / name, CACHE_DIR / f"{name}.partial"
    with _locked(CACHE_DIR / f"{name}.lock"):
        if home.exists():
            return home / "node_modules"
        if shutil.which("npm") is None:
            if os.geteuid() != 0 or shutil.which("apt-get") is None:
                raise MissingProgramError("install Node.js with npm, for " + " ".join(packages))
            _say("installing nodejs and npm by apt")
            with _locked(CACHE_DIR / "debian.lock"):
                _apt_install(("nodejs", "npm"))
        _say(f"fetching {' '.join(packages)} from npm")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        (partial / "package.json").write_text("{}\n", encoding="utf-8")
        _run(("npm", "install", "--no-audit", "--no-fund", *packages), cwd=partial)
        partial.rename(home)
    return home / "node_modules"


def _from_debian(
    name: str,
    packages: Sequence[str],
    proof: Sequence[Path],
    *,
    install: bool = True,
    suite: str | None = None,
) -> Path:
    """The root of the file system that has Debian's packages: `/`, or a directory of the cache.

    They are there when every file of `proof` is. With `install`, root puts them into `/`. Those of
    another `suite` than the machine's are unpacked with every library that they need.
    """
    system, cached = Path("/"), CACHE_DIR / name
    with _locked(CACHE_DIR / "debian.lock"):
        for root in (system, cached) if suite is None else (cached,):
            if _is_complete(root, proof):
                return root
        if shutil.which("apt-get") is None:
            raise MissingProgramError(
                f"install {', '.join(packages)} or their like: "
                "this machine has no apt to do it with"
            )
        if install and suite is None and os.geteuid() == 0:
            _say(f"installing {' '.join(packages)} by apt")
            _apt_install(packages)
            root = system
        else:
            _say(f"unpacking {' '.join(packages)} into {cached}")
            _unpack(packages, cached, suite)
            root = cached
    if not _is_complete(root, proof):
        raise MissingProgramError(f"apt brought {', '.join(packages)}, but not all their files")
    return root


def _is_complete(root: Path, proof: Sequence[Path]) -> bool:
    return all((root / file).exists() for file in proof)


def _version(command: Sequence[str]) -> tuple[int, ...]:
    """What a program says of its version, as `PgBouncer 1.24.1`; () of one that does not start."""
    try:
        done = subprocess.run(
            [*command, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.match(r"\S+ (\d+)\.(\d+)", done.stdout)
    return tuple(map(int, found.groups())) if found else ()


def _is_browser(program: str) -> bool:
    """Whether a program starts: Ubuntu's chromium only says where to get another."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.startswith((b"Chromium ", b"Google Chrome "))


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    """Writes a file that appears whole, so that two may write it at once."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.chmod(mode)
    partial.replace(path)


def _apt_install(packages: Sequence[str]) -> None:
    patient = ("-oDPkg::Lock::Timeout=300",)
    install = ("apt-get", *patient, "install", "-y", "-q", "--no-install-recommends", *packages)
    try:
        _run(install)
    except MissingProgramError:
        # Images come without package lists, or with stale ones.
        _run(("apt-get", "update", "-q"))
        _run(install)


def _unpack(packages: Sequence[str], root: Path, suite: str | None) -> None:
    """Downloads packages and what they need that is not installed, and unpacks them as `root`."""
    lists, debs, partial = (root.with_name(f"{root.name}.{s}") for s in ("apt", "debs", "partial"))
    for place in (debs, partial):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
    own = (f"-oDir::State::lists={lists}/lists", f"-oDir::Cache={lists}/cache")
    options = () if suite is None else (*own, *_of_suite(suite, lists))
    try:
        _download(packages, debs, options, suite)
    except MissingProgramError:
        # The machine's lists are absent or stale, and only root may renew them: keep own ones.
        (lists / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        (lists / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
        options = options or own
        _run(("apt-get", *options, "update", "-q"))
        _download(packages, debs, options, suite)
    for deb in sorted(debs.glob("*.deb")):
        if not deb.name.startswith(_NOT_UNPACKED):
            _run(("dpkg", "-x", str(deb), str(partial)))
    shutil.rmtree(root, ignore_errors=True)
    partial.rename(root)
    shutil.rmtree(debs)


def _of_suite(suite: str, into: Path) -> tuple[str, ...]:
    """apt's options under which it knows that suite of Debian alone, and nothing is installed."""
    places = _run(("apt-get", "indextargets", "--format", "$(REPO_URI)")).split()
    mirror = next((place for place in places if place.endswith("/debian/")), None)
    if mirror is None:
        raise MissingProgramError(f"apt here knows no mirror of Debian, to ask for {suite}")
    sources = into / "sources.list"
    into.mkdir(parents=True, exist_ok=True)
    sources.write_text(f"deb [signed-by={_DEBIANS_KEYS}] {mirror} {suite} main\n", encoding="utf-8")
    return (
        f"-oDir::Etc::sourcelist={sources}",
        "-oDir::Etc::sourceparts=-",
        "-oDir::State::status=/dev/null",
    )


def _download(
    packages: Sequence[str], into: Path, options: Sequence[str], suite: str | None
) -> None:
    # Packages that lie in apt's cache already would not be listed.
    empty = into / "archives"
    (empty / "partial").mkdir(parents=True, exist_ok=True)
    listed = _run(
        (
            "apt-get",
            *options,
            f"-oDir::Cache::archives={empty}",
            "install",
            "--print-uris",
            "-qq",
            "-y",
            "--no-install-recommends",
            *packages,
        )
    )
    # A line is: 'http://…/libpq5_15.0-1_amd64.deb' libpq5_15.0-1_amd64.deb SIZE HASH
    files = [line.split()[1] for line in listed.splitlines() if line.startswith("'")]
    names = {file.split("_")[0] for file in files} - set(packages)
    if suite is not None:
        # Of the half a system that is listed where nothing is installed, what a program loads.
        names = {n for n in names if n.startswith(("lib", "zlib")) and "perl" not in n}
    wanted = sorted(n for n in {*names, *packages} if not n.startswith(_NOT_UNPACKED))
    _run(("apt-get", *options, "download", "-q", *wanted), cwd=into)


def _run(command: Sequence[str], cwd: Path | None = None) -> str:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "DO_NOT_TRACK": "1", "LC_ALL": "C"}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise MissingProgramError(f"{' '.join(command)} failed: {reason}")
    return done.stdout


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    print(f"tests: {text}", file=sys.stderr, flush=True)
