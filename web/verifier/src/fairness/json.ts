/**
 * JSON read strictly: what two correct readers may understand differently is named.
 *
 * JSON.parse keeps the last of two equal keys, rounds long numbers and takes 1.0 for 1, all in
 * silence; a proof that reads differently in two programs can be shown to have two winners.
 */

/** A number that is written with a fraction or an exponent; never an integer, whatever its value. */
export class Fraction {
    constructor(readonly text: string) {}
}

/** An integer below 2^53 is a number; objects are Maps, so that no key is special. */
export type Json = null | boolean | number | string | Fraction | Json[] | JsonObject;
export type JsonObject = Map<string, Json>;

export interface Read {
    value: Json;
    /** What is ambiguous, as sentences; none: exact. */
    ambiguous: string[];
}

/** The text is not JSON. */
export class NotJson extends Error {}

const DEEPEST = 500;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const INTEGER = /^(?:0|-?[1-9][0-9]{0,15})$/;
const SPACE = /[ \t\n\r]*/y;
const ESCAPES: Record<string, string> = {
    '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t",
};

/** The value of a JSON text. Throws NotJson for what is not JSON, NaN and Infinity among it. */
export function readJson(text: string): Read {
    const reader = new Reader(text);
    const value = reader.document();
    return { value, ambiguous: reader.ambiguous };
}

class Reader {
    readonly ambiguous: string[] = [];
    private at = 0;

    constructor(private readonly text: string) {}

    document(): Json {
        this.space();
        const value = this.value(0);
        this.space();
        if (this.at !== this.text.length) this.fail("more after the value");
        return value;
    }

    private fail(what: string): never {
        throw new NotJson(`${what} at character ${this.at + 1}`);
    }

    private space(): void {
        SPACE.lastIndex = this.at;
        SPACE.exec(this.text);
        this.at = SPACE.lastIndex;
    }

    private take(expected: string): boolean {
        if (!this.text.startsWith(expected, this.at)) return false;
        this.at += expected.length;
        return true;
    }

    private value(depth: number): Json {
        if (depth > DEEPEST) this.fail("nested too deeply");
        if (this.take("{")) return this.object(depth);
        if (this.take("[")) return this.array(depth);
        if (this.take('"')) return this.string();
        if (this.take("null")) return null;
        if (this.take("true")) return true;
        if (this.take("false")) return false;
        return this.number();
    }

    private object(depth: number): JsonObject {
        const members: JsonObject = new Map();
        this.space();
        if (this.take("}")) return members;
        for (;;) {
            this.space();
            if (!this.take('"')) this.fail("a key is expected");
            const key = this.string();
            this.space();
            if (!this.take(":")) this.fail('":" is expected');
            this.space();
            const value = this.value(depth + 1);
            if (members.has(key)) {
                const named = JSON.stringify(key.slice(0, 40));
                this.ambiguous.push(`the key ${named} appears twice in one object`);
            }
            members.set(key, value);
            this.space();
            if (this.take("}")) return members;
            if (!this.take(",")) this.fail('"," or "}" is expected');
        }
    }

    private array(depth: number): Json[] {
        const items: Json[] = [];
        this.space();
        if (this.take("]")) return items;
        for (;;) {
            this.space();
            items.push(this.value(depth + 1));
            this.space();
            if (this.take("]")) return items;
            if (!this.take(",")) this.fail('"," or "]" is expected');
        }
    }

    private string(): string {
        let read = "";
        for (;;) {
            const start = this.at;
            while (this.at < this.text.length && !/["\\\x00-\x1f]/.test(this.text.charAt(this.at))) {
                this.at += 1;
            }
            read += this.text.slice(start, this.at);
            if (this.take('"')) return read;
            if (!this.take("\\")) this.fail("a text that does not end, or a control character");
            read += this.escape();
        }
    }

    private escape(): string {
        const letter = this.text.charAt(this.at);
        this.at += 1;
        if (letter !== "u") return ESCAPES[letter] ?? this.fail("an unknown escape");
        const digits = this.text.slice(this.at, this.at + 4);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("four hex digits are expected");
        this.at += 4;
        return String.fromCharCode(Number.parseInt(digits, 16));
    }

    private number(): number | Fraction | null {
        NUMBER.lastIndex = this.at;
        const found = NUMBER.exec(this.text);
        if (found === null) this.fail("a value is expected");
        this.at = NUMBER.lastIndex;
        const [digits, fraction, exponent] = found;
        if (fraction !== undefined || exponent !== undefined) return new Fraction(digits);
        if (INTEGER.test(digits) && Number.isSafeInteger(Number(digits))) return Number(digits);
        const shown = digits.length <= 40 ? digits : `${digits.slice(0, 37)}...`;
        this.ambiguous.push(`the number ${shown} is not read alike by every program`);
        return null;
    }
}

/** The RFC 8785 text of a value. Throws RangeError for fractions, and for what is no Unicode. */
export function canonicalJson(value: Json): string {
    if (value instanceof Fraction) throw new RangeError("no fraction can be hashed");
    if (typeof value === "string") return quoted(value);
    if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
    if (value instanceof Map) {
        // Sorted by UTF-16 code units, as RFC 8785, section 3.2.3 wants and < compares.
        const members = [...value].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
        const texts = members.map(([key, item]) => `${quoted(key)}:${canonicalJson(item)}`);
        return `{${texts.join(",")}}`;
    }
    return JSON.stringify(value);
}

function quoted(text: string): string {
    if (/\p{Surrogate}/u.test(text)) throw new RangeError("half a surrogate pair is no character");
    return JSON.stringify(text);
}
