/* A tree that is verified after something has happened to it. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_VERIFY_H
#define FONTAINE_TESTS_VERIFY_H

#include "mirror/verify.h"

#include "folder.h"

#include <errno.h>

/** What happens to a tree, and what is found then. */
struct verify_case {
	const char *command;  /* of the shell, in the tree */
	const char *found[4]; /* each in one of the findings, which are as many; none: it may be published */
};

/** Verify the tree in the folder "t". */
static inline int verify_t(struct verify *v, enum tree_kind kind)
{
	struct tree t;

	assert_int_equal(tree_open("t", NULL, &t), 0);
	v->tree = &t;
	int rc = verify_tree(v, kind);
	v->tree = NULL;
	tree_close(&t);
	return rc;
}

static inline void verify_fail(const struct verify *v, const char *command)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	findings_summary(&v->findings, FINDINGS_TOLD_MAX, &b);
	fail_msg("%s: %s", command, b.data != NULL ? b.data : "nothing found");
}

static inline bool verify_has(const struct verify *v, const char *wanted)
{
	for (unsigned i = 0; i < v->findings.n_told; i++)
		if (strstr(v->findings.told[i], wanted) != NULL)
			return true;
	return false;
}

/** Verify the tree @kind, changed as @c says, as @given (borrowed) has it. */
static inline void verify_one(const struct verify_case *c, const struct verify *given, enum tree_kind kind)
{
	char command[2048];
	struct verify v = *given;
	size_t n = 0;

	(void)snprintf(command, sizeof(command), "rm -rf t && cp -a %s t && cd t && %s", tree_kind_names[kind],
	               c->command);
	folder_run(command);
	int rc = verify_t(&v, kind);
	for (; n < sizeof(c->found) / sizeof(*c->found) && c->found[n] != NULL; n++)
		if (!verify_has(&v, c->found[n]))
			verify_fail(&v, c->command);
	if (findings_count(&v.findings) != n || rc != (n > 0 ? -EBADMSG : 0))
		verify_fail(&v, c->command);
	verify_done(&v);
}

#endif
