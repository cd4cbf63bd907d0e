"""The database: the embedded PostgreSQL 17, or another one that PYPOT_DB_URL names.

`up` makes either of them ready: server, Supabase layer, migrations. What a ready database answers
is the same in both cases, so nothing else in this package asks which one it is.
"""

from collections.abc import Mapping
from pathlib import Path

from pypot_cli.config import LOCAL_PASSWORD, external_database_url
from pypot_cli.db.binaries import embedded
from pypot_cli.db.cluster import Cluster
from pypot_cli.db.compat import DefaultPrivileges, apply_compat
from pypot_cli.db.connection import connect, password_of, query, with_role
from pypot_cli.errors import PypotError
from pypot_cli.migrations.apply import apply as apply_migrations

__all__ = ["Cluster", "connect", "down", "embedded_cluster", "prepare", "up", "url", "with_role"]


def embedded_cluster(data_dir: Path, settings: Mapping[str, str] | None = None) -> Cluster:
    """The embedded server of a data directory, whether or not that exists yet.

    `settings` are added to the durable ones that every server of ours has.
    """
    return Cluster(data_dir, embedded(), settings)


def up(data_dir: Path, port: int | None = None) -> str:
    """Makes the database ready and returns the URL of role postgres.

    The embedded server is made and started as needed (see `Cluster.start` for `port`). With
    PYPOT_DB_URL no server is started: that database gets what it lacks.

    Raises PypotError with what to do.
    """
    external = external_database_url()
    if external is not None:
        prepare(external, password_of(external))
        return _url_of_postgres(external)
    cluster = embedded_cluster(data_dir)
    cluster.start(port)
    prepare(cluster.admin_url(), LOCAL_PASSWORD)
    return cluster.url()


def url(data_dir: Path, *, admin: bool = False) -> str:
    """The URL of role postgres, or of the superuser; raises PypotError when no server runs.

    With PYPOT_DB_URL the superuser is whoever that names.
    """
    external = external_database_url()
    if external is not None:
        return external if admin else _url_of_postgres(external)
    cluster = embedded_cluster(data_dir)
    return cluster.admin_url() if admin else cluster.url()


def down(data_dir: Path) -> bool:
    """Stops the embedded server; returns whether it ran. Never stops a server of others."""
    if external_database_url() is not None:
        raise PypotError(
            "PYPOT_DB_URL names a server that pypot did not start: stop it where it was started, "
            "or unset PYPOT_DB_URL"
        )
    return embedded_cluster(data_dir).stop()


def prepare(
    admin_url: str,
    password: str | None,
    default_privileges: DefaultPrivileges = "classic",
) -> list[str]:
    """Applies the Supabase layer where absent, then pending migrations as role postgres.

    Returns the versions of the migrations applied. On a Supabase database `admin_url` may be that
    of postgres itself. `password` is for the roles that the layer makes (see `apply_compat`).
    """
    with connect(admin_url) as conn:
        apply_compat(conn, password, default_privileges)
        role = conn.execute(query("db_connected_role")).fetchone()
        if role is not None and role[1]:
            conn.execute(query("db_become_postgres"))
        conn.commit()
        return apply_migrations(conn)


def _url_of_postgres(external: str) -> str:
    """`external` for role postgres if that can log in with the same password, else as it is."""
    other = with_role(external, "postgres")
    try:
        connect(other).close()
    except PypotError:
        return external
    return other
