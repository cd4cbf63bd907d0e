/** One pot as it is now: read by get_pot, then told of by `pots:{id}`. */

import { type Entry, getPot, type PotDetail } from "../pots.ts";
import { client } from "../supabase.ts";
import { type Connection, listen, type Message } from "./channel.ts";
import { eachFrame } from "./frames.ts";

const ROSTER = 100;
/** Joins that commit at once tell of one version twice; a refetch is never far, and never a storm. */
const CATCH_UP_MS = 700;

export interface Cheer {
    id: number;
    reaction: string;
}

export class Pot {
    detail = $state.raw<PotDetail>() as PotDetail;
    connection = $state<Connection>("connecting");
    watching = $state(0);
    cheers = $state.raw<Cheer[]>([]);
    /** Raised with every change that a screen reader should hear of, not with every ticket. */
    news = $state("");
    #cheerId = 0;
    #later: ReturnType<typeof setTimeout> | undefined;

    constructor(detail: PotDetail) {
        this.detail = detail;
    }

    readonly isOver = $derived(this.detail.status === "settled" || this.detail.status === "cancelled");

    /** Listens until the returned function is called. */
    listen(): () => void {
        const frames = eachFrame<Message>((messages) => this.#apply(messages));
        const stop = listen(`pots:${this.detail.id}`, {
            heard: (message) => frames.add(message),
            changed: (connection) => (this.connection = connection),
            refresh: () => this.refresh(),
            watching: (count) => (this.watching = count),
        });
        return () => {
            stop();
            frames.stop();
            clearTimeout(this.#later);
        };
    }

    /** The truth, by get_pot; what came in meanwhile and is newer stays. */
    async refresh(): Promise<void> {
        const detail = await getPot(client(), this.detail.id);
        if (detail.version >= this.detail.version || detail.status !== this.detail.status) this.detail = detail;
    }

    #apply(messages: Message[]): void {
        let { detail } = this;
        let missed = false;
        const fresh: Entry[] = [];
        const gone = new Set<string>();
        for (const { event, payload } of messages) {
            if (event === "cheer") {
                this.#cheer(String(payload["reaction"]));
                continue;
            }
            if (payload.version < detail.version) continue;
            if (payload.version > detail.version + 1) missed = true;
            detail = { ...detail, version: payload.version };
            if (event === "joined" || event === "entry_cancelled") {
                const told = payload as unknown as {
                    entrant: string;
                    ticket_count: number;
                    tickets_sold: number;
                    credits_committed: number;
                    participant_count: number;
                };
                detail.tickets_sold = told.tickets_sold;
                detail.credits_committed = told.credits_committed;
                detail.participant_count = told.participant_count;
                detail.fill_percent = Math.round((told.tickets_sold / detail.max_tickets) * 10000) / 100;
                if (event === "joined") {
                    fresh.push({ entrant: told.entrant, ticket_count: told.ticket_count, first_ticket: null });
                } else {
                    gone.add(told.entrant);
                }
            } else {
                missed = true;
                this.news = event;
            }
        }
        // An own entry was shown when its call was answered; the event tells the others.
        const known = new Set(detail.entries.map(({ entrant }) => entrant));
        const added = fresh.filter(({ entrant }) => !known.has(entrant)).reverse();
        if (added.length > 0 || gone.size > 0) {
            detail = {
                ...detail,
                entries: [...added, ...detail.entries].filter(({ entrant }) => !gone.has(entrant)).slice(0, ROSTER),
            };
        }
        this.detail = detail;
        if (missed) this.#catchUp();
    }

    #catchUp(): void {
        clearTimeout(this.#later);
        const urgent = this.news !== "" && this.detail.status !== "settled";
        this.#later = setTimeout(() => {
            this.refresh().catch(() => (this.connection = "stale"));
        }, urgent ? 0 : CATCH_UP_MS);
    }

    #cheer(reaction: string): void {
        this.#cheerId += 1;
        this.cheers = [...this.cheers.slice(-11), { id: this.#cheerId, reaction }];
    }
}
