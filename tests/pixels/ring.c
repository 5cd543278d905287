/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/ring.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/wire/messages.h"
#include "tests/pixels/cmocka_tap.h"
#include "tests/pixels/random.h"

#define SIZE 65536

static int open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* Each test begins with an empty ring and its reader. */
struct ends {
	struct oriel_ring *guest, *host;
	int fds;
};

static int set_up(void **state)
{
	struct ends *e = calloc(1, sizeof *e);
	int fd;

	assert_non_null(e);
	e->fds = open_fds();
	assert_int_equal(oriel_ring_create(SIZE, &e->guest, &fd), 0);
	assert_int_equal(oriel_ring_map(dup(fd), SIZE, &e->host), 0);
	*state = e;
	return 0;
}

static int tear_down(void **state)
{
	struct ends *e = *state;

	oriel_ring_destroy(e->guest);
	oriel_ring_destroy(e->host);
	assert_int_equal(open_fds(), e->fds);
	free(e);
	return 0;
}

static uint32_t reserve(struct oriel_ring *ring, size_t size)
{
	uint32_t offset;
	void *data;

	assert_int_equal(oriel_ring_reserve(ring, size, &offset, &data), 0);
	assert_int_equal(offset % ORIEL_RING_ALIGN, 0);
	assert_true(offset + size <= oriel_ring_size(ring));
	return offset;
}

static int try_reserve(struct oriel_ring *ring, size_t size)
{
	uint32_t offset = 12345;
	void *data = &offset;
	int r = oriel_ring_reserve(ring, size, &offset, &data);

	assert_int_not_equal(r, 0);
	assert_int_equal(offset, 12345);
	assert_ptr_equal(data, &offset);
	return r;
}

static void test_sizes(void **state)
{
	struct oriel_ring *ring;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd;

	(void)state;
	assert_int_equal(oriel_ring_create(0, &ring, &fd), -EINVAL);
	assert_int_equal(oriel_ring_create((size_t)ORIEL_MAX_RING + 1, &ring, &fd), -EINVAL);
	assert_int_equal(oriel_ring_create(SIZE_MAX, &ring, &fd), -EINVAL);
	assert_int_equal(oriel_ring_create(1, &ring, &fd), 0);
	assert_int_equal(oriel_ring_size(ring), page);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(ftruncate(fd, 1 << 20), -1);
	oriel_ring_destroy(ring);
	oriel_ring_destroy(NULL);
	/* The largest: memory that nobody touches costs nothing. */
	assert_int_equal(oriel_ring_create(ORIEL_MAX_RING, &ring, &fd), 0);
	assert_int_equal(oriel_ring_available(ring), ORIEL_MAX_RING);
	assert_int_equal(try_reserve(ring, (size_t)ORIEL_MAX_RING + 1), -EMSGSIZE);
	assert_int_equal(reserve(ring, ORIEL_MAX_RING), 0);
	oriel_ring_destroy(ring);
}

static void test_wrap(void **state)
{
	struct ends *e = *state;

	assert_int_equal(reserve(e->guest, 40000), 0);
	assert_int_equal(reserve(e->guest, 1), 40000);
	assert_int_equal(oriel_ring_position(e->guest), 40064);
	assert_int_equal(oriel_ring_used(e->guest), 40064);
	/* 25472 are left up to the end, none before. */
	assert_int_equal(oriel_ring_available(e->guest), SIZE - 40064);
	assert_int_equal(try_reserve(e->guest, SIZE - 40064 + 1), -EAGAIN);
	assert_int_equal(oriel_ring_release(e->guest, 40000), 0);
	assert_int_equal(oriel_ring_available(e->guest), 40000);
	/* Does not fit up to the end: that is skipped, and counts. */
	assert_int_equal(reserve(e->guest, 30000), 0);
	assert_int_equal(oriel_ring_position(e->guest), SIZE + 30016);
	assert_int_equal(oriel_ring_used(e->guest), SIZE + 30016 - 40000);
	assert_int_equal(oriel_ring_release(e->guest, SIZE + 30016), 0);
	assert_int_equal(oriel_ring_used(e->guest), 0);
}

static void test_exhaustion(void **state)
{
	struct ends *e = *state;

	for (int i = 0; i < SIZE / ORIEL_RING_ALIGN; i++)
		assert_int_equal(reserve(e->guest, 1), i * ORIEL_RING_ALIGN);
	assert_int_equal(oriel_ring_available(e->guest), 0);
	assert_int_equal(oriel_ring_used(e->guest), SIZE);
	assert_int_equal(try_reserve(e->guest, 1), -EAGAIN);
	assert_int_equal(try_reserve(e->guest, SIZE), -EAGAIN);
	assert_int_equal(try_reserve(e->guest, SIZE + 1), -EMSGSIZE);
	assert_int_equal(try_reserve(e->guest, SIZE_MAX), -EMSGSIZE);
	assert_int_equal(oriel_ring_release(e->guest, 1), 0);
	assert_int_equal(oriel_ring_available(e->guest), 0);
	assert_int_equal(oriel_ring_release(e->guest, ORIEL_RING_ALIGN), 0);
	assert_int_equal(oriel_ring_available(e->guest), ORIEL_RING_ALIGN);
	assert_int_equal(reserve(e->guest, 1), 0);
	assert_int_equal(try_reserve(e->guest, 1), -EAGAIN);
}

