/* fontaine generate: let the POP file decide what systemd starts (systemd.generator(7)). */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include "base/as112.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "fontaine/generated.h"
#include "fontaine/units.h"
#include "net/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNIT_PATH "/usr/lib/systemd/system"

enum { DROP_IN_MAX_BYTES = 1 << 16 };

/** The units that hold the sockets of our daemons, and of chrony. */
static const struct socket_unit {
	const char *service, *drop_in;
	bool is_mtu; /* those behind a link of 1280 bytes */
} socket_units[] = {
	{"speedtest", "speedtestd.socket.d/pop.conf", false},
	{"ipv6test", "ipv6testd.socket.d/pop.conf", false},
	{"ipv6test", "ipv6testd-mtu.socket.d/pop.conf", true},
	{"ntp", "chrony.socket.d/pop.conf", false},
	{"rdns", "rdnsd.socket.d/pop.conf", false},
};

static bool holds(const struct socket_unit *u, const struct pop_endpoint *e)
{
	bool is_mtu = strncmp(e->protocol, "mtu-", 4) == 0;

	return strcmp(e->service, u->service) == 0 && is_mtu == u->is_mtu;
}

static unsigned workers_of(const struct pop_services *s, const char *service)
{
	if (strcmp(service, "rdns") == 0 || strcmp(service, "ntp") == 0)
		return 1;
	unsigned n = strcmp(service, "speedtest") == 0 ? s->speedtest->workers : s->ipv6test->workers;

	return n != 0 ? n : workers_default();
}

/** Add the drop-in with the sockets of @u, if it has any: one for each worker. */
static void add_sockets(struct fileset *set, const struct pop *p, const struct socket_unit *u)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);
	struct buf text;

	buf_init(&text, DROP_IN_MAX_BYTES);
	for (size_t i = 0; i < n; i++) {
		char address[ADDR_PORT_TEXT_MAX];
		if (!holds(u, &all[i]))
			continue;
		if (text.len == 0)
			(void)buf_printf(&text, "# Written at boot from the POP file.\n[Socket]\n");
		const char *key = strcmp(all[i].protocol, "udp") == 0 ? "ListenDatagram" : "ListenStream";
		for (unsigned left = workers_of(p->services, u->service); left > 0; left--)
			(void)buf_printf(&text, "%s=%s\n", key, addr_port_text(&all[i].addr, address));
	}
	if (text.len > 0)
		fileset_take(set, u->drop_in, buf_take_text(&text));
	buf_done(&text);
}

/** Paths that the IPv6 test needs made, and what waits for them. */
static void add_ipv6test_paths(struct fileset *set, const struct pop *p)
{
	const struct pop_ipv6test *s = p->services->ipv6test;

	if (s == NULL || (s->mtu_ipv6 == NULL && s->blackhole_ipv6 == NULL))
		return;
	fileset_take(set, "fontaine-ipv6test-paths.service.d/pop.conf",
	             mem_printf("# Written at boot from the POP file.\n"
	                        "[Service]\nEnvironment=MTU_IPV6=%s BLACKHOLE_IPV6=%s\n",
	                        s->mtu_ipv6 != NULL ? s->mtu_ipv6 : "",
	                        s->blackhole_ipv6 != NULL ? s->blackhole_ipv6 : ""));
	const char *unit = s->mtu_ipv6 != NULL ? "ipv6testd-mtu.socket" : "fontaine-ipv6test-paths.service";
	fileset_take(set, "ipv6testd.service.d/paths.conf",
	             mem_printf("# Written at boot from the POP file.\n[Unit]\nRequires=%s\nAfter=%s\n", unit, unit));
}

/** The folder of the mirrors is mirrord's, wherever it is; and each address has an rsyncd. */
static void add_mirror(struct fileset *set, const struct pop *p)
{
	const struct pop_mirror *m = p->services->mirror;
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);
	struct buf text;

	if (m == NULL)
		return;
	buf_init(&text, DROP_IN_MAX_BYTES);
	(void)buf_printf(&text,
	                 "# Written at boot from the POP file.\n"
	                 "[Service]\nExecStartPre=+/usr/bin/install -d -o mirror -g mirror -m 0755 %s\n"
	                 "ReadWritePaths=-%s\n[Unit]\nRequiresMountsFor=%s\n",
	                 m->root, m->root, m->root);
	for (size_t i = 0; i < n; i++) {
		char address[ADDR_TEXT_MAX];
		if (strcmp(all[i].service, "mirror") == 0)
			(void)buf_printf(&text, "Wants=rsyncd@%s.service\n", addr_text(&all[i].addr, address));
	}
	fileset_take(set, "mirrord.service.d/pop.conf", buf_take_text(&text));
	buf_done(&text);
}

/** Whether something rendered has the exchange's list: whom the resolver answers, which networks have a page. */
static bool follows_export(const struct pop *p)
{
	return p->ixf_export != NULL && (p->services->resolver != NULL || p->exchange != NULL);
}

/** It is rendered again whenever the list changes. */
static void add_members(struct fileset *set, const struct pop *p)
{
	if (!follows_export(p))
		return;
	fileset_take(set, "fontaine-members.path.d/pop.conf",
	             mem_printf("# Written at boot from the POP file.\n[Path]\nPathChanged=%s\n", p->ixf_export));
}

