"""Logging in with a login and a password, and the sessions that come of it. Whoever serves pages builds on this."""
