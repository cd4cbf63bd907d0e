/** Prizes that reached their winners: the newest, then those told by `live-drops`. */

import { client } from "../supabase.ts";
import { listen } from "./channel.ts";

export interface Drop {
    pot_id: string;
    handle: string;
    prize: number;
}

const SHOWN = 8;

export class Drops {
    list = $state.raw<Drop[]>([]);
    /** Whether they were read: until then nobody knows that there are none. */
    known = $state(false);

    /** Listens until the returned function is called. */
    listen(): () => void {
        const { stop } = listen("live-drops", {
            heard: ({ payload }) => this.#add([payload as unknown as Drop]),
            changed: () => {},
            refresh: async () => {
                const { data, error } = await client().rpc("list_live_drops", { page_size: SHOWN });
                if (error) throw error;
                this.#add(data as Drop[]);
                this.known = true;
            },
        });
        return stop;
    }

    /** A pot drops once; whichever way it was heard first counts. */
    #add(drops: Drop[]): void {
        const fresh = drops.filter(({ pot_id }) => !this.list.some((known) => known.pot_id === pot_id));
        this.list = [...fresh, ...this.list].slice(0, SHOWN);
    }
}
