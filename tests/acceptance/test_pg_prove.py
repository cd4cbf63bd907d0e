"""pgTAP's own runner passes the same files that pytest collects, unchanged."""

import os
import subprocess
from urllib.parse import urlsplit

from pypot_cli.config import ROOT
from pypot_cli.db.binaries import embedded
from tests.support.fixtures import unavailable
from tests.support.packages import MissingProgramError, debian
from tests.support.servers import Servers, Template


def test_pg_prove_passes_every_file(servers: Servers) -> None:
    try:
        place = debian()
        url = urlsplit(servers.pgtap_url(Template(17)))
    except MissingProgramError as error:
        unavailable(str(error))
    files = sorted((ROOT / "sql" / "tests").rglob("*.test.sql"))
    assert files
    command = [
        place.pg_prove,
        f"--psql-bin={embedded().tool('psql')}",
        "--ext=.sql",
        *map(str, files),
    ]
    env = {
        **os.environ,
        **place.env,
        "PGHOST": str(url.hostname),
        "PGPORT": str(url.port),
        "PGUSER": str(url.username),
        "PGPASSWORD": str(url.password),
        "PGDATABASE": url.path.lstrip("/"),
    }
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Files={len(files)}," in done.stdout
    assert done.stdout.rstrip().endswith("Result: PASS")
