-- Guards, in order: the note has the form of a signed note over a checkpoint; it is of this log;
-- its root is this log's at its size; the log signed it.
-- Writes: log_checkpoints, log_signatures. A key that signed this size before keeps the signature
-- that it gave first, whose time is the earliest.
-- Raises: invalid_argument.
create or replace function private.publish_checkpoint(p_note text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    -- Base64 of four bytes or more: the key's id, at least.
    c_line constant text
    := '— [^\s+]+ ([A-Za-z0-9+/]{4})+[A-Za-z0-9+/]{2}([A-Za-z0-9+/]{2}|[A-Za-z0-9+/]=|==)\n';
    v_parts text[];
    v_origin text;
    v_size bigint;
    v_problem text;
begin
    perform private.require_read_committed();
    if p_note is null or octet_length(p_note) > 65536 then
        v_problem := 'a signed note of at most 64 KiB';
    else
        v_parts := regexp_match(
            p_note,
            '^(([^\n]+)\n([1-9][0-9]{0,17})\n[A-Za-z0-9+/]{43}=\n)\n((' || c_line || ')+)$'
        );
        if v_parts is null then
            v_problem := 'a signed note over a checkpoint of three lines (c2sp.org/tlog-checkpoint)';
        end if;
    end if;
    if v_problem is null then
        v_origin := v_parts[2];
        v_size := v_parts[3]::bigint;
        if v_origin <> (select s.log_origin from private.settings as s) then
            v_problem := 'the origin of this log';
        elsif v_size > private.log_size() then
            v_problem := 'a size of at most ' || private.log_size();
        elsif v_parts[1] <> private.log_checkpoint_text(v_size) then
            v_problem := 'the root of this log at that size';
        end if;
    end if;
    if v_problem is null and not exists (
        select from private.note_signatures(v_parts[4]) as s
        where s.name = v_origin and octet_length(s.value) = 68
    ) then
        v_problem := 'a signature named like the origin';
    end if;
    if v_problem is not null then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'note', 'expected', v_problem
        ));
    end if;

    insert into private.log_checkpoints (size, text, created_at)
    values (v_size, v_parts[1], private.now())
    on conflict (size) do nothing;
    insert into private.log_signatures (
        size, name, key_id, value, is_cosignature, created_at
    )
    select
        v_size, s.name, encode(substr(s.value, 1, 4), 'hex'), replace(encode(s.value, 'base64'), E'\n', ''),
        s.name <> v_origin and octet_length(s.value) = 76, private.now()
    from private.note_signatures(v_parts[4]) as s
    order by s.place
    on conflict (size, name, key_id) do nothing;
    return private.get_checkpoint(v_size);
end $$;

comment on function private.publish_checkpoint(text) is
'Definer half of public.publish_checkpoint.';

revoke all on function private.publish_checkpoint(text)
from public, anon, authenticated, service_role;
grant execute on function private.publish_checkpoint(text)
to pot_orchestrator, service_role;
