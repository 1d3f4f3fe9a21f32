"""What each command understands; answers `help` and whatever was not understood."""

from slack_sdk.models.blocks import RichTextBlock, RichTextElement, RichTextSectionElement

from bot.views.text import WORDS, View, escape, line, plain, shortened

_USAGE: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "/label": (
        "Label phrases so that the model can learn them. Only you see the answers.",
        (
            ("/label", "the next sentence of the queue"),
            ("/label SYMPTOM chest pain", "labels the phrase in your sentence"),
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
}


def usage_view(command: str, reason: str = "") -> View:
    """How to use a command, after the reason why something was not understood."""
    intro, rows = _USAGE[command]
    reason = shortened(reason, WORDS)
    blocks = [line(plain(reason, bold=True))] if reason else []
    blocks += [line(intro), _rows(rows)]
    listed = "\n".join(f"{typed}: {does}" for typed, does in rows)
    return View(escape("\n".join(part for part in (reason, intro, listed) if part)), tuple(blocks))


def _rows(rows: tuple[tuple[str, str], ...]) -> RichTextBlock:
    parts: list[RichTextElement] = []
    for typed, does in rows:
        parts += [plain(typed, code=True), plain(f"  {does}\n")]
    return RichTextBlock(elements=[RichTextSectionElement(elements=parts)])
