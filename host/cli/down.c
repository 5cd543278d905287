/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "host/cli/vm_name.h"
#include "host/vm/start.h"
#include "src/base/log.h"

#define TIMEOUT_S 90

static int tell_not_up(const struct oriel_vm_place *place)
{
	char path[ORIEL_VM_PATH];

	oriel_vm_state_file(place, "vm.json", path);
	if (access(path, F_OK) == 0) {
		printf("qemu:%s is not up\n", place->name);
		return 0;
	}
	oriel_error("there is no qemu:%s: oriel status lists what there is", place->name);
	return ORIEL_CLI_FAILED;
}

int oriel_cli_down(const struct oriel_cli_args *args)
{
	struct oriel_vm_place place;
	struct oriel_vm_fault fault;
	unsigned limit_ms;
	bool forced;
	int status = oriel_cli_vm_place(args, &place), r;

	if (status == 0)
		status = oriel_cli_timeout(args, TIMEOUT_S, &limit_ms);
	if (status != 0)
		return status;
	r = oriel_vm_stop(&place, args->force ? 0 : limit_ms, &forced, &fault);
	if (r == -ENOENT)
		return tell_not_up(&place);
	if (r < 0) {
		oriel_error("%s", fault.text);
		return ORIEL_CLI_FAILED;
	}
	if (forced && !args->force)
		oriel_warning("qemu:%s did not shut down within %u s and was ended", place.name,
			limit_ms / 1000);
	printf("qemu:%s is down\n", place.name);
	return 0;
}
