-- Puts lines of a file back.
select private.load_lines(%(month)s, %(table)s, %(lines)s) as rows
