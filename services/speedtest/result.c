/* SPDX-License-Identifier: MIT */
#include "speedtest/result.h"

#include "base/json_shape.h"
#include "base/json_write.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

const char *const result_family_names[RESULT_FAMILIES] = {"ipv4", "ipv6"};
const struct result_figures result_no_figures = {NAN, NAN, NAN, NAN, NAN, NAN};

/* Limits of what a measurement can give. */
#define BYTES_MAX 9007199254740991.0 /* what a page's numbers hold exactly */
#define BPS_MAX   1e13
#define MS_MAX    1e6

static const struct json_field server_fields[] = {
	{"name", JSON_TEXT, .max = 64},
	{"title", JSON_TEXT, .max = 200},
	{"url", JSON_TEXT, .max = 200},
	{"latencyMs", JSON_NUMBER, .max = MS_MAX},
	{0},
};

static const struct json_field latency_fields[] = {
	{"medianMs", JSON_NUMBER, .max = MS_MAX},
	{"minMs", JSON_NUMBER, .max = MS_MAX},
	{"jitterMs", JSON_NUMBER, .max = MS_MAX},
	{"samples", JSON_NUMBERS, .max = MS_MAX, .max_count = 1000},
	{0},
};

static const struct json_field second_fields[] = {
	{"second", JSON_NUMBER, .max = 3600},
	{"bitsPerSecond", JSON_NUMBER, .max = BPS_MAX},
	{"latencyMs", JSON_NUMBER, .max = MS_MAX},
	{0},
};

static const char *const limits[] = {"network", "receiver", "sender", "short", NULL};
static const char *const confidences[] = {"low", "medium", "high", NULL};

static const struct json_field direction_fields[] = {
	{"bitsPerSecond", JSON_NUMBER, .max = BPS_MAX},
	{"bytes", JSON_NUMBER, .max = BYTES_MAX},
	{"ms", JSON_NUMBER, .max = MS_MAX},
	{"totalBytes", JSON_NUMBER, .max = BYTES_MAX},
	{"streams", JSON_NUMBER, .max = 1000},
	{"latencyMs", JSON_NUMBER, .max = MS_MAX},
	{"latencySamples", JSON_NUMBERS, .max = MS_MAX, .max_count = 1000},
	{"addedMs", JSON_NUMBER, .min = -MS_MAX, .max = MS_MAX},
	{"rpm", JSON_NUMBER, .max = 1e9},
	{"series", JSON_OBJECTS, .max_count = 1000, .fields = second_fields},
	{"tcp", JSON_MAP, .max = BYTES_MAX, .max_count = 32},
	{"limitedBy", JSON_WORD, .words = limits},
	{"confidence", JSON_WORD, .words = confidences},
	{0},
};

static const struct json_field single_fields[] = {
	{"download", JSON_OBJECT, .fields = direction_fields},
	{"upload", JSON_OBJECT, .fields = direction_fields},
	{0},
};

static const struct json_field family_fields[] = {
	{"address", .kind = JSON_ADDRESS},
	{"latency", JSON_OBJECT, .fields = latency_fields},
	{"download", JSON_OBJECT, .fields = direction_fields},
	{"upload", JSON_OBJECT, .fields = direction_fields},
	{"single", JSON_OBJECT, .fields = single_fields},
	{"reason", .kind = JSON_NAME},
	{0},
};

static const struct json_field loss_fields[] = {
	{"sent", JSON_NUMBER, .max = 1e6},
	{"received", JSON_NUMBER, .max = 1e6},
	{"lost", JSON_NUMBER, .max = 1e6},
	{"percent", JSON_NUMBER, .max = 100},
	{"reason", .kind = JSON_NAME},
	{0},
};

static const struct json_field result_fields[] = {
	{"server", JSON_OBJECT, .fields = server_fields},
	{"ipv4", JSON_OBJECT, .fields = family_fields},
	{"ipv6", JSON_OBJECT, .fields = family_fields},
	{"loss", JSON_OBJECT, .fields = loss_fields},
	{0},
};

/* The number at @path below @v, NAN when there is none. */
static double number_at(yyjson_val *v, const char *path)
{
	yyjson_val *number = yyjson_ptr_get(v, path);

	return yyjson_is_num(number) ? yyjson_get_num(number) : NAN;
}

