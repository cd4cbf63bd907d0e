-- Up to where a standby shows the primary's WAL, in bytes; one that became a primary shows all of
-- its own, which is none of the other's.
select case
    when pg_catalog.pg_is_in_recovery()
        then pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_replay_lsn(), '0/0')::bigint
end
