"""The wire forms of AWS's services, read from botocore's own models: query and EC2 (XML), and JSON 1.1.

A request becomes arguments by the names that boto3 uses, and an answer by the same names becomes what boto3 reads.
Source: docs.aws.amazon.com/AWSEC2/latest/APIReference (Query requests), botocore/serialize.py, botocore/parsers.py.
"""

from __future__ import annotations

import base64
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element, SubElement

REQUEST_ID = "00000000-0000-4000-8000-000000000000"
_XML = "text/xml;charset=UTF-8"
_JSON = "application/x-amz-json-1.1"


class Service:
    """One service of AWS, by botocore's name for it."""

    def __init__(self, name: str) -> None:
        # boto3's models are read when the first request asks for them.
        from botocore.loaders import Loader
        from botocore.model import ServiceModel

        self.name = name
        self._model = ServiceModel(Loader().load_service_model(name, "service-2"), name)
        self.protocol: str = self._model.resolved_protocol

    def has(self, operation: str) -> bool:
        """Whether AWS knows this operation."""
        return operation in self._model.operation_names

    def arguments(self, operation: str, body: Mapping[str, str] | str) -> dict[str, Any]:
        """The arguments of a request: a form's fields for query and EC2, the JSON text for JSON."""
        if isinstance(body, str):
            read = json.loads(body or "{}")
            return read if isinstance(read, dict) else {}
        shape = self._model.operation_model(operation).input_shape
        return {} if shape is None else self._structure(shape, body, "") or {}

    def answer(self, operation: str, answer: Mapping[str, Any]) -> tuple[bytes, str]:
        """Body and content type. Raises KeyError for a name that the operation's answer does not have."""
        model = self._model.operation_model(operation)
        if self.protocol == "json":
            return json.dumps(answer).encode(), _JSON
        root = Element(f"{operation}Response", xmlns=self._model.metadata.get("xmlNamespace", ""))
        into = root
        if self.protocol == "query":
            if model.output_shape is not None and (wrapper := model.output_shape.serialization.get("resultWrapper")):
                into = SubElement(root, wrapper)
            SubElement(SubElement(root, "ResponseMetadata"), "RequestId").text = REQUEST_ID
        else:
            SubElement(root, "requestId").text = REQUEST_ID
        if model.output_shape is not None:
            _write_members(into, model.output_shape, answer)
        return ElementTree.tostring(root), _XML

    def refusal(self, code: str, message: str) -> tuple[bytes, str]:
        """Body and content type of an error."""
        if self.protocol == "json":
            return json.dumps({"__type": code, "message": message}).encode(), _JSON
        root = Element("Response" if self.protocol == "ec2" else "ErrorResponse")
        error = SubElement(SubElement(root, "Errors"), "Error") if self.protocol == "ec2" else SubElement(root, "Error")
        if self.protocol == "query":
            SubElement(error, "Type").text = "Sender"
        SubElement(error, "Code").text = code
        SubElement(error, "Message").text = message
        SubElement(root, "RequestID" if self.protocol == "ec2" else "RequestId").text = REQUEST_ID
        return ElementTree.tostring(root), _XML

    def _structure(self, shape: Any, fields: Mapping[str, str], prefix: str) -> dict[str, Any] | None:
        read = {}
        for name, member in shape.members.items():
            value = self._value(member, fields, prefix + self._query_name(member, name))
            if value is not None:
                read[name] = value
        return read or None

    def _value(self, shape: Any, fields: Mapping[str, str], name: str) -> Any:
        if shape.type_name == "structure":
            return self._structure(shape, fields, f"{name}.")
        if shape.type_name == "list":
            return self._list(shape, fields, name)
        text = fields.get(name)
        if text is None:
            return None
        if shape.type_name == "boolean":
            return text == "true"
        if shape.type_name in ("integer", "long"):
            return int(text)
        return base64.b64decode(text) if shape.type_name == "blob" else text

    def _list(self, shape: Any, fields: Mapping[str, str], name: str) -> list[Any] | None:
        # EC2's lists are always flat; the other services' stand below `member` unless they say otherwise.
        if self.protocol != "ec2" and not shape.serialization.get("flattened"):
            name = f"{name}.{shape.member.serialization.get('name', 'member')}"
        values: list[Any] = []
        while (value := self._value(shape.member, fields, f"{name}.{len(values) + 1}")) is not None:
            values.append(value)
        return values or None

    def _query_name(self, shape: Any, name: str) -> str:
        said = shape.serialization
        if self.protocol != "ec2":
            return str(said.get("name", name))
        if "queryName" in said:
            return str(said["queryName"])
        own = str(said.get("name", name))
        return own[:1].upper() + own[1:]


@cache
def service(name: str) -> Service:
    """The service of that name, read once."""
    return Service(name)


def _write_members(into: Element, shape: Any, answer: Mapping[str, Any]) -> None:
    if strangers := answer.keys() - shape.members.keys():
        raise KeyError(f"{shape.name} has no {', '.join(sorted(strangers))}")
    for name, value in answer.items():
        if value is not None:
            member = shape.members[name]
            _write(into, member.serialization.get("name", name), member, value)


def _write(into: Element, name: str, shape: Any, value: Any) -> None:
    if shape.type_name == "list":
        is_flat = shape.serialization.get("flattened")
        around = into if is_flat else SubElement(into, name)
        item = name if is_flat else shape.member.serialization.get("name", "member")
        for each in value:
            _write(around, item, shape.member, each)
        return
    element = SubElement(into, name)
    if shape.type_name == "structure":
        _write_members(element, shape, value)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    else:
        element.text = str(value)
