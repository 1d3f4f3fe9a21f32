"""What others send is masked before it is stored, where a project's settings say so."""

from collections.abc import Mapping, Sequence

from bot.db.database import Store
from bot.errors import CannotMask
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.redaction.ports import Marking
from ner_engine.annotation import Span, label_key
from ner_engine.formats.raw.values import RawText
from ner_engine.redaction import Document, Marked, style_of
from ner_engine.redaction.raw_texts import Ours, readable, redact_raw


class Masking:
    """Masks labels that a project's settings name, by its live model and by what a file says itself."""

    def __init__(self, store: Store, engine: Marking) -> None:
        self._store, self._engine = store, engine

    async def __call__(
        self, workspace: str, project_id: int, texts: Sequence[RawText], ours: Ours
    ) -> Sequence[RawText]:
        """The texts as they can be stored.

        Raises EngineUnavailable where it cannot be said what is to be masked: then nothing is stored.
        """
        async with self._store.reading(workspace) as tx:
            wanted = (await Projects(tx).settings(project_id)).masked if project_id else ()
            if not wanted:
                return texts
            live = await Projects(tx).live_version(project_id)
            renamed = await Labels(tx).renamed(project_id)
        labels = tuple(renamed.get(label, label) for label in wanted)
        if live is None:
            raise CannotMask(
                f"This project masks {', '.join(labels)} before it stores a text, and has no model that finds them "
                "yet. Train one first, or type /nerbot project settings redact off"
            )
        pairs = [readable(each) for each in texts]
        documents = [document for _, document in pairs]
        marked = await self._marked(project_id, live, documents, labels, renamed)
        return redact_raw(
            [raw for raw, _ in pairs],
            documents,
            marked,
            style_of("label"),
            ours=ours,
            labels=frozenset(labels),
        )

    async def plain(self, workspace: str, project_id: int, texts: Sequence[str]) -> list[str]:
        """The same of texts of which nothing else is said."""
        raw = [RawText(text, number) for number, text in enumerate(texts, start=1)]
        masked = await self(workspace, project_id, raw, lambda label: label)
        return [each.text for each in masked]

    async def _marked(
        self,
        project_id: int,
        live: int,
        documents: Sequence[Document],
        labels: tuple[str, ...],
        names: Mapping[str, str],
    ) -> list[Marked]:
        before = [then for then, now in names.items() if now in labels]
        texts = [text for document in documents for text in document.texts]
        marks = await self._engine.marks(project_id, live, texts, labels=[*labels, *before])
        known = {label_key(names.get(label, label)) for label in marks.labels}
        unknown = [label for label in labels if label_key(label) not in known]
        if unknown:
            raise CannotMask(
                f"This project masks {', '.join(unknown)} before it stores a text, which model {live} was not taught. "
                "Train one with sentences that have it first, or type /nerbot project settings redact off"
            )
        return [
            Marked(tuple(Span(s.start, s.end, names.get(s.label, s.label)) for s in each.found))
            for each in marks.texts
        ]
