/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/fault.h"

#include <stdarg.h>
#include <stdio.h>

int oriel_vm_fail(struct oriel_vm_fault *fault, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(fault->text, sizeof fault->text, format, args);
	va_end(args);
	return code;
}
