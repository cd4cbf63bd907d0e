-- Makes the partitions of a month.
select private.open_archive_month(%(month)s)
