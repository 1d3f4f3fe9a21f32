"""A phrase across the project as people see it: what would change where, what was changed, what was undone."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ContextBlock

from bot.labelling.values.bulk import (
    EverywhereIntent,
    LabelledEverywhere,
    MarkedTogether,
    MatchStatus,
    PhraseMatch,
    Survey,
    UndoneEverywhere,
)
from bot.labelling.values.cards import Choice, Question
from bot.labelling.values.intents import LabelIntent
from bot.labelling.views.questions import choice_button, named_new
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_sentence, marked_text
from bot.slack.text import (
    Line,
    Piece,
    View,
    as_text,
    button,
    counted,
    escape,
    label_name,
    line,
    numbered,
    plain,
    shortened,
    small,
)
from ner_engine.annotation import Span

WHOLE = 320
"""A sentence up to this length is shown whole; of a longer one the surroundings of each change."""
AROUND = 70
_LISTED = 10
_LEFT_OUT = "left out: "
_NEXT = button("Next", ids.NEXT, 0)


def everywhere_view(question: Question, intent: EverywhereIntent, survey: Survey) -> View:
    """The sentences with the phrase, each as it would stand, and what can be done about them. Nothing is stored yet."""
    asked = _asked(intent, survey)
    numbered = list(enumerate(question.choices))
    single = len(survey.shown) == survey.pages == 1
    one = [pair for pair in numbered if isinstance(pair[1].intent, LabelIntent) and not single]
    paging = [pair for pair in numbered if _only_pages(pair[1], intent)]
    rest = [pair for pair in numbered if pair not in one and pair not in paging]
    blocks: list[Block] = [
        line(plain(asked, bold=True)),
        _context(
            f"{'' if single else _breakdown(intent, survey)}Nothing is changed until you choose."
        ),
        ActionsBlock(elements=[_button(question, *pair) for pair in rest]),
    ]
    lines = [escape(asked)]
    for found in survey.shown:
        text, spans = excerpt(found)
        note = _note(intent, found)
        note = note.removeprefix(_LEFT_OUT) if single else note
        note = f"#{found.annotation.sentence.id}" + (f" · {note}" if note else "")
        blocks += [marked_sentence(text, spans), _context(note)]
        lines.append(f"{escape(note)}: {marked_text(text, spans)}")
    if survey.pages > 1:
        blocks.append(_context(f"Page {survey.page + 1} of {survey.pages}"))
    if one or paging:
        blocks.append(ActionsBlock(elements=[_button(question, *pair) for pair in (*one, *paging)]))
    return View("\n".join(lines), tuple(blocks))


def _only_pages(choice: Choice, intent: EverywhereIntent) -> bool:
    """Whether a choice only shows another page, or leaves a sentence of this one out."""
    to = choice.intent
    if not isinstance(to, EverywhereIntent) or to.sentences is not None:
        return False
    return to == replace(intent, page=to.page, left_out=to.left_out)


def _button(question: Question, index: int, choice: Choice) -> ButtonElement:
    to = choice.intent
    labels = isinstance(to, LabelIntent) if index == 0 else False
    labels = to.sentences is not None if isinstance(to, EverywhereIntent) else labels
    return choice_button(question, index, choice, is_primary=labels)


def _context(words: str) -> ContextBlock:
    return small(shortened(words, 2_000))


def _asked(intent: EverywhereIntent, survey: Survey) -> str:
    phrase, label = shortened(intent.quoted, 200), intent.label
    total = sum(number for _, number in survey.counts)
    if total == 1:
        return f"“{phrase}” is in one sentence of this project. Label it {label} there?"
    where = f"“{phrase}” is in {'more than ' if survey.more else ''}{counted(total, 'sentence')}."
    if survey.chosen == 0:
        return f"{where} The rest need a look before they can be labelled {label}."
    which = "all of them" if survey.chosen == total else f"{survey.chosen:,} of them"
    return f"{where} Label it {label} in {which}?"


def _breakdown(intent: EverywhereIntent, survey: Survey) -> str:
    out = {
        MatchStatus.OVERLAP: "" if intent.with_overlaps else " (left out)",
        MatchStatus.TAKEN: "" if intent.with_taken else " (left out)",
        MatchStatus.CUT: " (left out)",
    }
    words = {
        MatchStatus.READY: "to label",
        MatchStatus.OVERLAP: "labelled otherwise",
        MatchStatus.TAKEN: "finished by others",
        MatchStatus.ALREADY: "labelled already",
        MatchStatus.CUT: "where it is part of a longer word",
    }
    parts = [f"{number:,} {words[kind]}{out.get(kind, '')}" for kind, number in survey.counts]
    return " · ".join(parts) + "." + (" The others are shown after these. " if survey.more else " ")


def _note(intent: EverywhereIntent, found: PhraseMatch) -> str:
    finished = found.annotation.finished
    if found.annotation.sentence.id in intent.left_out:
        return f"{_LEFT_OUT}you do not want it"
    match found.standing:
        case MatchStatus.READY:
            return "finished by you; stays finished" if finished else ""
        case MatchStatus.OVERLAP:
            text = found.annotation.sentence.text
            gone = ", ".join(f"{s.label} “{text[s.start : s.end]}”" for s in found.removed)
            return (
                f"{'replaces' if intent.with_overlaps else _LEFT_OUT + 'it would replace'} {gone}"
            )
        case MatchStatus.TAKEN:
            added = "yours is kept beside theirs and counts once you finish it"
            return added if intent.with_taken else f"{_LEFT_OUT}others have finished it"
        case MatchStatus.ALREADY:
            return "labelled already"
        case MatchStatus.CUT:
            return f"{_LEFT_OUT}it is part of a longer word"


def excerpt(found: PhraseMatch) -> tuple[str, tuple[Span, ...]]:
    """The sentence as it would stand; of a long one the surroundings of each change, with … between."""
    annotation = found.annotation
    kept = [span for span in annotation.spans if span not in found.removed]
    spans = tuple(sorted((*kept, *found.added)))
    text = annotation.sentence.text
    if len(text) <= WHOLE:
        return text, spans
    focus = found.added or spans or (Span(0, 1, "X"),)
    return _pieces(text, spans, _windows(text, focus))


def _windows(text: str, focus: Sequence[Span]) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for span in focus:
        start, end = _widened(text, span)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
        else:
            windows.append((start, end))
    return windows


def _widened(text: str, span: Span) -> tuple[int, int]:
    """The surroundings of a span, from one blank to another where there is one."""
    start, end = max(0, span.start - AROUND), min(len(text), span.end + AROUND)
    if start > 0:
        start = min(text.find(" ", start, span.start) + 1 or start, span.start)
    if end < len(text):
        end = max(text.rfind(" ", span.end, end), span.end)
    return start, end


def _pieces(
    text: str, spans: Sequence[Span], windows: Iterable[tuple[int, int]]
) -> tuple[str, tuple[Span, ...]]:
    built = ""
    moved: list[Span] = []
    reached = 0
    for start, end in windows:
        built += "… " if start > 0 and not built else " … " if start > reached else ""
        shift = len(built) - start
        inside = (span for span in spans if start <= span.start and span.end <= end)
        moved += [Span(span.start + shift, span.end + shift, span.label) for span in inside]
        built += text[start:end]
        reached = end
    return built + (" …" if reached < len(text) else ""), tuple(moved)


def labelled_view(done: LabelledEverywhere) -> View:
    """What a step over several sentences did, with its own Undo."""
    phrase = shortened(done.phrase, 200)
    times = f" ({done.mentions:,} times)" if done.mentions != done.sentences else ""
    said: list[Piece] = [
        plain("Saved. ", bold=True),
        f"“{phrase}” is ",
        *label_name(done.label),
        f" in {counted(done.sentences, 'sentence')}{times}.",
    ]
    if done.new_label:
        said.append(f" New label: {done.label}.")
    if done.unfinished:
        verb = "is" if done.unfinished == 1 else "are"
        said.append(
            f" {done.unfinished:,} of them {verb} not finished: a training uses only finished sentences."
        )
    if done.passed:
        verb = "was" if done.passed == 1 else "were"
        said.append(
            f" {counted(done.passed, 'sentence')} {verb} changed meanwhile and left as they are."
        )
    if done.more:
        said.append(" There are more: type the same again.")
    undo = button("Undo", ids.UNDO_TOGETHER, done.step[:2_000])
    return _said(said, undo, _NEXT)


def marked_view(done: MarkedTogether) -> View:
    """What several lines with braces became, with one Undo, and which lines were left out."""
    said: list[Piece] = []
    if done.sentences:
        said += [
            plain("Saved as finished. ", bold=True),
            f"{counted(len(done.sentences), 'sentence')}: {numbered(done.sentences, _LISTED)}. ",
        ]
    if done.already:
        said.append(f"{counted(done.already, 'sentence')} already labelled just so. ")
    if done.new_label:
        said.append(f"{named_new(done.new_label)} ")
    if done.cut:
        lines = " · ".join(f"“{shortened(text, 120)}”" for text in done.cut[:_LISTED])
        said += [
            plain("Not saved: ", bold=True),
            f"{lines}. A phrase there ends inside a word; mark whole words and send the line again.",
        ]
    undo = [button("Undo", ids.UNDO_TOGETHER, done.step[:2_000])] if done.sentences else []
    return _said(said, *undo, _NEXT)


def undone_view(undone: UndoneEverywhere) -> View:
    """What the undo of a whole step undid, and what it left."""
    said: list[Piece] = [
        plain("Undone. ", bold=True),
        f"{counted(undone.sentences, 'sentence')} {'stands' if undone.sentences == 1 else 'stand'} as before.",
    ]
    if undone.gone_label:
        said.append(f" The label {undone.gone_label} is gone too; nothing else had it.")
    if undone.kept:
        named = numbered(undone.kept, _LISTED)
        said.append(f" You have changed {named} since, so the label stays there.")
    return _said(said, _NEXT)


def _said(said: Line, *buttons: ButtonElement) -> View:
    return View(as_text(said), (line(*said), ActionsBlock(elements=list(buttons))))
