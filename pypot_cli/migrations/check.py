"""Proves, without a database, that migrations, their sums and the function files agree."""

import re

from pypot_cli.migrations.build import HEADER, changed_functions, refusals
from pypot_cli.migrations.lint import Finding, lint_function, lint_migration
from pypot_cli.migrations.tree import Migration, Tree


def check(tree: Tree) -> list[Finding]:
    """Every disagreement and every broken rule, migrations first; empty when all is well."""
    findings = []
    seen: dict[str, str] = {}
    for migration in tree.migrations:
        path = f"supabase/migrations/{migration.file}"
        findings += [Finding(path, 1, message) for message in _judge(tree, migration)]
        if migration.version and migration.version in seen:
            findings.append(Finding(path, 1, f"has the version of {seen[migration.version]}"))
        seen[migration.version] = migration.file
        if not migration.is_generated:
            findings += lint_migration(migration)
    for file in tree.sums.keys() - {m.file for m in tree.migrations}:
        message = f"names {file}, which is not among the migrations"
        findings.append(Finding("supabase/migrations.sum", 1, message))

    for function in tree.functions:
        findings += lint_function(function)
    stuck = refusals(tree)
    findings += [Finding("supabase/functions", 1, reason) for reason in stuck]
    for function in changed_functions(tree):
        message = "differs from what the migrations hold: run `pypot migrate build NAME`"
        findings.append(Finding(function.path, 1, message))
    return findings


def _judge(tree: Tree, migration: Migration) -> list[str]:
    if not migration.version:
        return ["is not named <14 digits>_<lower case words>.sql"]
    messages = []
    is_named_so = re.match(r"functions_", migration.name) is not None
    if is_named_so != migration.is_generated:
        messages.append("functions_ in the name and the generated header go together")
    if migration.is_generated and not migration.text.startswith(HEADER):
        messages.append("does not begin with the header that `pypot migrate build` writes")
    if migration.file not in tree.sums:
        messages.append("has no line in migrations.sum: run `pypot migrate sum`")
    elif tree.sums[migration.file] != migration.sum:
        messages.append("was edited after its sum was taken: undo that and write a new migration")
    return messages
