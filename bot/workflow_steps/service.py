"""What steps of workflows do.

A workflow says which channel it means and who somebody is, and Slack does not show that they are there. So it can use
what everybody in the workspace can: open projects.
"""

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller, Project
from bot.engine.ports import Engine
from bot.errors import NotAllowed, NothingToDo
from bot.labelling.session import LabellingSession
from bot.projects.repositories.access import Access, alone
from bot.projects.repositories.projects import Projects
from bot.recognition.service import Recognition
from bot.recognition.values import NoModelYet
from bot.workflow_steps.values import AddToQueue, FindEntities, FoundEntity, QueueAdded, StepRun

SOURCE = "workflow"
"""Where a sentence comes from that a workflow added."""
_NOBODY = "workflow"
"""Who asks where nobody in particular does: no person of Slack's, so that they see open projects only."""
_CLOSED = (
    "The project of this channel is closed: only people in its channels can use it, and Slack does not show who a "
    "workflow acts for. Choose a channel with an open project."
)
_NO_MODEL = "This project has no model yet. Label some sentences and type /train in its channel."

_ADDED: JsonForm[QueueAdded] = JsonForm(QueueAdded)


class WorkflowSteps:
    """Carries steps out. All raise what PersonError and the others say, in words for people."""

    def __init__(self, store: Store, engine: Engine, recognition: Recognition) -> None:
        self._store = store
        self._engine = engine
        self._recognition = recognition

    async def find(self, step: FindEntities) -> tuple[FoundEntity, ...]:
        """The entities of the texts, by the live model of the project; nothing of them is kept."""
        project = await self._project(step.run, _NOBODY)
        caller = self._caller(step.run, project, _NOBODY)
        answer = await self._recognition.find(caller, step.texts)
        if isinstance(answer, NoModelYet):
            raise NothingToDo(_NO_MODEL)
        return tuple(
            FoundEntity(
                each.text[span.start : span.end],
                span.label,
                number,
                span.start,
                span.end,
                None if score is None else round(score, 4),
            )
            for number, each in enumerate(answer.texts, start=1)
            for span, score in zip(each.found.spans, each.found.confidences, strict=True)
            if step.label is None or span.label.casefold() == step.label.casefold()
        )

    async def add(self, step: AddToQueue) -> QueueAdded:
        """Store the sentences; those that the project has are not added again."""
        project = await self._project(step.run, step.person)
        caller = self._caller(step.run, project, step.person)
        async with self._store.reading(caller.workspace) as tx:
            language = await Projects(tx).language(project.id)
        plain = [text.text for text in step.texts]
        tokens = await self._engine.tokens(plain, language=language)
        async with self._store.writing(caller.workspace) as tx:
            session = await LabellingSession.open(tx, caller, tx.clock())

            async def work() -> QueueAdded:
                numbers, new = [], 0
                for text, its in zip(plain, tokens, strict=True):
                    sentence, is_new = await session.add(text, its, source=SOURCE)
                    numbers.append(sentence.id)
                    new += is_new
                return QueueAdded(tuple(numbers), new)

            return await once(tx, caller.request, _ADDED, work)

    async def _project(self, run: StepRun, person: str) -> Project:
        """The project of the channel, where everybody may use it."""
        asker = Caller(run.workspace, run.channel, _NOBODY, run.execution)
        async with self._store.reading(run.workspace) as tx:
            project = await Access(tx).of(asker)
            seen = set(await Access(tx).seen(alone(run.workspace, _NOBODY)))
            if person != _NOBODY:
                # Guests of other workspaces see fewer.
                seen &= set(await Access(tx).seen(alone(run.workspace, person)))
        if project is None:
            raise NothingToDo(_NO_MODEL)
        if project not in seen:
            raise NotAllowed(_CLOSED)
        return project

    def _caller(self, run: StepRun, project: Project, person: str) -> Caller:
        return Caller(run.workspace, run.channel, person, run.execution, project_id=project.id)
