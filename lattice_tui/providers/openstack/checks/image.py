"""O13: there is exactly one image of that name, it fits the machines, and it carries what the bootstrap needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check
from lattice_tui.providers.openstack.checks.look import ENDPOINTS, ROOT, Look, check, listed, nearest, not_chosen, safe
from lattice_tui.providers.openstack.checks.machines import flavor_named, wanted_machines
from lattice_tui.providers.openstack.session import CloudError
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

IMAGE = "openstack-image"
FIELD = f"{ROOT}.imageName"
_KUBERNETES = re.compile(r"kube|k8s|capi|capo|rke2", re.IGNORECASE)
_VERSION = re.compile(r"(?:kube|k8s|capi|capo|rke2)[^0-9]{0,12}v?(1\.[0-9]{1,2}\.[0-9]{1,2})", re.IGNORECASE)
"""Names as image-builder makes them: `ubuntu-2404-kube-v1.35.5`."""
_PLAIN = re.compile(
    r"cloudimg|genericcloud|cirros|^(?:ubuntu|debian|rocky|alma|almalinux|centos|fedora|opensuse|sles|rhel)[-_ ]?"
    r"(?:linux|server|stream|minimal|leap)?[-_ ]?v?[0-9.]*"
    r"(?:[-_ ](?:lts|noble|jammy|focal|bookworm|trixie|server|amd64|x86_64))*$",
    re.IGNORECASE,
)


def checks(look: Look) -> tuple[Check, ...]:
    """The image, and what it says of the machines' names."""
    image = _Image(look)
    inputs = ("image_name", "bootstrap", "version", "cp_flavor", "worker_flavor", "pools", "cp_volume_gib")
    return (
        check(look, IMAGE, "Image", image.run, ENDPOINTS, inputs=(*inputs, "worker_volume_gib")),
        check(look, "openstack-host-names", "Names of the machines", image.names, ENDPOINTS),
    )


