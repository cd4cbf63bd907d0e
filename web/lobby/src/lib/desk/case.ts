/** get_case and its shapes (docs/compliance.md). */

import type { PotSummary } from "../pots.ts";
import { client } from "../supabase.ts";
import { answered } from "./view.svelte.ts";

export interface Flag {
    flag_id: string;
    pot_id: string;
    user_id: string;
    kind: string;
    score: number;
    evidence: unknown;
    status: "open" | "uphold_proposed" | "upheld" | "cleared";
    created_at: string;
    /** What a case says of a flag besides. */
    effect?: string;
    proposed_by?: string | null;
    proposed_at?: string | null;
    proposed_by_me?: boolean;
    reviewed_by: string | null;
    reviewed_at: string | null;
    reason: string | null;
}

export interface CaseEntry {
    entry_id: string;
    account: string;
    user_id: string;
    account_age_seconds: number | null;
    address: string | null;
    device: string | null;
    region: string | null;
    ticket_count: number;
    first_ticket: number | null;
    created_at: string;
    cancelled_at: string | null;
    flags: string[];
}

export interface Node {
    id: string;
    kind: "account" | "address" | "device";
    component: number;
    degree: number;
    user_id?: string;
    entries?: number;
    tickets?: number;
}

export interface Clusters {
    components: { component: number; accounts: number; addresses: number; devices: number; tickets: number }[];
    nodes: Node[];
    edges: { from: string; to: string; entries: number }[];
}

export interface CasePot extends PotSummary {
    pause_reason: string | null;
    cancel_cause: string | null;
    template: string | null;
    escrow: number;
    held: number;
    hold: { outcome: "paid" | "returned" | null } | null;
    timers: { reveal_by: string | null };
    winner: { user_id: string; winning_ticket: number; prize: number } | null;
}

export interface ChainRow {
    seq: number;
    action: string;
    actor: string;
    reason: string | null;
    created_at: string;
    payload: string;
    row_hash: string;
}

export interface Case {
    pot: CasePot;
    entries: CaseEntry[];
    next: string | null;
    truncated: string[];
    clusters?: Clusters;
    flags?: Flag[];
    history?: {
        chain: ChainRow[];
        events: { id: number; kind: string; data: unknown; created_at: string }[];
        alerts: { kind: string; detail: unknown; opened_at: string; closed_at: string | null; occurrences: number }[];
    };
}

/** A case with its first entries; or, after an entry, those that follow it. */
export async function readCase(potId: string, after: string | null, size: number): Promise<Case> {
    return (await answered(
        client().rpc("get_case", { pot_id: potId, page_size: size, ...(after === null ? {} : { after }) }),
    )) as unknown as Case;
}

/** Flags of a list, with what their cases say of them; as they are where a case does not open. */
export async function asInCases(flags: Flag[]): Promise<Flag[]> {
    const pots = [...new Set(flags.map((flag) => flag.pot_id))];
    const cases = await Promise.all(pots.map((pot) => readCase(pot, null, 1).catch(() => null)));
    const known = new Map(cases.flatMap((each) => each?.flags ?? []).map((flag) => [flag.flag_id, flag]));
    return flags.map((flag) => known.get(flag.flag_id) ?? flag);
}
