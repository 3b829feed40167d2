/* In place of the sandbox, which would keep a program from being looked at as it ends. */
/* SPDX-License-Identifier: MIT */
#include "sys/sandbox.h"

int sandbox_apply(const struct sandbox *s)
{
	(void)s;
	return 0;
}
