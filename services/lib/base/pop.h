/*
 * The POP file: everything that an operator says about one POP. The YAML is
 * checked and read by schema (base/pop_schema.h, libcyaml); what a schema cannot
 * say is checked after it.
 * Format: docs/man/fontaine-pop.5
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_H
#define FONTAINE_BASE_POP_H

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Texts and lists below are owned by struct pop; optional ones are NULL or 0 when absent. */

struct pop_party {
	char *name;
	char *url;
	char *contact; /* mail address */
};

struct pop_site {
	char *name;   /* the POP's id and host name: a DNS label */
	char *title;  /* for people: "LyonIX, Lyon 3" */
	char *domain; /* the POP's own zone: "lyon.fontaine.example" */
	char *city;
	char *country;    /* ISO 3166-1 alpha-2 */
	char **languages; /* "fr", "en"; the first is the default */
	unsigned n_languages;
	struct pop_party *operated_by; /* name and contact always present */
	struct pop_party *sponsor;
};

struct pop_addresses {
	char *ipv4;
	char *ipv6;
};

/* A service that is off has a NULL pointer in struct pop_services. Ports are never 0. */

struct pop_pages {
	struct pop_addresses *addresses; /* instead of the POP's shared pair */
	uint16_t http_port;              /* default 80 */
	uint16_t https_port;             /* HTTP/3 as well, over UDP; default 443 */
};

/** Which results of tests are kept. */
enum pop_store {
	POP_STORE_AGREED, /* those whose visitor agrees; the default */
	POP_STORE_ALWAYS,
	POP_STORE_NEVER,
};

struct pop_results {
	enum pop_store store;
	unsigned keep_days; /* default 90, of the IPv6 test 30 */
	char **origins;     /* paths of files that map prefixes to origin ASes, in RIS dump format */
	unsigned n_origins;
};

struct pop_speedtest {
	struct pop_addresses *addresses;
	uint16_t http_port;           /* default 8080 */
	uint16_t https_port;          /* HTTP/1.1 over TLS; default 8443 */
	uint16_t rpm_port;            /* HTTP/2 over TLS, for responsiveness; default 8444 */
	unsigned workers;             /* default 0: one per core */
	unsigned max_connections;     /* per worker; default 10000 */
	unsigned requests_per_second; /* of one client (IPv4 /32, IPv6 /56) and worker; default 1000 */
	unsigned download_mbps;       /* what the POP can send in all, Mbit/s; default 10000 */
	unsigned upload_mbps;         /* what it can receive in all, Mbit/s; default 10000 */
	unsigned test_mbps;           /* set aside for a test until its rate is known; default 1000 */
	unsigned tests_per_prefix;    /* at once, of one /24 or /56; default 4 */
	unsigned queue_length;        /* tests that wait; default 50 */
	unsigned daily_gib;           /* both directions, of one /24 or /56 and day (UTC); default 500 */
	struct pop_results *results;  /* never NULL once loaded */
};

struct pop_ipv6test {
	struct pop_addresses *addresses;
	uint16_t http_port;           /* default 80 */
	uint16_t https_port;          /* HTTP/1.1 over TLS; default 443 */
	uint16_t dns_port;            /* of the test zones; default 53 */
	unsigned workers;             /* default 0: one per core */
	unsigned max_connections;     /* per worker; default 10000 */
	unsigned requests_per_second; /* of one client (IPv4 /32, IPv6 /56) and worker; default 1000 */
	char *mtu_ipv6;               /* an address of its own, behind a link of 1280 bytes; optional */
	char *blackhole_ipv6;         /* an address that swallows what it gets; optional */
	unsigned nonces;              /* tests that are remembered; default 65536 */
	unsigned answers_per_second;  /* over UDP, to one /24 or /56; default 100 */
	struct pop_results *results;  /* never NULL once loaded; keep_days defaults to 30 */
	char *vrps;                   /* path of the CSV that rpki-client writes; optional */
};

