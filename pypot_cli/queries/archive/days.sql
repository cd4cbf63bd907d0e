-- Sets for how many days after its end a pot is not archived.
select private.set_archive_days(%(days)s, %(reason)s) as answer
