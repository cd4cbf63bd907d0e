/**
 * Whether somebody else saw the lock and the reveal before the beacon's round was known.
 *
 * The operator's own clock proves nothing: it could lock and reveal after it saw the beacon, and
 * backdate both. So the rows of the audit chain that say so are shown to be in a checkpoint of the
 * audit log, and a witness whom the reader named must have cosigned it before the round's time.
 */

import { fromHex, uuid } from "../fairness/bytes.ts";
import { auditRowHash } from "../fairness/draw.ts";
import { canonicalJson, type Json, NotJson, readJson } from "../fairness/json.ts";
import { cosignedAt, isSigned, Malformed, type Note, readNote, type VerifierKey } from "../fairness/note.ts";
import * as tlog from "../fairness/tlog.ts";
import { shownTime } from "./beacon.ts";
import { micros } from "./checks.ts";
import { shown } from "./form.ts";
import { GAME } from "./game.ts";
import type { Trust } from "./trust.ts";
import type { Proof, Row } from "./types.ts";
import { type Check, holds } from "./verdict.ts";

const SECOND = 1_000_000n;

function unwitnessed(detail: string): Check {
    return { name: "witness", outcome: "unwitnessed", detail };
}

/** What the proof carries of a witness; `due` is when its beacon's round was, in microseconds. */
export async function seen(proof: Proof, due: bigint, trust: Trust): Promise<Check[]> {
    if (!proof.witness) return [unwitnessed("the proof carries no checkpoint with a cosignature")];
    let note: Note;
    let checkpoint: tlog.Checkpoint;
    try {
        note = readNote(proof.witness.checkpoint);
        checkpoint = tlog.readCheckpoint(note.text);
    } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        return [holds("checkpoint", false, shown(error.message))];
    }
    const [locked, revealed] = proof.witness.rows;
    return [
        ...(await ofLog(note, checkpoint, trust.log)),
        await inLog(proof, locked, checkpoint),
        await inLog(proof, revealed, checkpoint),
        holds(
            "rows in order",
            locked.seq < revealed.seq,
            `row ${locked.seq} locked the pot, row ${revealed.seq} revealed its seed`,
        ),
        await cosigned(note, due, trust.witness),
    ];
}

async function ofLog(note: Note, checkpoint: tlog.Checkpoint, keys: readonly VerifierKey[]): Promise<Check[]> {
    const origin = shown(checkpoint.origin);
    const found = [holds("checkpoint", true, `log ${origin} with ${checkpoint.size} rows`)];
    if (keys.length > 0) {
        let known = false;
        for (const key of keys) {
            known ||= key.name === checkpoint.origin && (await isSigned(note, key));
        }
        const verb = known ? "is" : "is not";
        found.push(holds("log key", known, `log ${origin} ${verb} one you trust, by its signature`));
    }
    return found;
}

/** Whether the row says what the proof says, and is in the log. */
async function inLog(proof: Proof, row: Row, checkpoint: tlog.Checkpoint): Promise<Check> {
    const name = `${row.action} row`;
    const field = row.action === "locked" ? "lock_digest" : "reveal_seed";
    const told = readPayload(row.payload, field);
    if (typeof told === "string") return holds(name, false, told);
    const [action, value] = told;
    if (action !== row.action || value !== proof[field]) {
        return holds(name, false, `its payload tells of ${shown(action)} with ${field} ${shown(value)}`);
    }
    const rowHash = await auditRowHash(
        {
            roundId: uuid(proof.pot_id),
            seq: row.seq,
            prevHash: fromHex(row.prev_hash),
            createdAt: micros(row.created_at),
            payload: row.payload,
        },
        GAME,
    );
    const included = await tlog.verifyInclusion(
        await tlog.leafHash(rowHash),
        BigInt(row.leaf_index),
        checkpoint.size,
        row.path.map(fromHex),
        checkpoint.root,
    );
    const verb = included ? "is" : "is not";
    return holds(name, included, `it ${verb} row ${row.leaf_index} of that log, with ${field}`);
}

/** The action that a payload tells of, and its value of `field`; or what is wrong with it. */
function readPayload(text: string, field: string): [action: Json, value: Json] | string {
    const neither = `its payload tells no action and ${field}`;
    try {
        const { value, ambiguous } = readJson(text);
        if (ambiguous.length > 0 || canonicalJson(value) !== text) {
            return "its payload is not canonical JSON";
        }
        if (!(value instanceof Map)) return neither;
        const metadata = value.get("metadata");
        const action = value.get("action");
        const stated = metadata instanceof Map ? metadata.get(field) : undefined;
        return action === undefined || stated === undefined ? neither : [action, stated];
    } catch (error) {
        if (error instanceof NotJson || error instanceof RangeError) return neither;
        throw error;
    }
}

async function cosigned(note: Note, due: bigint, keys: readonly VerifierKey[]): Promise<Check> {
    if (keys.length === 0) return unwitnessed("say which witness you trust, by its vkey");
    let first: { at: bigint; name: string } | null = null;
    for (const key of keys) {
        const at = await cosignedAt(note, key);
        if (at !== null && (first === null || at < first.at)) first = { at, name: key.name };
    }
    if (first === null) return unwitnessed("no witness you trust cosigned the checkpoint");
    const when = shownTime(first.at * SECOND).replace(".000000Z", "Z");
    const name = shown(first.name);
    // A second that began before the round's time ended before it or with it: rounds are on seconds.
    if (first.at * SECOND < due) {
        return holds("witness", true, `${name} cosigned it at ${when}, before the round`);
    }
    return unwitnessed(`${name} cosigned it at ${when} only, which is not before the round`);
}
