"""When a person is told that a model finds what they corrected; the database is real, the models are played."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.db.served import EVERY_WORKSPACE
from bot.domain.project import Annotation
from bot.domain.runs import Model, NewRun, RunReason, RunState
from bot.domain.steps import AnnotationState, StepKind
from bot.errors import EngineUnavailable
from bot.jobs.background import Background
from bot.labelling.repositories.annotations import Annotations
from bot.models.repositories.models import Models
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.recognition import corrections
from bot.recognition.corrections import RETRY, CorrectionNotices
from bot.recognition.repository import Corrections, CorrectionsToAsk
from bot.recognition.values import Learned
from bot.team.repositories.visits import Visits
from ner_engine.annotation import Prediction, Span
from tests.support.opening import open_database, tables_in
from tests.support.patience import patient

HERE, ANN, BEN = "T1", "U0ANN", "U0BEN"
FEVER = Span(0, 5, "SYMPTOM")


@dataclass
class Engine:
    """Models that find the fever in every sentence, from one version on."""

    finds_from: int = 2
    label: str = "SYMPTOM"
    is_down: bool = False
    questions: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    async def predict(
        self, project_id: int, version: int, texts: Sequence[str], *, person: str = ""
    ) -> list[Prediction]:
        del project_id, person
        if self.is_down:
            raise EngineUnavailable("down")
        self.questions.append((version, tuple(texts)))
        spans = (Span(0, 5, self.label),) if version >= self.finds_from else ()
        return [Prediction(spans, (0.9,) * len(spans)) for _ in texts]


@dataclass
class Told:
    """Remembers what people were told."""

    learned: list[Learned] = field(default_factory=list)
    breaks: bool = False

    async def tell_learned(self, workspace: str, learned: Learned) -> None:
        del workspace
        if self.breaks:
            raise RuntimeError("killed")
        self.learned.append(learned)

    @property
    def words(self) -> list[tuple[str, int, tuple[str, ...]]]:
        """Who was told of which model, and of which sentences."""
        return [
            (each.person, each.version, tuple(c.sentence.text for c in each.corrections))
            for each in self.learned
        ]


@dataclass
class Time:
    """A clock that goes on a second whenever it is read."""

    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Seconds:
    """A monotonic clock that is moved."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Bot:
    """One bot process, as far as corrections go."""

    store: Store
    corrections: CorrectionNotices
    background: Background
    engine: Engine
    told: Told
    time: Time
    seconds: Seconds

    async def looks(self) -> None:
        """What nerbot does every few seconds, to its end."""
        await self.corrections.look()
        while self.background._tasks:
            await next(iter(self.background._tasks))

    async def corrects(self, *texts: str, person: str = ANN, version: int = 1) -> None:
        """A person finishes sentences in which the version did not find the fever."""
        async with self.store.writing(HERE) as tx:
            project = await Projects(tx).ensure_default()
            await Labels(tx).add(project.id, "SYMPTOM", person=ANN)
            for text in texts:
                tokens = ((0, 5), (6, len(text)))
                sentence, _ = await Sentences(tx).add(
                    project.id, text, tokens, person=person, source="ner"
                )
                before = Annotation(sentence, person)
                state = AnnotationState((FEVER,), finished=True)
                step = await Annotations(tx).change(
                    project.id, before, StepKind.FINISHED, state, request=text
                )
                await Corrections(tx).put(
                    project.id, sentence.id, person, version=version, step_id=step.id
                )

    async def trains(self, version: int) -> None:
        """A version goes live."""
        async with self.store.writing(HERE) as tx:
            project = await Projects(tx).ensure_default()
            new = NewRun(project.id, RunReason.COMMAND, "cnn", ANN, "C1")
            run = await Runs(tx).claim(new, owner="box:1:a", lease=timedelta(minutes=1))
            assert run is not None
            await Models(tx).add(Model(project.id, version, (), self.time()), run_id=run.id)
            await Runs(tx).end(run.id, RunState.SUCCEEDED, version=version)
            live = await Projects(tx).live_version(project.id)
            await Models(tx).set_live(project.id, version, expected=live, person=ANN)


@asynccontextmanager
async def process(folder: Path, time: Time) -> AsyncIterator[Bot]:
    """A bot without its Slack; several may stand on one database."""
    engine, told = Engine(), Told()
    url, seconds = tables_in(folder), Seconds()
    async with open_database(url) as database, Background(grace=patient(5)) as background:
        store = Store(database, time)
        service = CorrectionNotices(
            store,
            CorrectionsToAsk(database, EVERY_WORKSPACE),
            cast("Any", engine),
            cast("Any", told),
            background,
            monotonic=seconds,
        )
        yield Bot(store, service, background, engine, told, time, seconds)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """One in which model 1 is live."""
    async with process(tmp_path, Time()) as bot:
        await bot.trains(1)
        yield bot


