/** The form of each field: what is expected, in words, and the test for it. */

import { isHex } from "../fairness/bytes.ts";
import { canonicalJson, Fraction, type Json, type JsonObject, NotJson, readJson } from "../fairness/json.ts";
import { readTime } from "../fairness/times.ts";
import type { Document } from "./document.ts";
import { type Check, holds } from "./verdict.ts";

interface Form {
    kind: "form";
    words: string;
    accepts(value: Json): boolean;
}
/** A list of `most` items at most. */
interface Items {
    kind: "items";
    of: Shape;
    most: number;
}
/** A list of exactly these objects. */
interface Rows {
    kind: "rows";
    each: readonly Fields[];
}
/** An object of these fields, or null, or not there. */
interface OrNull {
    kind: "or null";
    fields: Fields;
}
/** An object with exactly these members. */
export interface Fields {
    kind: "fields";
    members: Readonly<Record<string, Shape>>;
}
type Shape = Form | Items | Rows | OrNull | Fields;

function form(words: string, accepts: (value: Json) => boolean): Form {
    return { kind: "form", words, accepts };
}

function fields(members: Readonly<Record<string, Shape>>): Fields {
    return { kind: "fields", members };
}

function integer(low: number, high: number): Form {
    const words = low < high ? `an integer from ${low} to ${high}` : `the integer ${low}`;
    return form(words, (value) => typeof value === "number" && low <= value && value <= high);
}

function hex(size: number): Form {
    return form(`${2 * size} lower-case hex digits`, (value) => isHex(value, size));
}

const MAX_COUNT = 2 ** 31 - 1; // the largest count in the API, an `int`
const COUNT = integer(1, MAX_COUNT);
const INDEX = integer(0, MAX_COUNT - 1);
const POSITIVE = integer(1, Number.MAX_SAFE_INTEGER);
const NATURAL = integer(0, Number.MAX_SAFE_INTEGER);
const HASH = hex(32);
const UUID = form("a UUID in lower case", isUuid);
const TIME = form(
    "a UTC time like 2026-11-22T17:49:34.123456Z",
    (value) => typeof value === "string" && readTime(value) !== null,
);
const TEXT = form("a text", (value) => typeof value === "string" && [...value].length <= 1 << 16);
const TRUTH = form("true or false", (value) => typeof value === "boolean");

/** Whether a value is a UUID in its one spelling. */
export function isUuid(value: Json | undefined): value is string {
    const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
    return typeof value === "string" && pattern.test(value);
}

const SIGNED = fields({ kid: hex(8), public_key: HASH, signature: hex(64) });
const SIBLING = fields({
    side: form('"left" or "right"', (value) => value === "left" || value === "right"),
    sum: COUNT,
    hash: HASH,
});
// A pot has 2^31 - 1 entries at most, so no leaf is deeper than 31; a log has fewer than 2^63 rows.
const PATH: Items = { kind: "items", of: SIBLING, most: 31 };
const LOG_PATH: Items = { kind: "items", of: HASH, most: 63 };
const BEACON = fields({
    chain_hash: HASH,
    round: POSITIVE,
    signature: hex(48),
    rotation: INDEX,
    kid: hex(8),
    public_key: HASH,
    attestation: hex(64),
});

const RELEASE = fields({
    outcome: form('"paid" or "returned"', (value) => value === "paid" || value === "returned"),
    released_at: TIME,
    entries: COUNT,
    tickets: COUNT,
    credits: POSITIVE,
});

function row(action: string): Fields {
    return fields({
        action: form(`"${action}"`, (value) => value === action),
        seq: POSITIVE,
        created_at: TIME,
        prev_hash: HASH,
        payload: TEXT,
        leaf_index: NATURAL,
        path: LOG_PATH,
    });
}

function proofOf(drawVersion: 1 | 2): Fields {
    const witness = fields({
        checkpoint: TEXT,
        rows: { kind: "rows", each: [row("locked"), row("revealed")] },
    });
    return fields({
        version: integer(1, 1),
        pot_id: UUID,
        draw_version: integer(drawVersion, drawVersion),
        rules_text: TEXT,
        rules_hash: HASH,
        commit_tag: HASH,
        commit_hash: HASH,
        reveal_seed: HASH,
        locked_at: TIME,
        entries_root: HASH,
        total_tickets: COUNT,
        lock_digest: HASH,
        hmac: HASH,
        winner_index: INDEX,
        beacon: drawVersion === 1 ? form("null with draw_version 1", (value) => value === null) : BEACON,
        winning_ticket: INDEX,
        winning_entry: fields({
            entry_id: UUID,
            first_ticket: INDEX,
            ticket_count: COUNT,
            entrant_tag: HASH,
            merkle_path: PATH,
        }),
        orchestrator: SIGNED,
        settlement: SIGNED,
        payout: fields({ credits: POSITIVE, held: TRUTH, escrow_after: NATURAL }),
        audit: fields({ seq: POSITIVE, row_hash: HASH }),
        settled_at: TIME,
        release: { kind: "or null", fields: RELEASE },
        ...(drawVersion === 2 ? { witness: { kind: "or null" as const, fields: witness } } : {}),
    });
}

