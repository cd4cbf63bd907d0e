"""Migrations: function files compiled into them, checked against them, and all of them applied.

`statements` reads SQL as PostgreSQL's lexer does, `tree` reads `supabase/`, `build` compiles,
`check` and `lint` judge; none of these imports a database. `apply` alone talks to one.
"""
