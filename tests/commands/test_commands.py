"""The command line's promises: the clock, the exit codes, one clear line for what is wrong."""

import importlib
import os
import pkgutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine
from typer.main import get_group
from typer.testing import CliRunner

from db.session import open_engine, writing
from tests.conftest import ROOT
from tests.make.nursery import kansenradar
from tests.make.pages import make_participant
from tracker import commands
from tracker.__main__ import app, for_all_first, moment
from tracker.clock import Clock
from tracker.commands.group import COMMANDS, load
from tracker.errors import CommandFailed
from tracker.mailing.mailer import transport_of
from tracker.mailing.run import plan_now
from tracker.settings import Settings, read_settings
from tracker.sources.crawl import wrong_root


def test_the_clock_may_stand_anywhere() -> None:
    assert for_all_first(["plan", "--now", "2026-05-29", "--json"]) == ["--now", "2026-05-29", "plan", "--json"]
    assert for_all_first(["plan", "--now=2026-05-29"]) == ["--now=2026-05-29", "plan"]
    assert for_all_first(["plan"]) == ["plan"]
    assert for_all_first(["plan", "--config", "a.env", "--now"]) == ["--config", "a.env", "--now", "plan"]


def test_a_moment_without_offset_is_amsterdam_time() -> None:
    assert moment("2026-05-29T07:30").isoformat() == "2026-05-29T05:30:00+00:00"
    assert moment("2026-05-29T07:30Z").isoformat() == "2026-05-29T07:30:00+00:00"


def test_init_twice_changes_nothing(tmp_path: Path) -> None:
    assert kansenradar(tmp_path, "init").returncode == 0
    again = kansenradar(tmp_path, "init")
    assert again.returncode == 0
    assert "added 0 opgaven" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "says"),
    [
        (["init", "--now", "gisteren"], {}, 2, "no ISO moment"),
        (["init", "--now", ""], {}, 2, "no ISO moment"),
        (["init", "--now", "9999-12-31T23:59"], {}, 2, "between 1990 and 2100"),
        (["init"], {"KANSENRADAR_DATABASE_URL": "sqlite:////proc/nowhere/k.db"}, 1, "cannot open the database"),
        (["init"], {"KANSENRADAR_DATABASE_URL": "nonsense"}, 1, "cannot open the database"),
        (["init"], {"KANSENRADAR_SOURCE_LIMIT_SECONDS": "soon"}, 2, "KANSENRADAR_SOURCE_LIMIT_SECONDS"),
        (["init"], {"KANSENRADAR_FETCH_ALLOW": "localhost"}, 2, "FETCH_ALLOW: 'localhost' is no host:port pair"),
        (
            ["init"],
            {"KANSENRADAR_MAIL_ALOW": "@x.nl"},
            2,
            "MAIL_ALOW is no setting; did you mean KANSENRADAR_MAIL_ALLOW?",
        ),
        (["init"], {"KANSENRADAR_SECRET_KEY_FILE": "nowhere"}, 2, "cannot read nowhere: No such file"),
        (["init", "--config", "nowhere.env"], {}, 2, "no file of settings at"),
        (["init"], {"KANSENRADAR_DATABASE_URL": "mysql://x/y"}, 1, "neither sqlite nor postgresql"),
        (["init"], {"KANSENRADAR_DATABASE_URL": "postgresql://u:p@127.0.0.1:x/y"}, 1, "cannot open the database"),
        (["unknown-command"], {}, 2, "No such command"),
        (["subscribe", "a@b.nl", "--every", "month"], {}, 2, "'month' is not one of 'day', 'week', 'urgent'; see "),
        (["export", "calls", "--format", "pdf"], {}, 2, "there are calls, dossiers"),
    ],
)
def test_what_is_wrong_gets_one_clear_line(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], code: int, says: str
) -> None:
    done = kansenradar(tmp_path, *arguments, **settings)
    assert done.returncode == code
    assert says in done.stderr
    assert (done.stdout, len(done.stderr.splitlines())) == ("", 1)


def test_nothing_asked_is_answered_with_the_help(tmp_path: Path) -> None:
    done = kansenradar(tmp_path)
    assert (done.returncode, done.stdout, done.stderr[:7]) == (2, "", "Usage: ")


