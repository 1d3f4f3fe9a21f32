"""The plan of a bulk prediction: made from the objects as they are, and kept beside the output. All calls block."""

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter

from bot.bulk.places import Source, local_file
from bot.bulk.values import PLAN, Input, Plan, Shard
from bot.errors import NothingToDo, ObjectAbsent, SettingsError
from bot.objects.ports import ObjectStore
from ner_engine.model_files.manifest import MANIFEST

_PLAN = TypeAdapter(Plan)


def make_plan(source: Source, model: Path, *, shard: int) -> Plan:
    """Read everything once, and say where each shard begins. Raises NothingToDo, SettingsError, ObjectsUnavailable."""
    objects = source.objects()
    keys = sorted(each.key for each in objects.list() if source.is_meant(each.key))
    if not keys:
        raise NothingToDo(f"--in: no .jsonl or .txt of {source.pattern} is at {source.address}")
    inputs, shards = list[Input](), list[Shard]()
    with tempfile.TemporaryDirectory(prefix="nerbot-bulk-") as folder:
        for number, key in enumerate(keys):
            file = local_file(source.address, key)
            if file is None:
                file = Path(folder) / "input"
                file.unlink(missing_ok=True)
                objects.get(key, file)
            found, digest = _pieces(file, shard)
            inputs.append(Input(key, file.stat().st_size, digest))
            stem = key.rpartition(".")[0]
            shards += [
                Shard(number, start, size, lines, f"{stem}-{place:05}.jsonl")
                for place, (start, size, lines) in enumerate(found)
            ]
    _refuse_twins(shards)
    return Plan(_hash_of(model), shard, tuple(inputs), tuple(shards))


def _pieces(file: Path, shard: int) -> tuple[list[tuple[int, int, int]], str]:
    digest, found = hashlib.sha256(), list[tuple[int, int, int]]()
    start = at = lines = 0
    with file.open("rb") as read:
        for raw in read:
            digest.update(raw)
            at += len(raw)
            lines += bool(raw.strip())
            if lines == shard:
                found.append((start, at - start, lines))
                start, lines = at, 0
    if lines:
        found.append((start, at - start, lines))
    return found, digest.hexdigest()


def _refuse_twins(shards: list[Shard]) -> None:
    """`a.txt` and `a.jsonl` would write over each other."""
    seen = set[str]()
    for shard in shards:
        if shard.target in seen or shard.target == PLAN:
            raise SettingsError(f"--in: two files would be written to {shard.target}; rename one")
        seen.add(shard.target)


def _hash_of(model: Path) -> str:
    try:
        return hashlib.sha256((model / MANIFEST).read_bytes()).hexdigest()
    except OSError as error:
        raise SettingsError(f"{model} is not a model that nerbot train has made") from error


def keep_plan(target: ObjectStore, plan: Plan) -> None:
    """Keep the plan beside its output, or go on with an equal one. Raises SettingsError where there is another one,
    ObjectsUnavailable."""
    if not target.put_new(PLAN, _PLAN.dump_json(plan)) and read_plan(target) != plan:
        raise SettingsError(
            f"--out: what is at {target.place} was found by another model or in other sentences. Name another place, "
            "or remove it first"
        )


def read_plan(target: ObjectStore) -> Plan:
    """The plan that is kept beside the output; raises ObjectAbsent, ObjectsUnavailable."""
    try:
        return _PLAN.validate_json(target.read(PLAN))
    except ValueError as error:
        raise ObjectAbsent(f"{PLAN} at {target.place} is not a plan of nerbot's") from error


def missing(target: ObjectStore, plan: Plan) -> Iterator[int]:
    """The numbers of the shards that are not done."""
    done = {each.key for each in target.list()}
    return (n for n, shard in enumerate(plan.shards) if shard.target not in done)
