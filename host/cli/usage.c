/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <stdarg.h>

#include "host/cli/cli.h"
#include "src/base/log.h"

int oriel_cli_usage_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	oriel_vlog(ORIEL_LOG_ERROR, format, args);
	va_end(args);
	return ORIEL_CLI_USAGE;
}
