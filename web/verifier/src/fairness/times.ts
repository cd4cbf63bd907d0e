/** Times as a proof writes them. */

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})Z$/;

/** Microseconds since 1970 UTC of `2026-11-22T17:49:34.123456Z`, that spelling only; else null. */
export function readTime(text: string): bigint | null {
    const parts = TIME.exec(text);
    if (parts === null) return null;
    const [year, month, day, hour, minute, second, micros] = parts.slice(1).map(Number) as [
        number, number, number, number, number, number, number,
    ];
    if (year < 1970) return null;
    const millis = Date.UTC(year, month - 1, day, hour, minute, second);
    // Date.UTC rolls 31 April over into May: what it made must be what was written.
    if (new Date(millis).toISOString().slice(0, 19) !== text.slice(0, 19)) return null;
    return BigInt(millis) * 1000n + BigInt(micros);
}

/** The text that `readTime` turns back into `micros`. */
export function writeTime(micros: bigint): string {
    const whole = new Date(Number(micros / 1000000n) * 1000).toISOString().slice(0, 19);
    return `${whole}.${(micros % 1000000n).toString().padStart(6, "0")}Z`;
}
