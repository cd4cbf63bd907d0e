/** Gathers what comes in faster than a screen can show: handled once a frame, in one go. */
export function eachFrame<Item>(handle: (items: Item[]) => void): { add: (item: Item) => void; stop: () => void } {
    let waiting: Item[] = [];
    let frame = 0;
    const flush = () => {
        frame = 0;
        const items = waiting;
        waiting = [];
        handle(items);
    };
    return {
        add(item) {
            waiting.push(item);
            // In a hidden page no frame comes: then what waits must not grow without end.
            if (waiting.length >= 5000) flush();
            else if (frame === 0) frame = requestAnimationFrame(flush);
        },
        stop() {
            cancelAnimationFrame(frame);
            waiting = [];
        },
    };
}
