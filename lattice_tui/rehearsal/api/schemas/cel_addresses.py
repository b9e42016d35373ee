"""Functions of CEL on URLs, IP addresses and CIDR ranges.

Source: k8s.io/apiserver/pkg/cel/library/{urls,ip,cidr}.go: addresses with zones, leading zeros or IPv4 within IPv6
are not accepted.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from lattice_tui.rehearsal.api.schemas.words import quoted

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Interface | ipaddress.IPv6Interface
_URL, _IP, _CIDR = "kubernetes.URL", "net.IP", "net.CIDR"


def _url(text: str) -> dict[str, str]:
    parts = urlsplit(text)
    if not (text.startswith("/") or parts.scheme) or any(letter.isspace() for letter in text):
        raise ValueError(
            f"URL parse error during conversion from string: parse {quoted(text)}: invalid URI for request"
        )
    _ = parts.port
    return {_URL: text}


def _holds(parse: Callable[[str], Any], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _part(read: Callable[[Any], Any]) -> Callable[[dict[str, str]], Any]:
    return lambda value: read(urlsplit(_text(value, _URL)))


def _host(parts: Any) -> str:
    return str(parts.netloc.rpartition("@")[2])


def _hostname(parts: Any) -> str:
    host = _host(parts)
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _text(value: dict[str, str], kind: str) -> str:
    if kind not in value:
        raise ValueError("no such overload")
    return value[kind]


def _address(text: str) -> Address:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        address = None
    if address is None or "%" in text or (address.version == 6 and address.ipv4_mapped is not None):
        shown = quoted(text)
        words = f"IP Address {shown} parse error during conversion from string: ParseAddr({shown}): unable to parse IP"
        raise ValueError(words)
    return address


def _network(text: str) -> Network:
    if "/" not in text or not text.rpartition("/")[2].isdigit():
        raise ValueError(f"network address parse error during conversion from string: {quoted(text)}")
    _address(text.partition("/")[0])
    return ipaddress.ip_interface(text)


def _of_ip(value: dict[str, str]) -> Address:
    return _address(_text(value, _IP))


def _of_cidr(value: dict[str, str]) -> Network:
    return _network(_text(value, _CIDR))


def _contains_ip(value: dict[str, str], other: Any) -> bool:
    address = _address(other) if isinstance(other, str) else _of_ip(other)
    return address in _of_cidr(value).network


def _contains_cidr(value: dict[str, str], other: Any) -> bool:
    inner = (_network(other) if isinstance(other, str) else _of_cidr(other)).network
    outer = _of_cidr(value).network
    return inner.version == outer.version and inner.network_address in outer and inner.prefixlen >= outer.prefixlen


def _is_global_unicast(value: dict[str, str]) -> bool:
    """As Go's IsGlobalUnicast: private ranges count, the broadcast address does not."""
    address = _of_ip(value)
    kinds = (address.is_unspecified, address.is_loopback, address.is_multicast, address.is_link_local)
    return not any(kinds) and str(address) != "255.255.255.255"


def _is_link_local_multicast(value: dict[str, str]) -> bool:
    text = str(_of_ip(value))
    return text.startswith(("224.0.0.", "ff02:")) or text == "ff02::"


FUNCTIONS: Final[tuple[tuple[str, str, Callable[..., Any]], ...]] = (
    ("url", "(string)->dyn", _url),
    ("isURL", "(string)->bool", lambda text: _holds(_url, text)),
    ("getScheme", "map.()->string", _part(lambda parts: parts.scheme)),
    ("getHost", "map.()->string", _part(_host)),
    ("getHostname", "map.()->string", _part(_hostname)),
    ("getPort", "map.()->string", _part(lambda parts: str(parts.port) if parts.port is not None else "")),
    ("getEscapedPath", "map.()->string", _part(lambda parts: quote(parts.path, safe="/%:@!$&'()*+,;=~-._"))),
    ("getQuery", "map.()->dyn", _part(lambda parts: parse_qs(parts.query, keep_blank_values=True))),
    ("ip", "(string)->dyn", lambda text: {_IP: str(_address(text))}),
    ("ip", "map.()->dyn", lambda value: {_IP: str(_of_cidr(value).ip)}),
    ("isIP", "(string)->bool", lambda text: _holds(_address, text)),
    ("ip.isCanonical", "(string)->bool", lambda text: str(_address(text)) == text),
    ("family", "map.()->int", lambda value: _of_ip(value).version),
    ("isUnspecified", "map.()->bool", lambda value: _of_ip(value).is_unspecified),
    ("isLoopback", "map.()->bool", lambda value: _of_ip(value).is_loopback),
    ("isLinkLocalUnicast", "map.()->bool", lambda value: _of_ip(value).is_link_local),
    ("isLinkLocalMulticast", "map.()->bool", _is_link_local_multicast),
    ("isGlobalUnicast", "map.()->bool", _is_global_unicast),
    ("cidr", "(string)->dyn", lambda text: {_CIDR: _network(text).with_prefixlen}),
    ("isCIDR", "(string)->bool", lambda text: _holds(_network, text)),
    ("containsIP", "map.(string)->bool", _contains_ip),
    ("containsIP", "map.(map)->bool", _contains_ip),
    ("containsCIDR", "map.(string)->bool", _contains_cidr),
    ("containsCIDR", "map.(map)->bool", _contains_cidr),
    ("masked", "map.()->dyn", lambda value: {_CIDR: str(_of_cidr(value).network)}),
    ("prefixLength", "map.()->int", lambda value: _of_cidr(value).network.prefixlen),
)
