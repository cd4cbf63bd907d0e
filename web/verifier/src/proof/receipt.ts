/**
 * One player's entry against a pot's proof.
 *
 * A receipt is what `my_receipt` answers: before the lock the salt that opens the entry's tag and
 * its place in the queue, from the lock on also its tickets and the path that proves them.
 */

import { fromHex, toHex, uuid } from "../fairness/bytes.ts";
import { entrantTag } from "../fairness/draw.ts";
import { placed } from "./checks.ts";
import type { Document } from "./document.ts";
import { checkForm, plain, RECEIPT_EARLY, RECEIPT_LOCKED } from "./form.ts";
import type { Proof, Receipt } from "./types.ts";
import { type Check, equals, holds, judged, named, skipped, type Verdict } from "./verdict.ts";
import type { Judgement } from "./verify.ts";

const NOT_PROVEN = [
    "entry_id: a name for the entry; its entrant_tag is what the root binds",
    "seq: that entries stand in the order of their seq shows only beside another receipt: of two," +
        " the one with the smaller seq has the smaller first ticket",
];

/** The checks of a receipt. `won` is null while nothing shows which tickets the entry has. */
export interface ReceiptVerdict extends Verdict {
    won: boolean | null;
}

/** The outcome of every check of a receipt; without `userId` the tag is not shown to be the player's. */
export async function verifyReceipt(
    document: Document,
    { verdict, proof }: Judgement,
    userId: string | null,
): Promise<ReceiptVerdict> {
    const isLocked = document.value.has("first_ticket") || document.value.has("merkle_path");
    const form = checkForm(document, isLocked ? RECEIPT_LOCKED : RECEIPT_EARLY, "receipt");
    const checks = [ofTheProof(verdict), form];
    if (form.outcome === "failed" || proof === null) {
        checks.push(skipped("the entry", "there is nothing to compare"));
        return ended(verdict, checks, null);
    }
    const receipt = plain(document.value) as Receipt;
    checks.push(...(await whose(receipt, proof, userId)));
    const { first_ticket: first, merkle_path: path } = receipt;
    if (first === undefined || path === undefined) {
        checks.push(skipped("merkle_path", "this receipt is from before the lock: fetch it again"));
        return ended(verdict, checks, null);
    }
    const entry = { ...receipt, first_ticket: first, merkle_path: path };
    checks.push(...(await placed(entry, "the entry", proof, "the receipt")));
    const ticket = proof.winning_ticket;
    const won = first <= ticket && ticket < first + receipt.ticket_count;
    checks.push(fate(entry, proof, won));
    return ended(verdict, checks, won);
}

function ended(proof: Verdict, checks: Check[], won: boolean | null): ReceiptVerdict {
    const verdict = judged(proof.potId, checks, proof.drawVersion);
    const loose = checks.every(({ outcome }) => outcome === "ok") ? "" : ", with things not pinned";
    let summary = `the entry was in the draw and ${won ? "won" : "did not win"}${loose}`;
    if (named(checks, "failed").length > 0) summary = verdict.summary;
    else if (!verdict.valid) summary = `not shown: ${named(checks, "skipped").join(", ")}`;
    return { ...verdict, summary, notProven: NOT_PROVEN, won };
}

function ofTheProof(verdict: Verdict): Check {
    const loose = verdict.checks.some(({ outcome }) => outcome === "not pinned");
    const outcome = !verdict.valid ? "failed" : loose ? "not pinned" : "ok";
    return { name: "proof", outcome, detail: verdict.summary };
}

async function whose(receipt: Receipt, proof: Proof, userId: string | null): Promise<Check[]> {
    const same = receipt.pot_id === proof.pot_id;
    const pot = holds("pot_id", same, `${receipt.pot_id} ${same ? "is" : "is not"} the proof's pot`);
    if (userId === null) {
        const detail = "enter your user id to see that the tag stands for you";
        return [pot, { name: "entrant_tag", outcome: "not pinned", detail }];
    }
    const tag = await entrantTag(fromHex(receipt.salt), uuid(receipt.pot_id), uuid(userId));
    const formula = "HMAC-SHA256(key salt, pot_id, user_id)";
    return [pot, equals("entrant_tag", formula, toHex(tag), receipt.entrant_tag, "the receipt")];
}

/** Whether the proof agrees: the winner's tag is on the winner's receipt, and on no other. */
function fate(entry: Receipt & { first_ticket: number }, proof: Proof, won: boolean): Check {
    const { first_ticket: first, ticket_count: count } = entry;
    const told = proof.winning_entry.entrant_tag === entry.entrant_tag;
    const verb = won ? "are" : "are not";
    const winning = `those with the winning ${proof.winning_ticket}`;
    return holds("winner", won === told, `tickets ${first} to ${first + count - 1} ${verb} ${winning}`);
}
