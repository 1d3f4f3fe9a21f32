"""MessagePack, as far as spaCy writes it: values only, nothing that is executed. https://github.com/msgpack/msgpack"""

import struct
from typing import Any

_DEPTH = 64
_FIXED = dict(
    zip(
        range(0xCA, 0xD4), (">f", ">d", ">B", ">H", ">I", ">Q", ">b", ">h", ">i", ">q"), strict=True
    )
)
_PLAIN = {0xC0: None, 0xC2: False, 0xC3: True}
_SIZED = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}
_MANY = {0xDC: ">H", 0xDD: ">I", 0xDE: ">H", 0xDF: ">I"}


class NotMsgpack(ValueError):
    """These bytes are no MessagePack."""


def unpack(data: bytes) -> Any:
    """The value. Raises NotMsgpack."""
    try:
        value, end = _read(data, 0, 0)
    except (struct.error, IndexError, UnicodeDecodeError, TypeError) as error:
        raise NotMsgpack from error
    if end != len(data):
        raise NotMsgpack
    return value


def _read(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > _DEPTH:
        raise NotMsgpack
    code = data[at]
    at += 1
    if code < 0xC0 or code >= 0xE0:
        return _short(data, at, code, depth)
    if code in _PLAIN:
        return _PLAIN[code], at
    if form := _FIXED.get(code):
        return struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)
    form = _SIZED.get(code) or _MANY.get(code)
    if form is None:
        raise NotMsgpack
    (length,) = struct.unpack_from(form, data, at)
    at += struct.calcsize(form)
    if code <= 0xC6:
        return _bytes(data, at, length), at + length
    if code <= 0xDB:
        return _text(data, at, length)
    return (_list if code <= 0xDD else _map)(data, at, length, depth)


def _short(data: bytes, at: int, code: int, depth: int) -> tuple[Any, int]:
    """What tells its kind and its length, or its value, in one byte."""
    if code < 0x80:
        return code, at
    if code >= 0xE0:
        return code - 256, at
    if code < 0x90:
        return _map(data, at, code & 15, depth)
    if code < 0xA0:
        return _list(data, at, code & 15, depth)
    return _text(data, at, code & 31)


def _bytes(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise NotMsgpack
    return data[at : at + length]


def _text(data: bytes, at: int, length: int) -> tuple[str, int]:
    return _bytes(data, at, length).decode(), at + length


def _list(data: bytes, at: int, length: int, depth: int) -> tuple[list[Any], int]:
    if length > len(data) - at:
        raise NotMsgpack
    found = []
    for _ in range(length):
        value, at = _read(data, at, depth + 1)
        found.append(value)
    return found, at


def _map(data: bytes, at: int, length: int, depth: int) -> tuple[dict[Any, Any], int]:
    if 2 * length > len(data) - at:
        raise NotMsgpack
    found = {}
    for _ in range(length):
        key, at = _read(data, at, depth + 1)
        found[key], at = _read(data, at, depth + 1)
    return found, at


def head(kind: str, length: int) -> bytes:
    """What stands in front of a ``map``, ``list``, ``str`` or ``bin`` of so many members or bytes."""
    code = {"map": 0xDF, "list": 0xDD, "str": 0xDB, "bin": 0xC6}[kind]
    return struct.pack(">BI", code, length)


def packed_text(text: str) -> bytes:
    """A text."""
    data = text.encode()
    return head("str", len(data)) + data
