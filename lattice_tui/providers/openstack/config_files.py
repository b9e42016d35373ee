"""The files that the openstack command reads, found and read as it does: clouds.yaml, secure.yaml, clouds-public.yaml.

The first clouds.yaml of the list is the one that counts; others are named, not read. Nothing here imports the SDK.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_of
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lattice_tui.providers.credentials import Around
from lattice_tui.text import safe_text

SYSTEM_FOLDERS = (Path("/etc/xdg/openstack"), Path("/etc/openstack"))
"""Of the whole computer; after a person's own. Source: openstacksdk's config/loader.py."""
MAX_BYTES = 512 * 1024
MAX_ALIASES = 20
"""Merged into each other, so many stand for some thousand keys; a few more would be millions."""
_SUFFIXES = ("yaml", "yml", "json")


@dataclass(frozen=True, slots=True)
class ConfigFiles:
    """What the files hold, texts as they are written. `clouds` holds secrets: it is never shown."""

    path: Path | None = None
    """The clouds.yaml that counts; None: there is none."""
    clouds: Mapping[str, Any] = made_of(default_factory=dict, repr=False)
    """Cloud -> its entry, with what secure.yaml adds and a profile presets."""
    remarks: tuple[str, ...] = ()
    """About the files as a whole."""
    trouble: str = ""
    """Why the file cannot be used; empty when it can."""
    profile_remarks: Mapping[str, str] = made_of(default_factory=dict)
    """Cloud -> what there is to say about its profile."""


def read_files(around: Around, system: tuple[Path, ...] = SYSTEM_FOLDERS) -> ConfigFiles:
    """Everything there is, merged. Never raises: what is wrong is said."""
    explicit = [around.env.get(name, "") for name in ("OS_CLIENT_CONFIG_FILE", "OPENSTACK_CLOUD_CONFIG")]
    named = [_expanded(text, around) for text in explicit if text]
    there = [path for path in (*named, *_candidates("clouds", around, system)) if _is_there(path)]
    missing = tuple(f"{shown_path(path, around)} is named by the environment, and not there" for path in named[:1])
    if named and not _is_there(named[0]):
        # To take another file than the one that is asked for would be a surprise.
        return ConfigFiles(named[0], trouble=missing[0])
    if not there:
        return ConfigFiles()
    path, *others = dict.fromkeys(there)
    said, trouble = read_yaml(path)
    if said is None:
        return ConfigFiles(path, trouble=f"{shown_path(path, around)} {trouble}")
    remarks = [f"{shown_path(other, around)} is not read: {shown_path(path, around)} goes first" for other in others]
    remarks += open_to_others(path, around)
    secure, secure_remarks = _secure(around, system)
    public = _public(around, system)
    clouds: dict[str, Any] = {}
    about: dict[str, str] = {}
    for name, entry in merged(_map(said.get("clouds")), _map(secure.get("clouds"))).items():
        if isinstance(entry, dict):
            clouds[str(name)], about[str(name)] = _with_profile(entry, public)
    return ConfigFiles(path, clouds, (*remarks, *secure_remarks), profile_remarks=about)


def read_yaml(path: Path) -> tuple[dict[str, Any] | None, str]:
    """(mapping, "") or (None, why not). Every value is the text that is written: `0123` stays `0123`."""
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None, "is not a file"
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        return None, f"cannot be read: {error.strerror}"
    if len(data) > MAX_BYTES:
        return None, "is far too large for a clouds.yaml"
    return parse_yaml(data.decode("utf-8-sig", "replace"))


def parse_yaml(text: str) -> tuple[dict[str, Any] | None, str]:
    """As `read_yaml`, of a text."""
    import yaml

    class Texts(yaml.SafeLoader):
        """Reads every value as text; `<<` still merges."""

        yaml_implicit_resolvers = {"<": [("tag:yaml.org,2002:merge", re.compile("^<<$"))]}  # noqa: RUF012

    try:
        events = yaml.parse(text, Loader=Texts)
        if sum(isinstance(event, yaml.AliasEvent) for event in events) > MAX_ALIASES:
            return None, f"has more than {MAX_ALIASES} YAML aliases"
        said = yaml.load(text, Loader=Texts)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        # The reader's own words may quote a line, and with it a secret.
        where = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return None, f"is not YAML: there is a mistake{where}"
    except (yaml.YAMLError, ValueError, RecursionError):
        return None, "is not YAML"
    return (said, "") if isinstance(said, dict) else (None, "holds no clouds")


def merged(base: Mapping[str, Any], over: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """`over` wins; maps are merged three levels deep: clouds, a cloud, its auth."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        if depth < 3 and isinstance(below, dict) and isinstance(value, dict):
            result[key] = merged(below, value, depth + 1)
        else:
            result[key] = value
    return result


