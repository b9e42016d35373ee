"""The shadowed-package guard: `schemas` and `screens` are common names, and another one may stand in the way."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder

import lattice_tui

# Ours stand beside `lattice_tui`, in a wheel as in a source tree.
_HOME = os.path.dirname(os.path.dirname(os.path.abspath(lattice_tui.__file__)))


def require_own(*names: str) -> None:
    """Say so and end with exit code 2 when one of the packages `names` is not the one that ships with lattice-tui."""
    for name in names:
        found = _origin(name)
        if found is None or not os.path.samefile(os.path.dirname(found), os.path.join(_HOME, name)):
            _refuse(name, found)


def _origin(name: str) -> str | None:
    loaded = sys.modules.get(name)
    if loaded is not None:
        return loaded.__file__
    spec = PathFinder.find_spec(name)
    return spec.origin if spec is not None else None


def _refuse(name: str, found: str | None) -> None:
    # Not from `schemas.problem`: `schemas` may be the very package that is shadowed.
    from lattice_tui.cli.guarding import write_err

    if found is None:
        write_err(
            f"lattice: the package {name} of lattice-tui is missing\n"
            f"  it should be in {os.path.join(_HOME, name)}\n"
            "  install lattice-tui again, into an environment of its own\n"
            "  LT-CLI-006"
        )
    else:
        write_err(
            f"lattice: another package called {name} hides the one of lattice-tui\n"
            f"  Python finds {found} before {os.path.join(_HOME, name)}\n"
            f"  {_way_out(os.path.abspath(found))}\n"
            f'  to check: {sys.executable} -c "import {name}; print({name}.__file__)"\n'
            "  LT-CLI-006"
        )
    raise SystemExit(2)


def _way_out(found: str) -> str:
    entries = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    for entry in entries:
        if found.startswith(os.path.join(os.path.abspath(entry), "")):
            return f"take {entry} out of PYTHONPATH, for one command: env -u PYTHONPATH lattice ..."
    if found.startswith(os.path.join(os.getcwd(), "")):
        return "start it from another folder"
    return "install lattice-tui into an environment of its own, with pipx or python3 -m venv"