const TERMS = { entry_cost: POSITIVE, max_per_user: COUNT, max_tickets: COUNT, min_participants: COUNT };

/** Draw version → the fields of its proof. */
export const PROOFS: ReadonlyMap<number, Fields> = new Map([[1, proofOf(1)], [2, proofOf(2)]]);

/** Draw version → the fields of its rules. */
export const RULES: ReadonlyMap<number, Fields> = new Map([
    [1, fields({ draw_version: integer(1, 1), ...TERMS })],
    [2, fields({ beacon_chain_hash: HASH, draw_version: integer(2, 2), ...TERMS })],
]);

/** The fields of a receipt from before the lock, and from after it. */
const EARLY = {
    entry_id: UUID, pot_id: UUID, seq: POSITIVE, ticket_count: COUNT, salt: HASH, entrant_tag: HASH,
};
export const RECEIPT_EARLY = fields(EARLY);
export const RECEIPT_LOCKED = fields({ ...EARLY, first_ticket: INDEX, merkle_path: PATH });

function* malformed(value: Json | undefined, { members }: Fields, where: string, what: string): Generator<string> {
    if (!(value instanceof Map)) {
        yield `${where || `the ${what}`} must be an object, not ${shown(value ?? null)}`;
        return;
    }
    const prefix = where === "" ? "" : `${where}.`;
    for (const name of value.keys()) {
        if (!Object.hasOwn(members, name)) yield `${prefix}${shown(name)} is not a field of a ${what}`;
    }
    for (const [name, shape] of Object.entries(members)) {
        const member = value.get(name);
        if (member !== undefined) yield* misshapen(member, shape, `${prefix}${name}`, what);
        else if (shape.kind !== "or null") yield `${prefix}${name} is missing`;
    }
}

function* misshapen(value: Json, shape: Shape, at: string, what: string): Generator<string> {
    switch (shape.kind) {
        case "form":
            if (!shape.accepts(value)) yield `${at} must be ${shape.words}, not ${shown(value)}`;
            return;
        case "fields":
            yield* malformed(value, shape, at, what);
            return;
        case "or null":
            if (value !== null) yield* malformed(value, shape.fields, at, what);
            return;
        case "items":
            if (!Array.isArray(value) || value.length > shape.most) {
                yield `${at} must be a list of ${shape.most} steps or fewer, not ${shown(value)}`;
                return;
            }
            for (const [number, item] of value.entries()) {
                yield* misshapen(item, shape.of, `${at}[${number}]`, what);
            }
            return;
        case "rows":
            if (!Array.isArray(value) || value.length !== shape.each.length) {
                yield `${at} must be a list of ${shape.each.length} objects, not ${shown(value)}`;
                return;
            }
            for (const [number, each] of shape.each.entries()) {
                yield* malformed(value[number], each, `${at}[${number}]`, what);
            }
    }
}

/** The check of every field's form. */
export function checkForm(document: Document, shape: Fields, what: string): Check {
    const faults = [...document.ambiguous, ...[...malformed(document.value, shape, "", what)].sort()];
    const more = faults.length > 5 ? ` (and ${faults.length - 5} more)` : "";
    const fine = "every field is there, no other is, and each has its one spelling";
    return holds("form", faults.length === 0, faults.slice(0, 5).join("; ") + more || fine);
}

/** The object of a canonical JSON text, or what is wrong with it. */
export function readCanonical(text: string, shape: Fields, name: string): JsonObject | string {
    try {
        const { value, ambiguous } = readJson(text);
        const faults = [...ambiguous, ...[...malformed(value, shape, name, "proof")].sort()];
        if (faults.length > 0) return faults.slice(0, 5).join("; ");
        if (canonicalJson(value) === text && value instanceof Map) return value;
        return `${name} is not in its RFC 8785 canonical spelling`;
    } catch (error) {
        if (!(error instanceof NotJson)) throw error;
        return `${name} is not JSON: ${shown(error.message)}`;
    }
}

/** A foreign value short, in ASCII and without control characters. */
export function shown(value: Json): string {
    if (value instanceof Map) return "an object";
    if (Array.isArray(value)) return "a list";
    if (value instanceof Fraction) return value.text.slice(0, 40);
    if (typeof value !== "string") return String(value);
    const quoted = JSON.stringify(value.length <= 72 ? value : `${value.slice(0, 69)}...`);
    return quoted.replace(/[^\x20-\x7e]/g, (character) => {
        return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    });
}

/** A well-formed value as plain objects, lists, texts and numbers. */
export function plain(value: Json): unknown {
    if (value instanceof Map) {
        return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
    }
    return Array.isArray(value) ? value.map(plain) : value;
}
