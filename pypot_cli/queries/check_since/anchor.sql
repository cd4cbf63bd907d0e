-- Where a check stands: the snapshot's time, the last audit row with its hash (0 and NULL of an empty
-- log), and the last transfer that is an hour old: a younger one may have been under way.
select
    private.now() as at,
    coalesce(a.id, 0) as audit_id,
    a.row_hash,
    coalesce(t.id, 0) as transfer_id
from (values (true)) as one (row)
left join lateral (
    select l.id, l.row_hash from public.pots_audit as l order by l.id desc limit 1
) as a on true
left join lateral (
    select f.id
    from private.transfers as f
    where f.created_at < private.now() - interval '1 hour'
    order by f.id desc
    limit 1
) as t on true
