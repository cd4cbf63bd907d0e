"""Lets an archived month leave the database for a signed file, and puts it back from there."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pypot_cli.archive import month_file
from pypot_cli.archive.months import name
from pypot_cli.archive.office import Office
from pypot_cli.errors import PypotError
from pypot_cli.fairness import signing
from pypot_cli.files import sync
from pypot_cli.keys import Secret

BATCH = 1000

Progress = Callable[[int], None]
"""Called with how many pots were written or read."""


def write(
    office: Office, month: date, out: Path, key: Secret, progress: Progress = lambda _: None
) -> month_file.Contents:
    """Write the file of an archived month, and read it back; return what is in it.

    A file that was written before is taken if it holds. Raises PypotError if the month was not
    archived, is detached, or if the file does not hold: such as when the log has no checkpoint yet
    that holds what was archived.
    """
    keys = [signing.public_key(key.reveal())]
    if out.exists():
        with contextlib.suppress(PypotError):
            held = month_file.verify(out, keys)
            if held.month == month and held.pots == len(office.rows("pots", month=month)):
                return held
        raise PypotError(f"{out} exists, and is not the file of this month: name another")
    part = out.parent / f".{out.name}.{os.getpid()}.part"
    try:
        out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            _write(office, month, file, key, progress)
            file.flush()
            os.fsync(file.fileno())
        month_file.verify(part, keys)
        os.link(part, out)
    except OSError as error:
        raise PypotError(f"cannot write {out}: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return month_file.verify(out, keys)


def _write(office: Office, month: date, file: Any, key: Secret, progress: Progress) -> None:
    digest = hashlib.sha256()

    def put(part: str, text: str) -> None:
        content = month_file.line(part, text)
        digest.update(content)
        file.write(content)

    with office.together(snapshot=True):
        found = office.within("month", month=month)
        if not found:
            raise PypotError(f"{name(month)} was not archived: pypot archive plan says what is")
        is_detached, checkpoint = found[0]
        if is_detached:
            raise PypotError(f"{name(month)} is detached already")
        if checkpoint is None:
            raise PypotError("the log has no checkpoint: pypot audit checkpoint makes one")
        pots = [pot_id for (pot_id,) in office.within("pots", month=month)]
        put(
            "manifest",
            json.dumps(
                {
                    "schema": month_file.SCHEMA,
                    "month": name(month),
                    "pots": len(pots),
                    "checkpoint": checkpoint,
                }
            ),
        )
        for number, pot_id in enumerate(pots, 1):
            put("pot", json.dumps({"pot_id": str(pot_id)}))
            for (text,) in office.within("chain", pot_id=pot_id):
                put("chain", text)
            for (text,) in office.within("logged", pot_id=pot_id, size=checkpoint["size"]):
                put("log", text)
            for table in month_file.TABLES:
                for (text,) in office.within("lines", pot_id=pot_id, month=month, table=table):
                    put(table, text)
            progress(number)
    file.write(month_file.signature(digest.digest(), key))


def detach(
    office: Office, contents: month_file.Contents, out: Path, copies: list[Path], key: Secret
) -> dict[str, Any]:
    """Drop what is in the file `out`, once each of its copies was read back; return the answer.

    File and copies are on their disks by then: the rows are nowhere else afterwards.
    """
    for copy in copies:
        if not copy.exists():
            try:
                shutil.copyfile(out, copy)
                copy.chmod(0o600)
            except OSError as error:
                raise PypotError(f"cannot write {copy}: {error.strerror}") from None
        if month_file.verify(copy, [signing.public_key(key.reveal())]) != contents:
            raise PypotError(f"{copy} is not a copy of {out}")
    for kept in (out, *copies):
        try:
            sync(kept)
            sync(kept.parent)
        except OSError as error:
            raise PypotError(f"cannot write {kept}: {error.strerror}") from None
    answer: dict[str, Any] = office.one(
        "detach", month=contents.month, file_hash=contents.file_hash
    )
    return answer


def attach(
    office: Office, file: Path, keys: list[bytes], progress: Progress = lambda _: None
) -> dict[str, Any]:
    """Put a detached month back from its file, in one transaction; return what attach_month says.

    Raises PypotError if the file does not hold or is not the one that the month went into.
    """
    contents = month_file.verify(file, keys)
    month = contents.month
    with office.together(), file.open("rb") as stream:
        office.within("begin_attach", month=month, file_hash=contents.file_hash)
        pots = 0
        table, lines = "", list[str]()

        def load() -> None:
            if lines:
                office.within("load_lines", month=month, table=table, lines=lines)
                lines.clear()

        for part, text in month_file.read_lines(stream):
            if part == "pot":
                pots += 1
                progress(pots)
            if part not in month_file.TABLES:
                continue
            if part != table or len(lines) >= BATCH:
                load()
                table = part
            lines.append(text.decode())
        load()
        answer: dict[str, Any] = office.within("attach", month=month)[0][0]
    return answer
