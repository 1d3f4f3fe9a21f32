"""What a bot does automatically, each minute and at set times."""

from bot.adapters import Adapters, Opened
from bot.backups.keeper import BackupKeeper
from bot.composition import Services
from bot.jobs.scheduler import Clock
from bot.training.commands import Schedule


def make_clock(
    opened: Opened, adapters: Adapters, services: Services, keeper: BackupKeeper | None
) -> Clock[Schedule]:
    """What wakes a bot: it begins the trainings that are due, and looks at everything else each minute."""

    async def chores() -> None:
        await opened.tenancy.look()
        await opened.erasing.departing.purge()
        await opened.erasing.vectors.look()
        opened.database.keep_reserve(opened.reserve)
        await adapters.jumps.look()
        if adapters.is_out:
            return
        if keeper is not None:
            await keeper.look()
        await services.copies.look()
        await services.recovery.recover()
        await services.digests.tell_what_is_due()
        await services.schedules.begin_auto_trainings()
        await services.ranking.look()
        await services.corrections.look()
        await services.file_work.look()
        await adapters.sender.prune()
        await services.counters.look()
        await services.search_index.look()
        await services.forgetting.look()
        await services.reminders.look()
        await services.watching.watchers.look()

    return Clock(
        adapters.records.trainings.schedules,
        fire=services.schedules.run_scheduled,
        set_right=services.schedules.set_right,
        chores=chores,
        clock=adapters.clock,
    )
