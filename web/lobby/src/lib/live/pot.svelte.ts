/** One pot as it is now: read by get_pot, then told of by `pots:{id}`. */

import { type Entry, getPot, myEntries, type PotDetail } from "../pots.ts";
import { client } from "../supabase.ts";
import { type Connection, listen, type Message } from "./channel.ts";
import { clock } from "./clock.svelte.ts";
import { eachFrame } from "./frames.ts";
import { session } from "./session.svelte.ts";

/** As many entries as get_pot answers. */
const ROSTER = 100;
/** After a doubt the pot is read when it has been quiet for so long … */
const QUIET_MS = 700;
/** … or, where it never is, after this and up to as much again: not every page at once. */
const PATIENCE_MS = 5000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 3200;

export interface Cheer {
    id: number;
    reaction: string;
}

interface Sale {
    entrant: string;
    ticket_count: number;
    participant_count: number;
}

export class Pot {
    detail = $state.raw<PotDetail>() as PotDetail;
    /** The reader's own live entries, also those that are no more among the newest. */
    own = $state.raw<Entry[]>([]);
    connection = $state<Connection>("connecting");
    watching = $state(0);
    cheers = $state.raw<Cheer[]>([]);
    #cheerId = 0;
    #again = () => {};
    #later: ReturnType<typeof setTimeout> | undefined;
    #latest: number | null = null;
    #asked = 0;
    #answered = 0;
    /** What is told while a read is under way: its answer may not hold it. */
    #underWay = new Set<Message[]>();
    /** The version that was read, how many changes were told since, and the highest version they told. */
    #read: number;
    #changes = 0;
    #highest: number;

    constructor(detail: PotDetail) {
        this.detail = detail;
        this.#read = detail.version;
        this.#highest = detail.version;
    }

    readonly isOver = $derived(this.detail.status === "settled" || this.detail.status === "cancelled");

    /** Listens until the returned function is called. */
    listen(): () => void {
        const frames = eachFrame<Message>((messages) => this.#hear(messages));
        const { again, stop } = listen(`pots:${this.detail.id}`, {
            heard: (message) => frames.add(message),
            changed: (connection) => (this.connection = connection),
            refresh: () => this.refresh(),
            watching: (count) => (this.watching = count),
        });
        this.#again = again;
        return () => {
            stop();
            frames.stop();
            clearTimeout(this.#later);
            this.#latest = null;
        };
    }

    /**
     * The truth, by get_pot, and what is told meanwhile. A commit is told of a moment before every
     * snapshot has it, so an answer that is older than what was told is asked for again. Throws what
     * supabase-js answers.
     */
    async refresh(): Promise<void> {
        this.#asked += 1;
        const mine = this.#asked;
        for (let wait = FIRST_WAIT_MS; ; wait *= 2) {
            const atLeast = this.detail.version;
            const meanwhile: Message[] = [];
            this.#underWay.add(meanwhile);
            try {
                const asked = Date.now();
                const detail = await getPot(client(), this.detail.id);
                if (detail.timers) clock.set(detail.timers.now, asked);
                const own = await this.#ownOf(detail);
                // Answers overtake each other: one to a later question knows more.
                if (mine < this.#answered) return;
                if (detail.version >= atLeast) {
                    this.#answered = mine;
                    this.#read = this.#highest = detail.version;
                    this.#changes = 0;
                    this.own = own;
                    this.#take(meanwhile, detail);
                    return;
                }
            } finally {
                this.#underWay.delete(meanwhile);
            }
            if (wait > LONGEST_WAIT_MS) throw new Error("the database answers with an old version");
            await new Promise((resolve) => setTimeout(resolve, wait));
        }
    }

    async #ownOf({ id, entries }: PotDetail): Promise<Entry[]> {
        if (entries.length < ROSTER || !session.isPlayer) return entries.filter(({ mine }) => mine);
        return myEntries(client(), id);
    }

    #hear(messages: Message[]): void {
        const changes: Message[] = [];
        for (const message of messages) {
            if (message.event === "cheer") this.#cheer(String(message.payload["reaction"]));
            else changes.push(message);
        }
        if (changes.length === 0) return;
        for (const meanwhile of this.#underWay) meanwhile.push(...changes);
        this.#take(changes, this.detail);
    }

    /**
     * Applies what was told to what is known. Joins that commit at once do not see each other: each
     * tells a version and sums as it saw them. But what tells a version above the one that was read
     * is not in what was read, whatever came first; so tickets are counted here, change by change,
     * and a change that is missing shows in the highest version.
     */
    #take(changes: Message[], known: PotDetail): void {
        let { tickets_sold: sold, participant_count: participants } = known;
        let doubt = false;
        let turned = false;
        const entrants = new Set(known.entries.map(({ entrant }) => entrant));
        const joined: Entry[] = [];
        const left = new Set<string>();
        for (const { event, payload } of changes) {
            const isSale = event === "joined" || event === "entry_cancelled";
            const { entrant, ticket_count, participant_count } = payload as unknown as Sale;
            if (!isSale) turned = true;
            if (payload.version <= this.#read) {
                // Mostly it was read before it was told; else the read was too early for it.
                doubt ||= isSale && entrants.has(entrant) !== (event === "joined");
                continue;
            }
            this.#changes += 1;
            if (payload.version >= this.#highest) {
                this.#highest = payload.version;
                if (isSale) participants = participant_count;
            }
            if (event === "joined") {
                sold += ticket_count;
                // An own entry was read when its call was answered.
                if (!entrants.has(entrant)) joined.push({ entrant, ticket_count, first_ticket: null });
            } else if (event === "entry_cancelled") {
                sold -= ticket_count;
                left.add(entrant);
            }
        }
        const entries =
            joined.length + left.size === 0
                ? known.entries
                : [...joined.reverse(), ...known.entries].filter(({ entrant }) => !left.has(entrant)).slice(0, ROSTER);
        if (left.size > 0) this.own = this.own.filter(({ entrant }) => !left.has(entrant));
        this.detail = {
            ...known,
            version: Math.max(this.#highest, this.#read + this.#changes),
            tickets_sold: sold,
            credits_committed: sold * known.entry_cost,
            participant_count: participants,
            fill_percent: Math.round((sold / known.max_tickets) * 10000) / 100,
            entries,
        };
        doubt ||= this.#highest !== this.#read + this.#changes;
        if (turned) this.#again();
        if (turned || doubt) this.#readLater();
    }

    #readLater(): void {
        const now = performance.now();
        this.#latest ??= now + PATIENCE_MS * (1 + Math.random());
        clearTimeout(this.#later);
        this.#later = setTimeout(() => {
            this.#latest = null;
            this.#again();
        }, Math.max(0, Math.min(QUIET_MS, this.#latest - now)));
    }

    #cheer(reaction: string): void {
        this.#cheerId += 1;
        this.cheers = [...this.cheers.slice(-11), { id: this.#cheerId, reaction }];
    }
}
