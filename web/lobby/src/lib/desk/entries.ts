/** The entries of a case that are looked for. */

import type { Case, CaseEntry } from "./case.ts";

/** Each page numbers accounts, addresses and devices of the whole pot anew: of a huge one not all are searched. */
const ENOUGH = 20_000;

export interface Wanted {
    /** Accounts, user ids, addresses, devices, regions or entries: any of them. */
    find: string;
    flagged: boolean;
}

export interface Found {
    entries: CaseEntry[];
    searched: number;
    /** Whether there are entries that were not searched. */
    more: boolean;
}

function isLike(entry: CaseEntry, words: string[], flagged: boolean): boolean {
    if (flagged && entry.flags.length === 0) return false;
    const names = [entry.account, entry.user_id, entry.address, entry.device, entry.region, entry.entry_id];
    return words.length === 0 || names.some((name) => name !== null && words.includes(name.toLowerCase()));
}

/** What was found so far, after each page: of `first`, the case itself, then of the pages that `read` gives. */
export async function* search(first: Case, wanted: Wanted, read: (after: string) => Promise<Case>): AsyncGenerator<Found> {
    const words = wanted.find.toLowerCase().split(/[\s,;]+/).filter((word) => word !== "");
    let found: Found = { entries: [], searched: 0, more: true };
    let part = first;
    for (;;) {
        const { entries, next } = part;
        found = {
            entries: [...found.entries, ...entries.filter((entry) => isLike(entry, words, wanted.flagged))],
            searched: found.searched + entries.length,
            more: next !== null,
        };
        yield found;
        if (next === null || found.searched >= ENOUGH) return;
        part = await read(next);
    }
}
