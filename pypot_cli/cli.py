"""The commands of `pypot`: options in, printing out. What they do lives in the other modules."""

import typer

app = typer.Typer(
    name="pypot",
    help="Community Pots: transparent pooled draws on PostgreSQL and Supabase.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

db_app = typer.Typer(help="Start, name and stop the embedded PostgreSQL 17.", no_args_is_help=True)
migrate_app = typer.Typer(help="Compile function files into migrations.", no_args_is_help=True)
keys_app = typer.Typer(help="Make the Ed25519 keys of the services.", no_args_is_help=True)
seeds_app = typer.Typer(help="Mint the commitments of pots to come.", no_args_is_help=True)

app.add_typer(db_app, name="db")
app.add_typer(migrate_app, name="migrate")
app.add_typer(keys_app, name="keys")
app.add_typer(seeds_app, name="seeds")
