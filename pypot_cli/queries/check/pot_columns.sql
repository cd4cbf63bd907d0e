-- A pot's columns say what its status says: locked fields from lock on, a seed and a winner once
-- settled (with draw 2 the seed before), a beacon's chain with draw 2 only and its round from lock
-- on, a cause once cancelled, paused only while open, and times in order.
-- rows: public.pots
select
    'pot ' || p.id as subject,
    format('is %s and %s', p.status, w.wrong) as problem
from public.pots as p
left join private.pot_states as s on p.id = s.pot_id
cross join lateral unnest(array[
    case when s.pot_id is null then 'has no state' end,
    case
        when num_nulls(
            p.locked_at, p.commit_hash, p.total_tickets, p.entries_root, p.lock_digest
        ) not in (0, 5)
            or p.status in ('locked', 'settling', 'settled') and p.locked_at is null
            or p.status = 'open' and p.locked_at is not null
            then 'its lock is not complete, or not due'
    end,
    case
        when p.status = 'settled' and p.reveal_seed is null
            or p.status in ('open', 'locked', 'cancelled') and p.reveal_seed is not null
            or p.status = 'settling' and p.draw_version = 1 and p.reveal_seed is not null
            then 'its reveal_seed is missing, or not due'
    end,
    case
        when num_nonnulls(s.beacon_chain_hash) <> case p.draw_version when 2 then 1 else 0 end
            or num_nonnulls(s.beacon_round, s.beacon_at)
            <> case when p.draw_version = 2 and p.locked_at is not null then 2 else 0 end
            then 'its beacon is missing, or not due'
    end,
    case
        when num_nulls(p.winner_user_id, p.settled_at)
            <> case when p.status = 'settled' then 0 else 2 end
            then 'its winner and settled_at are missing, or not due'
    end,
    case
        when num_nulls(s.cancel_reason, p.cancelled_at)
            <> case when p.status = 'cancelled' then 0 else 2 end
            then 'its cause and cancelled_at are missing, or not due'
    end,
    case
        when (p.paused_at is null) <> (p.pause_reason is null)
            or p.paused_at is not null and p.status <> 'open'
            then 'is paused without a reason, or not open'
    end,
    case
        when p.locks_at < p.created_at
            or p.locked_at < p.created_at
            or p.settled_at < p.locked_at
            or p.cancelled_at < coalesce(p.locked_at, p.created_at)
            then 'its times are not in order'
    end
]) as w (wrong)
where w.wrong is not null
order by 1, 2
