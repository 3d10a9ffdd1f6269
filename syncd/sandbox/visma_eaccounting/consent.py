"""The consent page: which company may the program see? Small, without script or style."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from syncd.sandbox.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syncd.sandbox.visma_eaccounting.company import Company

HTML = "text/html; charset=utf-8"
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1>
{body}
</body></html>
"""
_FORM = """<p>{client} asks for: {scopes}</p>
<form method="post">
{hidden}
{companies}
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>"""
_CHOICE = '<p><label><input type="radio" name="company" value="{id}"{checked}> {name}</label></p>'


def page(title: str, body: str, status: int = 200) -> Answer:
    """A page with a title."""
    return Answer(status, _PAGE.format(title=escape(title), body=body), content_type=HTML)


def refusal(reason: str) -> Answer:
    """A page instead of a redirect: the address to go back to cannot be trusted."""
    return page("Invalid request", f"<p>{escape(reason)}</p>", 400)


def form(asked: Mapping[str, str], companies: Iterable[Company]) -> Answer:
    """The form that lists the companies; posting it goes back to the program."""
    hidden = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in asked.items()
    )
    choices = "\n".join(_choice(one, first=place == 0) for place, one in enumerate(companies))
    body = _FORM.format(
        client=escape(asked.get("client_id", "")),
        scopes=escape(asked.get("scope", "")),
        hidden=hidden,
        companies=choices,
    )
    return page("Choose a company", body)


def _choice(company: Company, *, first: bool) -> str:
    name = escape(str(company.settings["Name"]))
    return _CHOICE.format(id=escape(company.id), name=name, checked=" checked" if first else "")
