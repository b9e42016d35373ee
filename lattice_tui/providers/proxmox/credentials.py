"""Proxmox's credentials: its questions, where they may lie already, what a person pastes, and their form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.credentials import Found
from lattice_tui.providers.proxmox.clusterctl_file import CLUSTERCTL, clusterctl_files
from lattice_tui.providers.proxmox.credential_form import form_problems
from lattice_tui.providers.proxmox.env_trust import CA_FILE, FINGERPRINT, trust_values
from lattice_tui.providers.proxmox.errors import SECRET_PATH, TOKEN_ID_PATH, URL_PATH
from lattice_tui.providers.proxmox.forms import TOKEN_ID
from lattice_tui.providers.proxmox.layouts import LAYOUTS, PASTED_ONLY, Read, read_layout, scan
from lattice_tui.secrets import Secret
from schemas.fields import Field
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.providers.credentials import Around
    from schemas.document import CredentialsRef

PROVIDER: Final = "proxmox"
_MAX_LINE = 2048
URL: Final = Field(
    path=URL_PATH,
    label="Proxmox address",
    help="address of one Proxmox node, as in your browser",
    why="Everything is asked there: templates, storage, networks. Any node of the cluster will do.",
    where="The address bar of the browser tab in which you use Proxmox.",
    example="https://192.168.1.10:8006",
    notes=("Without a port, 8006 is taken.", "Its name has to be found from the new machines, too."),
)
TOKEN: Final = Field(
    path=TOKEN_ID_PATH,
    label="API token",
    help="user, realm and name of the token: user@realm!name",
    why="A token can be taken back at any time, and does not reveal a password.",
    where="Datacenter > Permissions > API Tokens: the columns User and Token Name, with a ! between them.",
    example="lattice@pve!installer",
    pattern=f"^{TOKEN_ID}$",
)
SECRET: Final = Field(
    path=SECRET_PATH,
    label="Token secret",
    help="the secret that Proxmox showed when the token was made",
    why="It is what proves that the token is yours. It never reaches cluster.yaml.",
    where="Proxmox shows it once, when the token is made. Lost: remove the token and make it again.",
    example="xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
    kind="secret",
)
FINGERPRINT_FIELD: Final = Field(
    path="credentials.proxmox.fingerprint",
    label="Certificate fingerprint",
    help="SHA-256 of the certificate that was trusted once",
    why="Proxmox makes its own certificate; its fingerprint tells it from anybody else's.",
    where="On the node: pvenode cert info",
    example="5e:1f:...",
    default_reason="none, the certificate has to be signed by a known authority",
)
CA_PEM: Final = Field(
    path="credentials.proxmox.ca_pem",
    label="Certificate authority",
    help="certificate of the authority that signed the nodes' certificates",
    why="With it every node of the cluster is trusted, not one certificate alone.",
    where="On a node: cat /etc/pve/pve-root-ca.pem",
    example="-----BEGIN CERTIFICATE-----",
    default_reason="the authorities that this computer knows",
)


class ProxmoxCredentials:
    """See `lattice_tui.providers.credentials.Credentials`."""

    @property
    def fields(self) -> tuple[Field, ...]:
        return (URL, TOKEN, SECRET, FINGERPRINT_FIELD, CA_PEM)

    def discover(self, around: Around) -> tuple[Found, ...]:
        """The environment under every tool's names, clusterctl's file, our store; differences are said."""
        return _compared((*_of_environment(around), *clusterctl_files(around), *_of_store(around)))

    def parse(self, text: str) -> Found | Problem:
        """Lines that set variables, clusterctl's file, what pveum prints, a header, or a token alone."""
        from lattice_tui.providers.pasting import exports, mapping

        # What is looked for stands in short lines; reading long ones closely takes long.
        said = exports("\n".join(line for line in text.splitlines() if len(line) <= _MAX_LINE))
        table = (mapping(text) or {}) if ":" in text else {}
        said |= {str(name): str(value) for name, value in table.items() if isinstance(value, str | int)}
        best = next((read for layout in LAYOUTS if not (read := read_layout(layout, said)).is_empty), Read())
        if "token_id" not in best.values or not best.secret:
            # A password in plain words under a known name stays: its form is told with the others.
            loose = scan(text)
            best = Read({**loose.values, **best.values}, best.secret or loose.secret, best.names, best.remarks)
        if best.is_empty:
            return _NOT_UNDERSTOOD
        return replace(_found(best, "env", "", "what you pasted"), is_pasted=True)

    def problems(self, values: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Problem, ...]:
        return form_problems(values, secrets)

    def load(self, reference: CredentialsRef | None, around: Around) -> Found:
        """What the document refers to. Raises LatticeError that says what was looked for, and where."""
        source = reference.source if reference is not None else "env"
        name = (reference.name if reference is not None else None) or ""
        if source in ("keyring", "file"):
            return _of_our_store(source, name, around)
        if source == "profile":
            return _of_profile(name, around)
        found = [one for one in _of_environment(around) if not name or one.name == name]
        if not found:
            raise LatticeError(_nothing_in_environment(name, around), ExitCode.CREDENTIALS)
        return found[0]


CREDENTIALS: Final = ProxmoxCredentials()


