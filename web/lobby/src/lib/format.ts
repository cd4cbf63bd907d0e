/** Amounts and times in the reader's own way. On the server the page's language decides. */

import { locale, number } from "./locale.ts";
import { t } from "./texts/index.ts";

export { number, percent } from "./locale.ts";

const clock = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
const ofDay = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });

/** 1 → 1 credit, 1200 → 1,200 credits. */
export function credits(value: number): string {
    return `${number(value)} ${t.credits(value)}`;
}

/** An RFC 3339 time, for a person. */
export function moment(time: string): string {
    return clock.format(new Date(time));
}

/** An RFC 3339 time of today, for a person. */
export function time(at: string): string {
    return ofDay.format(new Date(at));
}

/** Seconds as m:ss, or h:mm:ss. */
export function duration(seconds: number): string {
    const left = Math.max(0, Math.ceil(seconds));
    const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    const shown = parts[0] === 0 ? parts.slice(1) : parts;
    return shown.map((part, place) => (place === 0 ? `${part}` : `${part}`.padStart(2, "0"))).join(":");
}

/** A colour that is an entrant's own, of a lightness that suits both schemes. */
export function tint(entrant: string): string {
    return `hsl(${parseInt(entrant.slice(0, 4), 16) % 360} 60% 45%)`;
}