def shown_path(path: Path, around: Around) -> str:
    """Short and safe to print."""
    try:
        return safe_text(f"~/{path.relative_to(around.home)}", 120)
    except ValueError:
        return safe_text(str(path), 120)


def open_to_others(path: Path, around: Around) -> tuple[str, ...]:
    """A remark when others may read the file, and with it a password."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return ()
    return (f"others on this computer can read it: chmod 600 {shown_path(path, around)}",) if mode & 0o077 else ()


def _secure(around: Around, system: tuple[Path, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
    named = around.env.get("OS_CLIENT_SECURE_FILE", "")
    paths = ([_expanded(named, around)] if named else []) + _candidates("secure", around, system)
    for path in paths:
        if _is_there(path):
            said, trouble = read_yaml(path)
            remarks = (f"{shown_path(path, around)} {trouble}",) if trouble else open_to_others(path, around)
            return said or {}, remarks
    return {}, ()


def _public(around: Around, system: tuple[Path, ...]) -> dict[str, Any]:
    for path in _candidates("clouds-public", around, system):
        if _is_there(path):
            return _map((read_yaml(path)[0] or {}).get("public-clouds"))
    return {}


def _with_profile(entry: dict[str, Any], public: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """(the entry on top of what its profile presets, what there is to say about that)."""
    name = entry.get("profile") or entry.get("cloud")
    if not isinstance(name, str) or not name:
        return entry, ""
    if "://" in name:
        return entry, f"its profile {safe_text(name, 60)} is an address, which is not fetched: fill in the rest here"
    preset = public.get(name) if isinstance(public.get(name), dict) else _shipped_profile(name)
    if preset is not None and "://" in str(preset.get("profile", "")):
        words = f"the profile {safe_text(name, 40)} leads to an address, which is not fetched: fill in the rest here"
        return merged(preset, entry, depth=1), words
    if preset is None:
        return entry, f"its profile {safe_text(name, 40)} is unknown"
    words = f"the profile {safe_text(name, 40)} adds what the file leaves out"
    if preset.get("status") in ("deprecated", "shutdown"):
        words = (
            f"the profile {safe_text(name, 40)} is {preset['status']}: {safe_text(str(preset.get('message', '')), 80)}"
        )
    return merged(preset, entry, depth=1), words


def _shipped_profile(name: str) -> dict[str, Any] | None:
    """What openstacksdk ships about a public cloud; its package is looked into, not imported."""
    spec = find_spec("openstack")
    if spec is None or not re.fullmatch(r"[a-z0-9][-a-z0-9]{0,40}", name):
        return None
    for folder in spec.submodule_search_locations or ():
        for suffix in _SUFFIXES:
            said, _why = read_yaml(Path(folder) / "config" / "vendors" / f"{name}.{suffix}")
            if said is not None:
                return _map(said.get("profile"))
    return None


def _candidates(stem: str, around: Around, system: tuple[Path, ...]) -> list[Path]:
    config = around.env.get("XDG_CONFIG_HOME", "")
    own = Path(config) if os.path.isabs(config) else around.home / ".config"
    folders = [around.cwd, own / "openstack", around.home / "Library" / "Application Support" / "openstack"]
    folders += [around.home / ".config" / "openstack", *system]
    return list(dict.fromkeys(folder / f"{stem}.{suffix}" for folder in folders for suffix in _SUFFIXES))


def _expanded(text: str, around: Around) -> Path:
    if text == "~" or text.startswith("~/"):
        return around.home / text[2:]
    return around.cwd / text


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        # Not to be looked at is not absent: reading it says what is in the way.
        return True


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
