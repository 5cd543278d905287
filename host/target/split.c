/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/target/kinds.h"

static int parse_port(const char *text, unsigned *ret_port)
{
	unsigned long port;
	char *end;

	/* strtoul would take blanks and signs. */
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	port = strtoul(text, &end, 10);
	if (*end || port < 1 || port > 65535)
		return -EINVAL;
	*ret_port = (unsigned)port;
	return 0;
}

int oriel_target_split(const char *text, char **ret_host, unsigned *ret_port)
{
	const char *host = text, *end, *rest;
	unsigned port = 0;
	char *copy;

	if (*text == '[') {
		host = text + 1;
		end = strchr(host, ']');
		if (!end)
			return -EINVAL;
		rest = end + 1;
	} else {
		end = text + strcspn(text, ":");
		rest = end;
	}
	if (end == host)
		return -EINVAL;
	if (*rest && (*rest != ':' || parse_port(rest + 1, &port) < 0))
		return -EINVAL;
	copy = strndup(host, (size_t)(end - host));
	if (!copy)
		return -ENOMEM;
	*ret_host = copy;
	*ret_port = port;
	return 0;
}
