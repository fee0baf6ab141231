"""Who is let in: neighbours on the network, under a name that is ours. Pure.

The page is asked for by browsers that also visit strangers' pages. A stranger's name
may be made to point here (DNS rebinding), and a stranger's page may post here: names
that are not ours are refused, and so are changes that do not come from our own page.
"""

from collections.abc import Collection, Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

_NEAR: Final = tuple(
    map(
        ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "127.0.0.0/8",
            "fc00::/7",
            "fe80::/10",
            "::1/128",
        ),
    )
)


def is_near(peer: str) -> bool:
    """Return whether the address is of this machine or of a private network."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(
        address in network for network in _NEAR if network.version == address.version
    )


def is_ours(host: str, names: Collection[str]) -> bool:
    """Return whether the `Host` of a request is an address near us, or our name."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    if not name:
        return False
    return is_near(name) or name.rstrip(".") in {each.lower() for each in names}


def is_from_our_page(headers: Mapping[str, str]) -> bool:
    """Return whether a browser says that our own page sent the request."""
    origin, host = headers.get("origin", ""), headers.get("host", "")
    site = headers.get("sec-fetch-site", "same-origin")
    return origin.lower() == f"http://{host}".lower() and site == "same-origin"
