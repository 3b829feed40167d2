# The line of a lab's visitor: home, the provider's router and the provider's resolver.
# SPDX-License-Identifier: MIT

import shlex
from contextlib import ExitStack, contextmanager

from support import browser
from support.lab_dns import start_resolver
from support.lab_pop import PREFIXES
from support.machine import Machine
from support.slow_way import SlowWay

FAULTS = """
table inet faults {{
    chain forward {{
        type filter hook forward priority 0
        {rules}
    }}
    chain output {{
        type filter hook output priority 0
        {own_rules}
    }}
}}
"""
TOO_BIG = {"ipv4": "icmp type destination-unreachable icmp code frag-needed drop",
           "ipv6": "icmpv6 type packet-too-big drop"}
MBIT = 50  # of the line, in each direction
SHAPE = ["root", "tbf", "rate", f"{MBIT}mbit", "burst", 16000, "limit", 250000]  # a queue of 40 ms
TO_POP = "100"  # the routing table of what comes from home and goes to the POP

TAYGA = """
tun-device nat64
ipv4-addr {ipv4}
ipv6-addr {ipv6}
prefix {prefix}
dynamic-pool {pool}
data-dir {folder}
"""


class Plan:
    """Addresses of the line @number, below 16."""

    def __init__(self, number):
        v4, v6 = "203.0.113.{}", f"2001:db8:a{number:x}"
        block, transit = 16 * number, 64 + 2 * number
        self.blocks = [f"{v4.format(block)}/28", f"{v6}::/48"]
        self.gateway = {"ipv4": v4.format(block + 1), "ipv6": f"{v6}:1::1"}
        self.home = {"ipv4": v4.format(block + 2), "ipv6": f"{v6}:1::2"}
        self.resolver_gateway = {"ipv4": v4.format(block + 9), "ipv6": f"{v6}:53::1"}
        self.resolver = {"ipv4": v4.format(block + 10), "ipv6": f"{v6}:53::53"}
        self.net = {"ipv4": f"198.51.100.{transit}", "ipv6": f"{v6}:ffff::1"}
        self.isp = {"ipv4": f"198.51.100.{transit + 1}", "ipv6": f"{v6}:ffff::2"}
        self.nat64_prefix = f"{v6}:64::/96"
        self.nat64_pool = f"{v4.format(block + 12)}/30"
        self.nat64 = {"ipv4": v4.format(block + 13), "ipv6": f"{v6}:ffff::64"}


def with_length(addresses, families, ipv4):
    return [f"{addresses[family]}/{ipv4 if family == 'ipv4' else 64}" for family in families]


class Line:
    """To use in a with statement. @net: what it is connected to. @folder: not there yet."""

    def __init__(self, net, root, folder, number, case):
        self.net, self.root, self.folder, self.case = net, root, folder, case
        self.plan = Plan(number)
        self.net_device, self.slow_device = f"isp{number}", f"slow{number}"
        self.home, self.isp, self.resolver = Machine(), Machine(), Machine()

    def __enter__(self):
        self.folder.mkdir()
        with ExitStack() as stack:
            for machine in self.home, self.isp, self.resolver:
                stack.enter_context(machine)
            self.connect()
            stack.callback(self.net.run, "ip", "link", "delete", self.net_device)  # at once; else it may take a while
            self.break_what_is_broken(stack)
            self.start_resolver()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        self.stack.__exit__(*error)

    def connect(self):
        plan, both = self.plan, tuple(self.plan.home)
        self.isp.route_for_others()
        self.isp.join("net", self.net, self.net_device)
        self.isp.join("home", self.home, "eth0")
        self.isp.join("resolver", self.resolver, "eth0")
        self.net.add_address(self.net_device, *with_length(plan.net, both, 31))
        self.isp.add_address("net", *with_length(plan.isp, both, 31))
        self.isp.add_address("home", *with_length(plan.gateway, both, 29))
        self.isp.add_address("resolver", *with_length(plan.resolver_gateway, both, 30))
        self.resolver.add_address("eth0", *with_length(plan.resolver, both, 30))
        self.home.add_address("eth0", *with_length(plan.home, self.case.families, 29))
        for family, block in zip(both, plan.blocks):
            self.net.add_route(block, "via", plan.isp[family])
            self.isp.add_route("default", "via", plan.net[family])
            self.resolver.add_route("default", "via", plan.resolver_gateway[family])
        for family in self.case.families:
            self.home.add_route("default", "via", plan.gateway[family])

    def break_what_is_broken(self, stack):
        untold = [TOO_BIG[family] for family in self.case.not_told]
        faults = self.folder / "faults.nft"
        faults.write_text(FAULTS.format(rules="\n".join([*self.case.rules, *untold]), own_rules="\n".join(untold)))
        self.isp.run("nft", "-f", faults)
        for machine, device in ((self.home, "eth0"), (self.isp, "home")):
            machine.run("ip", "link", "set", device, "mtu", self.case.mtu_home)
            machine.run("tc", "qdisc", "add", "dev", device, *SHAPE)
        for family, prefix in zip(self.plan.home, PREFIXES):
            self.isp.run("ip", "-6" if family == "ipv6" else "-4", "rule", "add", "iif", "home", "lookup", TO_POP)
            if family in self.case.mtu_up:
                self.isp.add_route(prefix, "via", self.plan.net[family], "mtu", "lock", self.case.mtu_up[family],
                                   "table", TO_POP)
            if family in self.case.mtu_down:
                self.isp.add_route(self.plan.home[family], "dev", "home", "mtu", "lock", self.case.mtu_down[family])
        if self.case.delay_ms:
            stack.enter_context(SlowWay((self.isp, self.net), self.slow_device, self.case.delay_ms))
            self.isp.add_route(PREFIXES[1], "dev", self.slow_device, "table", TO_POP)
            self.net.add_route(self.plan.home["ipv6"], "dev", self.slow_device)
        if self.case.nat64:
            self.start_nat64()

    def start_nat64(self):
        settings = self.folder / "tayga.conf"
        settings.write_text(TAYGA.format(
            prefix=self.plan.nat64_prefix, pool=self.plan.nat64_pool, folder=self.folder, **self.plan.nat64))
        self.isp.run("tayga", "--config", settings, "--mktun")
        self.isp.run("ip", "link", "set", "nat64", "up")
        for prefix in self.plan.nat64_prefix, self.plan.nat64_pool:
            self.isp.add_route(prefix, "dev", "nat64")
        self.isp.start("tayga", "--config", settings, "--nodetach")

    def start_resolver(self):
        """And tell home of it."""
        options = list(self.case.resolver)
        if self.case.nat64:
            options += ['module-config: "dns64 validator iterator"', f"dns64-prefix: {self.plan.nat64_prefix}"]
        start_resolver(self.resolver, self.folder / "resolver", self.root, self.plan.resolver, options)
        servers = self.folder / "resolv.conf"
        servers.write_text("".join(f"nameserver {self.plan.resolver[family]}\n" for family in self.case.families))
        self.home.lay(servers, "/etc/resolv.conf")

    @contextmanager
    def chromium(self, **options):
        """The visitor's browser: support.browser.chromium() at home. This thread's sockets are there meanwhile."""
        driver = self.folder / "chromedriver"
        driver.write_text(f'#!/bin/sh\nexec {shlex.join(self.home.command("/usr/bin/chromedriver"))} "$@"\n')
        driver.chmod(0o755)
        with self.home.entered(), browser.chromium(hosts=None, driver=driver, **options) as chromium:
            yield chromium
