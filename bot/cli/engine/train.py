"""`nerbot train`: a model out of a file."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.encoders import chosen_encoder, encoder_names
from bot.cli.engine.scores import Data, finding_line, left_out, score_table
from bot.cli.terminal.output import AsJson, tell_json, tell_lines
from bot.cli.terminal.progress import Stages
from ner_engine.formats import read_data
from ner_engine.languages import find_language
from ner_engine.processes.processors import usable_processors
from ner_engine.recipes import DEFAULT_PRESET, RECIPES, has_teacher
from ner_engine.results import Progress
from ner_engine.settings import TrainingSettings
from ner_engine.spacy_alone import import_spacy

if TYPE_CHECKING:
    from ner_engine.training.result import Result


def add_train(commands: typer.Typer) -> None:
    """Make `train` known to a command line."""
    commands.command("train")(_train)


def _known_preset(name: str) -> str:
    if name not in RECIPES:
        raise typer.BadParameter(f"{name} is not one of {', '.join(sorted(RECIPES))}")
    return name


def _language(typed: str) -> str:
    found = find_language(typed)
    if found is None:
        raise typer.BadParameter(f"{typed} is not a language nerbot knows")
    return found


_Out = Annotated[Path, typer.Option(metavar="DIR", help="A new directory for the model.")]
_Preset = Annotated[
    str,
    typer.Option(
        metavar="|".join(sorted(RECIPES)),
        help="Which network learns.",
        callback=_known_preset,
        autocompletion=lambda: sorted(RECIPES),
    ),
]
_Seed = Annotated[int, typer.Option(metavar="N", help="Repeats a training.")]
_Base = Annotated[
    str | None,
    typer.Option(metavar="PIPELINE", help="An installed spaCy pipeline to stand beside."),
]
_Encoder = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|DIR",
        help="See nerbot encoders; a folder has model.onnx and tokenizer.json.",
        autocompletion=encoder_names,
    ),
]
_Language = Annotated[
    str,
    typer.Option(
        metavar="CODE",
        callback=_language,
        help="Of the texts: de, ja, xx for any (needless beside a base).",
    ),
]
_Unlabelled = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Sentences nobody labelled, for the preset fast; those of --data serve, too.",
    ),
]
_Vectors = Annotated[Path | None, typer.Option(metavar="DIR", help="Keep encoded texts here.")]


def _train(
    *,
    data: Data,
    out: _Out,
    preset: _Preset = DEFAULT_PRESET,
    seed: _Seed = 0,
    base: _Base = None,
    encoder: _Encoder = None,
    language: _Language = "en",
    unlabelled: _Unlabelled = None,
    vectors: _Vectors = None,
    as_json: AsJson = False,
) -> None:
    """Train a model on a file and save it.

    In: a file of labelled sentences.

    Out: the model, in a new directory; its cross-validated scores and what to look at in the data; how far it
    is, on stderr.
    """
    import_spacy()
    from ner_engine.encoder.vector_store import VectorStore  # noqa: PLC0415
    from ner_engine.training.result import Result  # noqa: PLC0415
    from ner_engine.training.run import run_steps  # noqa: PLC0415 spaCy comes here

    settings = TrainingSettings(
        preset=preset,
        seed=seed,
        base=base,
        language=language,
    )
    if settings.recipe.needs_encoder:
        settings = settings.over(_encoder(encoder))
    store = VectorStore(vectors) if vectors else None
    read = read_data(data)
    more = (*read.unlabelled, *_every_text(unlabelled)) if has_teacher(preset) else ()
    sys.stderr.writelines(left_out(read))
    result: Result | None = None
    with Stages() as stages:
        for value in run_steps(
            read.texts,
            settings,
            target=out,
            store=store,
            processes=usable_processors(),
            unlabelled=more,
        ):
            if isinstance(value, Result):
                result = value
            else:
                _tell_progress(stages, value)
    assert result is not None, "the last step of a training is its result"
    if as_json:
        tell_json(result.to_json())
    else:
        tell_lines(_result_lines(result, read.lines))


def _every_text(path: Path | None) -> Iterator[str]:
    if path is not None:
        read = read_data(path)
        yield from read.unlabelled
        yield from (annotated.text for annotated in read.texts)


def _encoder(name: str | None) -> str | None:
    chosen = chosen_encoder(name)
    if chosen.advice:
        sys.stderr.write(f"{chosen.advice}\n")
    return chosen.directory


def _tell_progress(stages: Stages, progress: Progress) -> None:
    so_far = "" if progress.f is None else f"F1 so far {100 * progress.f:.1f}"
    line = f"{100 * progress.done:3.0f} % {progress.stage}" + (f", {so_far}" if so_far else "")
    stages.tell(progress.stage, progress.done, line=line, note=so_far)


def _result_lines(result: "Result", lines: Sequence[int]) -> Iterator[str]:
    yield from result.notes
    yield f"Scored by {result.method} on {result.evaluation.sentences} finished sentences."
    if result.documents:
        yield f"{result.documents} documents were kept together: all learned from, or all scored."
    yield from score_table(result.evaluation, result.finer)
    if result.outlook:
        yield result.outlook
    for finding in result.findings:
        yield finding_line(finding, lines)
