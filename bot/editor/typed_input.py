"""What a person typed into the boxes of the editor, brought into the draft. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.project import Offsets
from bot.editor.commands import Box, Boxes, Draft, Several
from bot.editor.drafts import respanned
from bot.editor.markup import editable_markup, labels_in, read_markup
from bot.errors import PersonError
from bot.labelling.intents import closest_in
from bot.labelling.new_labels import near_label
from bot.labelling.readings import in_capitals, label_name
from bot.slack.payloads import not_a_label
from bot.slack.text_normalization import canonical_form, unquoted
from ner_engine.annotation import (
    RESERVED_LABEL,
    Span,
    find_mentions,
    fold,
    label_key,
    parse_label,
    snap_to_tokens,
)
from ner_engine.errors import EngineError
from ner_engine.label_names import LabelNames

MAX_SEVERAL = 5
"""Phrases with several mentions that can be narrowed at a time."""
_NO_ENTITY = frozenset({"-", "–", "—", RESERVED_LABEL})
"""What is typed in place of a label where a phrase is not an entity; O is what tagging schemes call it."""


class BoxFault(PersonError):
    """What a person typed into a box cannot be read; it stays as it is, with the reason beside it."""

    def __init__(self, box: Box, words: str) -> None:
        super().__init__(words)
        self.box: Box = box


def taken(draft: Draft, boxes: Boxes, *, labels: Sequence[str]) -> Draft:
    """The draft with what is typed in the boxes: the markup where it was changed, then bold words, then lines to add.

    `notes` say what the person has to see before it is saved. Raises BoxFault.
    """
    draft = replace(draft, notes=())
    small = _in_small_letters(boxes)
    if boxes.markup is not None:
        draft = _taken_markup(draft, boxes.markup)
    if any(is_bold for _, is_bold in boxes.bold):
        draft = _taken_bold(draft, boxes)
    for line in boxes.added.splitlines():
        if line.strip():
            draft = _added(draft, line, labels)
    if boxes.added.strip():
        draft = replace(draft, lines=draft.lines + 1)
    draft = replace(draft, spans=LabelNames(labels).spans(draft.spans))
    return _with_label_notes(draft, labels, small)


def _taken_markup(draft: Draft, typed: str) -> Draft:
    canonical = _canonical(typed, "markup")
    shown = editable_markup(draft.text, draft.spans)
    if shown is None or canonical == " ".join(shown.split()):
        return draft
    try:
        spans = read_markup(canonical, draft.text)
    except PersonError as error:
        raise BoxFault("markup", str(error)) from error
    for span in spans:
        _check_borders(draft, (span.start, span.end), "markup")
    return respanned(replace(draft, several=()), spans)


def _added(draft: Draft, line: str, labels: Sequence[str]) -> Draft:
    """`chest pain = SYMPTOM`: every mention of the phrase; what was in the way gives way, and that is noted.
    `chest pain = -` takes its marks away."""
    phrase, equals, word = (part.strip() for part in _canonical(line, "added").rpartition("="))
    if not equals or not phrase or not word:
        raise BoxFault(
            "added",
            f"“{line.strip()[:60]}” is not a phrase with a label. Write chest pain = SYMPTOM.",
        )
    mentions = find_mentions(draft.text, phrase)
    if not mentions:
        raise BoxFault("added", _not_there(draft, phrase))
    if word.upper() in _NO_ENTITY:
        return _without(draft, phrase, mentions)
    label = _label(word, [*labels, *(span.label for span in draft.spans)])
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


def _without(draft: Draft, phrase: str, mentions: Sequence[Offsets]) -> Draft:
    kept = [span for span in draft.spans if (span.start, span.end) not in mentions]
    if len(kept) == len(draft.spans):
        marked = ", ".join(f"“{draft.text[s.start : s.end][:40]}”" for s in draft.spans[:5])
        which = f" Marked: {marked}." if marked else " Nothing is."
        raise BoxFault("added", f"“{phrase[:60]}” is not marked.{which}")
    return respanned(draft, kept)


def _giving_way(draft: Draft, new: Sequence[Span]) -> tuple[Draft, list[str]]:
    """The draft without the spans that new ones overlap, and its notes with what is lost by that."""
    gone = [
        span
        for span in draft.spans
        if span not in new and any(span.overlaps(s.start, s.end) for s in new)
    ]
    notes = list(draft.notes)
    lost = [old for old in gone if not any(_corrects(span, old, new) for span in new)]
    if lost:
        words = ", ".join(f"“{draft.text[s.start : s.end][:40]}” {s.label}" for s in lost[:5])
        phrase = draft.text[new[0].start : new[0].end][:60]
        notes.append(f"“{phrase}” {new[0].label} takes the place of {words}.")
    kept = tuple(span for span in draft.spans if span not in gone)
    return replace(draft, spans=kept), notes


def _corrects(span: Span, old: Span, new: Sequence[Span]) -> bool:
    """Whether a typed phrase means the very span it overlaps: it takes it in, or is the one place that can be meant and
    says another end or another label."""
    if span.label == old.label and span.start <= old.start and old.end <= span.end:
        return True
    if len(new) > 1 or not span.overlaps(old.start, old.end):
        return False
    return span.label == old.label or (span.start, span.end) == (old.start, old.end)


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


def _in_small_letters(boxes: Boxes) -> frozenset[str]:
    """The labels that are typed in small letters, which may be meant as words of the phrase."""
    typed = [line.rpartition("=")[2].strip() for line in boxes.added.splitlines()]
    typed += labels_in(boxes.markup or "")
    return frozenset(name for word in typed if not in_capitals(word) and (name := label_name(word)))


def _with_label_notes(draft: Draft, labels: Sequence[str], small: frozenset[str]) -> Draft:
    """Note labels that are new and differ from existing ones by one letter, or are typed in small letters, once."""
    notes, confirmed = list(draft.notes), list(draft.confirmed)
    for label in sorted({span.label for span in draft.spans} - set(labels)):
        near = near_label(label, labels)
        if label in confirmed or not (near or label in small):
            continue
        differs = f" and differs from {near} by one letter" if near else ""
        notes.append(f"{label} is a new label{differs}.")
        confirmed.append(label)
    return replace(draft, notes=tuple(notes), confirmed=tuple(confirmed))


def _label(word: str, labels: Sequence[str]) -> str:
    """The label a typed word means: the one that is called so, else the only one that begins so, else a new one."""
    try:
        label = parse_label(unquoted(word))
    except EngineError:
        raise BoxFault("added", not_a_label(word)) from None
    if known := LabelNames(labels).find(label):
        return known
    begun = [name for name in dict.fromkeys(labels) if label_key(name).startswith(label_key(label))]
    if not begun:
        return label
    if len(begun) > 1:
        raise BoxFault("added", f"“{word}” matches {' and '.join(begun[:5])}. Type more letters.")
    return begun[0]


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
        f" Did you mean {' or '.join(close)}?"
        if close
        else " Copy the words exactly as they are there."
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
