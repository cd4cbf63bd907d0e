/** The page: reads the proof it was made with, and whatever else it is given; shows what came of it. */

import { fromHex } from "../fairness/bytes.ts";
import { QUICKNET, verifyRound } from "../fairness/beacon.ts";
import { answer, KNOWN_ANSWERS, type Outcome as Answered } from "../fairness/known_answers.ts";
import { verify as isSigned } from "../fairness/signing.ts";
import { type Document, LONGEST, readDocument, Unreadable } from "../proof/document.ts";
import { isUuid } from "../proof/form.ts";
import { verifyReceipt } from "../proof/receipt.ts";
import { NOBODY, NoTrust, READERS, type Trust } from "../proof/trust.ts";
import type { Check, Outcome } from "../proof/verdict.ts";
import { type Judgement, verify } from "../proof/verify.ts";
import { byId, grouped, h, svg } from "./dom.ts";
import { type Step, steps, worst } from "./steps.ts";

const MARKS: Readonly<Record<Outcome, string>> = {
    ok: "M4 10.5 8.2 15 16 5.5",
    failed: "M5 5 15 15 M15 5 5 15",
    skipped: "M4 10 H16",
    "not pinned": "M10 4 V11 M10 14.5 V15.5",
    unwitnessed: "M10 4 V11 M10 14.5 V15.5",
};

/** A sign beside the word that says the same. */
function mark(outcome: Outcome): Node {
    return svg(
        "svg",
        { class: "mark", "data-outcome": outcome, viewBox: "0 0 20 20", "aria-hidden": "true" },
        svg("path", { d: MARKS[outcome] }),
    );
}

function outcomeWord(outcome: Outcome): Node {
    return h("span", { class: "outcome", "data-outcome": outcome }, mark(outcome), outcome);
}

// --- What is being looked at ---

type Content = string | Uint8Array;

const own = byId("proof").textContent ?? "";
let proofContent: Content = own;
let receiptContent: Content | null = null;
let trust: Trust = NOBODY;
let turn = 0;

/** Judges proof and receipt again and shows it; what a newer turn has overtaken is dropped. */
async function refresh(): Promise<void> {
    turn += 1;
    const mine = turn;
    byId("whose").textContent =
        proofContent === own ? "The proof that came with this page" : "A proof you gave to this page";
    byId("own-again").hidden = proofContent === own;
    try {
        const found = await verify(readDocument(proofContent), trust);
        const told = await steps(found, trust);
        if (mine !== turn) return;
        show(found, told);
        await showReceipt(found);
    } catch (error) {
        if (mine === turn) showNone(error);
        if (!(error instanceof Unreadable)) throw error;
    }
}

function show(found: Judgement, told: readonly Step[]): void {
    const { verdict } = found;
    banner(verdict.valid ? worst(verdict.checks) : "failed", verdict.summary, inShort(found));
    byId("contents").replaceChildren(
        ...told.map((step) => {
            const state = worst(step.checks);
            const word = state === "ok" ? null : h("span", { class: "why" }, ` ${state}`);
            return h("li", {}, h("a", { href: `#step-${step.id}` }, mark(state), step.title, word));
        }),
    );
    byId("steps").replaceChildren(...told.map(card));
    byId("not-proven").replaceChildren(...verdict.notProven.map((sentence) => h("li", {}, sentence)));
    byId("checks").replaceChildren(
        ...verdict.checks.map(({ name, outcome, detail }) => {
            const shown = h("td", {}, outcomeWord(outcome));
            return h("tr", {}, h("th", { scope: "row" }, name), shown, h("td", {}, detail));
        }),
    );
    byId("result").hidden = false;
}

function showNone(error: unknown): void {
    if (error instanceof Unreadable) banner("failed", "unreadable", error.message);
    else banner("failed", "no verdict", `This page went wrong, so it says nothing: ${String(error)}`);
    byId("result").hidden = true;
}

function banner(outcome: Outcome, summary: string, words: string): void {
    byId("verdict").dataset["outcome"] = outcome;
    byId("verdict-mark").replaceChildren(mark(outcome));
    byId("summary").textContent = summary;
    byId("in-short").textContent = words;
}

