"""A fresh server for one command, in a temporary directory: nothing of it is left afterwards."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pypot_cli import db
from pypot_cli.config import LOCAL_PASSWORD
from pypot_cli.db.cluster import Cluster

_STOP_SECONDS = 20.0


@contextlib.contextmanager
def throwaway_cluster(
    name: str, say: Callable[[str], None], settings: Mapping[str, str] | None = None
) -> Iterator[tuple[Path, Cluster]]:
    """Start a fresh server with the Supabase layer and the migrations; stop and remove it after.

    Yields the directory that everything is in, where the caller may put more, and the server.
    `name` is a part of the directory's; `say` is told each step as it begins. `settings` are added
    to the server's durable ones.
    """
    directory = Path(tempfile.mkdtemp(prefix=f"pypot-{name}-"))
    with contextlib.ExitStack() as cleaning:
        cleaning.callback(shutil.rmtree, directory, ignore_errors=True)
        # Root's server runs as another user, who has to walk to its data.
        directory.chmod(0o711)
        cluster = db.embedded_cluster(directory / "db", settings)
        cleaning.callback(_stop, cluster)
        say("starting a fresh PostgreSQL 17")
        cluster.start(0)
        say("applying the Supabase layer and the migrations")
        db.prepare(cluster.admin_url(), LOCAL_PASSWORD)
        yield directory, cluster


def _stop(cluster: Cluster) -> None:
    # A start that was interrupted may leave a server that answers only a moment later.
    deadline = time.monotonic() + _STOP_SECONDS
    while not cluster.stop() and (cluster.data_dir / "postmaster.pid").exists():
        if time.monotonic() > deadline:
            return
        time.sleep(0.2)
