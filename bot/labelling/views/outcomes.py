"""Whatever labelling comes to, as people see it."""

from bot.labelling.values.bulk import EverywhereIntent, LabelledEverywhere, UndoneEverywhere
from bot.labelling.values.cards import Card, Outcome, Question, QueueEmpty
from bot.labelling.values.messages import MessageIntent, Queued, Withdrawn
from bot.labelling.views.bulk import everywhere_view, labelled_view, undone_view
from bot.labelling.views.cards import card_view, empty_view
from bot.labelling.views.messages import pieces_view, queued_view, withdrawn_view
from bot.labelling.views.questions import question_view
from bot.slack.text import View


def outcome_view(outcome: Outcome) -> View:
    """The view of an outcome."""
    match outcome:
        case Card():
            return card_view(outcome)
        case Question(intent=EverywhereIntent() as intent, survey=survey) if survey is not None:
            return everywhere_view(outcome, intent, survey)
        case Question(intent=MessageIntent() as intent):
            return pieces_view(outcome, intent)
        case Question():
            return question_view(outcome)
        case QueueEmpty():
            return empty_view(outcome)
        case LabelledEverywhere():
            return labelled_view(outcome)
        case UndoneEverywhere():
            return undone_view(outcome)
        case Queued():
            return queued_view(outcome)
        case Withdrawn():
            return withdrawn_view(outcome)
