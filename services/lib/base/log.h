/* Log lines for the journal. Never pass a client's address to them. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_LOG_H
#define FONTAINE_BASE_LOG_H

/** Syslog's severities (RFC 5424, section 6.2.1), as far as we use them. */
enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARN = 4,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

/** One line on its way out; everything is borrowed for the time of the call. */
struct log_record {
	enum log_level level;
	const char *file; /* source file and line of the caller */
	int line;
	const char *message;
};

/**
 * Where records go; set it, and the level, before threads start. The default writes
 * "<level>message" lines to standard error (sd-daemon(3)), without "<level>" on a terminal.
 */
typedef void (*log_sink)(const struct log_record *record);
void log_set_sink(log_sink sink);

/** Drop records less severe than @level; the default is LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);

/** Any thread may call it; errno is kept, control characters become spaces, the end of a long text is cut. */
void log_write(enum log_level level, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#define log_error(...) log_write(LOG_LEVEL_ERROR, __FILE__, __LINE__, __VA_ARGS__)
#define log_warn(...)  log_write(LOG_LEVEL_WARN, __FILE__, __LINE__, __VA_ARGS__)
#define log_info(...)  log_write(LOG_LEVEL_INFO, __FILE__, __LINE__, __VA_ARGS__)
#define log_debug(...) log_write(LOG_LEVEL_DEBUG, __FILE__, __LINE__, __VA_ARGS__)

#endif
