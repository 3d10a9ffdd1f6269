"""How many requests work at once. The others wait, so that runs always find a connection to the database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT_ONCE = 6
"""A process has 15 connections to its database; everybody else's work needs some of them."""


class Room:
    """Wraps an application. A place is free again when the answer begins: who reads slowly keeps nobody waiting."""

    def __init__(self, app: ASGIApp, places: int = AT_ONCE) -> None:
        self._app = app
        self._places = asyncio.Semaphore(places)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer when there is a place."""
        left = False

        def leave() -> None:
            nonlocal left
            if not left:
                left = True
                self._places.release()

        async def answer(message: Message) -> None:
            leave()
            await send(message)

        await self._places.acquire()
        try:
            await self._app(scope, receive, answer)
        finally:
            leave()
