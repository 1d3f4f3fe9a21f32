"""The shortcut “Import the sentences of this file”, and the buttons of the message that follows it."""

from collections.abc import Callable, Mapping

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.exchange.commands import CancelFile, ChooseProject, FileCommand, ImportFile, UndoFile
from bot.exchange.files import FileImporting
from bot.exchange.views.files import taken_view
from bot.slack import action_ids as ids
from bot.slack import payloads
from bot.slack.payloads import Payload
from bot.slack.reply_places import reply_place
from bot.slack.responders import Responders, present
from bot.slack.shared_files import files_of_message
from bot.slack.text import View


def _read_project(value: str) -> ChooseProject:
    number, _, project = value.partition(":")
    return ChooseProject(payloads.read_id(number), payloads.read_id(project))


_PRESSED: Mapping[str, Callable[[str], FileCommand]] = {
    ids.FILE_IMPORT: lambda value: ImportFile(payloads.read_id(value)),
    ids.FILE_CANCEL: lambda value: CancelFile(payloads.read_id(value)),
    ids.FILE_UNDO: lambda value: UndoFile(payloads.read_id(value)),
    ids.FILE_PROJECT: _read_project,
}


def register(app: AsyncApp, files: FileImporting, replies: Responders) -> None:
    """Listen to the shortcut and the buttons."""

    async def shortcut(ack: AsyncAck, body: Payload) -> None:
        await ack()
        replies.start(_take(files, replies, body), name=ids.IMPORT_FILE)

    async def pressed(ack: AsyncAck, body: Payload) -> None:
        await ack()
        replies.start(_press(files, replies, body), name="button of a file import")

    app.shortcut({"callback_id": ids.IMPORT_FILE, "type": "message_action"})(shortcut)
    for action in _PRESSED:
        app.action(action)(pressed)


async def _take(files: FileImporting, replies: Responders, body: Payload) -> None:
    async def work() -> View:
        caller = payloads.caller_of_action(body)
        return taken_view(await files.take(caller, files_of_message(body)))

    presented = await present(work())
    thread = payloads.message_of_shortcut(body).thread
    await replies.answers.send(reply_place(body), presented.view, thread=thread)


async def _press(files: FileImporting, replies: Responders, body: Payload) -> None:
    """The message itself shows what a press did; only a refusal is answered, beside it."""
    action = (body.get("actions") or [{}])[0]

    async def work() -> View:
        read = _PRESSED[str(action.get("action_id"))]
        await files.handle(payloads.caller_of_action(body), read(payloads.action_value(body)))
        return View("", ())

    presented = await present(work())
    if presented.failed:
        await replies.answers.send(reply_place(body), presented.view)
