"""The first tables."""

from alembic import op

from bot.db.migrations.tables import labelling, training

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them, and see to it that events are never changed."""
    labelling.create_projects()
    labelling.create_requests()
    training.create_schedules()
    labelling.create_sentences()
    labelling.create_annotations()
    labelling.create_events()
    training.create_queue()
    training.create_runs()
    training.create_skips()
    training.create_models()
    _refuse_changed_events()


def _refuse_changed_events() -> None:
    # DELETE stays possible: to forget a text means to erase its events as well.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event "
            "BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_changed_event() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are only ever added'; END $$"
    )
    op.execute(
        "CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_changed_event()"
    )
