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

export const load: PageServerLoad = ({ fetch }) =>
    reading(fetch, async (client) => {
        const { data, error } = await client.rpc("fairness_stats");
        if (error) throw error;
        return { draws: (data as unknown as { draws: DrawStats[] }).draws };
    });
