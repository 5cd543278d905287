/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * One line per event on standard error: "orield: warning: text". Any thread.
 */
#ifndef ORIEL_BASE_LOG_H
#define ORIEL_BASE_LOG_H

#include <stdarg.h>

enum oriel_log_level {
	ORIEL_LOG_ERROR,
	ORIEL_LOG_WARNING,
	ORIEL_LOG_INFO,
	ORIEL_LOG_DEBUG,
};

/* Sets the name lines start with (borrowed for ever) and the most talkative level shown. */
void oriel_log_init(const char *program, enum oriel_log_level level);

/* Writes one line; control characters of the text are shown as '?'. */
void oriel_log(enum oriel_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void oriel_vlog(enum oriel_log_level level, const char *format, va_list args);

#define oriel_error(...) oriel_log(ORIEL_LOG_ERROR, __VA_ARGS__)
#define oriel_warning(...) oriel_log(ORIEL_LOG_WARNING, __VA_ARGS__)
#define oriel_info(...) oriel_log(ORIEL_LOG_INFO, __VA_ARGS__)
#define oriel_debug(...) oriel_log(ORIEL_LOG_DEBUG, __VA_ARGS__)

#endif
