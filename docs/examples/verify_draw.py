"""Verifies a draw from docs/verify-a-draw.md alone: shares no code with Community Pots.

python3 verify_draw.py PROOF.json [--orchestrator HEX] [--settlement HEX] [--witness VKEY]
    [--info INFO.json] [--entries FILE] [--chain FILE] [--receipt FILE --user UUID]

Needs `pip install cryptography pyblst`. Each check is an `assert`: never run it with -O. To stay
short it leaves out the strict reading of the form; do not leave it out of yours.
"""

import argparse
import base64
import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyblst import BlstP1Element, BlstP2Element, final_verify, miller_loop

# drand quicknet: public key, genesis, period; and the generator of G2, compressed.
QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
KEY = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d10"
    "64510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991e"
    "f5ece45a"
)
G2 = (
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d04"
    "2b7e024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8"
    "c121bdb8"
)
DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
WEAK = {0, 1, P - 1, Y8, P - Y8}  # y of the points of small order

X = bytes.fromhex


def T(text):
    return text.encode("ascii") + b"\0"


def U32(number):
    return number.to_bytes(4, "big")


def U64(number):
    return number.to_bytes(8, "big")


def SHA(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def HMAC(key, message):
    return hmac.digest(key, message, "sha256")


def micros(text):
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def ed25519(key, message, signature):
    for point in (key, signature[:32]):
        y = int.from_bytes(point, "little") & (1 << 255) - 1
        assert y < P and y not in WEAK, "weak point"
    assert len(signature) == 64 and int.from_bytes(signature[32:], "little") < L, "S"
    Ed25519PublicKey.from_public_bytes(key).verify(signature, message)


def fold(pot, entry):
    """The root and the first ticket that an entry and its path lead to."""
    count, first = entry["ticket_count"], 0
    here = (count, SHA(b"\0", T("pots/entry/v1"), pot, U32(count), X(entry["entrant_tag"])))
    for step in entry["merkle_path"]:
        there = (step["sum"], X(step["hash"]))
        assert step["side"] in ("left", "right") and step["sum"] > 0, "step"
        first += step["sum"] * (step["side"] == "left")
        here = join(there, here) if step["side"] == "left" else join(here, there)
    return here, first


def join(left, right):
    return left[0] + right[0], SHA(b"\1", U64(left[0]), left[1], U64(right[0]), right[1])


def row_hash(pot, row, payload_hash):
    parts = T("pots/audit/v1"), pot, U64(row["seq"]), X(row["prev_hash"])
    return SHA(*parts, U64(micros(row["created_at"])), payload_hash)


def included(leaf, index, size, path, root):
    """RFC 9162, 2.1.3.2."""
    assert 0 <= index < size, "leaf_index"
    last, here = size - 1, SHA(b"\0", leaf)
    for other in path:
        assert last > 0, "path"
        if index & 1 or index == last:
            here = SHA(b"\1", other, here)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            here = SHA(b"\1", here, other)
        index, last = index >> 1, last >> 1
    return last == 0 and here == root


def witnessed(proof, pot, round_time, vkey):
    witness = proof.get("witness")
    if witness is None:
        return False
    text, signatures = witness["checkpoint"].rsplit("\n\n", 1)
    text += "\n"
    size, root = int(text.split("\n")[1]), base64.b64decode(text.split("\n")[2], validate=True)
    for row, action, field in zip(
        witness["rows"], ("locked", "revealed"), ("lock_digest", "reveal_seed"), strict=True
    ):
        told = json.loads(row["payload"])
        assert row["action"] == told["action"] == action, "row action"
        assert told["metadata"][field] == proof[field], "row " + field
        hashed = row_hash(pot, row, SHA(row["payload"].encode()))
        path = [X(step) for step in row["path"]]
        assert included(hashed, row["leaf_index"], size, path, root), "inclusion"
    assert witness["rows"][0]["seq"] < witness["rows"][1]["seq"], "row order"
    if vkey is None:
        return False
    name, key_id, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded)
    assert key[0] == 4 and SHA(name.encode(), b"\n", key)[:4].hex() == key_id, "vkey"
    for line in signatures.splitlines():
        dash, signer, value = line.split(" ")
        value = base64.b64decode(value)
        if (dash, signer, value[:4].hex(), len(value)) == ("\u2014", name, key_id, 76):
            seconds = int.from_bytes(value[4:12], "big")
            ed25519(key[1:], f"cosignature/v1\ntime {seconds}\n{text}".encode(), value[12:])
            return seconds * 1_000_000 < round_time
    return False


