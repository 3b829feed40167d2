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
	char *upgrades; /* web address of later versions of the machine's system; optional */
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

/** Where the keys come from that NTS cookies are made with (RFC 8915, 6). */
enum pop_nts_keys {
	POP_NTS_KEYS_OWN,    /* this POP changes them; the default */
	POP_NTS_KEYS_PUSHED, /* another POP does, and pushes them here */
};

struct pop_ntp {
	struct pop_addresses *addresses;
	uint16_t port;     /* default 123 */
	uint16_t nts_port; /* where keys for NTS are agreed on, over TLS; default 4460 */
	enum pop_nts_keys nts_keys;
	bool set_clock;           /* default true; false in a container */
	bool hardware_timestamps; /* by the network card */
	char **nts_sources;       /* servers with NTS; with sources at least four, unless set_clock is false */
	unsigned n_nts_sources;
	char **sources; /* servers without */
	unsigned n_sources;
};

struct pop_resolver {
	struct pop_addresses *addresses;
	uint16_t port;               /* default 53 */
	uint16_t tls_port;           /* DNS over TLS (RFC 7858); default 853 */
	uint16_t https_port;         /* DNS over HTTPS (RFC 8484); default 443, without addresses of its own 4443 */
	unsigned queries_per_second; /* of one address, without a cookie; default 1000 */
	bool local_root;             /* keep a copy of the root zone (RFC 8806); default true */
	char **root_servers;         /* addresses that it is taken from; none: those that give it to everyone */
	unsigned n_root_servers;
};

/** Another server of the POP's zones, which takes them from the POP. */
struct pop_secondary {
	char *name; /* as the zones' NS records have it */
	char *address;
	char *key; /* name of the TSIG key that it asks with */
};

/** A server whose zones the POP serves as well. */
struct pop_primary {
	char *address;
	char *key;     /* name of the TSIG key that the POP asks with */
	char *catalog; /* the zone that says which zones it has (RFC 9432); optional */
	char **zones;  /* others */
	unsigned n_zones;
};

/** What serves the authoritative zones. */
enum pop_dns_server {
	POP_DNS_KNOT,
	POP_DNS_NSD, /* zones of primaries alone */
};

struct pop_authoritative {
	struct pop_addresses *addresses;
	uint16_t port;     /* default 53 */
	uint16_t tls_port; /* DNS over TLS, and over QUIC (RFC 9250) by Knot; default 853 */
	enum pop_dns_server server;
	struct pop_secondary *secondaries; /* of the POP's own zone */
	unsigned n_secondaries;
	struct pop_primary *primaries;
	unsigned n_primaries;
	bool as112; /* be a node of AS112 (RFC 7534, RFC 7535) */
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
	char *follow;     /* name of the neighbour that it is taken from before all others; optional */
	char **upstreams; /* rsync://..., the preferred one first, with that of the neighbour */
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
	unsigned large_mib;     /* of a file that is described by hashes; default 64 */
	char *command;          /* path of the program of the kind "command" */
};

/** Mirrors, which the pages serve. */
struct pop_mirror {
	char *root;                    /* folder that has one for each project */
	unsigned keep_generations;     /* default 2 */
	char *reserve;                 /* what stays free: pop_mirror_reserve(); default "5%" */
	unsigned runs_at_once;         /* default 4 */
	unsigned runs_per_upstream;    /* at once; default 2 */
	char *webhook;                 /* URL that is told when a project is held or stale; optional */
	uint16_t rsync_port;           /* for downstream mirrors, at the addresses of the pages; default 873 */
	unsigned rsync_connections;    /* at once, to each project; default 100 */
	unsigned downloads_per_prefix; /* at once, by one /24 or /56, indexes apart; default 64 */
	unsigned download_mbps;        /* of each download; default 0: as much as there is */
	char **origins;                /* files in RIS dump format, of the networks that download */
	unsigned n_origins;
	bool hide_networks; /* do not tell everybody which networks download most */
	struct pop_mirror_project *projects;
	unsigned n_projects;
};

/** A router that takes the POP's addresses by BGP. */
struct pop_bgp_neighbour {
	char *address;
	uint32_t asn;
	char *password; /* name of a file that has it, in /etc/fontaine/bgp; optional */
};

/** The addresses of services are announced, each as long as all of its services work. */
struct pop_bgp {
	uint32_t asn;
	char *router_id;        /* an IPv4 address */
	unsigned ipv4_length;   /* of the prefix announced around an address; default 32 */
	unsigned ipv6_length;   /* default 128 */
	unsigned hold_seconds;  /* that what comes back answers well before it is announced; default 10 */
	unsigned leave_seconds; /* with GRACEFUL_SHUTDOWN before what is drained is withdrawn; default 30 */
	struct pop_bgp_neighbour *neighbours;
	unsigned n_neighbours;
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
	char *url;          /* its pages; optional */
	char *since;        /* the day it joined, as "2026-03-14"; optional */
	unsigned port_mbps; /* of all its ports; 0: not said */
};

/** The exchange point that the POP is at: its networks have a page. */
struct pop_exchange {
	bool publish_export; /* pass ixf_export on as it is */
};

/** Whom the POP asks how far it is, beside its neighbours. */
struct pop_latency_target {
	char *name;  /* a DNS label, by which its history is kept */
	char *title; /* for people; NULL: the name */
	char *host;  /* a name or an address */
};

