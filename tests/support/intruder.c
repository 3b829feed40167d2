/*
 * What somebody could do who has taken a process over: system calls in its name, in the place where it waits.
 *
 *     intruder PID CALL...
 *
 * A CALL is a system call's number and its arguments, separated by commas: numbers (also 0x...), or texts. One line
 * for each: what the kernel has answered. Descriptors that it gives are closed again; the process goes on as before.
 * For x86-64.
 */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

enum {
	ARGUMENTS_MAX = 6,
	TEXT_MAX_BYTES = 256,
	RED_ZONE_BYTES = 128,
	CALL_BYTES = 2, /* of the instruction */
};

static const unsigned short call_instruction = 0x050f; /* as it is in memory */

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(2);
}

struct process {
	pid_t pid;
	int held_signal; /* that it was about to get: it gets it when it goes on */
	struct user_regs_struct at_rest;
};

/** Wait until it stands still. Return: whether because it has done a step; else what stopped it goes before. */
static bool has_stepped(struct process *p)
{
	int status;

	if (waitpid(p->pid, &status, __WALL) != p->pid || !WIFSTOPPED(status)) {
		(void)fputs("it has ended\n", stderr);
		exit(3);
	}
	if (WSTOPSIG(status) == SIGTRAP)
		return status >> 16 != PTRACE_EVENT_STOP;
	p->held_signal = WSTOPSIG(status);
	return false;
}

static void write_text(pid_t pid, unsigned long long to, const char *text)
{
	char padded[TEXT_MAX_BYTES] = "";
	long word;

	(void)snprintf(padded, sizeof(padded), "%s", text);
	for (size_t i = 0; i <= strlen(padded); i += sizeof(word)) {
		memcpy(&word, padded + i, sizeof(word));
		if (ptrace(PTRACE_POKEDATA, pid, (char *)to + i, word) < 0)
			die("write");
	}
}

/** Have the stopped process do the call. Return: the kernel's answer. */
static long long call(struct process *p, unsigned long number, const unsigned long long arguments[ARGUMENTS_MAX])
{
	struct user_regs_struct r = p->at_rest;

	r.rip -= CALL_BYTES;
	r.orig_rax = (unsigned long long)-1; /* nothing to start anew */
	r.rax = number;
	r.rdi = arguments[0];
	r.rsi = arguments[1];
	r.rdx = arguments[2];
	r.r10 = arguments[3];
	r.r8 = arguments[4];
	r.r9 = arguments[5];
	if (ptrace(PTRACE_SETREGS, p->pid, NULL, &r) < 0)
		die("call");
	do {
		if (ptrace(PTRACE_SINGLESTEP, p->pid, NULL, NULL) < 0)
			die("step");
	} while (!has_stepped(p));
	if (ptrace(PTRACE_GETREGS, p->pid, NULL, &r) < 0)
		die("answer");
	return (long long)r.rax;
}

static long long do_as_told(struct process *p, char *told)
{
	unsigned long long arguments[ARGUMENTS_MAX] = {0};
	unsigned long long free_bytes = (p->at_rest.rsp - RED_ZONE_BYTES) & ~7ULL;
	unsigned long number = strtoul(strsep(&told, ","), NULL, 0);

	for (size_t i = 0; i < ARGUMENTS_MAX && told != NULL; i++) {
		char *end, *text = strsep(&told, ",");
		arguments[i] = (unsigned long long)strtoll(text, &end, 0);
		if (*text == '\0' || *end != '\0') {
			free_bytes -= TEXT_MAX_BYTES;
			write_text(p->pid, free_bytes, text);
			arguments[i] = free_bytes;
		}
	}
	long long answer = call(p, number, arguments);
	if (answer >= 0 && (number == SYS_openat || number == SYS_socket))
		(void)call(p, SYS_close, (unsigned long long[ARGUMENTS_MAX]){(unsigned long long)answer});
	return answer;
}

int main(int argc, char **argv)
{
	struct process p = {.pid = argc < 3 ? 0 : atoi(argv[1])};

	if (p.pid <= 0) {
		(void)fputs("usage: intruder PID CALL...\n", stderr);
		return 2;
	}
	if (ptrace(PTRACE_SEIZE, p.pid, NULL, NULL) < 0 || ptrace(PTRACE_INTERRUPT, p.pid, NULL, NULL) < 0)
		die("seize");
	(void)has_stepped(&p);
	if (ptrace(PTRACE_GETREGS, p.pid, NULL, &p.at_rest) < 0)
		die("registers");
	errno = 0;
	long at = ptrace(PTRACE_PEEKTEXT, p.pid, (char *)p.at_rest.rip - CALL_BYTES, NULL);
	if (errno != 0 || (unsigned short)at != call_instruction) {
		(void)fputs("it does not wait in a system call\n", stderr);
		return 4; /* which lets it go */
	}
	for (int i = 2; i < argc; i++)
		(void)printf("%lld\n", do_as_told(&p, argv[i]));
	if (ptrace(PTRACE_SETREGS, p.pid, NULL, &p.at_rest) < 0 ||
	    ptrace(PTRACE_DETACH, p.pid, NULL, (long)p.held_signal) < 0)
		die("let go");
	return 0;
}
