"""The written rules of `supabase/`, each with the line that breaks it.

What the catalogue of a database can show is tested there; here is what only the source shows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pypot_cli.migrations.signature import SignatureError, read_signature
from pypot_cli.migrations.statements import (
    LexicalError,
    Token,
    code_only,
    line_at,
    split,
    tokens,
    words,
)
from pypot_cli.migrations.tree import SOURCE_LINE, FunctionFile, Migration

REVOKED_FROM = "from public , anon , authenticated , service_role"


@dataclass(frozen=True)
class Finding:
    """One broken rule; `line` counts from 1."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


_FORBIDDEN = [
    (r"\bwhen\s+others\b", "`when others` swallows what it does not know: name the condition"),
    (r"(?<![\w.])(?:pg_catalog\s*\.\s*)?random\s*\(", "random() is guessable: gen_random_bytes"),
    (r"\bsetseed\s*\(", "setseed() makes guessable numbers: gen_random_bytes"),
    (
        r"(?<![\w.])(?:digest|hmac|gen_random_bytes|crypt|gen_salt)\s*\(",
        "pgcrypto's functions are called as extensions.<name>: search_path is empty",
    ),
    (
        r"\b(?:\w+_)?(?:amount|credits|balance|cost|price|prize|payout|stake|fee)\s+"
        r"(?:numeric|decimal|real|float[48]?|double\s+precision|money)\b",
        "money is bigint credits, never numeric or float",
    ),
]
_CLOCK = (
    r"(?<![\w.])(?:(?:pg_catalog\s*\.\s*)?"
    r"(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\("
    r"|(?:current_timestamp|current_time|current_date|localtimestamp|localtime)\b)",
    "the time is private.now(): the transaction's start says nothing about a deadline",
)
_PSQL_COMMAND = (r"^[ \t]*\\\S", "a psql command: migrations are sent to the server as they are")
_TRANSACTION_WORDS = {"begin", "start", "commit", "end", "rollback", "abort", "savepoint"}


def lint_function(file: FunctionFile) -> Iterator[Finding]:
    """Yields every rule that a function file breaks."""
    try:
        statements = [(statement, words(statement.text)) for statement in split(file.text)]
        signature = read_signature(file.text)
        code = code_only(file.text)
    except LexicalError as error:
        yield Finding(file.path, error.line, str(error))
        return
    except SignatureError as error:
        yield Finding(file.path, 1, str(error))
        return

    if not file.text.startswith("--"):
        yield Finding(file.path, 1, "does not begin with a header comment")
    if not file.text.endswith("\n") or file.text.endswith("\n\n") or "\r" in file.text:
        yield Finding(file.path, 1, "must end with one newline and have no carriage returns")
    if re.search(rf"^{SOURCE_LINE}", file.text, re.MULTILINE):
        yield Finding(file.path, 1, f"has a line that begins with '{SOURCE_LINE}', a section mark")
    if signature.function != file.function:
        message = f"creates {signature.function}, but its path says {file.function}"
        yield Finding(file.path, 1, message)
    if not signature.or_replace:
        yield Finding(file.path, 1, "says `create function` without `or replace`")
    yield from _lint_clauses(file, signature.clauses)

    about = ["function", *signature.function.replace(".", " . ").split(), "("]
    seen: list[str] = []
    for statement, found in statements:
        verb = found[0]
        seen.append(verb)
        subject = about if verb == "create" else ["on", *about]
        start = found.index("function") if "function" in found else 0
        named = found[start : start + len(about)] if verb == "create" else found
        if " ".join(subject) not in " ".join(named) or verb not in (
            *("create", "comment", "revoke", "grant"),
        ):
            message = f"holds a statement about something other than {signature.function}"
            yield Finding(file.path, statement.line, message)
        if verb == "revoke" and not " ".join(found).endswith(REVOKED_FROM):
            message = "must revoke all from public, anon, authenticated, service_role"
            yield Finding(file.path, statement.line, message)
        if verb == "grant" and "public" in found[found.index("to") :]:
            yield Finding(file.path, statement.line, "grants to public, which is everybody")
    for verb, missing in (("comment", "`comment on function`"), ("revoke", "`revoke all on`")):
        if seen.count(verb) != 1:
            yield Finding(file.path, 1, f"needs exactly one {missing} statement")
    if "grant" in seen and "revoke" in seen and seen.index("grant") < seen.index("revoke"):
        yield Finding(file.path, 1, "grants before it revokes")

    rules = [*_FORBIDDEN, _PSQL_COMMAND]
    is_clock = file.function == "private.now"
    yield from _search(file.path, code, rules if is_clock else [*rules, _CLOCK])
    yield from _unconditional_writes(file.path, code)