/** Network cards are told to remember when packets came and went, and their clocks are read. */
static void add_hardware_timestamps(struct fileset *set, const struct pop *p)
{
	if (p->services->ntp == NULL || !p->services->ntp->hardware_timestamps)
		return;
	fileset_take(set, "chrony.service.d/pop-hardware.conf",
	             mem_strdup("# Written at boot from the POP file.\n"
	                        "[Service]\nPrivateDevices=no\nDeviceAllow=char-ptp rw\n"
	                        "AmbientCapabilities=CAP_NET_ADMIN\nCapabilityBoundingSet=CAP_NET_ADMIN\n"
	                        "RestrictAddressFamilies=AF_NETLINK\n"));
}

/** The addresses that are announced are made at boot, and healthd may put them on lease. */
static void add_bgp(struct fileset *set, const struct pop *p)
{
	struct pop_service all[POP_SERVICES];
	struct buf text;

	if (p->bgp == NULL)
		return;
	pop_list_services(p, all);
	buf_init(&text, DROP_IN_MAX_BYTES);
	(void)buf_printf(&text, "# Written at boot from the POP file.\n[Service]\nEnvironment=\"ADDRESSES=");
	for (size_t i = 0; i < POP_SERVICES; i++) {
		const struct pop_addresses *a = all[i].addresses;
		if (all[i].is_on && a->ipv4 != NULL)
			(void)buf_printf(&text, " %s", a->ipv4);
		if (all[i].is_on && a->ipv6 != NULL)
			(void)buf_printf(&text, " %s", a->ipv6);
	}
	bool is_as112 = p->services->authoritative != NULL && p->services->authoritative->as112;
	for (size_t i = 0; i < AS112_HOSTS && is_as112; i++)
		(void)buf_printf(&text, " %s", as112_hosts[i]);
	(void)buf_printf(&text, "\"\n");
	fileset_take(set, "fontaine-anycast.service.d/pop.conf", buf_take_text(&text));
	buf_done(&text);
	fileset_take(set, "healthd.service.d/pop.conf",
	             mem_strdup("# Written at boot from the POP file.\n"
	                        "[Unit]\nRequires=fontaine-anycast.service\nAfter=fontaine-anycast.service\n"
	                        "[Service]\nPrivateUsers=no\nAmbientCapabilities=CAP_NET_ADMIN\n"
	                        "CapabilityBoundingSet=CAP_NET_ADMIN\nRestrictAddressFamilies=AF_NETLINK\n"));
}

/** Make DIR/multi-user.target.wants/UNIT. */
static int want(const char *dir, const char *unit)
{
	char *target = mem_printf(UNIT_PATH "/%s", unit);
	char *folder = mem_printf("%s/multi-user.target.wants", dir);
	char *link = mem_printf("%s/%s", folder, unit);
	int rc = 0;

	if ((mkdir(folder, 0755) < 0 && errno != EEXIST) || (symlink(target, link) < 0 && errno != EEXIST)) {
		rc = -errno;
		log_error("%s: %s", link, strerror(-rc));
	}
	free(link);
	free(folder);
	free(target);
	return rc;
}

size_t generated_units(const struct pop *p, const char *ret[GENERATED_UNITS_MAX])
{
	struct pop_service all[POP_SERVICES];
	size_t n = 0;

	pop_list_services(p, all);
	for (size_t i = 0; i < POP_SERVICES; i++)
		if (all[i].is_on)
			ret[n++] = units_of(p, all[i].name);
	if (follows_export(p))
		ret[n++] = "fontaine-members.path";
	ret[n++] = "healthd.service";
	if (p->bgp != NULL)
		ret[n++] = "bird.service";
	if (p->services->pages != NULL)
		ret[n++] = "fontaine-metrics.service"; /* operators ask their server */
	if (p->latency != NULL || p->notices != NULL)
		ret[n++] = "peerd.service";
	if (p->services->ntp != NULL && p->services->ntp->nts_keys == POP_NTS_KEYS_PUSHED)
		ret[n++] = "fontaine-nts-keys.path";
	if (p->certificates != NULL) { /* at once, and then by and by */
		ret[n++] = "fontaine-certificates.service";
		ret[n++] = "fontaine-certificates.timer";
	}
	return n;
}

void generated_add(const struct pop *p, struct fileset *set)
{
	for (size_t i = 0; i < sizeof(socket_units) / sizeof(*socket_units); i++)
		add_sockets(set, p, &socket_units[i]);
	add_ipv6test_paths(set, p);
	add_mirror(set, p);
	add_members(set, p);
	add_hardware_timestamps(set, p);
	add_bgp(set, p);
}

static int want_units(const char *dir, const struct pop *p)
{
	const char *units[GENERATED_UNITS_MAX];
	size_t n = generated_units(p, units);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = want(dir, units[i]);
	return rc;
}

/** At boot, before the journal is there, what goes wrong goes to the kernel's log. */
static void log_to_kernel(void)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return; /* standard error will do */
	(void)dup2(fd, STDERR_FILENO);
	(void)close(fd);
}

int generate_run(const struct arguments *a)
{
	struct fileset set;
	struct pop *p;

	if (getenv("SYSTEMD_SCOPE") != NULL) /* systemd started us */
		log_to_kernel();
	int rc = command_load_pop(a->pop_path, &p);
	if (rc != EXIT_FINE)
		return rc;
	fileset_init(&set, a->dir);
	generated_add(p, &set);
	if (fileset_write(&set) < 0 || want_units(a->dir, p) < 0)
		rc = EXIT_FAILED;
	fileset_done(&set);
	pop_free(p);
	return rc;
}
