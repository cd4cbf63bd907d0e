"""Secrets: made once, readable by one user, shown to nobody."""

import copy
import os
import pickle
import stat
import traceback
from pathlib import Path

import pytest

from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness import signing
from pypot_cli.game import GAME
from pypot_cli.keys import (
    KeyPurpose,
    Secret,
    describe_key,
    load_secret,
    load_secret_from,
    new_secret,
    write_new_secret,
)

DIGITS = "00112233445566778899aabbccddeeff" * 2


def private_file(file: Path, content: str, mode: int = 0o600) -> Path:
    file.write_text(content)
    file.chmod(mode)
    return file


def test_a_secret_is_not_shown_by_anything_that_prints_it() -> None:
    secret = Secret(bytes.fromhex(DIGITS))
    shown = [repr(secret), str(secret), f"{secret}", f"{[secret]}", "%s" % secret]  # noqa: UP031
    assert set(shown) == {"Secret(...)", "[Secret(...)]"}
    assert not hasattr(secret, "__dict__")
    assert secret.reveal().hex() == DIGITS


def test_a_secret_is_neither_copied_nor_pickled_nor_hashed() -> None:
    secret = new_secret()
    for leak in (copy.copy, copy.deepcopy, pickle.dumps, hash):
        with pytest.raises(TypeError):
            leak(secret)


def test_secrets_are_compared_by_value_and_new_ones_differ() -> None:
    assert Secret(bytes.fromhex(DIGITS)) == Secret(bytes.fromhex(DIGITS))
    assert new_secret() != new_secret()
    assert new_secret() != bytes.fromhex(DIGITS)


@pytest.mark.parametrize("value", [b"", b"\x01" * 31, b"\x01" * 33, bytes(32)])
def test_a_short_a_long_and_an_all_zero_secret_are_refused(value: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes and not all zero"):
        Secret(value)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_new_key_is_readable_by_its_owner_alone(tmp_path: Path, umask: int) -> None:
    (tmp_path / "keys").mkdir()
    file = tmp_path / "keys" / "orchestrator.key"
    before = os.umask(umask)
    try:
        secret = write_new_secret(file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == f"{secret.reveal().hex()}\n"
    assert load_secret(str(file)) == secret


def test_a_missing_directory_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    write_new_secret(tmp_path / "keys" / "a.key")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    file = private_file(tmp_path / "a.key", "precious")
    with pytest.raises(PypotError, match="exists: move it away"):
        write_new_secret(file)
    assert file.read_text() == "precious"


def test_a_key_is_not_written_through_a_dangling_link(tmp_path: Path) -> None:
    link = tmp_path / "a.key"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PypotError, match="exists"):
        write_new_secret(link)
    assert not (tmp_path / "elsewhere").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocker = private_file(tmp_path / "file", "")
    with pytest.raises(PypotError, match=r"cannot make .*file: File exists"):
        write_new_secret(blocker / "a.key")


def test_a_disk_that_fills_up_leaves_no_half_key_behind() -> None:
    # /dev/full cannot be created exclusively, so the same code meets a limit on file size instead.
    pid = os.fork()
    if pid == 0:  # pragma: no cover - the child
        os._exit(_write_with_no_room())
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def _write_with_no_room() -> int:
    import resource
    import signal
    import tempfile

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with tempfile.TemporaryDirectory() as directory:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        try:
            write_new_secret(Path(directory) / "a.key")
        except PypotError as error:
            return 0 if "cannot write" in str(error) and not any(Path(directory).iterdir()) else 2
        return 3


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_file_of_ours_is_read(tmp_path: Path, ending: str, mode: int) -> None:
    file = private_file(tmp_path / "a.key", DIGITS + ending, mode)
    assert load_secret(str(file)).reveal().hex() == DIGITS


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o602, 0o620, 0o700, 0o660, 0o4600])
def test_a_key_file_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    file = private_file(tmp_path / "a.key", DIGITS)
    file.chmod(mode)
    with pytest.raises(UnreadableInputError, match="open to others: chmod 600"):
        load_secret(str(file))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_file_of_another_user_is_refused(tmp_path: Path) -> None:
    file = private_file(tmp_path / "a.key", DIGITS)
    os.chown(file, 65534, 65534)
    with pytest.raises(UnreadableInputError, match="belongs to another user"):
        load_secret(str(file))


def test_a_directory_and_a_pipe_are_no_key_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(UnreadableInputError, match="Is a directory"):
        load_secret(str(tmp_path))
    with pytest.raises(UnreadableInputError, match="not a regular file"):
        load_secret(str(tmp_path / "pipe"))


BROKEN = {
    "empty": "",
    "short": DIGITS[:-1],
    "long": DIGITS + "0",
    "upper case": DIGITS.upper(),
    "two lines": DIGITS + "\n\n",
    "spaces": f" {DIGITS}",
    "not hex": "z" * 64,
    "all zero": "0" * 64,
    "a megabyte": DIGITS * 16384,
    "not ASCII": "\u00e9" * 32,
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_not_a_secret_is_refused_and_not_shown(tmp_path: Path, content: str) -> None:
    file = private_file(tmp_path / "a.key", content)
    for source, environment in ((str(file), {}), ("env:KEY", {"KEY": content})):
        with pytest.raises(UnreadableInputError, match="does not hold a secret") as raised:
            load_secret(source, environment)
        told = "".join(traceback.format_exception(raised.value))
        assert content.strip()[:16] not in told or not content.strip()


def test_a_secret_comes_from_the_environment() -> None:
    assert load_secret("env:MY_KEY", {"MY_KEY": DIGITS}).reveal().hex() == DIGITS
    with pytest.raises(UnreadableInputError, match="variable MY_KEY is not set"):
        load_secret("env:MY_KEY", {})


@pytest.mark.parametrize("source", [f"env:{DIGITS}", DIGITS, "env:", "env:A B", "\0"])
def test_a_key_pasted_in_place_of_its_source_is_not_shown(source: str) -> None:
    with pytest.raises(UnreadableInputError) as raised:
        load_secret(source, {})
    assert DIGITS[:16] not in "".join(traceback.format_exception(raised.value))


def test_an_unset_variable_is_named_and_so_is_one_whose_source_is_broken(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInputError, match="set PYPOT_SETTLEMENT_KEY to the path"):
        load_secret_from("PYPOT_SETTLEMENT_KEY", {})
    environment = {"PYPOT_SETTLEMENT_KEY": str(tmp_path / "gone.key")}
    with pytest.raises(UnreadableInputError, match=r"^PYPOT_SETTLEMENT_KEY: cannot open .*gone"):
        load_secret_from("PYPOT_SETTLEMENT_KEY", environment)
    file = private_file(tmp_path / "a.key", DIGITS)
    environment = {"PYPOT_SETTLEMENT_KEY": str(file)}
    assert load_secret_from("PYPOT_SETTLEMENT_KEY", environment).reveal().hex() == DIGITS


def test_a_key_is_described_by_its_public_half_and_a_kid_for_each_purpose() -> None:
    secret, file = Secret(bytes.fromhex(DIGITS)), Path("a.key")
    key = signing.public_key(secret.reveal())
    assert describe_key(file, secret, KeyPurpose.SETTLEMENT) == {
        "file": "a.key",
        "public_key": key.hex(),
        "kid settlement": signing.kid("settlement", key, GAME),
    }
    assert list(describe_key(file, secret, None)) == [
        "file",
        "public_key",
        "kid orchestrator",
        "kid settlement",
        "kid beacon",
    ]
    assert describe_key(file, secret, KeyPurpose.SEED_MASTER) == {"file": "a.key"}
