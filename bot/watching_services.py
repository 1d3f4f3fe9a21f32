"""What watches channels and writes to outputs, wired by hand like the other services."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.adapters import Adapters
from bot.asking.cards import CardAsking
from bot.health.announcer import ask_to_check, tell_change
from bot.health.observer import Observer
from bot.models.lifecycle import ModelLifecycle
from bot.outputs.announcer import output_announcer
from bot.outputs.local import local_writers
from bot.outputs.reactions import ReactionWriter
from bot.outputs.replies import ReplyWriter
from bot.outputs.sender import WRITE_SECONDS, OutputSender
from bot.outputs.service import OutputService
from bot.outputs.slack_lists import ListWriter
from bot.outputs.values import OutputKind
from bot.settings import Settings
from bot.slack.clients import Client
from bot.watching.catching_up import CatchingUp
from bot.watching.correcting import Correcting
from bot.watching.keeping import Keeping
from bot.watching.reader import Reader
from bot.watching.receiving import Receiving
from bot.watching.service import Watching
from bot.watching.texts import Texts
from bot.watching.watcher import Watcher
from bot.watching.watchers import Watched, Watchers


@dataclass(frozen=True, slots=True)
class WatchingServices:
    """What watching is made of."""

    commands: Watching
    watchers: Watchers
    sender: OutputSender
    outputs: OutputService


def make_watching(
    settings: Settings,
    adapters: Adapters,
    lifecycle: ModelLifecycle,
    *,
    on_change: Callable[[], None],
) -> WatchingServices:
    """The services that read watched channels, and what writes what they find; `on_change` is called when there is
    something for others to send, too."""
    store = adapters.store
    sender = _make_output_sender(settings, adapters)

    def changed() -> None:
        sender.wake()
        on_change()

    async def make(workspace: str) -> Watched:
        client = await adapters.clients.of(workspace)
        return _make_watched(settings, adapters, lifecycle, client, changed)

    watchers = Watchers(make, adapters.records.watched, adapters.serves, always=adapters.always)
    watching = Watching(
        store,
        adapters.histories,
        is_on=bool(settings.watching),
        on_change=watchers.changed,
        owners=settings.owners,
    )
    outputs = OutputService(store, owners=settings.owners)
    return WatchingServices(watching, watchers, sender, outputs)


def _make_watched(
    settings: Settings,
    adapters: Adapters,
    lifecycle: ModelLifecycle,
    client: Client,
    changed: Callable[[], None],
) -> Watched:
    """What watches the channels of one workspace."""
    store, clock, texts, workspace = adapters.store, adapters.clock, Texts(), client.workspace
    receiving = Receiving(store, texts, workspace=workspace)
    receiving.on_change = changed
    catching_up = CatchingUp(
        store,
        adapters.histories,
        receiving,
        texts,
        workspace=workspace,
        me=client.me,
        clock=clock,
    )
    watcher = Watcher(
        store,
        receiving,
        Reader(
            store,
            adapters.engine,
            lifecycle,
            workspace=workspace,
            asking=CardAsking(),
            observing=Observer(
                store,
                workspace=workspace,
                tell=tell_change,
                ask=ask_to_check,
                owners=settings.owners,
            ),
        ),
        catching_up,
        Correcting(
            store,
            workspace=workspace,
            on_change=changed,
            on_new=receiving.announce,
        ),
        Keeping(store, workspace=workspace, clock=clock),
        texts,
        workspace=workspace,
        clock=clock,
        alone=adapters.is_alone,
    )
    return Watched(receiving, watcher)


def _make_output_sender(settings: Settings, adapters: Adapters) -> OutputSender:
    store, calls = adapters.store, adapters.calls
    writers = local_writers() | {
        OutputKind.LIST: ListWriter(store, calls),
        OutputKind.REPLY: ReplyWriter(store, calls),
        OutputKind.REACTION: ReactionWriter(store, calls),
    }
    return OutputSender(
        adapters.store,
        adapters.records.outputs,
        writers,
        output_announcer(adapters.messenger).tell_paused,
        clock=adapters.clock,
        write_within=WRITE_SECONDS * settings.patience,
        alone=adapters.is_alone,
    )
