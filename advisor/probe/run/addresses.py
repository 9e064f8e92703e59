"""Addresses no model lives at: those a machine uses to ask its cloud for its own secrets."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

_METADATA = frozenset(
    {
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
    }
)
"""Metadata services outside the link-local ranges: Alibaba, Azure, Oracle, Amazon, Google."""


def refused(address: str) -> bool:
    """Whether an IP address is link-local or a cloud's metadata service; names are none."""
    try:
        ip = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_link_local or ip.is_unspecified or str(ip) in _METADATA


class RefusedAddress(OSError):
    """A request would go where no model lives."""

    def __init__(self, host: str) -> None:
        super().__init__(
            errno.EACCES, f"{host} is an address of this machine's network or cloud, not of a model"
        )


class CarefulResolver(AbstractResolver):
    """Looks names up and refuses what they must not stand for, at the moment of connecting."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Addresses of a name.

        Raises:
            RefusedAddress: One of them is link-local or a metadata service.
        """
        found = await self._inner.resolve(host, port, family)
        if any(refused(each["host"]) for each in found):
            raise RefusedAddress(host)
        return found

    async def close(self) -> None:
        """Nothing is kept open."""
        await self._inner.close()
