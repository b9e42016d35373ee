"""What a container prints of the host that it runs on, and how that is read. Pure."""

from __future__ import annotations

from dataclasses import dataclass

NO_LIMIT_BYTES = 1 << 60
"""Where the kernel has no limit it says a number near 2^63 (v1) or `max` (v2)."""
MARK = "== "

# Plain sh and the smallest of tools: it runs in any node image and in busybox. Every part may fail for itself.
SCRIPT = """\
echo '== meminfo'; cat /proc/meminfo
echo '== limits'
grep hierarchical_memory_limit /sys/fs/cgroup/memory/memory.stat 2>/dev/null
at=
while IFS=: read -r number kind path; do [ "$number" = 0 ] && at=$path; done < /proc/self/cgroup
while :; do
  cat "/sys/fs/cgroup$at/memory.max" 2>/dev/null
  [ -n "$at" ] || break
  at=${at%/*}
done
echo '== disk'; df -kP /
echo '== watches'; cat /proc/sys/fs/inotify/max_user_watches
echo '== instances'; cat /proc/sys/fs/inotify/max_user_instances
echo '== first'; cat /proc/1/comm
echo '== mount'
mkdir -p /tmp/lattice && mount -t tmpfs none /tmp/lattice 2>&1 && umount /tmp/lattice && echo yes
echo '== end'
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The host inside a privileged container; None where it did not say."""

    memory_bytes: int | None
    available_bytes: int | None
    """Free, or to be had by dropping caches."""
    limit_bytes: int | None
    """The smallest memory limit of its control group and of all above."""
    disk_free_bytes: int | None
    watches: int | None
    instances: int | None
    first_process: str
    """`sh`, or the init process that the engine puts before it."""
    can_mount: bool
    mount_words: str


def seen_from(printed: str) -> Seen | None:
    """Read what the script printed; None when it did not come to its end."""
    parts = _parts(printed)
    if "end" not in parts:
        return None
    memory = memory_info(parts.get("meminfo", []))
    mount = parts.get("mount", [])
    return Seen(
        memory_bytes=memory.get("MemTotal"),
        available_bytes=memory.get("MemAvailable"),
        limit_bytes=smallest_limit(parts.get("limits", [])),
        disk_free_bytes=_free(parts.get("disk", [])),
        watches=_number(parts.get("watches", [])),
        instances=_number(parts.get("instances", [])),
        first_process=" ".join(parts.get("first", [])).strip(),
        can_mount="yes" in mount,
        mount_words=" ".join(mount),
    )


def memory_info(lines: list[str]) -> dict[str, int]:
    """The sizes in /proc/meminfo, in bytes. Its unit is the kibibyte. Source: proc_meminfo(5)."""
    rows = (line.split() for line in lines)
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) == 3 and row[1].isdecimal()}


def smallest_limit(lines: list[str]) -> int | None:
    """The smallest of the limits, one in the last word of each line; None when nothing is limited."""
    words = [line.split()[-1] for line in lines if line.strip()]
    return min((int(word) for word in words if word.isdecimal() and int(word) < NO_LIMIT_BYTES), default=None)


def _parts(printed: str) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in printed.splitlines():
        if line.startswith(MARK):
            lines = parts[line.removeprefix(MARK).strip()] = []
        else:
            lines.append(line.strip())
    return parts


def _free(lines: list[str]) -> int | None:
    # File system, 1024-blocks, used, available, capacity, mounted on: the one format that POSIX promises.
    words = lines[-1].split() if lines else []
    return int(words[3]) * 1024 if len(words) >= 6 and words[3].isdecimal() else None


def _number(lines: list[str]) -> int | None:
    return int(lines[0]) if lines and lines[0].isdecimal() else None
