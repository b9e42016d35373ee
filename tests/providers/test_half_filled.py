"""The parameters of half a document are those of the whole one, as far as it goes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_tui.providers import registry
from lattice_tui.providers.half_filled import params_of
from lattice_tui.providers.key_tree import CONFIG, document_tree, every_key
from lattice_tui.providers.reading import read_cluster_bytes
from tests.document.case import TODAY, on

PROVIDERS = registry.names()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_of_a_whole_document_they_are_what_the_provider_says_of_it(provider: str) -> None:
    read = read_cluster_bytes(on(provider).encode(), today=TODAY)
    assert read.cluster is not None
    assert read.config is not None

    assert params_of(yaml.safe_load(on(provider)), provider) == registry.load(provider).check_params(
        read.cluster, read.config
    )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_of_nothing_at_all_there_are_some_and_nothing_is_raised(provider: str) -> None:
    assert set(params_of({}, provider)) <= set(params_of(yaml.safe_load(on(provider)), provider))


PATHS = [key.path.removeprefix("spec.") for key in every_key(document_tree()) if key.path and "<" not in key.path]
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=3)


@pytest.mark.parametrize("provider", PROVIDERS)
@settings(deadline=None)  # the first example imports a provider
@given(answers=st.dictionaries(st.sampled_from(PATHS), VALUES, max_size=8))
def test_whatever_was_answered_nothing_is_raised_and_the_checks_can_be_made(
    provider: str, answers: dict[str, Any]
) -> None:
    document: dict[str, Any] = {"spec": {}}
    for path, value in answers.items():
        place = document["spec"]
        *parents, last = path.replace("[]", "").split(".")
        for key in parents:
            place = place.setdefault(key, {}) if isinstance(place, dict) else {}
            if not isinstance(place, dict):
                place = {}
        place[last] = value

    params = params_of(document, provider)

    assert all(isinstance(text, str) for text in params.values())
    assert registry.load(provider).checks(params, {})


def test_a_value_that_does_not_fit_its_key_is_as_if_nothing_had_been_chosen() -> None:
    whole = yaml.safe_load(on("proxmox"))
    whole["spec"]["provider"]["config"]["proxmox"]["templateId"] = "nine thousand"

    assert params_of(whole, "proxmox").get("template_id", "") in ("", "0")
    assert CONFIG.startswith("spec.")
