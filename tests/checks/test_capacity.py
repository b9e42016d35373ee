"""Sums of machines, and need against room in words that agree with the numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.checks.capacity import MachineNeed, compared, gib, largest_surge, totals

CONTROL_PLANE = MachineNeed("control plane", 3, 1, 4, 8192, 40)
WORKERS = MachineNeed("workers", 5, 1, 8, 16384, 100)


def test_sums_count_every_machine_once_and_those_of_a_renewal_apart() -> None:
    found = totals([CONTROL_PLANE, WORKERS])

    assert (found.machines, found.machines_with_surge) == (8, 10)
    assert (found.cpus, found.memory_mib, found.disk_gib) == (52, 106_496, 620)


def test_a_size_that_is_not_known_makes_the_sum_unknown_and_never_too_small() -> None:
    unsized = MachineNeed("workers", 2, 1, None, 4096, None)
    found = totals([CONTROL_PLANE, unsized])

    assert (found.cpus, found.memory_mib, found.disk_gib) == (None, 32_768, None)
    assert totals([CONTROL_PLANE, MachineNeed("workers", 0, 0, None, None, None)]).cpus == 12


def test_what_a_renewal_takes_beside_the_cluster_is_one_machine_of_each_kind() -> None:
    found = largest_surge([CONTROL_PLANE, WORKERS])

    assert (found.machines, found.cpus, found.memory_mib) == (2, 12, 24_576)


def test_need_and_room_are_said_in_one_line() -> None:
    assert compared("memory", 44, 38, "GiB") == "memory needs 44 GiB, 38 GiB free: 6 GiB short"
    assert compared("memory", 38, 44, "GiB") == "memory needs 38 GiB, 44 GiB free"
    assert compared("memory", gib(1536), 1.46, "GiB") == "memory needs 1.5 GiB, 1.5 GiB free: less than 0.1 GiB short"


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_words_say_short_exactly_when_it_is(need: float, free: float) -> None:
    assert ("short" in compared("disk", need, free, "GiB")) == (need > free)