static struct result_figures figures_of(yyjson_val *family)
{
	return (struct result_figures){
		.download_bps = number_at(family, "/download/bitsPerSecond"),
		.upload_bps = number_at(family, "/upload/bitsPerSecond"),
		.latency_ms = number_at(family, "/latency/medianMs"),
		.jitter_ms = number_at(family, "/latency/jitterMs"),
		.download_added_ms = number_at(family, "/download/addedMs"),
		.upload_added_ms = number_at(family, "/upload/addedMs"),
	};
}

/* The address that the page gives, if it is one of the family. */
static struct addr client_of(yyjson_val *family, int wanted)
{
	const char *text = yyjson_get_str(yyjson_obj_get(family, "address"));
	struct addr a;

	if (text != NULL && addr_parse(text, 0, &a) == 0 && addr_family(&a) == wanted)
		return a;
	return (struct addr){0};
}

/* All but addresses. */
static char *json_of(yyjson_doc *doc)
{
	yyjson_mut_doc *copy = yyjson_doc_mut_copy(doc, NULL);
	yyjson_mut_val *root = yyjson_mut_doc_get_root(copy);

	for (size_t i = 0; i < RESULT_FAMILIES; i++) {
		yyjson_mut_val *family = yyjson_mut_obj_get(root, result_family_names[i]);
		(void)yyjson_mut_obj_remove_key(family, "address");
	}
	return json_take(copy, root);
}

static int read_result(yyjson_doc *doc, struct result *ret, char *reterr)
{
	static const int families[RESULT_FAMILIES] = {AF_INET, AF_INET6};
	yyjson_val *root = yyjson_doc_get_root(doc);
	bool any = false;

	int rc = json_shape_check(root, result_fields, "the result", reterr);
	if (rc < 0)
		return rc;
	*ret = (struct result){.loss_percent = number_at(root, "/loss/percent")};
	for (size_t i = 0; i < RESULT_FAMILIES; i++) {
		yyjson_val *family = yyjson_obj_get(root, result_family_names[i]);
		ret->figures[i] = figures_of(family);
		ret->clients[i] = client_of(family, families[i]);
		any = any || result_figures_any(&ret->figures[i]);
	}
	if (any)
		return 0;
	(void)snprintf(reterr, JSON_SHAPE_ERROR_MAX,
	               "the result: must have latency, download or upload of ipv4 or ipv6");
	return -EINVAL;
}

int result_parse(const char *text, size_t len, struct result *ret, char reterr[JSON_SHAPE_ERROR_MAX])
{
	yyjson_doc *doc = json_shape_read(text, len, "the result", reterr);

	if (doc == NULL)
		return -EINVAL;
	int rc = read_result(doc, ret, reterr);
	if (rc == 0)
		ret->json = json_of(doc);
	yyjson_doc_free(doc);
	return rc;
}

static void add_number(yyjson_mut_doc *d, yyjson_mut_val *object, const char *name, double number)
{
	if (!isnan(number))
		yyjson_mut_obj_add_real(d, object, name, number);
}

void result_of_figures(enum result_family family, const struct result_figures *figures, struct result *ret)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);
	yyjson_mut_val *of = yyjson_mut_obj_add_obj(d, root, result_family_names[family]);

	yyjson_mut_val *latency = yyjson_mut_obj_add_obj(d, of, "latency");
	add_number(d, latency, "medianMs", figures->latency_ms);
	add_number(d, latency, "jitterMs", figures->jitter_ms);
	add_number(d, yyjson_mut_obj_add_obj(d, of, "download"), "bitsPerSecond", figures->download_bps);
	add_number(d, yyjson_mut_obj_add_obj(d, of, "upload"), "bitsPerSecond", figures->upload_bps);
	*ret = (struct result){.loss_percent = NAN, .json = json_take(d, root)};
	for (size_t i = 0; i < RESULT_FAMILIES; i++)
		ret->figures[i] = i == family ? *figures : result_no_figures;
}

void result_done(struct result *r)
{
	free(r->json);
	r->json = NULL;
}

bool result_figures_any(const struct result_figures *f)
{
	return !isnan(f->download_bps) || !isnan(f->upload_bps) || !isnan(f->latency_ms);
}

const char *result_grade(const struct result_figures *f)
{
	static const struct {
		double below_ms;
		const char *grade;
	} grades[] = {{5, "A+"}, {30, "A"}, {60, "B"}, {200, "C"}, {400, "D"}};
	double added_ms = fmax(f->download_added_ms, f->upload_added_ms); /* of one that is known, that */

	if (isnan(added_ms))
		return "";
	for (size_t i = 0; i < sizeof(grades) / sizeof(*grades); i++)
		if (added_ms < grades[i].below_ms)
			return grades[i].grade;
	return "F";
}
