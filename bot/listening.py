"""Everything Slack can send, and who answers it."""

from bot import nerbot_command as nerbot
from bot import train_command as train
from bot.adapters import Adapters
from bot.composition import Services
from bot.conversation import handlers as conversation
from bot.editor import handlers as editor
from bot.erasure import handlers as erasure
from bot.exchange import handlers as exchange
from bot.home import handlers as home
from bot.labelling import handlers as label
from bot.projects.handlers import Border, Refusals
from bot.recognition import handlers as ner
from bot.settings import Settings
from bot.slack import direct_messages as direct
from bot.slack.lengths import LengthLimit
from bot.slack.listeners import Listeners
from bot.slack.responders import ACK_WITHIN_SECONDS, WORDS_WITHIN_SECONDS, Responders
from bot.slack.telling.modals import CALL_SECONDS, Modals
from bot.slack.tenants.tenancy import Tenancy
from bot.slack.text import View
from bot.team import handlers as reasons
from bot.watching import handlers as watching
from bot.workflow_steps import handlers as workflow_steps

COMMANDS = (label.HELP, train.HELP, ner.HELP, nerbot.HELP)
"""Every command, in the order in which help shows them."""


def listen(tenancy: Tenancy, settings: Settings, adapters: Adapters, services: Services) -> None:
    """Let everything that Slack can send be answered, after what keeps strangers and floods out."""
    app, slow = tenancy.app, settings.patience
    modals = Modals(adapters.answers, call_within=CALL_SECONDS * slow)
    replies = Responders(
        adapters.background,
        adapters.answers,
        modals,
        commands=COMMANDS,
        ack_within=ACK_WITHIN_SECONDS * slow,
        words_within=WORDS_WITHIN_SECONDS * slow,
    )
    _guard(tenancy, adapters, modals)
    _answer_in_place(adapters, modals)
    app.use(adapters.updates.follow)
    listeners = Listeners(app, replies)
    listeners.help(COMMANDS)
    _listen_to_labellers(tenancy, settings, adapters, services, replies)
    _listen_to_routers(listeners, services)
    _listen_to_askers(tenancy, settings, adapters, services, replies)
    erasure.register(app, adapters.departing, adapters.background, tenancy.organization_left)
    exchange.register(app, services.files, replies)
    home.register(
        app,
        services.labelling,
        services.training,
        services.recognition,
        adapters.updates,
        adapters.background,
        adapters.direct_messages,
        modals,
        commands=COMMANDS,
    )


def _guard(tenancy: Tenancy, adapters: Adapters, modals: Modals) -> None:
    """What stands before every listener: the border of the workspaces, and how long a text may be."""
    refusals = Refusals(adapters.answers, modals, adapters.messenger)
    border = Border(
        adapters.store,
        adapters.background,
        refusals,
        serves=tenancy.serves,
        requests=adapters.requests,
    )
    tenancy.app.use(border.check)
    tenancy.app.use(LengthLimit(adapters.answers, adapters.background).check)


def _listen_to_labellers(
    tenancy: Tenancy,
    settings: Settings,
    adapters: Adapters,
    services: Services,
    replies: Responders,
) -> None:
    """Cards, messages to label, and the editor."""
    app, slow = tenancy.app, settings.patience
    label.register(
        app,
        services.labelling,
        replies,
        adapters.direct_messages,
        patience=direct.PATIENCE_SECONDS * slow,
        deleting=reasons.typed_deletion(services.use_cases),
    )
    reasons.register(app, services.labelling, services.use_cases, replies)
    editor.register(
        app,
        services.editor,
        replies,
        select_and_bold=settings.select_and_bold,
        patience=editor.PATIENCE_SECONDS * slow,
    )


def _listen_to_askers(
    tenancy: Tenancy,
    settings: Settings,
    adapters: Adapters,
    services: Services,
    replies: Responders,
) -> None:
    """Whatever the live model is asked by: /ner, plain words, watched channels and workflows."""
    app = tenancy.app
    ner.register(app, services.recognition, replies)
    if settings.watching:
        watching.register(app, services.watching.watchers.receiving_of)
    if settings.workflow_steps:
        workflow_steps.register(app, services.workflow_steps, adapters.background)
    conversation.register(
        app,
        services.recognition,
        replies,
        adapters.direct_messages,
        commands=COMMANDS,
        on_asked=lambda workspace, person: adapters.updates.touch(workspace, person, asked=True),
    )


def _listen_to_routers(listeners: Listeners, services: Services) -> None:
    """The two commands that are many, with their buttons."""
    train.register(listeners, services.training, services.schedules, services.digests)
    nerbot.register(
        listeners,
        services.use_cases,
        services.models,
        services.corrections,
        services.forgetting,
        services.reminders,
        services.exchange,
        services.webhooks,
        services.watching.commands,
        services.watching.outputs,
    )


def _answer_in_place(adapters: Adapters, modals: Modals) -> None:
    """A card in Home or in a modal is answered where it is shown."""
    adapters.answers.in_home = adapters.updates.show

    async def in_modal(workspace: str, view_id: str, view: View) -> bool:
        client = await adapters.clients.of(workspace)
        return await modals.show_card(client.web, view_id, view)

    adapters.answers.in_modal = in_modal
