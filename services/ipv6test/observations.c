/* SPDX-License-Identifier: MIT */
#include "ipv6test/observations.h"

#include "base/addr.h"
#include "base/json_write.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Limits of what a test can give. */
#define MS_MAX    1e6
#define BPS_MAX   1e13
#define BYTES_MAX 9007199254740991.0 /* what a page's numbers hold exactly */

enum {
	ASNS_MAX = 64,
	FINDINGS_MAX = 64,
	RESOLVERS_MAX = 32,
	SAMPLES_MAX = 200,
	ZONES_MAX = 32,
	TYPES_MAX = 16,
};

static const char *const states[] = {"ok", "slow", "failed", "timeout", "skipped", NULL};
static const char *const schemes[] = {"http", "https", NULL};
static const char *const name_kinds[] = {"public", "local", NULL};
static const char *const families[] = {"ipv4", "ipv6", NULL};
static const char *const rpki_states[] = {"valid", "invalid", "not-found", "unknown", NULL};
static const char *const severities[] = {"good", "info", "warning", "problem", NULL};
static const char *const confidences[] = {"low", "medium", "high", NULL};
static const char *const places[] = {"device", "home-router", "provider", "resolver", "us", NULL};

static const struct json_field test_fields[] = {
	{"state", JSON_WORD, .words = states},
	{"reason", .kind = JSON_NAME},
	{"ms", JSON_NUMBER, .max = MS_MAX},
	{"dnsMs", JSON_NUMBER, .max = MS_MAX},
	{"connectMs", JSON_NUMBER, .max = MS_MAX},
	{"family", JSON_WORD, .words = families},
	{"protocol", JSON_TEXT, .max = 16},
	{0},
};

#define TEST(name) {name, JSON_OBJECT, .fields = test_fields}

static const struct json_field tests_fields[] = {
	TEST("page"),
	TEST("a"),
	TEST("aaaa"),
	TEST("ds"),
	TEST("literal4"),
	TEST("literal6"),
	TEST("he"),
	TEST("late"),
	TEST("v4ns"),
	TEST("v6ns"),
	TEST("tcp"),
	TEST("qmin"),
	TEST("alg8"),
	TEST("alg13"),
	TEST("alg15"),
	TEST("bogus"),
	TEST("expired"),
	TEST("nosig"),
	TEST("up4"),
	TEST("down4"),
	TEST("up6"),
	TEST("down6"),
	TEST("mtu"),
	TEST("http3"),
	{0},
};

static const struct json_field as_fields[] = {
	{"asn", JSON_NUMBER, .max = UINT32_MAX},
	{"name", JSON_TEXT, .max = 200},
	{"rpki", JSON_WORD, .words = rpki_states},
	{0},
};

static const struct json_field family_fields[] = {
	{"address", .kind = JSON_ADDRESS},
	{"subtype", JSON_TEXT, .max = 16},
	{"via", JSON_TEXT, .max = 256},
	{"asns", JSON_OBJECTS, .max_count = ASNS_MAX, .fields = as_fields},
	{"prefix", JSON_TEXT, .max = PREFIX_TEXT_MAX},
	{"rpki", JSON_WORD, .words = rpki_states},
	{"ptr", JSON_TEXT, .max = 1024},
	{"ptrConfirmed", .kind = JSON_BOOL},
	{"macDerived", .kind = JSON_BOOL},
	{"tcp", JSON_MAP, .max = BYTES_MAX, .max_count = 32},
	{"latencyMs", JSON_NUMBER, .max = MS_MAX},
	{"samplesMs", JSON_NUMBERS, .max = MS_MAX, .max_count = SAMPLES_MAX},
	{"downloadBps", JSON_NUMBER, .max = BPS_MAX},
	{"uploadBps", JSON_NUMBER, .max = BPS_MAX},
	{0},
};

static const struct json_field families_fields[] = {
	{"ipv4", JSON_OBJECT, .fields = family_fields},
	{"ipv6", JSON_OBJECT, .fields = family_fields},
	{0},
};

/* Types of records that were asked for, by test zone. */
#define ZONE(name) {name, JSON_TEXTS, .max = 16, .max_count = TYPES_MAX}

static const struct json_field asked_fields[] = {
	ZONE("a"),
	ZONE("aaaa"),
	ZONE("ds"),
	ZONE("mtu"),
	ZONE("he"),
	ZONE("late"),
	ZONE("tcp"),
	ZONE("v4ns"),
	ZONE("v6ns"),
	ZONE("qmin"),
	ZONE("alg8"),
	ZONE("alg13"),
	ZONE("alg15"),
	ZONE("bogus"),
	ZONE("expired"),
	ZONE("nosig"),
	{0},
};

static const struct json_field resolver_fields[] = {
	{"address", .kind = JSON_ADDRESS},
	{"family", JSON_WORD, .words = families},
	{"transports", JSON_TEXTS, .max = 8, .max_count = 4},
	{"edns", .kind = JSON_BOOL},
	{"dnssecOk", .kind = JSON_BOOL},
	{"mixedCase", .kind = JSON_BOOL},
	{"minimised", .kind = JSON_BOOL},
	{"buffer", JSON_NUMBER, .max = UINT16_MAX},
	{"ecs", JSON_NUMBER, .max = 128},
	{"validates", .kind = JSON_BOOL},
	{"tests", JSON_TEXTS, .max = 16, .max_count = ZONES_MAX},
	{0},
};

