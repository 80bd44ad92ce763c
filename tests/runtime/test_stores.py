"""The embedded PostgreSQL and Redis: as root and not, killed, and where their data stand."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from inbox.config import ROOT
from inbox.local.folders import (
    account_for,
    data_folder,
    give,
    needs_opening,
    remove_data,
    throwaway_folder,
    usable_binaries,
)
from inbox.local.postgresql import SERVER, WHEEL, PostgreSQL
from inbox.local.processes import Account, Process
from tests.bounds import eventually
from tests.pids import family_of, is_alive
from tests.processes import outside

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="root alone has this difficulty")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """For temporary files: of everyone, since the stores of nobody go there too."""
    folder = throwaway_folder()
    folder.chmod(0o1777)
    yield folder
    shutil.rmtree(folder)


def alone(logs: Path, folder: Path, account: Account | None = None) -> Process:
    process = Process(
        "stores",
        [sys.executable, "-m", "tests.runtime.stores_alone"],
        log=logs / "stores.log",
        account=account,
        environment=outside() | {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(folder)},
        folder=ROOT,
    )
    process.start()
    process.wait_until(lambda: "PostgreSQL" in process.log.read_text())
    return process


def test_stores_end_with_an_owner_that_is_killed(tmp_path: Path, open_folder: Path) -> None:
    process = alone(tmp_path, open_folder)
    family = family_of(process.pid)
    assert len(family) > 3
    process.kill()
    eventually(lambda: not any(is_alive(pid) for pid in family))


@as_root
@pytest.mark.skipif(
    needs_opening(ROOT) or needs_opening(Path(sys.executable)),
    reason="Python or the checkout stands below a closed folder, such as /root",
)
def test_they_start_for_somebody_who_is_not_root(tmp_path: Path, open_folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    process = alone(tmp_path, open_folder, Account(nobody.pw_uid, nobody.pw_gid))
    assert f"as {nobody.pw_uid}: PostgreSQL 18" in process.log.read_text()
    family = family_of(process.pid)
    process.stop()
    eventually(lambda: not any(is_alive(pid) for pid in family))


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Path]:
    local = tmp_path / "checkout" / ".local"
    local.mkdir(parents=True)
    yield local
    remove_data(local)


@as_root
def test_root_in_a_closed_folder_keeps_data_elsewhere_and_opens_nothing(local: Path) -> None:
    closed = local.parent
    closed.chmod(0o700)
    folder = data_folder(local)
    assert closed not in folder.parents
    assert not needs_opening(folder.parent)
    assert data_folder(local) == folder  # the next time too

    server = PostgreSQL(folder, log=local / "postgresql.log")
    server.start()
    assert server.run("SELECT 1") == [(1,)]
    server.stop()

    assert closed.stat().st_mode & 0o777 == 0o700
    remove_data(local)
    assert not folder.exists()
    assert data_folder(local) != folder


@as_root
def test_root_with_a_closed_virtualenv_runs_a_copy_of_the_programs(tmp_path: Path) -> None:
    spec = find_spec(WHEEL)
    assert spec is not None
    assert spec.origin is not None
    wheel = Path(spec.origin).parent
    closed = tmp_path / "closed"
    shutil.copytree(wheel / SERVER, closed / wheel.name / SERVER, symlinks=True)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name)
    closed.chmod(0o700)
    folder = throwaway_folder()
    account = account_for(folder)
    give(folder, account)
    programs = usable_binaries(closed / wheel.name, SERVER, folder)
    said = subprocess.run(
        [programs / "postgres", "--version"],
        user=account.user,
        group=account.group,
        extra_groups=[],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PostgreSQL" in said.stdout
    assert closed.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(folder)


def test_what_was_committed_is_there_after_a_crash(local: Path) -> None:
    server = PostgreSQL(data_folder(local), log=local / "postgresql.log")
    server.start()
    server.run("CREATE TABLE kept AS SELECT 42 AS answer")
    server.process.kill()
    server.start()
    assert server.run("SELECT answer FROM kept") == [(42,)]
    server.stop()


def test_a_server_left_by_a_killed_owner_gives_way(local: Path) -> None:
    folder = data_folder(local)
    leftover = PostgreSQL(folder, log=local / "leftover.log")
    leftover.start()
    server = PostgreSQL(folder, log=local / "postgresql.log")
    server.start()
    assert not is_alive(leftover.process.pid)
    assert server.run("SELECT 1") == [(1,)]
    server.stop()
    leftover.stop()
