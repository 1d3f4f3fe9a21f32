"""The commands of /label and of the buttons on its cards."""

from dataclasses import dataclass

from bot.labelling.values.bulk import UndoTogether
from bot.labelling.values.intents import MarkedSentence, MarkedSentences, Reading
from bot.labelling.values.messages import TakeMessage, Withdraw
from ner_engine.annotation import Span


@dataclass(frozen=True, slots=True)
class NextSentence:
    """`/label`: the sentence on hand, else the next one of the queue."""


@dataclass(frozen=True, slots=True)
class GoOn:
    """[Next] and `/label next`: another sentence; the card of the one that is passed over is gone from the screen."""

    passed: int | None = None
    """None where the card stays on the screen, which holds its sentence."""


@dataclass(frozen=True, slots=True)
class LabelPhrase:
    """`/label SYMPTOM chest pain [in: sentence | everywhere]`."""

    label: str
    phrase: str
    sentence: str | None = None
    cleaned: bool = False
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class LabelWords:
    """A label and a phrase as they were typed, with every way to read them: the project's labels decide."""

    words: str
    readings: tuple[Reading, ...] = ()
    sentence: str | None = None
    cleaned: bool = False
    everywhere: bool = False
    marked: MarkedSentence | None = None
    """The words as a whole sentence, where they are nothing but one phrase in braces."""


@dataclass(frozen=True, slots=True)
class NoEntities:
    """`/label none`; `sentence_id` where a button names the sentence, which then goes on to the next one."""

    sentence_id: int | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """`/label done` and [Finished]."""

    sentence_id: int | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """[Accept]: the sentence is finished with the spans that were suggested, and the next one comes."""

    suggestion: str


@dataclass(frozen=True, slots=True)
class PointAt:
    """[+ nausea: SYMPTOM] on a card: the phrase at this index is taken wherever it occurs, or dropped again."""

    suggestion: str
    index: int


@dataclass(frozen=True, slots=True)
class PointAtPlace:
    """A choice in the menus of a card: a word that is missing, or what a phrase becomes; wherever it occurs."""

    suggestion: str
    span: Span


@dataclass(frozen=True, slots=True)
class Skip:
    """`/label skip`."""

    sentence_id: int | None = None


@dataclass(frozen=True, slots=True)
class FlagSentence:
    """`/label flag: why` and [Flag]: the sentence is broken or needs talk; reviewers get it, and the next one comes."""

    sentence_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """`/label undo` and [Undo]: the person's last step, on one sentence where a button names it."""

    sentence_id: int | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """A button of a question: its choice at `index`."""

    question_id: str
    index: int


@dataclass(frozen=True, slots=True)
class OpenSentence:
    """A sentence of a list, which becomes the current one."""

    sentence_id: int


LabelCommand = (
    NextSentence
    | GoOn
    | LabelPhrase
    | LabelWords
    | MarkedSentence
    | MarkedSentences
    | NoEntities
    | Accept
    | PointAt
    | PointAtPlace
    | Finish
    | Skip
    | FlagSentence
    | Undo
    | UndoTogether
    | Withdraw
    | TakeMessage
    | OpenSentence
    | Choose
)