def _lint_clauses(file: FunctionFile, clauses: tuple[str, ...]) -> Iterator[Finding]:
    declared = " ".join(clauses).partition(" as $")[0]
    # `create or replace` resets what is left out, so what matters may not be left out.
    needed = [
        (r"\bset search_path (?:=|to) ''", "set search_path = ''"),
        (r"\b(?:immutable|stable|volatile)\b", "its volatility"),
    ]
    if file.function.startswith("public."):
        needed.append((r"\bsecurity invoker\b", "security invoker"))
    for pattern, wanted in needed:
        if not re.search(pattern, declared):
            yield Finding(file.path, 1, f"must declare {wanted}")


def lint_migration(migration: Migration) -> Iterator[Finding]:
    """Yields every rule that a migration written by hand breaks."""
    path = f"supabase/migrations/{migration.file}"
    try:
        statements = [(statement, words(statement.text)) for statement in split(migration.text)]
        code = code_only(migration.text)
    except LexicalError as error:
        yield Finding(path, error.line, str(error))
        return
    for statement, found in statements:
        if found[0] in _TRANSACTION_WORDS:
            message = f"`{found[0]}`: a migration is one transaction already"
            yield Finding(path, statement.line, message)
        if found[0] in ("set", "reset") and found[1] != "check_function_bodies":
            # Outside a transaction block, which is how the CLI sends it, SET LOCAL does nothing.
            yield Finding(path, statement.line, "a setting would outlive the migration")
        if re.match(r"create (?:or replace )?(?:function|procedure)\b", " ".join(found)):
            message = "functions live in supabase/functions, one a file"
            yield Finding(path, statement.line, message)
    yield from _search(path, code, [*_FORBIDDEN, _PSQL_COMMAND])
    yield from _unconditional_writes(path, code)


def _search(path: str, code: str, rules: list[tuple[str, str]]) -> Iterator[Finding]:
    for pattern, message in rules:
        for match in re.finditer(pattern, code, re.IGNORECASE | re.MULTILINE):
            yield Finding(path, line_at(code, match.start()), message)


def _unconditional_writes(path: str, code: str) -> Iterator[Finding]:
    """Finds UPDATE and DELETE without WHERE, which Supabase's safeupdate refuses at run time."""
    found = [t for t in tokens(code) if t.kind in ("word", "quoted", "symbol")]
    for index, token in enumerate(found):
        if _writes(found, index) and not _has_where(found[index + 1 :]):
            message = f"{token.text} without where: safeupdate refuses it on Supabase"
            yield Finding(path, line_at(code, token.start), message)


def _writes(found: list[Token], index: int) -> bool:
    """Whether the token begins an UPDATE or DELETE, and no lock clause, privilege or trigger."""

    def text(at: int) -> str:
        return found[at].text.lower() if 0 <= at < len(found) else ""

    if text(index) == "delete":
        return text(index + 1) == "from"
    after = found[index + 1] if index + 1 < len(found) else None
    return (
        text(index) == "update"
        and text(index - 1) not in ("for", "key", "on")
        and after is not None
        and after.kind != "symbol"
        and after.text.lower() not in ("set", "on", "or", "of", "to", "from", "skip", "nowait")
    )


def _has_where(following: list[Token]) -> bool:
    depth = 0
    for token in following:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0 or (depth == 0 and token.text == ";"):
            return False
        if depth == 0 and token.text.lower() == "where":
            return True
    return False
