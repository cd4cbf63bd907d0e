"""Judges an address when it is given, so that a mistake is told at once and not a day later."""

from __future__ import annotations

import asyncio

import httpx

from pypot_cli.errors import PypotError
from pypot_cli.webhooks.guard import (
    Backend,
    BlockedError,
    Resolve,
    Rules,
    UnknownNameError,
    read_url,
    system_names,
)

_SECONDS = 10.0


def judge(url: str, rules: Rules, resolve: Resolve = system_names) -> str:
    """Return a URL as the database keeps it. Raises PypotError where nothing would be sent.

    This decides nothing: what the name resolves to is looked at again at every connection.
    """
    try:
        target = read_url(url, rules)
        asyncio.run(
            asyncio.wait_for(
                Backend(rules, resolve).look(target.host.decode(), target.port), _SECONDS
            )
        )
    except (BlockedError, UnknownNameError, TimeoutError) as error:
        raise PypotError(
            f"nothing may be sent there: {error or 'its name takes too long to resolve'}"
        ) from None
    return str(httpx.URL(url).copy_with(fragment=None))
