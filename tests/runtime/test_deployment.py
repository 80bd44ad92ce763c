"""What a deployment rests on: the variables, the Procfile, and what it installs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import pytest

from inbox.config import ROOT, Config, ConfigError
from tests.apps import Environment

READ_BY_THE_PARENT = {"HOST"}  # `wsgi.py` opens the port before Config is loaded
SET_BY_THE_PLATFORM = {"DYNO"}


class Noted(Mapping[str, str]):
    """An environment that remembers what was asked for."""

    def __init__(self, variables: Environment) -> None:
        self.variables = variables
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: value for name, _, value in named}


def test_the_example_names_every_variable_and_no_other(environment: Environment) -> None:
    noted = Noted(environment)
    Config.from_environment(noted)
    assert set(example()) == (noted.asked | READ_BY_THE_PARENT) - SET_BY_THE_PLATFORM


def test_the_example_shows_the_defaults(environment: Environment) -> None:
    required = {name: environment[name] for name in ("SECRET_KEY", "ENCRYPTION_KEYS")}
    given = {"DATABASE_URL", "REDIS_URL"}
    shown = Config.from_environment(example() | required)
    bare = Config.from_environment({name: example()[name] for name in given} | required)
    assert shown == bare


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS"])
def test_a_required_variable_has_no_default(environment: Environment, name: str) -> None:
    without = {key: value for key, value in environment.items() if key != name}
    with pytest.raises(ConfigError, match=name):
        Config.from_environment(without)


def test_the_one_click_deployment_starts_what_the_procfile_names() -> None:
    procfile = dict(re.findall(r"^(\w+): (.+)$", (ROOT / "Procfile").read_text(), re.M))
    app = json.loads((ROOT / "app.json").read_text())
    assert set(app["formation"]) == set(procfile) - {"release"}
    assert set(app["env"]) <= set(example())
    generated = {name for name, entry in app["env"].items() if "generator" in entry}
    assert "SECRET_KEY" in generated
    assert "ENCRYPTION_KEYS" not in generated  # what Heroku generates is no Fernet key
