// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/* A device and a module that come and go under processes that use them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/check.h"

/* One of many that use the device as it comes and goes; ends itself. */
static void use_blindly(const struct device *device, unsigned int seed)
{
	const struct oriel_shm_rect rect = {.dst = 40 * PAGE, .row_bytes = 8, .rows = 1};
	struct buffer buffer = buffer_any(PAGE, 0);

	alarm(60);
	for (int round = 0; round < 1000; round++) {
		int fd = open(device->node, O_RDWR), export;
		uint8_t *bytes;

		if (fd == -1)
			_exit(0);
		bytes = mmap(NULL, device->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		export = export_range(fd, 0, PAGE);
		if (rand_r(&seed) % 4 == 0 && fork() == 0)
			round = 999;
		copy_rects(fd, buffer.fd, &rect, 1);
		if (bytes != MAP_FAILED)
			is_sigbus(bytes + PAGE * (rand_r(&seed) % 64));
		if (export != -1 && rand_r(&seed) % 2)
			close(export);
		if (bytes != MAP_FAILED && rand_r(&seed) % 2)
			munmap(bytes, device->size);
		if (rand_r(&seed) % 2)
			close(fd);
		/* What is not closed stays, as much of it as a process may have. */
		if (rand_r(&seed) % 64 == 0)
			_exit(0);
	}
	_exit(0);
}

void test_stress(struct device *device)
{
	int rounds = 25, status;

	for (int round = 0; round < rounds; round++) {
		for (int i = 0; i < 4; i++)
			if (fork() == 0)
				use_blindly(device, round * 4 + i);
		usleep(20000 + 3000 * (round % 10));
		device_unbind(device);
		device_bind(device);
		if (round % 5 == 4)
			while (waitpid(-1, &status, WNOHANG) > 0)
				;
	}
	while (waitpid(-1, &status, 0) > 0)
		;
	check(true, "%d times unbound and bound under processes that use it", rounds);
}

static void cycle(int rounds)
{
	for (int i = 0; i < rounds; i++)
		if (syscall(SYS_delete_module, "oriel_shm", O_NONBLOCK) ||
			!module_load("/oriel_shm.ko")) {
			check(false, "the module is unloaded and loaded");
			return;
		}
	check(true, "the module is unloaded and loaded %d times", rounds);
}

static bool can_unload(void *user)
{
	(void)user;
	return syscall(SYS_delete_module, "oriel_shm", O_NONBLOCK) == 0;
}

static bool refuses_unload(void)
{
	return FAILS(syscall(SYS_delete_module, "oriel_shm", O_NONBLOCK), EAGAIN);
}

void test_unload(struct device *device)
{
	int fd = device_open(device, O_RDWR), ram, export;
	uint8_t *bytes = device_map(fd, device->size);

	check(refuses_unload(), "with a descriptor open, the module stays");
	export = export_range(fd, 0, PAGE);
	close(fd);
	check(refuses_unload(), "with a mapping, too");
	munmap(bytes, device->size);
	check(refuses_unload(), "with a DMA-BUF, too");
	close(export);
	ram = open("/dev/oriel_ram", O_RDWR);
	check(ram != -1 && refuses_unload(), "with the RAM open, too");
	close(ram);
	/* A DMA-BUF is freed a moment after its close. */
	check(eventually(can_unload, NULL), "without, it goes");
	check(access("/dev/oriel_ram", F_OK) == -1 && access(device->node, F_OK) == -1,
		"and takes its nodes with it");
	check(module_load("/oriel_shm.ko") && eventually(device_appears, device),
		"and can come again");
	cycle(10);
	check(eventually(device_appears, device), "the device is there at the end");
}
