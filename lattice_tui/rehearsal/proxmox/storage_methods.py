"""What the API answers about storages, and how an image is fetched from the internet into one."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.proxmox.calls import SIGNED_IN, AllOf, AnyOf, ApiError, Call, Method, Perm, wrong_parameters
from lattice_tui.rehearsal.proxmox.site import GIB, Storage, Volume
from lattice_tui.rehearsal.proxmox.tasks import begin

SEES = Perm("/storage/{storage}", ("Datastore.Audit", "Datastore.AllocateSpace"), one_is_enough=True)
DOWNLOADS = AllOf(
    (
        Perm("/storage/{storage}", ("Datastore.AllocateTemplate",)),
        AnyOf((Perm("/", ("Sys.Audit", "Sys.Modify")), Perm("/nodes/{node}", ("Sys.AccessNetwork",)))),
    )
)
FETCHED_CONTENT = ("iso", "vztmpl", "import")
IMAGE_SUFFIXES = (".qcow2", ".raw", ".vmdk", ".img")


def _storages(call: Call) -> Any:
    contents = [part for part in call.params.get("content", "").split(",") if part]
    wanted = call.params.get("storage")
    found = []
    for storage in call.site.storages.values():
        sees = call.holds(f"/storage/{storage.name}", "Datastore.Audit", "Datastore.AllocateSpace", one_is_enough=True)
        is_there = not storage.nodes or call.params["node"] in storage.nodes
        is_asked = (not contents or set(contents) & set(storage.content)) and wanted in (None, storage.name)
        is_hidden = call.params.get("enabled") == "1" and not storage.is_enabled
        if sees and is_there and is_asked and not is_hidden:
            found.append(_entry(storage))
    return found


def _entry(storage: Storage) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "storage": storage.name,
        "type": storage.kind,
        "content": ",".join(storage.content),
        "shared": int(storage.is_shared),
        "enabled": int(storage.is_enabled),
        "active": int(storage.is_active and storage.is_enabled),
    }
    if storage.is_active and storage.is_enabled:
        total, used = storage.total_gib * GIB, storage.used_gib * GIB
        entry |= {"total": total, "used": used, "avail": total - used, "used_fraction": used / total}
    return entry


def _content(call: Call) -> Any:
    storage = call.storage()
    if not storage.is_active:
        raise ApiError(500, f"storage '{storage.name}' is not online")
    wanted = call.params.get("content")
    return [
        {
            "volid": volume.volid,
            "content": volume.content,
            "size": volume.size_bytes,
            "format": "raw" if volume.content == "images" else volume.volid.rpartition(".")[2],
            **({"vmid": volume.vmid} if volume.vmid else {}),
        }
        for volume in storage.on(call.params["node"])
        if wanted in (None, volume.content)
    ]


def _status(call: Call) -> Any:
    return _entry(call.storage())


def _download(call: Call) -> Any:
    storage, params = call.storage(), call.params
    content, name, node = params["content"], params["filename"], params["node"]
    if content not in FETCHED_CONTENT:
        raise wrong_parameters(
            content=f"value '{content}' does not have a value in the enumeration 'iso, vztmpl, import'"
        )
    if "/" in name or (content == "import" and not name.endswith(IMAGE_SUFFIXES[:3])):
        raise ApiError(400, "wrong file extension" if "/" not in name else "invalid filename")
    if ("checksum" in params) != ("checksum-algorithm" in params):
        raise wrong_parameters(checksum="missing property - 'checksum-algorithm' requires this property")
    if content not in storage.content:
        raise ApiError(500, f"storage '{storage.name}' is not configured for content-type '{content}'")

    def fetch() -> None:
        size = call.site.downloads.get(params["url"])
        if size is None:
            raise ApiError(500, f"download failed: could not fetch '{params['url']}': 404 Not Found")
        if params.get("checksum", "").startswith("0000"):
            raise ApiError(500, "checksum mismatch: got another one than was asked for")
        storage.put(node, Volume(f"{storage.name}:{content}/{name}", content, size))

    return begin(call, node, "download", name, fetch, f"downloading {params['url']} to {storage.name}")


def _upload(call: Call) -> Any:
    storage, content, name = call.storage(), call.params["content"], call.params["filename"]
    if content not in FETCHED_CONTENT:
        raise wrong_parameters(
            content=f"value '{content}' does not have a value in the enumeration 'iso, vztmpl, import'"
        )
    if content == "iso" and not name.endswith((".iso", ".img")):
        raise ApiError(400, "wrong file extension")
    if content not in storage.content:
        raise ApiError(500, f"storage '{storage.name}' does not support '{content}' content")
    volume = Volume(f"{storage.name}:{content}/{name}", content, len(call.file), data=call.file)
    return begin(call, call.params["node"], "imgcopy", "", lambda: storage.put(call.params["node"], volume))


def _remove(call: Call) -> Any:
    storage, volid, node = call.storage(), call.params["volume"], call.params["node"]
    volid = volid if ":" in volid else f"{storage.name}:{volid}"
    if not any(volume.volid == volid for volume in storage.on(node)):
        raise ApiError(500, f"volume '{volid}' does not exist")
    place = "" if storage.is_shared else node
    return begin(call, node, "imgdel", f"@{storage.name}", lambda: storage.volumes.__delitem__((place, volid)))


METHODS = (
    Method("GET", "/nodes/{node}/storage", _storages, SIGNED_IN, optional=frozenset({"content", "enabled", "storage"})),
    Method("GET", "/nodes/{node}/storage/{storage}/content", _content, SEES, optional=frozenset({"content", "vmid"})),
    Method("GET", "/nodes/{node}/storage/{storage}/status", _status, SEES),
    Method(
        *("POST", "/nodes/{node}/storage/{storage}/download-url", _download, DOWNLOADS),
        required=frozenset({"content", "filename", "url"}),
        optional=frozenset({"checksum", "checksum-algorithm", "verify-certificates", "compression"}),
        is_write=True,
    ),
    Method(
        *("POST", "/nodes/{node}/storage/{storage}/upload", _upload),
        Perm("/storage/{storage}", ("Datastore.AllocateTemplate",)),
        required=frozenset({"content", "filename"}),
        optional=frozenset({"checksum", "checksum-algorithm"}),
        is_write=True,
    ),
    Method(
        *("DELETE", "/nodes/{node}/storage/{storage}/content/{volume}", _remove),
        Perm("/storage/{storage}", ("Datastore.Allocate",)),
        is_write=True,
    ),
)
