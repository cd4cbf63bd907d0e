/** Reads a file that somebody gave: text in, a JSON object out, or one sentence why not. */

import { type JsonObject, NotJson, readJson } from "../fairness/json.ts";

/** Bytes. A proof has about 4 kB at most: its path has 31 steps or fewer. */
export const LONGEST = 1 << 18;

/** A file that cannot be understood; the message is for a person. */
export class Unreadable extends Error {}

export interface Document {
    value: JsonObject;
    ambiguous: string[];
}

/** The JSON object in `content`, bytes or the text they spell. Throws Unreadable. */
export function readDocument(content: Uint8Array | string, what = "proof"): Document {
    const size = typeof content === "string" ? new TextEncoder().encode(content).length : content.length;
    if (size > LONGEST) throw new Unreadable(`the ${what} is larger than ${LONGEST} bytes`);
    try {
        const { value, ambiguous } = readJson(typeof content === "string" ? content : decode(content));
        if (!(value instanceof Map)) throw new Unreadable(`the ${what} is not a JSON object`);
        return { value, ambiguous };
    } catch (error) {
        if (error instanceof NotJson) throw new Unreadable(`the ${what} is not JSON: ${error.message}`);
        throw error;
    }
}

function decode(content: Uint8Array): string {
    try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    } catch {
        throw new NotJson("not UTF-8");
    }
}
