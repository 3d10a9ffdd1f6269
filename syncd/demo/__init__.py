"""A whole story on an embedded database and a simulated accounting system, for whoever wants to see it work."""

from syncd.demo.story import Teller, tell_story

__all__ = ["Teller", "tell_story"]
