/** Bytes as every hash and signature of a draw takes them: integers big-endian, hex lower-case. */

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** The parts, one after the other. */
export function join(...parts: readonly Bytes[]): Bytes {
    const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
        whole.set(part, at);
        at += part.length;
    }
    return whole;
}

/** T(text): its bytes and one zero byte. Only ever called with ASCII. */
export function tag(text: string): Bytes {
    return join(encoder.encode(text), new Uint8Array(1));
}

/** UTF-8. */
export function utf8(text: string): Bytes {
    return encoder.encode(text);
}

/** `size` bytes, big-endian. Throws RangeError for what does not fit. */
function unsigned(size: 4 | 8, value: number | bigint): Bytes {
    const number = BigInt(value);
    if (number < 0n || number >> BigInt(8 * size) !== 0n) {
        throw new RangeError(`${number} does not fit ${size} bytes`);
    }
    const bytes = new Uint8Array(size);
    for (let at = size - 1, rest = number; at >= 0; at -= 1, rest >>= 8n) {
        bytes[at] = Number(rest & 0xffn);
    }
    return bytes;
}

export const u32 = (value: number | bigint): Bytes => unsigned(4, value);
export const u64 = (value: number | bigint): Bytes => unsigned(8, value);

/** Whether a value is a text of exactly 2 * `size` lower-case hex digits. */
export function isHex(value: unknown, size: number): value is string {
    return typeof value === "string" && value.length === 2 * size && /^[0-9a-f]*$/.test(value);
}

/** The bytes that lower-case hex spells. Throws RangeError for anything else. */
export function fromHex(text: string): Bytes {
    if (!isHex(text, text.length / 2)) throw new RangeError("not lower-case hex");
    const bytes = new Uint8Array(text.length / 2);
    for (let at = 0; at < bytes.length; at += 1) {
        bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
    }
    return bytes;
}

export function toHex(bytes: Uint8Array): string {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The 16 bytes of a UUID, in the order it is written. */
export function uuid(text: string): Bytes {
    return fromHex(text.replaceAll("-", ""));
}

/** The number that bytes spell, big-endian. */
export function toNumber(bytes: Uint8Array): bigint {
    return BigInt(`0x${toHex(bytes) || "0"}`);
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