/** The relay of the packet-loss test. */
struct pop_turn {
	struct pop_addresses *addresses;
	uint16_t port;             /* default 3478 */
	uint16_t relay_port_first; /* default 49152 */
	uint16_t relay_port_last;  /* default 49407 */
};

struct pop_ntp {
	struct pop_addresses *addresses;
	uint16_t port;  /* default 123 */
	bool set_clock; /* default true; false in a container */
	char **sources; /* at least four, unless set_clock is false */
	unsigned n_sources;
};

struct pop_resolver {
	struct pop_addresses *addresses;
	uint16_t port; /* default 53 */
};

struct pop_authoritative {
	struct pop_addresses *addresses;
	uint16_t port; /* default 53 */
};

/** Another server of the reverse zones, which takes them from the POP. */
struct pop_secondary {
	char *name; /* as the zones' NS records have it */
	char *address;
	char *key; /* name of the TSIG key that it asks with */
};

enum { POP_LAB_PREFIXES_MAX = 8 };

/** Reverse DNS: the POP is primary of the zones, its members fill them. Reached by the pages. */
struct pop_rdns {
	char **zones; /* prefixes whose reverse zones the registry delegates to the POP */
	unsigned n_zones;
	char *assignments; /* path of a CSV file of prefixes and members; optional */
	struct pop_secondary *secondaries;
	unsigned n_secondaries;
	unsigned recheck_hours; /* between two checks of a delegation; default 24 */
	char *webhook;          /* URL that is told when a delegation breaks; optional */
	/** Where children say that their records have changed (RFC 9859), at authoritative's addresses; default 5359 */
	uint16_t notify_port;
	char **lab_prefixes; /* where name servers may be besides global unicast space */
	unsigned n_lab_prefixes;
	char **origins; /* as struct pop_results has them */
	unsigned n_origins;
};

/** What a project's tree is, and so how it is verified. */
enum pop_mirror_kind {
	POP_MIRROR_DEBIAN,
	POP_MIRROR_RPM,
	POP_MIRROR_ARCH,
	POP_MIRROR_FILES,
	POP_MIRROR_OSM_PLANET,
	POP_MIRROR_COMMAND, /* a program fetches it */
};

struct pop_mirror_project {
	char *name; /* also that of its folder */
	enum pop_mirror_kind kind;
	char **upstreams; /* rsync://..., the preferred one first */
	unsigned n_upstreams;
	char *interval;          /* pop_mirror_interval(); default "6h" without cron */
	char *cron;              /* base/cron.h, or NULL */
	unsigned bandwidth_mbps; /* default 0: as much as there is */
	char **exclude;          /* patterns of rsync(1) */
	unsigned n_exclude;
	unsigned max_delete_percent; /* of the files; more than that is held; default 10 */
	unsigned max_delete_files;   /* default 0: any number */
	char *sentinel;              /* a file without which nothing is published; optional */
	char *keyring;               /* path of the keys that sign the kind "debian"; optional */
	char **suites;               /* those to verify; none: all there are */
	unsigned n_suites;
	unsigned timeout_hours; /* of a run; default 24 */
	unsigned stall_minutes; /* without a byte; default 30 */
	char *command;          /* path of the program of the kind "command" */
};

/** Mirrors, which the pages serve. */
struct pop_mirror {
	char *root;                    /* folder that has one for each project */
	unsigned keep_generations;     /* default 3 */
	char *reserve;                 /* what stays free: pop_mirror_reserve(); default "5%" */
	unsigned runs_at_once;         /* default 4 */
	unsigned runs_per_upstream;    /* at once; default 2 */
	char *webhook;                 /* URL that is told when a project is held or stale; optional */
	uint16_t rsync_port;           /* for downstream mirrors, at the addresses of the pages; default 873 */
	unsigned rsync_connections;    /* at once, to each project; default 100 */
	unsigned downloads_per_prefix; /* at once, by one /24 or /56, indexes apart; default 64 */
	unsigned download_mbps;        /* of each download; default 0: as much as there is */
	struct pop_mirror_project *projects;
	unsigned n_projects;
};

