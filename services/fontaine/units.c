/* Which systemd units carry the POP's services, and since when they run. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/units.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

enum { BUS_LIMIT_US = 2000000 };

static const struct {
	const char *service, *unit;
} units[] = {
	{"pages", "nginx.service"},
	{"speedtest", "speedtestd.service"},
	{"ipv6test", "ipv6testd.service"},
	{"turn", "coturn.service"},
	{"ntp", "chrony.service"},
	{"resolver", "unbound.service"},
	{"authoritative", "knot.service"},
	{"as112", "knot.service"},
	{"rdns", "rdnsd.service"},
	{"mirror", "mirrord.service"},
};

const char *units_of(const struct pop *p, const char *service)
{
	size_t i = 0;

	while (strcmp(units[i].service, service) != 0) {
		i++;
		assert(i < sizeof(units) / sizeof(*units));
	}
	bool is_knot = strcmp(units[i].unit, "knot.service") == 0;
	return is_knot && p->services->authoritative->server == POP_DNS_NSD ? "nsd.service" : units[i].unit;
}

/** Read one property of the unit at @path; *ret stays as it is when that fails. */
static void get_time(sd_bus *bus, const char *path, const char *property, uint64_t *ret)
{
	(void)sd_bus_get_property_trivial(bus, "org.freedesktop.systemd1", path, "org.freedesktop.systemd1.Unit",
	                                  property, NULL, 't', ret);
}

uint64_t units_active_since_s(const struct pop *p, const char *service)
{
	sd_bus *bus = NULL;
	char *path = NULL;
	uint64_t since_us = 0, until_us = 0;

	if (sd_bus_open_system(&bus) >= 0 && sd_bus_set_method_call_timeout(bus, BUS_LIMIT_US) >= 0 &&
	    sd_bus_path_encode("/org/freedesktop/systemd1/unit", units_of(p, service), &path) >= 0) {
		get_time(bus, path, "ActiveEnterTimestamp", &since_us);
		get_time(bus, path, "ActiveExitTimestamp", &until_us);
	}
	free(path);
	(void)sd_bus_flush_close_unref(bus);
	return since_us > until_us ? since_us / 1000000 : 0;
}
