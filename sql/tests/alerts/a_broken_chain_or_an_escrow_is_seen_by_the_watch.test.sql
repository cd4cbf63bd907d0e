-- The watch finds what a superuser tampered with, in pots old and new, and closes the alert when it
-- is put right.

begin;
\ir ../support/helpers.sql
select plan(32);

select make_user('eve', 100);
select open_pot(n.name)
from unnest('{settled,void,open}'::text[]) as n (name);
select bring_to('settled', 'settled');
select fill('void');
select rpc('pot_compliance:carol', 'void_pot', on_pot('void', '{"reason": "a test"}'));
select fill('open');

create function pg_temp.watch()
returns text[]
language sql
as $$
    select rpc('pot_orchestrator', 'run_watch');
    select open_alerts();
$$;
-- What triggers forbid everybody, only a superuser does, and only by switching them off.
create function pg_temp.tamper(p_query text)
returns void
language plpgsql
as $$
declare
    v_table text;
begin
    foreach v_table in array array[
        'public.pots_audit', 'private.pot_states', 'private.ledger_entries'
    ] loop
        execute format('alter table %s disable trigger user', v_table);
    end loop;
    execute p_query;
    foreach v_table in array array[
        'public.pots_audit', 'private.pot_states', 'private.ledger_entries'
    ] loop
        execute format('alter table %s enable trigger user', v_table);
    end loop;
end $$;
create function pg_temp.detail(p_kind text)
returns jsonb
language sql
as $$
    select a.detail
    from private.alerts as a
    where a.kind = p_kind and a.closed_at is null
$$;
create temporary table audit_before as select * from public.pots_audit;
create temporary table states_before as select * from private.pot_states;

select is(pg_temp.watch(), '{}', 'nothing is wrong');
select is(pg_temp.watch(), '{}', 'nor a second time');

-- Escrows.
select pg_temp.tamper(format(
    'update private.ledger_entries set amount = amount + 5
    where account_id = (select escrow_account from private.pot_states where pot_id = %L)
        and amount < 0',
    pot_id('settled')
));
select is(pg_temp.watch(), '{escrow_not_zero}', 'a settled pot that holds credits');
select is(
    pg_temp.detail('escrow_not_zero'), '{"status": "settled", "credits": 5}', 'with how many'
);
select is(pg_temp.watch(), '{escrow_not_zero}', 'it stays open');
select is(
    (select a.occurrences from private.alerts as a), 1::bigint, 'one and the same, seen once'
);
select pg_temp.tamper(format(
    'update private.ledger_entries set amount = amount - 5
    where account_id = (select escrow_account from private.pot_states where pot_id = %L)
        and amount < 0',
    pot_id('settled')
));
select is(pg_temp.watch(), '{}', 'and closes when it is put right');
select pg_temp.tamper(format(
    'insert into private.ledger_entries (transfer_id, account_id, amount)
    select max(t.id), s.escrow_account, -3
    from private.transfers as t
    cross join private.pot_states as s
    where s.pot_id = %L and t.pot_id is distinct from s.pot_id
    group by s.escrow_account',
    pot_id('void')
));
select is(pg_temp.watch(), '{escrow_not_zero}', 'a cancelled pot that owes credits');
select is(
    pg_temp.detail('escrow_not_zero'), '{"status": "cancelled", "credits": -3}', 'with how many'
);
select pg_temp.tamper('delete from private.ledger_entries where amount = -3');
select is(pg_temp.watch(), '{}', 'and nothing is wrong again');

-- Chains: of the pot settled, in every column that counts.
create function pg_temp.restore()
returns void
language sql
as $$
    select pg_temp.tamper('delete from private.log_pending where true');
    select pg_temp.tamper('delete from public.pots_audit where true');
    select pg_temp.tamper(
        'insert into public.pots_audit overriding system value select * from audit_before'
    );
    select pg_temp.tamper(
        'update private.pot_states as s
        set chain_seq = b.chain_seq, chain_hash = b.chain_hash
        from states_before as b
        where s.pot_id = b.pot_id'
    )
