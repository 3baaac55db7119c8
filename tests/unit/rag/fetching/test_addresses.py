from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fetching.addresses import is_public

PUBLIC_V4 = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1"]
PRIVATE_V4 = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
]


def embedded(network: str, address: str, shift: int = 0) -> str:
    return str(IPv6Address(int(IPv6Network(network)[0]) | int(IPv4Address(address)) << shift))


@pytest.mark.parametrize("address", PUBLIC_V4)
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)
    assert is_public(embedded("64:ff9b::/96", address))
    assert not is_public(embedded("2002::/16", address, 80))


@pytest.mark.parametrize("address", PRIVATE_V4)
def test_others_are_not_in_any_guise(address: str) -> None:
    assert not is_public(address)
    assert not is_public(embedded("64:ff9b::/96", address))
    assert not is_public(embedded("2002::/16", address, 80))


@pytest.mark.parametrize("address", PUBLIC_V4 + PRIVATE_V4)
def test_what_stands_for_an_ipv4_address_by_other_means_is_not_public(address: str) -> None:
    assert not is_public(embedded("::ffff:0:0/96", address))
    assert not is_public(embedded("::/96", address))
    assert not is_public(embedded("64:ff9b:1::/48", address))
    flipped = str(IPv4Address(int(IPv4Address(address)) ^ 0xFFFFFFFF))
    assert not is_public(embedded("2001:0:4136:e378::/64", flipped))


@pytest.mark.parametrize("address", ["2606:4700:4700::1111", "2001:4860:4860::8888", "2a00::1"])
def test_public_ipv6_addresses_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "::",
        "::1",
        "100::1",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%lo",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ],
)
def test_other_ipv6_addresses_are_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "2130706433", "0177.0.0.1", "8.8.8.8 ", "8.8.8"])
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    is_public(text)


@given(st.ip_addresses())
def test_nothing_is_public_that_python_holds_for_private(
    address: IPv4Address | IPv6Address,
) -> None:
    text = str(address)
    bad = address.is_private or address.is_loopback or address.is_link_local
    bad = bad or address.is_multicast or address.is_reserved or address.is_unspecified
    if is_public(text) and address not in IPv6Network("64:ff9b::/96"):
        assert not bad
        assert address.is_global
