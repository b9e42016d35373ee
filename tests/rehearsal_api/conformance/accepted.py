"""The cases in which the rehearsal API is known to answer otherwise than a real API server, and why that is accepted.

Everything else must be equal. A case that has become equal must go from here: the test says so.
"""

from __future__ import annotations

from typing import Final

_DEFINITIONS = "a definition that is refused names the first reason alone"
_PARSER = "the words of another JSON parser"
_ORDER = "the order of fields or causes, which a real server takes from a Go map"
_SCALE = "the second cause, from reading the scale, is left out"
_TIMES = "what a controller or the scale endpoint leaves out of an entry of managedFields"
_SOONER = "a namespace that is empty may be gone at once"
_TYPES = "fields are named by their path, not by the Go struct that holds them"

ACCEPTED: Final[dict[str, str]] = {
    "a definition without versions": _DEFINITIONS,
    "a definition without schema": _DEFINITIONS,
    "a definition that is not structural": _DEFINITIONS,
    "define gadgets": "a definition has its status at once",
    "the definition": _TIMES,
    "stop to serve a version": _TIMES,
    "delete the definition": "a definition is gone at once, and not held by a finalizer of the server",
    "delete the namespace": _SOONER,
    "create without a name": "rules are looked at although the name is missing",
    "create no JSON": _PARSER,
    "create a list": _PARSER,
    "a continue of nonsense": _PARSER,
    "unknown in a merge patch": _ORDER,
    "unknown in a JSON patch": _ORDER,
    "unknown in an apply": _ORDER,
    "unknown in an apply, strict": _ORDER,
    "many at once": _ORDER,
    "text for a number": _SCALE,
    "a fraction for an integer": _SCALE,
    "a spec that is text": _SCALE,
    "patch status wrongly": _SCALE,
    "the wrong version for the path": "a refused request is not warned of its version",
    "after the scale": _TIMES,
    "a table of gadgets": _TIMES,
    "watch from 0": _TIMES,
    "watch from nowhere": _TIMES,
    "watch with initial events": _TIMES,
    "hold": _TIMES,
    "delete what is held": _TIMES,
    "delete it again": _TIMES,
    "let go": _TIMES,
    "a config map with a number": _TYPES,
    "a post to one": "answered as a method that is not served",
}

SOMETIMES_EQUAL: Final = frozenset(name for name, why in ACCEPTED.items() if why in (_ORDER, _SOONER))
"""Cases a real server does not answer alike every time."""
