"""What logical decoding says of inserted rows: messages of plugin pgoutput, protocol version 1.

Source: PostgreSQL, "Logical Replication Message Formats". Integers are big-endian.
"""

import struct
from collections.abc import Mapping


class InsertDecoder:
    """Turns the messages of one stream into rows."""

    def __init__(self) -> None:
        self._columns: dict[int, tuple[str, ...]] = {}

    def read(self, message: bytes) -> Mapping[str, str | None] | None:
        """The row of an insert, every value as text; None for any other message.

        Transactions come whole, after their commit, in the order of the commits.
        """
        if message[:1] == b"R":
            self._describe(message)
        elif message[:1] == b"I":
            columns = self._columns[_u32(message, 1)]
            return dict(zip(columns, _tuple(message, 6), strict=True))
        return None

    def _describe(self, message: bytes) -> None:
        # After the table's id its schema and name.
        _schema, at = _text(message, 5)
        _name, at = _text(message, at)
        # One octet of replica identity, then the number of columns.
        columns: list[str] = []
        count = _u16(message, at + 1)
        at += 3
        for _ in range(count):
            column, at = _text(message, at + 1)
            columns.append(column)
            at += 8
        self._columns[_u32(message, 1)] = tuple(columns)


def _tuple(message: bytes, at: int) -> list[str | None]:
    values: list[str | None] = []
    count = _u16(message, at)
    at += 2
    for _ in range(count):
        kind = message[at : at + 1]
        at += 1
        if kind != b"t":
            # NULL; an unchanged value ("u") is of updates only.
            values.append(None)
            continue
        length = _u32(message, at)
        at += 4
        values.append(message[at : at + length].decode())
        at += length
    return values


def _text(message: bytes, at: int) -> tuple[str, int]:
    end = message.index(0, at)
    return message[at:end].decode(), end + 1


def _u16(message: bytes, at: int) -> int:
    value: int = struct.unpack_from(">H", message, at)[0]
    return value


def _u32(message: bytes, at: int) -> int:
    value: int = struct.unpack_from(">I", message, at)[0]
    return value
