"""The ASGI application: what answers where, and what runs beside it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pypot_cli.api.auth.routes import AuthService
from pypot_cli.api.database import Database
from pypot_cli.api.http import message, respond
from pypot_cli.api.middleware import Bounds, Cors, Surroundings
from pypot_cli.api.rest.schema_cache import Cache
from pypot_cli.api.rest.service import PREFIX, RestService
from pypot_cli.api.settings import Settings
from pypot_cli.api.tokens import Authority
from pypot_cli.service import Log

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]
_WELCOME = "Local stand-in for Supabase's API. For development, tests and demos only."


class Part(Protocol):
    """What else is served: routes, and something that runs while the application does."""

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What it answers."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Around the time that it is served."""


PartMaker = Callable[[Settings, Authority], Part]


def create_app(
    settings: Settings, parts: Sequence[PartMaker] = (), log: Log | None = None
) -> Starlette:
    """The application over one database, whose connections open when it starts.

    `parts` are mounted before everything else. `app.state` has `settings` and `authority`.
    """
    log = log or Log("api")
    authority = Authority(settings)
    database = Database(settings)
    cache = Cache(database, settings)
    made = [make(settings, authority) for make in parts]

    @contextlib.asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            await database.open()
            stack.push_async_callback(database.close)
            cache.start()
            stack.push_async_callback(cache.stop)
            for part in made:
                await stack.enter_async_context(part.running())
            yield

    async def health(_: Request) -> Response:
        well = await database.is_well()
        return _plain_json({"ok": well}, 200 if well else 503)

    rest = RestService(settings, database, authority, cache)
    app = Starlette(
        routes=[
            *(route for part in made for route in part.routes),
            Route("/", _welcome, methods=["GET"]),
            Route("/health", health, methods=["GET"]),
            *AuthService(settings, database, authority).routes,
            Route(PREFIX, rest.endpoint, methods=_METHODS),
            Route(PREFIX + "/{path:path}", rest.endpoint, methods=_METHODS),
        ],
        middleware=[
            Middleware(Surroundings, log=log),
            Middleware(Cors),
            Middleware(Bounds, limits=settings.limits, log=log),
        ],
        exception_handlers={404: _not_found, 405: _not_allowed},
        lifespan=running,
    )
    app.state.settings = settings
    app.state.authority = authority
    return app


async def _welcome(_: Request) -> Response:
    return _plain_json({"message": _WELCOME}, 200)


async def _not_found(_: Request, __: Exception) -> Response:
    return message(404, "no Route matched with those values")


async def _not_allowed(_: Request, __: Exception) -> Response:
    return message(405, "Method not allowed")


def _plain_json(value: object, status: int) -> Response:
    body = json.dumps(value).encode()
    return respond(status, [("Content-Type", "application/json; charset=utf-8")], body)
