"""pgTAP's own runner passes the same files that pytest collects, unchanged.

One of each folder: pytest hands every file to psql with the same options (tests/support/pgtap.py).
"""

import os
import subprocess
from urllib.parse import urlsplit

from pypot_cli.config import ROOT
from pypot_cli.db.binaries import embedded
from tests.support.fixtures import unavailable
from tests.support.packages import MissingProgramError, debian
from tests.support.servers import Servers, Template


def test_pg_prove_passes_a_file_of_each_folder(servers: Servers) -> None:
    try:
        place = debian()
        url = urlsplit(servers.pgtap_url(Template(17)))
    except MissingProgramError as error:
        unavailable(str(error))
    folders = sorted(each for each in (ROOT / "sql" / "tests").iterdir() if each.is_dir())
    files = [file for each in folders for file in sorted(each.glob("*.test.sql"))[:1]]
    assert len(files) > 20
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
