-- What is carried forward of a detached month, by hash
create or replace function private.carried_json(p_month date)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'entries', (
            select jsonb_build_object(
                'rows', count(*),
                'sum', coalesce(sum(c.amount), 0)::bigint,
                'digest', encode(sha256(coalesce(string_agg(
                    convert_to(format(
                        E'%s %s %s %s %s\n', c.account_id, c.from_version, c.to_version, c.amount,
                        c.balance_after
                    ), 'UTF8'),
                    ''::bytea
                    order by c.account_id, c.to_version
                ), '')), 'hex')
            )
            from private.carried_entries as c
            where c.month = p_month
        ),
        'positions', (
            select jsonb_build_object(
                'rows', count(*),
                'digest', encode(sha256(coalesce(string_agg(
                    convert_to(format(E'%s %s\n', c.from_position, c.to_position), 'UTF8'),
                    ''::bytea
                    order by c.from_position
                ), '')), 'hex')
            )
            from private.carried_positions as c
            where c.month = p_month
        )
    )
$$;

comment on function private.carried_json(date) is
'What stays of a detached month: {entries: {rows, sum, digest}, positions: {rows, digest}}. A '
'digest is SHA-256 over lines of numbers: account, from_version, to_version, amount, '
'balance_after of each in order; from_position, to_position.';

revoke all on function private.carried_json(date)
from public, anon, authenticated, service_role;
