"""A server runs for any caller from any place, root's closed directories included."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pypot_cli.db.binaries import Binaries, embedded, runnable_by
from pypot_cli.db.cluster import Cluster
from pypot_cli.db.owner import ServerUser, server_user


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Binaries]:
    """The embedded server's programs where only their owner may look, as below /root."""
    home = tmp_path / "closed"
    home.mkdir(mode=0o700)
    here = embedded()
    shutil.copytree(here.prefix, home / "pginstall", symlinks=True)
    binaries = Binaries(home / "pginstall", here.major, here.env, here.initdb_options)
    yield binaries
    place = runnable_by(binaries, server_user(tmp_path / "none")).prefix
    if place != binaries.prefix:
        shutil.rmtree(place)


def test_programs_and_data_may_be_out_of_the_servers_reach(
    closed: Binaries, tmp_path: Path
) -> None:
    cluster = Cluster(tmp_path / "closed" / "data", closed)
    cluster.start(0)
    try:
        with psycopg.connect(cluster.admin_url()) as conn:
            row = conn.execute("select count(*) from pg_timezone_names").fetchone()
            conn.execute("create extension pgcrypto")
        assert row is not None
        assert row[0] > 400
    finally:
        assert cluster.stop()


def test_a_copy_of_the_programs_follows_its_source(closed: Binaries, tmp_path: Path) -> None:
    user = server_user(tmp_path / "none")
    first = runnable_by(closed, user)
    added = closed.prefix / "share" / "extension" / "added.control"
    added.write_text("comment = 'later'\n")
    second = runnable_by(closed, user)
    assert second == first
    copied = second.prefix / "share" / "extension" / "added.control"
    assert copied.read_text() == "comment = 'later'\n"
    if os.geteuid() == 0:
        assert user is not None
        assert second.prefix != closed.prefix
        assert user.can_reach(second.prefix)
        assert not user.can_reach(closed.prefix)
        assert os.access(second.tool("postgres"), os.X_OK)
    else:
        assert second is closed


def test_mode_bits_say_who_can_reach_a_place(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    status = inner.stat()
    owner, stranger = ServerUser(status.st_uid, status.st_gid), ServerUser(65533, 65533)
    group = ServerUser(65533, status.st_gid)
    for directory in (inner, *inner.parents):
        if directory == tmp_path.parent:
            break
        directory.chmod(0o700)
    assert owner.can_reach(inner)
    assert not stranger.can_reach(inner)
    assert not group.can_reach(inner)
    assert stranger.can_reach(Path("/"))
