/** What draw 2 adds: entropy that nobody had when the seed was revealed. */

import { fromHex } from "../fairness/bytes.ts";
import { type Chain, QUICKNET, roundAt, roundTime, verifyRound } from "../fairness/beacon.ts";
import * as draw from "../fairness/draw.ts";
import * as signing from "../fairness/signing.ts";
import { writeTime } from "../fairness/times.ts";
import { micros, signature, trusted } from "./checks.ts";
import { GAME } from "./game.ts";
import type { Trust } from "./trust.ts";
import type { Beacon, Proof, Rules } from "./types.ts";
import { type Check, equals, holds, skipped } from "./verdict.ts";

/** Microseconds from the lock to the moment whose round is drawn with. */
const LEAD = 30_000_000n;

/** The proof's chain if it is drand's quicknet, or one that the reader gave. */
export function findChain(beacon: Beacon, given: readonly Chain[]): Chain | null {
    return [QUICKNET, ...given].find(({ hash }) => hash === beacon.chain_hash) ?? null;
}

/** The round, its signature, and how far it moved the draw. */
export async function moved(
    proof: Proof,
    beacon: Beacon,
    rules: Rules | null,
    chain: Chain | null,
): Promise<Check[]> {
    const stated = beacon.chain_hash;
    let who = `${stated} is one you gave`;
    if (chain === null) who = `${stated} is not drand quicknet; give its /info if you trust it`;
    else if (chain === QUICKNET) who = "drand quicknet, run by the League of Entropy";
    const ruled = rules?.beacon_chain_hash;
    return [
        ...(ruled === undefined
            ? []
            : [equals("beacon.chain_hash", "the chain in rules_text", ruled, stated)]),
        holds("beacon chain", chain !== null, who),
        ...(chain === null
            ? [skipped("beacon.round and signature", "they need the chain")]
            : await round(proof, beacon, chain)),
        ...(await rotation(proof, beacon)),
    ];
}

async function round(proof: Proof, beacon: Beacon, chain: Chain): Promise<Check[]> {
    const number = beacon.round;
    const due = roundTime(chain, number);
    const good = await verifyRound(chain, number, fromHex(beacon.signature));
    const verb = good ? "is" : "is not";
    return [
        equals(
            "beacon.round",
            "first round at or after locked_at + 30 s",
            roundAt(chain, micros(proof.locked_at) + LEAD),
            number,
        ),
        holds("beacon.signature", good, `it ${verb} the chain's BLS signature of round ${number}`),
        holds(
            "round time",
            micros(proof.settled_at) >= due,
            `round ${number} is of ${shownTime(due)}, settled ${proof.settled_at}`,
        ),
    ];
}

async function rotation(proof: Proof, beacon: Beacon): Promise<Check[]> {
    const total = proof.total_tickets;
    const by = await draw.rotation(fromHex(beacon.signature), fromHex(proof.lock_digest), total);
    return [
        equals(
            "beacon.rotation",
            `HMAC-SHA256(key SHA-256(beacon signature), lock_digest) mod ${total}`,
            by,
            beacon.rotation,
        ),
        equals(
            "winning_ticket",
            `(winner_index + rotation) mod ${total}`,
            draw.rotated(proof.winner_index, beacon.rotation, total),
            proof.winning_ticket,
        ),
    ];
}

/** Who handed the beacon over; whose key it is matters only to who pins one. */
export async function attested(proof: Proof, beacon: Beacon, trust: Trust): Promise<Check[]> {
    const digest = fromHex(proof.lock_digest);
    const message = signing.beaconMessage(digest, fromHex(beacon.signature), GAME);
    const found = await signature("beacon", "attestation", beacon, beacon.attestation, message);
    if (trust.beacon.length > 0) found.push(trusted("beacon", beacon.public_key, trust.beacon));
    return found;
}

/** A time for a person; after the year 9999, when no four digits write it, the microseconds. */
export function shownTime(at: bigint): string {
    return at < 253_402_300_800_000_000n ? writeTime(at) : `${at} microseconds after 1970`;
}
