/** One private topic of Realtime, and whether what it told so far is still the truth. */

import type { RealtimeChannel } from "@supabase/supabase-js";
import { client } from "../supabase.ts";

/** `stale`: nothing is heard, so whatever is shown may be old. */
export type Connection = "connecting" | "live" | "stale";

export interface Message {
    event: string;
    payload: Record<string, unknown> & { pot_id: string; version: number; at: string };
}

export interface Listener {
    heard: (message: Message) => void;
    /** Called with `live` only after `refresh` brought what was missed. */
    changed: (connection: Connection) => void;
    /** Reads the truth again: after every (re)connection, since messages may have been missed. */
    refresh: () => Promise<void>;
    /** How many watch, by presence; given, one says oneself that one does. */
    watching?: (count: number) => void;
}

export interface Listening {
    /** Reads the truth again; while that cannot be done, what is shown is not live. */
    again: () => void;
    stop: () => void;
}

const RETRY_MS = 1000;
/** Delivery is best effort: what nobody told of is seen by looking, now and then. */
const LOOK_MS = 15_000;

/** Listens until `stop` is called. */
export function listen(topic: string, listener: Listener): Listening {
    const supabase = client();
    let ended = false;
    let channel: RealtimeChannel | null = null;
    let turn = 0;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let restart: ReturnType<typeof setTimeout> | undefined;
    let isLive = false;

    const lost = () => {
        turn += 1;
        isLive = false;
        if (!ended) listener.changed("stale");
    };

    const caughtUp = async () => {
        turn += 1;
        const mine = turn;
        try {
            await listener.refresh();
            if (!ended && mine === turn && navigator.onLine && channel?.state === "joined") {
                isLive = true;
                listener.changed("live");
            }
        } catch {
            if (ended || mine !== turn) return;
            lost();
            clearTimeout(retry);
            retry = setTimeout(() => void caughtUp(), RETRY_MS);
        }
    };

    const start = async () => {
        // The first join is judged by the token set here; without one it would be the page's key.
        await supabase.realtime.setAuth();
        if (ended) return;
        const mine = supabase.channel(topic, {
            config: { private: true, ...(listener.watching ? { presence: { key: crypto.randomUUID() } } : {}) },
        });
        channel = mine;
        mine.on("broadcast", { event: "*" }, (message) => {
            listener.heard(message as unknown as Message);
        });
        if (listener.watching) {
            const { watching } = listener;
            mine.on("presence", { event: "sync" }, () => watching(Object.keys(mine.presenceState()).length));
        }
        mine.subscribe((status) => {
            if (ended || mine !== channel) return;
            if (status === "SUBSCRIBED") {
                void caughtUp();
                if (listener.watching) void mine.track({});
                return;
            }
            lost();
            // The server closed it, as it does when a token ends: nobody else would join again.
            if (status === "CLOSED") {
                channel = null;
                restart = setTimeout(() => void start(), RETRY_MS);
            }
        });
    };

    const online = () => {
        // Most of the time the socket has not noticed, and nothing but a heartbeat would tell.
        if (channel?.state === "joined") void caughtUp();
    };
    const look = setInterval(() => {
        if (isLive && document.visibilityState === "visible") void caughtUp();
    }, LOOK_MS);
    window.addEventListener("offline", lost);
    window.addEventListener("online", online);
    void start();

    return {
        again: () => void caughtUp(),
        stop() {
            ended = true;
            clearTimeout(retry);
            clearTimeout(restart);
            clearInterval(look);
            window.removeEventListener("offline", lost);
            window.removeEventListener("online", online);
            if (channel) void supabase.removeChannel(channel);
        },
    };
}
