"""The team's use cases: what each form of /nerbot and each of its buttons does."""

from collections.abc import Callable
from datetime import datetime

from bot.db.records.idempotency import once
from bot.db.store import Store
from bot.db.transaction import Transaction
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller
from bot.domain.roles import Role
from bot.projects import service as team_projects
from bot.projects.commands import ChangeSettings, NewProject, ProjectShown, ShowProject, UseProject
from bot.projects.context import RequestContext, read_roles
from bot.projects.repositories.projects import Projects
from bot.projects.repositories.roles import Roles
from bot.team import flags as team_flags
from bot.team import history as team_history
from bot.team import labels as team_labels
from bot.team import review as team_review
from bot.team import roles as team_roles
from bot.team import stats as team_stats
from bot.team.commands import (
    AddLabel,
    ChangeLabels,
    Confirm,
    Decline,
    DescribeLabel,
    GiveRole,
    LabelKept,
    LabelsChanged,
    RolesShown,
    ShowLabels,
    ShowRoles,
    TeamAnswer,
    TeamCommand,
    TeamReply,
)
from bot.team.repositories.history import History
from bot.team.values.flags import FlagsShown, SettleFlags, ShowFlags
from bot.team.values.history import ShowHistory, UndoStep
from bot.team.values.review import (
    NextDispute,
    NoDispute,
    NoteDecision,
    NoteKept,
    Reviewing,
    ReviewMyself,
    TakeVersion,
)
from bot.team.values.stats import ShowStats

Reading = ShowLabels | ShowProject | ShowRoles | ShowStats | NextDispute | ShowFlags | ShowHistory


_REPLY: JsonForm[TeamReply] = JsonForm(TeamReply)


class Team:
    """Does what a person asks with /nerbot; a repeated request changes nothing and gets the same answer."""

    def __init__(
        self, store: Store, *, owners: frozenset[str], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._owners = owners
        self._clock = clock

    async def handle(self, caller: Caller, command: TeamCommand) -> TeamReply:
        """Carry out one command; raises PersonError where it cannot be done as asked."""
        if isinstance(command, Reading):
            first = await self._make_ready(caller)
            async with self._store.reading(caller.workspace) as tx:
                answer = await self._read(await self._turn(tx, caller), command)
            return TeamReply(answer, first_owner=first)
        # A label that is renamed or merged changes every annotation.
        async with self._store.writing(caller.workspace, alone=True) as tx:
            return await once(
                tx, caller.request, _REPLY, lambda: self._written(tx, caller, command)
            )

    async def _written(self, tx: Transaction, caller: Caller, command: TeamCommand) -> TeamReply:
        first = await self._first_owner(tx, caller)
        context = await self._turn(tx, caller)
        answer = await self._write(context, command)
        undo = await _undo_of(context, answer)
        return TeamReply(answer, first_owner=first, undo=undo)

    async def welcome(self, caller: Caller) -> bool:
        """Make the workspace's first person its owner; True where that was just now."""
        return await self._make_ready(caller)

    async def _make_ready(self, caller: Caller) -> bool:
        """See to it that there is a project and an owner; True where this person became it."""
        async with self._store.reading(caller.workspace) as tx:
            roles = await read_roles(tx, self._owners)
            if Role.OWNER in roles.values() and await Projects(tx).of_channel(caller.room):
                return False
        async with self._store.writing(caller.workspace) as tx:
            return await self._first_owner(tx, caller)

    async def _first_owner(self, tx: Transaction, caller: Caller) -> bool:
        project = await Projects(tx).ensure(caller.room)
        if Role.OWNER in (await read_roles(tx, self._owners)).values():
            return False
        await Roles(tx).give(project.id, caller.person, Role.OWNER, by=caller.person)
        return True

    async def _turn(self, tx: Transaction, caller: Caller) -> RequestContext:
        project = await Projects(tx).of_channel(caller.room)
        assert project is not None, "made ready before"
        roles = await read_roles(tx, self._owners)
        return RequestContext(tx, project, caller, roles, self._owners)

    async def _read(self, context: RequestContext, command: Reading) -> TeamAnswer:
        match command:
            case ShowLabels():
                return await team_labels.show(context)
            case ShowProject():
                return await team_projects.show(context)
            case ShowRoles():
                return team_roles.show(context)
            case ShowStats():
                return await team_stats.show(context, now=self._clock())
            case NextDispute(after):
                return await team_review.next_dispute(context, after)
            case ShowFlags():
                return await team_flags.show(context)
            case ShowHistory():
                return await team_history.show(context, command)

    async def _write(self, context: RequestContext, command: TeamCommand) -> TeamAnswer:
        match command:
            case AddLabel() | DescribeLabel() | ChangeLabels() | Confirm() | Decline():
                return await _change_labels(context, command)
            case NewProject():
                return await team_projects.make(context, command)
            case UseProject():
                return await team_projects.use(context, command)
            case ChangeSettings():
                return await team_projects.change(context, command)
            case GiveRole():
                return await team_roles.give(context, command)
            case TakeVersion() | ReviewMyself() | NoteDecision():
                return await _review(context, command)
            case SettleFlags():
                return await team_flags.settle(context, command)
            case UndoStep():
                return await team_history.undo(context, command)
        raise AssertionError(f"{type(command).__name__} only reads")


async def _change_labels(
    context: RequestContext, command: AddLabel | DescribeLabel | ChangeLabels | Confirm | Decline
) -> TeamAnswer:
    match command:
        case AddLabel():
            return await team_labels.add(context, command)
        case DescribeLabel():
            return await team_labels.describe(context, command)
        case ChangeLabels():
            return await team_labels.ask(context, command)
        case Confirm(offer):
            return await team_labels.confirm(context, offer)
        case Decline(offer):
            return await team_labels.decline(context, offer)


async def _review(
    context: RequestContext, command: TakeVersion | ReviewMyself | NoteDecision
) -> TeamAnswer:
    match command:
        case TakeVersion():
            return await team_review.take(context, command)
        case ReviewMyself():
            return await team_review.label_myself(context, command)
        case NoteDecision():
            return await team_review.note(context, command)


async def _undo_of(context: RequestContext, answer: TeamAnswer) -> int | None:
    """The event an [Undo] beside this answer takes back; None where it changed nothing."""
    match answer:
        case LabelKept() | LabelsChanged() | NoteKept():
            pass
        case RolesShown(changed=str()) | ProjectShown(did="bound" | "set"):
            pass
        case FlagsShown(settled=int()):
            pass
        case Reviewing(decided=d) | NoDispute(decided=d) if d is not None:
            pass
        case _:
            return None
    project = answer.project if isinstance(answer, ProjectShown) else context.project
    newest = await History(context.tx).page(project.id, limit=1)
    return newest[0].id if newest else None
