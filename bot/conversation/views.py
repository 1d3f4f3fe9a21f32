"""What nerbot answers to plain words."""

from slack_sdk.models.blocks import ActionsBlock

from bot.slack import action_ids as ids
from bot.slack.text import Line, View, as_text, button, line, plain


def hello_view(*, is_direct: bool) -> View:
    """Who nerbot is, and the two or three things that help a newcomer."""
    ask = "Send me a sentence" if is_direct else "Mention me with a sentence"
    lines: tuple[Line, ...] = (
        ["Hello! I find the entities your team teaches me, such as symptoms and drugs."],
        [f"• {ask}, and I mark what I know in it."],
        ["• Press ", plain("Label next", bold=True), " to teach me with the next sentence."],
        ["• Type ", plain("/train", code=True), " once some sentences are finished."],
    )
    parts = [part for each in lines for part in (*each, "\n")][:-1]
    row = ActionsBlock(
        elements=[
            button("Label next", ids.NEXT, "next", style="primary"),
            button("Help", ids.HELP, "all"),
        ]
    )
    return View("\n".join(map(as_text, lines)), (line(*parts), row))


def slash_view(form: str) -> View:
    """A command needs its slash."""
    parts: Line = ["Commands begin with a slash: type ", plain(form, code=True)]
    row = ActionsBlock(elements=[button("Help", ids.HELP, form.split(maxsplit=1)[0])])
    return View(as_text(parts), (line(*parts), row))
