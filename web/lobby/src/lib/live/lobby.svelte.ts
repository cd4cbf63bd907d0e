/** The lobby's pots: read once, then told of by `pots:lobby`. */

import { SvelteMap } from "svelte/reactivity";
import { type Filter, listPots, newestFirst, type Page, passes, type PotSummary } from "../pots.ts";
import { client } from "../supabase.ts";
import { type Connection, listen, type Message } from "./channel.ts";
import { eachFrame } from "./frames.ts";

export class Lobby {
    connection = $state<Connection>("connecting");
    more = $state(false);
    loading = $state(false);
    #filter = $state.raw<Filter>() as Filter;
    #pots = new SvelteMap<string, PotSummary>();
    readonly pots = $derived(
        [...this.#pots.values()].filter((pot) => passes(pot, this.#filter)).sort(newestFirst),
    );

    constructor(page: Page, filter: Filter) {
        this.show(page, filter);
    }

    /** Another page, or other filters. */
    show(page: Page, filter: Filter): void {
        this.#filter = filter;
        this.more = page.more;
        this.#pots.clear();
        for (const pot of page.pots) this.#pots.set(pot.id, pot);
    }

    /** Listens until the returned function is called. */
    listen(): () => void {
        const frames = eachFrame<Message>((messages) => {
            for (const { payload } of messages) this.#take(payload as unknown as PotSummary);
        });
        const stop = listen("pots:lobby", {
            heard: (message) => frames.add(message),
            changed: (connection) => (this.connection = connection),
            refresh: async () => {
                const page = await listPots(client(), this.#filter);
                for (const pot of page.pots) this.#take(pot);
                // What was shown and is not on the page may have changed unheard.
                const newest = new Set(page.pots.map(({ id }) => id));
                for (const pot of this.#pots.values()) {
                    if (!newest.has(pot.id) && pot.status !== "settled" && pot.status !== "cancelled") {
                        this.#pots.delete(pot.id);
                        this.more = true;
                    }
                }
            },
        });
        return () => {
            stop();
            frames.stop();
        };
    }

    /** The page after the last one. */
    async next(): Promise<void> {
        const last = this.pots.at(-1);
        if (last === undefined) return;
        this.loading = true;
        try {
            const page = await listPots(client(), this.#filter, last.id);
            for (const pot of page.pots) this.#take(pot);
            this.more = page.more;
        } finally {
            this.loading = false;
        }
    }

    /** What is older than what is known is passed over. */
    #take(pot: PotSummary): void {
        const known = this.#pots.get(pot.id);
        if (known === undefined || pot.version >= known.version) this.#pots.set(pot.id, pot);
    }
}
