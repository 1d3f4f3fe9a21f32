"""What happens for each workspace when it is served, and when it is no more."""

from collections.abc import Sequence

from bot.adapters import Adapters
from bot.composition import Services
from bot.recognition.warm_up import load_words, warm_up
from bot.slack.connection import Connection
from bot.slack.tenants.tenancy import Tenancy


def rest_when_out(
    adapters: Adapters, services: Services, connection: Connection, tenancy: Tenancy
) -> None:
    """No call with a token that was revoked, whoever notices it first."""

    async def rest(workspace: str) -> None:
        adapters.serves.remove(workspace)
        await tenancy.left(workspace)
        await services.watching.watchers.look()
        if adapters.is_out:
            adapters.sender.rest()
            await connection.end()

    adapters.departing.on_out.append(rest)
    adapters.sender.on_let_out = adapters.departing.leave


async def warm_up_all(
    tenancy: Tenancy, adapters: Adapters, services: Services, samples: Sequence[str]
) -> None:
    """Load what the first question needs, in the background; `samples` are for the workspace whose token is set."""
    background, engine, seeder = adapters.background, adapters.engine, services.seeder
    for workspace in tenancy.always:
        me = await adapters.who(workspace)
        work = warm_up(adapters.store, engine, seeder, workspace, samples, person=me)
        background.start(work, name="warm-up", droppable=True)
    if not tenancy.always:
        # They begin with nothing, so nobody waits for samples; a model is loaded by the first who asks it.
        seeder.seeded.set()
        background.start(load_words(engine), name="warm-up", droppable=True)
