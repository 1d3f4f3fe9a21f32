"""Protobuf messages, taken apart and put together: see https://protobuf.dev/programming-guides/encoding/."""

import struct
from collections.abc import Iterator


def members(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """The contents of the fields of one number in a protobuf message."""
    return (content for number, _, content in fields(message) if number == wanted)


def fields(message: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """A protobuf message's fields: number, the whole field, its content if it tells its length.

    See https://protobuf.dev/programming-guides/encoding/. Raises IndexError, ValueError.
    """
    at = 0
    while at < len(message):
        start = at
        key, at = varint(message, at)
        kind = key & 7
        length = 0
        if kind == 2:
            length, at = varint(message, at)
        elif kind == 0:
            _, at = varint(message, at)
        elif kind in {1, 5}:
            at += 8 if kind == 1 else 4
        else:
            raise ValueError(kind)
        content = message[at : at + length]
        at += length
        yield key >> 3, message[start:at], content


def varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number that begins at a place, and where it ends. Raises IndexError."""
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def field(number: int, content: bytes) -> bytes:
    """A field with a content of its own length: a text, bytes, a message."""
    return opening(number, len(content)) + content


def opening(number: int, length: int) -> bytes:
    """What stands before the content of such a field."""
    return _varint(number << 3 | 2) + _varint(length)


def whole_number(number: int, value: int) -> bytes:
    """A field that is an integer, of 64 bits where it is negative."""
    return _varint(number << 3) + _varint(value % 2**64)


def real_number(number: int, value: float) -> bytes:
    """A field that is a float of 32 bits."""
    return _varint(number << 3 | 5) + struct.pack("<f", value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
