"""The API as one thing that aiohttp serves: FastAPI's app behind the door."""

from collections.abc import Callable

from aiohttp_asgi import ASGIResource
from fastapi import FastAPI
from fastapi.routing import APIRoute

from bot import __version__
from bot.api.door import Door
from bot.api.problems import add_problems
from bot.api.routes import exchange, imports, predictions, project, redactions, sentences, trainings
from bot.api.tools import PROBLEMS, Tools
from bot.operations.allowance import Allowance

ROOT = "/api/v1"
ROUTERS = (
    predictions.router,
    redactions.router,
    sentences.router,
    project.router,
    trainings.router,
    exchange.router,
    imports.router,
)
_ABOUT = """Sentences, annotations, trainings and predictions of one project, for programs.

A token (`nerbot tokens create`) is for one project and some scopes, and acts for the person it was made for. Errors are
`application/problem+json` (RFC 9457)."""


def make_app(tools: Tools) -> FastAPI:
    """The routes, with their description and nothing before them."""
    app = FastAPI(
        title="nerbot",
        version=__version__,
        summary="Teach a named-entity model your own labels.",
        description=_ABOUT,
        servers=[{"url": ROOT}],
        root_path_in_servers=False,
        # Both pages fetch their scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_name,
        responses=PROBLEMS,
        redirect_slashes=False,
    )
    app.state.tools = tools
    add_problems(app)
    for router in ROUTERS:
        app.include_router(router)
    return app


def make_resource(
    tools: Tools, *, requests_per_minute: int, is_out: Callable[[], bool]
) -> ASGIResource:
    """What aiohttp serves below /api/v1."""
    door = Door(
        make_app(tools),
        tools.store,
        Allowance(times=requests_per_minute),
        place_of=tools.place_of,
        shared=tools.requests,
        root=ROOT,
        is_out=is_out,
    )
    return ASGIResource(door, root_path=ROOT)


def _name(route: APIRoute) -> str:
    """The name of an operation: that of its function."""
    return route.name