def test_a_role_may_be_said_in_either_language(ready: Path) -> None:
    for role in ("fundraiser", "Fondsenwerver", "coördinator", "BEHEERDER"):
        told = ("--name", "A", "--role", role, "--participant", "Gooise Meren")
        done = kansenradar(ready, "user", "add", f"{len(role)}@b.nl", *told)
        assert done.returncode == 0, done.stderr


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    done = kansenradar(tmp_path, "user", "add", "a@b.nl", "--name", "A", "--role", "baas", "--participant", "amsterdam")
    assert done.returncode == 2
    assert "lezer, fondsenwerver" in done.stderr


def test_a_leaver_is_shut_out_from_the_shell_while_nobody_can_sign_in(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.db").write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("KANSENRADAR_DATABASE_URL", f"sqlite:///{tmp_path / 'mine.db'}")
    monkeypatch.chdir(tmp_path)
    with writing(open_engine(f"sqlite:///{tmp_path / 'mine.db'}")) as session:
        make_participant(session)

    def said(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["user", *arguments])
        return done.output.strip() or str(done.exception)

    said("add", "jan@b.nl", "--name", "Jan", "--participant", "amsterdam")
    assert said("role", "Jan@B.nl", "coordinator") == "jan@b.nl: coördinator"
    assert "no role 'baas'" in said("role", "jan@b.nl", "baas")
    assert said("list") == "jan@b.nl: coördinator, amsterdam"
    assert said("end", "jan@b.nl") == "jan@b.nl: access ended"
    assert said("list") == "jan@b.nl: coördinator, amsterdam, ended"
    assert "no user jan@b.nl" in said("end", "jan@b.nl")
    with sqlite3.connect(tmp_path / "mine.db") as found:
        on_record = found.execute("SELECT actor, action, result FROM audit_entry ORDER BY id").fetchall()
    assert on_record == [
        ("command line", "person changed", "role reader to coordinator"),
        ("command line", "access ended", "done"),
    ]


def test_an_export_tells_what_is_public_unless_a_person_is_named(tmp_path: Path, sqlite_template: Path) -> None:
    (tmp_path / "mine.db").write_bytes(sqlite_template.read_bytes())
    database = {"KANSENRADAR_DATABASE_URL": f"sqlite:///{tmp_path / 'mine.db'}"}
    nobody = kansenradar(tmp_path, "export", "dossiers", "--format", "jsonl", **database)
    assert (nobody.returncode, nobody.stdout) == (0, "")
    for arguments, code, says in (
        (["persons"], 2, "cannot export persons"),
        (["dossiers", "--open"], 2, "--open goes with calls"),
        (["contacts", "--as", "niemand@example.nl"], 1, "no user niemand@example.nl"),
    ):
        ran = kansenradar(tmp_path, "export", *arguments, **database)
        assert (ran.returncode, says in ran.stderr, ran.stdout) == (code, True, ""), ran.stderr
    with sqlite3.connect(tmp_path / "mine.db") as found:
        on_record = found.execute("SELECT actor, action, object, result FROM audit_entry").fetchall()
    assert on_record == [("command line", "export dossiers", "what everybody may see", "done")]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SNAPSHOT_DAYS", "-3"),
        ("SOURCE_LIMIT_SECONDS", "0"),
        ("FETCH_ALLOW", "localhost"),
        ("SOURCE_ROOTS", "[]"),
        ("SECRET_KEY", ","),
        ("SECRET_KEY", "changeme"),
        ("SECRET_KEY", f"{'x' * 40},abc"),
        ("TRUSTED_PROXIES", "nonsense"),
        ("TRUSTED_PROXIES", "*"),
        ("FETCH_PROXY", "proxy.example.nl"),
        ("BASE_URL", "javascript:x"),
        ("BASE_URL", "kansenradar.example"),
        ("MAIL_FROM", "geen adres"),
        ("MAIL_ALLOW", "jan@haarlem.example, haarlem.example"),
        ("MAIL_BOUNCES", "bounces+{token}"),
        ("MAIL_FROM", "a@b.nl\nBcc: c@d.nl"),
        ("MAIL_FROM", "a@b.nl, c@d.nl"),
        ("MAIL_ALLOW", "@haarlem.example;jan@haarlem.example"),
        ("MAIL_BOUNCES", "bounces+{tokn}@b.nl"),
        ("BASE_URL", "https://jan:geheim@kansenradar.example"),
        ("BASE_URL", "http://localhost:99999"),
        ("FETCH_ALLOW", "localhost:99999"),
        ("SECURITY_CONTACT", "security@b.nl"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(setting: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"KANSENRADAR_{setting}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_a_setting_as_it_is_often_typed_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = {
        "MAIL_FROM": "Kansenradar <k@b.nl>", "MAIL_ALLOW": "@b.nl, jan@c.nl", "MAIL_BOUNCES": "bounces+{token}@b.nl",
        "BASE_URL": "https://kansenradar.example:8443/pad/ ", "SECURITY_CONTACT": "https://b.nl/melden",
    }  # fmt: skip
    for name, value in typed.items():
        monkeypatch.setenv(f"KANSENRADAR_{name}", value)
    settings = Settings()
    assert (settings.mail_from, settings.mail_allow) == ("k@b.nl", ("@b.nl", "jan@c.nl"))
    assert settings.base_url == "https://kansenradar.example:8443/pad/"


@pytest.mark.parametrize(
    ("together", "said"),
    [
        ({"BOUNCES_URL": "file:in"}, "BOUNCES_URL: does nothing without KANSENRADAR_MAIL_BOUNCES"),
        ({"BOUNCES_URL": "file:in", "MAIL_BOUNCES": "b@c.nl"}, "MAIL_BOUNCES: without {token} nobody can tell"),
        ({"SOURCES_ON": "notubiz,rvo", "SOURCES_OFF": "rvo"}, "SOURCES_ON: 'rvo' stands in SOURCES_OFF, too"),
        ({"READER_KEY": "k" * 20}, "READER_KEY: does nothing without KANSENRADAR_READER_URL"),
        ({"READER_URL": "https://h.example/v1"}, "READER_URL: does nothing without KANSENRADAR_READER_MODEL"),
        ({"READER_MODEL": "m"}, "READER_MODEL: does nothing without KANSENRADAR_READER_URL"),
        ({"ALERT_WEBHOOK_KEY": "k" * 20}, "ALERT_WEBHOOK_KEY: does nothing without KANSENRADAR_ALERT_WEBHOOK"),
        ({"OIDC_CLIENT_SECRET": "s"}, "OIDC_CLIENT_SECRET: does nothing without KANSENRADAR_OIDC_ISSUER"),
        ({"OIDC_DOMAINS": "b.nl"}, "OIDC_DOMAINS: does nothing without KANSENRADAR_OIDC_ISSUER"),
        ({"OIDC_FILE": "p.yaml", "OIDC_ISSUER": "https://i.example"}, "OIDC_FILE: instead of OIDC_ISSUER"),
    ],
)
def test_settings_that_make_no_sense_together_are_refused_in_one_line(
    together: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in together.items():
        monkeypatch.setenv(f"KANSENRADAR_{name}", value)
    with pytest.raises(CommandFailed) as refused:
        read_settings()
    assert str(refused.value).startswith(f"setting KANSENRADAR_{said}")
    assert (len(str(refused.value).splitlines()), refused.value.code) == (1, 2)


def test_settings_that_belong_together_are_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    together = {
        "BOUNCES_URL": "file:in", "MAIL_BOUNCES": "b+{token}@c.nl", "READER_URL": "https://h.example/v1",
        "READER_MODEL": "m", "READER_KEY": "k", "SOURCES_ON": "notubiz", "SOURCES_OFF": "rvo",
    }  # fmt: skip
    for name, value in together.items():
        monkeypatch.setenv(f"KANSENRADAR_{name}", value)
    assert read_settings().reader_model == "m"


def test_a_setting_that_should_be_json_and_is_not_gets_one_line(tmp_path: Path) -> None:
    done = kansenradar(tmp_path, "init", KANSENRADAR_SOURCE_ROOTS="{kapot")
    assert done.returncode == 2
    assert "source_roots" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "root", ["file:///etc/passwd", "/etc/passwd", "http://[::1", "http://host:port/", "http://", "http://a:b@host/"]
)
def test_a_root_that_is_no_web_address_costs_its_source_alone_and_is_named(root: str) -> None:
    settings = Settings(source_roots={"rvo": root})
    assert wrong_root("rvo", settings) == f"SOURCE_RVO_URL: {root!r} is no http or https address"
    assert wrong_root("eui", settings) == ""


def test_settings_come_from_a_file_that_is_named_and_secrets_from_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40 + "\n")
    (tmp_path / "given.env").write_text(
        "KANSENRADAR_MAIL_FROM=a@b.example\nKANSENRADAR_SECRET_KEY_FILE=key\nKANSENRADAR_SOURCE_RVO_URL=http://r.example\n"
    )
    script = "from tracker.settings import read_settings as r; s = r(); print(s.mail_from, s.secret_key.get_secret_value(), s.source_roots)"
    mine = {k: v for k, v in os.environ.items() if not k.startswith("KANSENRADAR_")}
    given = {"PYTHONPATH": str(ROOT), "KANSENRADAR_CONFIG": "given.env"}
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=mine | given, capture_output=True, text=True, timeout=300
    )
    assert ran.stdout.strip() == f"a@b.example {'k' * 40} {{'rvo': 'http://r.example'}}", ran.stderr