async def test_each_person_gets_one_message_a_model_with_all_it_finds_of_theirs(bot: Bot) -> None:
    await bot.corrects("fever one", "fever two")
    await bot.corrects("fever two", "fever six", person=BEN)
    await bot.looks()
    assert bot.engine.questions == []  # model 1 was wrong itself
    await bot.trains(2)
    await bot.looks()
    await bot.looks()
    assert sorted(bot.told.words) == [
        (ANN, 2, ("fever two", "fever one")),
        (BEN, 2, ("fever six", "fever two")),
    ]
    await bot.trains(3)
    await bot.looks()
    assert len(bot.told.words) == 2


async def test_what_a_model_does_not_find_waits_for_one_that_does(bot: Bot) -> None:
    bot.engine.finds_from = 3
    await bot.corrects("fever one")
    for version in (2, 3):
        await bot.trains(version)
        await bot.looks()
        await bot.looks()
    assert [version for version, _ in bot.engine.questions] == [2, 3]
    assert bot.told.words == [(ANN, 3, ("fever one",))]


async def test_a_label_that_was_renamed_since_the_training_is_compared_under_its_new_name(
    bot: Bot,
) -> None:
    await bot.corrects("fever one")
    async with bot.store.writing(HERE) as tx:
        project = await Projects(tx).ensure_default()
        await Labels(tx).rename(project.id, "SYMPTOM", "SIGN", person=ANN)
    await bot.trains(2)
    await bot.looks()
    (learned,) = bot.told.learned
    assert learned.corrections[0].spans == (Span(0, 5, "SIGN"),)


@pytest.mark.parametrize("jump", [timedelta(), timedelta(days=1), -timedelta(days=1)], ids=str)
async def test_an_engine_that_is_down_is_asked_again_after_a_while_however_the_clock_jumps(
    bot: Bot, caplog: pytest.LogCaptureFixture, jump: timedelta
) -> None:
    await bot.corrects("fever one")
    await bot.trains(2)
    bot.engine.is_down = True
    await bot.looks()
    assert "could not be looked at" in caplog.text
    bot.engine.is_down = False
    bot.time.now += jump
    await bot.looks()
    assert bot.told.words == []
    bot.seconds.now += RETRY.total_seconds()
    await bot.looks()
    assert bot.told.words == [(ANN, 2, ("fever one",))]


async def test_a_word_that_is_lost_on_the_way_is_not_said_twice(bot: Bot) -> None:
    await bot.corrects("fever one")
    await bot.trains(2)
    bot.told.breaks = True
    with pytest.raises(RuntimeError, match="killed"):
        await bot.corrections.tell(HERE, 1)
    bot.told.breaks = False
    await bot.looks()
    assert bot.told.words == []


async def test_two_processes_tell_once(bot: Bot, tmp_path: Path) -> None:
    await bot.corrects("fever one")
    await bot.trains(2)
    async with process(tmp_path, bot.time) as other:
        await bot.corrections.look()
        await other.looks()
        await bot.looks()
        assert len(bot.told.words + other.told.words) == 1


async def test_only_the_newest_are_asked_about_a_few_at_a_time(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "NEWEST", 6)
    await bot.corrects(*(f"fever {number}" for number in range(8)))
    await bot.trains(2)
    await bot.looks()
    await bot.looks()
    assert [len(texts) for _, texts in bot.engine.questions] == [4, 2]
    ((_, _, texts),) = bot.told.words
    assert texts == tuple(f"fever {number}" for number in (7, 6, 5, 4, 3, 2))


async def test_whoever_ends_the_messages_while_a_model_is_asked_gets_none(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.corrects("fever one")
    await bot.trains(2)
    asked = bot.engine.predict

    async def ends_them(*question: Any) -> list[Prediction]:
        async with bot.store.writing(HERE) as tx:
            await Visits(tx).set_notices(ANN, on=False)
        return await asked(*question)

    monkeypatch.setattr(bot.engine, "predict", ends_them)
    await bot.looks()
    monkeypatch.undo()
    async with bot.store.writing(HERE) as tx:
        await Visits(tx).set_notices(ANN, on=True)
    await bot.looks()
    assert bot.told.words == []
    await bot.trains(3)
    await bot.looks()
    assert bot.told.words == [(ANN, 3, ("fever one",))]


async def test_the_project_is_named_where_there_are_several(bot: Bot) -> None:
    await bot.corrects("fever one")
    async with bot.store.writing(HERE) as tx:
        await Projects(tx).add("trials", person=ANN)
    await bot.trains(2)
    await bot.looks()
    assert bot.told.learned[0].project == "default"
