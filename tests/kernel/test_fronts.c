// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/* Which driver gets which memory: this module only what the host has marked. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/kernel/check.h"

static int count(const char *folder, const char *start)
{
	DIR *open = opendir(folder);
	struct dirent *entry;
	int n = 0;

	while (open && (entry = readdir(open)))
		n += !strncmp(entry->d_name, start, strlen(start));
	if (open)
		closedir(open);
	return n;
}

static bool one_disk(void *user)
{
	(void)user;
	return access("/dev/pmem0", F_OK) == 0 || access("/dev/pmem1", F_OK) == 0;
}

/* One marked device, one unmarked; the stock drivers were loaded after ours. */
void test_fronts(struct device *device)
{
	check(count("/sys/class/oriel", "oriel") == 1, "the marked memory is %s", device->name);
	check(eventually(one_disk, NULL) && count("/sys/class/block", "pmem") == 1,
		"the other one, and only that, is a disk");
}

static bool two_disks(void *user)
{
	(void)user;
	return count("/sys/class/block", "pmem") == 2;
}

/* Binds each NVDIMM that is marked; only one is. */
static int bind_marked(void)
{
	char name[40];
	int ret = -ENODEV;

	for (int i = 0; i < 4 && ret == -ENODEV; i++) {
		snprintf(name, sizeof(name), "oriel_shm_nvdimm.%d.auto", i);
		ret = put_file("/sys/bus/platform/drivers/oriel_shm_nvdimm/bind", name);
	}
	return ret;
}

/* The stock drivers came first and have taken both NVDIMMs. */
void test_late(struct device *device)
{
	check(eventually(two_disks, NULL), "both are disks");
	check(count("/sys/class/oriel", "oriel") == 0, "none is ours, the module waits");
	check(bind_marked() == -EBUSY && count("/sys/class/oriel", "oriel") == 0,
		"it can't be had by force: EBUSY");
	for (int i = 0; i < 4; i++) {
		char name[32];

		snprintf(name, sizeof(name), "namespace%d.0", i);
		put_file("/sys/bus/nd/drivers/nd_pmem/unbind", name);
	}
	check(bind_marked() == 0 && device_find(device),
		"when nd_pmem has let go of it, it is ours");
}
