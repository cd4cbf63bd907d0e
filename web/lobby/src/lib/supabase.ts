/** The one client of the page: supabase-js and nothing else talks to the database. */

import { env } from "$env/dynamic/public";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "./database.types.ts";

export type Client = SupabaseClient<Database>;
export type PotStatus = Database["public"]["Enums"]["pot_status"];

/** Where the API is; said by whoever starts the page. Throws a sentence that says what to set. */
function settings(): { url: string; key: string } {
    const { PUBLIC_SUPABASE_URL: url, PUBLIC_SUPABASE_KEY: key } = env;
    if (!url || !key) {
        throw new Error("set PUBLIC_SUPABASE_URL and PUBLIC_SUPABASE_KEY, as `pypot api` prints them");
    }
    return { url, key };
}

/** The server never listens, and Node.js 20 has no socket to give. */
class NoSocket {
    constructor() {
        throw new Error("the server does not listen to Realtime");
    }
}

/** For one request on the server: reads as anybody, keeps nothing. */
export function serverClient(fetch: typeof globalThis.fetch): Client {
    const { url, key } = settings();
    return createClient<Database>(url, key, {
        global: { fetch },
        realtime: { transport: NoSocket as unknown as typeof WebSocket },
        auth: { persistSession: false, autoRefreshToken: false },
    });
}

let shared: Client | undefined;

/** In the browser: one for the page, which keeps the session and the one socket. */
export function client(): Client {
    if (shared === undefined) {
        const { url, key } = settings();
        // A lost network is noticed within seconds, not with the next beat after half a minute.
        shared = createClient<Database>(url, key, { realtime: { heartbeatIntervalMs: 5000, timeout: 5000 } });
    }
    return shared;
}
