// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/* PIN and UNPIN: each errno, the limit, and that the extents are where the bytes are. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/check.h"

#define LIMIT "/sys/module/oriel_shm/parameters/max_pinned_mib"
#define ROOM 4096
#define SIZE ((size_t)512 * PAGE)

static struct oriel_shm_extent extents[ROOM];

static struct oriel_shm_pin pin_of(int buffer, void *address, size_t size)
{
	return (struct oriel_shm_pin){.fd = buffer,
		.address = (uintptr_t)address,
		.size = size,
		.extents = (uintptr_t)extents,
		.n_extents = ROOM,
		.handle = 0xdead};
}

static long pin_call(int fd, struct oriel_shm_pin pin)
{
	return ioctl(fd, ORIEL_SHM_PIN, &pin);
}

static long unpin(int fd, uint32_t handle)
{
	struct oriel_shm_unpin request = {.handle = handle};

	return ioctl(fd, ORIEL_SHM_UNPIN, &request);
}

static uint8_t *pages_make(size_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		die("memory");
	return pages;
}

static void test_node(int fd)
{
	struct oriel_shm_info info = {.kind = 77};
	struct stat status;

	check(ioctl(fd, ORIEL_SHM_INFO, &info) == 0 && info.version == ORIEL_SHM_VERSION &&
			info.kind == ORIEL_SHM_RAM && info.size == 0,
		"INFO of the RAM");
	check(stat("/dev/oriel_ram", &status) == 0 && (status.st_mode & 07777) == 0600,
		"its node is for root alone until udev comes");
	check(FAILS(copy_rects(fd, 0, NULL, 0), ENOTTY), "COPY to it: ENOTTY");
	check(FAILS(export_range(fd, 0, PAGE), ENOTTY), "EXPORT of it: ENOTTY");
	check(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == ENODEV,
		"mmap of it: ENODEV");
}

static void test_bad_fields(int fd, uint8_t *pages)
{
	struct oriel_shm_pin good = pin_of(-1, pages, PAGE), bad;
	struct oriel_shm_unpin reserved = {.handle = 1, .reserved = 1};
	int zero = open("/dev/zero", O_RDONLY);

	check(FAILS(ioctl(fd, ORIEL_SHM_PIN, NULL), EFAULT), "PIN from nowhere: EFAULT");
#define BAD(field, value, error, why) \
	bad = good, bad.field = (value), check(FAILS(pin_call(fd, bad), error), why)
	BAD(flags, 1, EINVAL, "PIN with a flag: EINVAL");
	BAD(n_extents, ORIEL_SHM_MAX_EXTENTS + 1, EINVAL, "too much room: EINVAL");
	BAD(size, 0, EINVAL, "no pages: EINVAL");
	BAD(size, PAGE + 1, EINVAL, "a size inside a page: EINVAL");
	BAD(address, good.address + 1, EINVAL, "an address inside a page: EINVAL");
	BAD(address, -(uint64_t)PAGE, EINVAL, "an address that wraps: EINVAL");
	BAD(size, -(uint64_t)PAGE, EINVAL, "a size that wraps: EINVAL");
	BAD(fd, zero, EINVAL, "a DMA-BUF with an address: EINVAL");
	BAD(address, (uint64_t)1 << 63, EFAULT, "an address of the kernel: EFAULT");
	BAD(extents, 8, EFAULT, "an answer nobody can get: EFAULT");
	good = pin_of(zero, NULL, 0);
	check(FAILS(pin_call(fd, good), EBADF), "no DMA-BUF: EBADF");
	BAD(fd, 1000, EBADF, "a closed descriptor: EBADF");
	BAD(fd, -2, EBADF, "a negative descriptor: EBADF");
#undef BAD
	check(FAILS(ioctl(fd, ORIEL_SHM_UNPIN, NULL), EFAULT), "UNPIN from nowhere: EFAULT");
	check(FAILS(ioctl(fd, ORIEL_SHM_UNPIN, &reserved), EINVAL),
		"UNPIN with reserved bits: EINVAL");
	check(FAILS(unpin(fd, 0), ENOENT) && FAILS(unpin(fd, 1), ENOENT) &&
			FAILS(unpin(fd, UINT32_MAX), ENOENT),
		"UNPIN of what never was: ENOENT");
	close(zero);
}

