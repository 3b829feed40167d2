# An Internet with faults: network namespaces with a POP, a signed DNS root, and the lines of visitors.
# SPDX-License-Identifier: MIT
#
#     home ── isp ── net ── pop
#              │      └ root
#           resolver
#
#     with lab.internet(folder) as internet:                 # POP and root: a few seconds
#         with internet.line("ipv6-black-hole") as line:     # a visitor's line with its fault: less than one
#             line.home.run("curl", "-4", lab.url("speedtest"))
#             with line.chromium() as browser:
#                 browser.open(lab.url("ipv6test"))
#
# What answers is real: the POP's services as `fontaine render` configures them (lab_pop.py); a root and "example"
# on Knot, signed, from which the POP's zone is delegated, and the provider's unbound, which validates with the
# lab's own root key (lab_dns.py). The faults are the kernel's, nftables and routes at the provider's router (isp);
# only a slow way is made of a tun that keeps packets for a while (slow_way.py). NAT64 is tayga with unbound's DNS64.
# lab_cases.py names the cases; another one is line(lab_cases.Case(...)).
#
# Addresses are those for documentation. Processes hold all of it and end with the with statement, and nothing is
# seen outside (machine.py). Lines do not disturb each other: sixteen may be there at once, in threads.

from contextlib import ExitStack, contextmanager
from ipaddress import ip_address, ip_network
from threading import Lock

from support import lab_dns
from support.lab_cases import CASES
from support.lab_line import Line
from support.lab_pop import DOMAIN, PREFIXES, Pop
from support.machine import Machine

LINES = 16
POP_LINK = {"net": ["198.51.100.0/31", "2001:db8:ff::1/64"], "pop": ["198.51.100.1/31", "2001:db8:ff::2/64"]}


def url(service, path="/", scheme="http"):
    """Of a service of the POP, by its name."""
    return f"{scheme}://{service}.{DOMAIN}{path}"


def is_of_the_pop(host):
    """Whether a name or an address, as in a URL, is the POP's."""
    if host.endswith(DOMAIN):
        return True
    return any(ip_address(host) in ip_network(prefix) for prefix in PREFIXES)


def gateways(end):
    return [address.split("/")[0] for address in POP_LINK[end]]


class Internet:
    """As internet() gives it: the machines net and pop, and the root's name server in net."""

    def __init__(self, net, pop, folder, stack):
        self.net, self.pop, self.folder = net, pop, folder
        self.numbers, self.lock = list(range(LINES)), Lock()
        self.n_lines = 0
        net.route_for_others()
        net.join("pop", pop, "eth0")
        net.add_address("pop", *POP_LINK["net"])
        pop.add_address("eth0", *POP_LINK["pop"])
        for prefix, to_pop, to_net in zip(PREFIXES, gateways("pop"), gateways("net")):
            net.add_route(prefix, "via", to_pop)
            pop.add_route("default", "via", to_net)
        net.add_address("lo", f"{lab_dns.ADDRESSES['ipv4']}/32", f"{lab_dns.ADDRESSES['ipv6']}/128")
        self.root = lab_dns.Root(net, folder / "root")
        self.services = Pop(pop, folder, self.root, stack)

    def start(self):
        self.root.start(self.services.start())
        self.services.open()

    def forget_visitors(self):
        """What the POP has learnt of the way to an address is not true of the next line that has it."""
        for family in "-4", "-6":
            self.pop.run("ip", family, "route", "flush", "cache")
        self.pop.run("ip", "tcp_metrics", "flush")

    @contextmanager
    def line(self, case="healthy"):
        """@case: a name of CASES, or a Case. Gives a Line."""
        with self.lock:
            number = self.numbers.pop()
            self.n_lines += 1
            folder = self.folder / f"line{self.n_lines}"
        self.forget_visitors()
        try:
            with Line(self.net, self.root, folder, number, CASES.get(case, case)) as line:
                yield line
        finally:
            self.numbers.append(number)


@contextmanager
def internet(folder):
    """@folder: empty, for its files."""
    with ExitStack() as stack:
        net, pop = stack.enter_context(Machine()), stack.enter_context(Machine())
        internet = Internet(net, pop, folder, stack)
        internet.start()
        yield internet
