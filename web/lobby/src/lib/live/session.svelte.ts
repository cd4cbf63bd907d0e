/** Who is signed in, and that player's wallet, live. */

import type { Session as Token } from "@supabase/supabase-js";
import { client } from "../supabase.ts";
import { listen } from "./channel.ts";

const STARTED = "session-started";

interface Started {
    /** The session's id, the same in every tab and after every renewal of its token. */
    session: string;
    at: number;
    balance: number;
}

class Session {
    token = $state.raw<Token | null>(null);
    /** Whether it is known yet if anybody is signed in. */
    known = $state(false);
    /** A session that ended by itself: the page says so. */
    ended = $state(false);
    balance = $state<number | null>(null);
    #version = -1;
    /** When this sign-in began, and with how much: for the session clock and the net position. */
    started = $state.raw<Started | null>(null);

    readonly userId = $derived(this.token?.user.id ?? null);
    readonly email = $derived(this.token?.user.email ?? null);
    readonly role = $derived(claimsOf(this.token).role ?? "anon");
    /** Only players have a wallet, limits and entries; staff have none. */
    readonly isPlayer = $derived(this.role === "authenticated");

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
            if (user !== null && this.isPlayer) setTimeout(() => (stopWallet = this.#wallet(user)), 0);
        });
        return () => {
            data.subscription.unsubscribe();
            stopWallet();
        };
    }

    #leaving = false;

    async signOut(): Promise<void> {
        this.#leaving = true;
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
        const { stop } = listen(`wallet:${user}`, {
            heard: ({ payload }) => this.#take(payload["balance"] as number, payload.version),
            changed: () => {},
            refresh: () => this.refresh(),
        });
        return stop;
    }

    #take(balance: number, version: number): void {
        if (version < this.#version) return;
        this.#version = version;
        this.balance = balance;
        this.started ??= this.#start(balance);
    }

    /** What is kept of this sign-in, or what it begins with. */
    #start(balance: number): Started {
        const { session_id: session = "", amr } = claimsOf(this.token);
        const fresh = { session, at: amr?.[0] ? amr[0].timestamp * 1000 : Date.now(), balance };
        try {
            const kept = JSON.parse(localStorage.getItem(STARTED) ?? "null") as Started | null;
            if (kept?.session === session) return kept;
            localStorage.setItem(STARTED, JSON.stringify(fresh));
        } catch {
            // Private windows may have no storage: then a session is as old as its page.
        }
        return fresh;
    }
}

interface Claims {
    role?: string;
    session_id?: string;
    /** How, and when, one signed in; the newest first. */
    amr?: { timestamp: number }[];
}

/** What the token says; only the database decides what that is worth. */
function claimsOf(token: Token | null): Claims {
    const part = token?.access_token.split(".")[1];
    if (part === undefined) return {};
    return JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/"))) as Claims;
}

export const session = new Session();
