/**
 * The Merkle sum tree over a round's entries: RFC 6962 shape, and every node also carries a sum.
 *
 * Because each parent hashes the sums of both children, a path from a leaf to the root proves not
 * only that the entry was there but which tickets it held.
 */

import { type Bytes, tag, u32, u64 } from "./bytes.ts";
import { sha256 } from "./digest.ts";

/** `sum` counts the tickets below the node, `hash` is 32 bytes. */
export interface Node {
    sum: number;
    hash: Bytes;
}

/** One step of a path: the other child, and on which side of us it is. */
export interface Sibling extends Node {
    side: "left" | "right";
}

/** The leaf of one entry. Throws RangeError unless `ticketCount` fits 32 bits. */
export async function leaf(
    roundId: Bytes,
    ticketCount: number,
    entrantTag: Bytes,
    game: string,
): Promise<Node> {
    const parts = [tag(`${game}/entry/v1`), roundId, u32(ticketCount), entrantTag];
    return { sum: ticketCount, hash: await sha256(new Uint8Array([0]), ...parts) };
}

/** The parent of two nodes. */
export async function parent(left: Node, right: Node): Promise<Node> {
    const parts = [u64(left.sum), left.hash, u64(right.sum), right.hash];
    return { sum: left.sum + right.sum, hash: await sha256(new Uint8Array([1]), ...parts) };
}

/** Every node on the way from a leaf to the root: the leaf first, the root last. */
export async function climb(start: Node, steps: readonly Sibling[]): Promise<Node[]> {
    const nodes = [start];
    let node = start;
    for (const step of steps) {
        node = step.side === "left" ? await parent(step, node) : await parent(node, step);
        nodes.push(node);
    }
    return nodes;
}

/** The root that a leaf and its path lead to. */
export async function fold(start: Node, steps: readonly Sibling[]): Promise<Node> {
    return (await climb(start, steps)).at(-1) ?? start;
}

/** The index of an entry's first ticket: all tickets on the left of its path. */
export function firstTicket(steps: readonly Sibling[]): number {
    return steps.reduce((sum, step) => (step.side === "left" ? sum + step.sum : sum), 0);
}
