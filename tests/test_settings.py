from __future__ import annotations

import os
from pathlib import Path

import pytest

from syncd.errors import ConfigurationError
from syncd.settings import as_toml, check_files, find_file, load, show

SMALL = 'database = "sqlite:///syncd.db"\nsecret_key_file = "secret_key"\n'
EXAMPLE = Path("config/syncd.example.toml")
TEMPLATE = Path("syncd/cli/templates/syncd.toml")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("SYNCD_") or name in {"STATE_DIRECTORY", "CREDENTIALS_DIRECTORY"}:
            monkeypatch.delenv(name)
    (tmp_path / "elsewhere").mkdir()


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "syncd.toml"
    file.write_text(text, encoding="utf-8")
    return file


def wrong(file: Path | None) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        load(file)
    assert refused.value.exit_code == 78
    return refused.value.message.splitlines()


def test_the_example_loads_and_shows_the_defaults() -> None:
    """What the commented example says is what counts without it."""
    example = load(EXAMPLE)
    assert example.systems.visma_eaccounting.rate_limit_per_minute == 600
    assert example.database == "sqlite:////var/lib/syncd/syncd.db"
    assert example.web == type(example.web)()
    assert example.schedule == type(example.schedule)()
    assert example.mail == type(example.mail)()


def test_the_example_is_the_template_of_init() -> None:
    """Nobody reads one and gets the other."""
    values = {"@database@": '"sqlite:////var/lib/syncd/syncd.db"'}
    values["@secret_key_file@"] = '"/etc/syncd/credentials/secret_key"'
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(name, value)
    assert EXAMPLE.read_text(encoding="utf-8") == text


def test_every_key_is_in_the_example() -> None:
    """A key without an explanation cannot be found."""
    text = EXAMPLE.read_text(encoding="utf-8")

    def keys(table: dict[str, object]) -> list[str]:
        return [k for key, v in table.items() for k in (keys(v) if isinstance(v, dict) else [key])]

    assert [key for key in keys(show(load(EXAMPLE))) if f"{key} = " not in text] == []


def test_relative_paths_start_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the command is run from."""
    monkeypatch.chdir(tmp_path / "elsewhere")
    mail = '[mail]\nhost = "x"\nsender = "a@b.se"\npassword_file = "mail"\nca_file = "ca.pem"\n'
    settings = load(written(tmp_path, f'{SMALL}state_directory = "state"\n{mail}'))
    assert settings.database == f"sqlite:///{tmp_path}/syncd.db"
    assert settings.secret_key_file == tmp_path / "secret_key"
    assert settings.state_directory == tmp_path / "state"
    assert settings.mail.password_file == tmp_path / "mail"
    assert settings.mail.ca_file == tmp_path / "ca.pem"
    assert settings.systems.visma_eaccounting.client_secret_file is None


def test_every_wrong_key_is_named_with_its_line(tmp_path: Path) -> None:
    """File, line, key and reason, all of them at once."""
    file = written(
        tmp_path,
        """databse = "sqlite:////x.db"
