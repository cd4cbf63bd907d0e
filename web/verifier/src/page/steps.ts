/** The draw in plain words, step by step, with the values each step took and gave. */

import { fromHex, toHex, uuid } from "../fairness/bytes.ts";
import { QUICKNET, roundTime } from "../fairness/beacon.ts";
import * as merkle from "../fairness/merkle.ts";
import { readTime } from "../fairness/times.ts";
import { findChain, shownTime } from "../proof/beacon.ts";
import { siblings } from "../proof/checks.ts";
import { GAME } from "../proof/game.ts";
import type { Trust } from "../proof/trust.ts";
import type { Beacon, Proof, Rules } from "../proof/types.ts";
import type { Check, Outcome } from "../proof/verdict.ts";
import type { Judgement } from "../proof/verify.ts";
import { type Child, code, grouped, h, svg } from "./dom.ts";

/** What is shown: the checks belong to it by their names. */
export interface Step {
    id: string;
    title: string;
    words: Child[];
    values: [label: string, value: Child][];
    more: Node | null;
    checks: Check[];
}

type Told = Omit<Step, "checks">;

/** Which step tells of a check. What is not here is told of in the first, so that none is lost. */
const STEP_OF: Readonly<Record<string, string>> = {
    rules_text: "rules",
    rules_hash: "rules",
    "rules_hash and lock_digest": "rules",
    reveal_seed: "commitment",
    commit_hash: "commitment",
    commit_tag: "commitment",
    lock_digest: "lock",
    hmac: "seed",
    winner_index: "seed",
    "beacon.chain_hash": "beacon",
    "beacon chain": "beacon",
    "beacon.round": "beacon",
    "beacon.round and signature": "beacon",
    "beacon.signature": "beacon",
    "round time": "beacon",
    "beacon.rotation": "ticket",
    winning_ticket: "ticket",
    entries_root: "entry",
    total_tickets: "entry",
    first_ticket: "entry",
    winning_range: "entry",
    max_tickets: "limits",
    max_per_user: "limits",
    min_participants: "limits",
    "limits and payout": "limits",
    "orchestrator kid": "signatures",
    "orchestrator signature": "signatures",
    "orchestrator key": "signatures",
    "settlement kid": "signatures",
    "settlement signature": "signatures",
    "settlement key": "signatures",
    "beacon kid": "signatures",
    "beacon attestation": "signatures",
    "beacon key": "signatures",
    "payout.credits": "payout",
    "payout.escrow_after": "payout",
    settled_at: "payout",
    checkpoint: "witness",
    "log key": "witness",
    "locked row": "witness",
    "revealed row": "witness",
    "rows in order": "witness",
    witness: "witness",
};

/** Every step of a verdict, with the checks that belong to it. */
export async function steps({ verdict, proof, rules }: Judgement, trust: Trust): Promise<Step[]> {
    const told = [file(verdict.potId, proof), ...(proof === null ? [] : await ofProof(proof, rules, trust))];
    const ids = new Set(told.map(({ id }) => id));
    return told.map((step) => ({
        ...step,
        checks: verdict.checks.filter(({ name }) => {
            const id = STEP_OF[name] ?? "file";
            return (ids.has(id) ? id : "file") === step.id;
        }),
    }));
}

/** The worst of the outcomes. */
export function worst(checks: readonly Check[]): Outcome {
    const order: Outcome[] = ["failed", "skipped", "not pinned", "unwitnessed"];
    return order.find((wanted) => checks.some(({ outcome }) => outcome === wanted)) ?? "ok";
}

function file(potId: string | null, proof: Proof | null): Told {
    return {
        id: "file",
        title: "The file",
        words: [
            proof === null
                ? "This file does not have the form of a settlement proof that this page knows, so" +
                  " nothing in it is taken for anything."
                : "The file has every field of a settlement proof and no other, and each value has the" +
                  " only spelling it may have. So no two programs can read it differently.",
        ],
        values: potId === null ? [] : [["pot", code(potId)]],
        more: null,
    };
}

