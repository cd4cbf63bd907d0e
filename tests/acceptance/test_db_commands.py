"""`pypot db up`, `url` and `down`: what they print, and what they repair or refuse."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from pypot_cli.db.connection import with_role
from tests.support.servers import Servers, Template

PROGRAM = Path(sys.executable).with_name("pypot")

Pypot = Callable[..., subprocess.CompletedProcess[str]]


def run(
    *args: str | Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "PYPOT_DB_URL"}
    return subprocess.run(
        [PROGRAM, *map(str, args)],
        env={**clean, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A place for data below a directory that nobody else may enter, with a space in its name."""
    place = tmp_path / "a place" / "data"
    yield place
    run("db", "down", "--data-dir", place)


def up(data_dir: Path, *options: str) -> str:
    done = run("db", "up", "--data-dir", data_dir, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def refusal(*args: str | Path, env: Mapping[str, str] | None = None, code: int = 1) -> str:
    """The one line on stderr of a command that must fail."""
    done = run(*args, env=env)
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout == ""
    line, end = done.stderr[:-1], done.stderr[-1:]
    assert end == "\n"
    assert "\n" not in line
    assert line.startswith("pypot: ")
    return line.removeprefix("pypot: ")


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postmaster.pid").read_text().splitlines()[0])


def kill_server(data_dir: Path) -> None:
    """Kills the server as the kernel would for want of memory, and sees it dead."""
    pid, port = postmaster(data_dir), int((data_dir / "postmaster.pid").read_text().split("\n")[3])
    os.kill(pid, signal.SIGKILL)
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server survived SIGKILL")


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as conn:
        row = conn.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_up_answers_the_same_again_and_the_data_outlive_down(data_dir: Path) -> None:
    url = up(data_dir, "--port", "0")
    assert up(data_dir) == up(data_dir, "--port", "0") == url
    assert run("db", "url", "--data-dir", data_dir).stdout == url + "\n"
    parts = urlsplit(url)
    assert (parts.scheme, parts.username, parts.password, parts.hostname, parts.path) == (
        "postgresql",
        "postgres",
        "postgres",
        "127.0.0.1",
        "/postgres",
    )
    with psycopg.connect(url) as conn:
        conn.execute("create table public.kept as select 7 as n")

    assert run("db", "down", "--data-dir", data_dir).returncode == 0
    assert refusal("db", "url", "--data-dir", data_dir) == (
        f"no server runs in {data_dir}: run pypot db up"
    )
    again = run("db", "down", "--data-dir", data_dir)
    assert (again.returncode, again.stderr) == (0, "no server was running\n")

    assert up(data_dir) == url
    assert one(url, "select n from public.kept") == 7


def test_the_server_is_durable_private_and_silent_about_seeds(data_dir: Path) -> None:
    url = up(data_dir, "--port", "0")
    admin = run("db", "url", "--data-dir", data_dir, "--admin").stdout.strip()
    assert (
        one(
            admin,
            "select rolsuper and current_user = 'supabase_admin' from pg_roles"
            " where rolname = current_user",
        )
        is True
    )
    assert one(url, "select rolsuper from pg_roles where rolname = current_user") is False
    assert urlsplit(admin).password != "postgres"  # noqa: S105
    for name, value in {
        "server_version_num": "17",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "wal_level": "logical",
        "listen_addresses": "127.0.0.1",
        "log_statement": "none",
        "log_min_error_statement": "panic",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }.items():
        assert str(one(admin, f"show {name}")).startswith(value), name
    assert data_dir.stat().st_mode & 0o077 == 0
    assert list(data_dir.glob(".s.PGSQL.*"))

    canary = "c0ffee" * 8
    with psycopg.connect(url, autocommit=True) as conn:
        for query, values in (
            (f"select '{canary}'::int", None),
            ("select %s::int", [canary]),
            (f"select no_such_function('{canary}')", None),
        ):
            with pytest.raises(psycopg.Error):
                conn.execute(query, values)
    log = (data_dir / "server.log").read_text()
    assert "no_such_function(unknown) does not exist" in log
    # The first two errors quote the value themselves, which PostgreSQL has no setting for.
    assert "STATEMENT" not in log
    assert "select" not in log


def test_the_layer_and_the_migrations_are_there(data_dir: Path) -> None:
    url = up(data_dir, "--port", "0")
    files = sorted((Path(__file__).parents[2] / "supabase" / "migrations").glob("*.sql"))
    with psycopg.connect(url) as conn:
        applied = conn.execute(
            "select version from supabase_migrations.schema_migrations order by version"
        ).fetchall()
    assert [version for (version,) in applied] == [file.name[:14] for file in files]
    assert one(with_role(url, "authenticator"), "select current_user::text") == "authenticator"


def test_a_killed_server_is_started_again_with_what_it_had_committed(data_dir: Path) -> None:
    url = up(data_dir, "--port", "0")
    idle = psycopg.connect(url)
    with psycopg.connect(url) as conn:
        conn.execute("create table public.kept as select 7 as n")
    kill_server(data_dir)
    assert "no server runs" in refusal("db", "url", "--data-dir", data_dir)
    assert up(data_dir) == url
    assert one(url, "select n from public.kept") == 7
    idle.close()


@pytest.mark.parametrize("content", ["", "nonsense\n", "{pid}\n", "{pid}\n{dir}\n1\n5\n.\n\n"])
def test_a_stale_lock_file_is_repaired(data_dir: Path, content: str) -> None:
    url = up(data_dir, "--port", "0")
    assert run("db", "down", "--data-dir", data_dir).returncode == 0
    owner = data_dir.stat().st_uid
    # The id of the dead server has gone to another program of the same user.
    other = subprocess.Popen(["/bin/sleep", "60"], user=owner)
    lock = data_dir / "postmaster.pid"
    lock.write_text(content.format(pid=other.pid, dir=data_dir))
    os.chown(lock, owner, -1)
    lock.chmod(0o600)
    try:
        assert up(data_dir) == url
        assert one(url, "select 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_busy_port_is_named(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        message = refusal("db", "up", "--data-dir", data_dir, "--port", str(port))
    assert message == (
        f"port {port} is in use by another program: give --port P, or --port 0 for any free one"
    )
    assert up(data_dir, "--port", str(port)).endswith(f":{port}/postgres")
    assert "already runs on port" in refusal("db", "up", "--data-dir", data_dir, "--port", "1")


def test_a_directory_left_half_made_is_made_anew(data_dir: Path) -> None:
    victim = subprocess.Popen(
        [PROGRAM, "db", "up", "--data-dir", data_dir, "--port", "0"],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    for _ in range(2000):
        if (data_dir / "initdb.part" / "global").exists():
            break
        time.sleep(0.005)
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    assert (data_dir / "initdb.part").exists()
    assert one(up(data_dir, "--port", "0"), "select 1") == 1


def test_a_directory_of_others_is_left_alone(tmp_path: Path) -> None:
    for file, word in (("letter.txt", "is no database"), ("PG_VERSION", "half-made")):
        place = tmp_path / word.replace(" ", "-")
        place.mkdir()
        (place / file).write_text("17\n")
        message = refusal("db", "up", "--data-dir", place)
        assert word in message
        assert "give another --data-dir" in message
        assert [entry.name for entry in place.iterdir()] == [file]
    letter = tmp_path / "letter"
    letter.write_text("")
    assert "is not a directory" in refusal("db", "up", "--data-dir", letter)


def test_data_of_another_version_are_refused(data_dir: Path) -> None:
    up(data_dir, "--port", "0")
    run("db", "down", "--data-dir", data_dir)
    (data_dir / "PG_VERSION").write_text("15\n")
    assert "was made by PostgreSQL 15, this is 17" in refusal("db", "up", "--data-dir", data_dir)
    (data_dir / "PG_VERSION").write_text("17\n")
    (data_dir / "global" / "pg_control").unlink()
    assert "has lost its global/pg_control" in refusal("db", "up", "--data-dir", data_dir)


def test_two_at_once_make_one_server(data_dir: Path) -> None:
    with ThreadPoolExecutor() as pool:
        urls = set(pool.map(lambda _: up(data_dir, "--port", "0"), range(3)))
    assert len(urls) == 1


def test_pypot_db_url_points_everything_elsewhere(servers: Servers, tmp_path: Path) -> None:
    database = servers.create(Template(15, migrated=False))
    try:
        env = {"PYPOT_DB_URL": database.url("supabase_admin")}
        done = run("db", "up", "--data-dir", tmp_path / "unused", env=env)
        assert done.returncode == 0, done.stderr
        # The password of the superuser is not that of role postgres: the URL stays as given.
        assert done.stdout.splitlines()[-1] == env["PYPOT_DB_URL"]
        assert not (tmp_path / "unused").exists()
        with database.connect() as conn:
            owners = conn.execute(
                "select distinct relowner::regrole::text from pg_class"
                " where relnamespace = 'public'::regnamespace and relkind = 'r'"
            ).fetchall()
        assert owners == [("postgres",)]

        as_postgres = {"PYPOT_DB_URL": database.url()}
        assert run("db", "up", env=as_postgres).stdout.splitlines()[-1] == database.url()
        assert run("db", "url", env=as_postgres).stdout == database.url() + "\n"
        assert "did not start" in refusal("db", "down", env=as_postgres)
    finally:
        servers.drop(database)


def test_a_wrong_pypot_db_url_hides_its_password() -> None:
    message = refusal("db", "up", env={"PYPOT_DB_URL": "mysql://me:hush@x/y"}, code=2)
    assert message == "PYPOT_DB_URL must begin with postgresql://"
    closed = {"PYPOT_DB_URL": "postgresql://me:hush@127.0.0.1:1/postgres"}
    message = refusal("db", "up", env=closed)
    assert message.startswith("cannot connect: ")
    assert "hush" not in message
    unreadable = {"PYPOT_DB_URL": "postgresql://me:hush@[x/y"}
    assert "hush" not in refusal("db", "up", env=unreadable, code=2)


def test_an_option_that_is_wrong_is_a_usage_error() -> None:
    done = run("db", "up", "--port", "65536")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
