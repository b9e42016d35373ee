"""Bodies in Kubernetes' protobuf form become the objects their JSON form would be; broken ones are refused in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.rehearsal.api.protobuf_objects import MAGIC, read_object


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _body(api_version: str, kind: str, message: bytes) -> bytes:
    return MAGIC + _field(1, _field(1, api_version) + _field(2, kind)) + _field(2, message)


SECRET = _body(
    "v1",
    "Secret",
    _field(1, _field(1, "door") + _field(2, "") + _field(3, "default") + _field(8, b"") + _field(7, 0))
    + _field(2, _field(1, "key") + _field(2, b"\x00\xff"))
    + _field(3, "Opaque")
    + _field(5, 0),
)


def test_a_secret_has_its_bytes_in_base64_and_nothing_that_is_empty() -> None:
    assert read_object(SECRET) == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "door", "namespace": "default"},
        "data": {"key": "AP8="},
        "type": "Opaque",
        # A pointer in Go: false is something else than not said.
        "immutable": False,
    }


def test_a_deployment_keeps_no_replicas_apart_from_none_asked_for() -> None:
    port = _field(1, "http") + _field(3, 8080) + _field(4, "TCP")
    probe = _field(1, _field(2, _field(1, "/healthz") + _field(2, _field(1, 1) + _field(3, "http"))))
    container = _field(1, "main") + _field(2, "example/main:1") + _field(6, port) + _field(10, probe)
    volume = _field(1, "scratch") + _field(2, _field(2, b""))
    template = _field(2, _field(1, volume) + _field(2, container))
    deployment = _body("apps/v1", "Deployment", _field(2, _field(1, 0) + _field(3, template)))

    spec = read_object(deployment)["spec"]

    assert spec["replicas"] == 0
    pod = spec["template"]["spec"]
    assert pod["volumes"] == [{"name": "scratch", "emptyDir": {}}], "an inline field belongs to what is around it"
    assert pod["containers"] == [
        {
            "name": "main",
            "image": "example/main:1",
            "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
            "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http"}},
        }
    ]


def test_times_quantities_and_owned_fields_are_as_in_json() -> None:
    fields = json.dumps({"f:data": {}}).encode()
    entry = (
        _field(1, "kubectl") + _field(2, "Update") + _field(4, _field(1, 1_700_000_000)) + _field(7, _field(1, fields))
    )
    node = _body(
        "v1",
        "Node",
        _field(1, _field(1, "one") + _field(17, entry))
        + _field(3, _field(1, _field(1, "memory") + _field(2, _field(1, "8Gi")))),
    )

    read = read_object(node)

    assert read["metadata"]["managedFields"] == [
        {
            "manager": "kubectl",
            "operation": "Update",
            "time": "2023-11-14T22:13:20Z",
            "fieldsV1": {"f:data": {}},
        }
    ]
    assert read["status"]["capacity"] == {"memory": "8Gi"}


def test_options_of_a_deletion_are_read() -> None:
    options = read_object(_body("v1", "DeleteOptions", _field(1, 0) + _field(4, "Foreground")))

    assert (options["gracePeriodSeconds"], options["propagationPolicy"]) == (0, "Foreground")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{}", "does not appear to be a protobuf message"),
        (_body("cluster.x-k8s.io/v1beta2", "Machine", b""), 'no kind "Machine" is registered'),
        (_body("v1", "Namespace", _field(1, 7)), "a number where bytes belong"),
        (_body("v1", "Namespace", b"\x0a\x7f"), "it ends too soon"),
        (MAGIC + b"\xff" * 12, "a number without end"),
    ],
)
def test_what_is_no_such_body_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_object(body)


@given(st.binary(max_size=200), st.integers(0, len(SECRET)))
def test_nothing_but_a_value_error_comes_of_broken_bytes(noise: bytes, cut: int) -> None:
    for body in (MAGIC + noise, SECRET[:cut], SECRET[:cut] + noise):
        read: Any
        try:
            read = read_object(body)
        except ValueError:
            continue
        assert isinstance(read, dict)
