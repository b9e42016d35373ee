"""What engines and registries say of an image they do not give, told apart by their words."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.providers.docker.checks.registry_words import no_answer
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.providers.docker.registry_answers import (
    RegistryAnswer,
    ask_registry,
    read_answer,
    refused,
    registry_of,
)
from tests.checks.fake_engine import fake_engine

HUB = 'Get "https://registry-1.docker.io/v2/": '


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (f"{HUB}dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host", "no-name"),
        (f"{HUB}dial tcp: lookup registry-1.docker.io: Temporary failure in name resolution", "no-name"),
        (f"{HUB}dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: server misbehaving", "no-name"),
        (f"{HUB}dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: read udp: i/o timeout", "no-name"),
        (f"{HUB}proxyconnect tcp: dial tcp: lookup proxy.corp on 10.0.0.1:53: no such host", "proxy"),
        (f"{HUB}Proxy Authentication Required", "proxy"),
        (f"{HUB}x509: certificate signed by unknown authority", "tls"),
        (f"{HUB}tls: failed to verify certificate: x509: certificate has expired or is not yet valid", "tls"),
        ('Get "https://10.0.0.9:5000/v2/": http: server gave HTTP response to HTTPS client', "tls"),
        (f"{HUB}net/http: TLS handshake timeout", "not-reached"),
        (f"{HUB}dial tcp 127.0.0.1:5000: connect: connection refused", "not-reached"),
        (f"{HUB}context deadline exceeded", "not-reached"),
        ("toomanyrequests: You have reached your pull rate limit.", "rate-limit"),
        ('Head "https://127.0.0.1:5000/v2/x/manifests/v1": no basic auth credentials', "sign-in"),
        ("unauthorized: authentication required", "sign-in"),
        ("denied: requested access to the resource is denied", "sign-in"),
        ("manifest unknown: manifest unknown", "absent"),
        ("name unknown: repository name not known to registry", "absent"),
        ("something quite new", "other"),
        ("", "other"),
    ],
)
def test_a_refusal_is_told_apart_by_its_words(words: str, kind: str) -> None:
    assert refused(words).kind == kind


def test_a_proxys_password_is_left_out() -> None:
    said = refused('proxyconnect tcp: parse "http://user:canary-0451@proxy.corp:3128": no such host')

    assert "canary" not in said.words
    assert "proxy.corp:3128" in said.words


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("kindest/node:v1.35.5", "docker.io"),
        ("busybox", "docker.io"),
        ("ghcr.io/me/node:v1", "ghcr.io"),
        ("localhost/node", "localhost"),
        ("registry:5000/node@sha256:00", "registry:5000"),
    ],
)
def test_the_registry_is_the_one_that_docker_would_ask(image: str, registry: str) -> None:
    assert registry_of(image) == registry


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["Descriptor", "digest", "Platforms", "architecture", "os"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_no_answer_breaks_the_reader(said: object) -> None:
    assert read_answer(said).kind in ("there", "other")


def test_attestations_are_no_platforms() -> None:
    said = {
        "Descriptor": {"digest": "sha256:00"},
        "Platforms": [
            {"architecture": "amd64", "os": "linux"},
            {"architecture": "unknown", "os": "unknown"},
            {"architecture": "amd64", "os": "linux", "variant": "v2"},
        ],
    }

    assert read_answer(said) == RegistryAnswer("there", "sha256:00", ("amd64",))


def test_an_engine_that_does_not_know_the_question_says_nothing_about_the_image() -> None:
    """Podman speaks most of Docker's language, and not this."""
    with fake_engine() as engine:
        answer = ask_registry(DockerEngine(engine.endpoint), "kindest/node:v1.35.5")

    assert answer.kind == "not-asked"
    assert no_answer("kindest/node:v1.35.5", answer, "").status == "unknown"


def test_an_engine_that_knows_it_and_finds_nothing_says_that_there_is_no_such_image() -> None:
    with fake_engine() as engine:
        engine.answers["/distribution/-/json"] = (400, b'{"message": "invalid reference format"}')
        answer = ask_registry(DockerEngine(engine.endpoint), "kindest/node:v1.35.5")

    assert answer.kind == "absent"
    assert engine.requests[0] == "GET /distribution/kindest/node:v1.35.5/json"


def test_a_registry_that_keeps_the_engine_waiting_is_not_held_against_docker(tmp_path: Path) -> None:
    """The engine answers only when the registry has: its silence is the registry's."""
    path = tmp_path / "d.sock"
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(path))
        deaf.listen()
        answer = ask_registry(DockerEngine(f"unix://{path}"), "r.example/node:v1", timeout_s=0.2)

    assert (answer.kind, answer.words) == ("not-reached", "no answer within 0.2 s")


@pytest.mark.parametrize("kind", ["no-name", "proxy", "tls", "not-reached", "not-asked", "other"])
def test_what_could_not_be_asked_never_blocks_and_has_words_of_its_own(kind: str) -> None:
    result = no_answer("r.example/node:v1", RegistryAnswer(kind), "")  # type: ignore[arg-type]

    assert result.status == "unknown"
    assert result.why
    assert result.fix
    assert "{" not in result.fix.replace("{{.", "").replace("}}", "")
