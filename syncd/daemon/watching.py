"""What somebody who watches asks over HTTP: alive, ready, figures. Nothing here names customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from syncd.errors import SyncdError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from syncd.daemon.metrics import Metrics
    from syncd.daemon.pulse import Pulse

_NOT_STORED = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Watching:
    """Three addresses. ``check`` raises what keeps the daemon from working: a database that is away, say."""

    pulse: Pulse
    metrics: Metrics
    check: Callable[[], object]

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("/healthz", self.alive, methods=["GET"]),
            Route("/readyz", self.ready, methods=["GET"]),
            Route("/metrics", self.figures, methods=["GET"]),
        ]

    def alive(self, _request: Request) -> Response:
        """Whether everybody in the process shows up in time; if not, it should be started anew."""
        return _verdict("late", list(self.pulse.late()))

    def ready(self, _request: Request) -> Response:
        """Whether it can work now."""
        problems = [f"late: {name}" for name in self.pulse.late()]
        try:
            self.check()
        except SyncdError as error:
            problems.append(error.code)
        return _verdict("problems", problems)

    def figures(self, _request: Request) -> Response:
        """The metrics."""
        return Response(self.metrics.told(), media_type=CONTENT_TYPE_LATEST, headers=_NOT_STORED)


def _verdict(name: str, wrong: list[Any]) -> Response:
    document = {"status": "failing" if wrong else "ok", **({name: wrong} if wrong else {})}
    return JSONResponse(document, status_code=503 if wrong else 200, headers=_NOT_STORED)
