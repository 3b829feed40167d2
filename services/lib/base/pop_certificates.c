/* SPDX-License-Identifier: MIT */
#include "base/pop_certificates.h"

#include "base/as112.h"
#include "base/pop_rule.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { HTTP_PORT = 80 };

/** An https address that a shell and a configuration file take as it is. */
static bool is_directory(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("._:/@+-", *c) == NULL)
			return false;
	return strncmp(text, "https://", 8) == 0 && pop_rule_url.holds(text);
}

static const struct pop_rule rule_directory = {
	is_directory, "the https address of an ACME directory",
	"write it like \"https://acme.example.net/directory\""};

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/** By HTTP-01, the CA asks each name at port 80: all of them have to lead to the pages. */
static int check_http(struct pop_doc *d, const struct pop *p)
{
	struct pop_service all[POP_SERVICES];
	char path[64];

	if (p->services->pages == NULL || p->services->pages->http_port != HTTP_PORT)
		return pop_doc_refuse(d, "certificates.challenge", "add \"pages: {}\", or take dns-01",
		                      "the CA asks the pages at port 80, where they do not answer");
	if (p->services->ipv6test != NULL)
		return pop_doc_refuse(d, "certificates.challenge",
		                      "take dns-01, with \"authoritative: {}\", or leave the IPv6 test out",
		                      "the IPv6 test has names that only dns-01 proves");
	pop_list_services(p, all);
	for (size_t i = 1; i < POP_SERVICES; i++) {
		if (!all[i].is_on || all[i].addresses == &as112_addresses || /* which has no name of ours */
		    (same_text(all[i].addresses->ipv4, all[0].addresses->ipv4) &&
		     same_text(all[i].addresses->ipv6, all[0].addresses->ipv6)))
			continue;
		(void)snprintf(path, sizeof(path), "services.%s.addresses", all[i].name);
		return pop_doc_refuse(d, path, "take dns-01, or give it the addresses of the pages",
		                      "the CA asks its name at port 80 (certificates.challenge: http-01), where the "
		                      "pages do not answer");
	}
	return 0;
}

int pop_certificates_check(struct pop_doc *d, const struct pop *p)
{
	const struct pop_certificates *c = p->certificates;

	if (c == NULL)
		return 0;
	int rc = pop_rule_check(d, &rule_directory, c->directory, "certificates.directory");
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_mail, c->contact, "certificates.contact");
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_path, c->ca_file, "certificates.ca_file");
	if (rc < 0)
		return rc;
	if (c->challenge == POP_CHALLENGE_HTTP)
		return check_http(d, p);
	const struct pop_authoritative *a = p->services->authoritative;
	if (a != NULL && a->server == POP_DNS_KNOT) /* NSD takes no updates */
		return 0;
	return pop_doc_refuse(d, "certificates.challenge", "add \"authoritative: {}\" to the services, or take http-01",
	                      "the CA looks in the POP's own zone, which nothing serves");
}
