"""Encode the corpora, or teach the columns and write them down."""

import argparse
import hashlib
import json
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from benchmarks.columns.teach import Layer, Plan, teach
from benchmarks.columns.vectors import Taught, choose_all, encode_all, read_all
from ner_engine.encoder.choice import choose_encoder
from ner_engine.encoder.columns import ColumnsCard, TeachingCorpus
from ner_engine.encoder.files import card_of


def main() -> None:
    """Do one of the two steps."""
    parser = argparse.ArgumentParser(description="Teach columns over an encoder's vectors.")
    parser.add_argument("--encoder", default="mpnet", help="an encoder's name or folder")
    steps = parser.add_subparsers(dest="step", required=True)
    encode = steps.add_parser("encode", help="choose sentences and compute their vectors")
    encode.add_argument("clones", type=Path)
    encode.add_argument("work", type=Path)
    encode.add_argument("--without", type=Path, nargs="+", required=True)
    learn = steps.add_parser("teach", help="teach columns over those vectors")
    learn.add_argument("work", type=Path)
    learn.add_argument("out", type=Path)
    learn.add_argument(
        "name", help="such as mpnet-2; models keep the columns they were trained with"
    )
    for number in fields(Plan):
        kind = type(number.default)
        learn.add_argument(f"--{number.name.replace('_', '-')}", type=kind, default=number.default)
    options = parser.parse_args()
    directory = choose_encoder(options.encoder).directory
    if options.step == "encode":
        _encode(options, directory)
    else:
        plan = Plan(**{number.name: getattr(options, number.name) for number in fields(Plan)})
        _teach(read_all(options.work), plan, options.out / options.name, directory)


def _encode(options: argparse.Namespace, directory: str | None) -> None:
    chosen = list(choose_all(options.clones, options.without))
    print("| corpus | licence | repository | files | found | share eight words | taught |")
    print("|---|---|---|---|---|---|---|")
    for told, _ in chosen:
        columns = ("name", "licence", "repository", "files", "found", "shared", "sentences")
        print("| " + " | ".join(str(told[column]) for column in columns) + " |")
    options.work.mkdir(parents=True, exist_ok=True)
    encode_all(options.work, chosen, directory)


def _teach(taught: Taught, plan: Plan, stem: Path, directory: str | None) -> None:
    stem.parent.mkdir(parents=True, exist_ok=True)
    least = float("inf")
    for epoch, loss, layer in teach(taught, plan):
        print(f"epoch {epoch}: {loss:.4f} a held-out token", flush=True)
        if loss < least:
            least = loss
            _write(taught, layer, plan.height, stem, directory)


def _write(taught: Taught, layer: Layer, height: float, stem: Path, directory: str | None) -> None:
    """The weights in half precision, and a card."""
    path = stem.with_name(f"{stem.name}.npz")
    weights, bias = layer.weights.astype(np.float16), layer.bias.astype(np.float16)
    np.savez(path, weights=weights, bias=bias, height=np.float16(height))
    source = card_of(directory)
    told = [field.name for field in fields(TeachingCorpus)]
    card = ColumnsCard(
        name=stem.name,
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        encoders=(taught.encoder,),
        layer=source.layer,
        pooling=source.pooling,
        corpora=tuple(
            TeachingCorpus(**{name: corpus[name] for name in told}) for corpus in taught.corpora
        ),
    )
    stem.with_name(f"{stem.name}.json").write_text(
        json.dumps(asdict(card), indent=1) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
