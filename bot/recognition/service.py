"""Recognition: which entities the live model finds in a person's sentences, and what the person says to that."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.db.records.pending_actions import PendingActions
from bot.db.records.shown import Shown
from bot.domain.json_form import JsonForm
from bot.domain.project import Annotation, Caller, Project, ProjectCounts, Sentence
from bot.domain.runs import MIN_FINISHED
from bot.domain.steps import Step
from bot.engine.ports import Engine
from bot.errors import EngineUnavailable, ModelUnsound, ModelUnusable, NotFound, NothingToDo
from bot.labelling.knowledge import read_knowledge
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.steps import Steps
from bot.labelling.session import LabellingSession
from bot.models.lifecycle import ModelLifecycle
from bot.operations.allowance import Allowance
from bot.projects.repositories.access import Access
from bot.projects.repositories.projects import Projects
from bot.recognition.answer_writer import AnswerWriter
from bot.recognition.repository import Corrections
from bot.recognition.values import Answer, AnsweredText, NoModelYet, RecognitionAnswer
from bot.slack.text_normalization import CleanText
from ner_engine.annotation import Prediction

_ANSWER: JsonForm[Answer] = JsonForm(Answer)

SOURCE = "ner"
"""Where a sentence comes from that somebody asked about."""


class Recognition:
    """Answers /ner with the live model of the project, and keeps what people say is right."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        lifecycle: ModelLifecycle,
        answers: AnswerWriter,
        allowance: Allowance,
        *,
        today: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._engine = engine
        self._lifecycle = lifecycle
        self._answers = answers
        self._today = today
        self._allowance = allowance

    async def recognise(self, caller: Caller, texts: Sequence[CleanText]) -> RecognitionAnswer:
        """The entities in each text, by the model of the channel's project; NoModelYet where there is nothing to find
        them by; raises Busy for who asks too often."""
        await self._allowance.take(caller.workspace, caller.person)
        project, asked_at, found = await self._find(caller, texts)
        if project is None or isinstance(found, NoModelYet):
            return found
        return self._answers.keep(
            caller.workspace, project.id, caller.person, found, asked_at=asked_at
        )

    async def find(self, caller: Caller, texts: Sequence[CleanText]) -> RecognitionAnswer:
        """The same, for whoever is not asked back: nothing of it is kept, and it may be asked as often."""
        *_, found = await self._find(caller, texts)
        return found

    async def _find(
        self, caller: Caller, texts: Sequence[CleanText]
    ) -> tuple[Project | None, datetime, RecognitionAnswer]:
        """The project that is meant, when it was asked, and what is found."""
        plain = [text.text for text in texts]
        async with self._store.reading(caller.workspace) as tx:
            project, asked_at = await Access(tx).of(caller), tx.clock()
            if project is None:
                return None, asked_at, NoModelYet(ProjectCounts(), MIN_FINISHED)
            knowledge = await read_knowledge(tx, project.id)
            untaught = knowledge.version is None
            counts = await Annotations(tx).counts(project.id) if untaught else ProjectCounts()
            language = await Projects(tx).language(project.id)
        tokens = await self._engine.tokens(plain, language=language)
        sentences = [Sentence(0, *pair) for pair in zip(plain, tokens, strict=True)]
        version = knowledge.version
        damaged: tuple[int, ...] = ()
        absent: int | None = None
        if version is not None:
            raw, version, damaged, absent = await self._ask(caller, project.id, version, plain)
            found = [knowledge.as_now(*pair) for pair in zip(raw, sentences, strict=True)]
        else:
            found = await self._engine.recall(project.id, knowledge.phrases, sentences)
            if not any(prediction.spans for prediction in found):
                return project, asked_at, NoModelYet(counts, MIN_FINISHED)
        answered = zip(plain, tokens, found, strict=True)
        answer = Answer(
            version,
            tuple(AnsweredText(*item) for item in answered),
            cleaned=any(text.cleaned for text in texts),
            damaged=damaged,
            absent=absent,
        )
        return project, asked_at, answer

    async def _ask(
        self, caller: Caller, project_id: int, live: int, plain: Sequence[str]
    ) -> tuple[list[Prediction], int, tuple[int, ...], int | None]:
        """What is found, the version that found it, the live ones before it that were damaged, and the live one where
        it cannot be used here and another one stands in."""
        asker = f"{caller.workspace} {caller.person}"
        damaged: list[int] = []
        version: int | None = live
        while version is not None and version not in damaged:
            try:
                found = await self._engine.predict(project_id, version, plain, person=asker)
                return found, version, tuple(damaged), None
            except ModelUnsound:
                damaged.append(version)
                version = await self._lifecycle.fall_back(caller.workspace, project_id, version)
            except ModelUnusable:
                instead = await self._lifecycle.stand_in(caller.workspace, project_id, version)
                if instead is None:
                    raise
                found = await self._engine.predict(project_id, instead, plain, person=asker)
                return found, instead, tuple(damaged), version
        raise EngineUnavailable(
            f"Model {damaged[-1]} is damaged and there is no other model to use. /train makes a new one."
        )

    async def is_loading(self, caller: Caller) -> bool:
        """Whether a question asked now waits for its model to be loaded."""
        async with self._store.reading(caller.workspace) as tx:
            project = await Access(tx).of(caller)
            live = await Projects(tx).live_version(project.id) if project else None
        return bool(project and live and self._engine.is_loading(project.id, live))

    async def confirm(self, caller: Caller, answer_id: str, index: int) -> Answer:
        """[Right]: what was found becomes a finished annotation; once more it changes nothing."""
        await self._answers.settled(answer_id)
        async with self._store.writing(caller.workspace) as tx:

            async def work() -> Answer:
                session = await LabellingSession.open(tx, caller, self._today())
                answer, item = await find_answered(session, answer_id, index)
                if item.sentence_id is not None:
                    return answer
                sentence, is_new = await session.add(item.text, item.tokens, source=SOURCE)
                annotation = Annotation(sentence, caller.person)
                if not is_new:
                    annotation = await session.annotation(sentence)
                await session.create_labels(item.found.spans)
                card = await session.finish(annotation, item.found.spans)
                stored = await stored_as(session, item, annotation, card.annotation)
                await note_correction(session, answer.version, was=item, now=stored)
                return await keep_answered(session, answer, index, stored)

            return await once(tx, caller.request, _ANSWER, work)

    async def undo(self, caller: Caller, answer_id: str, index: int) -> Answer:
        """Undo what [Right] or [Fix] stored; raises NothingToDo where nothing is left to undo."""
        await self._answers.settled(answer_id)
        async with self._store.writing(caller.workspace) as tx:

            async def work() -> Answer:
                session = await LabellingSession.open(tx, caller, self._today())
                answer, item = await find_answered(session, answer_id, index)
                if item.sentence_id is None:
                    return answer
                undone = await _take_back(session, item, item.sentence_id)
                await note_correction(session, answer.version, was=item, now=undone)
                return await keep_answered(session, answer, index, undone)

            return await once(tx, caller.request, _ANSWER, work)

    async def share(self, caller: Caller, answer_id: str, index: int) -> tuple[Answer, bool]:
        """[Share]: note that a sentence is shown to the channel; with False where it was shared before."""
        await self._answers.settled(answer_id)
        is_new = False
        async with self._store.writing(caller.workspace) as tx:

            async def work() -> Answer:
                nonlocal is_new
                session = await LabellingSession.open(tx, caller, self._today())
                answer, item = await find_answered(session, answer_id, index)
                if item.shared:
                    return answer
                is_new = True
                return await keep_answered(session, answer, index, replace(item, shared=True))

            return await once(tx, caller.request, _ANSWER, work), is_new