def _of_environment(around: Around) -> Iterator[Found]:
    """Under every tool's names; whose certificate is trusted is said once for all of them."""
    trust, remarks = trust_values(around)
    for layout in LAYOUTS:
        read = read_layout(layout, around.env)
        if layout.name in PASTED_ONLY or read.is_empty or not (read.secret or "token_id" in read.values):
            continue
        names = (*read.names, *(name for name in (FINGERPRINT, CA_FILE) if around.env.get(name)))
        found = _found(read, "env", layout.name, f"environment: {', '.join(names)}")
        yield replace(found, values={**found.values, **trust}, remarks=(*found.remarks, *remarks))


def _of_store(around: Around) -> Iterator[Found]:
    if around.store is None:
        return
    for name, where in around.store.names(PROVIDER):
        try:
            found = around.store.load(PROVIDER, name, where)
        except LatticeError as error:
            problem = error.problem
            yield Found(where, name, f"{where}: {name}", remarks=(f"cannot be used: {problem.title}",))
            continue
        if found is not None:
            yield found


def _of_our_store(source: str, name: str, around: Around) -> Found:
    if around.store is None:
        raise LatticeError(_no_store(source, name), ExitCode.CREDENTIALS)
    where = "keyring" if source == "keyring" else "file"
    if not name:
        # The one there is needs no name.
        names = [each for each, place in around.store.names(PROVIDER) if place == where]
        name = names[0] if len(names) == 1 else ""
    return around.store.need(PROVIDER, name, where)  # type: ignore[arg-type]


def _of_profile(name: str, around: Around) -> Found:
    if name in ("", CLUSTERCTL):
        for found in clusterctl_files(around):
            if found.secrets:
                return found
    raise LatticeError(_no_profile(name), ExitCode.CREDENTIALS)


def _found(read: Read, source: str, name: str, label: str) -> Found:
    secrets = {"secret": Secret(read.secret)} if read.secret else {}
    return Found(source, name, label, read.values, secrets, read.remarks)  # type: ignore[arg-type]


def _compared(found: tuple[Found, ...]) -> tuple[Found, ...]:
    """Each with a word on how it differs from the first that is whole."""
    first = next((one for one in found if one.values and one.secrets), None)
    if first is None:
        return found
    where = "the environment" if first.source == "env" else first.label
    return tuple(_with_remark(one, first, where) if one is not first and one.values else one for one in found)


def _with_remark(one: Found, first: Found, where: str) -> Found:
    keys = {"url": "address", "token_id": "token"}
    differing = [word for key, word in keys.items() if one.values.get(key) != first.values.get(key)]
    if one.secrets and one.secrets.get("secret") != first.secrets.get("secret"):
        differing.append("secret")
    said = f"differs from {where} in: {', '.join(differing)}" if differing else f"the same as {where}"
    return replace(one, remarks=(*one.remarks, said))


_NOT_UNDERSTOOD: Final = Problem(
    "LT-PVE-107",
    "There is no Proxmox address, token or secret in it",
    "Paste what Proxmox showed when the token was made, or lattice@pve!installer=SECRET, or export lines",
    detail="Looked for user@realm!name, a secret of the form 8-4-4-4-12, an https:// address, and known names.",
    path=TOKEN_ID_PATH,
)


def _nothing_in_environment(name: str, around: Around) -> Problem:
    names = ("PROXMOX_URL", "PROXMOX_TOKEN", "PROXMOX_SECRET")
    seen = [one for one in names if around.env.get(one)]
    return Problem(
        "LT-PVE-101",
        f"There are no Proxmox credentials {name} in the environment" if name else "There are no Proxmox credentials",
        "export PROXMOX_URL=https://192.168.1.10:8006 PROXMOX_TOKEN='lattice@pve!installer' PROXMOX_SECRET=...; "
        "or refer to kept ones: spec.credentials: {source: file, name: ...}",
        detail=f"Looked for {', '.join(names)} in the environment: {', '.join(seen) or 'none of them'} set. "
        "Other tools' names (PROXMOX_VE_*, PM_*) were looked for, too.",
        check="env | cut -d= -f1 | grep -i -e prox -e pve",
        path="spec.credentials",
    )


def _no_store(source: str, name: str) -> Problem:
    return Problem(
        "LT-PVE-101",
        f"There is no store of credentials to look for {name or 'Proxmox credentials'} in",
        "Set HOME, or give the credentials in the environment: spec.credentials: {source: env}",
        detail=f"spec.credentials says source: {source}.",
        path="spec.credentials",
    )


def _no_profile(name: str) -> Problem:
    return Problem(
        "LT-PVE-101",
        f"There is no profile {name} for Proxmox" if name not in ("", CLUSTERCTL) else "clusterctl.yaml holds no token",
        f"Proxmox has no profiles of its own; {CLUSTERCTL} is taken: spec.credentials: "
        f"{{source: profile, name: {CLUSTERCTL}}}, with PROXMOX_URL, PROXMOX_TOKEN and PROXMOX_SECRET in it",
        detail="Looked in $XDG_CONFIG_HOME/cluster-api/clusterctl.yaml and ~/.cluster-api/clusterctl.yaml.",
        path="spec.credentials",
    )
