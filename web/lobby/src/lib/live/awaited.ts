/** What a locked pot waits for: said by its deadlines, which are known from the lock on. */

import type { PotDetail } from "../pots.ts";

/**
 * `seed`: to be revealed in time. `overdue`: it was not, as far as is known here. `round`: the seed is
 * known, and the beacon's round is not given yet. `beacon`: it is given, and to be brought.
 */
export type Stage = "seed" | "overdue" | "round" | "beacon";

/** Null when the pot is not locked, or drawn. `now` is null before the time is known. */
export function stageOf(pot: PotDetail, now: number | null): Stage | null {
    if (pot.status !== "locked" && pot.status !== "settling") return null;
    const passed = (time: string) => now !== null && now >= Date.parse(time);
    if (pot.fairness.reveal_seed === null) return pot.timers?.reveal_by && passed(pot.timers.reveal_by) ? "overdue" : "seed";
    return pot.fairness.beacon && passed(pot.fairness.beacon.round_time) ? "beacon" : "round";
}

/** What is counted down to: the draw where its moment is known, else the end of the time for the seed. */
export function deadlineOf(pot: PotDetail): number {
    return Date.parse(pot.fairness.beacon?.round_time ?? pot.timers?.reveal_by ?? "");
}
