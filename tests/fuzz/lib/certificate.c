/* Certificates and keys in files that an operator gives (net/certificate.h). */
/* SPDX-License-Identifier: MIT */
#include "net/certificate.h"

#include "../fuzz.h"

#include <stdio.h>

static void on_name(void *data, const char *name)
{
	const struct certificate *c = data;

	assert(name[0] != '\0');
	(void)certificate_is_for(c, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct certificate *c;
	char path[64], issuer[64];
	int fd = fuzz_file(data, size);

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (certificate_read(path, &c) == 0) {
		(void)certificate_begins_s(c);
		(void)certificate_ends_s(c);
		assert(strlen(certificate_issuer(c, issuer, sizeof(issuer))) < sizeof(issuer));
		certificate_names(c, on_name, c);
		(void)certificate_check_key(c, path);
		(void)certificate_distrust(c, path, 1800000000);
		certificate_free(c);
	}
	(void)close(fd);
	return 0;
}
