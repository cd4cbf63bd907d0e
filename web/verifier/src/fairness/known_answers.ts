/**
 * What the page asks itself before it judges anything: inputs whose answers others published.
 *
 * A browser, an extension or a damaged copy that computes wrongly would otherwise give a verdict
 * as calmly as a right one.
 */

import { type Bytes, fromHex, toHex, utf8 } from "./bytes.ts";
import { hmacSha256, sha256, sha512 } from "./digest.ts";
import { QUICKNET, verifyRound } from "./beacon.ts";
import * as draw from "./draw.ts";
import { canonicalJson, readJson } from "./json.ts";
import * as merkle from "./merkle.ts";
import * as signing from "./signing.ts";
import { readTime } from "./times.ts";
import * as tlog from "./tlog.ts";

/** One question; `source` says whose answer it is. */
export interface KnownAnswer {
    name: string;
    source: string;
    expected: string;
    compute(): Promise<string> | string;
}

export interface Outcome {
    name: string;
    source: string;
    right: boolean;
    detail: string;
}

const SEED = Uint8Array.from({ length: 32 }, (_, at) => at);
const KEY = fromHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
const SIGNATURE = fromHex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
);
const MESSAGE = Uint8Array.of(0x72);
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function littleEndian(number: bigint): Bytes {
    return fromHex(number.toString(16).padStart(64, "0")).reverse();
}

/** The same signature with S + L instead of S, which a lenient verifier also takes. */
function stretched(signature: Bytes): Bytes {
    const s = BigInt(`0x${toHex(signature.slice(32).reverse())}`);
    const longer = signature.slice();
    longer.set(littleEndian(s + ORDER), 32);
    return longer;
}

async function verdict(key: Bytes, message: Bytes, signature: Bytes): Promise<string> {
    return (await signing.verify(key, message, signature)) ? "accepted" : "refused";
}

const ROUND = fromHex(
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
);

async function round(number: number): Promise<string> {
    return (await verifyRound(QUICKNET, number, ROUND)) ? "accepted" : "refused";
}

/** Leaf 1 of the log of the leaves 00 and 01, and then leaf 0 in its place. */
async function inclusion(): Promise<string> {
    const leaf = await tlog.leafHash(Uint8Array.of(1));
    const other = await tlog.leafHash(Uint8Array.of(0));
    const root = await sha256(Uint8Array.of(1), other, leaf);
    const found = [leaf, other].map((each) => tlog.verifyInclusion(each, 1n, 2n, [other], root));
    return (await Promise.all(found)).map((held) => (held ? "accepted" : "refused")).join(", ");
}

export const KNOWN_ANSWERS: readonly KnownAnswer[] = [
    {
        name: "SHA-256 of abc",
        source: "FIPS 180-4",
        expected: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        compute: async () => toHex(await sha256(utf8("abc"))),
    },
    {
        name: "SHA-512 of abc, first half",
        source: "FIPS 180-4",
        expected: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a",
        compute: async () => toHex((await sha512(utf8("abc"))).slice(0, 32)),
    },
    {
        name: "HMAC-SHA256, test case 2",
        source: "RFC 4231",
        expected: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        compute: async () => toHex(await hmacSha256(utf8("Jefe"), utf8("what do ya want for nothing?"))),
    },
    {
        name: "commitment to the seed 00 01 02 … 1f",
        source: "the game's specification",
        expected: "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd",
        compute: async () => toHex(await draw.commitHash(SEED)),
    },
    {
        name: "ticket that this seed draws out of 100",
        source: "the game's specification",
        expected: "30",
        compute: async () => {
            const drawn = await draw.drawHmac(SEED, await draw.commitHash(SEED));
            return String(draw.winnerIndex(drawn, 100));
        },
    },
    {
        name: "root of a tree of two nodes, 1 and 2 tickets",
        source: "SHA-256 of its 81 bytes",
        expected: "sum 3, 74ab53bb7a7304d95f0f56e410d21aa494dacac3154f0e6a777e0aeed1b68727",
        compute: async () => {
            const left = { sum: 1, hash: new Uint8Array(32) };
            const right = { side: "right" as const, sum: 2, hash: new Uint8Array(32).fill(255) };
            const root = await merkle.fold(left, [right]);
            return `sum ${root.sum}, ${toHex(root.hash)}`;
        },
    },
    {
        name: "Ed25519 test 2",
        source: "RFC 8032",
        expected: "accepted",
        compute: () => verdict(KEY, MESSAGE, SIGNATURE),
    },
    {
        name: "the same signature over another message",
        source: "RFC 8032",
        expected: "refused",
        compute: () => verdict(KEY, Uint8Array.of(0x73), SIGNATURE),
    },
    {
        name: "the same signature with S + L",
        source: "RFC 8032, 5.1.7",
        expected: "refused",
        compute: () => verdict(KEY, MESSAGE, stretched(SIGNATURE)),
    },
    {
        name: "a key of order 1, which would sign anything",
        source: "docs: signatures",
        expected: "refused",
        compute: () => verdict(littleEndian(1n), MESSAGE, fromHex(`01${"0".repeat(126)}`)),
    },
    {
        name: "a key in a second encoding",
        source: "RFC 8032, 5.1.3",
        expected: "refused",
        compute: () => (signing.isValidKey(littleEndian(2n ** 255n - 19n + 3n)) ? "accepted" : "refused"),
    },
    {
        name: "round 657413 of drand’s quicknet (BLS12-381)",
        source: "League of Entropy",
        expected: "accepted",
        compute: () => round(657413),
    },
    {
        name: "its signature for the next round",
        source: "League of Entropy",
        expected: "refused",
        compute: () => round(657414),
    },
    {
        name: "a row that is in a log, and one that is not",
        source: "RFC 9162, 2.1.3.2",
        expected: "accepted, refused",
        compute: inclusion,
    },
    {
        name: "one key twice in an object",
        source: "RFC 8259, 4",
        expected: "ambiguous",
        compute: () => (readJson('{"a":1,"a":2}').ambiguous.length === 1 ? "ambiguous" : "exact"),
    },
    {
        name: "a number beyond 2^53",
        source: "RFC 8259, 6",
        expected: "ambiguous",
        compute: () => (readJson("9007199254740992").ambiguous.length === 1 ? "ambiguous" : "exact"),
    },
    {
        name: "canonical spelling",
        source: "RFC 8785",
        expected: '{"a":[1,"\\u000f"],"b":null}',
        compute: () => canonicalJson(readJson('{ "b": null, "a": [1, "\\u000F"] }').value),
    },
    {
        name: "microseconds of a time",
        source: "arithmetic",
        expected: "1795369774123456",
        compute: () => String(readTime("2026-11-22T17:49:34.123456Z")),
    },
];

/** Answers every question. An answer that cannot be had is a wrong one. */
export async function answer(questions: readonly KnownAnswer[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const { name, source, expected, compute } of questions) {
        let given: string;
        try {
            given = await compute();
        } catch (error) {
            given = `no answer: ${String(error)}`;
        }
        const right = given === expected;
        outcomes.push({ name, source, right, detail: right ? given : `${given} instead of ${expected}` });
    }
    return outcomes;
}
