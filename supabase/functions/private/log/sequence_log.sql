-- Gives every committed audit row that waits its place in the log, in order of id, and completes
-- the tree. Rows of one pot are appended under the pot's lock, so their ids rise with seq and the
-- one before is committed first: a pot's rows stand in the log in order of seq. A row that commits
-- late stands behind rows of other pots that were appended after it: this is the order of commits,
-- which is the only one that never has to be changed.
--
-- Locks: the log's advisory lock, and nothing after it.
-- Writes: log_leaves, log_nodes; empties log_pending.
create or replace function private.sequence_log()
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_old bigint;
    v_new bigint;
    v_level smallint := 0;
begin
    perform pg_advisory_xact_lock(hashtextextended('pots/log', 0));
    v_old := private.log_size();
    insert into private.log_leaves (leaf_index, audit_id, row_hash)
    select v_old - 1 + row_number() over (order by a.id), a.id, a.row_hash
    from private.log_pending as w
    inner join public.pots_audit as a on w.audit_id = a.id;
    v_new := private.log_size();
    delete from private.log_pending as w
    using private.log_leaves as l
    where l.audit_id = w.audit_id and l.leaf_index >= v_old;

    insert into private.log_nodes (level, idx, hash)
    select 0, l.leaf_index, sha256('\x00'::bytea || decode(l.row_hash, 'hex'))
    from private.log_leaves as l
    where l.leaf_index >= v_old;
    -- A node is stored once all its leaves are there: at each level those from v_old / 2^level on.
    while v_new >> v_level > 1 loop
        v_level := v_level + 1;
        insert into private.log_nodes (level, idx, hash)
        select v_level, i.idx, sha256('\x01'::bytea || l.hash || r.hash)
        from generate_series(v_old >> v_level, (v_new >> v_level) - 1) as i (idx)
        inner join private.log_nodes as l on l.level = v_level - 1 and l.idx = 2 * i.idx
        inner join private.log_nodes as r on r.level = v_level - 1 and r.idx = 2 * i.idx + 1;
    end loop;
    return v_new;
end $$;

comment on function private.sequence_log() is
'Takes what waits into the log and returns its size, in leaves. The tree is that of RFC 6962 (2.1) '
'over the 32 bytes of each row_hash; its perfect subtrees are kept in log_nodes.';

revoke all on function private.sequence_log()
from public, anon, authenticated, service_role;
