"""What can be typed after /train and pressed about trainings."""

from bot.domain.roles import Role
from bot.slack import action_ids as ids
from bot.slack.command_help import HelpLine
from bot.slack.listeners import Button, with_id
from bot.slack.subcommands import Subcommand
from bot.training.commands import (
    AutoTrainingOff,
    CancelTraining,
    ScheduleOff,
    StartTraining,
    TrainingHistory,
    TrainingStatus,
    TrainingTimes,
)
from bot.training.parsing import read_auto_training, read_start
from bot.training.schedule_parsing import read_chosen_zone, read_often, read_schedule, read_zone
from bot.training.scheduling import TrainingSchedules
from bot.training.service import Training
from bot.training.views.answers import (
    auto_off_view,
    auto_view,
    cancelled_view,
    coming_view,
    schedule_off_view,
    schedule_view,
    started_view,
    state_view,
)
from bot.training.views.history import history_view
from bot.training.views.zones import zone_view

START = Subcommand(
    words=(),
    parse=read_start,
    handle=Training.start,
    view=started_view,
    help=(
        HelpLine("/train", "starts a training"),
        HelpLine(
            "/train fast",
            "a model that answers sooner and learns from one that finds more; once it is live, later ones are such "
            "until /train encoder",
        ),
        HelpLine("/train cnn", "the same with the small model that needs no encoder"),
        HelpLine(
            "/train with unfinished",
            "learns from what is labelled in unfinished sentences, too; scores are those of finished ones",
        ),
    ),
)
"""What is meant by a line that begins with no other subcommand."""

RUNS = (
    Subcommand(
        words=(),
        alone=("status",),
        parse=lambda _: TrainingStatus(),
        handle=Training.status,
        view=state_view,
        help=(HelpLine("/train status", "what is finished, what runs, what is live"),),
    ),
    Subcommand(
        words=(),
        alone=("cancel", "stop"),
        parse=lambda _: CancelTraining(),
        handle=Training.cancel,
        view=cancelled_view,
        help=(HelpLine("/train cancel", "stops the training that runs"),),
    ),
    Subcommand(
        words=(),
        alone=("history",),
        parse=lambda _: TrainingHistory(),
        handle=Training.history,
        view=history_view,
        help=(HelpLine("/train history", "all trainings, newest first"),),
    ),
)

SCHEDULES = (
    Subcommand(
        words=(),
        alone=("when", "next", "schedule", "auto"),
        parse=lambda _: TrainingTimes(),
        handle=TrainingSchedules.coming,
        view=coming_view,
        help=(HelpLine("/train when", "the next times it trains automatically"),),
    ),
    Subcommand(
        words=("schedule",),
        parse=lambda typed: read_schedule(typed.text),
        handle=TrainingSchedules.set_schedule,
        view=schedule_view,
        help=(
            HelpLine(
                "/train schedule every day at 03:00",
                "trains automatically; also: weekdays at 7, nightly, every 6 hours",
                Role.OWNER,
            ),
            HelpLine("/train schedule 0 3 * * mon-fri", "the same as a cron line", Role.OWNER),
        ),
    ),
    Subcommand(
        words=("timezone", "time zone"),
        parse=read_zone,
        handle=TrainingSchedules.choose_zone,
        view=zone_view,
        help=(
            HelpLine(
                "/train timezone Europe/Berlin", "reads the times you type in your own time zone"
            ),
        ),
    ),
    Subcommand(
        words=(),
        alone=("schedule off", "schedule stop", "schedule none"),
        parse=lambda _: ScheduleOff(),
        handle=TrainingSchedules.schedule_off,
        view=schedule_off_view,
        help=(HelpLine("/train schedule off", "ends the schedule", Role.OWNER),),
    ),
    Subcommand(
        words=("auto",),
        parse=read_auto_training,
        handle=TrainingSchedules.set_auto,
        view=auto_view,
        help=(
            HelpLine(
                "/train auto 50",
                "trains automatically after every 50 newly finished sentences",
                Role.OWNER,
            ),
        ),
    ),
    Subcommand(
        words=(),
        alone=("auto off",),
        parse=lambda _: AutoTrainingOff(),
        handle=TrainingSchedules.auto_off,
        view=auto_off_view,
        help=(HelpLine("/train auto off", "ends that", Role.OWNER),),
    ),
)

BUTTONS = (
    Button(
        ids.CANCEL_RUN, with_id(CancelTraining), Training.cancel, cancelled_view, replaces=False
    ),
    Button(ids.TRAIN_NOW, lambda _: StartTraining(), Training.start, started_view, replaces=False),
    Button(ids.OLDER_RUNS, with_id(TrainingHistory), Training.history, history_view),
    Button(ids.NEWER_RUNS, with_id(TrainingHistory), Training.history, history_view),
)

SCHEDULE_BUTTONS = (
    Button(ids.SCHEDULE_OFTEN, read_often, TrainingSchedules.set_schedule, schedule_view),
    Button(ids.SCHEDULE_HOURLY, read_schedule, TrainingSchedules.set_schedule, schedule_view),
    Button(ids.SCHEDULE_ZONE, read_chosen_zone, TrainingSchedules.choose_zone, zone_view),
)
