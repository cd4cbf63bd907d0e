-- Puts commitments for pots to come into the stock.
--
-- Guards, in order: the list's shape; each pot id and hash new, or the very pair that is stored.
-- Locks: the caller's pseudonym when it is new; unique keys of commitments, in order of pot_id.
-- Writes: commitments; who the caller is, if a person.
-- Raises: invalid_argument, commit_reused, busy (a transaction of one snapshot).
create or replace function private.add_commitments(p_commitments jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_count integer;
    v_added integer;
    v_at timestamptz := private.now();
begin
    if jsonb_typeof(p_commitments) is distinct from 'array' then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'commitments', 'expected', 'an array of {pot_id, commit_hash}'
        ));
    end if;
    v_count := jsonb_array_length(p_commitments);
    if v_count not between 1 and 10000 or exists (
        select
        from jsonb_array_elements(p_commitments) as c (item)
        where jsonb_typeof(c.item) <> 'object'
            or jsonb_typeof(c.item -> 'pot_id') is distinct from 'string'
            or jsonb_typeof(c.item -> 'commit_hash') is distinct from 'string'
            or c.item - '{pot_id,commit_hash}'::text[] <> '{}'
            or c.item ->> 'pot_id' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
            or c.item ->> 'commit_hash' !~ '^[0-9a-f]{64}$'
            -- A seed of 32 zero bytes is what a broken generator gives.
            or c.item ->> 'commit_hash' = encode(sha256(decode(repeat('00', 32), 'hex')), 'hex')
    ) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'commitments',
            'expected', '1 to 10000 of {pot_id: uuid, commit_hash: SHA-256 of a random seed, hex}'
        ));
    end if;

    perform private.require_read_committed();
    if private.caller_sub() is not null then
        -- Who knows seeds does not play.
        perform private.actor_pseudonym();
    end if;
    insert into private.commitments (pot_id, commit_hash, created_at)
    select (c.item ->> 'pot_id')::uuid, c.item ->> 'commit_hash', v_at
    from jsonb_array_elements(p_commitments) as c (item)
    group by 1, 2
    order by 1, 2
    on conflict do nothing;
    get diagnostics v_added = row_count;
    if exists (
        select
        from jsonb_array_elements(p_commitments) as c (item)
        left join private.commitments as stored
            on (c.item ->> 'pot_id')::uuid = stored.pot_id
            and c.item ->> 'commit_hash' = stored.commit_hash
        where stored.pot_id is null
    ) then
        perform private.fail('commit_reused');
    end if;
    return jsonb_build_object(
        'added', v_added,
        'stock', (select count(*) from private.commitments as c where c.used_at is null)
    );
end $$;

comment on function private.add_commitments(jsonb) is
'Definer half of public.add_commitments.';

revoke all on function private.add_commitments(jsonb)
from public, anon, authenticated, service_role;
grant execute on function private.add_commitments(jsonb)
to pot_settlement, service_role;
