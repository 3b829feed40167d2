/* The sandbox's part that names system calls: seccomp(2). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SYS_SYSCALLS_H
#define FONTAINE_SYS_SYSCALLS_H

#include "sys/sandbox.h"

/**
 * Restrict every thread of the process to the system calls that @s needs. Others
 * fail with EPERM; those that only an attacker makes end the process with SIGSYS.
 * Return: 0 or a negative errno, logged.
 */
int syscalls_restrict(const struct sandbox *s);

#endif
