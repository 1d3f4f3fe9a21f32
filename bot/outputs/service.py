"""Outputs as owners see them in Slack: which there are, and how they do."""

from bot.db.database import Store
from bot.domain.project import Caller
from bot.domain.roles import Role
from bot.outputs.repository import Outputs
from bot.outputs.values import OutputShown, OutputsShown, ShowOutputs
from bot.projects.context import RequestContext
from bot.projects.repositories.access import Access


class OutputService:
    """The use case of /nerbot outputs; outputs are added on the machine nerbot runs on."""

    def __init__(self, store: Store, *, owners: frozenset[str] = frozenset()) -> None:
        self._store = store
        self._owners = owners

    async def show(self, caller: Caller, _: ShowOutputs) -> OutputsShown:
        """The outputs of the channel's project."""
        async with self._store.writing(caller.workspace) as tx:
            project = await Access(tx).ensure(caller)
            context = RequestContext(tx, project, caller, self._owners)
            await context.require(Role.OWNER, "see outputs")
            outputs = Outputs(tx)
            found = await outputs.of(project.id)
            shown = [OutputShown(each, await outputs.waiting(each)) for each in found]
            return OutputsShown(project.name, tuple(shown))
