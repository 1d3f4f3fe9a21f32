"""/nerbot labels, stats, review, flags and history, and the buttons of their answers."""

from bot.domain.roles import Role
from bot.projects.entries import button, subcommand
from bot.projects.use_cases import reads, reports, writes
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.listeners import with_id
from bot.slack.subcommands import without_more
from bot.team import deletions, errors_found, flags, history, labels, parsing, review, stats
from bot.team.commands import AddLabel, Confirm, Decline, DescribeLabel, ShowLabels
from bot.team.values.deletions import ConfirmDelete, DeleteNow
from bot.team.values.flags import SettleFlags, ShowFlags
from bot.team.values.history import UndoStep
from bot.team.values.review import NextDispute, NextError, ReviewMyself
from bot.team.values.stats import ShowStats
from bot.team.views.deletions import asked_view as deletion_view
from bot.team.views.deletions import deleted_view
from bot.team.views.flags import flags_view
from bot.team.views.history import history_view, undone_view
from bot.team.views.labels import asked_view, changed_view, kept_view, labels_view, left_view
from bot.team.views.review import dispute_view, error_view, note_view, yours_view
from bot.team.views.stats import stats_view

SUBCOMMANDS = (
    subcommand(
        ("labels", "label"),
        without_more(ShowLabels(), "/nerbot labels has no command “{first}”."),
        reads(labels.show),
        labels_view,
        HelpLine("/nerbot labels", "every label, what it means, phrases that carry it"),
    ),
    subcommand(
        ("labels add", "label add"),
        parsing.read_described(AddLabel),
        writes(labels.add),
        kept_view,
        HelpLine("/nerbot labels add SYMPTOM what a patient feels", "a new label"),
    ),
    subcommand(
        ("labels describe", "label describe"),
        parsing.read_described(DescribeLabel),
        writes(labels.describe),
        kept_view,
        HelpLine("/nerbot labels describe SYMPTOM what a patient feels", "says what a label means"),
    ),
    subcommand(
        ("labels rename", "label rename"),
        parsing.read_change,
        writes(labels.ask),
        asked_view,
        HelpLine(
            "/nerbot labels rename SYMPTON SYMPTOM",
            "gives a label another name everywhere",
            Role.OWNER,
        ),
    ),
    subcommand(
        ("labels merge", "label merge"),
        parsing.read_change,
        writes(labels.ask),
        asked_view,
        HelpLine(
            "/nerbot labels merge ILLNESS DISEASE",
            "makes the first label the second, everywhere",
            Role.OWNER,
        ),
    ),
    subcommand(
        ("labels delete", "label delete"),
        parsing.read_label_to_delete,
        writes(deletions.ask),
        deletion_view,
        HelpLine(
            "/nerbot labels delete SYMPTOM",
            "takes a label off all phrases, after asking; can be undone",
            Role.OWNER,
        ),
    ),
    subcommand(
        ("project delete", "projects delete"),
        parsing.read_project_to_delete,
        writes(deletions.ask),
        deletion_view,
        HelpLine(
            "/nerbot project delete NAME",
            "puts a project out of sight, after asking; can be undone",
            Role.OWNER,
        ),
    ),
    subcommand(
        ("stats",),
        without_more(ShowStats(), "/nerbot stats takes no arguments."),
        reports(stats.show),
        stats_view,
        HelpLine("/nerbot stats", "what is finished, by whom, how fast; how far people agree"),
    ),
    subcommand(
        ("review",),
        without_more(NextDispute(), parsing.ONLY_NOTE),
        reads(review.next_dispute),
        dispute_view,
        HelpLine("/nerbot review", "sentences people disagree on, side by side; a tap decides"),
    ),
    subcommand(
        ("review note",),
        parsing.read_note,
        writes(review.note),
        note_view,
        HelpLine("/nerbot review note it is a sign, not a symptom", "why I decided so"),
    ),
    subcommand(
        ("review errors", "review error"),
        without_more(NextError(), parsing.ONLY_NOTE),
        reads(errors_found.next_error),
        error_view,
        HelpLine(
            "/nerbot review errors",
            "finished sentences that are most probably wrong; a tap settles",
        ),
    ),
    subcommand(
        ("flags",),
        without_more(ShowFlags(), "/nerbot flags takes no arguments."),
        reads(flags.show),
        flags_view,
        HelpLine(
            "/nerbot flags", "sentences people flagged, with the reason; settle or label them"
        ),
    ),
    subcommand(
        ("history",),
        parsing.read_history,
        reads(history.show),
        history_view,
        HelpLine("/nerbot history", "the last steps, to be undone; history mine: my own"),
    ),
)

BUTTONS = (
    button(ids.CONFIRM, Confirm, writes(labels.confirm), changed_view),
    button(ids.DECLINE, Decline, writes(labels.decline), left_view),
    button(ids.DELETE_SENTENCE, with_id(DeleteNow), writes(deletions.delete_now), deleted_view),
    button(ids.DELETE, ConfirmDelete, writes(deletions.confirm), deleted_view),
    button(ids.UNDO_STEP, with_id(UndoStep), writes(history.undo), undone_view),
    button(ids.one_of(ids.UNDO_EVENT), with_id(UndoStep), writes(history.undo), undone_view),
    button(ids.HISTORY_NEWER, parsing.read_page, reads(history.show), history_view),
    button(ids.HISTORY_OLDER, parsing.read_page, reads(history.show), history_view),
    button(ids.REVIEW_MERGE, parsing.read_merge, writes(review.merge), dispute_view),
    button(ids.ERROR_NEXT, with_id(NextError), reads(errors_found.next_error), error_view),
    button(
        ids.one_of(ids.ERROR_TAKE),
        parsing.read_reading,
        writes(errors_found.take_reading),
        error_view,
    ),
    button(ids.REVIEW_NEXT, with_id(NextDispute), reads(review.next_dispute), dispute_view),
    button(ids.REVIEW_MYSELF, with_id(ReviewMyself), writes(review.label_myself), yours_view),
    button(
        ids.one_of(ids.FLAG_LABEL), with_id(ReviewMyself), writes(review.label_myself), yours_view
    ),
    button(ids.one_of(ids.REVIEW_TAKE), parsing.read_version, writes(review.take), dispute_view),
    button(ids.FLAGS_SHOW, lambda _: ShowFlags(), reads(flags.show), flags_view),
    button(ids.one_of(ids.FLAG_SETTLED), with_id(SettleFlags), writes(flags.settle), flags_view),
)
