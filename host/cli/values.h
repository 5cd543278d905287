/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What options may have for values, on the command line and in the settings file.
 */
#ifndef ORIEL_HOST_CLI_VALUES_H
#define ORIEL_HOST_CLI_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "host/viewer/viewer.h"

/* 0 or -EINVAL. */
int oriel_values_refresh(const char *text, double *ret_refresh);
int oriel_values_clipboard(const char *text, enum oriel_clipboard_policy *ret_policy);
int oriel_values_keys(const char *text, enum oriel_keys *ret_keys);
int oriel_values_truth(const char *text, bool *ret_truth);

/* Writes why a value is none for the option of that name ("takes ..., not 'text'"). False: it is
 * one, or the option takes any. */
bool oriel_values_wrong(const char *option, const char *text, char *reason, size_t size);

#endif
