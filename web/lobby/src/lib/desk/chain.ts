/** Recomputes a pot's audit chain in this browser, and its place in the audit log. */

import { fromHex, toHex, utf8, uuid } from "$verifier/fairness/bytes.ts";
import { sha256 } from "$verifier/fairness/digest.ts";
import { auditRowHash } from "$verifier/fairness/draw.ts";
import { readTime } from "$verifier/fairness/times.ts";
import { leafHash, readCheckpoint, verifyInclusion } from "$verifier/fairness/tlog.ts";
import { GAME } from "$verifier/proof/game.ts";
import { client } from "../supabase.ts";
import { answered } from "./view.svelte.ts";

export interface Fault {
    seq: number;
    why: "seq" | "link" | "payload" | "row" | "shown" | "public";
}

export type Logged =
    | { in: "none" }
    | { in: "later"; size: number }
    | { in: "log" | "nowhere"; seq: number; size: number; published: string };

export interface Status {
    rows: number;
    fault: Fault | null;
    logged: Logged | null;
}

const PAGE = 1000;
const START = "0".repeat(64);

/** Reads and recomputes the whole chain, page after page; `told` hears how far it is. */
export async function checkChain(potId: string, told: (rows: number) => void): Promise<Status> {
    let rows = 0;
    const hashes = [START];
    for (;;) {
        const [own, open] = await Promise.all([
            answered(
                client().from("pots_audit").select("seq,action,actor_id,reason,created_at,payload,payload_hash,prev_hash,row_hash")
                    .eq("pot_id", potId).gt("seq", rows).order("seq").limit(PAGE),
            ),
            answered(client().rpc("get_audit_chain", { pot_id: potId, after_seq: rows, page_size: PAGE })),
        ]);
        for (const [place, row] of own.entries()) {
            const shown = open[place];
            const fault = (why: Fault["why"]): Status => ({ rows, fault: { seq: row.seq, why }, logged: null });
            if (row.seq !== rows + 1) return fault("seq");
            if (row.prev_hash !== hashes[rows]) return fault("link");
            if (toHex(await sha256(utf8(row.payload))) !== row.payload_hash) return fault("payload");
            if (!saysTheSame(row)) return fault("shown");
            const hash = await auditRowHash(
                {
                    roundId: uuid(potId),
                    seq: row.seq,
                    prevHash: fromHex(row.prev_hash),
                    createdAt: readTime(asWritten(row.created_at)) ?? 0n,
                    payload: row.payload,
                },
                GAME,
            );
            if (toHex(hash) !== row.row_hash) return fault("row");
            // Between two readings the chain may have grown, so the public one may be longer or shorter.
            if (shown !== undefined && (shown.row_hash !== row.row_hash || shown.payload_hash !== row.payload_hash)) {
                return fault("public");
            }
            hashes.push(row.row_hash);
            rows += 1;
        }
        told(rows);
        if (own.length < PAGE) return { rows, fault: null, logged: await findInLog(potId, hashes) };
    }
}

/** PostgREST drops trailing zeros of a timestamptz and writes +00:00; a hash is over all six digits. */
function asWritten(time: string): string {
    const [, whole, fraction = ""] = /^(.{19})(?:\.(\d+))?(?:Z|\+00:00)$/.exec(time) ?? [];
    return `${whole}.${fraction.padEnd(6, "0")}Z`;
}

/** Whether the columns that a search reads are those that were hashed. */
function saysTheSame(row: { action: string; actor_id: string; reason: string | null; payload: string }): boolean {
    try {
        const said = JSON.parse(row.payload) as { action?: string; actor?: string; reason?: string | null };
        return said.action === row.action && said.actor === row.actor_id && (said.reason ?? null) === row.reason;
    } catch {
        return false;
    }
}

/** The newest row of the pot that the newest checkpoint covers; `hashes` are the chain's, by seq. */
async function findInLog(potId: string, hashes: string[]): Promise<Logged> {
    const found = (await answered(client().rpc("get_checkpoint"))) as { size: number; note: string; published_at: string } | null;
    if (found === null) return { in: "none" };
    const checkpoint = readCheckpoint(`${found.note.split("\n\n")[0]}\n`);
    // A pot's rows come into the log in their order: the last that is in is found by halving.
    let [low, high] = [0, hashes.length - 1];
    let proof: Proof | null = null;
    while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        const { data, error } = await client().rpc("get_inclusion_proof", { pot_id: potId, seq: middle, tree_size: found.size });
        if (error && error.message !== "wrong_state") throw error;
        if (error) high = middle - 1;
        else [low, proof] = [middle, data as unknown as Proof];
    }
    if (proof === null) return { in: "later", size: found.size };
    const hash = hashes[low] ?? "";
    const included = await verifyInclusion(
        await leafHash(fromHex(hash)), BigInt(proof.leaf_index), checkpoint.size, proof.path.map(fromHex), checkpoint.root,
    );
    return { in: included ? "log" : "nowhere", seq: low, size: found.size, published: found.published_at };
}

/** What get_inclusion_proof tells. The hash and the root are known here already. */
interface Proof {
    leaf_index: number;
    path: string[];
}
