-- The log's tables refuse UPDATE, DELETE and TRUNCATE to owner and superuser, also under
-- session_replication_role = replica; what waits for the log leaves only into it.

begin;
\ir ../support/helpers.sql
select plan(48);

select open_pot('one');
select open_pot('two');
select private.sequence_log();
select rpc('pot_orchestrator', 'publish_checkpoint', jsonb_build_object(
    'note', concat(
        private.log_checkpoint_text(2), E'\n— ', s.log_origin, ' ', repeat('AAAA', 22), E'AAA=\n'
    )
))
from private.settings as s;
select open_pot('three');

create function pg_temp.tried(p_as text, p_replication text, p_command text)
returns text
language plpgsql
as $$
declare
    v_error text := 'done';
begin
    begin
        perform set_config('role', p_as, true);
        if p_as = 'none' then
            perform set_config('session_replication_role', p_replication, true);
        end if;
        execute p_command;
    exception
        when others then
            v_error := sqlstate || ' ' || sqlerrm;
    end;
    perform set_config('session_replication_role', 'origin', true);
    perform set_config('role', 'none', true);
    return v_error;
end $$;
select is(
    pg_temp.tried(w.role, w.replication, format(c.command, t.name, t.change)),
    format('42501 private.%s is append-only', t.name),
    format('%s, as %s, %s', format(c.command, t.name, t.change), w.role, w.replication)
)
from (values
    ('log_pending', 'audit_id = audit_id'), ('log_leaves', 'row_hash = row_hash'),
    ('log_nodes', 'hash = hash'), ('log_checkpoints', 'text = text'),
    ('log_signatures', 'value = value')
) as t (name, change)
cross join unnest(array[
    'delete from private.%s where true', 'truncate private.%s cascade',
    'update private.%s set %s where true'
]) as c (command)
cross join (
    values ('none', 'origin'), ('none', 'replica'), ('postgres', 'origin')
) as w (role, replication);

select is((select count(*) from private.log_pending), 1::bigint, 'one row waits');
select is(
    pg_temp.tried('none', 'replica', format(
        'select private.append_audit(%L, ''claimed'', null, ''{}'')', pot_id('one')
    )),
    'done', 'a row that a replica appends'
);
select is((select count(*) from private.log_pending), 2::bigint, 'waits for the log as well');

select * from finish();
rollback;
