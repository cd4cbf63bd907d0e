/**
 * C2SP signed notes (c2sp.org/signed-note) and witness cosignatures (c2sp.org/tlog-cosignature).
 *
 * A note is a text that ends with a newline, an empty line, and signature lines
 * `— NAME BASE64(key id || signature)`. A key is written as a vkey,
 * `NAME+HEX(key id)+BASE64(type || public key)`; its type says what the signature covers: the text
 * alone (Ed25519), or the text and when it was seen (cosignature/v1).
 */

import { fromBase64 } from "./base64.ts";
import { type Bytes, equal, toHex, toNumber, utf8 } from "./bytes.ts";
import { sha256 } from "./digest.ts";
import * as signing from "./signing.ts";

export const ED25519 = 0x01;
export const COSIGNATURE_V1 = 0x04;

const LARGEST = 1_000_000;
const MOST_SIGNATURES = 100;
// No white space and no plus; what is white space is said in full, as regular expressions differ.
const NAME = /^[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000+]+$/;
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What was to be a note, a key or a checkpoint is none; the message says why. */
export class Malformed extends Error {}

export interface VerifierKey {
    name: string;
    kind: number;
    publicKey: Bytes;
    keyId: Bytes;
}

/** One signature line; `value` is what follows the 4 bytes of `keyId`. */
export interface Signature {
    name: string;
    keyId: Bytes;
    value: Bytes;
}

/** A text, which ends with a newline, and the signatures under it, none of them verified. */
export interface Note {
    text: string;
    signatures: Signature[];
}

/** The key that a vkey spells. Throws Malformed. */
export async function readVkey(text: string): Promise<VerifierKey> {
    const [name = "", id = "", ...rest] = text.split("+");
    const value = fromBase64(rest.join("+")); // base64 has plus signs of its own
    const kind = value?.[0] ?? 0;
    if (!NAME.test(name)) throw new Malformed("the name of a key has no spaces and no plus");
    if (value?.length !== 33 || (kind !== ED25519 && kind !== COSIGNATURE_V1)) {
        throw new Malformed("a vkey is NAME+KEYID+BASE64 of an Ed25519 key");
    }
    const keyId = (await sha256(utf8(`${name}\n`), value)).slice(0, 4);
    const publicKey = value.slice(1);
    if (id !== toHex(keyId)) {
        throw new Malformed("the key id in this vkey is not that of its name and key");
    }
    if (!signing.isValidKey(publicKey)) {
        throw new Malformed("the key in this vkey is no Ed25519 public key");
    }
    return { name, kind, publicKey, keyId };
}

function readSignature(line: string): Signature {
    const [dash, name = "", encoded = "", ...more] = line.split(" ");
    if (dash !== "\u2014" || more.length > 0 || encoded === "") {
        throw new Malformed("a signature line is an em dash, a name and base64");
    }
    const value = fromBase64(encoded);
    if (value === null || value.length < 5) {
        throw new Malformed("a signature is 4 bytes of key id and more, in base64");
    }
    if (!NAME.test(name)) throw new Malformed("the name of a key has no spaces and no plus");
    return { name, keyId: value.slice(0, 4), value: value.slice(4) };
}

/** The note that a text holds, its signatures unverified. Throws Malformed. */
export function readNote(whole: string): Note {
    if (utf8(whole).length > LARGEST) throw new Malformed("too large for a signed note");
    if (LONE_SURROGATE.test(whole)) throw new Malformed("a signed note is UTF-8");
    if (CONTROL.test(whole)) throw new Malformed("a signed note has no control characters");
    const gap = whole.lastIndexOf("\n\n");
    const lines = whole.slice(gap + 2);
    if (gap < 0 || !lines.endsWith("\n")) {
        throw new Malformed("a signed note is a text, an empty line and signature lines");
    }
    const signatures = lines.slice(0, -1).split("\n").map(readSignature);
    if (signatures.length > MOST_SIGNATURES) {
        throw new Malformed(`a signed note has at most ${MOST_SIGNATURES} signatures`);
    }
    return { text: `${whole.slice(0, gap)}\n`, signatures };
}

/** Whether the text bears a valid signature by `key`, of either type. */
export async function isSigned(note: Note, key: VerifierKey): Promise<boolean> {
    for (const signature of note.signatures) {
        if (await verifies(note.text, signature, key)) return true;
    }
    return false;
}

/** The earliest Unix time at which `key` validly says it saw the text; null if it never did. */
export async function cosignedAt(note: Note, key: VerifierKey): Promise<bigint | null> {
    if (key.kind !== COSIGNATURE_V1) return null;
    let earliest: bigint | null = null;
    for (const signature of note.signatures) {
        if (!(await verifies(note.text, signature, key))) continue;
        const seconds = toNumber(signature.value.slice(0, 8));
        if (earliest === null || seconds < earliest) earliest = seconds;
    }
    return earliest;
}

async function verifies(text: string, signature: Signature, key: VerifierKey): Promise<boolean> {
    if (signature.name !== key.name || !equal(signature.keyId, key.keyId)) return false;
    if (key.kind === ED25519) return signing.verify(key.publicKey, utf8(text), signature.value);
    if (signature.value.length !== 72) return false;
    const message = `cosignature/v1\ntime ${toNumber(signature.value.slice(0, 8))}\n${text}`;
    return signing.verify(key.publicKey, utf8(message), signature.value.slice(8));
}
