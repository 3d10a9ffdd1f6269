"""What the documents promise exists: commands, options, links; and nothing in them belongs to one machine."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest

from syncd.cli import cli
from syncd.engine.questions import CHOICES
from syncd.engine.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").glob("*.md"))
    if path.name != "CHANGELOG.md"
)
MOST_BYTES = 100_000
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
OPTIONS_OF_OTHERS = ("|", ">", "<", "&&", ";")
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?<!`)`(syncd [^`\n]+)`(?!`)")
_LINE = re.compile(r"^\s*(?:\$ )?(?:.*\| )?(?:sudo )?(?:/opt/syncd/bin/)?(syncd [a-z].*)$")
_PROSE = re.compile(r"^syncd (?:is|keeps|asks|reads|never|stays|listens|talar|gissar)\b")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def test_the_readme_shows_the_console_in_small_pictures() -> None:
    """Each picture that is kept is shown, with words for those who do not see it, and none is a burden to load."""
    pictures = sorted((ROOT / "docs/pictures").iterdir())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"!\[[^\]]{20,}\]\((docs/pictures/[^)]+)\)", readme))
    assert shown == {str(one.relative_to(ROOT)) for one in pictures}
    assert {one.name: one.stat().st_size for one in pictures if one.stat().st_size > MOST_BYTES} == {}


def told(text: str) -> list[str]:
    """Every command line that a document shows."""
    found = [line[1] for block in _BLOCK.findall(text) for line in map(_LINE.match, block.splitlines()) if line]
    return [line for line in [*found, *_CODE.findall(text)] if not _PROSE.match(line)]


def wrong_with(line: str) -> str | None:
    """Why a command line cannot be meant; None when every command and option in it exists."""
    # A help text may follow in the same line, after two spaces.
    words = shlex.split(re.split(r"\s{2,}|[…,]$", line)[0])[1:]
    command: click.Command = cli
    context = click.Context(cli, info_name="syncd")
    while words and isinstance(command, click.Group):
        name = words.pop(0)
        found = command.get_command(context, name)
        if found is None:
            return f"there is no command {name}"
        command, context = found, click.Context(found, parent=context, info_name=name)
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    for word in words:
        if word in OPTIONS_OF_OTHERS:
            break
        option = word.split("=")[0]
        if option.startswith("--") and option not in {*known, "--help"}:
            return f"there is no option {option}"
    return None


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_a_document_shows_exists(name: str) -> None:
    wrong = {line: why for line in told((ROOT / name).read_text(encoding="utf-8")) if (why := wrong_with(line))}
    assert wrong == {}


def test_the_readme_shows_commands() -> None:
    """The search above finds something to judge."""
    assert len(told((ROOT / "README.md").read_text(encoding="utf-8"))) > 30
    assert wrong_with("syncd sing") == "there is no command sing"
    assert wrong_with("syncd sync visma --loudly") == "there is no option --loudly"


@pytest.mark.parametrize("name", NAMES)
def test_every_link_to_another_document_leads_somewhere(name: str) -> None:
    document = ROOT / name
    text = re.sub(_BLOCK, "", document.read_text(encoding="utf-8"))
    links = [link for link in _LINK.findall(text) if "://" not in link]
    lost = [link for link in links if not _leads_somewhere(document, link)]
    assert lost == []


def _leads_somewhere(document: Path, link: str) -> bool:
    path, _, heading = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    if not target.exists():
        return False
    return not heading or heading in _headings(target.read_text(encoding="utf-8"))


def _headings(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", ["docs/conflicts.md", "docs/conflicts.sv.md"])
def test_the_guide_explains_every_kind_of_conflict_and_every_answer(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    headings = " ".join(re.findall(r"^## (.+)$", text, re.MULTILINE))
    assert [kind for kind in CHOICES if kind not in headings] == []
    answers = {answer for answers in CHOICES.values() for answer in answers} - {"skip", "value"}
    assert [answer for answer in sorted(answers) if answer not in text] == []


@pytest.mark.parametrize("name", ["docs/visma-eaccounting.md", "docs/visma-eaccounting.sv.md"])
def test_settings_that_a_guide_sets_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    keys = re.findall(r"(?<=[ ])([a-z_.]+)=", "\n".join(line for line in told(text) if line.startswith("syncd conn")))
    assert keys
    assert [key for key in keys if key not in SETTINGS and not key.startswith("field.")] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_document_in_two_languages_names_the_other(name: str) -> None:
    other = name.replace(".md", ".sv.md") if not name.endswith(".sv.md") else name.replace(".sv.md", ".md")
    if not (ROOT / other).exists():
        return
    assert Path(other).name in (ROOT / name).read_text(encoding="utf-8")


def test_every_decision_is_in_the_index_under_its_own_title() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    for note in sorted((ROOT / "docs/decisions").glob("0*.md")):
        number, title = note.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(" ", 1)
        assert note.name.startswith(f"{number}-")
        assert f"| [{number}]({note.name}) | {title} |" in index


def test_nothing_in_the_repository_belongs_to_one_machine_or_registry() -> None:
    """Spelled in halves, so that this file does not hold what it looks for."""
    forbidden = [
        "/ro" + "ot/",
        "/wo" + "rk/",
        "/ho" + "me/",
        "pyp" + "i.org",
        "python" + "hosted.org",
        "artif" + "actory",
        "anthr" + "opic",
        "chat" + "gpt",
    ]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  wherever it is installed
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    found = {}
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file():
            continue
        text = path.read_bytes().lower()
        hits = [word for word in forbidden if word.encode() in text]
        if hits:
            found[name] = hits
    assert found == {}
