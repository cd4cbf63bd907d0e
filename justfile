# The same commands as ./dev, for those who have just.

default:
    @./dev help

# Fill, draw, pay and verify real pots on a fresh PostgreSQL 17.
demo *args:
    ./dev demo {{ args }}

# Run every test, and the linters beside them; with arguments, pytest.
test *args:
    ./dev test {{ args }}

# ruff, mypy, sqlfluff, pypot migrate check.
lint:
    ./dev lint

# Put Python files into shape.
format:
    ./dev pypot --help >/dev/null
    .venv/bin/ruff check --fix .
    .venv/bin/ruff format .

# Compile changed function files into the next migration.
migration name:
    ./dev pypot migrate build {{ name }}
