"""Where the embedded PostgreSQL may keep its data.

PostgreSQL refuses to run as root. Root therefore runs it as an unprivileged account, which can
only use folders whose parents are open to everyone. A checkout below /root is not: the data then
stand outside it, and a file in the checkout says where. We never open anybody's folders.
"""

import os
import pwd
import shutil
import tempfile
from pathlib import Path

from inbox.local.processes import Account

OUTSIDE = Path("/var/lib"), Path("/var/tmp")  # noqa: S108 - mkdtemp makes the name, mode 0700
POINTER = "postgresql.folder"
LOCK = "lock"  # held by the run that uses the data


def data_folder(local: Path) -> Path:
    """The same folder at each call, for the PostgreSQL of the checkout whose `.local` this is."""
    pointer = local / POINTER
    if pointer.exists() and (chosen := Path(pointer.read_text().strip())).is_dir():
        return chosen
    inside = local / "postgresql"
    if not needs_opening(local):
        inside.mkdir(mode=0o700, exist_ok=True)
        return inside
    parent = next(place for place in OUTSIDE if os.access(place, os.W_OK))
    chosen = Path(tempfile.mkdtemp(prefix="inbox-postgresql-", dir=parent))
    pointer.write_text(f"{chosen}\n")
    return chosen


def remove_data(local: Path) -> None:
    """Forget everything: the data, wherever they stand, and all in `local` save for the lock."""
    shutil.rmtree(data_folder(local))
    for entry in local.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != LOCK:
            entry.unlink()


def throwaway_folder() -> Path:
    """A new folder for a server that lives as long as a test run."""
    here = Path(tempfile.gettempdir())
    parent = OUTSIDE[-1] if needs_opening(here) else here
    return Path(tempfile.mkdtemp(prefix="inbox-", dir=parent))


def needs_opening(folder: Path) -> bool:
    """Is there a folder on the way that the account of PostgreSQL could not pass?"""
    everyone_may_pass = 0o001
    way = (folder.resolve(), *folder.resolve().parents)
    return os.geteuid() == 0 and not all(step.stat().st_mode & everyone_may_pass for step in way)


def account_for(folder: Path) -> Account:
    """Whom PostgreSQL runs as: ourselves, or, for root, the owner of the data it left there last
    time, else the system's own account for it, else nobody."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    owner = folder.stat()
    if owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return Account(entry.pw_uid, entry.pw_gid)


def give(folder: Path, account: Account) -> None:
    if os.geteuid() == 0:
        os.chown(folder, account.user, account.group)


def usable_binaries(package: Path, server: str, folder: Path) -> Path:
    """The folder of PostgreSQL's programs: the wheel's own, or a copy in `folder` when the wheel
    stands where its account cannot go."""
    if not needs_opening(package):
        return package / server / "bin"
    copies = folder / "programs"
    if not copies.exists():
        libraries = package.with_name(f"{package.name}.libs")  # found relative to the programs
        unfinished = folder / "programs.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(package / server, unfinished / package.name / server, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        unfinished.rename(copies)
    return copies / package.name / server / "bin"
