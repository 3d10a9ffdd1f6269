"""How a fault strikes: before the vendor's application acts, instead of it, or after."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syncd.sandbox import jsontext
from syncd.sandbox.faults import INSTEAD, SILENT
from syncd.sandbox.wire import Answer

if TYPE_CHECKING:
    from threading import Event

    from syncd.sandbox.faults import Fault
    from syncd.sandbox.wire import App, Call

STATUS = {"error_500": 500, "error_500_after": 500, "error_503": 503}
STATUS |= {"unauthorized": 401, "conflict_409": 409}
CODE = {"error_500": 5000, "error_500_after": 5000, "error_503": 5001}
CODE |= {"unauthorized": 4005, "conflict_409": 4000}
HTML = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Soon back</body></html>"


def carry_out(call: Call, fault: Fault | None, app: App, stopping: Event) -> Answer:
    """Let the application answer, with the fault before, instead or after."""
    if fault is None:
        return app.answer(call)
    if fault.kind in SILENT:
        if fault.kind == "timeout_before":
            stopping.wait(fault.seconds)
        return Answer(silent=True)
    if fault.kind in INSTEAD:
        return _instead(fault, app)
    return _afterwards(call, fault, app, stopping)


def _instead(fault: Fault, app: App) -> Answer:
    if fault.kind == "too_many":
        return app.too_many(round(fault.seconds), header=fault.header)
    if fault.kind == "html":
        return Answer(200, fault.body or HTML, content_type="text/html; charset=utf-8")
    status = STATUS.get(fault.kind, fault.status)
    if fault.body is not None:
        return Answer(status, fault.body)
    return app.refusal(status, fault.code or CODE.get(fault.kind))


def _afterwards(call: Call, fault: Fault, app: App, stopping: Event) -> Answer:
    if fault.kind == "late":
        stopping.wait(fault.seconds)
    if fault.kind == "call" and fault.call is not None:
        fault.call()
    answer = app.answer(call)
    if fault.kind == "call_after" and fault.call is not None:
        fault.call()
    if fault.kind in ("timeout_after", "slow"):
        answer = replace(answer, delay=fault.seconds)
    return _spoil(answer, fault, app)


def _spoil(answer: Answer, fault: Fault, app: App) -> Answer:
    if fault.kind == "timeout_after":
        return replace(answer, silent=True)
    if fault.kind == "reset_mid_body":
        return replace(answer, cut=True)
    if fault.kind == "error_500_after":
        return app.refusal(500, fault.code or 5000)
    if fault.kind == "cut_json":
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    if fault.kind in ("wrong_types", "missing_field"):
        return replace(answer, body=_mangled(answer.body, fault))
    return answer


def _mangled(body: str, fault: Fault) -> str:
    if not body.startswith("{"):
        return body
    whole: Any = jsontext.loads(body)
    rows = whole["Data"] if isinstance(whole.get("Data"), list) else [whole]
    if fault.record is not None:
        rows = rows[fault.record : fault.record + 1]
    for row in rows:
        if fault.kind == "missing_field":
            row.pop(fault.field or "Id", None)
        else:
            row[fault.field or "Name"] = fault.value
    return jsontext.dumps(whole)