async function ofProof(proof: Proof, rules: Rules | null, trust: Trust): Promise<Told[]> {
    const total = proof.total_tickets;
    const { beacon } = proof;
    return [
        {
            id: "rules",
            title: "The rules",
            words: [
                "The rules of the pot are a text, and this is its fingerprint. The fingerprint goes into" +
                    " everything that was signed below, so the rules cannot be others afterwards.",
            ],
            values: [
                ...(rules === null ? [] : rulesInWords(rules)),
                ["rules_text", code(proof.rules_text)],
                ["rules_hash", code(proof.rules_hash)],
            ],
            more: null,
        },
        {
            id: "commitment",
            title: "What was promised before the first ticket",
            words: [
                "Before anybody could join, the operator had to choose a secret seed and publish its" +
                    " fingerprint, the commit tag. Now the seed is known, and anybody can compute the" +
                    " fingerprint again: if it is the same, the seed was not exchanged for another. ",
                h("strong", {}, "If you noted the commit tag when the pot opened, compare it."),
            ],
            values: [
                ["reveal_seed", code(proof.reveal_seed)],
                ["commit_hash", code(proof.commit_hash)],
                ["commit_tag", code(proof.commit_tag)],
            ],
            more: null,
        },
        {
            id: "lock",
            title: "What was fixed when sales ended",
            words: [
                `At the lock, all that decides the draw was hashed into one digest: the promise, the rules,` +
                    ` the list of entries with its ${grouped(total)} tickets, ${beacon ? "the beacon’s round to come, " : ""}and` +
                    ` the time. Change any of them and the digest is another one, and the signatures no longer fit.`,
            ],
            values: [
                ["locked_at", time(proof.locked_at)],
                ["total_tickets", grouped(total)],
                ["entries_root", code(proof.entries_root)],
                ...(beacon ? [["beacon round", grouped(beacon.round)] as [string, Child]] : []),
                ["lock_digest", code(proof.lock_digest)],
            ],
            more: null,
        },
        {
            id: "seed",
            title: "What the seed says",
            words: [
                "The seed and the promise are mixed by HMAC-SHA256 into a number of 256 bits. The remainder" +
                    ` when it is divided by the ${grouped(total)} tickets is the index.` +
                    (beacon ? " With draw 2 this is not yet the winner: the beacon turns it further." : ""),
            ],
            values: [
                ["hmac", code(proof.hmac)],
                ["winner_index", h("span", {}, grouped(proof.winner_index), ", which must be ", code(`hmac mod ${total}`))],
            ],
            more: null,
        },
        ...(beacon ? [ofBeacon(proof, beacon, trust)] : []),
        beacon ? turned(proof, beacon) : unturned(proof),
        await entry(proof),
        {
            id: "limits",
            title: "The limits",
            words: ["The pot must have kept its rules, as far as one entry can show it."],
            values: [],
            more: null,
        },
        {
            id: "signatures",
            title: "Who signed",
            words: [
                "Two parties signed: the orchestrator the lock, before the seed was known, and the settlement" +
                    " signer the lock together with the seed. A signature shows who signed only if you know" +
                    " whose key it is: take the keys from where the operator published them, never from here.",
            ],
            values: [
                ...signer("orchestrator", proof.orchestrator, proof.orchestrator.signature),
                ...signer("settlement", proof.settlement, proof.settlement.signature),
                ...(beacon ? signer("handed the beacon over", beacon, beacon.attestation) : []),
            ],
            more: null,
        },
        {
            id: "payout",
            title: "What was paid",
            words: ["Every credit that went into the pot must have gone to the winner, and none stayed behind."],
            values: [
                ["credits", grouped(proof.payout.credits)],
                ["held for review", proof.payout.held ? "yes" : "no"],
                ["left in escrow", grouped(proof.payout.escrow_after)],
                ["settled_at", time(proof.settled_at)],
                ["audit", h("span", {}, `row ${proof.audit.seq} of the pot’s chain, `, code(proof.audit.row_hash))],
            ],
            more: null,
        },
        ...(beacon ? [ofWitness(proof)] : []),
    ];
}

