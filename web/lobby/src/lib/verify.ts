/** Recomputes a draw in this browser, with the program of `pypot proof html`. Loaded when asked for. */

import { readDocument } from "$verifier/proof/document.ts";
import { verifyReceipt, type ReceiptVerdict } from "$verifier/proof/receipt.ts";
import { NOBODY, READERS, type Trust } from "$verifier/proof/trust.ts";
import { type Step, steps } from "$verifier/page/steps.ts";
import { type Judgement, verify } from "$verifier/proof/verify.ts";
import type { Kept } from "./receipts.ts";

export interface Checked {
    judgement: Judgement;
    steps: Step[];
    /** The player's entries against this proof, with what this browser kept itself. */
    receipts: { kept: Kept; verdict: ReceiptVerdict }[];
}

/**
 * Whom this page trusts: drand's quicknet, which the verifier knows by itself, and the chain that
 * whoever runs the page named, as a development stack does of its own.
 */
async function trusted(chain: string): Promise<Trust> {
    return { ...NOBODY, chains: await READERS.chains(chain) };
}

/** What came of every check of a proof, given as its text, and of the receipts in it. */
export async function check(
    proof: string, receipts: { kept: Kept; answered: unknown }[], chain: string,
): Promise<Checked> {
    const trust = await trusted(chain);
    const judgement = await verify(readDocument(proof), trust);
    const checkedReceipts = [];
    for (const { kept, answered } of receipts) {
        // Place and path come from the house; the salt and the count are those kept here.
        const receipt = { ...(answered as object), salt: kept.salt, ticket_count: kept.ticket_count };
        const document = readDocument(JSON.stringify(receipt), "receipt");
        checkedReceipts.push({ kept, verdict: await verifyReceipt(document, judgement, kept.user_id) });
    }
    return { judgement, steps: await steps(judgement, trust), receipts: checkedReceipts };
}
