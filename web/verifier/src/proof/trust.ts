/** Whom the reader trusts, which no proof can tell: keys, beacons, witnesses. */

import { type Bytes, fromHex, isHex } from "../fairness/bytes.ts";
import { type Chain, chainFromInfo, NoChain } from "../fairness/beacon.ts";
import { COSIGNATURE_V1, ED25519, Malformed, readVkey, type VerifierKey } from "../fairness/note.ts";
import { isValidKey } from "../fairness/signing.ts";
import { readDocument, Unreadable } from "./document.ts";

export interface Trust {
    /** Public keys of which any is trusted; none: the proof's own is taken, and it is said. */
    orchestrator: readonly Bytes[];
    settlement: readonly Bytes[];
    beacon: readonly Bytes[];
    /** Trusted besides drand's quicknet. */
    chains: readonly Chain[];
    /** Only one of these makes a draw witnessed. */
    witness: readonly VerifierKey[];
    /** They name the log that the witness watches. */
    log: readonly VerifierKey[];
}

/** Of who trusts nobody in particular. */
export const NOBODY: Trust = {
    orchestrator: [], settlement: [], beacon: [], chains: [], witness: [], log: [],
};

/** What a reader entered names nobody; the message says why. */
export class NoTrust extends Error {}

/** How what the reader enters for each of these is read. Each throws NoTrust. */
export const READERS: { [Whom in keyof Trust]: (text: string) => Promise<Trust[Whom]> } = {
    orchestrator: publicKeys,
    settlement: publicKeys,
    beacon: publicKeys,
    chains,
    witness: (text) => vkeys(text, COSIGNATURE_V1, "a witness"),
    log: (text) => vkeys(text, ED25519, "a log"),
};

function words(text: string): string[] {
    return text.split(/[\s,]+/).filter((word) => word !== "");
}

async function publicKeys(text: string): Promise<Bytes[]> {
    return words(text).map((word) => {
        if (isHex(word, 32) && isValidKey(fromHex(word))) return fromHex(word);
        const short = word.length <= 20 ? word : `${word.slice(0, 20)}…`;
        throw new NoTrust(`${short} is no public key: it has 64 lower-case hex digits`);
    });
}

async function vkeys(text: string, kind: number, whose: string): Promise<VerifierKey[]> {
    const keys: VerifierKey[] = [];
    for (const word of words(text)) {
        try {
            keys.push(await readVkey(word));
        } catch (error) {
            if (error instanceof Malformed) throw new NoTrust(error.message);
            throw error;
        }
        const found = keys.at(-1)?.kind;
        if (found !== kind) {
            throw new NoTrust(`the vkey of ${whose} has type ${kind}, this one ${found}`);
        }
    }
    return keys;
}

async function chains(text: string): Promise<Chain[]> {
    if (text.trim() === "") return [];
    try {
        const { value, ambiguous } = readDocument(text, "chain's /info");
        if (ambiguous.length > 0) throw new NoTrust(ambiguous.join("; "));
        return [await chainFromInfo(value)];
    } catch (error) {
        if (error instanceof Unreadable || error instanceof NoChain) throw new NoTrust(error.message);
        throw error;
    }
}
