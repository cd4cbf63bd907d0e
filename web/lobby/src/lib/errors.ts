/** What the database answers, in plain words. */

import { t } from "./texts/index.ts";

/** A refusal: `token` is a word of docs/error-codes.md or a code of Supabase Auth, or `network`, or `unknown`. */
export interface Refusal {
    token: string;
    words: string;
}

interface Answer {
    message?: string;
    code?: string | undefined;
}

/** The refusal behind an error of supabase-js. */
export function refusal(error: Answer): Refusal {
    const said = error.message ?? "";
    if (/JWT expired|invalid JWT/i.test(said)) return named("login_required");
    // While a token cannot be renewed supabase-js sends none, and nobody may do what a player may.
    if (error.code === "42501") return named("login_required");
    if (/fetch|network|load failed/i.test(said)) return named("network");
    return named([said, error.code ?? ""].find((token) => token in t.errors) ?? "unknown");
}

function named(token: string): Refusal {
    return { token, words: t.errors[token] ?? t.errors["unknown"] ?? token };
}
