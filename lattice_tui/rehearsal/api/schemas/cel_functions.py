"""Functions of CEL that Kubernetes adds: strings, lists, regular expressions, sets, URLs, addresses, quantities.

Source: k8s.io/apiserver/pkg/cel/library and cel-go's ext packages. Values of types that CEL has not (a URL, an
address, a quantity) travel as maps with one private key, which tells them apart. `declarations` is given the library,
so that importing this module does not import it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lattice_tui.rehearsal.api.schemas import cel_addresses, cel_lists, cel_quantities, cel_strings

Declared = tuple[str, str, Callable[..., Any]]
"""Name, signature (`string.(string,int)->dyn` of a method, `(string)->bool` of a function), and what it does."""

ALL: Final[tuple[Declared, ...]] = (
    *cel_strings.FUNCTIONS,
    *cel_lists.FUNCTIONS,
    *cel_addresses.FUNCTIONS,
    *cel_quantities.FUNCTIONS,
)


def declarations(cel: Any) -> list[Any]:
    """Every function as the library wants it declared: one entry per name, one overload per signature."""
    types = {
        "string": cel.Type.STRING,
        "int": cel.Type.INT,
        "double": cel.Type.DOUBLE,
        "bool": cel.Type.BOOL,
        "list": cel.Type.LIST,
        "map": cel.Type.MAP,
        "dyn": cel.Type.DYN,
    }
    overloads: dict[str, list[Any]] = {}
    for number, (name, signature, implementation) in enumerate(ALL):
        given, _, returned = signature.partition("->")
        target, method, arguments = given.partition(".")
        if not method:
            target, arguments = "", given
        parameters = [part for part in arguments.strip("()").split(",") if part]
        overloads.setdefault(name, []).append(
            cel.Overload(
                f"kubernetes_{number}",
                types[returned],
                [types[part] for part in ([target] if method else []) + parameters],
                is_member=bool(method),
                impl=implementation,
            )
        )
    return [cel.FunctionDecl(name, entries) for name, entries in overloads.items()]
