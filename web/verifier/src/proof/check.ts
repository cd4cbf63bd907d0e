/** What came of looking: checks by name, and the verdict that claims no more than they do. */

export type Outcome = "ok" | "failed" | "skipped" | "not pinned";

/** One thing that was looked at. `detail` says with which values, or what is wrong. */
export interface Check {
    name: string;
    outcome: Outcome;
    detail: string;
}

/** A check that two values, and their types, are the same. */
export function equals(name: string, formula: string, computed: string | number | bigint, stated: string | number): Check {
    const same = String(computed) === String(stated);
    if (same) return { name, outcome: "ok", detail: `${formula} = ${computed}` };
    return { name, outcome: "failed", detail: `${formula} = ${computed}, but the proof says ${stated}` };
}

export function holds(name: string, condition: boolean, detail: string): Check {
    return { name, outcome: condition ? "ok" : "failed", detail };
}
