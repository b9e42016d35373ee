"""A document that is still being filled in, as the models' own shapes: what is absent or does not fit is left out.

For asking live checks and pick-lists about what is known so far. It is never written, and nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from lattice_tui.document.kinds import Kind, made, outline

M = TypeVar("M", bound=BaseModel)
_EMPTY: Final[Mapping[str, Any]] = {"text": "", "number": 0}
_TYPES: Final[Mapping[str, type]] = {"text": str, "number": int, "switch": bool}


class _Unfit:
    """Stands for a value that its key does not take."""


_UNFIT: Final = _Unfit()


def params_of(document: Mapping[str, Any], provider: str) -> dict[str, str]:
    """What the checks and pick-lists have to know of it, by the provider's own names. Nothing is ever refused."""
    from lattice_tui.providers import registry  # its folder: a provider was chosen
    from schemas.document import LatticeCluster

    known = registry.load(provider)
    config = _read(known.config_model, _at(document, "spec", "provider", "config", provider))
    return known.check_params(_read(LatticeCluster, document), config)


def _read(model: type[M], said: object) -> M:
    """The model of what fits; a required value that is missing is an empty one of its kind."""
    written = said if isinstance(said, Mapping) else {}
    values: dict[str, Any] = {}
    for name, key in outline(model).keys.items():
        value = _value(key.kind, written[name]) if name in written else _UNFIT
        if not isinstance(value, _Unfit):
            values[key.attribute] = value
        elif key.is_required:
            values[key.attribute] = _empty(key.kind)
    return made(model, values)


def _value(kind: Kind, said: object) -> Any:
    """The value where it fits, `_UNFIT` where it does not."""
    if said is None and kind.is_optional:
        return None
    if kind.sort == "model" and kind.model is not None:
        return _read(kind.model, said) if isinstance(said, Mapping) else _UNFIT
    if kind.sort == "map" and kind.inner is not None:
        return _entries(kind.inner, said)
    if kind.sort == "list" and kind.inner is not None:
        items = [_value(kind.inner, each) for each in said] if isinstance(said, list) else [_UNFIT]
        return _UNFIT if any(isinstance(item, _Unfit) for item in items) else items
    if kind.sort == "choice":
        return said if said in kind.allowed else _UNFIT
    if kind.sort == "anything":
        return said
    return said if type(said) is _TYPES[kind.sort] else _UNFIT


def _entries(kind: Kind, said: object) -> Any:
    """A map with free names: entries that do not fit are left out."""
    if not isinstance(said, Mapping):
        return _UNFIT
    entries = {name: _value(kind, each) for name, each in said.items()}
    return {name: entry for name, entry in entries.items() if not isinstance(entry, _Unfit)}


def _empty(kind: Kind) -> Any:
    """Where keys hang below, readers go on to ask for those."""
    if kind.is_optional:
        return None
    if kind.sort == "model" and kind.model is not None:
        return _read(kind.model, {})
    return _EMPTY.get(kind.sort)


def _at(said: Any, *keys: str) -> Any:
    for key in keys:
        said = said.get(key) if isinstance(said, Mapping) else None
    return said
