"""What each key of a model takes, worked out once a class from its own declaration: no pydantic schema is built."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

M = TypeVar("M", bound=BaseModel)

Sort = Literal["text", "number", "switch", "choice", "list", "map", "model", "anything"]
_SINGLE: Final[dict[Any, Sort]] = {str: "text", int: "number", bool: "switch"}


class Kind(NamedTuple):
    """What may stand at one place of the document."""

    sort: Sort
    is_optional: bool = False
    """Whether `null` is an answer."""
    low: int | None = None
    high: int | None = None
    allowed: tuple[Any, ...] = ()
    """Words of a choice."""
    inner: Kind | None = None
    """Of a list's items or a map's values."""
    model: type[BaseModel] | None = None


class Key(NamedTuple):
    """One key of a model."""

    name: str
    """As it is written in the file."""
    attribute: str
    kind: Kind
    is_required: bool


class Outline(NamedTuple):
    """The keys of a model, and how to make one."""

    keys: dict[str, Key]
    required: tuple[Key, ...]
    defaults: dict[str, Any]
    """Attribute -> value, in the model's order; of a required one there is none to use."""
    copied: tuple[str, ...]
    """Attributes whose default is a list or a map: every model has its own."""


_set = object.__setattr__  # models are frozen
ANYTHING: Final = Kind("anything")
_outlines: dict[type[BaseModel], Outline] = {}


def outline(model: type[BaseModel]) -> Outline:
    """The keys of `model`, worked out when it is first met."""
    known = _outlines.get(model)
    if known is None:
        keys = {key.name: key for key in (_key(name, info) for name, info in model.model_fields.items())}
        defaults = {name: info.get_default() for name, info in model.model_fields.items()}
        known = _outlines[model] = Outline(
            keys,
            tuple(key for key in keys.values() if key.is_required),
            defaults,
            tuple(name for name, value in defaults.items() if isinstance(value, (list, dict))),
        )
    return known


def made(model: type[M], values: dict[str, Any]) -> M:
    """The model of values that were read, as `model_construct` makes it, without its deep copy of every default."""
    plan = outline(model)
    fields = {**plan.defaults, **values}
    for attribute in plan.copied:
        if attribute not in values:
            fields[attribute] = fields[attribute].copy()
    instance = model.__new__(model)
    _set(instance, "__dict__", fields)
    _set(instance, "__pydantic_fields_set__", set(values))
    _set(instance, "__pydantic_extra__", None)
    _set(instance, "__pydantic_private__", None)
    return instance


def _key(attribute: str, info: FieldInfo) -> Key:
    return Key(info.alias or attribute, attribute, _kind(info.annotation, info.metadata), info.is_required())


def _kind(annotation: Any, metadata: list[Any]) -> Kind:
    """`Annotated[int | None, Field(ge=0)]` as Kind("number", is_optional=True, low=0)."""
    while get_origin(annotation) is Annotated:
        annotation, *extras = get_args(annotation)
        for extra in extras:
            metadata = [*metadata, *(extra.metadata if isinstance(extra, FieldInfo) else (extra,))]
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        inner = next(argument for argument in get_args(annotation) if argument is not NoneType)
        return _kind(inner, metadata)._replace(is_optional=True)
    if origin is Literal:
        return Kind("choice", allowed=get_args(annotation))
    if origin is dict:
        return Kind("map", inner=_kind(get_args(annotation)[1], []))
    if origin is list:
        return Kind("list", inner=_kind(get_args(annotation)[0], []))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Kind("model", model=annotation)
    if annotation is Any:
        return ANYTHING
    return Kind(
        _SINGLE[annotation],
        low=next((item.ge for item in metadata if hasattr(item, "ge")), None),
        high=next((item.le for item in metadata if hasattr(item, "le")), None),
    )
