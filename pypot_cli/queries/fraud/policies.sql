-- The policies that a database is made with are older than any pot of the script: one that is newer
-- than a pot's lock is not for that pot.
update private.flag_policies as f
set updated_at = '-infinity'
where f.updated_at > '-infinity'
