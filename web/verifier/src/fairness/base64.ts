/** Standard base64 with padding, the one spelling of its bytes. */

import type { Bytes } from "./bytes.ts";

/** The bytes that a text spells; null if it is another spelling, or none. */
export function fromBase64(text: string): Bytes | null {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
    const binary = atob(text);
    if (btoa(binary) !== text) return null;
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
