"""The whole Web API, of the methods of each group."""

from collections.abc import Callable

from bot.playground.state.expiring_ids import Triggers
from bot.playground.state.lists import Lists
from bot.playground.state.manifest import Manifest
from bot.playground.state.steps import Steps
from bot.playground.state.uploads import Uploads
from bot.playground.state.views import Views
from bot.playground.state.workspace import Workspace
from bot.playground.values import Secrets
from bot.playground.web_api.block_methods import block_methods
from bot.playground.web_api.channel_methods import ChannelMethods
from bot.playground.web_api.conversation_methods import ConversationMethods
from bot.playground.web_api.dispatcher import WebApi
from bot.playground.web_api.file_methods import FileMethods
from bot.playground.web_api.list_methods import ListMethods
from bot.playground.web_api.reaction_methods import ReactionMethods
from bot.playground.web_api.step_methods import StepMethods
from bot.playground.web_api.view_methods import ViewMethods


def make_web_api(
    workspace: Workspace,
    channels: ChannelMethods,
    *,
    manifest: Manifest,
    secrets: Secrets,
    socket_url: Callable[[], str],
    uploads: Uploads,
    views: Views,
    triggers: Triggers,
    lists: Lists,
    steps: Steps,
) -> WebApi:
    """Every method that the simulator has."""

    def url() -> str:
        return workspace.address

    conversations = ConversationMethods(
        workspace,
        scopes=manifest.scopes,
        url=url,
        socket_url=socket_url,
        has_file=lambda file: uploads.path(file) is not None,
    )
    groups = (
        conversations,
        channels,
        ReactionMethods(workspace),
        ViewMethods(workspace, views=views, triggers=triggers, home=manifest.home),
        FileMethods(workspace, uploads=uploads, url=url),
        ListMethods(workspace, lists=lists),
        StepMethods(steps, on_change=lambda run: workspace.notify("step", run)),
    )
    tables = (*(group.table() for group in groups), block_methods())
    methods = {name: method for table in tables for name, method in table.items()}
    return WebApi(methods, secrets=secrets, scopes=manifest.scopes, is_of_a_step=steps.knows)
