// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/*
 * The first and only program of the machine. On the kernel's command line "test=NAME,NAME" says
 * which groups of tests to run.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/kernel/check.h"

static const struct {
	const char *name;
	void (*run)(struct device *device);
} groups[] = {
	{"device", test_device}, {"copy", test_copy}, {"export", test_export},
	{"revoke", test_revoke}, {"gone", test_gone}, {"stress", test_stress},
	{"fronts", test_fronts}, {"late", test_late}, {"unload", test_unload},
	{"ram", test_ram}, /* what it pins stays */
};

static void mount_all(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	if (mount("dev", "/dev", "devtmpfs", 0, NULL) || mount("proc", "/proc", "proc", 0, NULL) ||
		mount("sys", "/sys", "sysfs", 0, NULL))
		die("mount");
	/* The initramfs may come without a console. */
	if (freopen("/dev/console", "w", stdout))
		setvbuf(stdout, NULL, _IOLBF, 0);
}

/* Each line of the file is the name of a module, in an order that works. */
static void load_all(const char *list)
{
	FILE *file = fopen(list, "r");
	char name[128];

	while (file && fscanf(file, "%127s", name) == 1)
		if (!module_load(name))
			note("%s was not loaded: %s", name, strerror(errno));
	if (file)
		fclose(file);
}

static bool is_wanted(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, name, length) && (!at[length] || strchr(", \n", at[length])))
			return true;
	}
	return false;
}

static void kernel_log(void)
{
	static char log[1 << 18];
	int n = klogctl(3, log, sizeof(log) - 1);

	for (char *line = strtok(log, "\n"); n > 0 && line; line = strtok(NULL, "\n"))
		if ((strstr(line, "oriel") && !strstr(line, " KiB")) || strstr(line, "WARNING") ||
			strstr(line, "BUG"))
			note("%s", line);
}

int main(void)
{
	static char command[4096];
	struct device device = {};
	const char *list;
	int fd;

	mount_all();
	load_all("/before");
	if (!check(module_load("/oriel_shm.ko"), "the module is loaded"))
		die("oriel_shm.ko");
	load_all("/after");
	module_load("/importer.ko");
	fd = open("/proc/cmdline", O_RDONLY);
	if (fd == -1 || read(fd, command, sizeof(command) - 1) <= 0)
		die("/proc/cmdline");
	list = strstr(command, "test=");
	list = list ? list + 5 : "";
	if (!is_wanted(list, "late") && !check(device_find(&device), "a device is there"))
		die("no device");
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (is_wanted(list, groups[i].name))
			groups[i].run(&device);
	kernel_log();
	check_done();
	/* Not a process is ended: the host looks at what they have in memory. */
	reboot(RB_POWER_OFF);
	return 0;
}
