"""Match, compare, plan, guard: the pure heart. Values in, values out."""
