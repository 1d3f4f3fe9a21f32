"""What a card has to point at: phrases for one tap, a menu of the other words, and one of what phrases can become."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    Option,
    OptionGroup,
    PlainTextObject,
    RichTextElement,
    StaticSelectElement,
)

from bot.domain.label_colours import coloured
from bot.domain.project import Sentence
from bot.labelling.pointing import mentions, variants
from bot.labelling.values.cards import Suggestion
from bot.labelling.views.word_menu import OPTIONS, free_words, in_groups
from bot.slack import action_ids as ids
from bot.slack.marked_text import isolated
from bot.slack.text import button, counted, plain, shortened
from ner_engine.annotation import Span

_PHRASES, _MORE = 10, 4
"""How many phrases have a button, and how many of them at least are not on the card yet."""
_PHRASE = 40
"""How much of a phrase is on its button."""
_WHOLE, _OPTION, _SOURCE = 75, 75, 60


def guessed(sentences: int) -> list[str | RichTextElement]:
    """What first guesses come from: nobody is to take them for a model's."""
    source = f"from {counted(sentences, 'sentence')}" if sentences else "from your labels' meanings"
    return [
        plain(f"First guesses, {source}. ", bold=True),
        "Many are wrong: tap what is right. Nothing is saved until you accept.",
    ]


def imported(source: str) -> list[str | RichTextElement]:
    """Which model of another tool found it: nobody is to take it for ours."""
    return [
        plain(f"Suggested by {shortened(source, _SOURCE)}, from an imported file. ", bold=True),
        "Tap what is wrong or missing. Nothing is saved until you accept.",
    ]


def beside_guesses(
    suggestion: Suggestion, edit: ButtonElement, buttons: list[ButtonElement]
) -> list[ButtonElement]:
    """Nothing is green: what is guessed is not what most people will want."""
    if not suggestion.spans:
        return [edit, *buttons]
    words = "Accept these" if suggestion.chosen else "Accept all"
    if suggestion.guessed_from is None:
        words = "Accept"
    return [ButtonElement(text=words, action_id=ids.ACCEPT, value=suggestion.offer), edit, *buttons]


def pointing(suggestion: Suggestion | None, sentence: Sentence) -> list[Block]:
    """Phrases to take or drop by a tap each, and below them the menus of other words and of changes."""
    if suggestion is None or not suggestion.offered:
        return []
    phrases = [_phrase_button(suggestion, sentence, number) for number in _shown(suggestion)]
    menus = [
        menu
        for menu in (_word_menu(suggestion, sentence), _change_menu(suggestion, sentence))
        if menu is not None
    ]
    blocks: list[Block] = [ActionsBlock(elements=list(phrases))] if phrases else []
    return [*blocks, *([ActionsBlock(elements=list(menus))] if menus else [])]


def _shown(suggestion: Suggestion) -> list[int]:
    """The phrases that have a button, in the order of the sentence: what is on the card, and what still fits."""
    there = [n for n, span in enumerate(suggestion.offered) if span in suggestion.spans]
    more = [
        n
        for n, span in enumerate(suggestion.offered)
        if n not in there and not any(span.overlaps(s.start, s.end) for s in suggestion.chosen)
    ]
    count = max(_MORE, _PHRASES - len(there))
    return sorted([*there[:_PHRASES], *more[:count]], key=lambda n: (suggestion.offered[n], n))


def _phrase_button(suggestion: Suggestion, sentence: Sentence, number: int) -> ButtonElement:
    text, span = sentence.text, suggestion.offered[number]
    is_taken = {*mentions(sentence, span)} <= {*suggestion.spans}
    phrase = shortened(text[span.start : span.end], _PHRASE)
    sign = "✓" if is_taken else "+"
    pressed = button(
        shortened(f"{sign} {isolated(phrase)}: {coloured(span.label)}", ids.BUTTON_TEXT),
        f"{ids.POINT}.{number}",
        f"{suggestion.offer}:{number}",
    )
    verb = "Drop" if is_taken else "Take"
    whole = shortened(text[span.start : span.end], _WHOLE)
    pressed.accessibility_label = shortened(f"{verb} {whole}: {span.label}", ids.BUTTON_TEXT)
    return pressed


def _word_menu(suggestion: Suggestion, sentence: Sentence) -> StaticSelectElement | None:
    """The words that are not on the card, each with the label it would get."""
    words = {(span.start, span.end): span for span in suggestion.words}
    free = free_words(sentence.text, sentence.tokens, suggestion.spans)
    first: dict[str, Span] = {}
    for place, _ in free:
        if place in words:
            first.setdefault(sentence.text[slice(*place)], words[place])
    options = [_option(suggestion, span, _named(sentence.text, span)) for span in first.values()]
    if not options:
        return None
    placeholder = PlainTextObject(text="Another word")
    if len(options) <= OPTIONS:
        return StaticSelectElement(
            action_id=ids.POINT_WORD, options=options, placeholder=placeholder
        )
    return StaticSelectElement(
        action_id=ids.POINT_WORD, option_groups=in_groups(options), placeholder=placeholder
    )


def _change_menu(suggestion: Suggestion, sentence: Sentence) -> StaticSelectElement | None:
    """What each phrase of the card can become; the one that was taken last is not known, so all are there."""
    groups = []
    for span in suggestion.spans[:OPTIONS]:
        others = variants(sentence.tokens, span, suggestion.spans, suggestion.labels)
        options = [
            _option(suggestion, each, _named(sentence.text, each)) for each in others[:OPTIONS]
        ]
        if options:
            title = shortened(_named(sentence.text, span), _OPTION)
            groups.append(OptionGroup(label=PlainTextObject(text=title), options=options))
    if not groups:
        return None
    return StaticSelectElement(
        action_id=ids.POINT_CHANGE,
        option_groups=groups,
        placeholder=PlainTextObject(text="Change a phrase"),
    )


def _named(text: str, span: Span) -> str:
    phrase = isolated(shortened(text[span.start : span.end], _OPTION // 2))
    return f"{phrase}: {coloured(span.label)}"


def _option(suggestion: Suggestion, span: Span, words: str) -> Option:
    value = f"{suggestion.offer}:{span.start}:{span.end}:{span.label}"
    return Option(value=value, text=PlainTextObject(text=shortened(words, _OPTION)))
