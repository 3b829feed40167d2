/* SPDX-License-Identifier: MIT */
#include "rdns/reread.h"

#include <string.h>

const char *const member_event_names[] = {
	[MEMBER_NEW] = "new",
	[MEMBER_RENAMED] = "renamed",
	[MEMBER_VANISHED] = "vanished",
	[MEMBER_BACK] = "back",
};

/** A member that is stored and that the table has. */
static void tell_both(const struct known_member *known, const struct assignee *m, reread_on_member on_member,
                      void *data)
{
	if (known->is_frozen)
		on_member(MEMBER_BACK, m->asn, m->name, data);
	else if (strcmp(known->name, m->name) != 0)
		on_member(MEMBER_RENAMED, m->asn, m->name, data);
}

void reread_members(const struct known_member *known, size_t n, const struct assignments *a,
                    reread_on_member on_member, void *data)
{
	size_t n_members, i = 0, j = 0;
	const struct assignee *members = assignments_members(a, &n_members);

	while (i < n || j < n_members) {
		if (i == n || (j < n_members && members[j].asn < known[i].asn)) {
			on_member(MEMBER_NEW, members[j].asn, members[j].name, data);
			j++;
		} else if (j == n_members || known[i].asn < members[j].asn) {
			if (!known[i].is_frozen)
				on_member(MEMBER_VANISHED, known[i].asn, known[i].name, data);
			i++;
		} else {
			tell_both(&known[i++], &members[j++], on_member, data);
		}
	}
}

void reread_assignments(const struct assignments *before, const struct assignments *after,
                        reread_on_assignment on_assignment, void *data)
{
	size_t n_old = 0, n_new, i = 0, j = 0;
	const struct assignment *olds = before == NULL ? NULL : assignments_all(before, &n_old);
	const struct assignment *news = assignments_all(after, &n_new);

	while (i < n_old || j < n_new) {
		int order = i == n_old ? 1 : -1;
		if (i < n_old && j < n_new)
			order = prefix_compare(&olds[i].prefix, &news[j].prefix);
		const struct assignment *was = order <= 0 ? &olds[i++] : NULL;
		const struct assignment *is = order >= 0 ? &news[j++] : NULL;
		if (was == NULL || is == NULL || was->asn != is->asn)
			on_assignment(was, is, data);
	}
}
