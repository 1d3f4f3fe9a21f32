"""Redaction: what the live model finds in texts is replaced in them, and nothing of them is kept."""

from collections.abc import Mapping, Sequence

from bot.db.database import Store
from bot.domain.project import Caller, Project
from bot.errors import EngineUnavailable, InvalidSetting, ModelUnsound, NotFound, TextRefused
from bot.projects.repositories.access import NO_PROJECT, Access
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.redaction.ports import FallBack, Marking
from bot.redaction.promises import check_promised
from bot.redaction.repository import Redactions
from bot.redaction.values import Redacted, RedactTexts
from ner_engine.annotation import label_key
from ner_engine.label_names import LabelNames
from ner_engine.redaction import (
    Marks,
    count,
    document_of,
    marked_documents,
    redact_all,
    style_of,
)

MOST_SENTENCES = 2_000
"""Of one request; they take some seconds."""


class Redaction:
    """Replaces entities by what tells nothing of them."""

    def __init__(self, store: Store, engine: Marking, models: FallBack) -> None:
        self._store, self._engine, self._models = store, engine, models

    async def redact(self, caller: Caller, asked: RedactTexts) -> Redacted | None:
        """The texts without what is masked; None before there is a model.

        Raises TextRefused where there is too much of them, InvalidSetting for labels the model was not taught,
        CannotPromise, and EngineUnavailable: where it cannot be said what is to be masked, there is no answer.
        """
        documents = [document_of(text) for text in asked.texts]
        texts = [text for document in documents for text in document.texts]
        if len(texts) > MOST_SENTENCES:
            raise TextRefused(
                f"These texts have {len(texts):,} sentences; at most {MOST_SENTENCES:,} can be redacted at once. "
                "Send them in parts."
            )
        project = await self._project(caller)
        async with self._store.reading(caller.workspace) as tx:
            live = await Projects(tx).live_version(project.id)
            renamed = await Labels(tx).renamed(project.id)
        if live is None:
            return None
        version, marks = await self._marks(caller, project, live, texts, asked, renamed)
        known = LabelNames(renamed.get(label, label) for label in marks.labels)
        chosen = _chosen(asked.labels, known, version)
        check_promised(marks.slip)
        redacted = redact_all(
            marked_documents(documents, marks.texts, chosen, names=renamed),
            style_of(asked.style, await self._key(caller, project, asked)),
            recurrences=asked.recurrences,
            together=asked.together,
        )
        return Redacted(version, redacted, count(redacted), marks.slip)

    async def renew_key(self, caller: Caller) -> None:
        """Make a new key: the pseudonyms from now on have nothing to do with those before."""
        project = await self._project(caller)
        async with self._store.writing(caller.workspace) as tx:
            await Redactions(tx).renew_key(project.id)

    async def _project(self, caller: Caller) -> Project:
        async with self._store.reading(caller.workspace) as tx:
            project = await Access(tx).of(caller)
        if project is None:
            raise NotFound(NO_PROJECT)
        return project

    async def _key(self, caller: Caller, project: Project, asked: RedactTexts) -> bytes:
        if asked.style != "pseudonym":
            return b""
        async with self._store.reading(caller.workspace) as tx:
            key = await Redactions(tx).key(project.id)
        if key is not None:
            return key
        async with self._store.writing(caller.workspace) as tx:
            return await Redactions(tx).ensure_key(project.id)

    async def _marks(
        self,
        caller: Caller,
        project: Project,
        live: int,
        texts: Sequence[str],
        asked: RedactTexts,
        renamed: Mapping[str, str],
    ) -> tuple[int, Marks]:
        """What is to be masked, by the live version alone: another one may know fewer labels."""
        labels = _as_taught(asked.labels, renamed)

        async def ask(version: int) -> tuple[int, Marks]:
            marks = await self._engine.marks(
                project.id, version, texts, labels=labels, promise=asked.slip
            )
            return version, marks

        try:
            return await ask(live)
        except ModelUnsound:
            instead = await self._models.fall_back(caller.workspace, project.id, live)
            if instead is None:
                raise EngineUnavailable(
                    f"Model {live} is damaged and there is no other model to use. /train makes a new one."
                ) from None
            return await ask(instead)


def _as_taught(labels: frozenset[str] | None, renamed: Mapping[str, str]) -> tuple[str, ...] | None:
    """The labels by their names of now and before."""
    if labels is None:
        return None
    keys = {label_key(label) for label in labels}
    before = {then for then, now in renamed.items() if label_key(now) in keys}
    return tuple(sorted(labels | before))


def _chosen(
    labels: frozenset[str] | None, known: LabelNames, version: int
) -> frozenset[str] | None:
    """The labels that are masked, as the project writes them."""
    if labels is None:
        return None
    found = {label: known.find(label) for label in labels}
    unknown = sorted(label for label, name in found.items() if name is None)
    if unknown:
        raise InvalidSetting(
            f"Model {version} was not taught {', '.join(unknown)}, so it cannot be masked. Train with some sentences "
            "that have it."
        )
    return frozenset(name for name in found.values() if name is not None)