$$;
create function pg_temp.broken(p_change text, p_detail jsonb, p_what text)
returns setof text
language plpgsql
as $$
begin
    alter table private.log_pending disable trigger user;
    perform pg_temp.tamper('delete from private.log_pending where true');
    perform pg_temp.tamper(format(
        p_change, quote_literal(pot_id('settled'))
    ));
    return next is(
        array[array_to_string(pg_temp.watch(), ','), pg_temp.detail('chain_broken')::text],
        array['chain_broken', p_detail::text], p_what
    );
    perform pg_temp.restore();
    return next is(pg_temp.watch(), '{}', p_what || ': and closes when it is put right');
end $$;
select pg_temp.broken(c.change, c.detail, c.what)
from (values
    (
        'update public.pots_audit set payload = replace(payload, ''"prize":'', ''"prizes":'')
        where pot_id = %s and action = ''settled''',
        '{"seq": 6, "problem": "its payload is not what was hashed"}'::jsonb, 'a payload'
    ),
    (
        'update public.pots_audit set metadata = metadata || ''{"prize": 1}''
        where pot_id = %s and action = ''settled''',
        '{"seq": 6, "problem": "its payload is not what was hashed"}', 'a column beside it'
    ),
    (
        'update public.pots_audit set actor_id = gen_random_uuid()
        where pot_id = %s and action = ''created''',
        '{"seq": 1, "problem": "its payload is not what was hashed"}', 'an actor'
    ),
    (
        'update public.pots_audit set created_at = created_at - interval ''1 hour''
        where pot_id = %s and action = ''locked''',
        '{"seq": 2, "problem": "its hash is another"}', 'a time'
    ),
    (
        'update public.pots_audit set prev_hash = repeat(''a'', 64)
        where pot_id = %s and action = ''claimed''',
        '{"seq": 4, "problem": "it does not name the row before it"}', 'a link'
    ),
    (
        'delete from public.pots_audit where pot_id = %s and action = ''attested''',
        '{"seq": 4, "problem": "a row before it is missing"}', 'a row of the middle'
    ),
    (
        'delete from public.pots_audit where pot_id = %s and action = ''settled''',
        '{"seq": 6, "problem": "the pot says that its chain ends there, and it does not"}',
        'the last row'
    ),
    (
        'update private.pot_states set chain_hash = repeat(''b'', 64) where pot_id = %s',
        '{"seq": 6, "problem": "the pot says that its chain ends there, and it does not"}',
        'the head'
    )
) as c (change, detail, what);

-- What ends a pot closes its alerts, but not those whose cause only the watch can judge.
select pg_temp.tamper(format(
    'update public.pots_audit set created_at = created_at - interval ''1 hour'' where pot_id = %L',
    pot_id('open')
));
select pg_temp.watch();
select private.raise_alert('settlement_late', pot_id('open'), '{}');
select rpc('pot_compliance:carol', 'void_pot', on_pot('open', '{"reason": "a test"}'));
select is(open_alerts(), '{chain_broken}', 'a chain is broken still when its pot has ended');
select is(pg_temp.watch(), '{chain_broken}', 'and the watch says so');
select is(
    (select count(*) from private.alerts as a where a.kind = 'chain_broken'), 9::bigint,
    'with the alert that it was'
);
select is(
    (select count(*) from private.events as e where e.kind = 'alert_opened'),
    (select count(*) from private.alerts), 'each alert was told when it opened'
);
select is(
    (select count(*) from private.events as e where e.kind = 'alert_closed'),
    (select count(*) from private.alerts as a where a.closed_at is not null),
    'and when it closed'
);
select query_refused(
    'pot_compliance:carol', 'select public.run_watch()',
    'permission denied for function run_watch', 'the watch is the orchestrator''s to run'
);

select * from finish();
rollback;
