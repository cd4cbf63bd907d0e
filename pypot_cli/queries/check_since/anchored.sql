-- Whether the log still has the row at which a check ended.
select exists (
    select from public.pots_audit as a where a.id = %(audit_id)s and a.row_hash = %(row_hash)s
) or %(audit_id)s = 0
