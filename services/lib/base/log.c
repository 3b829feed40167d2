/* Log lines: formatted on the caller's stack, so that any thread may write one. */
/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum {
	MESSAGE_MAX = 1024,
	LINE_MAX_BYTES = MESSAGE_MAX + 8,
};

/* One write per line: lines of several threads never mix (pipe(7), PIPE_BUF). */
static void write_to_stderr(const struct log_record *record)
{
	char line[LINE_MAX_BYTES];
	int n = isatty(STDERR_FILENO)
	            ? snprintf(line, sizeof(line), "%s\n", record->message)
	            : snprintf(line, sizeof(line), "<%d>%s\n", (int)record->level, record->message);

	if (n > 0)
		(void)!write(STDERR_FILENO, line, (size_t)n); /* there is nobody left to tell */
}

static log_sink sink = write_to_stderr;
static enum log_level max_level = LOG_LEVEL_INFO;

void log_set_sink(log_sink new_sink)
{
	sink = new_sink;
}

void log_set_level(enum log_level level)
{
	max_level = level;
}

/* Text of a peer or a file may be part of a message: it must not forge a line of its own. */
static void replace_controls(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			*text = ' ';
}

void log_write(enum log_level level, const char *file, int line, const char *format, ...)
{
	if (level > max_level)
		return;

	int saved_errno = errno;
	char message[MESSAGE_MAX];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(message, sizeof(message), format, args); /* a longer one is cut */
	va_end(args);
	if (n >= 0) {
		replace_controls(message);
		sink(&(struct log_record){level, file, line, message});
	}
	errno = saved_errno;
}