function unturned(proof: Proof): Told {
    return {
        id: "ticket",
        title: "The winning ticket",
        words: [
            `Tickets are numbered in the order of the entries, from 0 to ${grouped(proof.total_tickets - 1)}. In` +
                " draw 1 the index is the winning ticket.",
        ],
        values: [["winning_ticket", grouped(proof.winning_ticket)]],
        more: strip(proof),
    };
}

function turned(proof: Proof, beacon: Beacon): Told {
    const total = proof.total_tickets;
    return {
        id: "ticket",
        title: "The winning ticket",
        words: [
            `Tickets are numbered in the order of the entries, from 0 to ${grouped(total - 1)}. The beacon’s` +
                " signature, mixed with the lock digest, says by how many tickets the index is turned; after the" +
                " last ticket comes the first.",
        ],
        values: [
            ["rotation", grouped(beacon.rotation)],
            [
                "winning_ticket",
                h(
                    "span",
                    {},
                    `${grouped(proof.winning_ticket)}, which must be `,
                    code(`(${proof.winner_index} + ${beacon.rotation}) mod ${total}`),
                ),
            ],
        ],
        more: strip(proof),
    };
}

function ofBeacon(proof: Proof, beacon: Beacon, trust: Trust): Told {
    const chain = findChain(beacon, trust.chains);
    const whose = chain === QUICKNET ? "drand quicknet, of the League of Entropy" : "a chain that you named";
    return {
        id: "beacon",
        title: "What the beacon adds",
        words: [
            "A public beacon, run by many independent parties, signs a number of its own at fixed times, and nobody" +
                " can know a signature before. The lock fixed which round counts: the first one 30 seconds or more" +
                " after it. If the seed was revealed before that (the last step says who saw it), then whoever knew" +
                " the seed did not know the beacon, and when the beacon was known, the seed could no longer be" +
                " chosen or withheld.",
        ],
        values: [
            ["chain", h("span", {}, code(beacon.chain_hash), chain === null ? null : ` = ${whose}`)],
            ["round", grouped(beacon.round)],
            ["its time", chain === null ? "not known: the chain is not" : shownTime(roundTime(chain, beacon.round))],
            ["locked_at", proof.locked_at],
            ["its signature", code(beacon.signature)],
        ],
        more: null,
    };
}

function signer(who: string, key: { kid: string; public_key: string }, signature: string): [string, Child][] {
    return [
        [who, h("span", {}, code(key.public_key), ", kid ", code(key.kid))],
        ["its signature", code(signature)],
    ];
}

function ofWitness(proof: Proof): Told {
    const { witness } = proof;
    return {
        id: "witness",
        title: "Who saw it in time",
        words: [
            "The operator’s own clock proves nothing: it could lock and reveal after it saw the beacon, and write" +
                " earlier times. A witness is somebody else, who saw the log with the lock and the reveal in it and" +
                " signed when. ",
            witness
                ? "Enter the key of the witness you trust: if it signed before the beacon’s round, the draw is" +
                  " witnessed; if not, when things came is the operator’s word."
                : "This proof carries no such signature, so when things came is the operator’s word.",
        ],
        values: witness
            ? [
                  ["lock", `row ${witness.rows[0].seq} of the pot, row ${grouped(witness.rows[0].leaf_index)} of the log`],
                  ["reveal", `row ${witness.rows[1].seq} of the pot, row ${grouped(witness.rows[1].leaf_index)} of the log`],
              ]
            : [],
        more: witness
            ? h(
                  "details",
                  {},
                  h("summary", {}, "The checkpoint, and the two rows"),
                  h("pre", {}, witness.checkpoint),
                  ...witness.rows.flatMap(({ payload, ...rest }) => [
                      h("pre", {}, payload),
                      h("pre", {}, JSON.stringify(rest, null, 1)),
                  ]),
              )
            : null,
    };
}

