/**
 * Ed25519 (RFC 8032): what each party signs, key ids, and verification without any leniency.
 *
 * The library's own verify multiplies by the cofactor, so more than one R passes. Here R must be
 * the exact bytes that the equation yields, and neither it nor the key may be of small order.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { type Bytes, equal, join, tag, toHex } from "./bytes.ts";
import { sha256, sha512 } from "./digest.ts";

const ORDER = ed25519.Point.Fn.ORDER;

/** A key's id: 16 hex digits that depend on its purpose as well as on the key. */
export async function kid(purpose: string, key: Bytes, game: string): Promise<string> {
    return toHex(await sha256(tag(`${game}/kid/v1`), tag(purpose), key)).slice(0, 16);
}

/** What the orchestrator signs after a lock. */
export function orchestratorMessage(lockDigest: Bytes, game: string): Bytes {
    return join(tag(`${game}/orchestrator/v1`), lockDigest);
}

/** What the settlement signer signs with a reveal. */
export function settlementMessage(lockDigest: Bytes, seed: Bytes, game: string): Bytes {
    return join(tag(`${game}/settlement/v1`), lockDigest, seed);
}

/** What who submits a beacon signs. */
export function beaconMessage(lockDigest: Bytes, beaconSignature: Bytes, game: string): Bytes {
    return join(tag(`${game}/beacon/v1`), lockDigest, beaconSignature);
}

/** The point that 32 bytes are the one encoding of, unless it is of small order: else null. */
function point(bytes: Bytes) {
    if (bytes.length !== 32) return null;
    try {
        const found = ed25519.Point.fromBytes(bytes, false); // false: y < p, RFC 8032's decoding
        return found.isSmallOrder() ? null : found;
    } catch {
        return null;
    }
}

/** Whether `key` can be a public key: one encoding of a curve point, not of small order. */
export function isValidKey(key: Bytes): boolean {
    return point(key) !== null;
}

function littleEndian(bytes: Uint8Array): bigint {
    return BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
}

/** Whether `signature` (64 bytes: R, S) over `message` is by `key` (32 bytes). */
export async function verify(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
    if (signature.length !== 64) return false;
    const r = signature.slice(0, 32);
    const s = littleEndian(signature.slice(32));
    const a = point(key);
    if (a === null || point(r) === null || s >= ORDER) return false;
    const k = littleEndian(await sha512(r, key, message)) % ORDER;
    // R = S B - k A (RFC 8032, section 5.1.7, without the cofactor).
    const yielded = ed25519.Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k));
    return equal(yielded.toBytes(), r);
}
