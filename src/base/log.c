/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/base/log.h"

#include <stdio.h>

static const char *program_name = "oriel";
static enum oriel_log_level max_level = ORIEL_LOG_INFO;

void oriel_log_init(const char *program, enum oriel_log_level level)
{
	program_name = program;
	max_level = level;
}

void oriel_vlog(enum oriel_log_level level, const char *format, va_list args)
{
	static const char *const prefix[] = {"error: ", "warning: ", "", "debug: "};
	char text[1024];

	if (level > max_level)
		return;
	vsnprintf(text, sizeof text, format, args);
	/* Texts carry bytes of the peer: they must not drive the reader's terminal. */
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	fprintf(stderr, "%s: %s%s\n", program_name, prefix[level], text);
}

void oriel_log(enum oriel_log_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	oriel_vlog(level, format, args);
	va_end(args);
}
