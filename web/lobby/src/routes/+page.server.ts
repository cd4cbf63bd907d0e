import { listPots, readFilter } from "$lib/pots.ts";
import { reading } from "$lib/server.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ url, fetch }) => {
    const filter = readFilter(url.searchParams);
    return { filter, page: await reading(fetch, (client) => listPots(client, filter)) };
};