function rulesInWords(rules: Rules): [string, Child][] {
    return [
        ["a ticket costs", `${grouped(rules.entry_cost)} credits`],
        ["tickets at most", grouped(rules.max_tickets)],
        ["a user at most", grouped(rules.max_per_user)],
        ["participants at least", grouped(rules.min_participants)],
    ];
}

async function entry(proof: Proof): Promise<Told> {
    const { entry_id, first_ticket, ticket_count, entrant_tag, merkle_path } = proof.winning_entry;
    const leaf = await merkle.leaf(uuid(proof.pot_id), ticket_count, fromHex(entrant_tag), GAME);
    const nodes = await merkle.climb(leaf, siblings(merkle_path));
    return {
        id: "entry",
        title: "The winner’s entry",
        words: [
            "Every entry is a leaf of a tree that was sealed at the lock, and each branch counts the tickets" +
                " below it. Starting at the winner’s leaf and adding the neighbour at each branch must lead to" +
                " the sealed root and the total; the tickets on the left say where the entry begins. The tag" +
                " stands for the buyer, who alone can show whose it is.",
        ],
        values: [
            ["entry_id", code(entry_id)],
            ["entrant_tag", code(entrant_tag)],
            ["tickets", `${grouped(first_ticket)} to ${grouped(first_ticket + ticket_count - 1)}`],
        ],
        more: h(
            "details",
            { class: "path" },
            h("summary", {}, `The way to the root, in ${merkle_path.length} steps`),
            h(
                "table",
                {},
                h("caption", { class: "unseen" }, "From the leaf of the winning entry to the root"),
                h("thead", {}, row("th", "", "neighbour", "tickets", "hash of the branch")),
                h(
                    "tbody",
                    {},
                    ...nodes.map((node, at) => {
                        const step = merkle_path[at - 1];
                        const neighbour = step
                            ? h("span", {}, `${grouped(step.sum)} on the ${step.side}: `, code(step.hash))
                            : "";
                        const name = step ? `step ${at}` : "leaf";
                        return row("td", name, neighbour, grouped(node.sum), code(toHex(node.hash)));
                    }),
                ),
            ),
        ),
    };
}

function row(cell: "td" | "th", ...children: Child[]): HTMLElement {
    const scope = cell === "th" ? { scope: "col" } : {};
    return h("tr", {}, ...children.map((child) => h(cell, scope, child)));
}

/** Where the winning ticket lies, and its entry, among all. */
function strip(proof: Proof): Node {
    const { first_ticket: first, ticket_count: count } = proof.winning_entry;
    const total = proof.total_tickets;
    const place = (ticket: number) => Math.min(1000, Math.max(0, (1000 * ticket) / total));
    const wide = Math.max(2, place(count));
    const label =
        `Tickets 0 to ${grouped(total - 1)}; the winning entry holds ${grouped(first)} to` +
        ` ${grouped(first + count - 1)}; the winning ticket is ${grouped(proof.winning_ticket)}.`;
    const bar = { y: "12", height: "20", rx: "4" };
    return h(
        "figure",
        { class: "strip" },
        svg(
            "svg",
            { viewBox: "0 0 1000 44", preserveAspectRatio: "none", role: "img", "aria-label": label },
            svg("rect", { ...bar, class: "all", x: "0", width: "1000" }),
            svg("rect", { ...bar, class: "entry", x: String(place(first)), width: String(wide) }),
            svg("rect", {
                class: "ticket", x: String(Math.min(996, place(proof.winning_ticket + 0.5))), width: "4", y: "2", height: "40",
            }),
        ),
        h("figcaption", {}, label),
    );
}

function time(text: string): Node {
    const micros = readTime(text);
    return h("span", {}, h("time", { datetime: text }, text), micros === null ? null : ` = ${micros} µs since 1970`);
}
