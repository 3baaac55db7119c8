"""Public IP addresses, and all others."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NOT_PUBLIC_V4 = (
    IPv4Network("192.0.0.0/24"),  # special purposes; ipaddress knows only some of them
    IPv4Network("192.88.99.0/24"),  # relays of 6to4, which is no longer used
)

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All addresses that hosts are given; mapped, compatible, local and site-local ones are outside."""

_NAT64 = IPv6Network("64:ff9b::/96")

_NOT_PUBLIC_V6 = (
    IPv6Network("2001::/23"),  # special purposes, such as Teredo, which tunnels to any IPv4 address
    IPv6Network("3fff::/20"),  # for documentation; not in ipaddress before Python 3.14
)


def is_public(address: str) -> bool:
    """Tell whether an IPv4 or IPv6 address is public.

    Private, loopback, link-local, shared (100.64.0.0/10), multicast, reserved and unspecified
    addresses are not public. IPv6 addresses that stand for such IPv4 addresses, and texts that are
    not addresses, are not public either.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return _is_public_v4(parsed) if isinstance(parsed, IPv4Address) else _is_public_v6(parsed)


def _is_public_v4(address: IPv4Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in _NOT_PUBLIC_V4)
    )


def _is_public_v6(address: IPv6Address) -> bool:
    if address in _NAT64:
        return _is_public_v4(IPv4Address(address.packed[-4:]))
    # 6to4 is no longer used; releases of Python differ on whether it is global.
    if address.sixtofour is not None:
        return False
    return (
        address in _GLOBAL_UNICAST
        and address.is_global
        and not any(address in network for network in _NOT_PUBLIC_V6)
    )