secret_key_file = 7
[web]
port = "abc"  # a comment
"nope" = 1
[ systems . visma_eaccounting ]
api_url = "http://example.com/"
[systems.fortnox]
x = 1
[mail]
host = "mail"
""",
    )
    assert sorted(wrong(file)) == [
        f"{file}:10: mail: sender is required where there is a host",
        f"{file}:1: database: is required",
        f"{file}:1: databse: is not a known key (did you mean database?)",
        f"{file}:2: secret_key_file: must be a path",
        f"{file}:4: web.port: must be a valid integer, unable to parse string as an integer",
        f"{file}:5: web.nope: is not a known key",
        f"{file}:7: systems.visma_eaccounting.api_url: must begin with https:// (plain http is for this machine alone)",
        f"{file}:8: systems.fortnox: is not a known key",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("web.public_url", "ftp://x.se/"),
        ("web.public_url", "https://anna:hemligt@x.se/"),
        ("web.public_url", "https://x.se:99999/"),
        ("web.port", 70000),
        ("schedule.incremental_every", "often"),
        ("schedule.full_at", "25:00"),
        ("schedule.full_at", "0 3 * * 7"),
        ("schedule.time_zone", "Stockholm"),
        ("systems.visma_eaccounting.timeout_seconds", 9),
        ("log.level", "loud"),
        ("mail.encryption", "rot13"),
    ],
)
def test_a_wrong_value_is_refused_and_never_shown(tmp_path: Path, key: str, value: str | int) -> None:
    """A value may be a secret that stands in the wrong place."""
    table, name = key.rsplit(".", 1)
    (message,) = wrong(written(tmp_path, f"{SMALL}[{table}]\n{name} = {value!r}\n"))
    assert f":4: {key}: " in message
    assert str(value) not in message.removeprefix(str(tmp_path))


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["user = 'syncd'"], "mail: password_file is required where there is a user"),
        (
            ["user = 'syncd'", "password_file = 'p'", "encryption = 'none'"],
            "mail: a password is not sent without encryption (starttls or tls)",
        ),
        (["reply_to = 'office'"], "mail.reply_to: must be a mail address, such as"),
        (["reply_to = 'a@b.se, c@d.se'"], "mail.reply_to: must be a mail address, such as"),
        (["give_up_after_hours = 0"], "mail.give_up_after_hours: must be greater than or equal to 1"),
    ],
)
def test_mail_that_could_not_work_is_refused(tmp_path: Path, lines: list[str], reason: str) -> None:
    """Before anything is to be sent."""
    told = "\n".join(["[mail]", "host = 'post.example.com'", "sender = 'syncd <s@b.se>'", *lines])
    (message,) = wrong(written(tmp_path, f"{SMALL}{told}\n"))
    assert reason in message


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["issuer = 'https://x.se/a'"], "oidc: client_id is required where there is an issuer"),
        (["passwords = false"], "oidc: passwords can be switched off only where there is an issuer"),
        (["scopes = ['email']"], "oidc: scopes must hold openid"),
        (["issuer = 'http://x.se/'", "client_id = 's'"], "oidc.issuer: must begin with https://"),
    ],
)
def test_a_login_service_that_could_not_work_is_refused(tmp_path: Path, lines: list[str], reason: str) -> None:
    """Before anybody is locked out."""
    told = "\n".join(["[oidc]", *lines])
    (message,) = wrong(written(tmp_path, f"{SMALL}{told}\n"))
    assert reason in message


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///", "postgres://x/y", "postgresql://x", "x.db"])
def test_a_database_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    """With the two forms that would do."""
    (message,) = wrong(written(tmp_path, f'database = "{url}"\nsecret_key_file = "k"\n'))
    assert "sqlite:////absolute/path.db" in message


@pytest.mark.parametrize("host", ["localhost:1234", "127.0.0.1", "[::1]:8000"])
def test_plain_http_is_accepted_on_this_machine(tmp_path: Path, host: str) -> None:
    """For the sandbox. An address always ends in a slash."""
    section = f'[systems.visma_eaccounting]\napi_url = "http://{host}/v2"\n'
    assert load(written(tmp_path, SMALL + section)).systems.visma_eaccounting.api_url == f"http://{host}/v2/"


@pytest.mark.parametrize(
    ("text", "line"), [("database = \n", 1), (f"{SMALL}[web\n", 3), (f'{SMALL}x = """\n', 3), ("a = 1\na = 2\n", 2)]
)
def test_broken_toml_is_told_by_line(tmp_path: Path, text: str, line: int) -> None:
    """Without quoting what stands there."""
    file = written(tmp_path, text)
    assert wrong(file) == [f"{file}:{line}: this is not TOML"]


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    """A missing file, a directory, and text in another encoding."""
    assert "No such file" in wrong(tmp_path / "missing.toml")[0]
    assert "directory" in wrong(tmp_path / "elsewhere")[0]
    file = tmp_path / "latin.toml"
    file.write_bytes("# å".encode("latin-1"))
    assert "UTF-8" in wrong(file)[0]


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key has a variable; a wrong one is named by it."""
    file = written(tmp_path, f"{SMALL}[web]\nport = 1\n")
    monkeypatch.setenv("SYNCD_WEB__PORT", "2")
    monkeypatch.setenv("SYNCD_SYSTEMS__VISMA_EACCOUNTING__CLIENT_ID", "us")
    settings = load(file)
    assert (settings.web.port, settings.systems.visma_eaccounting.client_id) == (2, "us")
    monkeypatch.setenv("SYNCD_WEB__PORT", "hemligt")
    monkeypatch.setenv("SYNCD_WBE__PORT", "1")
    monkeypatch.setenv("SYNCD_WEB__ADDRES", "1")
    assert sorted(wrong(file)) == [
        "SYNCD_WBE__PORT: wbe.port: is not a known section",
        "SYNCD_WEB__ADDRES: web.addres: is not a known key (did you mean address?)",
        "SYNCD_WEB__PORT: web.port: must be a valid integer, unable to parse string as an integer",
    ]
    monkeypatch.setenv("SYNCD_WEB", "not json")
    assert any(line.startswith("the environment: ") for line in wrong(file))


def test_the_environment_alone_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container needs no file; what is missing is named by its variable."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SYNCD_DATABASE", "postgresql+psycopg://syncd@db/syncd")
    with pytest.raises(ConfigurationError, match="SYNCD_SECRET_KEY_FILE: secret_key_file: is required"):
        check_files()
    monkeypatch.setenv("SYNCD_SECRET_KEY_FILE", "key")
    assert load(None).secret_key_file == tmp_path / "key"


def test_the_file_is_searched_in_a_fixed_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The named one, $SYNCD_CONFIG, ./syncd.toml."""
    monkeypatch.chdir(tmp_path)
    assert "syncd init" in str(_refusal(None).remedy)
    here = written(tmp_path, SMALL)
    assert find_file() == here
    monkeypatch.setenv("SYNCD_CONFIG", "other.toml")
    assert find_file() == tmp_path / "other.toml"
    assert find_file(Path("third.toml")) == tmp_path / "third.toml"


