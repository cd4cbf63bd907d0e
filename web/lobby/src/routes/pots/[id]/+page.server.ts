import { getPot, requireId } from "$lib/pots.ts";
import { reading } from "$lib/server.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ params, fetch }) =>
    reading(fetch, async (client) => ({ pot: await getPot(client, requireId(params.id)) }));
