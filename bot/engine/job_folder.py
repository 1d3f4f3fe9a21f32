"""The folder of one training: what its process is given, and leaves."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from bot.domain.project import Gold
from bot.domain.runs import LearnedFrom, TrainingJob
from bot.engine.protocol import as_learned
from ner_engine.annotation import AnnotatedText
from ner_engine.formats.fingerprint import Fingerprint
from ner_engine.formats.json_lines import write_lines
from ner_engine.settings import TrainingSettings


async def write_gold(folder: Path, pages: AsyncIterator[Sequence[Gold]]) -> LearnedFrom:
    """Write what is learned from to a new folder as it comes, and count and hash it on the way: only one page of it
    is in memory. Whatever was in the folder is gone."""
    writer = await asyncio.to_thread(_GoldFiles, folder)
    try:
        with writer.files:
            async for page in pages:
                await asyncio.to_thread(writer.write, page)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return LearnedFrom(writer.finished, writer.fingerprint.hexdigest())


class _GoldFiles:
    """The sentences of a job a line each, and their ids beside them."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        self.finished = 0
        self.fingerprint = Fingerprint()
        with ExitStack() as files:
            self._gold, self._ids = (
                files.enter_context((folder / name).open("w", encoding="utf-8"))
                for name in ("gold.jsonl", "sentence_ids.txt")
            )
            self.files = files.pop_all()

    def write(self, page: Sequence[Gold]) -> None:
        texts = [as_learned(item) for item in page]
        for text in texts:
            self.fingerprint.add(text)
            self.finished += text.finished
        self._gold.writelines(write_lines(texts))
        self._ids.writelines(f"{item.sentence.id}\n" for item in page)


def write_unlabelled(folder: Path, texts: Sequence[str]) -> None:
    """Write sentences that nobody labelled beside the gold, a line each."""
    lines = write_lines(AnnotatedText(text, finished=False) for text in texts)
    with (folder / "unlabelled.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(lines)


def write_head(
    folder: Path,
    job: TrainingJob,
    live_model: Path | None,
    vectors: Path,
    encoder: str | None = None,
) -> None:
    """Write what else a job is told, beside its gold; `vectors` is where encoded texts are kept between jobs,
    `encoder` the folder of the encoder, None for the packaged one."""
    settings = TrainingSettings(preset=job.preset, seed=job.seed, language=job.language)
    head = {
        "settings": settings.over(encoder).to_json(),
        "live_model": str(live_model) if live_model else None,
        "live_version": job.live_version or 0,
        "vectors": str(vectors),
    }
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    (folder / "job.json").write_text(json.dumps(head), encoding="utf-8")
