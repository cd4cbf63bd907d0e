import { reading } from "$lib/server.ts";
import type { PageServerLoad } from "./$types";

/** What fairness_stats tells of one version of the draw. */
export interface DrawStats {
    draw_version: number;
    locked: number;
    settled: number;
    awaiting_reveal: number;
    awaiting_beacon: number;
    aborted: number;
    abort_rate: number | null;
    recent: {
        settled: number;
        reveal_seconds: { median: number } | null;
        deciles: { observed: number; expected: number }[] | null;
        chi_square: number | null;
        degrees_of_freedom: number;
    };
}

/** What hold_stats tells, over all time. */
export interface HoldStats {
    settled: number;
    held: number;
    hold_rate: number | null;
    open: number;
    paid: number;
    returned: number;
    uphold_rate: number | null;
    review_seconds: { median: number } | null;
    excluded_entries: number;
}

export const load: PageServerLoad = ({ fetch }) =>
    reading(fetch, async (client) => {
        const [draws, holds] = await Promise.all([client.rpc("fairness_stats"), client.rpc("hold_stats")]);
        const error = draws.error ?? holds.error;
        if (error) throw error;
        return {
            draws: (draws.data as unknown as { draws: DrawStats[] }).draws,
            holds: holds.data as unknown as HoldStats,
        };
    });