def test_systemd_hands_over_secrets_and_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A credential of the same name is taken for a relative name, or for a file we may not read."""
    handed = tmp_path / "credentials"
    handed.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/syncd:/var/lib/other")
    file = written(tmp_path, 'database = "sqlite:///x.db"\nsecret_key_file = "/nowhere/secret_key"\n')
    assert load(file).secret_key_file == Path("/nowhere/secret_key")
    (handed / "secret_key").write_text("k")
    assert load(file).secret_key_file == handed / "secret_key"
    assert load(written(tmp_path, SMALL)).secret_key_file == handed / "secret_key"
    own = tmp_path / "secret_key"
    own.write_text("k")
    assert load(written(tmp_path, SMALL.replace('"secret_key"', f'"{own}"'))).secret_key_file == own
    assert load(file).state_directory == Path("/var/lib/syncd")


def test_a_secret_that_systemd_hands_over_need_not_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by name nor by directory (LoadCredential=syncd:DIRECTORY); what is set goes first."""
    file = written(tmp_path, 'database = "sqlite:///x.db"\n')
    assert load(file).secret_key_file is None
    with pytest.raises(ConfigurationError, match="secret_key_file: is required, unless systemd"):
        check_files(file)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    for name in ("secret_key", "syncd_visma_client_secret", "syncd_mail_password", "oidc_client_secret"):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text("hemligt")
    found = check_files(file)
    assert found.secret_key_file == tmp_path / "secret_key"
    assert found.systems.visma_eaccounting.client_secret_file == tmp_path / "syncd_visma_client_secret"
    assert found.mail.password_file == tmp_path / "syncd_mail_password"
    assert found.oidc.client_secret_file == tmp_path / "oidc_client_secret"
    own = written(tmp_path, 'database = "sqlite:///x.db"\nsecret_key_file = "/own"\n')
    assert load(own).secret_key_file == Path("/own")


def test_secret_files_are_checked(tmp_path: Path) -> None:
    """They exist, hold something, and are nobody else's to read."""
    file = written(tmp_path, f'{SMALL}[systems.visma_eaccounting]\nclient_secret_file = "secret"\n')
    (tmp_path / "secret").write_text(" \n")
    with pytest.raises(ConfigurationError) as refused:
        check_files(file)
    missing, empty = refused.value.message.splitlines()
    assert missing.startswith(f"{file}:2: secret_key_file: {tmp_path}/secret_key cannot be read")
    assert empty == f"{file}:4: systems.visma_eaccounting.client_secret_file: {tmp_path}/secret is empty"
    for name, mode in (("secret", 0o600), ("secret_key", 0o644)):
        (tmp_path / name).write_text("hemligt")
        (tmp_path / name).chmod(mode)
    with pytest.raises(ConfigurationError, match="open to others") as refused:
        check_files(file)
    (tmp_path / "secret_key").chmod(0o600)
    assert check_files(file) == load(file)


def test_shown_settings_hide_secrets(tmp_path: Path) -> None:
    """A password in the database's address is never printed; what is printed loads again."""
    url = "postgresql+psycopg://syncd:hem:ligt@db:5432/syncd?password=hemligt&sslmode=require"
    shown = as_toml(show(load(written(tmp_path, SMALL.replace("sqlite:///syncd.db", url)))))
    assert "hemligt" not in shown
    assert "ligt@" not in shown
    assert "syncd:***@db:5432/syncd?password=***&sslmode=require" in shown
    assert load(written(tmp_path, shown)).web.port == 8470


def _refusal(file: Path | None) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as refused:
        load(file)
    return refused.value