function inShort({ verdict, proof }: Judgement): string {
    if (!verdict.valid || proof === null) {
        return "At least one check did not hold. Take nothing in this proof for true.";
    }
    const { winning_ticket: ticket, total_tickets: total, payout } = proof;
    return (
        `Of ${grouped(total)} tickets, numbered from 0, ticket ${grouped(ticket)} won` +
        ` ${grouped(payout.credits)} credits.`
    );
}

async function showReceipt(found: Judgement): Promise<void> {
    const shown = byId("receipt-result");
    if (receiptContent === null) {
        shown.replaceChildren();
        return;
    }
    try {
        const verdict = await verifyReceipt(readDocument(receiptContent, "receipt"), found, userId());
        const outcome = verdict.valid ? worst(verdict.checks) : "failed";
        shown.replaceChildren(
            h("p", { class: "summary", id: "receipt-summary", "data-outcome": outcome }, mark(outcome), verdict.summary),
            h("ul", { class: "outcomes" }, ...verdict.checks.map(checkLine)),
            h("ul", { class: "plain" }, ...verdict.notProven.map((sentence) => h("li", {}, sentence))),
        );
    } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        const words = `unreadable: ${error.message}`;
        shown.replaceChildren(
            h("p", { class: "summary", id: "receipt-summary", "data-outcome": "failed" }, mark("failed"), words),
        );
    }
}

function userId(): string | null {
    const field = byId<HTMLInputElement>("user-id");
    const text = field.value.trim();
    const wrong = text !== "" && !isUuid(text);
    field.setAttribute("aria-invalid", String(wrong));
    byId("user-id-fault").textContent = wrong ? "A user id is a UUID in lower case." : "";
    return isUuid(text) ? text : null;
}

function card(step: Step, at: number): Node {
    const state = worst(step.checks);
    return h(
        "li",
        { class: "step", id: `step-${step.id}`, "data-outcome": state },
        h("h3", {}, h("span", { class: "number" }, `${at + 1}`), step.title),
        state === "failed" ? h("p", { class: "broken" }, "Something here does not hold.") : null,
        h("p", {}, ...step.words),
        step.more,
        step.values.length === 0
            ? null
            : h("dl", {}, ...step.values.flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)])),
        h("ul", { class: "outcomes" }, ...step.checks.map(checkLine)),
    );
}

function checkLine({ name, outcome, detail }: Check): Node {
    return h(
        "li",
        {},
        outcomeWord(outcome),
        h("b", {}, name),
        outcome === "ok" ? null : h("span", { class: "detail" }, detail),
    );
}

// --- Whom the reader trusts ---

function listenForTrust<Whom extends keyof Trust>(whom: Whom): void {
    const field = byId<HTMLTextAreaElement>(`trust-${whom}`);
    const fault = byId(`trust-${whom}-fault`);
    const read = async () => {
        const text = field.value;
        let named: Trust[Whom] = NOBODY[whom];
        let wrong = "";
        try {
            named = await READERS[whom](text);
        } catch (error) {
            if (!(error instanceof NoTrust)) throw error;
            wrong = error.message;
        }
        if (field.value !== text) return; // the reader has typed on
        fault.textContent = wrong;
        field.setAttribute("aria-invalid", String(wrong !== ""));
        trust = { ...trust, [whom]: named };
        await refresh();
    };
    field.addEventListener("input", () => void read());
}

// --- Files ---

async function contentOf(file: File): Promise<Uint8Array> {
    // One byte more than is read, so that what is too large is seen to be.
    return new Uint8Array(await file.slice(0, LONGEST + 1).arrayBuffer());
}

function takeProof(content: Content): void {
    proofContent = content;
    void refresh();
    byId("verdict").focus();
}

function takeReceipt(content: Content): void {
    receiptContent = content;
    void refresh();
    byId("receipt-result").focus();
}

/** Takes a file for what it is: a receipt is what has a salt. */
function takeAny(content: Content): void {
    let document: Document | null = null;
    try {
        document = readDocument(content);
    } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
    }
    if (document?.value.has("salt")) takeReceipt(content);
    else takeProof(content);
}

