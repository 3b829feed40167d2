/* The shape of the POP file, as a table. Every key is named like its member. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_schema.h"

#include "base/pop.h"
#include "base/pop_notices.h"

enum {
	TEXT_MAX = 512,
	LIST_MAX = 20000,
};

#define MUST CYAML_FLAG_POINTER
#define MAY  (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

/* @type: the structure that has @member; @flags: MUST or MAY be given. */
#define TEXT(type, member, flags) CYAML_FIELD_STRING_PTR(#member, flags, type, member, 1, TEXT_MAX)
#define NUMBER(type, member, flags) \
	CYAML_FIELD_UINT(#member, (flags) & CYAML_FLAG_OPTIONAL, type, member)
#define BOOL(type, member, flags) \
	CYAML_FIELD_BOOL(#member, (flags) & CYAML_FLAG_OPTIONAL, type, member)
#define CHOICE(type, member, flags, words) \
	CYAML_FIELD_ENUM(#member, (flags) & CYAML_FLAG_OPTIONAL, type, member, words, \
	                 CYAML_ARRAY_LEN(words))
#define GROUP(type, member, flags, fields) \
	CYAML_FIELD_MAPPING_PTR(#member, flags, type, member, fields)
#define LIST(type, member, flags, entry) \
	CYAML_FIELD_SEQUENCE_COUNT(#member, flags, type, member, n_##member, entry, 1, LIST_MAX)

static const cyaml_schema_value_t text_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX),
};

static const cyaml_schema_field_t operated_by_fields[] = {
	TEXT(struct pop_party, name, MUST),
	TEXT(struct pop_party, url, MAY),
	TEXT(struct pop_party, contact, MUST),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t sponsor_fields[] = {
	TEXT(struct pop_party, name, MUST),
	TEXT(struct pop_party, url, MAY),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t site_fields[] = {
	TEXT(struct pop_site, name, MUST),
	TEXT(struct pop_site, title, MUST),
	TEXT(struct pop_site, domain, MUST),
	TEXT(struct pop_site, city, MUST),
	TEXT(struct pop_site, country, MUST),
	LIST(struct pop_site, languages, MUST, &text_entry),
	GROUP(struct pop_site, operated_by, MUST, operated_by_fields),
	GROUP(struct pop_site, sponsor, MAY, sponsor_fields),
	TEXT(struct pop_site, upgrades, MAY),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t addresses_fields[] = {
	TEXT(struct pop_addresses, ipv4, MAY),
	TEXT(struct pop_addresses, ipv6, MAY),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t pages_fields[] = {
	GROUP(struct pop_pages, addresses, MAY, addresses_fields),
	NUMBER(struct pop_pages, http_port, MAY),
	NUMBER(struct pop_pages, https_port, MAY),
	CYAML_FIELD_END,
};

static const cyaml_strval_t store_words[] = {
	{"agreed", POP_STORE_AGREED},
	{"always", POP_STORE_ALWAYS},
	{"never", POP_STORE_NEVER},
};

static const cyaml_schema_field_t results_fields[] = {
	CHOICE(struct pop_results, store, MAY, store_words),
	NUMBER(struct pop_results, keep_days, MAY),
	LIST(struct pop_results, origins, MAY, &text_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t speedtest_fields[] = {
	GROUP(struct pop_speedtest, addresses, MAY, addresses_fields),
	NUMBER(struct pop_speedtest, http_port, MAY),
	NUMBER(struct pop_speedtest, https_port, MAY),
	NUMBER(struct pop_speedtest, rpm_port, MAY),
	NUMBER(struct pop_speedtest, workers, MAY),
	NUMBER(struct pop_speedtest, max_connections, MAY),
	NUMBER(struct pop_speedtest, requests_per_second, MAY),
	NUMBER(struct pop_speedtest, download_mbps, MAY),
	NUMBER(struct pop_speedtest, upload_mbps, MAY),
	NUMBER(struct pop_speedtest, test_mbps, MAY),
	NUMBER(struct pop_speedtest, tests_per_prefix, MAY),
	NUMBER(struct pop_speedtest, queue_length, MAY),
	NUMBER(struct pop_speedtest, daily_gib, MAY),
	GROUP(struct pop_speedtest, results, MAY, results_fields),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t ipv6test_fields[] = {
	GROUP(struct pop_ipv6test, addresses, MAY, addresses_fields),
	NUMBER(struct pop_ipv6test, http_port, MAY),
	NUMBER(struct pop_ipv6test, https_port, MAY),
	NUMBER(struct pop_ipv6test, dns_port, MAY),
	NUMBER(struct pop_ipv6test, workers, MAY),
	NUMBER(struct pop_ipv6test, max_connections, MAY),
	NUMBER(struct pop_ipv6test, requests_per_second, MAY),
	TEXT(struct pop_ipv6test, mtu_ipv6, MAY),
	TEXT(struct pop_ipv6test, blackhole_ipv6, MAY),
	NUMBER(struct pop_ipv6test, nonces, MAY),
	NUMBER(struct pop_ipv6test, answers_per_second, MAY),
	GROUP(struct pop_ipv6test, results, MAY, results_fields),
	TEXT(struct pop_ipv6test, vrps, MAY),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t turn_fields[] = {
	GROUP(struct pop_turn, addresses, MAY, addresses_fields),
	NUMBER(struct pop_turn, port, MAY),
	NUMBER(struct pop_turn, relay_port_first, MAY),
	NUMBER(struct pop_turn, relay_port_last, MAY),
	CYAML_FIELD_END,
};

static const cyaml_strval_t nts_keys_words[] = {
	{"own", POP_NTS_KEYS_OWN},
	{"pushed", POP_NTS_KEYS_PUSHED},
};

static const cyaml_schema_field_t ntp_fields[] = {
	GROUP(struct pop_ntp, addresses, MAY, addresses_fields),
	NUMBER(struct pop_ntp, port, MAY),
	NUMBER(struct pop_ntp, nts_port, MAY),
	CHOICE(struct pop_ntp, nts_keys, MAY, nts_keys_words),
	BOOL(struct pop_ntp, set_clock, MAY),
	BOOL(struct pop_ntp, hardware_timestamps, MAY),
	LIST(struct pop_ntp, nts_sources, MAY, &text_entry),
	LIST(struct pop_ntp, sources, MAY, &text_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t resolver_fields[] = {
	GROUP(struct pop_resolver, addresses, MAY, addresses_fields),
	NUMBER(struct pop_resolver, port, MAY),
	NUMBER(struct pop_resolver, tls_port, MAY),
	NUMBER(struct pop_resolver, https_port, MAY),
	NUMBER(struct pop_resolver, queries_per_second, MAY),
	BOOL(struct pop_resolver, local_root, MAY),
	LIST(struct pop_resolver, root_servers, MAY, &text_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t secondary_fields[] = {
	TEXT(struct pop_secondary, name, MUST),
	TEXT(struct pop_secondary, address, MUST),
	TEXT(struct pop_secondary, key, MUST),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t secondary_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_secondary, secondary_fields),
};

static const cyaml_schema_field_t primary_fields[] = {
	TEXT(struct pop_primary, address, MUST),
	TEXT(struct pop_primary, key, MUST),
	TEXT(struct pop_primary, catalog, MAY),
	LIST(struct pop_primary, zones, MAY, &text_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t primary_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_primary, primary_fields),
};

static const cyaml_strval_t dns_server_words[] = {
	{"knot", POP_DNS_KNOT},
	{"nsd", POP_DNS_NSD},
};

static const cyaml_schema_field_t authoritative_fields[] = {
	GROUP(struct pop_authoritative, addresses, MAY, addresses_fields),
	NUMBER(struct pop_authoritative, port, MAY),
	NUMBER(struct pop_authoritative, tls_port, MAY),
	CHOICE(struct pop_authoritative, server, MAY, dns_server_words),
	LIST(struct pop_authoritative, secondaries, MAY, &secondary_entry),
	LIST(struct pop_authoritative, primaries, MAY, &primary_entry),
	BOOL(struct pop_authoritative, as112, MAY),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t rdns_fields[] = {
	LIST(struct pop_rdns, zones, MUST, &text_entry),
	TEXT(struct pop_rdns, assignments, MAY),
	LIST(struct pop_rdns, secondaries, MAY, &secondary_entry),
	NUMBER(struct pop_rdns, recheck_hours, MAY),
	TEXT(struct pop_rdns, webhook, MAY),
	NUMBER(struct pop_rdns, notify_port, MAY),
	LIST(struct pop_rdns, lab_prefixes, MAY, &text_entry),
	LIST(struct pop_rdns, origins, MAY, &text_entry),
	CYAML_FIELD_END,
};

static const cyaml_strval_t mirror_words[] = {
	{"debian", POP_MIRROR_DEBIAN},
	{"rpm", POP_MIRROR_RPM},
	{"arch", POP_MIRROR_ARCH},
	{"files", POP_MIRROR_FILES},
	{"osm-planet", POP_MIRROR_OSM_PLANET},
	{"command", POP_MIRROR_COMMAND},
};

static const cyaml_schema_field_t project_fields[] = {
	TEXT(struct pop_mirror_project, name, MUST),
	CHOICE(struct pop_mirror_project, kind, MUST, mirror_words),
	TEXT(struct pop_mirror_project, follow, MAY),
	LIST(struct pop_mirror_project, upstreams, MAY, &text_entry),
	TEXT(struct pop_mirror_project, interval, MAY),
	TEXT(struct pop_mirror_project, cron, MAY),
	NUMBER(struct pop_mirror_project, bandwidth_mbps, MAY),
	LIST(struct pop_mirror_project, exclude, MAY, &text_entry),
	NUMBER(struct pop_mirror_project, max_delete_percent, MAY),
	NUMBER(struct pop_mirror_project, max_delete_files, MAY),
	TEXT(struct pop_mirror_project, sentinel, MAY),
	TEXT(struct pop_mirror_project, keyring, MAY),
	LIST(struct pop_mirror_project, suites, MAY, &text_entry),
	NUMBER(struct pop_mirror_project, timeout_hours, MAY),
	NUMBER(struct pop_mirror_project, stall_minutes, MAY),
	NUMBER(struct pop_mirror_project, large_mib, MAY),
	TEXT(struct pop_mirror_project, command, MAY),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t project_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_mirror_project, project_fields),
};

static const cyaml_schema_field_t mirror_fields[] = {
	TEXT(struct pop_mirror, root, MUST),
	NUMBER(struct pop_mirror, keep_generations, MAY),
	TEXT(struct pop_mirror, reserve, MAY),
	NUMBER(struct pop_mirror, runs_at_once, MAY),
	NUMBER(struct pop_mirror, runs_per_upstream, MAY),
	TEXT(struct pop_mirror, webhook, MAY),
	NUMBER(struct pop_mirror, rsync_port, MAY),
	NUMBER(struct pop_mirror, rsync_connections, MAY),
	NUMBER(struct pop_mirror, downloads_per_prefix, MAY),
	NUMBER(struct pop_mirror, download_mbps, MAY),
	LIST(struct pop_mirror, origins, MAY, &text_entry),
	BOOL(struct pop_mirror, hide_networks, MAY),
	LIST(struct pop_mirror, projects, MUST, &project_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t services_fields[] = {
	GROUP(struct pop_services, pages, MAY, pages_fields),
	GROUP(struct pop_services, speedtest, MAY, speedtest_fields),
	GROUP(struct pop_services, ipv6test, MAY, ipv6test_fields),
	GROUP(struct pop_services, turn, MAY, turn_fields),
	GROUP(struct pop_services, ntp, MAY, ntp_fields),
	GROUP(struct pop_services, resolver, MAY, resolver_fields),
	GROUP(struct pop_services, authoritative, MAY, authoritative_fields),
	GROUP(struct pop_services, rdns, MAY, rdns_fields),
	GROUP(struct pop_services, mirror, MAY, mirror_fields),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t interface_fields[] = {
	TEXT(struct pop_interface, name, MUST),
	LIST(struct pop_interface, bond, MAY, &text_entry),
	NUMBER(struct pop_interface, vlan, MAY),
	TEXT(struct pop_interface, parent, MAY),
	NUMBER(struct pop_interface, mtu, MAY),
	LIST(struct pop_interface, addresses, MAY, &text_entry),
	LIST(struct pop_interface, gateways, MAY, &text_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t interface_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_interface, interface_fields),
};

static const cyaml_schema_field_t network_fields[] = {
	LIST(struct pop_network, interfaces, MUST, &interface_entry),
	LIST(struct pop_network, ssh_from, MAY, &text_entry),
	CYAML_FIELD_END,
};

static const cyaml_strval_t challenge_words[] = {
	{"http-01", POP_CHALLENGE_HTTP},
	{"dns-01", POP_CHALLENGE_DNS},
};

static const cyaml_schema_field_t certificates_fields[] = {
	TEXT(struct pop_certificates, directory, MUST),
	TEXT(struct pop_certificates, contact, MAY),
	CHOICE(struct pop_certificates, challenge, MAY, challenge_words),
	BOOL(struct pop_certificates, external_account, MAY),
	TEXT(struct pop_certificates, ca_file, MAY),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t management_fields[] = {
	GROUP(struct pop_management, addresses, MAY, addresses_fields),
	NUMBER(struct pop_management, metrics_port, MAY),
	LIST(struct pop_management, allow, MAY, &text_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t asn_entry = {
	CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint32_t),
};

static const cyaml_schema_field_t bgp_neighbour_fields[] = {
	TEXT(struct pop_bgp_neighbour, address, MUST),
	NUMBER(struct pop_bgp_neighbour, asn, MUST),
	TEXT(struct pop_bgp_neighbour, password, MAY),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t bgp_neighbour_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_bgp_neighbour, bgp_neighbour_fields),
};

static const cyaml_schema_field_t bgp_fields[] = {
	NUMBER(struct pop_bgp, asn, MUST),
	TEXT(struct pop_bgp, router_id, MUST),
	NUMBER(struct pop_bgp, ipv4_length, MAY),
	NUMBER(struct pop_bgp, ipv6_length, MAY),
	NUMBER(struct pop_bgp, hold_seconds, MAY),
	NUMBER(struct pop_bgp, leave_seconds, MAY),
	LIST(struct pop_bgp, neighbours, MUST, &bgp_neighbour_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t neighbour_mirror_fields[] = {
	TEXT(struct pop_neighbour_mirror, pages, MUST),
	TEXT(struct pop_neighbour_mirror, rsync, MAY),
	LIST(struct pop_neighbour_mirror, push, MAY, &text_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t neighbour_fields[] = {
	TEXT(struct pop_neighbour, name, MUST),
	TEXT(struct pop_neighbour, title, MUST),
	TEXT(struct pop_neighbour, city, MUST),
	TEXT(struct pop_neighbour, country, MUST),
	TEXT(struct pop_neighbour, speedtest, MUST),
	LIST(struct pop_neighbour, prefixes, MAY, &text_entry),
	LIST(struct pop_neighbour, asns, MAY, &asn_entry),
	GROUP(struct pop_neighbour, mirror, MAY, neighbour_mirror_fields),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t neighbour_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_neighbour, neighbour_fields),
};

static const cyaml_schema_field_t member_fields[] = {
	NUMBER(struct pop_member, asn, MUST),
	TEXT(struct pop_member, name, MUST),
	LIST(struct pop_member, prefixes, MAY, &text_entry),
	LIST(struct pop_member, peering, MAY, &text_entry),
	LIST(struct pop_member, contacts, MAY, &text_entry),
	TEXT(struct pop_member, url, MAY),
	TEXT(struct pop_member, since, MAY),
	NUMBER(struct pop_member, port_mbps, MAY),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t member_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_member, member_fields),
};

static const cyaml_schema_field_t exchange_fields[] = {
	BOOL(struct pop_exchange, publish_export, MAY),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t latency_target_fields[] = {
	TEXT(struct pop_latency_target, name, MUST),
	TEXT(struct pop_latency_target, title, MAY),
	TEXT(struct pop_latency_target, host, MUST),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t latency_target_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_latency_target, latency_target_fields),
};

static const cyaml_schema_field_t latency_fields[] = {
	LIST(struct pop_latency, targets, MAY, &latency_target_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t notices_bird_fields[] = {
	TEXT(struct pop_notices_bird, name, MUST),
	TEXT(struct pop_notices_bird, socket, MUST),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t notices_bird_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_notices_bird, notices_bird_fields),
};

static const cyaml_schema_field_t notices_link_fields[] = {
	TEXT(struct pop_notices_link, name, MUST),
	TEXT(struct pop_notices_link, url, MAY),
	TEXT(struct pop_notices_link, file, MAY),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t notices_link_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_notices_link, notices_link_fields),
};

static const cyaml_strval_t notices_by_words[] = {
	{"mail", POP_NOTICES_MAIL},
	{"webhook", POP_NOTICES_WEBHOOK},
	{"nothing", POP_NOTICES_NOTHING},
};

static const cyaml_schema_field_t notices_member_fields[] = {
	NUMBER(struct pop_notices_member, asn, MUST),
	CHOICE(struct pop_notices_member, by, MAY, notices_by_words),
	LIST(struct pop_notices_member, mail, MAY, &text_entry),
	TEXT(struct pop_notices_member, webhook, MAY),
	TEXT(struct pop_notices_member, language, MAY),
	LIST(struct pop_notices_member, ports, MAY, &text_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t notices_member_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_notices_member, notices_member_fields),
};

static const cyaml_schema_field_t notices_fields[] = {
	TEXT(struct pop_notices, mail_server, MAY),
	TEXT(struct pop_notices, mail_from, MAY),
	LIST(struct pop_notices, operators, MAY, &text_entry),
	TEXT(struct pop_notices, webhook, MAY),
	LIST(struct pop_notices, birds, MAY, &notices_bird_entry),
	LIST(struct pop_notices, links, MAY, &notices_link_entry),
	NUMBER(struct pop_notices, interval_seconds, MAY),
	NUMBER(struct pop_notices, down_seconds, MAY),
	NUMBER(struct pop_notices, up_seconds, MAY),
	NUMBER(struct pop_notices, calm_seconds, MAY),
	NUMBER(struct pop_notices, restart_seconds, MAY),
	NUMBER(struct pop_notices, stale_seconds, MAY),
	NUMBER(struct pop_notices, give_up_hours, MAY),
	BOOL(struct pop_notices, hide, MAY),
	LIST(struct pop_notices, members, MAY, &notices_member_entry),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t operator_fields[] = {
	TEXT(struct pop_operator, name, MUST),
	TEXT(struct pop_operator, ssh_key, MUST),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t operator_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct pop_operator, operator_fields),
};

static const cyaml_schema_field_t pop_fields[] = {
	GROUP(struct pop, site, MUST, site_fields),
	GROUP(struct pop, addresses, MAY, addresses_fields),
	GROUP(struct pop, services, MUST, services_fields),
	GROUP(struct pop, network, MAY, network_fields),
	GROUP(struct pop, certificates, MAY, certificates_fields),
	GROUP(struct pop, bgp, MAY, bgp_fields),
	GROUP(struct pop, management, MAY, management_fields),
	LIST(struct pop, neighbours, MAY, &neighbour_entry),
	LIST(struct pop, members, MAY, &member_entry),
	TEXT(struct pop, ixf_export, MAY),
	GROUP(struct pop, exchange, MAY, exchange_fields),
	GROUP(struct pop, latency, MAY, latency_fields),
	GROUP(struct pop, notices, MAY, notices_fields),
	LIST(struct pop, operators, MAY, &operator_entry),
	CYAML_FIELD_END,
};

const cyaml_schema_value_t pop_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct pop, pop_fields),
};
