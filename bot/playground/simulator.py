"""The Slack simulator without its server: what a person, a test or the page can do with it."""

import asyncio
import contextlib
import copy
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import aiohttp

from bot.playground.delivery.errors import DeliveryError
from bot.playground.delivery.events import EventSender, deliver_event, event_callback
from bot.playground.delivery.signed_http import SignedHttp
from bot.playground.delivery.socket_mode import Sockets
from bot.playground.interactions.arrivals import Arrivals
from bot.playground.interactions.message_interactions import MessageInteractions
from bot.playground.interactions.payloads import Payloads
from bot.playground.interactions.person_actions import PersonActions
from bot.playground.interactions.view_interactions import ViewInteractions
from bot.playground.state.expiring_ids import ResponseUrls, Triggers
from bot.playground.state.lists import Lists
from bot.playground.state.manifest import Manifest
from bot.playground.state.message_events import message_events
from bot.playground.state.steps import StepRun, Steps, step_event
from bot.playground.state.uploads import Uploads
from bot.playground.state.views import Views
from bot.playground.state.workspace import Workspace
from bot.playground.values import JSON, Answer, Call, Change, Problem, Secrets, Timing
from bot.playground.web_api.assembly import make_web_api
from bot.playground.web_api.channel_methods import ChannelMethods
from bot.playground.web_api.dispatcher import WebApi
from bot.playground.web_api.failures import Broken, Failures
from bot.playground.web_api.rates import Rates

_LOG_LIMIT = 20_000
_POLL_SECONDS = 0.05