/** Latency, jitter and loss are measured, and have a page. */
struct pop_latency {
	struct pop_latency_target *targets;
	unsigned n_targets;
};

struct pop_operator {
	char *name;
	char *ssh_key;
};

/** The mirrors of another POP. */
struct pop_neighbour_mirror {
	char *pages; /* address of its pages, without a path; "//..." is good for http and https */
	char *rsync; /* "rsync://www.paris.example"; default: the host of its pages */
	char **push; /* projects that it takes from here: it is told of what is published */
	unsigned n_push;
};

/** Another POP, where a visitor may measure as well, or download. */
struct pop_neighbour {
	char *name; /* a DNS label, as its own site.name */
	char *title;
	char *city;
	char *country;
	char *speedtest; /* address of its speed test; "//..." is good for http and https */
	char **prefixes; /* whose visitors are nearer to it than to this POP */
	unsigned n_prefixes;
	uint32_t *asns; /* of networks that are nearer to it, where it is known who announces an address */
	unsigned n_asns;
	struct pop_neighbour_mirror *mirror; /* NULL: none that this POP knows of */
};

/** How the POP shows a CA that a name is its own (RFC 8555, 8). */
enum pop_challenge {
	POP_CHALLENGE_HTTP, /* by its pages: HTTP-01 */
	POP_CHALLENGE_DNS,  /* in its zone: DNS-01 */
};

/** A CA's certificate by ACME, instead of that of the POP's own test CA. */
struct pop_certificates {
	char *directory; /* https URL of the CA's directory */
	char *contact;   /* mail address; NULL: that of site.operated_by */
	/** Default: POP_CHALLENGE_DNS when the POP has an authoritative server. */
	enum pop_challenge challenge;
	bool external_account; /* the CA knows the operator already: a credential says as whom (RFC 8555, 7.3.4) */
	char *ca_file;         /* path of the CA certificates to trust instead of the system's; optional */
};

/** Where operators alone come to: an address of its own, or this machine's loopback. */
struct pop_management {
	struct pop_addresses *addresses; /* NULL: loopback */
	uint16_t metrics_port;           /* default 9580: pop_management_endpoints() */
	char **allow;                    /* prefixes that may ask besides this machine */
	unsigned n_allow;
};

/** A network interface of the machine: a card, or what is made of others. */
struct pop_interface {
	char *name;  /* as the kernel has it: "enp1s0"; "lo" as well */
	char **bond; /* cards that it is made of, by LACP (IEEE 802.1AX) */
	unsigned n_bond;
	unsigned vlan;    /* its number, 0: none */
	char *parent;     /* the interface that this VLAN is on */
	unsigned mtu;     /* default 0: the kernel's */
	char **addresses; /* with the lengths of their prefixes: "192.0.2.10/24" */
	unsigned n_addresses;
	char **gateways;
	unsigned n_gateways;
};

/** How a machine that is nothing but a POP is connected, and who may come in. */
struct pop_network {
	struct pop_interface *interfaces;
	unsigned n_interfaces;
	char **ssh_from; /* prefixes of the operators' machines */
	unsigned n_ssh_from;
};

struct pop {
	struct pop_site *site;
	struct pop_addresses *addresses; /* shared by all services without their own */
	struct pop_services *services;
	struct pop_network *network;           /* NULL: not the POP's to configure */
	struct pop_certificates *certificates; /* NULL: the test CA's */
	struct pop_bgp *bgp;                   /* NULL: nothing is announced */
	struct pop_management *management;     /* NULL: it has no metrics to ask for */
	struct pop_neighbour *neighbours;
	unsigned n_neighbours;
	struct pop_member *members;
	unsigned n_members;
	char *ixf_export;              /* path of an IX-F Member Export, instead of members */
	struct pop_exchange *exchange; /* NULL: networks have no page */
	struct pop_latency *latency;   /* NULL: it is not measured */
	struct pop_notices *notices;   /* base/pop_notices.h; NULL: members are not told */
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

/** The same for daemons: what is wrong is logged. */
int pop_read(const char *path, struct pop **ret_pop);

/** As pop_load() for @len bytes of @text (borrowed), followed by a NUL. */
int pop_parse(const char *text, size_t len, struct pop **ret_pop, struct pop_error *reterr);
void pop_free(struct pop *p);

/** @p as YAML, with defaults spelled out and without comments; what is NULL is left out. Release with free(). */
char *pop_text(const struct pop *p);

/**
 * One row of the services in the POP file, on or off, in its order. Reverse DNS and mirrors are pages; "as112" is what
 * the authoritative server does beside its own, at addresses of which only the first are listed (base/as112.h).
 */
struct pop_service {
	const char *name; /* key in the POP file */
	bool is_on;
	const struct pop_addresses *addresses; /* its own, or else the shared ones; NULL: neither */
};

enum { POP_SERVICES = 10 };

void pop_list_services(const struct pop *p, struct pop_service ret[POP_SERVICES]);

/** One socket that the POP answers on. */
struct pop_endpoint {
	const char *service; /* "speedtest": key in the POP file */
	/**
	 * "http", "https", "rpm" (https as well), "udp", "tcp", "http3" (UDP), "rsync"; "mtu-http", "mtu-https";
	 * "dot", "doh", "doq" (UDP): DNS over TLS, HTTPS and QUIC
	 */
	const char *protocol;
	struct addr addr;
};

enum { POP_ENDPOINTS_MAX = 96 };

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