async def _take_back(
    session: LabellingSession, item: AnsweredText, sentence_id: int
) -> AnsweredText:
    """The sentence of the answer without its last step; raises NothingToDo where another step followed."""
    steps = item.steps[:-1]
    undone = replace(item, sentence_id=None, spans=(), steps=steps)
    if not item.steps:
        return undone
    step = await _last_step(session, sentence_id)
    if step is None or step.id != item.steps[-1]:
        raise NothingToDo(
            f"Sentence #{sentence_id} was changed since; /label undo undoes your steps one by one."
        )
    state = await Steps(session.tx).undo(session.project_id, step, request=session.caller.request)
    await session.take_back_labels(step.request)
    if not steps:
        return undone
    return replace(item, spans=state.spans, finished=state.finished, steps=steps)


async def _last_step(session: LabellingSession, sentence_id: int) -> Step | None:
    return await Steps(session.tx).last_step(
        session.project_id, session.person, sentence_id=sentence_id
    )


async def find_answered(
    session: LabellingSession, answer_id: str, index: int
) -> tuple[Answer, AnsweredText]:
    """One sentence of an answer this person got; raises NotFound."""
    actions = PendingActions(session.tx)
    answer = await actions.get(session.project_id, session.person, answer_id, Answer)
    if answer is None or index >= len(answer.texts):
        raise NotFound(
            "This answer is too old or was given to somebody else; nothing was changed. Ask again with /ner."
        )
    return answer, answer.texts[index]


async def keep_answered(
    session: LabellingSession, answer: Answer, index: int, item: AnsweredText
) -> Answer:
    """Keep the answer with one of its sentences as it is now."""
    texts = (*answer.texts[:index], item, *answer.texts[index + 1 :])
    changed = replace(answer, texts=texts)
    await PendingActions(session.tx).change(session.project_id, session.person, changed)
    return changed


async def stored_as(
    session: LabellingSession, item: AnsweredText, before: Annotation, after: Annotation
) -> AnsweredText:
    """The sentence of the answer once it is stored; a step that changed nothing leaves nothing to undo."""
    steps = item.steps
    if (before.spans, before.finished) != (after.spans, after.finished):
        step = await _last_step(session, after.sentence.id)
        steps = (*steps, step.id) if step else steps
    return replace(
        item,
        sentence_id=after.sentence.id,
        spans=after.spans,
        finished=after.finished,
        steps=steps,
    )


async def note_correction(
    session: LabellingSession, version: int | None, *, was: AnsweredText, now: AnsweredText
) -> None:
    """Keep that a version was wrong about a sentence of its answer, or that it was not, as the person says now."""
    sentence_id = now.sentence_id or was.sentence_id
    if version is None or sentence_id is None:
        return
    await Shown(session.tx).note(session.project_id, session.person, sentence_id)
    corrections = Corrections(session.tx)
    if now.sentence_id is None or sorted(now.spans) == sorted(now.found.spans):
        await corrections.remove(session.project_id, sentence_id, session.person)
        return
    step = now.steps[-1] if now.steps else None
    await corrections.put(
        session.project_id, sentence_id, session.person, version=version, step_id=step
    )
