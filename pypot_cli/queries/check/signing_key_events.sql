-- Every key has the one event of its registration, every revoked key the one of its revocation,
-- both say what the key says, and none is of another key.
-- rows: private.signing_keys
with stated as (
    select
        'signing_key_registered' as kind,
        jsonb_build_object(
            'kid', k.kid, 'purpose', k.purpose, 'public_key', k.public_key
        ) as data
    from private.signing_keys as k
    union all
    select
        'signing_key_revoked' as kind,
        jsonb_build_object(
            'kid', k.kid, 'purpose', k.purpose, 'reason', k.revoke_reason
        ) as data
    from private.signing_keys as k
    where k.revoked_at is not null or k.revoke_reason is not null
),

told as (
    select
        e.kind,
        e.data,
        count(*) as times
    from private.events as e
    where e.kind in ('signing_key_registered', 'signing_key_revoked')
    group by e.kind, e.data
)

select
    'key ' || coalesce(s.data ->> 'kid', t.data ->> 'kid', '(none)') as subject,
    case
        when t.data is null then 'no event ' || s.kind || ' says what it says'
        when s.data is null then 'does not say what its event ' || t.kind || ' says'
        else t.times || ' events ' || t.kind
    end as problem
from stated as s
full join told as t on s.kind = t.kind and s.data = t.data
where s.data is null or t.times is distinct from 1
order by 1, 2