class SlackSimulator(PersonActions):
    """One workspace with one app in it. Names can be given wherever ids can."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        manifest: Manifest,
        secrets: Secrets,
        timing: Timing,
        session: aiohttp.ClientSession,
        files: Path,
    ) -> None:
        super().__init__()
        self.workspace = workspace
        self.manifest = manifest
        self.secrets = secrets
        self.timing = timing
        self.request_url: str | None = None
        self.deliver_via: Literal["socket", "http"] = "socket"
        self.calls: deque[Call] = deque(maxlen=_LOG_LIMIT)
        self.problems: deque[Problem] = deque(maxlen=_LOG_LIMIT)
        self.failures = Failures()
        self.rates = Rates(timing.now)
        self.triggers = Triggers(timing)
        self.response_urls = ResponseUrls(timing)
        self.views = Views(workspace.identity, lambda user: workspace.notify("view", user))
        self.uploads = Uploads(files)
        self.steps = Steps()
        self.lists = Lists(notify=workspace.notify, next_ts=workspace.next_ts)
        self.events = EventSender(lambda event, event_id: self.event(event, event_id=event_id))
        self.arrivals = Arrivals(self, self.events, workspace.notify)
        workspace.watch(self._on_change)
        self.alter: Callable[[JSON], JSON] | None = None
        """What becomes of each payload on its way: tests send what Slack would for other workspaces."""
        self.http = SignedHttp(
            timing=timing, signing_secret=secrets.signing_secret, session=session
        )
        self.sockets = Sockets(
            timing=timing,
            app_id=workspace.identity.app_id,
            on_change=lambda: workspace.notify("status", None),
            on_problem=self.note_problem,
        )
        self.channel_methods = ChannelMethods(workspace, scopes=manifest.scopes)
        self.web_api = self._make_web_api()
        payloads = self._make_payloads()
        self.interactions = MessageInteractions(
            workspace,
            manifest=manifest,
            payloads=payloads,
            views=self.views,
            deliver=self._deliver,
            on_problem=self.note_problem,
        )
        self.view_interactions = ViewInteractions(
            views=self.views,
            payloads=payloads,
            send=self.interactions.send_interaction,
            on_problem=self.note_problem,
        )

    def _make_web_api(self) -> WebApi:
        return make_web_api(
            self.workspace,
            self.channel_methods,
            manifest=self.manifest,
            secrets=self.secrets,
            socket_url=self._socket_url,
            uploads=self.uploads,
            views=self.views,
            triggers=self.triggers,
            lists=self.lists,
            steps=self.steps,
        )

    def _make_payloads(self) -> Payloads:
        return Payloads(
            self.workspace,
            triggers=self.triggers,
            response_urls=self.response_urls,
            url=lambda: self.base_url,
        )

    @property
    def base_url(self) -> str:
        """Where it is served."""
        return self.workspace.address

    @base_url.setter
    def base_url(self, address: str) -> None:
        self.workspace.address = address

    # Requests and events

    async def deliver_again(self, answer: Answer) -> Answer:
        """Deliver the same request once more, with the same trigger_id, as a repeat would be."""
        if answer.kind == "slash_commands":
            return await self.interactions.send_command(answer.request)
        return await self.interactions.send_interaction(answer.request)

    async def event(self, event: JSON, *, event_id: str | None = None) -> bool:
        """Deliver an event, with up to three retries. True when the app acknowledged it."""
        person = self.workspace.people.get(str(event.get("user")))
        payload = event_callback(
            event,
            identity=self.workspace.identity,
            event_id=event_id or self.events.new_id(self.workspace.next_ts()),
            now=self.timing.now(),
            team=person.team_id if person else None,
        )
        return await deliver_event(
            payload, deliver=self._deliver, timing=self.timing, on_problem=self.note_problem
        )

    def _on_change(self, _: str, value: object) -> None:
        """Tell the app of a message, and of changes of one, where it is subscribed to them and a member."""
        if isinstance(value, Change):
            for event in message_events(value, self.workspace, self.manifest.events):
                self.events.put(event, self.workspace.next_ts())

    async def close(self) -> None:
        """Tell no more."""
        await self.arrivals.stop()
        await self.events.close()

    async def run_step(self, callback_id: str, **inputs: object) -> StepRun:
        """Run a step of the manifest as a workflow does; what became of it is in `steps.find(run.id)`."""
        found = {step.callback_id: step for step in self.manifest.steps}
        if callback_id not in found:
            raise LookupError(f"the manifest has no step {callback_id}")
        run = self.steps.start(found[callback_id], inputs)
        if "function_executed" in self.manifest.events:
            await self.event(step_event(run, ts=self.workspace.next_ts()))
        return self.steps.find(run.id)

    async def open_home(self, user: str, *, tab: Literal["home", "messages"] = "home") -> bool:
        """Go to the app's Home (or its messages); True when the app acknowledged the event.

        Slack sends app_home_opened only to apps whose manifest enables Home and subscribes to the event.
        """
        if not self.manifest.home:
            raise LookupError("the manifest does not enable the Home tab")
        if "app_home_opened" not in self.manifest.events:
            return False
        person = self.workspace.person(user)
        home = self.views.homes.get(person.id)
        event = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": self.workspace.direct_message(person.id).id,
            "tab": tab,
            "event_ts": self.workspace.next_ts(),
        }
        return await self.event({**event, "view": copy.deepcopy(home)} if home else event)

    # Waiting

    async def until(self, condition: Callable[[], object], *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Wait until `condition()` is true; checks it at each change and at least every 50 ms."""
        changed = asyncio.Event()
        forget = self.workspace.watch(lambda *_: changed.set())
        try:
            async with asyncio.timeout(self.timing.until if timeout is None else timeout):
                while not condition():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(changed.wait(), _POLL_SECONDS)
                    changed.clear()
        finally:
            forget()

    @property
    def connected(self) -> bool:
        """Whether the app can be reached now."""
        return self.deliver_via == "http" or self.sockets.connected > 0

    # Failures on purpose

    def fail_next(
        self,
        method: str,
        *,
        status: int = 429,
        headers: dict[str, str] | None = None,
        times: int = 1,
        error: str | None = None,
        broken: Broken | None = None,
    ) -> None:
        """Answer the next calls of a method ("response_url" is one, "*" is any) with a status, with one of Slack's
        errors, or with an answer that is broken."""
        self.failures.add(
            method, status=status, headers=headers, times=times, error=error, broken=broken
        )

    async def disconnect(
        self, reason: Literal["warning", "refresh_requested"] = "refresh_requested"
    ) -> None:
        """Ask every connection to reconnect."""
        await self.sockets.disconnect(reason)

    async def drop_connections(self) -> None:
        """Close every connection without a warning."""
        await self.sockets.drop()

    async def use_http(self, request_url: str) -> None:
        """Deliver by signed HTTP from now on, after Slack's url_verification."""
        challenge = self.workspace.next_ts()
        payload = {"type": "url_verification", "token": "deprecated", "challenge": challenge}
        body = await self.http.deliver(request_url, "events_api", payload, retry={})
        if body is None or challenge not in (body.get("challenge"), body.get("text")):
            raise DeliveryError("url_verification_failed", f"{request_url} answered {body}")
        self.request_url = request_url
        self.deliver_via = "http"
        self.workspace.notify("status", None)

    def use_socket(self) -> None:
        """Deliver over Socket Mode from now on."""
        self.deliver_via = "socket"
        self.workspace.notify("status", None)

    # The app's side

    def call(self, method: str, args: JSON, *, token: str | None) -> JSON:
        """Answer a call of the Web API, and remember it."""
        response = self.web_api.call(method, args, token=token)
        self.remember(method, args, response)
        if not response["ok"]:
            reasons = map(str, response.get("errors", []))
            self.note_problem(response["error"], f"{method}: {'; '.join(reasons)}")
        return response

    def remember(self, method: str, args: JSON, response: JSON, *, status: int = 200) -> None:
        """Add a call to `calls` and notify watchers."""
        payload = {k: v for k, v in args.items() if k != "token"}
        at = self.timing.now()
        self.calls.append(
            Call(method=method, payload=payload, response=response, at=at, status=status)
        )
        self.workspace.notify("call", None)

    def note_problem(self, what: str, detail: str) -> None:
        """Add to `problems` what Slack refused or gave up on."""
        self.problems.append(Problem(what=what, detail=detail))
        self.workspace.notify("problem", self.problems[-1])

    async def _deliver(self, kind: str, payload: JSON, retry: JSON | None = None) -> JSON | None:
        retry_info = retry or {}
        if self.alter is not None:
            payload = self.alter(copy.deepcopy(payload))
        if self.deliver_via == "socket":
            return await self.sockets.deliver(kind, payload, retry=retry_info)
        assert self.request_url is not None, "use_http() sets it"
        return await self.http.deliver(self.request_url, kind, payload, retry=retry_info)

    def _socket_url(self) -> str:
        host = self.base_url.removeprefix("http://")
        return f"ws://{host}link/?ticket={self.sockets.issue_ticket()}&app_id={self.workspace.identity.app_id}"
