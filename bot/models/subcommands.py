"""/nerbot models, and the buttons of its answers and at the end of a run."""

from functools import partial

from bot.domain.roles import Role
from bot.models import parsing
from bot.models.commands import GoLive, PostScores, RollBack, ShowModels
from bot.models.service import ModelService
from bot.models.views.comparing import compared_view
from bot.models.views.examples import picture_view, sentences_view
from bot.models.views.packages import package_begun_view
from bot.models.views.versions import models_view, moved_view, policy_view
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.listeners import Button, with_id
from bot.slack.subcommands import Subcommand, without_more

SUBCOMMANDS = (
    Subcommand(
        words=("models", "model"),
        alone=("models list", "model list"),
        parse=without_more(ShowModels(), parsing.NOTHING_OR),
        handle=ModelService.show,
        view=models_view,
        help=(
            HelpLine(
                "/nerbot models",
                "every model with its scores; which one is live, since when and why",
            ),
        ),
    ),
    Subcommand(
        words=("models compare", "model compare"),
        parse=parsing.read_compared,
        handle=ModelService.compare,
        view=compared_view,
        help=(
            HelpLine(
                "/nerbot models compare 3 5", "two models on the sentences in which they differ"
            ),
        ),
    ),
    Subcommand(
        words=("models export", "model export"),
        parse=parsing.read_exported,
        handle=ModelService.export,
        view=package_begun_view,
        help=(
            HelpLine(
                "/nerbot models export 3",
                "sends me a model as a package for Python, with its card and encoder",
            ),
        ),
    ),
    Subcommand(
        words=("models live", "model live"),
        parse=parsing.read_live,
        handle=ModelService.go_live,
        view=moved_view,
        help=(
            HelpLine(
                "/nerbot models live 4", "makes a model live; rollback: the one before", Role.OWNER
            ),
        ),
    ),
    Subcommand(
        words=(),
        alone=("models rollback", "models roll back", "model rollback", "model roll back"),
        parse=lambda _: RollBack(),
        handle=ModelService.roll_back,
        view=moved_view,
        help=(),
    ),
    Subcommand(
        words=("models policy", "model policy"),
        parse=parsing.read_policy,
        handle=ModelService.set_policy,
        view=policy_view,
        help=(
            HelpLine(
                "/nerbot models policy better",
                "when a new model goes live automatically: better, not worse, or ask",
                Role.OWNER,
            ),
        ),
    ),
)

# Those of a channel's message are answered beside it.
_beside = partial(Button, replaces=False)

BUTTONS = (
    Button(ids.ROLL_BACK, with_id(RollBack), ModelService.roll_back, moved_view),
    Button(ids.MODELS_NEWEST, lambda _: ShowModels(), ModelService.show, models_view),
    Button(ids.MODELS_OLDER, with_id(ShowModels), ModelService.show, models_view),
    Button(ids.one_of(ids.COMPARE_PAGE), parsing.read_page, ModelService.compare, compared_view),
    _beside(
        ids.MAKE_LIVE, with_id(lambda run: GoLive(run_id=run)), ModelService.go_live, moved_view
    ),
    _beside(
        ids.UNDO_LIVE, with_id(lambda run: RollBack(run_id=run)), ModelService.roll_back, moved_view
    ),
    _beside(ids.one_of(ids.LOOK_AT), parsing.read_finding, ModelService.look_at, sentences_view),
    _beside(ids.SCORES_PICTURE, lambda _: PostScores(), ModelService.post_scores, picture_view),
)