struct pop_services {
	struct pop_pages *pages;
	struct pop_speedtest *speedtest;
	struct pop_ipv6test *ipv6test;
	struct pop_turn *turn;
	struct pop_ntp *ntp;
	struct pop_resolver *resolver;
	struct pop_authoritative *authoritative;
	struct pop_rdns *rdns;
	struct pop_mirror *mirror;
};

struct pop_member {
	uint32_t asn;
	char *name;
	char **prefixes; /* assigned to the member */
	unsigned n_prefixes;
	char **peering; /* its addresses on the peering LAN */
	unsigned n_peering;
	char **contacts; /* mail addresses */
	unsigned n_contacts;
};

struct pop_operator {
	char *name;
	char *ssh_key;
};

/** Another POP, where a visitor may measure as well. */
struct pop_neighbour {
	char *name; /* a DNS label, as its own site.name */
	char *title;
	char *city;
	char *country;
	char *speedtest; /* address of its speed test; "//..." is good for http and https */
};

struct pop {
	struct pop_site *site;
	struct pop_addresses *addresses; /* shared by all services without their own */
	struct pop_services *services;
	struct pop_neighbour *neighbours;
	unsigned n_neighbours;
	struct pop_member *members;
	unsigned n_members;
	char *ixf_export; /* path of an IX-F Member Export, instead of members */
	struct pop_operator *operators;
	unsigned n_operators;
};

/** What is wrong with a POP file, for people. */
struct pop_error {
	unsigned line, column; /* from 1; 0 when the file could not be read at all */
	char what[256];        /* "services.ntp.port: 70000 is not a port" */
	char remedy[256];      /* "give a number from 1 to 65535" */
};

/**
 * Read and check the file at @path.
 * Return: 0 and *ret_pop, released with pop_free(); else a negative errno and *reterr.
 */
int pop_load(const char *path, struct pop **ret_pop, struct pop_error *reterr);

/** The same for @len bytes of @text (borrowed), followed by a NUL. */
int pop_parse(const char *text, size_t len, struct pop **ret_pop, struct pop_error *reterr);
void pop_free(struct pop *p);

/** One row of the services in the POP file, on or off, in its order. Reverse DNS and mirrors are pages. */
struct pop_service {
	const char *name; /* key in the POP file */
	bool is_on;
	const struct pop_addresses *addresses; /* its own, or else the shared ones; NULL: neither */
};

enum { POP_SERVICES = 9 };

void pop_list_services(const struct pop *p, struct pop_service ret[POP_SERVICES]);

/** One socket that the POP answers on. */
struct pop_endpoint {
	const char *service; /* "speedtest": key in the POP file */
	/** "http", "https", "rpm" (https as well), "udp", "tcp", "http3" (UDP), "rsync"; "mtu-http", "mtu-https" */
	const char *protocol;
	struct addr addr;
};

enum { POP_ENDPOINTS_MAX = 64 };

/** List every socket of the POP, in the order of struct pop_services. Return: how many. */
size_t pop_endpoints(const struct pop *p, struct pop_endpoint ret[POP_ENDPOINTS_MAX]);

/** Where the POP's resolver answers, over UDP and TCP. Return: whether there is one. */
bool pop_resolver(const struct pop *p, struct addr *ret);

/** All addresses where it does, the first as pop_resolver() has it. Return: how many. */
size_t pop_resolvers(const struct pop *p, struct addr ret[POP_ENDPOINTS_MAX]);

enum { POP_IPV6_ZONES_MAX = 16 };

/**
 * List the names of the IPv6 test's zones that the POP serves: "a" for a.t.ipv6test.DOMAIN.
 * None when that test is off. Return: how many.
 */
size_t pop_ipv6_zones(const struct pop *p, const char *ret[POP_IPV6_ZONES_MAX]);

#endif
