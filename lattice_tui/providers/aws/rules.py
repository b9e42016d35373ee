"""What in a cluster.yaml does not fit machines on AWS. Nothing is asked of AWS here."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lattice_tui.document.report import Report, shown
from lattice_tui.document.tree import Mapping, Node, Scalar, Sequence, find, key_place
from lattice_tui.providers.aws import shapes
from lattice_tui.providers.aws.config import AwsConfig

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lattice_tui.document.shape import Rule

_MAX_LENGTH = 255
_MAX_KEY_LENGTH = 16384
"""Of a public key: an RSA key of 16384 bits has under 3000 characters."""
_DISCOVERED = ("...", "")
_FOREIGN_SIZES: Final = ("cores", "memoryMb", "diskSizeGb", "flavor")
"""Words of a pool's size that belong to other providers."""


class _Form(NamedTuple):
    key: str
    code: str
    pattern: str
    what: str
    fix: str


_FORMS: Final = {
    "region": _Form(
        "region",
        "LT-AWS-001",
        shapes.REGION,
        "the name of a region",
        "Write its code, as the console's address shows it: region: eu-central-1",
    ),
    "cp_instance_type": _Form(
        "cpInstanceType",
        "LT-AWS-002",
        shapes.INSTANCE_TYPE,
        "an instance type",
        "Write family and size: cpInstanceType: m5.xlarge",
    ),
    "worker_instance_type": _Form(
        "workerInstanceType",
        "LT-AWS-002",
        shapes.INSTANCE_TYPE,
        "an instance type",
        "Write family and size: workerInstanceType: m5.large",
    ),
    "ssh_key_name": _Form(
        "sshKeyName",
        "LT-AWS-003",
        shapes.KEY_NAME,
        "the name of a key pair",
        'Write the name from EC2 > Key Pairs, or "" for none: sshKeyName: my-key',
    ),
    "cp_iam_instance_profile": _Form(
        "cpIamInstanceProfile",
        "LT-AWS-004",
        shapes.PROFILE_NAME,
        "the name of an instance profile",
        "Write its name, not its ARN: cpIamInstanceProfile: control-plane.cluster-api-provider-aws.sigs.k8s.io",
    ),
    "worker_iam_instance_profile": _Form(
        "workerIamInstanceProfile",
        "LT-AWS-004",
        shapes.PROFILE_NAME,
        "the name of an instance profile",
        "Write its name, not its ARN: workerIamInstanceProfile: nodes.cluster-api-provider-aws.sigs.k8s.io",
    ),
    "vpc_id": _Form(
        "vpcId",
        "LT-AWS-005",
        shapes.VPC,
        "the id of a VPC",
        "Write vpc- and 17 digits from 0 to f (old ones have 8): vpcId: vpc-0a1b2c3d4e5f60718",
    ),
    "cp_subnet_ids": _Form(
        "cpSubnetIds",
        "LT-AWS-006",
        shapes.SUBNET,
        "the id of a subnet",
        "Write subnet- and 17 digits from 0 to f (old ones have 8): cpSubnetIds: [subnet-0a1b2c3d4e5f60718]",
    ),
    "worker_subnet_ids": _Form(
        "workerSubnetIds",
        "LT-AWS-006",
        shapes.SUBNET,
        "the id of a subnet",
        "Write subnet- and 17 digits from 0 to f (old ones have 8): workerSubnetIds: [subnet-0a1b2c3d4e5f60718]",
    ),
    "ami_id": _Form(
        "amiId",
        "LT-AWS-007",
        shapes.AMI,
        "the id of an image (AMI)",
        "Write ami- and 17 digits from 0 to f (old ones have 8): amiId: ami-0a1b2c3d4e5f60718",
    ),
    "ssh_authorized_keys": _Form(
        "sshAuthorizedKeys",
        "LT-AWS-008",
        shapes.PUBLIC_KEY,
        "a public SSH key",
        "Write the whole line of a .pub file: cat ~/.ssh/id_ed25519.pub",
    ),
}
"""Attribute -> what its texts look like."""


