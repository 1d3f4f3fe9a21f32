"""The thread that knows words: which phrases it keeps ready, and that it is asked for nothing in vain."""

from collections.abc import Iterator

import pytest

from bot.domain.project import Sentence
from bot.engine.tokenizer import TokenizerThread
from ner_engine.annotation import Prediction, Span
from ner_engine.prediction.phrase_memory import PhraseMemory

FEVER = Sentence(1, "fever", ((0, 5),))
FOUND = Prediction((Span(0, 5, "A"),), (None,))


@pytest.fixture
def thread() -> Iterator[TokenizerThread]:
    thread = TokenizerThread()
    yield thread
    thread.close()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each phrase as a matcher learns it."""
    learned: list[str] = []
    read = PhraseMemory._read

    def note(memory: PhraseMemory, folded: str) -> object:
        learned.append(folded)
        return read(memory, folded)

    monkeypatch.setattr(PhraseMemory, "_read", note)
    return learned


async def test_what_is_known_is_learned_once(thread: TokenizerThread, made: list[str]) -> None:
    """The next card of a project costs no more than looking at its sentence."""
    for _ in range(3):
        assert await thread.recall(1, [("Fever", "A"), ("flu", "A")], []) == []
    assert sorted(made) == ["fever", "flu"]
    await thread.recall(1, [("cough", "A"), ("Fever", "A"), ("flu", "A")], [])
    assert made[2:] == ["cough"]


async def test_projects_know_only_their_own_phrases(thread: TokenizerThread) -> None:
    await thread.recall(1, [("fever", "A")], [])
    assert await thread.recall(2, [("flu", "A")], [FEVER]) == [Prediction()]
    assert await thread.recall(1, [("fever", "A")], [FEVER]) == [FOUND]


async def test_the_phrases_of_the_project_asked_longest_ago_go_first(
    made: list[str],
) -> None:
    """Memory is bounded over all projects, and what is gone is learned again."""
    thread = TokenizerThread(kept=2)
    for project_id in (1, 2, 1, 3):
        await thread.recall(project_id, [("fever", "A")], [])
    assert len(made) == 3
    await thread.recall(1, [("fever", "A")], [])
    assert len(made) == 3
    assert await thread.recall(2, [("fever", "A")], [FEVER]) == [FOUND]
    assert len(made) == 5


async def test_where_nothing_is_labelled_nobody_waits_for_spacy(thread: TokenizerThread) -> None:
    """The very first cards come at once."""
    assert await thread.recall(1, [], [FEVER]) == [Prediction()]
    assert thread._memories == {}
