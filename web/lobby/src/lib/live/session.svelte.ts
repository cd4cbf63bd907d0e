/** Who is signed in, and that player's wallet, live. */

import type { Session as Token } from "@supabase/supabase-js";
import { client } from "../supabase.ts";
import { listen } from "./channel.ts";

const STARTED = "session-started";

class Session {
    token = $state.raw<Token | null>(null);
    /** Whether it is known yet if anybody is signed in. */
    known = $state(false);
    /** A session that ended by itself: the page says so. */
    ended = $state(false);
    balance = $state<number | null>(null);
    #version = -1;
    /** When this sign-in began, and with how much: for the session clock and the net position. */
    started = $state.raw<{ at: number; balance: number } | null>(null);

    readonly userId = $derived(this.token?.user.id ?? null);
    readonly email = $derived(this.token?.user.email ?? null);
    readonly role = $derived(roleOf(this.token));

    /** Follows the sign-in until the returned function is called. */
    follow(): () => void {
        let stopWallet = () => {};
        let whose: string | null = null;
        const { data } = client().auth.onAuthStateChange((event, token) => {
            this.ended = event === "SIGNED_OUT" && this.token !== null && !this.#leaving;
            this.#leaving = false;
            this.token = token;
            this.known = true;
            const user = token?.user.id ?? null;
            // Who becomes an officer, or is one no more, is somebody else to every topic.
            const caller = user === null ? null : `${this.role} ${user}`;
            if (caller === whose) return;
            whose = caller;
            stopWallet();
            stopWallet = () => {};
            this.balance = null;
            this.#version = -1;
            this.started = null;
            // Not awaited within: supabase-js holds its lock while it tells of a change. Officers have
            // no wallet.
            if (user !== null && this.role === "authenticated") setTimeout(() => (stopWallet = this.#wallet(user)), 0);
        });
        return () => {
            data.subscription.unsubscribe();
            stopWallet();
        };
    }

    #leaving = false;

    async signOut(): Promise<void> {
        this.#leaving = true;
        sessionStorage.removeItem(STARTED);
        await client().auth.signOut();
    }

    /** Reads the wallet; a page that just moved credits asks, whatever Realtime will tell. */
    async refresh(): Promise<void> {
        const { data, error } = await client().rpc("my_wallet");
        if (error) throw error;
        const { balance, version } = data as { balance: number; version: number };
        this.#take(balance, version);
    }

    #wallet(user: string): () => void {
        return listen(`wallet:${user}`, {
            heard: ({ payload }) => this.#take(payload["balance"] as number, payload.version),
            changed: () => {},
            refresh: () => this.refresh(),
        });
    }

    #take(balance: number, version: number): void {
        if (version < this.#version) return;
        this.#version = version;
        this.balance = balance;
        if (this.started === null) {
            const kept = sessionStorage.getItem(STARTED);
            this.started = kept ? (JSON.parse(kept) as { at: number; balance: number }) : { at: Date.now(), balance };
            sessionStorage.setItem(STARTED, JSON.stringify(this.started));
        }
    }
}

/** The role that the token names; only the database decides what it may. */
function roleOf(token: Token | null): string {
    const part = token?.access_token.split(".")[1];
    if (part === undefined) return "anon";
    const claims = JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/"))) as { role?: string };
    return claims.role ?? "authenticated";
}

export const session = new Session();
