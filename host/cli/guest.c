/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/guest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"

const char *oriel_cli_target_text(const struct oriel_cli_args *args)
{
	const char *text = args->on ? args->on : getenv("ORIEL_TARGET");

	if (args->on || (text && *text))
		return text;
#ifdef __linux__
	return "local";
#else
	return "";
#endif
}

static int read_token(struct oriel_cli_guest *guest, const char *path)
{
	size_t size = 0;
	int r = oriel_token_read(path, false, guest->token, &size);

	if (r == -EACCES)
		oriel_error("the token file %s is not readable by this user alone: chmod 600 %s",
			path, path);
	else if (r == -EINVAL)
		oriel_error(
			"%s is no token file, which has 16 to 64 bytes: copy the one of the guest",
			path);
	else if (r < 0)
		oriel_error("can't read the token file %s: %s", path, strerror(-r));
	if (r < 0)
		return ORIEL_CLI_FAILED;
	guest->token_size = (uint32_t)size;
	return 0;
}

int oriel_cli_guest_init(struct oriel_cli_guest *guest, const struct oriel_cli_args *args)
{
	char error[1024];
	int status = 0;

	*guest = (struct oriel_cli_guest){0};
	if (oriel_target_parse(oriel_cli_target_text(args), &guest->target, error, sizeof error) <
		0)
		return oriel_cli_usage_error("%s", error);
	if (args->token_file)
		status = read_token(guest, args->token_file);
	if (status != 0)
		oriel_cli_guest_finish(guest);
	return status;
}

void oriel_cli_guest_finish(struct oriel_cli_guest *guest)
{
	oriel_target_destroy(guest->target);
}
