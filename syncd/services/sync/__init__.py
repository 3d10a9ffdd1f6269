"""One run of one connection: settle, fetch, plan, guard, apply, report."""
