"""Which way a command takes: the database itself, or Supabase's API."""

from __future__ import annotations

import os

from pypot_cli import config, wake
from pypot_cli.api.settings import jwt_secret
from pypot_cli.rpc import Api, Calls, database_url, login_url
from pypot_cli.wake import Listening


def choose(db_url: str | None) -> tuple[Calls, Listening]:
    """Return calls and what wakes their caller.

    `db_url`, else PYPOT_DB_URL, else SUPABASE_URL, else the checkout's own database. Raises
    PypotError for what cannot be used.
    """
    address = os.environ.get("SUPABASE_URL", "")
    if address and not (db_url or config.external_database_url()):
        # Supabase's client takes most of a second to import: who does not use it does not wait.
        from pypot_cli.supabase_api import Project, SupabaseApi, realtime

        project = Project(address, os.environ.get("SUPABASE_KEY", ""), jwt_secret())
        return SupabaseApi(project), realtime(project)
    login = login_url(database_url(db_url))
    return Api(login), wake.database(login)
