"""What each step in the editor does to a draft. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain import (
    Box,
    Boxes,
    Draft,
    Edge,
    Edit,
    MarkTyped,
    Narrow,
    Offsets,
    Relabel,
    Remove,
    Resize,
    Several,
    Turn,
)
from bot.domain.markup import editable_markup, read_markup
from bot.errors import PersonError
from bot.intake import canonical_form
from bot.services.intents import closest_in, near_label
from ner_engine.annotation import Span, find_mentions, fold, parse_label, snap_to_tokens
from ner_engine.errors import EngineError


class BoxFault(PersonError):
    """What a person typed into a box cannot be read; it stays as it is, with the reason beside it."""

    def __init__(self, box: Box, words: str) -> None:
        super().__init__(words)
        self.box: Box = box


def edited(draft: Draft, edit: Edit) -> Draft:
    """The draft after one step; a span that is no longer there changes nothing."""
    match edit:
        case Relabel(span, label) if span in draft.spans:
            return _with(draft, span, replace(span, label=label))
        case Resize(span, edge) if span in draft.spans:
            moved = resized(draft, span, edge)
            return _with(draft, span, moved) if moved else draft
        case Remove(span) if span in draft.spans:
            return _with(draft, span)
        case Narrow(several, mention) if several < len(draft.several):
            return _narrowed(draft, draft.several[several], mention)
        case Turn(page):
            return replace(draft, page=max(0, page))
        case Relabel() | Resize() | Remove() | Narrow() | MarkTyped():
            return draft


def _with(draft: Draft, old: Span, *new: Span) -> Draft:
    return respanned(draft, (*(span for span in draft.spans if span != old), *new))


def respanned(draft: Draft, spans: Sequence[Span]) -> Draft:
    """The draft with these spans; the box with the markup shows them from now on."""
    return replace(draft, spans=tuple(sorted(spans)), boxes=draft.boxes + 1)


def resized(draft: Draft, span: Span, edge: Edge) -> Span | None:
    """The span with one edge moved by a token; None where it would be empty, leave the text, or meet another span."""
    inside = [i for i, token in enumerate(draft.tokens) if span.overlaps(*token)]
    if not inside:
        return None
    first, last = inside[0], inside[-1]
    match edge:
        case Edge.GROW_LEFT:
            first -= 1
        case Edge.SHRINK_LEFT:
            first += 1
        case Edge.GROW_RIGHT:
            last += 1
        case Edge.SHRINK_RIGHT:
            last -= 1
    if first < 0 or last >= len(draft.tokens) or first > last:
        return None
    moved = Span(draft.tokens[first][0], draft.tokens[last][1], span.label)
    others = (other for other in draft.spans if other != span)
    if any(moved.overlaps(other.start, other.end) for other in others):
        return None
    return moved


def _narrowed(draft: Draft, several: Several, mention: int | None) -> Draft:
    wanted = several.mentions if mention is None else several.mentions[mention : mention + 1]
    marks = [Span(start, end, several.label) for start, end in several.mentions]
    kept = [span for span in draft.spans if span not in marks]
    for start, end in wanted:
        if not any(span.overlaps(start, end) for span in kept):
            kept.append(Span(start, end, several.label))
    return respanned(draft, kept)


def taken(draft: Draft, boxes: Boxes, *, labels: Sequence[str]) -> Draft:
    """The draft with what stands in the boxes: the markup where it was changed, then bold words, then lines to add.

    `notes` say what the person has to see before it is saved. Raises BoxFault.
    """
    draft = replace(draft, notes=())
    if boxes.markup is not None:
        draft = _taken_markup(draft, boxes.markup)
    if any(is_bold for _, is_bold in boxes.bold):
        draft = _taken_bold(draft, boxes)
    for line in boxes.added.splitlines():
        if line.strip():
            draft = _added(draft, line)
    if boxes.added.strip():
        draft = replace(draft, lines=draft.lines + 1)
    return _with_label_notes(draft, labels)


def _taken_markup(draft: Draft, typed: str) -> Draft:
    canonical = _canonical(typed, "markup")
    shown = editable_markup(draft.text, draft.spans)
    if shown is None or canonical == " ".join(shown.split()):
        return draft
    try:
        spans = read_markup(canonical, draft.text)
        for span in spans:
            parse_label(span.label)
    except PersonError as error:
        raise BoxFault("markup", str(error)) from error
    except EngineError as error:
        raise BoxFault("markup", str(error)) from error
    for span in spans:
        _check_borders(draft, (span.start, span.end), "markup")
    return respanned(replace(draft, several=()), spans)


def _added(draft: Draft, line: str) -> Draft:
    """`chest pain = SYMPTOM`: every mention of the phrase; what was in the way gives way, and that is noted."""
    phrase, equals, word = _canonical(line, "added").rpartition("=")
    phrase = phrase.strip()
    if not equals or not phrase or not word.strip():
        raise BoxFault(
            "added", f"“{line.strip()[:60]}” is no phrase with a label. Write chest pain = SYMPTOM."
        )
    label = _label(word.strip())
    mentions = find_mentions(draft.text, phrase)
    if not mentions:
        raise BoxFault("added", _not_there(draft, phrase))
    for mention in mentions:
        _check_borders(draft, mention, "added")
    new = [Span(start, end, label) for start, end in mentions]
    draft, notes = _giving_way(draft, new)
    several = draft.several
    if len(mentions) > 1 and not set(new) <= set(draft.spans):
        notes.append(f"“{phrase[:60]}” occurs {len(mentions)} times, and all are marked.")
        several = (*several, Several(label, mentions))
    draft = replace(draft, notes=tuple(notes), several=several[-MAX_SEVERAL:])
    return respanned(draft, tuple({*draft.spans, *new}))


def _giving_way(draft: Draft, new: Sequence[Span]) -> tuple[Draft, list[str]]:
    """The draft without the spans that new ones overlap, and its notes with what is lost by that."""
    gone = [
        span
        for span in draft.spans
        if span not in new and any(span.overlaps(s.start, s.end) for s in new)
    ]
    notes = list(draft.notes)
    # A phrase that takes in a shorter one of its own label loses nothing: it was meant to be longer.
    lost = [old for old in gone if not any(_extends(span, old) for span in new)]
    if lost:
        words = ", ".join(f"“{draft.text[s.start : s.end][:40]}” {s.label}" for s in lost[:5])
        phrase = draft.text[new[0].start : new[0].end][:60]
        notes.append(f"“{phrase}” {new[0].label} takes the place of {words}.")
    kept = tuple(span for span in draft.spans if span not in gone)
    return replace(draft, spans=kept), notes


def _taken_bold(draft: Draft, boxes: Boxes) -> Draft:
    """Words that were selected and made bold, widened to whole tokens, under the label that was chosen."""
    if not boxes.bold_label:
        raise BoxFault("bold", "Choose the label of the bold words as well.")
    if fold("".join(run for run, _ in boxes.bold)).rstrip() != fold(draft.text):
        raise BoxFault("bold", "The words have to stay as they are. Only make some of them bold.")
    new: list[Span] = []
    end = 0
    for run, is_bold in boxes.bold:
        start, end = end, end + len(run)
        if is_bold and run.strip():
            place = snap_to_tokens(start, min(end, len(draft.text)), draft.tokens)
            if new and place[0] < new[-1].end:  # one word, half of it in each run
                place = (new.pop().start, place[1])
            new.append(Span(*place, boxes.bold_label))
    draft, notes = _giving_way(draft, new)
    return respanned(replace(draft, notes=tuple(notes)), tuple({*draft.spans, *new}))


MAX_SEVERAL = 5
"""Phrases with several mentions that can be narrowed at a time."""


def _with_label_notes(draft: Draft, labels: Sequence[str]) -> Draft:
    """Note labels that are new and one slip from existing ones, once."""
    notes, confirmed = list(draft.notes), list(draft.confirmed)
    for label in sorted({span.label for span in draft.spans} - set(labels)):
        near = near_label(label, labels)
        if near and label not in confirmed:
            notes.append(f"{label} is new, and one slip from {near}.")
            confirmed.append(label)
    return replace(draft, notes=tuple(notes), confirmed=tuple(confirmed))


def _label(word: str) -> str:
    try:
        return parse_label(word)
    except EngineError:
        raise BoxFault(
            "added",
            f"“{word[:40]}” cannot be a label: a label is one word of letters, digits and _, such as SYMPTOM.",
        ) from None


def _canonical(typed: str, box: Box) -> str:
    try:
        return canonical_form(typed).text
    except PersonError as error:
        raise BoxFault(box, str(error)) from error


def _not_there(draft: Draft, phrase: str) -> str:
    close = [
        f"“{draft.text[start:end]}”" for start, end in closest_in(draft.text, draft.tokens, phrase)
    ]
    hint = (
        f" Did you mean {' or '.join(close)}?" if close else " Copy the words as they stand there."
    )
    return f"“{phrase[:60]}” is not in the sentence.{hint}"[:1_000]


def _check_borders(draft: Draft, mention: Offsets, box: Box) -> None:
    start, end = snap_to_tokens(*mention, draft.tokens)
    if (start, end) != mention:
        raise BoxFault(
            box,
            f"“{draft.text[slice(*mention)][:60]}” ends inside a word, and the model learns whole words: "
            f"take “{draft.text[start:end][:120]}”.",
        )


def _extends(new: Span, old: Span) -> bool:
    return new.label == old.label and new.start <= old.start and old.end <= new.end
