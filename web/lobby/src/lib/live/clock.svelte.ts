/** The database's time, by the second, for every countdown of the page: its clock decides. */

import { createSubscriber } from "svelte/reactivity";

class Clock {
    #subscribe = createSubscriber((update) => {
        const timer = setInterval(update, 250);
        return () => clearInterval(timer);
    });
    /** By how many milliseconds the database's clock is ahead of this one. */
    #ahead = 0;
    /** Whether the database has told its time; until then `now` is this device's own. */
    isTold = $state(false);

    /** Milliseconds since 1970; in a template it keeps going. */
    get now(): number {
        this.#subscribe();
        return Date.now() + this.#ahead;
    }

    /**
     * Takes what the database's clock showed at some moment between `asked` (of this device's clock)
     * and now. It moves only when it must have been wrong, so slow answers spoil no good one.
     */
    set(shown: string, asked: number): void {
        const most = Date.parse(shown) - asked;
        const least = Date.parse(shown) - Date.now();
        if (this.#ahead < least || this.#ahead > most) this.#ahead = (least + most) / 2;
        this.isTold = true;
    }
}

export const clock = new Clock();
