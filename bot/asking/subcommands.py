"""/nerbot unsure."""

from bot.asking import cards
from bot.asking.parsing import read_answer
from bot.asking.values import Said, ShowCards
from bot.asking.views import card_view
from bot.projects.entries import button, subcommand
from bot.projects.use_cases import reads, writes
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.subcommands import without_more

SUBCOMMANDS = (
    subcommand(
        ("unsure",),
        without_more(ShowCards(), "/nerbot unsure takes no arguments."),
        reads(cards.show),
        card_view,
        HelpLine(
            "/nerbot unsure",
            "what was found in watched channels and is too unsure to go out; a tap decides",
        ),
    ),
)

BUTTONS = (
    button(ids.CARD_YES, read_answer(Said.YES), writes(cards.answer), card_view),
    button(ids.CARD_NO, read_answer(Said.NO), writes(cards.answer), card_view),
    button(ids.CARD_EDIT, read_answer(Said.EDIT), writes(cards.answer), card_view),
)
