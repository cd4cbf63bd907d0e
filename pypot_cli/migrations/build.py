"""Compiles changed function files into the next migration, and keeps `migrations.sum`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pypot_cli.errors import PypotError
from pypot_cli.migrations.signature import SignatureError, read_signature
from pypot_cli.migrations.tree import (
    GENERATED_MARK,
    SOURCE_LINE,
    FunctionFile,
    Migration,
    Tree,
    compiled_functions,
)

HEADER = f"""\
{GENERATED_MARK} from the files named below: change those, never this one.

set check_function_bodies = off;
"""


@dataclass(frozen=True)
class Built:
    """What a build wrote: the migration's file name and the paths it compiled."""

    file: str
    sources: list[str]


def changed_functions(tree: Tree) -> list[FunctionFile]:
    """The function files whose text differs from their latest occurrence, ordered by path."""
    compiled = compiled_functions(tree.migrations)
    return [
        file
        for file in tree.functions
        if file.function not in compiled or compiled[file.function].text != file.text
    ]


def refusals(tree: Tree) -> list[str]:
    """Why the function files cannot be compiled onto these migrations, a line each.

    A function that is gone, or whose signature CREATE OR REPLACE cannot change in place, first
    needs a hand migration that drops what databases already have.
    """
    compiled = compiled_functions(tree.migrations)
    by_function: dict[str, FunctionFile] = {}
    reasons = []
    for file in tree.functions:
        if (other := by_function.setdefault(file.function, file)) is not file:
            reasons.append(f"{file.path} and {other.path} both hold {file.function}")
    for function, old in compiled.items():
        new = by_function.get(function)
        if (new is None or new.text != old.text) and (reason := _obstacle(old, new)):
            reasons.append(reason)
    return reasons


def _obstacle(old: FunctionFile, new: FunctionFile | None) -> str | None:
    try:
        before = read_signature(old.text)
        if new is None:
            return (
                f"{old.path} is gone or renamed: write a hand migration with "
                f"`{before.drop_statement}` first"
            )
        why = before.cannot_become(read_signature(new.text))
    except SignatureError as error:
        return f"{(new or old).path} {error}"
    if why is None:
        return None
    return f"{new.path}: {why}; write a hand migration with `{before.drop_statement}` first"


def next_version(tree: Tree, now: datetime) -> str:
    """Fourteen digits: `now` in UTC, or one more than the last version when that is not later."""
    return str(max(int(now.astimezone(UTC).strftime("%Y%m%d%H%M%S")), int(tree.last_version) + 1))


def build(root: Path, name: str, version: str | None = None) -> Built | None:
    """Writes `migrations/<version>_functions_<name>.sql` and its line in `migrations.sum`.

    Returns None, and writes nothing, when every function file is compiled already. Raises
    PypotError with a line a reason when the files cannot be compiled (see `refusals`), and for a
    malformed name or a version that is malformed, taken, or older than what it would replace.
    """
    tree = Tree(root)
    if not re.fullmatch(r"[a-z0-9]+(?:_[a-z0-9]+)*", name):
        raise PypotError(f"{name!r} is no migration name: use lower-case words joined by _")
    if reasons := refusals(tree):
        raise PypotError("\n       ".join(reasons))
    changed = changed_functions(tree)
    if not changed:
        return None

    version = version or next_version(tree, datetime.now(UTC))
    if not re.fullmatch(r"[0-9]{14}", version):
        raise PypotError(f"{version!r} is no version: it has fourteen digits, as 20261122000300")
    if any(m.version == version for m in tree.migrations):
        raise PypotError(f"version {version} is taken already")
    text = HEADER + "".join(f"\n{SOURCE_LINE}{file.path}\n{file.text}" for file in changed)
    new = Migration(f"{version}_functions_{name}.sql", version, f"functions_{name}", text)
    after = compiled_functions(sorted([*tree.migrations, new], key=lambda m: m.file))
    if any(after.get(file.function) is None for file in changed) or any(
        after[file.function].text != file.text for file in changed
    ):
        raise PypotError(f"version {version} is older than a migration it would have to replace")

    (root / "migrations" / new.file).write_bytes(text.encode())
    _write_sums(root, {**tree.sums, new.file: new.sum})
    return Built(new.file, [file.path for file in changed])


def add_missing_sums(root: Path) -> list[str]:
    """Adds a line to `migrations.sum` for each migration that has none; returns their names.

    A line that stands is never touched: a sum that changed means that somebody edited a
    migration which may be applied somewhere.
    """
    tree = Tree(root)
    missing = {m.file: m.sum for m in tree.migrations if m.file not in tree.sums}
    if missing:
        _write_sums(root, {**tree.sums, **missing})
    return list(missing)


def _write_sums(root: Path, sums: dict[str, str]) -> None:
    text = "".join(f"{sums[file]}  {file}\n" for file in sorted(sums))
    (root / "migrations.sum").write_bytes(text.encode())
