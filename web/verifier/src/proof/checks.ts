/** What both draws have in common. Each takes a well-formed proof, and gives its checks in order. */

import { type Bytes, equal, fromHex, toHex, uuid } from "../fairness/bytes.ts";
import * as draw from "../fairness/draw.ts";
import * as merkle from "../fairness/merkle.ts";
import * as signing from "../fairness/signing.ts";
import { readTime } from "../fairness/times.ts";
import { plain, readCanonical, RULES } from "./form.ts";
import { GAME } from "./game.ts";
import type { Trust } from "./trust.ts";
import type { Proof, Rules, Step } from "./types.ts";
import { type Check, equals, holds } from "./verdict.ts";

/** Microseconds since 1970 of a time whose form was checked. */
export function micros(time: string): bigint {
    const read = readTime(time);
    if (read === null) throw new Error("a time whose form was not checked");
    return read;
}

/** The rules, null if their text is not their one spelling, and the check of that. */
export function readRules(proof: Proof): [Rules | null, Check] {
    const shape = RULES.get(proof.draw_version);
    if (shape === undefined) throw new Error("a draw whose version was not checked");
    const read = readCanonical(proof.rules_text, shape, "rules_text");
    if (typeof read === "string") return [null, holds("rules_text", false, read)];
    return [plain(read) as Rules, holds("rules_text", true, `canonical JSON: ${proof.rules_text}`)];
}

/** That the seed is the one that was bound when the pot opened. */
export async function commitment(proof: Proof): Promise<Check[]> {
    const seed = fromHex(proof.reveal_seed);
    const tag = await draw.commitTag(uuid(proof.pot_id), fromHex(proof.commit_hash), GAME);
    return [
        holds("reveal_seed", seed.some((byte) => byte !== 0), "the seed is not all zero"),
        equals("commit_hash", "SHA-256(reveal_seed)", toHex(await draw.commitHash(seed)), proof.commit_hash),
        equals(
            "commit_tag",
            'SHA-256("pots/commit-tag/v1" 00, pot_id, commit_hash)',
            toHex(tag),
            proof.commit_tag,
        ),
    ];
}

/** The digest of all that was fixed at lock. */
export async function lock(proof: Proof): Promise<Check[]> {
    const rules = await draw.rulesHash(proof.rules_text, GAME);
    const digest = await draw.lockDigest(
        {
            roundId: uuid(proof.pot_id),
            drawVersion: proof.draw_version,
            commitment: fromHex(proof.commit_hash),
            rules: fromHex(proof.rules_hash),
            entriesRoot: fromHex(proof.entries_root),
            totalTickets: proof.total_tickets,
            lockedAt: micros(proof.locked_at),
            beaconChainHash: proof.beacon ? fromHex(proof.beacon.chain_hash) : draw.NO_BEACON,
            beaconRound: proof.beacon ? proof.beacon.round : 0,
        },
        GAME,
    );
    const also = proof.beacon ? ", beacon chain and round" : "";
    return [
        equals("rules_hash", 'SHA-256("pots/rules/v1" 00, rules_text)', toHex(rules), proof.rules_hash),
        equals(
            "lock_digest",
            `SHA-256 of pot, rules, commitment, entries, lock time${also}`,
            toHex(digest),
            proof.lock_digest,
        ),
    ];
}

/** What the seed alone draws: with draw 1 the winner, with draw 2 half of it. */
export async function drawn(proof: Proof): Promise<Check[]> {
    const total = proof.total_tickets;
    const hmac = await draw.drawHmac(fromHex(proof.reveal_seed), fromHex(proof.commit_hash));
    const index = draw.winnerIndex(fromHex(proof.hmac), total);
    const found = [
        equals("hmac", "HMAC-SHA256(key reveal_seed, commit_hash)", toHex(hmac), proof.hmac),
        equals("winner_index", `hmac mod ${total}`, index, proof.winner_index),
    ];
    if (proof.draw_version === 1) {
        const same = "winner_index, unchanged in draw 1";
        found.push(equals("winning_ticket", same, proof.winner_index, proof.winning_ticket));
    }
    return found;
}

/** A path as its bytes. */
export function siblings(path: readonly Step[]): merkle.Sibling[] {
    return path.map((step) => ({ ...step, hash: fromHex(step.hash) }));
}

/** An entry with the path that proves its tickets. */
interface Placed {
    first_ticket: number;
    ticket_count: number;
    entrant_tag: string;
    merkle_path: readonly Step[];
}