def verify(proof, trusted, info=None):
    """Raises unless the proof is valid; returns the winning ticket and whether it was witnessed."""
    pot, total, beacon = uuid.UUID(proof["pot_id"]).bytes, proof["total_tickets"], proof["beacon"]
    version, entry, rules = proof["draw_version"], proof["winning_entry"], proof["rules_text"]
    seed, commit, root = X(proof["reveal_seed"]), X(proof["commit_hash"]), X(proof["entries_root"])
    assert proof["version"] == 1 and (version, beacon is None) in ((1, True), (2, False)), "kind"
    # 1 Rules
    rules_hash, rules = SHA(T("pots/rules/v1"), rules.encode()), json.loads(rules)
    names = ["draw_version", "entry_cost", "max_per_user", "max_tickets", "min_participants"]
    assert list(rules) == ["beacon_chain_hash"] * (version == 2) + names, "rules"
    assert json.dumps(rules, separators=(",", ":")) == proof["rules_text"], "rules spelling"
    assert all(type(rules[name]) is int and rules[name] > 0 for name in names), "rules"
    assert rules["draw_version"] == version and proof["rules_hash"] == rules_hash.hex(), "rules"
    # 2 Commitment
    assert any(seed) and commit == SHA(seed), "commit_hash"
    assert proof["commit_tag"] == SHA(T("pots/commit-tag/v1"), pot, commit).hex(), "commit_tag"
    # 3 Lock
    chain, number = (X(beacon["chain_hash"]), beacon["round"]) if beacon else (bytes(32), 0)
    locked_at, settled_at = micros(proof["locked_at"]), micros(proof["settled_at"])
    parts = T("pots/lock/v1"), pot, U32(version), commit, rules_hash, root, U64(total)
    digest = SHA(*parts, U64(locked_at), chain, U64(number))
    assert proof["lock_digest"] == digest.hex(), "lock_digest"
    # 4 Draw
    drawn = HMAC(seed, commit)
    index = int.from_bytes(drawn, "big") % total
    assert (proof["hmac"], proof["winner_index"]) == (drawn.hex(), index), "winner_index"
    # 5 Beacon
    ticket, due = index, locked_at
    if beacon:
        assert beacon["chain_hash"] == rules["beacon_chain_hash"], "chain"
        key, genesis, period = KEY, 1692803367, 3
        if beacon["chain_hash"] != QUICKNET:
            key, genesis, period = info["public_key"], info["genesis_time"], info["period"]
            parts = U32(period), U64(genesis), X(key), X(info["groupHash"])
            name = info["metadata"]["beaconID"] if info["metadata"]["beaconID"] != "default" else ""
            assert info["schemeID"] == "bls-unchained-g1-rfc9380", "scheme"
            assert chain == SHA(*parts, name.encode()), "chain hash"
        late = locked_at + 30_000_000 - genesis * 1_000_000
        assert number == max(1, 1 - (-late // (period * 1_000_000))), "round"
        due = (genesis + (number - 1) * period) * 1_000_000
        point = BlstP1Element.hash_to_group(SHA(U64(number)), DST)
        bls = BlstP1Element.uncompress(X(beacon["signature"]))
        left = miller_loop(bls, BlstP2Element.uncompress(X(G2)))
        assert final_verify(left, miller_loop(point, BlstP2Element.uncompress(X(key)))), "BLS"
        rotation = int.from_bytes(HMAC(SHA(X(beacon["signature"])), digest), "big") % total
        assert beacon["rotation"] == rotation, "rotation"
        ticket = (index + rotation) % total
    assert proof["winning_ticket"] == ticket, "winning_ticket"
    # 6 Entry
    count, (found, first) = entry["ticket_count"], fold(pot, entry)
    assert found == (total, root), "entries_root"
    assert entry["first_ticket"] == first <= ticket < first + count, "ticket range"
    # 7 Limits
    assert total <= rules["max_tickets"] and 0 < count <= rules["max_per_user"], "limits"
    assert total - count >= rules["min_participants"] - 1, "participants"
    # 8 Signatures
    signed = {"orchestrator": (proof["orchestrator"], "signature", digest)}
    signed["settlement"] = (proof["settlement"], "signature", digest + seed)
    if beacon:
        signed["beacon"] = (beacon, "attestation", digest + X(beacon["signature"]))
    for purpose, (party, field, message) in signed.items():
        key = X(party["public_key"])
        assert trusted.get(purpose) in (None, party["public_key"]), purpose + " key"
        assert party["kid"] == SHA(T("pots/kid/v1"), T(purpose), key).hex()[:16], purpose + " kid"
        ed25519(key, T(f"pots/{purpose}/v1") + message, X(party[field]))
    # 9 Payout
    payout = proof["payout"]
    assert payout["credits"] == total * rules["entry_cost"], "payout.credits"
    assert payout["escrow_after"] == 0, "payout.escrow_after"
    if release := proof.get("release"):
        others = release["tickets"]
        assert payout["held"] and release["credits"] == payout["credits"], "release"
        assert micros(release["released_at"]) >= settled_at, "release.released_at"
        if release["outcome"] == "paid":
            assert release["entries"] == 1 and others == count, "release: paid"
        else:
            assert release["entries"] <= others, "release: returned"
            assert others <= total - count or others == total, "release: returned"
    assert settled_at >= due, "settled_at"
    # 10 Witness
    return ticket, bool(beacon) and witnessed(proof, pot, due, trusted.get("witness"))


def check_entries(proof, entries):
    pot, tickets, level = uuid.UUID(proof["pot_id"]).bytes, 0, []
    for entry in entries:
        assert entry["first_ticket"] == tickets, "entries order"
        tickets += entry["ticket_count"]
        level.append(fold(pot, {**entry, "merkle_path": []})[0])
    while len(level) > 1:
        pairs = [join(*level[i : i + 2]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    assert level == [(proof["total_tickets"], X(proof["entries_root"]))], "all entries"


def check_chain(proof, rows):
    pot, before = uuid.UUID(proof["pot_id"]).bytes, bytes(32)
    for seq, row in enumerate(rows, 1):
        assert row["seq"] == seq and X(row["prev_hash"]) == before, "chain link"
        if row["payload"] is not None:
            assert SHA(row["payload"].encode()).hex() == row["payload_hash"], "payload_hash"
            assert json.loads(row["payload"])["action"] == row["action"], "action"
        before = row_hash(pot, row, X(row["payload_hash"]))
        assert before.hex() == row["row_hash"], "row_hash"
    row = rows[proof["audit"]["seq"] - 1]
    assert (row["action"], row["row_hash"]) == ("settled", proof["audit"]["row_hash"]), "audit"


def check_receipt(proof, receipt, user):
    pot = uuid.UUID(proof["pot_id"]).bytes
    tag = HMAC(X(receipt["salt"]), pot + uuid.UUID(user).bytes)
    assert (receipt["pot_id"], receipt["entrant_tag"]) == (proof["pot_id"], tag.hex()), "tag"
    found, first = fold(pot, receipt)
    assert found == (proof["total_tickets"], X(proof["entries_root"])), "receipt"
    assert first == receipt["first_ticket"], "first_ticket"


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("proof")
    for name in ("orchestrator", "settlement", "beacon", "witness", "info"):
        options.add_argument(f"--{name}")
    for name in ("entries", "chain", "receipt", "user"):
        options.add_argument(f"--{name}")
    given = vars(options.parse_args())

    def load(name):
        return json.loads(Path(given[name]).read_text(encoding="utf-8"))

    proof = load("proof")
    won, seen = verify(proof, given, load("info") if given["info"] else None)
    if given["entries"]:
        check_entries(proof, load("entries"))
    if given["chain"]:
        check_chain(proof, load("chain"))
    if given["receipt"]:
        check_receipt(proof, load("receipt"), given["user"])
    print("winning ticket", won, "witnessed" if seen else "not witnessed")