def test_a_command_says_which_database_it_made(tmp_path: Path) -> None:
    made = kansenradar(tmp_path, "init").stdout
    assert f"made {tmp_path / 'data' / 'kansenradar.db'}" in made
    assert "made" not in kansenradar(tmp_path, "init").stdout


def test_a_relay_sends_nothing_while_links_or_sender_are_still_those_of_a_trial(tmp_path: Path) -> None:
    relay = Settings(mail_url="smtp://relay.example", _env_file=None)
    with pytest.raises(CommandFailed, match=r"setting BASE_URL is still http://localhost:8000, and relay\.example"):
        transport_of(relay)
    ours = relay.model_copy(update={"base_url": "https://k.example"})
    with pytest.raises(CommandFailed, match="setting MAIL_FROM is still kansenradar@localhost"):
        transport_of(ours)
    assert transport_of(ours.model_copy(update={"mail_from": "k@k.example"})).name == "relay.example:25"
    here = {"mail_url": "smtp://localhost:1025", "base_url": "http://localhost:8000"}
    with pytest.raises(CommandFailed, match="MAIL_FROM"):  # nobody chose that one
        transport_of(Settings(**here, _env_file=None))  # type: ignore[arg-type]
    with pytest.raises(CommandFailed, match="nothing is sent"):
        plan_now(relay, cast(Engine, None), Clock())


