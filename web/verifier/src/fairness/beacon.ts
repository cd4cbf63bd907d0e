/**
 * Rounds of a public randomness beacon, drand's, and their BLS signatures.
 *
 * Which round belongs to a moment is arithmetic, and whether a signature is a round's is
 * mathematics; so it never matters who handed a signature over. Of drand's schemes one is known,
 * `bls-unchained-g1-rfc9380`: signatures on G1 of BLS12-381 over SHA-256 of the round's number.
 */

import { bls12_381 } from "@noble/curves/bls12-381.js";
import { type Bytes, fromHex, isHex, join, toHex, u32, u64, utf8 } from "./bytes.ts";
import { sha256 } from "./digest.ts";
import type { Json, JsonObject } from "./json.ts";

const SCHEME = "bls-unchained-g1-rfc9380";
const DST = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
const SECOND = 1_000_000n;

/** One beacon: who signs (a compressed point of G2), and when (Unix time of round 1, seconds). */
export interface Chain {
    hash: string;
    publicKey: Bytes;
    genesisTime: number;
    period: number;
}

/** The public beacon of the League of Entropy: a round every 3 seconds since August 2023. */
export const QUICKNET: Chain = {
    hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    publicKey: fromHex(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a" +
            "2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76" +
            "eae8991ef5ece45a",
    ),
    genesisTime: 1692803367,
    period: 3,
};

/** The first round whose time is at or after `micros` (since 1970). */
export function roundAt(chain: Chain, micros: bigint): bigint {
    const late = micros - BigInt(chain.genesisTime) * SECOND;
    const step = BigInt(chain.period) * SECOND;
    return late <= 0n ? 1n : 1n + (late + step - 1n) / step;
}

/** When a round, counted from 1, is due: in microseconds since 1970. Nobody has it earlier. */
export function roundTime(chain: Chain, round: number): bigint {
    return (BigInt(chain.genesisTime) + (BigInt(round) - 1n) * BigInt(chain.period)) * SECOND;
}

/** Whether `signature` (48 bytes) is the chain's of a round. There is exactly one such signature. */
export async function verifyRound(chain: Chain, round: number, signature: Bytes): Promise<boolean> {
    const message = await sha256(u64(round));
    try {
        const hashed = bls12_381.shortSignatures.hash(message, DST);
        return bls12_381.shortSignatures.verify(signature, hashed, chain.publicKey);
    } catch {
        return false; // not the one encoding of a point of G1
    }
}

/** The description of a chain is none, or of another chain than it says. */
export class NoChain extends Error {}

/**
 * The chain that drand's /info describes, in the words of either version of its API.
 *
 * Its hash is computed from what it says of itself: so whoever knows the hash trusts the rest.
 * Throws NoChain.
 */
export async function chainFromInfo(info: JsonObject): Promise<Chain> {
    const first = info.has("schemeID");
    const metadata = info.get("metadata");
    const named = first ? (metadata instanceof Map ? metadata.get("beaconID") : null) : info.get("beacon_id");
    const scheme = text(info.get(first ? "schemeID" : "scheme"));
    const stated = bytes(info.get(first ? "hash" : "chain_hash"), 32);
    const groupHash = bytes(info.get(first ? "groupHash" : "genesis_seed"), 32);
    const publicKey = bytes(info.get("public_key"), 96);
    const period = whole(info.get("period"), 1, 2 ** 32 - 1);
    const genesisTime = whole(info.get("genesis_time"), 0, Number.MAX_SAFE_INTEGER);
    const beaconId = text(named);
    if (scheme !== SCHEME) throw new NoChain(`the scheme of a beacon must be ${SCHEME}`);
    if (!isPublicKey(publicKey)) throw new NoChain("the public key is no point of G2");
    const id = beaconId === "default" ? "" : beaconId;
    const hash = await sha256(join(u32(period), u64(genesisTime), publicKey, groupHash, utf8(id)));
    if (toHex(hash) !== toHex(stated)) {
        throw new NoChain(`the chain that is described has the hash ${toHex(hash)}`);
    }
    return { hash: toHex(hash), publicKey, genesisTime, period };
}

function isPublicKey(key: Bytes): boolean {
    try {
        // Infinity is in the group, and under it infinity is a signature of everything.
        return !bls12_381.G2.Point.fromBytes(key).is0();
    } catch {
        return false;
    }
}

const NOT_INFO = "not the /info of a drand chain";

function text(value: Json | undefined): string {
    if (typeof value !== "string") throw new NoChain(NOT_INFO);
    return value;
}

function bytes(value: Json | undefined, size: number): Bytes {
    if (!isHex(value, size)) throw new NoChain(NOT_INFO);
    return fromHex(value);
}

function whole(value: Json | undefined, low: number, high: number): number {
    if (typeof value !== "number" || value < low || value > high) throw new NoChain(NOT_INFO);
    return value;
}
