-- A refresh token as it is now, whether it may still be shown again, and the one that replaced it.
select
    coalesce(t.revoked, false) as is_spent,
    t.updated_at + make_interval(secs => %(reuse_seconds)s::double precision) >= now() as is_recent,
    (
        select child.token
        from auth.refresh_tokens as child
        where child.session_id = t.session_id
            and child.parent = t.token
            and not coalesce(child.revoked, false)
        order by child.created_at desc
        limit 1
    ) as replaced_by
from auth.refresh_tokens as t
where t.token = %(token)s
