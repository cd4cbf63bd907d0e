"""Takes a pot's full record out, into one signed file."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from pypot_cli.compliance import export_format as form
from pypot_cli.compliance.desk import Desk
from pypot_cli.errors import PypotError
from pypot_cli.fairness import signing
from pypot_cli.game import GAME
from pypot_cli.keys import Secret

Progress = Callable[[str, int], None]
"""Called with the part that is being read, and how many of its rows were."""

PAGE_SIZE = 5000
"""Large, since for each page all entries of the pot are gone through; it takes a second or two."""


def export(
    desk: Desk,
    pot_id: UUID,
    reason: str,
    out: Path,
    key: Secret,
    *,
    identified: bool = False,
    progress: Progress = lambda *_: None,
) -> dict[str, Any]:
    """Write the record into `out`, which only this user can read; return the manifest.

    The database keeps who took it out and why, before the first row is read. Rows are written as
    they come, whatever the size of the pot. Raises PypotError if `out` exists or cannot be written,
    or if the pot changed while it was read: pause it, or try again.
    """
    if out.exists():
        raise PypotError(f"{out} exists: name a file that does not")
    begun = desk.call("export_pot", pot_id=pot_id, reason=reason, identified=identified)
    before = desk.call("get_pot", pot_id=pot_id)
    spool = out.parent / f".{out.name}.{os.getpid()}.part"
    whole = out.parent / f".{out.name}.{os.getpid()}.whole"
    try:
        with _private(spool) as rows:
            parts = _write_parts(desk, begun["export_id"], rows, progress)
            after = desk.call("get_pot", pot_id=pot_id)
            if (before["version"], before["status"]) != (after["version"], after["status"]):
                raise PypotError("the pot changed while it was exported: pause it, or try again")
            manifest = {
                "schema": form.SCHEMA,
                **{name: begun[name] for name in ("export_id", "pot_id", "identified")},
                "exported_at": begun["created_at"],
                "tree_size": begun["tree_size"],
                "status": after["status"],
                "version": after["version"],
                "parts": parts,
                "lines": sum(part["lines"] for part in parts),
            }
            rows.seek(0)
            with _private(whole) as file:
                first = form.line(form.MANIFEST, manifest)
                file.write(first + b"\n")
                shutil.copyfileobj(rows, file)
                file.write(form.line(form.SIGNATURE, _signature(first, key)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        # Not over a file that somebody else made meanwhile.
        os.link(whole, out)
    except FileExistsError:
        raise PypotError(f"{out} exists: name a file that does not") from None
    except OSError as error:
        raise PypotError(f"cannot write {out}: {error.strerror}") from None
    finally:
        for file_name in (spool, whole):
            with contextlib.suppress(OSError):
                file_name.unlink()
    return manifest


def _write_parts(
    desk: Desk, export_id: str, file: IO[bytes], progress: Progress
) -> list[dict[str, Any]]:
    parts = []
    chain = form.FIRST_CHAIN
    for part in form.PARTS:
        lines = 0
        after: str | None = None
        progress(part, lines)
        while True:
            page = desk.call(
                "read_export", export_id=export_id, part=part, after=after, page_size=PAGE_SIZE
            )
            for row in page["rows"]:
                content = form.line(part, row)
                chain = form.chained(chain, content)
                file.write(content + b"\n")
            lines += len(page["rows"])
            progress(part, lines)
            after = page["next"]
            if after is None:
                break
        parts.append({"part": part, "lines": lines, "chain": chain.hex()})
    return parts


def _signature(manifest: bytes, key: Secret) -> dict[str, str]:
    public_key = signing.public_key(key.reveal())
    return {
        "kid": signing.kid(form.PURPOSE, public_key, GAME),
        "public_key": public_key.hex(),
        "signature": signing.sign(key.reveal(), form.message(manifest)).hex(),
    }


def _private(file: Path) -> IO[bytes]:
    return os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w+b")
