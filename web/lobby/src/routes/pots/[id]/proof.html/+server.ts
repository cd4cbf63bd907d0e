/** The page of `pypot proof html` for this pot: one file, which checks the draw wherever it is kept. */

import frame from "$lib/made/proof-page.json";
import { requireId } from "$lib/pots.ts";
import { reading } from "$lib/server.ts";
import type { RequestHandler } from "./$types";

export const GET: RequestHandler = async ({ params, fetch }) => {
    const proof = await reading(fetch, async (client) => {
        const { data, error } = await client.rpc("get_proof", { pot_id: requireId(params.id) });
        if (error) throw error;
        return data;
    });
    // Within JSON a "<" stands in strings only, where this is the same character.
    const text = JSON.stringify(proof, null, 2).replaceAll("<", "\\u003c");
    return new Response(frame.before + text + frame.after, {
        headers: { "content-type": "text/html; charset=utf-8" },
    });
};
