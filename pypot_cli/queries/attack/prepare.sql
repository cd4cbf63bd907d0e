-- What the attacks are played with, for one session: rounds of 100 tickets, ten entrants with ten
-- tickets each; entrant 0 is the operator's accomplice. All that a round is made of is data from
-- one keyed stream, so the same key plays the same draws.
create temporary table attack_rounds (
    n bigint primary key,
    round_id uuid not null,
    seed bytea not null,
    commit_hash bytea not null,
    rules_hash bytea not null,
    locked_at timestamptz not null,
    beacon_round bigint not null,
    beacon bytea not null,
    slot integer not null, -- the accomplice's place among the ten, 0..9
    root bytea not null,
    drawn bytea not null, -- the 32 bytes of draw_hmac
    lock_digest bytea not null, -- of draw 2
    tickets bigint[] not null -- what wins when everybody is honest, by draw 1 and by draw 2
);

-- 32 bytes, the p_n-th of those with that label: HMAC-SHA-256(key, label || u64 n).
create function pg_temp.stream(p_key bytea, p_label text, p_n bigint)
returns bytea
language sql
immutable strict parallel safe
as $$
    select extensions.hmac(convert_to(p_label, 'UTF8') || int8send(p_n), p_key, 'sha256')
$$;

-- A beacon's signature of one round: 48 bytes that nobody can know before it is out.
create function pg_temp.beacon(p_key bytea, p_round bigint)
returns bytea
language sql
immutable strict parallel safe
as $$
    select pg_temp.stream(p_key, 'beacon', p_round)
        || substring(pg_temp.stream(p_key, 'beacon, continued', p_round) for 16)
$$;

-- entries_root of a round whose entrants stand in that order with so many tickets each.
create function pg_temp.root(
    p_key bytea, p_label text, p_n bigint, p_round_id uuid, p_entrants integer[], p_counts integer[]
)
returns bytea
language sql
volatile strict
as $$
    select substring(
        private.store_merkle_tree(
            encode(substring(pg_temp.stream(p_key, 'tree ' || p_label, p_n) for 16), 'hex')::uuid,
            string_agg(
                private.merkle_leaf(
                    'pots', p_round_id, count, pg_temp.stream(p_key, 'tag', 16 * p_n + entrant)
                ),
                ''::bytea
                order by at
            )
        ) from 9
    )
    from unnest(p_entrants, p_counts) with ordinality as entries (entrant, count, at)
$$;

-- The ten entrants with the accomplice in that place, 0..9.
create function pg_temp.order_with(p_slot integer)
returns integer[]
language sql
immutable strict parallel safe
as $$
    select array_agg(
        case when at < p_slot then at + 1 when at = p_slot then 0 else at end order by at
    )
    from generate_series(0, 9) as places (at)
$$;

-- The winning ticket by the database's own draw. Draw 2 takes the lock's digest and a beacon, which
-- draw 1 ignores.
create function pg_temp.winning_ticket(
    p_version integer, p_drawn bytea, p_total bigint, p_lock_digest bytea, p_beacon bytea
)
returns bigint
language plpgsql
immutable parallel safe
as $$
declare
    v_index bigint := private.draw_index(p_drawn, p_total);
begin
    if p_version = 1 then
        return v_index;
    end if;
    return private.rotate_index(
        v_index, private.draw_rotation(p_beacon, p_lock_digest, p_total), p_total
    );
end
$$;
