"""What each step in the editor does to a draft. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.project import Offsets
from bot.editor.commands import (
    Draft,
    Edge,
    Edit,
    MarkPhrase,
    MarkTyped,
    MarkWords,
    Narrow,
    Relabel,
    Remove,
    Resize,
    Several,
    ShowPage,
)
from ner_engine.annotation import Span


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
        case ShowPage(page):
            return replace(draft, page=max(0, page))
        case MarkPhrase(span) if _is_on_borders(draft, span):
            return marked(draft, [span])
        case MarkWords(words, label):
            return marked(draft, [Span(*place, label) for place in phrases_of(draft, words)])
        case Relabel() | Resize() | Remove() | Narrow() | MarkTyped() | MarkPhrase():
            return draft


def _is_on_borders(draft: Draft, span: Span) -> bool:
    """A button of a view that is older than the text may name another place."""
    starts, ends = {start for start, _ in draft.tokens}, {end for _, end in draft.tokens}
    return span.start < span.end and span.start in starts and span.end in ends


def marked(draft: Draft, new: Sequence[Span]) -> Draft:
    """The draft with these spans as well; what they overlap gives way."""
    kept = [old for old in draft.spans if not any(old.overlaps(s.start, s.end) for s in new)]
    return respanned(draft, [*kept, *new])


def phrases_of(draft: Draft, words: Sequence[Offsets]) -> list[Offsets]:
    """Chosen words as phrases: those that follow one another, also over a sign between them, are one."""
    order = {place: number for number, place in enumerate(draft.tokens)}
    phrases: list[Offsets] = []
    last = -1
    for place in sorted(set(words) & order.keys()):
        between = draft.tokens[last + 1 : order[place]]
        signs = "".join(draft.text[slice(*each)] for each in between)
        if phrases and not any(map(str.isalnum, signs)) and not set(signs) & set(".;!?"):
            phrases[-1] = (phrases[-1][0], place[1])
        else:
            phrases.append(place)
        last = order[place]
    return phrases


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
