/** What a page of the desk shows: read, read again when something happened, page after page. */

import { type Connection, listen } from "../live/channel.ts";
import { client } from "../supabase.ts";
import { isDismissed, words } from "./refusal.ts";

/** A burst of messages is one reading; and so often anyway, where nothing can be heard. */
const PACE_MS = 1500;
const LOOK_MS = 15_000;

export class View<Read> {
    value = $state.raw<Read | null>(null);
    problem = $state<string | null>(null);
    connection = $state<Connection>("connecting");
    #cursors = $state.raw<string[]>([]);
    readonly page = $derived(this.#cursors.length + 1);
    #turn = 0;

    /** `read` gets the key that the page comes after, null for the first. */
    constructor(private readonly read: (after: string | null) => Promise<Read>) {}

    /** Reads this page again. What comes late of an earlier reading is passed over. */
    again = async (): Promise<void> => {
        this.#turn += 1;
        const mine = this.#turn;
        try {
            const value = await this.read(this.#cursors.at(-1) ?? null);
            if (mine !== this.#turn) return;
            this.value = value;
            this.problem = null;
        } catch (error) {
            if (mine !== this.#turn) return;
            this.problem = words(error);
            if (isDismissed(error)) {
                this.value = null;
                // A new token says what the database says, and the desk closes.
                await client().auth.refreshSession();
            }
            throw error;
        }
    };

    next(after: string): Promise<void> {
        this.#cursors = [...this.#cursors, after];
        return this.#turned();
    }

    back(): Promise<void> {
        this.#cursors = this.#cursors.slice(0, -1);
        return this.#turned();
    }

    #turned(): Promise<void> {
        return this.again().catch(() => {});
    }

    /** Reads now, and whenever the topic tells of something, until the returned function is called. */
    follow(topic: string, pace = PACE_MS): () => void {
        let waiting: ReturnType<typeof setTimeout> | undefined;
        const soon = () => {
            waiting ??= setTimeout(() => {
                waiting = undefined;
                void this.#turned();
            }, pace);
        };
        const look = setInterval(() => {
            if (this.connection !== "live" && document.visibilityState === "visible") soon();
        }, LOOK_MS);
        const { stop } = listen(topic, {
            heard: soon,
            changed: (connection) => (this.connection = connection),
            refresh: this.again,
        });
        void this.#turned();
        return () => {
            this.#turn += 1;
            clearTimeout(waiting);
            clearInterval(look);
            stop();
        };
    }
}

/** What a call of supabase-js answered. Throws what it refused with. */
export async function answered<Data>(call: PromiseLike<{ data: Data; error: null } | { data: unknown; error: object }>): Promise<Data> {
    const { data, error } = await call;
    if (error !== null) throw error;
    return data as Data;
}