/* The largest reservation must work wherever an empty ring stands, and a peer may still repeat the
 * position it has told before. */
static void test_empty_ring_takes_all(void **state)
{
	struct ends *e = *state;

	reserve(e->guest, 1000);
	assert_int_equal(oriel_ring_release(e->guest, 1024), 0);
	assert_int_equal(oriel_ring_available(e->guest), SIZE);
	assert_int_equal(reserve(e->guest, SIZE), 0);
	assert_int_equal(oriel_ring_release(e->guest, 1024), 0);
	assert_int_equal(oriel_ring_used(e->guest), SIZE);
	assert_int_equal(oriel_ring_release(e->guest, 1023), -EPROTO);
	assert_int_equal(oriel_ring_release(e->guest, 2 * SIZE), 0);
	assert_int_equal(oriel_ring_used(e->guest), 0);
}

static void test_hostile_positions(void **state)
{
	static const uint64_t far[] = {2 * SIZE, UINT32_MAX - 1, UINT32_MAX, 1ull << 32, 1ull << 63,
		UINT64_MAX - 1, UINT64_MAX};
	struct ends *e = *state;

	for (size_t i = 0; i < sizeof far / sizeof *far; i++)
		assert_int_equal(oriel_ring_release(e->guest, far[i]), -EPROTO);
	reserve(e->guest, 1000);
	for (size_t i = 0; i < sizeof far / sizeof *far; i++)
		assert_int_equal(oriel_ring_release(e->guest, far[i]), -EPROTO);
	assert_int_equal(oriel_ring_release(e->guest, 1025), -EPROTO);
	assert_int_equal(oriel_ring_used(e->guest), 1024);
	assert_int_equal(oriel_ring_release(e->guest, 512), 0);
	assert_int_equal(oriel_ring_release(e->guest, 511), -EPROTO);
	assert_int_equal(oriel_ring_release(e->guest, 0), -EPROTO);
	assert_int_equal(oriel_ring_release(e->guest, 512), 0);
	assert_int_equal(oriel_ring_used(e->guest), 512);
}

static void test_hostile_views(void **state)
{
	static const uint32_t values[] = {0, 1, SIZE - 1, SIZE, SIZE + 1, INT32_MAX,
		(uint32_t)INT32_MAX + 1, UINT32_MAX - SIZE, UINT32_MAX - SIZE + 1, UINT32_MAX - 1,
		UINT32_MAX};
	size_t n = sizeof values / sizeof *values;
	struct ends *e = *state;
	const uint8_t *start = oriel_ring_view(e->host, 0, SIZE);

	assert_non_null(start);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			bool inside = (uint64_t)values[i] + values[j] <= SIZE;
			const uint8_t *at = oriel_ring_view(e->host, values[i], values[j]);

			assert_ptr_equal(at, inside ? start + values[i] : NULL);
		}
	}
}

static void refused(int fd, size_t size)
{
	struct oriel_ring *ring = (struct oriel_ring *)&ring;
	int fds = open_fds();

	assert_int_equal(oriel_ring_map(fd, size, &ring), -EPROTO);
	assert_ptr_equal(ring, &ring);
	assert_int_equal(open_fds(), fds - (fd >= 0));
}

static int memory(unsigned flags, size_t size, int seals)
{
	int fd = memfd_create("test", MFD_CLOEXEC | flags);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	if (seals)
		assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static void test_hostile_fds(void **state)
{
	struct oriel_ring *ring;
	int fd, pipe_fds[2];
	FILE *file;

	(void)state;
	refused(-1, SIZE);
	refused(memory(0, SIZE, 0), SIZE);
	refused(memory(MFD_ALLOW_SEALING, SIZE, 0), SIZE);
	refused(memory(MFD_ALLOW_SEALING, SIZE, F_SEAL_GROW | F_SEAL_SEAL), SIZE);
	refused(memory(MFD_ALLOW_SEALING, SIZE - 4096, F_SEAL_SHRINK), SIZE);
	refused(memory(MFD_ALLOW_SEALING, SIZE + 4096, F_SEAL_SHRINK), SIZE);
	refused(memory(MFD_ALLOW_SEALING, 0, F_SEAL_SHRINK), 0);
	refused(memory(MFD_ALLOW_SEALING, SIZE, F_SEAL_SHRINK), (size_t)ORIEL_MAX_RING + 1);
	refused(memory(MFD_ALLOW_SEALING, SIZE, F_SEAL_SHRINK), SIZE_MAX);
	fd = memory(MFD_ALLOW_SEALING, SIZE, F_SEAL_SHRINK);
	assert_int_equal(oriel_ring_map(fd, SIZE, &ring), 0);
	oriel_ring_destroy(ring);
	assert_int_equal(pipe(pipe_fds), 0);
	refused(pipe_fds[0], SIZE);
	close(pipe_fds[1]);
	refused(open("/dev/zero", O_RDWR), SIZE);
	file = tmpfile();
	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), SIZE), 0);
	refused(dup(fileno(file)), SIZE);
	fclose(file);
}

