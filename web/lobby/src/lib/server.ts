/** What every page that is rendered on the server shares. */

import { error } from "@sveltejs/kit";
import { refusal } from "./errors.ts";
import { type Client, serverClient } from "./supabase.ts";

/** What `read` reads as anybody; a refusal becomes the page that says so in words. */
export async function reading<Read>(
    fetch: typeof globalThis.fetch,
    read: (client: Client) => Promise<Read>,
): Promise<Read> {
    try {
        return await read(serverClient(fetch));
    } catch (failure) {
        const { token, words } = refusal(failure as Error);
        if (token === "unknown" || token === "network") console.error(failure);
        error(token === "pot_not_found" ? 404 : 503, { message: words, token });
    }
}
