/** The lobby's pots: read once, then told of by `pots:lobby`. */

import { type Filter, listPots, newestFirst, type Page, passes, type PotSummary } from "../pots.ts";
import { client } from "../supabase.ts";
import { type Connection, listen, type Message } from "./channel.ts";
import { eachFrame } from "./frames.ts";

export class Lobby {
    connection = $state<Connection>("connecting");
    more = $state(false);
    loading = $state(false);
    /** Those that pass the filter, newest first; as many as were asked for, however many open. */
    pots = $state.raw<PotSummary[]>([]);
    #filter = $state.raw<Filter>() as Filter;
    #most = 0;

    constructor(page: Page, filter: Filter) {
        this.show(page, filter);
    }

    /** Another page, or other filters. */
    show(page: Page, filter: Filter): void {
        this.#filter = filter;
        this.#most = page.size;
        this.more = page.more;
        this.pots = page.pots;
    }

    /** Listens until the returned function is called. */
    listen(): () => void {
        const frames = eachFrame<Message>((messages) => {
            this.#take(messages.map(({ payload }) => payload as unknown as PotSummary));
        });
        const { stop } = listen("pots:lobby", {
            heard: (message) => frames.add(message),
            changed: (connection) => (this.connection = connection),
            refresh: async () => {
                const before = this.pots;
                const page = await listPots(client(), this.#filter);
                // What was shown and is not on the page may have changed unheard; what was told
                // meanwhile may be newer than the page.
                const newest = new Set(page.pots.map(({ id }) => id));
                const doubtful = new Set(
                    before.filter(({ id, status }) => !newest.has(id) && status !== "settled" && status !== "cancelled"),
                );
                if (doubtful.size > 0) this.more = true;
                this.pots = this.pots.filter((pot) => !doubtful.has(pot));
                this.#take(page.pots);
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
            this.#most = this.pots.length + page.size;
            this.#take(page.pots);
            this.more = page.more;
        } finally {
            this.loading = false;
        }
    }

    /** What is older than what is known is passed over. */
    #take(told: PotSummary[]): void {
        const known = new Map(this.pots.map((pot) => [pot.id, pot]));
        for (const pot of told) {
            const shown = known.get(pot.id);
            if (shown === undefined || pot.version >= shown.version) known.set(pot.id, pot);
        }
        const passing = [...known.values()].filter((pot) => passes(pot, this.#filter)).sort(newestFirst);
        if (passing.length > this.#most) this.more = true;
        this.pots = passing.slice(0, this.#most);
    }
}
