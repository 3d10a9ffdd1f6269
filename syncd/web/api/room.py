"""How many requests work at once. The others wait, so that runs always find a connection to the database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT_ONCE = 6
"""A process has 15 connections to its database; everybody else's work needs some of them."""


class Room:
    """Wraps an application. Who sends or reads slowly keeps nobody waiting."""

    def __init__(self, app: ASGIApp, places: int = AT_ONCE) -> None:
        self._app = app
        self._places = asyncio.Semaphore(places)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer when there is a place."""
        place = _Place(self._places, receive, send)
        await place.enter()
        try:
            await self._app(scope, place.hear, place.answer)
        finally:
            place.leave()


class _Place:
    """A place of one request: free while it waits for what is sent to it, and for good when its answer begins."""

    def __init__(self, places: asyncio.Semaphore, receive: Receive, send: Send) -> None:
        self._places, self._receive, self._send = places, receive, send
        self._held = self._answering = False

    async def enter(self) -> None:
        """Wait for the place."""
        await self._places.acquire()
        self._held = True

    def leave(self) -> None:
        """Let somebody else have the place."""
        if self._held:
            self._held = False
            self._places.release()

    async def hear(self) -> Message:
        """Hand on what is sent to the request."""
        self.leave()
        message = await self._receive()
        if not self._answering:
            await self.enter()
        return message

    async def answer(self, message: Message) -> None:
        """Hand on what is answered."""
        self._answering = True
        self.leave()
        await self._send(message)