function listenForForm(what: "proof" | "receipt", take: (content: Content) => void): void {
    byId(`${what}-form`).addEventListener("submit", (event) => {
        event.preventDefault();
        take(byId<HTMLTextAreaElement>(`${what}-text`).value);
    });
    const chosen = byId<HTMLInputElement>(`${what}-file`);
    chosen.addEventListener("change", () => {
        const file = chosen.files?.[0];
        if (file) void contentOf(file).then(take);
    });
}

function listenForFiles(): void {
    listenForForm("proof", takeProof);
    listenForForm("receipt", takeReceipt);
    byId("own-again").addEventListener("click", () => takeProof(own));
    byId("user-id").addEventListener("input", () => void refresh());
    document.addEventListener("dragover", (event) => {
        event.preventDefault();
        document.body.classList.add("dragging");
    });
    for (const ending of ["dragleave", "drop"]) {
        document.addEventListener(ending, () => document.body.classList.remove("dragging"));
    }
    document.addEventListener("drop", (event) => {
        event.preventDefault();
        const file = event.dataTransfer?.files[0];
        if (file) void contentOf(file).then(takeAny);
    });
}

/** On paper nothing can be unfolded, so it is before. */
function listenForPrinting(): void {
    let unfolded: HTMLDetailsElement[] = [];
    addEventListener("beforeprint", () => {
        unfolded = [...document.querySelectorAll("details")].filter(({ open }) => !open);
        for (const each of unfolded) each.open = true;
    });
    addEventListener("afterprint", () => {
        for (const each of unfolded) each.open = false;
    });
    byId("print").addEventListener("click", () => print());
}

// --- The page's own test ---

function showAnswers(answers: readonly Answered[]): boolean {
    const wrong = answers.filter(({ right }) => !right).length;
    const status = byId("self-test");
    status.dataset["outcome"] = wrong === 0 ? "ok" : "failed";
    status.textContent =
        wrong === 0
            ? `This page tested itself: ${answers.length} of ${answers.length} known answers are right.`
            : `This page tested itself, and ${wrong} of ${answers.length} known answers are wrong: it gives no verdict.`;
    byId("answers").replaceChildren(
        ...answers.map(({ name, source, right, detail }) => {
            const word = outcomeWord(right ? "ok" : "failed");
            return h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, source), h("td", {}, word), h("td", {}, detail));
        }),
    );
    return wrong === 0;
}

async function start(): Promise<void> {
    if (globalThis.crypto?.subtle === undefined) {
        banner("failed", "no verdict", "This browser offers no WebCrypto here: open the page from disk or by https.");
        return;
    }
    if (!showAnswers(await answer(KNOWN_ANSWERS))) {
        banner("failed", "no verdict", "This browser computes known answers wrongly; see the page’s own test.");
        return;
    }
    for (const whom of Object.keys(READERS) as (keyof Trust)[]) listenForTrust(whom);
    listenForFiles();
    listenForPrinting();
    await refresh();
}

type Entered = { [Whom in keyof Trust]?: string };

async function entered(texts: Entered): Promise<Trust> {
    const named: Record<string, unknown> = {};
    for (const whom of Object.keys(READERS) as (keyof Trust)[]) {
        named[whom] = await READERS[whom](texts[whom] ?? "");
    }
    return named as unknown as Trust;
}

async function orUnreadable<T>(judge: () => Promise<T>): Promise<T | { unreadable: string }> {
    try {
        return await judge();
    } catch (error) {
        if (error instanceof Unreadable) return { unreadable: error.message };
        throw error;
    }
}

/** For programs that drive the page: `await pypot.verify(text, {orchestrator: "hex hex", …})`. */
const programs = {
    verify: (proof: Content, trusted: Entered = {}) =>
        orUnreadable(async () => (await verify(readDocument(proof), await entered(trusted))).verdict),
    verifyReceipt: (receipt: Content, proof: Content, user: string | null = null, trusted: Entered = {}) =>
        orUnreadable(async () => {
            const found = await verify(readDocument(proof), await entered(trusted));
            return verifyReceipt(readDocument(receipt, "receipt"), found, user);
        }),
    isSigned: (key: string, message: string, signature: string) =>
        isSigned(fromHex(key), fromHex(message), fromHex(signature)),
    isRound: (round: number, signature: string) => verifyRound(QUICKNET, round, fromHex(signature)),
};
Object.assign(globalThis, { pypot: programs });

void start();
