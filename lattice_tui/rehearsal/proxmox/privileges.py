"""The privileges and roles that Proxmox VE brings, by release. Source: administration guide, User Management."""

from __future__ import annotations

from functools import cache

_VM_ADMIN = frozenset(
    {
        *(f"VM.Config.{part}" for part in ("Disk", "CPU", "Memory", "Network", "HWType", "Options")),
        *("VM.Allocate", "VM.Clone", "VM.Migrate", "VM.Snapshot", "VM.Snapshot.Rollback"),
    }
)
_VM_USER = frozenset({"VM.Config.CDROM", "VM.Config.Cloudinit", "VM.Console", "VM.Backup", "VM.PowerMgmt"})
_AGENT_9 = frozenset(f"VM.GuestAgent.{part}" for part in ("FileRead", "FileWrite", "FileSystemMgmt", "Unrestricted"))
_SYS_ROOT = frozenset({"Sys.PowerMgmt", "Sys.Modify", "Sys.Incoming", "Sys.AccessNetwork"})
_SYS_ADMIN = frozenset({"Sys.Console", "Sys.Syslog"})
_STORE_ADMIN = frozenset({"Datastore.Allocate", "Datastore.AllocateTemplate"})
_STORE_USER = frozenset({"Datastore.AllocateSpace"})
_AUDIT = {
    "VM": frozenset({"VM.Audit"}),
    "Sys": frozenset({"Sys.Audit"}),
    "Datastore": frozenset({"Datastore.Audit"}),
    "SDN": frozenset({"SDN.Audit"}),
    "Pool": frozenset({"Pool.Audit"}),
    "Mapping": frozenset({"Mapping.Audit"}),
}
_USER_ADMIN = frozenset({"User.Modify", "Group.Allocate", "Realm.AllocateUser"})
_ROOT_ONLY = _SYS_ROOT | {"Realm.Allocate", "Permissions.Modify"}


@cache
def standard_roles(major: int) -> dict[str, frozenset[str]]:
    """Role -> privileges, of Proxmox VE 8 or of 9 and later."""
    vm_admin = _VM_ADMIN | (_AGENT_9 | {"VM.Replicate"} if major >= 9 else {"VM.Monitor"})
    vm_audit = _AUDIT["VM"] | ({"VM.GuestAgent.Audit"} if major >= 9 else frozenset())
    audits = frozenset[str]().union(*_AUDIT.values()) | vm_audit
    admin = (
        (vm_admin | _VM_USER | _SYS_ADMIN | _STORE_ADMIN | _STORE_USER | _USER_ADMIN | audits)
        | {"SDN.Allocate", "SDN.Use", "Pool.Allocate"}
        | {"Mapping.Modify", "Mapping.Use"}
    )
    return {
        "Administrator": admin | _ROOT_ONLY,
        "PVEAdmin": admin,
        "PVEAuditor": audits,
        "PVEVMAdmin": vm_admin | _VM_USER | vm_audit,
        "PVEVMUser": _VM_USER | vm_audit,
        "PVETemplateUser": frozenset({"VM.Audit", "VM.Clone"}),
        "PVEDatastoreAdmin": _STORE_ADMIN | _STORE_USER | _AUDIT["Datastore"],
        "PVEDatastoreUser": _STORE_USER | _AUDIT["Datastore"],
        "PVESDNAdmin": frozenset({"SDN.Allocate", "SDN.Use", "SDN.Audit"}),
        "PVESDNUser": frozenset({"SDN.Use", "SDN.Audit"}),
        "PVEPoolAdmin": frozenset({"Pool.Allocate", "Pool.Audit"}),
        "PVEPoolUser": _AUDIT["Pool"],
        "PVESysAdmin": _SYS_ADMIN | _AUDIT["Sys"],
        "PVEUserAdmin": _USER_ADMIN,
        "NoAccess": frozenset(),
    }


def known_privileges(major: int) -> frozenset[str]:
    """Every privilege there is in that release."""
    return standard_roles(major)["Administrator"]
