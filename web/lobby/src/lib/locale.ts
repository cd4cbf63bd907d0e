/** Numbers in the reader's own way. On the server the page's language decides. */

import { browser } from "$app/environment";

export const locale = browser ? navigator.language : "en";
const plain = new Intl.NumberFormat(locale);
const ofHundred = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 });

/** 12345 → 12,345. */
export function number(value: number): string {
    return plain.format(value);
}

/** 12.5 → 12.5%. */
export function percent(value: number): string {
    return ofHundred.format(value / 100);
}
