/** What the database answers a person of compliance, in plain words. */

import { d } from "../texts/desk.ts";

/** An error of supabase-js: MESSAGE is a token of docs/error-codes.md, DETAIL a JSON object. */
interface Answer {
    message?: string;
    code?: string;
    details?: unknown;
}

export function words(error: unknown): string {
    const { message = "", code, details } = error as Answer;
    if (code === "42501") return text("denied");
    if (/JWT expired|invalid JWT/i.test(message)) return text("login_required");
    if (/fetch|network|load failed/i.test(message)) return text("network");
    const about = object(details);
    if (message === "not_allowed" && "reason" in about) {
        return d.reasons[about["reason"] as string] ?? `${text("not_allowed")} (${String(about["reason"])})`;
    }
    if (message === "invalid_argument" && "argument" in about) {
        return `${text(message)} ${d.expected(String(about["argument"]), String(about["expected"]))}`;
    }
    if (message === "wrong_state" && "status" in about) return `${text(message)} ${d.state(String(about["status"]))}`;
    return message in d.errors ? text(message) : `${text("unknown")} ${message}`;
}

/** Whether the caller is an officer no more. */
export function isDismissed(error: unknown): boolean {
    const { message, details } = error as Answer;
    return message === "not_allowed" && object(details)["reason"] === "revoked";
}

function text(token: string): string {
    return d.errors[token] ?? token;
}

function object(details: unknown): Record<string, unknown> {
    try {
        const read: unknown = typeof details === "string" ? JSON.parse(details) : details;
        return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : {};
    } catch {
        return {};
    }
}
