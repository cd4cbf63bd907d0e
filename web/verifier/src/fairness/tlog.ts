/** A transparency log: inclusion in the Merkle tree of RFC 6962, and C2SP checkpoints. */

import { fromBase64 } from "./base64.ts";
import { type Bytes, equal } from "./bytes.ts";
import { sha256 } from "./digest.ts";
import { Malformed } from "./note.ts";

/** The hash of a leaf: SHA-256(0x00 || data). */
export function leafHash(data: Bytes): Promise<Bytes> {
    return sha256(new Uint8Array([0]), data);
}

/** The hash of an inner node: SHA-256(0x01 || left || right). */
function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
    return sha256(new Uint8Array([1]), left, right);
}

/** Whether `path` proves that leaf `index` of the log of that size and root is `hashed`. */
export async function verifyInclusion(
    hashed: Bytes,
    index: bigint,
    size: bigint,
    path: readonly Bytes[],
    root: Bytes,
): Promise<boolean> {
    // RFC 9162, section 2.1.3.2.
    if (index < 0n || index >= size) return false;
    let place = index;
    let last = size - 1n;
    let found = hashed;
    for (const sibling of path) {
        if (last === 0n) return false;
        if ((place & 1n) === 1n || place === last) {
            found = await nodeHash(sibling, found);
            while (place !== 0n && (place & 1n) === 0n) {
                place >>= 1n;
                last >>= 1n;
            }
        } else {
            found = await nodeHash(found, sibling);
        }
        place >>= 1n;
        last >>= 1n;
    }
    return last === 0n && equal(found, root);
}

/** A log at one moment: `origin` names the log, `root` is over its first `size` leaves. */
export interface Checkpoint {
    origin: string;
    size: bigint;
    root: Bytes;
}

/** The checkpoint of a note's text; extension lines are allowed and left out. Throws Malformed. */
export function readCheckpoint(text: string): Checkpoint {
    const lines = text.split("\n");
    const [origin = "", size = "", hashed = ""] = lines;
    if (lines.length < 4 || lines.pop() !== "" || lines.some((line) => line === "")) {
        throw new Malformed("a checkpoint is three lines or more: origin, size and root");
    }
    if (!/^(?:0|[1-9][0-9]{0,18})$/.test(size) || BigInt(size) >= 2n ** 63n) {
        throw new Malformed("a size is a decimal number below 2^63 without leading zeros");
    }
    const root = fromBase64(hashed);
    if (root?.length !== 32) throw new Malformed("a hash is 32 bytes in standard base64");
    return { origin, size: BigInt(size), root };
}
