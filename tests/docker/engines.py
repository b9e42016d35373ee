"""Real Docker Engines of a test's own: started, stopped, killed and forbidden without touching this computer's."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from tests.polling import eventually

PROBE_IMAGE = "busybox:1.37"
"""What the product tries containers with; here it is made from Debian's static busybox."""
BUSYBOX = Path("/bin/busybox")
START_S = 30.0

# A sandbox may hold back a capability that --privileged asks for. This runtime leaves out what the kernel would
# refuse anyway and hands over to runc: the rest of a privileged container is real.
_LENIENT_RUNTIME = """\
#!{python}
import json, os, sys
arguments = sys.argv[1:]
if "create" in arguments and "--bundle" in arguments:
    path = os.path.join(arguments[arguments.index("--bundle") + 1], "config.json")
    bound = int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("CapBnd")), 16)
    names = {names}
    spec = json.load(open(path))
    sets = spec["process"].get("capabilities", {{}})
    for kind, held in sets.items():
        sets[kind] = [name for name in held if name not in names or bound >> names.index(name) & 1]
    json.dump(spec, open(path, "w"))
os.execvp("runc", ["runc", *arguments])
"""
# In the order of their numbers: linux/capability.h.
_CAPABILITIES = (
    "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE "
    "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT "
    "SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP "
    "MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
)


def why_no_engine() -> str:
    """Why no Docker Engine can be started here, empty when one can."""
    if os.geteuid() != 0:
        return "needs a Docker Engine of its own: only root can start dockerd"
    if shutil.which("dockerd") is None:
        return "needs a Docker Engine of its own: dockerd is not installed (Debian: docker.io)"
    return ""


@dataclass
class OwnEngine:
    """One dockerd with everything it has below `folder`. Not started yet."""

    folder: Path
    arguments: tuple[str, ...] = ()
    lenient: bool = True
    """Whether --privileged may leave out what this sandbox does not have."""
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def socket(self) -> Path:
        return self.folder / "docker.sock"

    @property
    def endpoint(self) -> str:
        return f"unix://{self.socket}"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def start(self) -> None:
        """Start dockerd and wait until it answers. Raises AssertionError with the end of its log."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = ["dockerd", "--host", self.endpoint, "--data-root", str(self.folder / "data")]
        command += ["--exec-root", str(self.folder / "exec"), "--pidfile", str(self.folder / "pid")]
        command += ["--bridge", "none", "--iptables=false", "--ip-forward=false", "--ip-masq=false"]
        command += ["--config-file", str(self._config_file())]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([*command, *self.arguments], stdout=log, stderr=log)
        eventually(self.answers, bool, timeout_s=START_S)

    def answers(self) -> bool:
        """Whether a `/_ping` is answered now."""
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"dockerd ended:\n{self.log.read_text()[-2000:]}")
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
                return b"200 OK" in connection.recv(256)
            except OSError:
                return False

    def stop(self) -> None:
        """As `systemctl stop docker` does: it takes its socket along."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a crash does: the socket is left behind."""
        self._end(signal.SIGKILL)
        # Its containerd and shims go with it; one that is just being forked is found at the second look.
        below = str(self.folder / "exec")
        eventually(lambda: subprocess.run(["pkill", "-KILL", "-f", below]).returncode, lambda code: code == 1)
        # Whoever has got its number by now would be taken for it.
        (self.folder / "exec" / "containerd" / "containerd.pid").unlink(missing_ok=True)

    def clean_up(self) -> None:
        """Stop it, end the containers that a killed engine left running, and remove every trace of it."""
        self.stop()
        for pid in _processes_on(self.folder):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # dockerd mounts its own folder over itself; killed, it leaves that and the containers' roots mounted.
        for place in _mounts_below(self.folder):
            subprocess.run(["umount", "--lazy", place], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def docker(self, *arguments: str, given: bytes | None = None) -> str:
        """What the docker command says. Raises AssertionError when it fails."""
        done = subprocess.run(
            ["docker", "--host", self.endpoint, *arguments], input=given, capture_output=True, timeout=60
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def load_probe_image(self, name: str = PROBE_IMAGE) -> None:
        """Make the image that containers are tried with, from this computer's static busybox."""
        self.docker("import", "-", name, given=_image_of(BUSYBOX))

    def _config_file(self) -> Path:
        runtime, config = self.folder / "lenient-runc", self.folder / "daemon.json"
        if self.lenient:
            names = [f"CAP_{name}" for name in _CAPABILITIES.split()]
            runtime.write_text(_LENIENT_RUNTIME.format(python=sys.executable, names=names))
            runtime.chmod(0o755)
            config.write_text(
                json.dumps({"runtimes": {"lenient": {"path": str(runtime)}}, "default-runtime": "lenient"})
            )
        else:
            config.write_text("{}")
        return config

    def _end(self, signum: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signum)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _processes_on(folder: Path) -> list[int]:
    """Processes in containers whose root lies below the folder."""
    own = os.readlink("/proc/self/ns/mnt")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_foreign = os.readlink(process / "ns" / "mnt") != own
            # Others than containers have mount namespaces too; only a container's root is made of our folder.
            if is_foreign and f"{folder}/data/overlay2" in (process / "mountinfo").read_text().splitlines()[0]:
                found.append(int(process.name))
        except OSError:
            # It has just ended.
            continue
    return found


def _mounts_below(folder: Path) -> list[str]:
    """The deepest first."""
    places = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return sorted((place for place in places if place.startswith(f"{folder}/")), key=len, reverse=True)


def _image_of(busybox: Path) -> bytes:
    """A root file system with busybox and the commands that a probe calls."""
    content = BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.add(busybox, "bin/busybox")
        for command in ("sh", "cat", "df", "sleep", "true", "mount", "umount", "grep", "echo", "mkdir"):
            link = tarfile.TarInfo(f"bin/{command}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
        for name in ("proc", "sys", "dev", "tmp", "etc"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
    return content.getvalue()
