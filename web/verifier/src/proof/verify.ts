/**
 * Checks a settlement proof with nothing but the proof and whom the reader trusts.
 *
 * The same checks, by the same names and in the same order, as `pypot verify`; it shares no code
 * with that or with the database. docs/verify-a-draw.md describes the steps.
 */

import { roundTime } from "../fairness/beacon.ts";
import type { JsonObject } from "../fairness/json.ts";
import { attested, findChain, moved } from "./beacon.ts";
import { commitment, drawn, entry, limits, lock, micros, readRules, release, signatures } from "./checks.ts";
import type { Document } from "./document.ts";
import { checkForm, isUuid, plain, PROOFS } from "./form.ts";
import type { Trust } from "./trust.ts";
import type { Proof, Rules } from "./types.ts";
import { type Check, holds, judged, skipped, type Verdict } from "./verdict.ts";
import { seen } from "./witness.ts";

/** A verdict with what it is about: null where the form does not allow to say. */
export interface Judgement {
    verdict: Verdict;
    proof: Proof | null;
    rules: Rules | null;
}

/** The outcome of every check of a proof. Whatever the object holds ends in a verdict. */
export async function verify(document: Document, trust: Trust): Promise<Judgement> {
    const given = document.value.get("pot_id");
    const potId = isUuid(given) ? given : null;
    const nothing = (checks: Check[]) => ({ verdict: judged(potId, checks, null), proof: null, rules: null });

    const unknown = unsupported(document.value);
    if (unknown !== null) return nothing([unknown]);
    // Of a proof that says no whole number at all, the form of draw 1 tells what is wrong with it.
    const stated = document.value.get("draw_version");
    const shape = PROOFS.get(typeof stated === "number" ? stated : 1);
    if (shape === undefined) throw new Error("a draw that is neither supported nor unsupported");
    const form = checkForm(document, shape, "proof");
    if (form.outcome === "failed") {
        return nothing([form, skipped("the draw", "nothing can be computed from a malformed proof")]);
    }

    const proof = plain(document.value) as Proof;
    const [rules, spelled] = readRules(proof);
    const { beacon } = proof;
    const chain = beacon && findChain(beacon, trust.chains);
    const ofRules = (name: string) => skipped(name, "they need a rules_text");
    const checks = [
        form,
        spelled,
        ...(await commitment(proof)),
        ...(rules === null ? [ofRules("rules_hash and lock_digest")] : await lock(proof)),
        ...(await drawn(proof)),
        ...(beacon ? await moved(proof, beacon, rules, chain) : []),
        ...(await entry(proof)),
        ...(rules === null ? [ofRules("limits and payout")] : limits(proof, rules)),
        ...(await signatures(proof, trust)),
        ...(beacon ? await attested(proof, beacon, trust) : []),
        holds(
            "settled_at",
            micros(proof.settled_at) >= micros(proof.locked_at),
            `locked ${proof.locked_at}, settled ${proof.settled_at}`,
        ),
        ...release(proof),
        ...(beacon && chain ? await seen(proof, roundTime(chain, beacon.round), trust) : []),
    ];
    return { verdict: judged(potId, checks, proof.draw_version), proof, rules };
}

function unsupported(proof: JsonObject): Check | null {
    for (const [name, known, words] of [
        ["version", [1], "proofs of version 1"],
        ["draw_version", [...PROOFS.keys()], "draws 1 and 2"],
    ] as const) {
        const value = proof.get(name);
        if (typeof value === "number" && !(known as readonly number[]).includes(value)) {
            return holds(name, false, `${name} ${value} is not supported by this version: it knows ${words} only`);
        }
    }
    return null;
}