/** That an entry is a leaf of the proof's tree, at the first ticket it says. */
export async function placed(
    entry: Placed,
    whose: string,
    proof: Proof,
    where = "the proof",
): Promise<Check[]> {
    const steps = siblings(entry.merkle_path);
    const leaf = await merkle.leaf(uuid(proof.pot_id), entry.ticket_count, fromHex(entry.entrant_tag), GAME);
    const root = await merkle.fold(leaf, steps);
    const left = merkle.firstTicket(steps);
    return [
        equals(
            "entries_root",
            `${whose} folded with ${steps.length} siblings`,
            toHex(root.hash),
            proof.entries_root,
        ),
        equals(
            "total_tickets",
            `tickets of ${whose} and of all its siblings`,
            root.sum,
            proof.total_tickets,
        ),
        equals("first_ticket", "tickets on the left of it", left, entry.first_ticket, where),
    ];
}

/** That the winning entry was there at lock, and held the winning ticket. */
export async function entry(proof: Proof): Promise<Check[]> {
    const won = proof.winning_entry;
    const { first_ticket: first, ticket_count: count } = won;
    const ticket = proof.winning_ticket;
    return [
        ...(await placed(won, "the winning entry", proof)),
        holds(
            "winning_range",
            first <= ticket && ticket < first + count,
            `winning ticket ${ticket}; the entry holds ${first} to ${first + count - 1}`,
        ),
    ];
}

/** The caps of the rules, and that every credit that went in was paid out. */
export function limits(proof: Proof, rules: Rules): Check[] {
    const total = proof.total_tickets;
    const count = proof.winning_entry.ticket_count;
    const others = rules.min_participants - 1;
    const { credits, escrow_after: escrow } = proof.payout;
    return [
        holds("max_tickets", total <= rules.max_tickets, `${total} tickets, of ${rules.max_tickets} at most`),
        holds(
            "max_per_user",
            count <= rules.max_per_user,
            `the winning entry has ${count}, of ${rules.max_per_user} a user at most`,
        ),
        // Each other participant holds a ticket of the rest; who holds them the proof does not tell.
        holds(
            "min_participants",
            total - count >= others,
            `${total - count} tickets belong to others, who must be ${others} or more`,
        ),
        equals(
            "payout.credits",
            `${total} tickets at ${rules.entry_cost} credits`,
            BigInt(total) * BigInt(rules.entry_cost),
            credits,
        ),
        holds("payout.escrow_after", escrow === 0, `${escrow} credits stayed in the pot's escrow`),
    ];
}

/** What became of a payout that was held: all of it went to the winner, or to others. */
export function release(proof: Proof): Check[] {
    const given = proof.release;
    if (given === undefined || given === null) return [];
    const { outcome, released_at: at, entries, tickets, credits } = given;
    const { total_tickets: total, winning_entry: { ticket_count: won } } = proof;
    const fair = outcome === "paid"
        ? tickets === won && entries === 1
        // Without the winning entry, or among all when nobody else was left.
        : entries <= tickets && (tickets <= total - won || tickets === total);
    return [
        holds(
            "release",
            fair && proof.payout.held && credits === proof.payout.credits && micros(at) >= micros(proof.settled_at),
            `${outcome} ${at}: ${credits} credits to ${tickets} tickets`,
        ),
    ];
}

type Party = "orchestrator" | "settlement" | "beacon";

/** A key's id, and its signature over `message`, which the proof calls `name`. */
export async function signature(
    party: Party,
    name: "signature" | "attestation",
    stated: { kid: string; public_key: string },
    signed: string,
    message: Bytes,
): Promise<Check[]> {
    const key = fromHex(stated.public_key);
    const good = await signing.verify(key, message, fromHex(signed));
    const verb = good ? "is" : "is not";
    return [
        equals(
            `${party} kid`,
            `first 16 digits of SHA-256("pots/kid/v1" 00, "${party}" 00, public_key)`,
            await signing.kid(party, key, GAME),
            stated.kid,
        ),
        holds(`${party} ${name}`, good, `it ${verb} an Ed25519 signature by ${stated.public_key}`),
    ];
}

/** Whether a key is one that the reader trusts; without any, that it was not pinned. */
export function trusted(party: Party, key: string, keys: readonly Bytes[]): Check {
    if (keys.length === 0) {
        const detail = "taken from the proof itself; enter the key you trust to pin it";
        return { name: `${party} key`, outcome: "not pinned", detail };
    }
    const known = keys.some((each) => equal(each, fromHex(key)));
    return holds(`${party} key`, known, `${key} ${known ? "is" : "is not"} one you trust`);
}

/** That one party signed the lock and the other the reveal. */
export async function signatures(proof: Proof, trust: Trust): Promise<Check[]> {
    const digest = fromHex(proof.lock_digest);
    const messages = {
        orchestrator: signing.orchestratorMessage(digest, GAME),
        settlement: signing.settlementMessage(digest, fromHex(proof.reveal_seed), GAME),
    };
    const found: Check[] = [];
    for (const party of ["orchestrator", "settlement"] as const) {
        const stated = proof[party];
        found.push(...(await signature(party, "signature", stated, stated.signature, messages[party])));
        found.push(trusted(party, stated.public_key, trust[party]));
    }
    return found;
}
