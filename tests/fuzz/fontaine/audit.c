/*
 * Answers that `fontaine audit` judges (fontaine/audit_judge.h): of DNS, NTP and HTTP, and what systemd-analyze says.
 * What was seen is one short line.
 */
/* SPDX-License-Identifier: MIT */
#include "fontaine/audit_judge.h"

#include "../fuzz.h"

static void check(const struct audit_finding *f)
{
	assert(f->state <= AUDIT_EXCUSED && strlen(f->seen) < sizeof(f->seen));
	assert(strpbrk(f->seen, "\n\r\033") == NULL);
}

static void judge_bytes(const uint8_t *bytes, size_t len)
{
	void (*const judges[])(const uint8_t *, size_t, struct audit_finding *) = {
		audit_judge_size, audit_judge_bogus, audit_judge_cookie, audit_judge_transfer};
	struct audit_finding f;

	for (size_t i = 0; i < sizeof(judges) / sizeof(*judges); i++) {
		f = (struct audit_finding){.state = AUDIT_PASS};
		judges[i](bytes, len, &f);
		check(&f);
	}
	f = (struct audit_finding){.state = AUDIT_PASS};
	audit_judge_refusal(bytes, len, 40, &f);
	check(&f);
	f = (struct audit_finding){.state = AUDIT_PASS};
	audit_judge_identity(bytes, len, "version.bind", &f);
	check(&f);
	f = (struct audit_finding){.state = AUDIT_PASS};
	audit_judge_time(bytes, len, 48, &f);
	check(&f);
}

static void judge_text(const char *text)
{
	void (*const judges[])(const char *, struct audit_finding *) = {audit_judge_head, audit_judge_hsts,
	                                                                audit_judge_exposure};

	for (size_t i = 0; i < sizeof(judges) / sizeof(*judges); i++) {
		struct audit_finding f = {.state = AUDIT_PASS};
		judges[i](text, &f);
		check(&f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_bytes(data, size), *text = fuzz_text(data, size);

	judge_bytes((const uint8_t *)bytes, size);
	judge_text(text);
	free(bytes);
	free(text);
	return 0;
}
