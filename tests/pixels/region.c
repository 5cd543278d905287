/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/region.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/pixels/cmocka_tap.h"

#define SIZE 65536u
#define GIB (1ull << 30)

static char folder[64], path[96];

/* Each byte of the file tells where it is. */
static uint8_t byte_at(uint64_t offset)
{
	return (uint8_t)(offset ^ offset >> 8);
}

static void write_file(void)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	for (uint64_t i = 0; i < SIZE; i++)
		fputc(byte_at(i), file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static struct oriel_region_source device(void)
{
	return (struct oriel_region_source){
		.kind = ORIEL_MEMORY_DEVICE, .path = path, .size = SIZE};
}

/* Two ranges with a hole, and in the file the other way round. */
static struct oriel_region_source ram(void)
{
	return (struct oriel_region_source){.kind = ORIEL_MEMORY_RAM,
		.path = path,
		.size = SIZE,
		.n_ranges = 2,
		.ranges = {{.address = 0, .offset = SIZE / 2, .size = SIZE / 2},
			{.address = 4 * GIB, .offset = 0, .size = SIZE / 2}}};
}

static int try_map(const struct oriel_region_source *source)
{
	struct oriel_region *const untouched = (struct oriel_region *)path;
	struct oriel_region *region = untouched;
	int r = oriel_region_map(source, &region);

	if (r == 0)
		oriel_region_unmap(region);
	else
		assert_ptr_equal(region, untouched);
	return r;
}

static struct oriel_region *map(const struct oriel_region_source *source)
{
	struct oriel_region *region;

	assert_int_equal(oriel_region_map(source, &region), 0);
	return region;
}

static void views_of_a_device(void **state)
{
	struct oriel_region_source source = device();
	struct oriel_region *region = map(&source);
	const uint8_t *all = oriel_region_view(region, 0, SIZE);

	(void)state;
	assert_int_equal(oriel_region_size(region), SIZE);
	assert_non_null(all);
	for (uint64_t i = 0; i < SIZE; i++)
		assert_int_equal(all[i], byte_at(i));
	assert_ptr_equal(oriel_region_view(region, SIZE - 1, 1), all + SIZE - 1);
	assert_ptr_equal(oriel_region_view(region, SIZE, 0), all + SIZE);
	assert_null(oriel_region_view(region, SIZE, 1));
	assert_null(oriel_region_view(region, SIZE + 1, 0));
	assert_null(oriel_region_view(region, 1, SIZE));
	assert_null(oriel_region_view(region, UINT64_MAX, 2));
	assert_null(oriel_region_view(region, 2, UINT64_MAX));
	/* It has no addresses. */
	assert_null(oriel_region_ram(region, 0, 1));
	oriel_region_unmap(region);
	oriel_region_unmap(NULL);
}

static void addresses_of_ram(void **state)
{
	struct oriel_region_source source = ram();
	struct oriel_region *region = map(&source);
	const uint8_t *all = oriel_region_view(region, 0, SIZE);
	uint64_t half = SIZE / 2;

	(void)state;
	assert_ptr_equal(oriel_region_ram(region, 0, half), all + half);
	assert_ptr_equal(oriel_region_ram(region, half - 1, 1), all + SIZE - 1);
	assert_ptr_equal(oriel_region_ram(region, 4 * GIB, half), all);
	assert_ptr_equal(oriel_region_ram(region, 4 * GIB + 100, 5), all + 100);
	/* Into the hole, out of the end, and round the end of all addresses. */
	assert_null(oriel_region_ram(region, half - 1, 2));
	assert_null(oriel_region_ram(region, half, 1));
	assert_null(oriel_region_ram(region, 4 * GIB - 1, 1));
	assert_null(oriel_region_ram(region, 4 * GIB - 1, 2));
	assert_null(oriel_region_ram(region, 4 * GIB + half, 1));
	assert_null(oriel_region_ram(region, 4 * GIB + 1, half));
	assert_null(oriel_region_ram(region, 1, UINT64_MAX));
	assert_null(oriel_region_ram(region, UINT64_MAX, 2));
	assert_null(oriel_region_ram(region, UINT64_MAX, UINT64_MAX));
	oriel_region_unmap(region);
}

/* What the guest writes is there at once: nothing is copied. */
static void is_shared(void **state)
{
	struct oriel_region_source source = device();
	struct oriel_region *region = map(&source);
	const volatile uint8_t *byte = oriel_region_view(region, 5000, 1);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(pwrite(fd, "\x99", 1, 5000), 1);
	assert_int_equal(*byte, 0x99);
	close(fd);
	/* Others can map the file too, and not write. */
	assert_int_equal(fcntl(oriel_region_fd(region), F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_int_equal(fcntl(oriel_region_fd(region), F_GETFD), FD_CLOEXEC);
	oriel_region_unmap(region);
}

static void refuses_sources(void **state)
{
	struct oriel_region_source source = device();

	(void)state;
	source.kind = 2;
	assert_int_equal(try_map(&source), -EINVAL);
	source = device();
	source.size = 0;
	assert_int_equal(try_map(&source), -EINVAL);
	source.size = SIZE + 1;
	assert_int_equal(try_map(&source), -EINVAL);
	source.size = UINT64_MAX;
	assert_int_equal(try_map(&source), -EINVAL);
	source = device();
	source.n_ranges = 1;
	assert_int_equal(try_map(&source), -EINVAL);
	source = ram();
	source.n_ranges = 0;
	assert_int_equal(try_map(&source), -EINVAL);
	source.n_ranges = -1;
	assert_int_equal(try_map(&source), -EINVAL);
	source.n_ranges = ORIEL_REGION_RANGES + 1;
	assert_int_equal(try_map(&source), -EINVAL);
	source = device();
	source.size = SIZE / 2; /* less than there is */
	assert_int_equal(try_map(&source), 0);
}

static void refuses_ranges(void **state)
{
	struct oriel_region_source source = ram();

	(void)state;
	assert_int_equal(try_map(&source), 0);
	source.ranges[1].size++; /* meets the other in the file */
	assert_int_equal(try_map(&source), -EINVAL);
	source = ram();
	source.ranges[1].address = SIZE / 2 - 1; /* and in addresses */
	assert_int_equal(try_map(&source), -EINVAL);
	source.ranges[1].address = SIZE / 2;
	assert_int_equal(try_map(&source), 0);
	source = ram();
	source.ranges[0].size++;
	assert_int_equal(try_map(&source), -EINVAL);
	source.ranges[0].size = 0;
	assert_int_equal(try_map(&source), -EINVAL);
	source.ranges[0].size = UINT64_MAX;
	assert_int_equal(try_map(&source), -EINVAL);
	source = ram();
	source.ranges[0].offset = UINT64_MAX - 10;
	assert_int_equal(try_map(&source), -EINVAL);
	source = ram();
	source.ranges[1].address = UINT64_MAX - 10;
	assert_int_equal(try_map(&source), -EINVAL);
}

static void refuses_files(void **state)
{
	struct oriel_region_source source = device();
	char other[128];

	(void)state;
	snprintf(other, sizeof other, "%s.link", path);
	assert_int_equal(symlink(path, other), 0);
	source.path = other;
	assert_int_equal(try_map(&source), -ELOOP);
	unlink(other);
	assert_int_equal(try_map(&source), -ENOENT);
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_int_equal(try_map(&source), -EINVAL);
	unlink(other);
	source.path = "/dev/null";
	assert_int_equal(try_map(&source), -EINVAL);
	source.path = folder;
	assert_int_equal(try_map(&source), -EINVAL);
}

static void refuses_owners(void **state)
{
	struct oriel_region_source source = device();

	(void)state;
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(try_map(&source), 0);
	assert_int_equal(chmod(path, 0620), 0);
	assert_int_equal(try_map(&source), -EACCES);
	assert_int_equal(chmod(path, 0602), 0);
	assert_int_equal(try_map(&source), -EACCES);
	assert_int_equal(chmod(path, 0600), 0);
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(path, 1, (gid_t)-1), 0);
	assert_int_equal(try_map(&source), -EACCES);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/oriel-region-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/memory", folder);
	write_file();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(views_of_a_device),
		TEST(addresses_of_ram),
		TEST(is_shared),
		TEST(refuses_sources),
		TEST(refuses_ranges),
		TEST(refuses_files),
		TEST(refuses_owners),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
