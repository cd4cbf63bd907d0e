/** Well-formed files, as `plain` gives them once their form is checked. */

export interface Signed {
    kid: string;
    public_key: string;
    signature: string;
}

export interface Step {
    side: "left" | "right";
    sum: number;
    hash: string;
}

export interface Beacon {
    chain_hash: string;
    round: number;
    signature: string;
    rotation: number;
    kid: string;
    public_key: string;
    attestation: string;
}

export interface Row {
    action: "locked" | "revealed";
    seq: number;
    created_at: string;
    prev_hash: string;
    payload: string;
    leaf_index: number;
    path: string[];
}

export interface Release {
    outcome: "paid" | "returned";
    released_at: string;
    entries: number;
    tickets: number;
    credits: number;
}

export interface Proof {
    pot_id: string;
    draw_version: 1 | 2;
    rules_text: string;
    rules_hash: string;
    commit_tag: string;
    commit_hash: string;
    reveal_seed: string;
    locked_at: string;
    entries_root: string;
    total_tickets: number;
    lock_digest: string;
    hmac: string;
    winner_index: number;
    /** Null with draw 1. */
    beacon: Beacon | null;
    winning_ticket: number;
    winning_entry: {
        entry_id: string;
        first_ticket: number;
        ticket_count: number;
        entrant_tag: string;
        merkle_path: Step[];
    };
    orchestrator: Signed;
    settlement: Signed;
    payout: { credits: number; held: boolean; escrow_after: number };
    audit: { seq: number; row_hash: string };
    settled_at: string;
    /** Of a payout that was held, null while it is. */
    release?: Release | null;
    witness?: { checkpoint: string; rows: [Row, Row] } | null;
}

export interface Rules {
    beacon_chain_hash?: string;
    entry_cost: number;
    max_per_user: number;
    max_tickets: number;
    min_participants: number;
}

/** The last two are there from the lock on. */
export interface Receipt {
    entry_id: string;
    pot_id: string;
    seq: number;
    ticket_count: number;
    salt: string;
    entrant_tag: string;
    first_ticket?: number;
    merkle_path?: Step[];
}
