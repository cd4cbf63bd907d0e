"""What the caller trusts, which no proof can tell: keys, beacons, witnesses."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import note, signing
from pypot_cli.fairness.beacon import Chain, chain_from_info
from pypot_cli.proof.document import read_document


@dataclass(frozen=True)
class Trust:
    """Public keys of 32 bytes, any of which is trusted for its purpose, and so on.

    With no orchestrator or settlement key, the proof's own is used and the verdict says that it was
    not pinned. `chains` are trusted besides drand's quicknet. Only a key of `witness_keys` makes a
    draw *witnessed*; `log_keys` name the log that it watches.
    """

    orchestrator_keys: Collection[bytes] = ()
    settlement_keys: Collection[bytes] = ()
    beacon_keys: Collection[bytes] = ()
    chains: Collection[Chain] = ()
    witness_keys: Collection[note.VerifierKey] = ()
    log_keys: Collection[note.VerifierKey] = ()


def read_trust(
    orchestrator_keys: Iterable[str] | None,
    settlement_keys: Iterable[str] | None,
    beacon_keys: Iterable[str] | None,
    chains: Iterable[str] | None,
    witness_keys: Iterable[str] | None,
    log_keys: Iterable[str] | None,
) -> Trust:
    """Return what the options of a command name: keys in hex, files of drand's /info, vkeys.

    Raises UnreadableInputError for what is no key and no chain, and a witness's key that states no
    time.
    """
    return Trust(
        [signing.read_public_key(key) for key in orchestrator_keys or ()],
        [signing.read_public_key(key) for key in settlement_keys or ()],
        [signing.read_public_key(key) for key in beacon_keys or ()],
        [_read_chain(source) for source in chains or ()],
        [_read_vkey(key, note.COSIGNATURE_V1, "a witness") for key in witness_keys or ()],
        [_read_vkey(key, note.ED25519, "a log") for key in log_keys or ()],
    )


def _read_chain(source: str) -> Chain:
    document = read_document(source, "the chain's /info")
    try:
        if document.ambiguous:
            raise ValueError("; ".join(document.ambiguous))
        return chain_from_info(document.value)
    except ValueError as error:
        raise UnreadableInputError(f"{source}: {error}") from None


def _read_vkey(text: str, kind: int, whose: str) -> note.VerifierKey:
    try:
        key = note.read_vkey(text)
    except ValueError as error:
        raise UnreadableInputError(str(error)) from None
    if key.kind != kind:
        raise UnreadableInputError(f"the vkey of {whose} has type {kind}, this one {key.kind}")
    return key