static void test_bad_pages(int fd, struct device *device)
{
	uint8_t *pages = pages_make(4 * PAGE);
	int shm;

	mprotect(pages + PAGE, PAGE, PROT_READ);
	check(FAILS(pin_call(fd, pin_of(-1, pages, 2 * PAGE)), EFAULT),
		"a page only to read: EFAULT");
	munmap(pages + 3 * PAGE, PAGE);
	check(FAILS(pin_call(fd, pin_of(-1, pages + 2 * PAGE, 2 * PAGE)), EFAULT),
		"the second page is missing: EFAULT");
	munmap(pages, 3 * PAGE);
	if (!device->size)
		return;
	shm = device_open(device, O_RDWR);
	pages = device_map(shm, device->size);
	check(FAILS(pin_call(fd, pin_of(-1, pages, PAGE)), EFAULT), "pages of a device: EFAULT");
	munmap(pages, device->size);
	check(FAILS(pin_call(fd, pin_of(export_range(shm, 0, PAGE), NULL, 0)), EOPNOTSUPP),
		"a DMA-BUF of a device: EOPNOTSUPP");
	close(shm);
}

static void test_room(int fd, uint8_t *pages)
{
	struct oriel_shm_pin pin = pin_of(-1, pages, SIZE);
	uint32_t needed;

	memset(extents, 0xee, sizeof(extents));
	pin.n_extents = 0;
	check(FAILS(ioctl(fd, ORIEL_SHM_PIN, &pin), ENOSPC) && pin.n_extents >= 1 &&
			pin.handle == 0xdead && extents[0].size == 0xeeeeeeeeeeeeeeee,
		"no room: ENOSPC, and how much is needed");
	needed = pin.n_extents;
	check(ioctl(fd, ORIEL_SHM_PIN, &pin) == 0 && pin.n_extents == needed &&
			extents[needed].size == 0xeeeeeeeeeeeeeeee,
		"just that much room is enough: %u", needed);
	check(unpin(fd, pin.handle) == 0, "UNPIN");
	check(FAILS(unpin(fd, pin.handle), ENOENT), "a second UNPIN: ENOENT");
}

static void test_limit(int fd, uint8_t *pages)
{
	struct oriel_shm_pin pin = pin_of(-1, pages, 256 * PAGE);
	int other = open("/dev/oriel_ram", O_RDWR | O_CLOEXEC);

	put_file(LIMIT, "1");
	check(FAILS(pin_call(fd, pin_of(-1, pages, 257 * PAGE)), EDQUOT), "over the limit: EDQUOT");
	check(FAILS(pin_call(fd, pin_of(-1, NULL, (size_t)1 << 62)), EDQUOT),
		"far over it: EDQUOT");
	check(ioctl(other, ORIEL_SHM_PIN, &pin) == 0, "all of it");
	check(FAILS(pin_call(fd, pin_of(-1, pages, PAGE)), EDQUOT),
		"one page more, by another: EDQUOT");
	check(FAILS(unpin(fd, pin.handle), ENOENT), "the handle is the other's: ENOENT");
	close(other);
	check(ioctl(fd, ORIEL_SHM_PIN, &pin) == 0, "its close gives all of it back");
	unpin(fd, pin.handle);
	for (int i = 0; i < 300; i++)
		if (!FAILS(pin_call(fd, pin_of(-1, pages + 255 * PAGE, 2 * SIZE)), EDQUOT))
			check(false, "EDQUOT again");
	for (int i = 0; i < 300; i++)
		(void)FAILS(pin_call(fd, pin_of(-1, NULL, PAGE)), EFAULT);
	check(ioctl(fd, ORIEL_SHM_PIN, &pin) == 0, "failures are not counted");
	unpin(fd, pin.handle);
	put_file(LIMIT, "1024");
}

