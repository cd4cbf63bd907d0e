/** What this browser kept when its player bought: the salt that opens the entry's tag. */

/** As `join_pot` answered. It proves later that the entry is the player's, whatever the house says. */
export interface Kept {
    entry_id: string;
    pot_id: string;
    user_id: string;
    ticket_count: number;
    entrant: string;
    salt: string;
}

const KEY = "receipts";
const MOST = 500;

function all(): Kept[] {
    try {
        return JSON.parse(localStorage.getItem(KEY) ?? "[]") as Kept[];
    } catch {
        return [];
    }
}

/** Keeps a receipt; a browser that forbids it only loses what my_receipt gives again. */
export function keep(receipt: Kept): void {
    try {
        localStorage.setItem(KEY, JSON.stringify([...all(), receipt].slice(-MOST)));
    } catch {
        // Private windows may have no storage.
    }
}

/** The receipts of a player in a pot. */
export function keptOf(potId: string, userId: string): Kept[] {
    return all().filter((each) => each.pot_id === potId && each.user_id === userId);
}
