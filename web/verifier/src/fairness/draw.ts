/**
 * Every byte string of a draw, from the seed to the winning ticket.
 *
 * `game` is the domain that keeps the hashes of one kind of game apart from those of every other;
 * nothing here knows which game is played. A round's id is the 16 bytes of its UUID, a time is
 * microseconds since 1970 UTC.
 */

import { type Bytes, tag, toNumber, u32, u64, utf8 } from "./bytes.ts";
import { hmacSha256, sha256 } from "./digest.ts";

/** The beacon's chain hash in a draw that uses no beacon. */
export const NO_BEACON: Bytes = new Uint8Array(32);

/** What the operator is held to: SHA(seed) of a 32-byte seed. */
export function commitHash(seed: Bytes): Promise<Bytes> {
    return sha256(seed);
}

/** What is public from creation: it binds the commitment and does not show it. */
export function commitTag(roundId: Bytes, commitment: Bytes, game: string): Promise<Bytes> {
    return sha256(tag(`${game}/commit-tag/v1`), roundId, commitment);
}

/** The hash of a rules text exactly as it is stored (UTF-8, never re-serialised). */
export function rulesHash(text: string, game: string): Promise<Bytes> {
    return sha256(tag(`${game}/rules/v1`), utf8(text));
}

/** The tag that stands for a buyer; only who knows `salt` (32 bytes) can tell. */
export function entrantTag(salt: Bytes, roundId: Bytes, userId: Bytes): Promise<Bytes> {
    const message = new Uint8Array(32);
    message.set(roundId);
    message.set(userId, 16);
    return hmacSha256(salt, message);
}

export interface Lock {
    roundId: Bytes;
    drawVersion: number;
    commitment: Bytes;
    rules: Bytes;
    entriesRoot: Bytes;
    totalTickets: number;
    lockedAt: bigint;
    beaconChainHash: Bytes;
    beaconRound: number;
}

/** The 32 bytes that the parties sign: all that decides the draw, fixed at lock. */
export function lockDigest(lock: Lock, game: string): Promise<Bytes> {
    return sha256(
        tag(`${game}/lock/v1`),
        lock.roundId,
        u32(lock.drawVersion),
        lock.commitment,
        lock.rules,
        lock.entriesRoot,
        u64(lock.totalTickets),
        u64(lock.lockedAt),
        lock.beaconChainHash,
        u64(lock.beaconRound),
    );
}

/** HMAC(seed, commit_hash): the 32 random bytes of the draw. */
export function drawHmac(seed: Bytes, commitment: Bytes): Promise<Bytes> {
    return hmacSha256(seed, commitment);
}

/** The drawn number mod `totalTickets`: 0 to totalTickets - 1. Throws RangeError without tickets. */
export function winnerIndex(drawn: Bytes, totalTickets: number): number {
    if (totalTickets < 1) throw new RangeError("a draw needs at least one ticket");
    return Number(toNumber(drawn) % BigInt(totalTickets));
}

/** How far a beacon's round moves the draw: 0 to totalTickets - 1. */
export async function rotation(
    beaconSignature: Bytes,
    lockDigest: Bytes,
    totalTickets: number,
): Promise<number> {
    const drawn = await hmacSha256(await sha256(beaconSignature), lockDigest);
    return winnerIndex(drawn, totalTickets);
}

/** The ticket that is `by` tickets further, counted around. */
export function rotated(index: number, by: number, totalTickets: number): number {
    return (index + by) % totalTickets;
}

export interface Row {
    roundId: Bytes;
    seq: number;
    prevHash: Bytes;
    createdAt: bigint;
    payload: string;
}

/** The hash of one row of a round's audit chain; `payload` is the exact text that is stored. */
export async function auditRowHash(row: Row, game: string): Promise<Bytes> {
    return sha256(
        tag(`${game}/audit/v1`),
        row.roundId,
        u64(row.seq),
        row.prevHash,
        u64(row.createdAt),
        await sha256(utf8(row.payload)),
    );
}
