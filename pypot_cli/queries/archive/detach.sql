-- Drops the partitions of a month that is in a file.
select private.detach_month(%(month)s, %(file_hash)s) as answer
