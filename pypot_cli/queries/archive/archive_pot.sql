-- Moves the rows of one pot.
select private.archive_pot(%(pot_id)s, %(export_id)s, %(export_hash)s, %(version)s) as answer
