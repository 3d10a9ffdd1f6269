"""Simulated accounting systems: the other side of the wire, written from the vendors' documents.

It shares no code with what it is used to test, so that it shares none of its mistakes.
"""

from syncd.sandbox.clock import Clock
from syncd.sandbox.faults import Fault
from syncd.sandbox.standalone import serve
from syncd.sandbox.visma_eaccounting.company import Company
from syncd.sandbox.visma_eaccounting.seed import populate
from syncd.sandbox.visma_eaccounting.server import Sandbox
from syncd.sandbox.visma_eaccounting.switches import Switches
from syncd.sandbox.wire import Request

__all__ = ["Clock", "Company", "Fault", "Request", "Sandbox", "Switches", "populate", "serve"]
