-- What holds of retention and erasure whatever a function does, also under
-- session_replication_role = replica.

-- The key of a join may go when its time has come: every other change is refused as before.
drop trigger tg_idempotency_keys__append_only on private.idempotency_keys;
create trigger tg_idempotency_keys__kept before update or delete on private.idempotency_keys
for each row execute function private.tg_idempotency_keys__kept();
alter table private.idempotency_keys enable always trigger tg_idempotency_keys__kept;

create trigger tg_actors__forgotten_only before update on private.actors
for each row execute function private.tg_actors__forgotten_only();
alter table private.actors enable always trigger tg_actors__forgotten_only;

create trigger tg_erasures__once before update on private.erasures
for each row execute function private.tg_erasures__once();
alter table private.erasures enable always trigger tg_erasures__once;

create trigger tg_exports__append_only before update on private.exports
for each row execute function private.tg_append_only();
alter table private.exports enable always trigger tg_exports__append_only;

do $$
declare
    v_table text;
begin
    foreach v_table in array array[
        'actors', 'erasures', 'exports', 'retention', 'retention_progress'
    ] loop
        execute format(
            'create trigger tg_%1$s__kept before delete on private.%1$s '
            'for each row execute function private.tg_append_only()',
            v_table
        );
        execute format(
            'create trigger tg_%1$s__not_truncated before truncate on private.%1$s '
            'for each statement execute function private.tg_append_only()',
            v_table
        );
        execute format('alter table private.%1$s enable always trigger tg_%1$s__kept', v_table);
        execute format(
            'alter table private.%1$s enable always trigger tg_%1$s__not_truncated', v_table
        );
    end loop;
end $$;
