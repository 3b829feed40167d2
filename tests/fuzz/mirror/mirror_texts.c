/*
 * Short texts of upstreams, programs, visitors and other POPs: checksums, states, traces, what gpgv says, targets of
 * requests, lists of projects (mirror/sums.h, osm.h, debian_trace.h, signature.h, elsewhere.h).
 */
/* SPDX-License-Identifier: MIT */
#include "../fuzz.h"

#include "mirror/debian_trace.h"
#include "mirror/elsewhere.h"
#include "mirror/osm.h"
#include "mirror/signature.h"
#include "mirror/sums.h"
#include "mirror/upstream.h"

static void read_lines(const char *bytes, size_t len)
{
	char said[SIGNATURE_TEXT_MAX], name[TREE_PATH_MAX] = "";
	struct checksum sum;

	(void)signature_verdict(bytes, len, said);
	assert(strlen(said) < sizeof(said));
	if (sums_read(bytes, len, &sum, name))
		assert(name[0] != '\0' && strlen(name) < sizeof(name) && sum.kind != CHECKSUM_NONE);
}

static void read_text(const char *text)
{
	char name[OSM_NAME_MAX], host[UPSTREAM_HOST_MAX];
	struct elsewhere_path path;
	struct osm_state state;
	uint64_t serial;

	if (osm_state_parse(text, &state) == 0)
		assert(state.sequence < 1000000000 &&
		       strlen(osm_name(state.sequence, "osc.gz", name)) < sizeof(name));
	(void)debian_trace_serial(text, &serial);
	(void)debian_is_foreign_marker(text, "Archive-Update-in-Progress-pop.example");
	assert(strlen(upstream_host(text, host)) < sizeof(host));
	if (elsewhere_read(text, "", &path) == 0)
		assert(path.project[0] != '\0' && strpbrk(path.project, "/.%") == NULL);
}

static void read_held(const char *bytes, size_t len)
{
	struct elsewhere_held h;

	if (elsewhere_held_read(bytes, len, &h) < 0)
		return;
	for (size_t i = 0; i < h.n; i++)
		assert(elsewhere_held_has(&h, h.names[i]) && strlen(h.names[i]) < ELSEWHERE_NAME_MAX);
	elsewhere_held_done(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_bytes(data, size), *text = fuzz_text(data, size);

	read_lines(bytes, size);
	read_text(text);
	read_held(bytes, size);
	free(bytes);
	free(text);
	return 0;
}
