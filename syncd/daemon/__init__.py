"""The background service: a schedule, workers that carry out what stands in line, and what systemd wants to know."""
