import { getPot } from "$lib/pots.ts";
import { reading } from "$lib/server.ts";
import type { PageServerLoad } from "./$types";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const load: PageServerLoad = ({ params, fetch }) =>
    reading(fetch, async (client) => {
        if (!UUID.test(params.id)) throw new Error("pot_not_found");
        return { pot: await getPot(client, params.id) };
    });
