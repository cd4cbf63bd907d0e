/** Where the nodes of a group are drawn: d3-force, in slices that leave the page its frames. */

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationNodeDatum } from "d3-force";
import type { Clusters, Node } from "./case.ts";

export interface Placed extends SimulationNodeDatum {
    id: string;
    kind: Node["kind"];
    x: number;
    y: number;
}

export interface Drawing {
    nodes: Placed[];
    /** Whether there is room for their numbers. */
    named: boolean;
    links: { from: Placed; to: Placed; entries: number }[];
    /** Left, top, width, height of what holds them all. */
    box: [number, number, number, number];
}

const TICKS = 200;
const SLICE_MS = 6;
const MARGIN = 24;
/** Groups of so many have room for their numbers. */
const ROOMY = 40;
/** The smallest are not blown up to fill the picture. */
const LEAST = { width: 320, height: 220 };

/** Lays a group out; null when `cancelled` says that nobody waits for it any more. */
export async function layOut(
    nodes: Node[], edges: Clusters["edges"], cancelled: () => boolean,
): Promise<Drawing | null> {
    const placed = nodes.map(({ id, kind }) => ({ id, kind }) as Placed);
    const known = new Map(placed.map((node) => [node.id, node]));
    const links = edges.flatMap(({ from, to, entries }) => {
        const [source, target] = [known.get(from), known.get(to)];
        return source && target ? [{ source, target, entries }] : [];
    });
    const named = placed.length <= ROOMY;
    const room = named ? 1.7 : 1;
    const simulation = forceSimulation(placed)
        .force("link", forceLink(links).distance(36 * room))
        .force("charge", forceManyBody().strength(-80 * room).distanceMax(400))
        .force("apart", forceCollide(12 * room))
        .force("x", forceX(0).strength(0.06))
        .force("y", forceY(0).strength(0.09))
        .stop();
    let ticks = 0;
    while (ticks < TICKS) {
        const until = performance.now() + SLICE_MS;
        while (ticks < TICKS && performance.now() < until) {
            simulation.tick();
            ticks += 1;
        }
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (cancelled()) return null;
    }
    const [xs, ys] = [placed.map(({ x }) => x), placed.map(({ y }) => y)];
    const [left, top] = [Math.min(...xs) - MARGIN, Math.min(...ys) - MARGIN];
    const [width, height] = [Math.max(...xs) + MARGIN - left, Math.max(...ys) + MARGIN - top];
    const [wide, high] = [Math.max(width, LEAST.width), Math.max(height, LEAST.height)];
    return {
        nodes: placed, named,
        links: links.map(({ source, target, entries }) => ({ from: source, to: target, entries })),
        box: [left - (wide - width) / 2, top - (high - height) / 2, wide, high],
    };
}
