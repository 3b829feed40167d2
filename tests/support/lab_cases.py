# What the line of a lab's visitor may be like: the faults, as data.
# SPDX-License-Identifier: MIT

import itertools
from dataclasses import dataclass, field

BOTH = ("ipv4", "ipv6")
FROM_HOME = {family: f'iifname "home" oifname "net" meta nfproto {family}' for family in BOTH}


@dataclass(frozen=True)
class Case:
    """Without anything: a healthy line with both families."""
    families: tuple = BOTH  # that home has
    nat64: bool = False
    resolver: tuple = ()  # more lines of the section "server" of the provider's unbound
    rules: tuple = ()  # of nftables, for what the provider's router forwards
    not_told: tuple = ()  # families of which it neither sends nor forwards that a packet is too big
    mtu_up: dict = field(default_factory=dict)  # family -> largest packet from home that it forwards
    mtu_down: dict = field(default_factory=dict)  # to home
    mtu_home: int = 1500  # of home's own link
    delay_ms: int = 0  # of IPv6, in each direction


def mtu_cases():
    """Packets of at most 1280 bytes, by family and direction; and the same where nobody tells the sender so."""
    for family, way in itertools.product(BOTH, ("up", "down")):
        small = {f"mtu_{way}": {family: 1280}}
        yield f"{family}-mtu-{way}", Case(**small)
        yield f"{family}-mtu-{way}-untold", Case(**small, not_told=(family,))


CASES = {
    "healthy": Case(),
    "ipv4-only": Case(families=("ipv4",)),
    "ipv6-only": Case(families=("ipv6",)),
    "ipv6-only-nat64": Case(families=("ipv6",), nat64=True),
    "ipv6-black-hole": Case(rules=(f"{FROM_HOME['ipv6']} drop",)),
    "ipv6-refused": Case(rules=(f"{FROM_HOME['ipv6']} reject with icmpv6 type no-route",)),
    "ipv6-slow": Case(delay_ms=1500),
    "ipv4-black-hole": Case(rules=(f"{FROM_HOME['ipv4']} drop",)),
    "mtu-at-home": Case(mtu_home=1280),
    "ipv6-too-big-untold": Case(not_told=("ipv6",)),
    "resolver-without-ipv6": Case(resolver=("do-ip6: no",)),
    "resolver-not-validating": Case(resolver=('module-config: "iterator"',)),
    "dns-without-tcp": Case(rules=("tcp dport 53 drop",)),
    **dict(mtu_cases()),
}