/* A child guesses handles of its parent while those are made. Nothing may get lost by it. */
static void test_race(int fd, uint8_t *pages)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		for (uint32_t i = 0; i < 20000; i++)
			unpin(fd, 1 + i % 3);
		_exit(0);
	}
	while (waitpid(child, &status, WNOHANG) == 0) {
		struct oriel_shm_pin pin = pin_of(-1, pages, PAGE);

		if (ioctl(fd, ORIEL_SHM_PIN, &pin) == 0)
			unpin(fd, pin.handle);
	}
	put_file(LIMIT, "1");
	check(pin_call(fd, pin_of(-1, pages, 256 * PAGE)) == 0, "a child that guesses handles");
	for (uint32_t i = 0; i < 100; i++)
		unpin(fd, i);
	put_file(LIMIT, "1024");
}

static void tell_host(const struct oriel_shm_pin *pin, uint32_t seed)
{
	size_t place = 0;

	for (uint32_t i = 0; i < pin->n_extents; i++) {
		note("host ram %u %zu %llu %llu", seed, place,
			(unsigned long long)extents[i].address,
			(unsigned long long)extents[i].size);
		place += extents[i].size;
	}
}

/* Stays pinned, and its bytes are written only now: the machine is switched off with them. */
static void leave_for_host(int fd, const char *what, int buffer, uint8_t *bytes, uint32_t seed)
{
	struct oriel_shm_pin pin = buffer == -1 ? pin_of(-1, bytes, SIZE) : pin_of(buffer, NULL, 0);
	uint64_t total = 0;

	if (!check(ioctl(fd, ORIEL_SHM_PIN, &pin) == 0, "PIN of %s: %u extents", what,
		    pin.n_extents))
		return;
	for (uint32_t i = 0; i < pin.n_extents; i++)
		total += extents[i].size;
	check(total == SIZE, "the extents are all of %s", what);
	pattern_fill(bytes, SIZE, seed);
	tell_host(&pin, seed);
}

static void test_bytes(int fd)
{
	static struct buffer buffers[MAX_BUFFERS];
	int n = buffers_make(buffers, SIZE, 0), memory = memfd_create("pool", MFD_CLOEXEC);
	uint8_t *pool;

	leave_for_host(fd, "pages", -1, pages_make(SIZE), 60);
	if (ftruncate(memory, SIZE))
		die("a pool");
	pool = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	leave_for_host(fd, "a client's pool", -1, pool, 61);
	for (int i = 0; i < n; i++)
		leave_for_host(fd, buffers[i].kind, buffers[i].fd, buffers[i].bytes, 70 + i);
}

/* A pin outlives the process's mapping, and a child's end does not touch it. */
static void test_fork(int fd)
{
	uint8_t *pages = pages_make(PAGE);
	struct oriel_shm_pin pin = pin_of(-1, pages, PAGE);
	int status;
	pid_t child;

	check(ioctl(fd, ORIEL_SHM_PIN, &pin) == 0, "PIN before a fork");
	child = fork();
	if (child == 0) {
		pages[0] = 1;
		_exit(unpin(fd, 12345) == 0);
	}
	waitpid(child, &status, 0);
	pages[0] = 2;
	munmap(pages, PAGE);
	check(status == 0 && unpin(fd, pin.handle) == 0, "UNPIN when the mapping is gone");
}

void test_ram(struct device *device)
{
	int fd = open("/dev/oriel_ram", O_RDWR | O_CLOEXEC);
	uint8_t *pages = pages_make(SIZE);

	if (!check(fd != -1, "the RAM has a node"))
		return;
	test_node(fd);
	test_bad_fields(fd, pages);
	test_bad_pages(fd, device);
	test_room(fd, pages);
	test_limit(fd, pages);
	test_race(fd, pages);
	test_fork(fd);
	test_bytes(fd);
}
