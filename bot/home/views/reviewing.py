"""What waits for reviewers, in their Home, with the buttons that show it there."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.home.values import HomePage, NextStep
from bot.slack import action_ids as ids
from bot.slack.text import button, counted, line, plain


def review_blocks(page: HomePage, step: NextStep) -> list[Block]:
    """None where nothing waits, or for those who decide nothing."""
    waits: list[str] = []
    buttons: list[ButtonElement] = []
    if page.disputed:
        waits.append(f"people disagree on {counted(page.disputed, 'sentence')}")
        if step is not NextStep.REVIEW:  # there it is the green one above
            buttons.append(button("Review", ids.REVIEW_NEXT, 0))
    if page.flagged:
        waits.append(f"{counted(page.flagged, 'sentence')} flagged")
        buttons.append(button("Flagged", ids.FLAGS_SHOW, 0))
    if not waits:
        return []
    words = line(plain("For reviewers: ", bold=True), f"{', '.join(waits)}.")
    return [words, ActionsBlock(elements=buttons)] if buttons else [words]