class _Image:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def run(self) -> CheckResult:
        name = self._look.wish.image_name
        if not name:
            return not_chosen("Image")
        images = [image for image in await self._look.images() if image.name == name]
        active = [image for image in images if image.status == "active"]
        if len(active) != 1:
            return await self._not_one(name, images, active)
        (image,) = active
        if (result := await self._does_not_fit(image)) is not None:
            return result
        return self._carried(image)

    async def names(self) -> CheckResult:
        return unknown(
            "what the cloud appends to a machine's name is seen only when the first one starts",
            why="some clouds append .novalocal; a node whose name differs from the machine's cannot join",
            fix="Images of image-builder set the name from the metadata; look there if a first machine does not join: "
            "hostname -f on it should be the machine's name, without .novalocal",
        )

    async def _not_one(self, name: str, images: Sequence[Any], active: Sequence[Any]) -> CheckResult:
        shown = safe(name, 40)
        if len(active) > 1:
            return wrong(
                "fail",
                "LT-OS-211",
                f"{len(active)} images are called {shown}",
                why="the cluster's controllers refuse to choose between them",
                fix="Rename all but one, or make a copy with a name of its own",
                action=f"openstack image set --name {shown}-old {safe(active[-1].id, 40)}",
                field=FIELD,
                evidence=", ".join(f"{safe(image.id, 40)} ({safe(image.visibility, 12)})" for image in active),
            )
        if images:
            return wrong(
                "fail",
                "LT-OS-212",
                f"the image {shown} is {safe(images[0].status, 20)}, not active",
                why="no machine starts from it before",
                fix="Wait until its upload has ended, or choose another",
                action="openstack image list --status active",
                field=FIELD,
            )
        others = await self._look.listed("active-images", lambda cloud: cloud.image.images(status="active", limit=1000))
        names = [str(image.name) for image in others if image.name]
        return wrong(
            "fail",
            "LT-OS-210",
            f"there is no image {shown}",
            why="without it the machines wait for bootstrap data, and the reason is not said",
            fix=f"Write one of: {listed(nearest(name, names))}"
            if names
            else "Upload one: see lattice explain openstack",
            action="openstack image list --status active",
            field=FIELD,
            evidence=f"images: {listed(names, 30)}",
            # A cloud image can be fetched; one for kubeadm has to be built.
            action_id="make-image" if self._look.wish.bootstrap == "rke2" else "",
        )

    async def _does_not_fit(self, image: Any) -> CheckResult | None:
        """Row by row: a flavor with less memory or disk than the image asks for."""
        try:
            flavors = await self._look.flavors()
        except CloudError:
            # The row of the flavors says so; the image is told all the same.
            return None
        for one in wanted_machines(self._look):
            flavor = flavor_named(flavors, one.flavor)
            if flavor is None:
                # Its own row says so.
                continue
            disk = one.volume_gib or flavor.disk
            needs = _at_least(image)
            short = [
                f"{needs[what]} {unit} of {what}, {one.role} has {has}"
                for what, has, unit in (("memory", flavor.ram, "MiB"), ("disk", disk, "GiB"))
                if has and has < needs[what]
            ]
            if short:
                return wrong(
                    "fail",
                    "LT-OS-213",
                    f"the image asks for {short[0]}",
                    why="Nova refuses such a machine, and the reason does not reach the cluster",
                    fix=f"Take a flavor with {_words(needs)}, or more",
                    action="openstack flavor list",
                    field=one.field,
                    evidence="; ".join(short),
                )
        return None

    def _carried(self, image: Any) -> CheckResult:
        """Whether Kubernetes is in it, as far as its name and properties tell."""
        wish = self._look.wish
        told = safe_text(" ".join((str(image.name), *map(str, _properties(image)))), 400)
        version = match[1] if (match := _VERSION.search(told)) else ""
        wanted = wish.version.partition("+")[0]
        said = f"{safe(image.name, 40)}, {safe(image.disk_format, 10)}"
        if wish.bootstrap == "rke2":
            if _KUBERNETES.search(told) and "rke2" not in told.lower():
                return _kubernetes_for_rke2(said)
            return ok(said, evidence=safe(image.id))
        if version and wanted and version != wanted:
            return wrong(
                "fail",
                "LT-OS-214",
                f"the image carries Kubernetes {version}, the cluster is to have {wanted}",
                why="kubeadm builds with what the image holds",
                fix=f'Write version: "{version}", or choose an image with {wanted}',
                field=FIELD,
            )
        if _KUBERNETES.search(told):
            return ok(f"{said}{f', Kubernetes {version}' if version else ''}", evidence=safe(image.id))
        if _PLAIN.search(str(image.name)):
            return wrong(
                "fail",
                "LT-OS-215",
                f"the image {safe(image.name, 40)} is a plain one, without kubeadm",
                why="kubeadm has to be in the image; RKE2 fetches what it needs",
                fix="Write bootstrap: rke2, or choose an image of image-builder: ubuntu-2404-kube-v1...",
                field="spec.provider.kubernetes.bootstrap",
            )
        return wrong(
            "warn",
            "LT-OS-216",
            f"whether {safe(image.name, 40)} carries Kubernetes cannot be told from its name",
            why="going on works if kubeadm and the kubelet are in it, at the cluster's version",
            fix="Name it after what it holds: NAME-kube-v1.35.5; a plain image needs bootstrap: rke2",
            field=FIELD,
        )


def _kubernetes_for_rke2(said: str) -> CheckResult:
    return wrong(
        "warn",
        "LT-OS-217",
        "the image is made for kubeadm, and the bootstrap is RKE2",
        why=f"going on may work ({said}); a kubelet that is there already gets in RKE2's way",
        fix="Choose a plain image, or write bootstrap: kubeadm",
        field=FIELD,
    )


def _at_least(image: Any) -> dict[str, int]:
    return {"memory": int(image.min_ram or 0), "disk": int(image.min_disk or 0)}


def _words(needs: dict[str, int]) -> str:
    units = {"memory": "MiB", "disk": "GiB"}
    return " and ".join(f"{count} {units[what]} of {what}" for what, count in needs.items() if count)


def _properties(image: Any) -> list[str]:
    """Words of people and image builders about it: keys such as `kube_version`."""
    properties = image.properties if isinstance(image.properties, dict) else {}
    return [f"{key} {value}" for key, value in properties.items() if _KUBERNETES.search(f"{key}")]
