"""What each command understands; answers `help` and whatever was not understood."""

from slack_sdk.models.blocks import (
    Block,
    HeaderBlock,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextSectionElement,
)

from bot.slack.text import WORDS, View, escape, line, plain, shortened

_USAGE: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "/label": (
        "Label phrases so that the model can learn them. Only you see the answers.",
        (
            ("/label", "the next sentence of the queue"),
            ("/label SYMPTOM chest pain", "labels the phrase in your sentence"),
            (
                "/label SYMPTOM chest pain everywhere",
                "shows all sentences with the phrase, and labels it in those you choose",
            ),
            (
                "/label SYMPTOM chest pain in: A patient with chest pain.",
                "adds the sentence if it is new, and labels the phrase in it",
            ),
            (
                "/label A patient with {chest pain=SYMPTOM}.",
                "a whole sentence with all its entities, finished at once",
            ),
            ("/label none", "there are no entities in your sentence"),
            ("/label none in: No complaints today.", "the same for a sentence you add"),
            ("/label done", "your sentence is finished: every entity in it is labelled"),
            ("/label skip", "never show me this sentence again, and bring the next"),
            (
                "/label flag: the dose is cut off",
                "your sentence is broken or needs talk: reviewers see it, and the next comes",
            ),
            ("/label undo", "takes my last step back"),
        ),
    ),
    "/train": (
        "Train the model on all finished sentences. Progress and scores are posted in this channel.",
        (
            ("/train", "starts a training"),
            ("/train cnn", "the same with the small model that needs no encoder"),
            (
                "/train with unfinished",
                "learns from what is labelled in unfinished sentences, too; scores are those of finished ones",
            ),
            ("/train status", "what is finished, what runs, what is live"),
            ("/train cancel", "stops the training that runs"),
            ("/train history", "all trainings, newest first"),
            ("/train when", "the next times it trains by itself"),
            (
                "/train schedule every day at 03:00",
                "trains by itself; a time zone may follow: Europe/Berlin",
            ),
            ("/train schedule 0 3 * * mon-fri", "the same as a cron line"),
            ("/train schedule off", "ends the schedule"),
            ("/train auto 50", "trains by itself after every 50 newly finished sentences"),
            ("/train auto off", "ends that"),
            ("/train digest every day at 09:00", "tells this channel what was done; off ends it"),
        ),
    ),
    "/ner": (
        "Find the entities in a sentence with the live model. Only you see the answer.",
        (
            ("/ner She came in with chest pain.", "the sentence with its entities marked"),
            ("several lines", "are several sentences, up to 20"),
        ),
    ),
    "/nerbot": (
        "Everything besides labelling, training and asking. Only you see the answers.",
        (
            ("/nerbot labels", "every label, what it means, phrases that carry it"),
            ("/nerbot labels add SYMPTOM what a patient feels", "a new label"),
            ("/nerbot labels describe SYMPTOM what a patient feels", "says what a label means"),
            ("/nerbot labels rename SYMPTON SYMPTOM", "gives a label another name everywhere"),
            (
                "/nerbot labels merge ILLNESS DISEASE",
                "makes the first label the second, everywhere",
            ),
            ("/nerbot stats", "what is finished, by whom, how fast; how far people agree"),
            ("/nerbot review", "sentences people disagree on, side by side; a tap decides"),
            ("/nerbot review note it is a sign, not a symptom", "why I decided so"),
            ("/nerbot flags", "sentences people flagged, with the reason; settle or label them"),
            ("/nerbot history", "the last steps, to be taken back; history mine: my own"),
            ("/nerbot project", "which project this channel uses, and its settings"),
            (
                "/nerbot project new NAME",
                "makes a project with labels, sentences and models of its own",
            ),
            ("/nerbot project use NAME", "lets this channel use it"),
            (
                "/nerbot project settings annotations 2 random 25",
                "two people label each sentence; a quarter of the queue comes at random",
            ),
            (
                "/nerbot models",
                "every model with its scores; which one is live, since when and why",
            ),
            ("/nerbot models compare 3 5", "two models on the sentences in which they differ"),
            ("/nerbot models live 4", "makes a model live; rollback: the one before"),
            (
                "/nerbot models policy better",
                "when a new model goes live by itself: better, not worse, or ask",
            ),
            (
                "/nerbot notices off",
                "do not tell me any more when a new model finds what I corrected; on: do",
            ),
            ("/nerbot roles", "who may do what"),
            ("/nerbot roles reviewer @person", "or owner, or remove"),
        ),
    ),
}


def usage_view(command: str, reason: str = "") -> View:
    """How to use a command, after the reason why something was not understood."""
    intro, rows = _USAGE[command]
    reason = shortened(reason, WORDS)
    blocks = [line(plain(reason, bold=True))] if reason else []
    blocks += [line(intro), _rows(rows)]
    listed = "\n".join(f"{typed}: {does}" for typed, does in rows)
    return View(escape("\n".join(part for part in (reason, intro, listed) if part)), tuple(blocks))


def all_usage_view() -> View:
    """How to use every command, and where else labelling begins."""
    views = [usage_view(command) for command in _USAGE]
    more = (
        "In the menu of any message: Label this message. In the + or ⚡ of the composer: Label next sentence. "
        "`help` behind a command shows its part of this."
    )
    blocks: list[Block] = []
    for command, view in zip(_USAGE, views, strict=True):
        blocks += [HeaderBlock(text=PlainTextObject(text=command, emoji=False)), *view.blocks]
    text = "\n".join([*(view.text for view in views), escape(more)])
    return View(text, (line(more), *blocks))


def _rows(rows: tuple[tuple[str, str], ...]) -> RichTextBlock:
    parts: list[RichTextElement] = []
    for typed, does in rows:
        parts += [plain(typed, code=True), plain(f"  {does}\n")]
    return RichTextBlock(elements=[RichTextSectionElement(elements=parts)])
