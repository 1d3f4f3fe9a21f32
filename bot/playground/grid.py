"""Several workspaces of one Slack: one app installed in each by OAuth, one Web API whose tokens say which is meant.

Behind it is a simulator for each workspace. Sources:
https://docs.slack.dev/authentication/installing-with-oauth and
https://docs.slack.dev/authentication/using-token-rotation
"""

import base64
import contextlib
import html
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp import web

from bot.playground.playground import HOST, Playground, listen
from bot.playground.state.sample_workspace import new_secrets
from bot.playground.state.workspace import new_id
from bot.playground.values import JSON, Timing

CODE_SECONDS = 600.0
TOKEN_SECONDS = 43_200
"""How long a token lasts where the app has them rotated."""


@dataclass(frozen=True, slots=True)
class _Grant:
    """What a code or a token is for."""

    team: str
    at: float
    is_org_wide: bool = False
    until: float | None = None


class Grid:
    """`async with Grid.open(data=folder, teams=("T1", "T2")) as grid: …`; its `api_url` is what SLACK_API_URL is."""

    def __init__(
        self, slacks: Mapping[str, Playground], *, timing: Timing, enterprise: str | None
    ) -> None:
        self.slacks = slacks
        self.timing = timing
        self.enterprise = enterprise
        self.client_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}"
        self.client_secret = secrets.token_hex(16)
        self.redirect_uri = ""
        """The one that is registered for the app."""
        self.rotates = False
        """Whether new tokens end after twelve hours."""
        self.base_url = ""
        self.used: list[tuple[str, str, str]] = []
        """Each call with a token that holds: the workspace whose token it was, the method, and its channel."""
        self._codes: dict[str, _Grant] = {}
        self._tokens: dict[str, _Grant] = {}
        self._refresh: dict[str, _Grant] = {}
        self._gone: dict[str, str] = {}
        self._session: aiohttp.ClientSession | None = None

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL must be."""
        return f"{self.base_url}api/"

    @property
    def signing_secret(self) -> str:
        """The app's, which all workspaces share."""
        return next(iter(self.slacks.values())).signing_secret

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls,
        *,
        data: Path,
        teams: Sequence[str],
        manifest: Path | None = None,
        timing: Timing | None = None,
        enterprise: str | None = None,
    ) -> AsyncIterator["Grid"]:
        """Open a workspace for each id, all of one organization where `enterprise` names it."""
        clock, secret = timing or Timing(), new_secrets().signing_secret
        async with contextlib.AsyncExitStack() as stack:
            slacks = {
                team: await stack.enter_async_context(
                    Playground.open(
                        data=data / team,
                        manifest=manifest,
                        timing=clock,
                        team_id=team,
                        signing_secret=secret,
                    )
                )
                for team in teams
            }
            grid = cls(slacks, timing=clock, enterprise=enterprise)
            grid._session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
            app = web.Application(client_max_size=8 * 2**20)
            app.add_routes(
                [
                    web.get("/oauth/v2/authorize", grid._authorize),
                    web.route("*", "/api/oauth.v2.access", grid._access),
                    web.route("*", "/api/{method}", grid._api),
                ]
            )
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            listening = listen(0, 0)
            grid.base_url = f"http://{HOST}:{listening.getsockname()[1]}/"
            await web.SockSite(runner, listening).start()
            yield grid

    # what happens in Slack

    def take_out(self, team: str, *, word: str = "account_inactive") -> None:
        """Somebody takes the app out of a workspace, or its token: no token of it holds any more."""
        for token in [each for each, grant in self._tokens.items() if grant.team == team]:
            del self._tokens[token]
            self._gone[token] = word

    def let_expire(self, team: str) -> None:
        """Twelve hours pass for the tokens of a workspace."""
        for token, grant in self._tokens.items():
            if grant.team == team and grant.until is not None:
                self._tokens[token] = _Grant(grant.team, grant.at, grant.is_org_wide, 0.0)

    def tokens_of(self, team: str) -> tuple[str, ...]:
        """The tokens that were given for a workspace and hold."""
        return tuple(token for token, grant in self._tokens.items() if grant.team == team)

    # OAuth

    async def _authorize(self, request: web.Request) -> web.Response:
        """The page where a person chooses a workspace and allows the app, or does not."""
        asked = request.query
        back = asked.get("redirect_uri") or self.redirect_uri
        if asked.get("client_id") != self.client_id:
            return web.Response(status=400, text="invalid_client_id")
        if back != self.redirect_uri:
            return web.Response(status=400, text="bad_redirect_uri")
        scopes = {each for each in asked.get("scope", "").split(",") if each}
        some = next(iter(self.slacks.values()))
        if not scopes >= some.manifest.scopes:
            return web.Response(status=400, text="invalid_scope")
        did, team = asked.get("did"), asked.get("in", "")
        if did == "cancel":
            return _sent_back(back, error="access_denied", state=asked.get("state", ""))
        if did == "allow" and team in self.slacks:
            code = secrets.token_hex(16)
            is_org_wide = asked.get("org") == "1" and self.enterprise is not None
            self._codes[code] = _Grant(team, self.timing.now(), is_org_wide)
            return _sent_back(back, code=code, state=asked.get("state", ""))
        links = "".join(
            f'<p><a href="?{html.escape(urlencode({**asked, "did": "allow", "in": each}))}">Allow in {each}</a></p>'
            for each in self.slacks
        )
        return web.Response(text=f"<h1>Install</h1>{links}", content_type="text/html")

    async def _access(self, request: web.Request) -> web.Response:
        """oauth.v2.access: a code for a token, or a refresh token for the next one."""
        form = {**request.query, **{k: str(v) for k, v in (await request.post()).items()}}
        if (given := request.headers.get("Authorization")) is not None:
            basic = base64.b64decode(given.removeprefix("Basic ")).decode().partition(":")
            form |= {"client_id": basic[0], "client_secret": basic[2]}
        if form.get("client_id") != self.client_id:
            return _refused("invalid_client_id")
        if form.get("client_secret") != self.client_secret:
            return _refused("bad_client_secret")
        if form.get("grant_type") == "refresh_token":
            grant = self._refresh.pop(form.get("refresh_token", ""), None)
            if grant is None:
                return _refused("invalid_refresh_token")
        else:
            grant = self._codes.pop(form.get("code", ""), None)
            if grant is None or self.timing.now() > grant.at + CODE_SECONDS:
                return _refused("invalid_code")
            if form.get("redirect_uri", self.redirect_uri) != self.redirect_uri:
                return _refused("bad_redirect_uri")
        return web.json_response(self._given(grant))

    def _given(self, grant: _Grant) -> JSON:
        slack = self.slacks[grant.team]
        me, prefix = slack.workspace.identity, "xoxe.xoxb-" if self.rotates else "xoxb-"
        token, refresh = prefix + secrets.token_hex(24), f"xoxe-1-{secrets.token_hex(24)}"
        until = self.timing.now() + TOKEN_SECONDS if self.rotates else None
        held = _Grant(grant.team, grant.at, grant.is_org_wide, until)
        self._tokens[token] = held
        body: JSON = {
            "ok": True,
            "app_id": me.app_id,
            "authed_user": {"id": next(iter(slack.workspace.people))},
            "scope": ",".join(sorted(slack.manifest.scopes)),
            "token_type": "bot",
            "access_token": token,
            "bot_user_id": me.bot_user_id,
            "team": None if grant.is_org_wide else {"id": me.team_id, "name": me.team_name},
            "enterprise": {"id": self.enterprise, "name": "Clinics"} if self.enterprise else None,
            "is_enterprise_install": grant.is_org_wide,
        }
        if self.rotates:
            self._refresh[refresh] = held
            body |= {"refresh_token": refresh, "expires_in": TOKEN_SECONDS}
        return body

    # the Web API

    async def _api(self, request: web.Request) -> web.Response:
        """Hand a call to the workspace whose token it has."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token in self._gone:
            return _refused(self._gone[token])
        grant = self._tokens.get(token)
        if grant is None:
            return _refused("invalid_auth" if token else "not_authed")
        if grant.until is not None and grant.until <= self.timing.now():
            return _refused("token_expired")
        body, method = await request.read(), request.match_info["method"]
        slack = self._meant(grant, request.query_string + body.decode("utf-8", "replace"))
        channel = next((each for each in self._channels() if each.encode() in body), "")
        self.used.append((slack.workspace.identity.team_id, method, channel))
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() in {"content-type", "user-agent"}
        }
        headers["Authorization"] = f"Bearer {slack.bot_token}"
        url = f"{slack.api_url}{method}?{request.query_string}"
        assert self._session is not None
        async with self._session.request(
            request.method, url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            return web.Response(
                status=answer.status,
                body=await answer.read(),
                content_type=answer.content_type,
                headers={k: v for k, v in answer.headers.items() if k in {"Retry-After", "Date"}},
            )

    def _channels(self) -> tuple[str, ...]:
        return tuple(each for slack in self.slacks.values() for each in slack.workspace.channels)

    def _meant(self, grant: _Grant, said: str) -> Playground:
        """The workspace of a token; of an organization's the one that the call speaks of."""
        if grant.is_org_wide:
            for slack in self.slacks.values():
                if any(
                    each in said for each in (*slack.workspace.channels, *slack.workspace.people)
                ):
                    return slack
        return self.slacks[grant.team]

    def of_organization(self, payload: JSON) -> JSON:
        """A payload as Slack sends it where the organization installed the app; for `slack.alter`."""
        more: JSON = {"enterprise_id": self.enterprise, "is_enterprise_install": True}
        if payload.get("command"):
            return {**payload, **more, "is_enterprise_install": "true"}
        granted = [{**each, **more, "team_id": None} for each in payload.get("authorizations", ())]
        return {**payload, **more, **({"authorizations": granted} if granted else {})}


def _sent_back(url: str, **said: str) -> web.Response:
    joined = "&" if urlsplit(url).query else "?"
    return web.Response(status=302, headers={"Location": f"{url}{joined}{urlencode(said)}"})


def _refused(error: str) -> web.Response:
    return web.json_response({"ok": False, "error": error})


def new_enterprise() -> str:
    """An id of an organization."""
    return new_id("E")
