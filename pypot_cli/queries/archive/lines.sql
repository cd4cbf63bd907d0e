-- The rows of a pot in a table of the archive.
select l.line from private.archive_lines(%(pot_id)s, %(month)s, %(table)s) as l (line)
