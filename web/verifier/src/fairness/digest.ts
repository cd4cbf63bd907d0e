/** SHA-256, SHA-512 and HMAC-SHA256 by WebCrypto, which every browser has on secure pages. */

import { type Bytes, join } from "./bytes.ts";

/** SHA-256 (FIPS 180-4) of the parts joined: 32 bytes. */
export async function sha256(...parts: readonly Bytes[]): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
}

/** SHA-512 of the parts joined: 64 bytes. */
export async function sha512(...parts: readonly Bytes[]): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.digest("SHA-512", join(...parts)));
}

/** HMAC-SHA256 (RFC 2104): 32 bytes. The key may not be empty. */
export async function hmacSha256(key: Bytes, message: Bytes): Promise<Bytes> {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", imported, message));
}
