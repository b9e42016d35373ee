"""A document that is still being filled in, as the models' own shapes: what is absent or does not fit is left out.

For asking live checks and pick-lists about what is known so far. It is never written, and nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo


def params_of(document: Mapping[str, Any], provider: str) -> dict[str, str]:
    """What the checks and pick-lists have to know of it, by the provider's own names. Nothing is ever refused."""
    from lattice_tui.providers import registry  # its folder: a provider was chosen
    from schemas.document import LatticeCluster

    known = registry.load(provider)
    block = _at(document, "spec", "provider", "config", provider)
    config = _made(known.config_model, block if isinstance(block, Mapping) else {})
    return known.check_params(_made(LatticeCluster, document), config)


def _made(model: type[Any], said: Mapping[str, Any]) -> Any:
    values = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        values[name] = _value(field, said[key]) if key in said else _default(field)
    return model.model_construct(**values)


def _value(field: FieldInfo, said: Any) -> Any:
    below = _model_in(field.annotation)
    if below is not None and isinstance(said, Mapping):
        return _made(below, said)
    values = _values_of(field.annotation)
    if values is not None and isinstance(said, Mapping):
        return {key: _made(values, each) for key, each in said.items() if isinstance(each, Mapping)}
    try:
        return TypeAdapter[Any](field.annotation or Any).validate_python(said, strict=True)
    except ValidationError:
        return _default(field)


def _default(field: FieldInfo) -> Any:
    if field.is_required():
        # Where keys hang below, readers go on to ask for those.
        below = _model_in(field.annotation)
        return _made(below, {}) if below is not None else _EMPTY.get(field.annotation)
    return field.get_default(call_default_factory=True)


_EMPTY: Mapping[Any, Any] = {str: "", int: 0}


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation is, or is beside None."""
    found = [one for one in (annotation, *get_args(annotation)) if isinstance(one, type) and issubclass(one, BaseModel)]
    return found[0] if found and not _is_map(annotation) else None


def _values_of(annotation: Any) -> type[BaseModel] | None:
    """The model of a map's values."""
    arguments = get_args(annotation)
    return _model_in(arguments[1]) if _is_map(annotation) and len(arguments) > 1 else None


def _is_map(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is dict


def _at(said: Any, *keys: str) -> Any:
    for key in keys:
        said = said.get(key) if isinstance(said, Mapping) else None
    return said
