import { type Filter, listPots, readFilter } from "$lib/pots.ts";
import { reading } from "$lib/server.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ url, fetch }) => {
    const asked = readFilter(url.searchParams);
    const filter: Filter = { ...asked, status: asked.status === "cancelled" ? "cancelled" : "settled" };
    return { filter, page: await reading(fetch, (client) => listPots(client, filter)) };
};