def check_config(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Every id and name of the block is of its form, and what belongs together is all there."""
    bad = [
        _report_form(form, text, at, place, report)
        for attribute, form in _FORMS.items()
        for text, at, place in _texts(values.get(attribute), find(node, form.key), f"{path}.{form.key}")
        if not _is_of(form, text)
    ]
    has_said_key = _check_key_is_said(values, node, path, report)
    return _check_network(values, node, path, report) and has_said_key and not bad


RULES: Final[MappingABC[type[BaseModel], Rule]] = {AwsConfig: check_config}


def check_document(root: Mapping, report: Report) -> None:
    """Report what the rest of the document says that AWS does otherwise, or not at all."""
    _check_host(root, report)
    _check_pools(root, report)
    if (key := key_place(root, "spec", "networking", "lbPool")) is not None:
        _no_effect("spec.networking.lbPool", key, report, "AWS gives load balancers their addresses itself.")


def _texts(value: Any, at: Node | None, path: str) -> Iterator[tuple[str, Scalar | Sequence | None, str]]:
    """(text, its place, its path): one for a text, one an entry for a list."""
    if isinstance(value, str):
        yield value, at if isinstance(at, Scalar) else None, path
    elif isinstance(value, list):
        for index, text in enumerate(value):
            item = at.items[index] if isinstance(at, Sequence) and index < len(at.items) else None
            yield text, item if isinstance(item, Scalar) else None, f"{path}[{index}]"


def _is_of(form: _Form, text: str) -> bool:
    limit = _MAX_KEY_LENGTH if form.key == "sshAuthorizedKeys" else _MAX_LENGTH
    return len(text) <= limit and shapes.fits(form.pattern, text)


def _report_form(form: _Form, text: str, at: Scalar | Sequence | None, path: str, report: Report) -> bool:
    fix = form.fix
    if form.key == "region" and (region := shapes.zone_of(text)):
        fix = f"{shown(text)} is one of its zones. Write the region: region: {region}"
    elif form.key == "region" and shapes.fits(shapes.REGION, nearest := text.strip().lower().replace("_", "-")):
        fix = f"Write it in small letters with dashes: region: {nearest}"
    elif form.key.endswith("IamInstanceProfile") and text.startswith("arn:"):
        fix = f"Write the last part of the ARN alone: {form.key}: {shown(text.rpartition('/')[2])}"
    report.error(form.code, f"{shown(text) or 'an empty text'} is not {form.what}", fix, at=at, path=path)
    return True


def _check_key_is_said(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """No value at all is not "none": that is an empty text."""
    if "ssh_key_name" not in values or values["ssh_key_name"] is not None:
        return True
    form = _FORMS["ssh_key_name"]
    report.error(
        form.code, "sshKeyName has no value", form.fix, at=key_place(node, form.key), path=f"{path}.{form.key}"
    )
    return False


def _check_network(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """A VPC of one's own is named with its subnets, and subnets with their VPC."""
    subnets = {"cpSubnetIds": values.get("cp_subnet_ids"), "workerSubnetIds": values.get("worker_subnet_ids")}
    if values.get("vpc_id") is None:
        written = next((key for key, ids in subnets.items() if ids), "")
        if not written or ("vpcId" in node.entries and values.get("vpc_id", "") == ""):
            return True
        report.error(
            "LT-AWS-009",
            f"{written} names subnets, and there is no vpcId",
            "Write the VPC they belong to (vpcId: vpc-0a1b2c3d4e5f60718), or leave the subnets out: one is then made.",
            at=key_place(node, written),
            path=f"{path}.{written}",
        )
        return False
    if not subnets["cpSubnetIds"] and not ("cpSubnetIds" in node.entries and "cp_subnet_ids" not in values):
        report.error(
            "LT-AWS-010",
            "vpcId names a VPC, and cpSubnetIds says no subnet of it",
            "Write its subnets, from VPC > Subnets: cpSubnetIds: [subnet-0a1b2c3d4e5f60718]",
            at=key_place(node, "vpcId"),
            path=f"{path}.cpSubnetIds",
        )
        return False
    return True


def _check_host(root: Mapping, report: Report) -> None:
    host = find(root, "spec", "endpoints", "host")
    if not isinstance(host, Scalar) or host.text in _DISCOVERED or (host.plain and host.text in ("null", "~")):
        return
    report.error(
        "LT-AWS-011",
        "on AWS the API's address is its load balancer's, which AWS chooses",
        f"Leave endpoints.host out. For a name of your own: certSANs: [{shown(host.text)}], and a CNAME to it later.",
        at=host,
        path="spec.endpoints.host",
    )


def _check_pools(root: Mapping, report: Report) -> None:
    pools = find(root, "spec", "nodes", "workerPools")
    if not isinstance(pools, Mapping):
        return
    for name, pool in pools.entries.items():
        path = f"spec.nodes.workerPools.{shown(name)}.size"
        for word in _FOREIGN_SIZES:
            if (key := key_place(pool, "size", word)) is not None:
                _no_effect(f"{path}.{word}", key, report, "Write instanceType, rootVolumeSizeGb, rootVolumeType.")
        _check_size(find(pool, "size"), path, report)


def _check_size(size: Node | None, path: str, report: Report) -> None:
    kind = find(size, "instanceType")
    if isinstance(kind, Scalar) and kind.text and not shapes.fits(shapes.INSTANCE_TYPE, kind.text):
        report.error(
            "LT-AWS-002",
            f"{shown(kind.text)} is not an instance type",
            "Write family and size: instanceType: m5.large",
            at=kind,
            path=f"{path}.instanceType",
        )
    volume = find(size, "rootVolumeType")
    if isinstance(volume, Scalar) and volume.text and volume.text not in ("gp3", "gp2"):
        report.error(
            "LT-AWS-012",
            f"{shown(volume.text)} is not a type of disk that a machine can be given here",
            "Write rootVolumeType: gp3 (or gp2)",
            at=volume,
            path=f"{path}.rootVolumeType",
        )


def _no_effect(path: str, key: Scalar, report: Report, fix: str) -> None:
    report.warning(
        "LT-AWS-013", f"{path.rpartition('.')[2]} has no effect on AWS", f"Leave it out. {fix}", at=key, path=path
    )
