/** What is said about a proof: check after check, and never more than was looked at. */

export type Outcome = "ok" | "failed" | "skipped" | "not pinned" | "unwitnessed";

/** One thing that was looked at. `detail` says with which values, or what is wrong. */
export interface Check {
    name: string;
    outcome: Outcome;
    detail: string;
}

export interface Verdict {
    potId: string | null;
    checks: Check[];
    /** Null if unknown. */
    drawVersion: number | null;
    /** Every check was made and held; what was not pinned and a missing witness do not count. */
    valid: boolean;
    /** Whether a witness whom the reader named saw lock and reveal in time; null with draw 1. */
    witnessed: boolean | null;
    /** One sentence that claims no more than was checked. */
    summary: string;
    /** What no proof of this kind can show. */
    notProven: string[];
}

export function holds(name: string, condition: boolean, detail: string): Check {
    return { name, outcome: condition ? "ok" : "failed", detail };
}

/** The check of a value that was computed by `formula` against the one stated `where`. */
export function equals(
    name: string,
    formula: string,
    computed: string | number | bigint,
    stated: string | number,
    where = "the proof",
): Check {
    if (String(computed) === String(stated)) return holds(name, true, `${formula} = ${computed}`);
    return holds(name, false, `${formula} = ${computed}, but ${where} says ${stated}`);
}

export function skipped(name: string, detail: string): Check {
    return { name, outcome: "skipped", detail };
}

const HARMLESS: readonly Outcome[] = ["ok", "not pinned", "unwitnessed"];

const UNBOUND = [
    "winning_entry.entry_id: a name for the entry; its entrant_tag is what the root binds",
    "payout.held: whether the payout waited for a review, and whom a returned one left out, is the" +
        " operator's word",
    "audit: points at a row of the public audit chain; compare it with that chain",
    "settled_at: is the operator's word, checked only not to be before what it follows",
];
const DRAW_1_LIMIT =
    "draw 1 shows that the seed was fixed before the first entry; it cannot show that nobody who" +
    " knew the seed bought the last tickets";
const UNBOUND_2 =
    "witness.checkpoint: signatures under it by keys that you did not name are passed over";
const UNWITNESSED_LIMIT =
    "draw 2 has no last look if lock and reveal came before the beacon's round, and when they came" +
    " is here the operator's word: unwitnessed";
const WITNESSED_LIMIT =
    "the witness saw this lock and this reveal in time; that its log holds no second lock of the" +
    " same pot shows only to who reads that log whole: pypot audit verify";

/** The names of the checks with that outcome. */
export function named(checks: readonly Check[], wanted: Outcome): string[] {
    return checks.filter(({ outcome }) => outcome === wanted).map(({ name }) => name);
}

/** The verdict that follows from the checks. */
export function judged(potId: string | null, checks: Check[], drawVersion: number | null): Verdict {
    const valid = checks.every(({ outcome }) => HARMLESS.includes(outcome));
    const seen = checks.some(({ name, outcome }) => name === "witness" && outcome === "ok");
    const witnessed = drawVersion === 2 ? valid && seen : null;
    const notProven = [...UNBOUND];
    if (drawVersion === 1) notProven.push(DRAW_1_LIMIT);
    if (drawVersion === 2) notProven.push(UNBOUND_2, witnessed ? WITNESSED_LIMIT : UNWITNESSED_LIMIT);
    const summary = summed(checks, valid, witnessed);
    return { potId, checks, drawVersion, valid, witnessed, summary, notProven };
}

function summed(checks: readonly Check[], valid: boolean, witnessed: boolean | null): string {
    if (!valid) return `not valid: ${named(checks, "failed").join(", ")}`;
    const loose = named(checks, "not pinned");
    let said = "valid, signed by the keys you trust";
    if (loose.length === 2) said = "valid, keys taken from the proof itself (not pinned)";
    else if (loose.length > 0) said = `valid, ${loose[0]} taken from the proof itself (not pinned)`;
    return witnessed === null ? said : `${said}; ${witnessed ? "witnessed" : "unwitnessed"}`;
}