static const struct json_field observations_fields[] = {
	{"version", JSON_NUMBER, .min = 1, .max = 1},
	{"at", JSON_TEXT, .max = 32},
	{"durationMs", JSON_NUMBER, .max = MS_MAX},
	{"scheme", JSON_WORD, .words = schemes},
	{"names", JSON_WORD, .words = name_kinds},
	{"tests", JSON_OBJECT, .fields = tests_fields},
	{"families", JSON_OBJECT, .fields = families_fields},
	{"asked", JSON_OBJECT, .fields = asked_fields},
	{"resolvers", JSON_OBJECTS, .max_count = RESOLVERS_MAX, .fields = resolver_fields},
	{0},
};

static const struct json_field scores_fields[] = {
	{"ipv4", JSON_NUMBER, .max = 10},
	{"ipv6", JSON_NUMBER, .max = 10},
	{0},
};

static const struct json_field finding_fields[] = {
	{"id", .kind = JSON_NAME},
	{"severity", JSON_WORD, .words = severities},
	{"confidence", JSON_WORD, .words = confidences},
	{"where", JSON_WORD, .words = places},
	{0},
};

static const struct json_field verdict_fields[] = {
	{"scores", JSON_OBJECT, .fields = scores_fields},
	{"findings", JSON_OBJECTS, .max_count = FINDINGS_MAX, .fields = finding_fields},
	{"next", .kind = JSON_NAME},
	{0},
};

static const struct json_field fields[] = {
	{"observations", JSON_OBJECT, .fields = observations_fields},
	{"verdict", JSON_OBJECT, .fields = verdict_fields},
	{0},
};

static void put_text(yyjson_mut_doc *d, yyjson_mut_val *object, const char *key, const char *text)
{
	(void)yyjson_mut_obj_put(object, yyjson_mut_str(d, key), yyjson_mut_strcpy(d, text));
}

/* Leave of the address under @key its /24 or /48. */
static void cut_address(yyjson_mut_doc *d, yyjson_mut_val *object, const char *key)
{
	const char *text = yyjson_mut_get_str(yyjson_mut_obj_get(object, key));
	char network[PREFIX_TEXT_MAX];
	struct prefix p;
	struct addr a;

	if (text == NULL || addr_parse(text, 0, &a) < 0)
		return;
	p = prefix_kept(&a);
	put_text(d, object, key, prefix_text(&p, network));
}

/* An announced prefix may be longer than what is kept. */
static void cut_prefix(yyjson_mut_doc *d, yyjson_mut_val *family)
{
	const char *text = yyjson_mut_get_str(yyjson_mut_obj_get(family, "prefix"));
	char network[PREFIX_TEXT_MAX];
	struct prefix p, kept;

	if (text == NULL)
		return;
	if (prefix_parse(text, &p) < 0) {
		(void)yyjson_mut_obj_put(family, yyjson_mut_str(d, "prefix"), yyjson_mut_null(d));
		return;
	}
	kept = prefix_kept(&p.addr);
	put_text(d, family, "prefix", prefix_text(p.len > kept.len ? &kept : &p, network));
}

static void cut_family(yyjson_mut_doc *d, yyjson_mut_val *family)
{
	if (!yyjson_mut_is_obj(family))
		return;
	cut_address(d, family, "address");
	cut_prefix(d, family);
	(void)yyjson_mut_obj_put(family, yyjson_mut_str(d, "ptr"), yyjson_mut_null(d));
	const char *via = yyjson_mut_get_str(yyjson_mut_obj_get(family, "via"));
	if (via != NULL && *via != '\0')
		put_text(d, family, "via", "proxy"); /* its own name may have an address in it */
}

/* All but what tells one visitor from the neighbours. */
static char *json_of(yyjson_doc *doc)
{
	yyjson_mut_doc *copy = yyjson_doc_mut_copy(doc, NULL);
	yyjson_mut_val *root = yyjson_mut_doc_get_root(copy), *resolver;
	size_t i, n;

	cut_family(copy, yyjson_mut_ptr_get(root, "/observations/families/ipv4"));
	cut_family(copy, yyjson_mut_ptr_get(root, "/observations/families/ipv6"));
	yyjson_mut_val *resolvers = yyjson_mut_ptr_get(root, "/observations/resolvers");
	yyjson_mut_arr_foreach(resolvers, i, n, resolver) {
		cut_address(copy, resolver, "address");
	}
	return json_take(copy, root);
}

static double number_at(yyjson_val *v, const char *path)
{
	yyjson_val *number = yyjson_ptr_get(v, path);

	return yyjson_is_num(number) ? yyjson_get_num(number) : NAN;
}

static int read_observations(yyjson_doc *doc, struct observations *ret, char *reterr)
{
	yyjson_val *root = yyjson_doc_get_root(doc);

	int rc = json_shape_check(root, fields, "the result", reterr);
	if (rc < 0)
		return rc;
	const char *headline = yyjson_get_str(yyjson_ptr_get(root, "/verdict/findings/0/id"));
	if (headline == NULL || yyjson_obj_size(yyjson_ptr_get(root, "/observations/tests")) == 0) {
		(void)snprintf(reterr, JSON_SHAPE_ERROR_MAX,
		               "the result: must have observations.tests and verdict.findings");
		return -EINVAL;
	}
	*ret = (struct observations){.ipv4_score = number_at(root, "/verdict/scores/ipv4"),
	                             .ipv6_score = number_at(root, "/verdict/scores/ipv6")};
	(void)snprintf(ret->headline, sizeof(ret->headline), "%s", headline);
	ret->json = json_of(doc);
	return 0;
}

int observations_parse(const char *text, size_t len, struct observations *ret, char reterr[JSON_SHAPE_ERROR_MAX])
{
	yyjson_doc *doc = json_shape_read(text, len, "the result", reterr);

	if (doc == NULL)
		return -EINVAL;
	int rc = read_observations(doc, ret, reterr);
	yyjson_doc_free(doc);
	return rc;
}

void observations_done(struct observations *o)
{
	free(o->json);
	o->json = NULL;
}