def test_the_help_imports_nothing_heavy(tmp_path: Path) -> None:
    script = """if True:
        import sys
        from typer.testing import CliRunner
        from tracker.__main__ import app
        done = CliRunner().invoke(app, ["--help"])
        assert "Fetch, store and match" in done.output, done.output
        print(*sorted({"babel", "pydantic", "sqlalchemy", "scrapy", "fastapi", "numpy"} & set(sys.modules)))
    """
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (ran.returncode, ran.stdout.strip()) == (0, ""), ran.stderr


def test_the_page_of_commands_has_every_command_and_no_other() -> None:
    written: dict[str, str] = {}
    for module in pkgutil.iter_modules(commands.__path__):
        app = getattr(importlib.import_module(f"tracker.commands.{module.name}"), "app", None)
        if app is not None:
            written |= dict.fromkeys(get_group(app).commands, module.name)
    assert written == {name: module for name, (module, _) in COMMANDS.items()}
    assert {name: load(name).name for name in COMMANDS} == {name: name for name in COMMANDS}


def test_a_line_of_the_help_is_one_line() -> None:
    assert [line for _, line in COMMANDS.values() if len(line) > 62 or not line.endswith(".")] == []


def test_a_slip_of_the_keyboard_is_answered_with_the_command_that_was_meant(tmp_path: Path) -> None:
    assert "Did you mean 'crawl'" in kansenradar(tmp_path, "crwal").stderr


def test_a_process_that_stays_has_its_word_lists_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = []
    monkeypatch.setattr("tracker.commands.memory.settle", lambda: settled.append(True))
    for name in ("serve", "run", "plan"):
        load(name)
    assert len(settled) == 2  # not for a command that ends
