-- What was replayed before its month left the archive could not be sent, nor could anything else.
update private.webhook_deliveries as d
set
    status = 'dead', next_attempt_at = null, lease = null, lease_until = null,
    ended_at = clock_timestamp()
where d.status = 'pending'
    and exists (
        select
        from private.carried_positions as c
        where d.position between c.from_position and c.to_position
    );
