/** The time, by the second, for every countdown of the page. */

import { createSubscriber } from "svelte/reactivity";

class Clock {
    #subscribe = createSubscriber((update) => {
        const timer = setInterval(update, 250);
        return () => clearInterval(timer);
    });

    /** Milliseconds since 1970; in a template it keeps going. */
    get now(): number {
        this.#subscribe();
        return Date.now();
    }
}

export const clock = new Clock();
