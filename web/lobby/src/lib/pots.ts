/** What the database tells of pots: the shapes, and the readers of them. */

import type { Client, PotStatus } from "./supabase.ts";
import { t } from "./texts/index.ts";

/** PotSummary (PRD 5). Times are RFC 3339; credits whole numbers. */
export interface PotSummary {
    id: string;
    status: PotStatus;
    paused: boolean;
    entry_cost: number;
    max_tickets: number;
    max_per_user: number;
    tickets_sold: number;
    credits_committed: number;
    participant_count: number;
    fill_percent: number;
    draw_version: number;
    commit_tag: string;
    commit_hash: string | null;
    version: number;
    created_at: string;
    locks_at: string;
    locked_at: string | null;
    settled_at: string | null;
}

export interface Entry {
    entrant: string;
    ticket_count: number;
    first_ticket: number | null;
    mine?: boolean;
    entry_id?: string;
    entrant_tag?: string;
    salt?: string;
    credits_spent?: number;
}

export interface Winner {
    entrant: string;
    mine: boolean;
    winning_ticket: number;
    prize: number;
    /** There when the prize was held for a review: `outcome` is null while it is. */
    payout?: { outcome: "paid" | "returned" | null };
}

export interface PotDetail extends PotSummary {
    cancelled_at: string | null;
    cancel_cause: string | null;
    pause_reason: string | null;
    min_participants: number;
    /** Until the pot is over: the database's clock, and when a missing seed has everybody refunded. */
    timers: { now: string; reveal_by: string | null } | null;
    entries: Entry[];
    fairness: {
        draw: string;
        rules_text: string;
        rules_hash: string;
        commit_tag: string;
        commit_hash: string | null;
        entries_root: string | null;
        total_tickets: number | null;
        lock_digest: string | null;
        reveal_seed: string | null;
        hmac: string | null;
        winner_index: number | null;
        beacon: { chain_hash: string; round: number; round_time: string; signature: string | null } | null;
    };
    winner: Winner | null;
}

/** What a winner gets, and what to call it: all that was paid in, once nobody can pay in any more.
 * Of a pot that was called off, what its players got back. */
export function prizeOf(pot: PotSummary): { label: string; credits: number } {
    if (pot.status === "cancelled") return { label: t.lobby.refunded, credits: pot.credits_committed };
    const isSold = pot.status === "locked" || pot.status === "settling" || pot.status === "settled";
    return isSold
        ? { label: t.lobby.prize, credits: pot.credits_committed }
        : { label: t.lobby.prizeIfFull, credits: pot.entry_cost * pot.max_tickets };
}

/** Filters of the lobby, as they stand in its address. */
export interface Filter {
    status: "all" | "open" | "drawing" | "settled" | "cancelled";
    min: number | null;
    max: number | null;
}

const PAGE = 24;
/** The longest page that the database gives. */
const MOST = 100;

/** Whether a pot passes a filter: what the database decides for a page, decided again for a change. */
export function passes(pot: PotSummary, filter: Filter): boolean {
    const group = pot.status === "locked" || pot.status === "settling" ? "drawing" : pot.status;
    return (
        (filter.status === "all" || filter.status === group) &&
        (filter.min === null || pot.credits_committed >= filter.min) &&
        (filter.max === null || pot.credits_committed <= filter.max)
    );
}

/** Newest first. */
export function newestFirst(one: PotSummary, other: PotSummary): number {
    return other.created_at.localeCompare(one.created_at) || other.id.localeCompare(one.id);
}

export function readFilter(query: URLSearchParams): Filter {
    const status = query.get("status") ?? "all";
    const known = ["open", "drawing", "settled", "cancelled"] as const;
    const amount = (name: string) => {
        const given = query.get(name);
        return given !== null && /^\d{1,15}$/.test(given) ? Number(given) : null;
    };
    return { status: known.find((each) => each === status) ?? "all", min: amount("min"), max: amount("max") };
}

export interface Page {
    pots: PotSummary[];
    /** How many there were room for. */
    size: number;
    /** Whether there may be more after the last of them. */
    more: boolean;
}

/** A page of pots after the pot `after`. Throws what supabase-js answers. */
export async function listPots(client: Client, filter: Filter, after: string | null = null): Promise<Page> {
    // Two states make up "drawing": asked for one by one, their pages would not interleave.
    if (filter.status === "drawing") {
        const [locked, settling] = await Promise.all([
            listOf(client, filter, "locked", null, MOST),
            listOf(client, filter, "settling", null, MOST),
        ]);
        return { pots: [...locked, ...settling].sort(newestFirst), size: 2 * MOST, more: false };
    }
    const pots = await listOf(client, filter, filter.status === "all" ? null : filter.status, after, PAGE);
    return { pots, size: PAGE, more: pots.length === PAGE };
}

async function listOf(
    client: Client, filter: Filter, status: PotStatus | null, after: string | null, size: number,
): Promise<PotSummary[]> {
    const { data, error } = await client.rpc("list_pots", {
        page_size: size,
        ...(status === null ? {} : { status }),
        ...(filter.min === null ? {} : { min_value: filter.min }),
        ...(filter.max === null ? {} : { max_value: filter.max }),
        ...(after === null ? {} : { after }),
    });
    if (error) throw error;
    // A composite's columns may all be null to PostgreSQL's types; those of PotSummary are not.
    return data as PotSummary[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An address's id of a pot. Throws what the database answers for one that there is not. */
export function requireId(id: string): string {
    if (!UUID.test(id)) throw new Error("pot_not_found");
    return id;
}

/** One pot with its newest entries. Throws what supabase-js answers. */
export async function getPot(client: Client, id: string): Promise<PotDetail> {
    const { data, error } = await client.rpc("get_pot", { pot_id: id });
    if (error) throw error;
    return data as unknown as PotDetail;
}

/** The signed-in player's live entries in a pot, newest first. Throws what supabase-js answers. */
export async function myEntries(client: Client, id: string): Promise<Entry[]> {
    const { data, error } = await client.rpc("my_entries", { pot_id: id, page_size: MOST });
    if (error) throw error;
    const mine = data as (Entry & { cancelled_at: string | null })[];
    return mine.filter(({ cancelled_at }) => cancelled_at === null).map((entry) => ({ ...entry, mine: true }));
}