/* Huge pages that are not there would kill the reader. */
static void test_huge_pages_refused(void **state)
{
	size_t huge = 2 << 20;
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB);

	(void)state;
	if (fd < 0 || ftruncate(fd, (off_t)huge) || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK)) {
		if (fd >= 0)
			close(fd);
		skip();
	}
	refused(fd, huge);
}

/* Reservations that the peer has not yet given back, oldest first. */
#define HELD 64
struct held {
	uint64_t end;
	uint32_t offset, size;
	uint8_t seed;
};

static void check_content(const struct oriel_ring *host, const struct held *h)
{
	const uint8_t *data = oriel_ring_view(host, h->offset, h->size);

	assert_non_null(data);
	/* First, last, and a few between: a fault of the ring shifts whole pieces. */
	for (uint32_t i = 0; i < h->size; i += 1 + h->size / 16)
		assert_int_equal(data[i], (uint8_t)(h->seed + i));
	assert_int_equal(data[h->size - 1], (uint8_t)(h->seed + h->size - 1));
}

static bool hold(struct ends *e, struct held *h, uint64_t *seed)
{
	size_t available = oriel_ring_available(e->guest);
	uint8_t *data;
	int r;

	h->size = 1 + random_below(seed, random_below(seed, 8) ? 2000 : 30000);
	h->seed = (uint8_t)next_random(seed);
	r = oriel_ring_reserve(e->guest, h->size, &h->offset, (void **)&data);
	assert_int_equal(r, h->size <= available ? 0 : -EAGAIN);
	if (r)
		return false;
	for (uint32_t i = 0; i < h->size; i++)
		data[i] = (uint8_t)(h->seed + i);
	h->end = oriel_ring_position(e->guest);
	return true;
}

static void test_random_steps(void **state)
{
	struct ends *e = *state;
	struct held held[HELD];
	int first = 0, n = 0;
	uint64_t seed = 1, released = 0;
	bool read = false; /* the first one held */

	for (int step = 0; step < 3000000; step++) {
		if (n < HELD && (n == 0 || random_below(&seed, 2))) {
			n += hold(e, &held[(first + n) % HELD], &seed);
		} else if (n > 0) {
			struct held *h = &held[first];

			/* What was read is sometimes given back in parts, and then reused. */
			if (!read)
				check_content(e->host, h);
			read = true;
			if (!random_below(&seed, 4) && h->end - released > 1)
				released += random_below(&seed, (uint32_t)(h->end - released));
			else
				released = h->end;
			assert_int_equal(oriel_ring_release(e->guest, released), 0);
			if (released == h->end) {
				first = (first + 1) % HELD;
				n--;
				read = false;
			}
		}
		assert_true(oriel_ring_used(e->guest) <= SIZE);
	}
	assert_int_equal(oriel_ring_release(e->guest, oriel_ring_position(e->guest)), 0);
	assert_int_equal(oriel_ring_used(e->guest), 0);
	assert_int_equal(oriel_ring_available(e->guest), SIZE);
}

/* Both ends of a ring in a part of something that stays mapped after them. */
static void test_borrowed_memory(void **state)
{
	static _Alignas(64) uint8_t memory[3 * 4096];
	struct oriel_ring *guest, *host;
	uint32_t offset;
	void *data;

	(void)state;
	assert_int_equal(oriel_ring_wrap(memory, 0, &guest), -EINVAL);
	assert_int_equal(oriel_ring_wrap(memory, (size_t)ORIEL_MAX_RING + 1, &guest), -EINVAL);
	assert_int_equal(oriel_ring_wrap(memory + 4096, 4096, &guest), 0);
	assert_int_equal(oriel_ring_wrap(memory + 4096, 4096, &host), 0);
	assert_int_equal(oriel_ring_size(host), 4096);
	assert_int_equal(oriel_ring_reserve(guest, 4096, &offset, &data), 0);
	assert_ptr_equal(data, memory + 4096);
	memset(data, 0x5a, 4096);
	assert_ptr_equal(oriel_ring_view(host, offset, 4096), data);
	assert_null(oriel_ring_view(host, 1, 4096));
	oriel_ring_destroy(guest);
	oriel_ring_destroy(host);
	assert_int_equal(memory[4095], 0);
	assert_int_equal(memory[4096], 0x5a);
	assert_int_equal(memory[2 * 4096], 0);
}

int main(void)
{
#define RING_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		RING_TEST(test_sizes),
		RING_TEST(test_wrap),
		RING_TEST(test_exhaustion),
		RING_TEST(test_empty_ring_takes_all),
		RING_TEST(test_hostile_positions),
		RING_TEST(test_hostile_views),
		RING_TEST(test_hostile_fds),
		RING_TEST(test_huge_pages_refused),
		RING_TEST(test_random_steps),
		cmocka_unit_test(test_borrowed_memory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
