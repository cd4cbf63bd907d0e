"""Checks a settlement proof (contract, section 6) with nothing but the proof and trusted keys.

This is a second implementation: it shares no code with the database that made the proof, needs no
network, and never says more than it knows. docs/verify-a-draw.md describes the same steps for
whoever would rather write a third. To read from top to bottom:

verdict   what is said: named checks, and what no proof can show
document  from a file to a JSON object that every program reads alike
trust     whom the caller trusts
form      what each field must look like
checks    rules, commitment, lock, draw, entry, limits and signatures
beacon    what draw 2 adds: the beacon's round and what it does to the draw
witness   whether somebody else saw lock and reveal in time
judge     all of it in order: `verify`
receipt   one player's entry against the proof
bundle    all the entries and the audit chain against the proof
"""

from pypot_cli.proof.document import (
    LONGEST_PROOF,
    Document,
    open_content,
    open_proof,
    read_document,
    read_proof,
)
from pypot_cli.proof.judge import verify
from pypot_cli.proof.receipt import ReceiptVerdict, verify_receipt
from pypot_cli.proof.trust import Trust, read_trust
from pypot_cli.proof.verdict import UNBOUND, UNBOUND_2, Check, Verdict

__all__ = [
    "LONGEST_PROOF",
    "UNBOUND",
    "UNBOUND_2",
    "Check",
    "Document",
    "ReceiptVerdict",
    "Trust",
    "Verdict",
    "open_content",
    "open_proof",
    "read_document",
    "read_proof",
    "read_trust",
    "verify",
    "verify_receipt",
]
