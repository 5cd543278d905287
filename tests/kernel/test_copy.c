// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
/* COPY: each errno, rectangles, fences, several users at once. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/kernel/check.h"

#define AREA (64u * PAGE)    /* of the device, where the tests copy to */
#define AREA_AT (16u * PAGE) /* where it begins */
#define SOURCE (16u * PAGE)  /* bytes of a DMA-BUF */
#define RECT(...) (&(struct oriel_shm_rect){__VA_ARGS__})

long copy_rects(int fd, int from, const struct oriel_shm_rect *rects, uint32_t n)
{
	struct oriel_shm_copy copy = {.fd = from, .rects = (uintptr_t)rects, .n_rects = n};

	return ioctl(fd, ORIEL_SHM_COPY, &copy);
}

static void test_errors(const struct device *device, int fd, int from)
{
	struct oriel_shm_rect good = {.row_bytes = 1, .rows = 1};
	struct oriel_shm_copy copy = {.fd = from, .rects = (uintptr_t)&good, .n_rects = 1};
	struct oriel_shm_rect *many = calloc(ORIEL_SHM_MAX_RECTS + 1, sizeof(*many));
	int reader = device_open(device, O_RDONLY), zero = open("/dev/zero", O_RDONLY);

	check(FAILS(ioctl(fd, ORIEL_SHM_COPY, NULL), EFAULT), "COPY from nowhere: EFAULT");
	copy.flags = 1;
	check(FAILS(ioctl(fd, ORIEL_SHM_COPY, &copy), EINVAL), "COPY with a flag: EINVAL");
	copy.flags = 0;
	copy.reserved = 1;
	check(FAILS(ioctl(fd, ORIEL_SHM_COPY, &copy), EINVAL), "COPY with reserved bits: EINVAL");
	copy.reserved = 0;
	copy.rects = 8;
	check(FAILS(ioctl(fd, ORIEL_SHM_COPY, &copy), EFAULT), "COPY with bad rects: EFAULT");
	for (int i = 0; i <= ORIEL_SHM_MAX_RECTS; i++)
		many[i] = (struct oriel_shm_rect){.dst = AREA_AT, .row_bytes = 1, .rows = 1};
	check(FAILS(copy_rects(fd, from, many, 0), EINVAL), "no rectangles: EINVAL");
	check(FAILS(copy_rects(fd, from, many, ORIEL_SHM_MAX_RECTS + 1), EINVAL),
		"too many rectangles: EINVAL");
	check(copy_rects(fd, from, many, ORIEL_SHM_MAX_RECTS) == 0, "as many as there may be");
	many[ORIEL_SHM_MAX_RECTS - 1].rows = 0;
	check(FAILS(copy_rects(fd, from, many, ORIEL_SHM_MAX_RECTS), EINVAL),
		"the last of many is bad: EINVAL");
	check(FAILS(copy_rects(fd, -1, &good, 1), EBADF), "no descriptor: EBADF");
	check(FAILS(copy_rects(fd, 1000, &good, 1), EBADF), "a closed descriptor: EBADF");
	check(FAILS(copy_rects(fd, zero, &good, 1), EBADF), "something else: EBADF");
	check(FAILS(copy_rects(reader, from, &good, 1), EPERM), "by who may not write: EPERM");
	close(reader);
	close(zero);
	free(many);
}

/* Rectangles that are refused, and why. */
static void test_bad_rects(const struct device *device, int fd, int from, size_t from_size)
{
	const uint64_t device_size = device->size, top = UINT64_MAX;
	const struct {
		const char *why;
		int error;
		struct oriel_shm_rect rect;
	} bad[] = {
		{"no bytes", EINVAL, {.rows = 1}},
		{"no rows", EINVAL, {.row_bytes = 1}},
		{"source rows overlap", EINVAL,
			{.row_bytes = 8, .rows = 2, .src_stride = 7, .dst_stride = 8}},
		{"target rows overlap", EINVAL,
			{.row_bytes = 8, .rows = 2, .src_stride = 8, .dst_stride = 7}},
		{"source one byte short", ERANGE,
			{.src = from_size - 7, .row_bytes = 8, .rows = 1}},
		{"target one byte short", ERANGE,
			{.dst = device_size - 7, .row_bytes = 8, .rows = 1}},
		{"last source row outside", ERANGE,
			{.src = from_size - 15,
				.row_bytes = 8,
				.rows = 2,
				.src_stride = 8,
				.dst_stride = 8}},
		{"last target row outside", ERANGE,
			{.dst = device_size - 15,
				.row_bytes = 8,
				.rows = 2,
				.src_stride = 8,
				.dst_stride = 8}},
		{"source behind its end", ERANGE, {.src = from_size, .row_bytes = 1, .rows = 1}},
		{"target behind its end", ERANGE, {.dst = device_size, .row_bytes = 1, .rows = 1}},
		{"source wraps", ERANGE, {.src = top, .row_bytes = 1, .rows = 1}},
		{"target wraps", ERANGE, {.dst = top, .row_bytes = 1, .rows = 1}},
		{"source wraps to its start", ERANGE, {.src = top - 7, .row_bytes = 16, .rows = 1}},
		{"target wraps to its start", ERANGE, {.dst = top - 7, .row_bytes = 16, .rows = 1}},
		{"all fields at their largest", ERANGE,
			{top, top, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}},
		{"largest rows and strides", ERANGE,
			{0, 0, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}},
		{"many rows of a byte", ERANGE, {0, 0, 1, UINT32_MAX, 1, 1}},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(FAILS(copy_rects(fd, from, &bad[i].rect, 1), bad[i].error), "%s: %s",
			bad[i].why, bad[i].error == EINVAL ? "EINVAL" : "ERANGE");
}

static uint32_t below(uint32_t *state, uint32_t limit)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % limit;
}

/* What a right COPY does, to memory of ours. */
static void model_copy(uint8_t *area, const uint8_t *from, const struct oriel_shm_rect *rect)
{
	for (uint32_t row = 0; row < rect->rows; row++)
		memcpy(area + rect->dst - AREA_AT + (size_t)row * rect->dst_stride,
			from + rect->src + (size_t)row * rect->src_stride, rect->row_bytes);
}

static struct oriel_shm_rect random_rect(uint32_t *state)
{
	struct oriel_shm_rect rect = {
		.row_bytes = 1 + below(state, 900), .rows = 1 + below(state, 30)};

	rect.src_stride = rect.row_bytes + below(state, 2) * below(state, 900);
	rect.dst_stride = rect.row_bytes + below(state, 2) * below(state, 900);
	rect.src = below(state, SOURCE - (rect.rows - 1) * rect.src_stride - rect.row_bytes + 1);
	rect.dst = AREA_AT +
		   below(state, AREA - (rect.rows - 1) * rect.dst_stride - rect.row_bytes + 1);
	return rect;
}

/* Many rectangles per call, compared with the model byte by byte. */
static void test_bytes(int fd, uint8_t *bytes, const struct buffer *buffer)
{
	uint8_t *model = malloc(AREA);
	struct oriel_shm_rect rects[12];
	uint32_t state = 7;
	bool same = true;

	memset(bytes + AREA_AT, 0, AREA);
	memset(model, 0, AREA);
	for (int round = 0; round < 20 && same; round++) {
		for (int i = 0; i < 12; i++) {
			rects[i] = random_rect(&state);
			model_copy(model, buffer->bytes, &rects[i]);
		}
		same = copy_rects(fd, buffer->fd, rects, 12) == 0 &&
		       !memcmp(model, bytes + AREA_AT, AREA);
	}
	check(same, "%s: 240 rectangles with strides, byte by byte", buffer->kind);
	free(model);
}

static void test_edges(const struct device *device, int fd, uint8_t *bytes, struct buffer *buffer)
{
	size_t last = device->size - 1;

	bytes[last] = 0;
	check(copy_rects(fd, buffer->fd,
		      RECT(.src = buffer->size - 1, .dst = last, .row_bytes = 1, .rows = 1),
		      1) == 0 &&
			bytes[last] == buffer->bytes[buffer->size - 1],
		"%s: the last byte to the last byte", buffer->kind);
	check(copy_rects(fd, buffer->fd, RECT(.dst = AREA_AT, .row_bytes = buffer->size, .rows = 1),
		      1) == 0 &&
			!memcmp(bytes + AREA_AT, buffer->bytes, buffer->size),
		"%s: all of it, as one row", buffer->kind);
	check(copy_rects(fd, buffer->fd,
		      RECT(.dst = AREA_AT, .row_bytes = PAGE, .rows = 16, .src_stride = PAGE,
			      .dst_stride = PAGE),
		      1) == 0 &&
			!memcmp(bytes + AREA_AT, buffer->bytes, 16 * PAGE),
		"%s: rows without gaps", buffer->kind);
}

static void test_kinds(const struct device *device, int fd, uint8_t *bytes)
{
	struct buffer buffers[MAX_BUFFERS];
	int n = buffers_make(buffers, SOURCE, 50);
	struct oriel_shm_rect whole = {.row_bytes = SOURCE, .rows = 1};

	for (int i = 0; i < n; i++) {
		whole.dst = 200 * PAGE + i * SOURCE;
		if (copy_rects(fd, buffers[i].fd, &whole, 1) == -1 && errno == EOPNOTSUPP) {
			skip("this kernel can't map it", "%s: the CPU reads it", buffers[i].kind);
			continue;
		}
		test_bytes(fd, bytes, &buffers[i]);
		test_edges(device, fd, bytes, &buffers[i]);
		note("host device %zu %u %u", (size_t)whole.dst, SOURCE,
			50 + (!strcmp(buffers[i].kind, "udmabuf")           ? 0
				     : !strcmp(buffers[i].kind, "dma-heap") ? 1
				     : !strcmp(buffers[i].kind, "vgem")     ? 3
									    : 2));
	}
	for (int i = 0; i < n; i++)
		buffer_free(&buffers[i]);
}

static void handle_alarm(int signal)
{
	(void)signal;
}

static pid_t copy_in_child(int fd, const struct buffer *buffer, bool with_alarm)
{
	struct sigaction action = {.sa_handler = handle_alarm};
	pid_t child = fork();

	if (child)
		return child;
	if (with_alarm) {
		sigaction(SIGALRM, &action, NULL);
		ualarm(200000, 200000);
	}
	_exit(copy_rects(fd, buffer->fd, RECT(.dst = AREA_AT, .row_bytes = 8, .rows = 1), 1) ? errno
											     : 0);
}

static void test_fences(int fd, uint8_t *bytes)
{
	struct buffer buffer;
	uint32_t fence;
	pid_t child;
	int status;

	if (!buffer_fenced(&buffer, PAGE, &fence)) {
		skip("no vgem", "COPY waits for fences");
		return;
	}
	memset(bytes + AREA_AT, 0, 8);
	child = copy_in_child(fd, &buffer, true);
	waitpid(child, &status, 0);
	check(WIFEXITED(status) && WEXITSTATUS(status) == EINTR && !bytes[AREA_AT],
		"waiting for a fence, and a signal: EINTR");
	child = copy_in_child(fd, &buffer, false);
	check(eventually(process_asleep, &child) && !bytes[AREA_AT], "COPY waits for a fence");
	pattern_fill(buffer.bytes, 8, 99);
	buffer_signal(&buffer, fence);
	waitpid(child, &status, 0);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 0 && pattern_is(bytes + AREA_AT, 8, 99),
		"and copies what is there when it is signalled");
	buffer_free(&buffer);
}

/* Four processes, each with a descriptor and an area of its own. */
static void test_together(const struct device *device)
{
	pid_t children[4];
	bool right = true;
	int status;

	for (int i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			int fd = device_open(device, O_RDWR);
			uint8_t *bytes = device_map(fd, device->size);
			struct buffer buffer = buffer_any(4 * PAGE, 0);
			size_t at = AREA_AT + i * 4 * PAGE;

			for (int round = 0; round < 50 && right; round++) {
				memset(buffer.bytes, i * 50 + round, 4 * PAGE);
				right = copy_rects(fd, buffer.fd,
						RECT(.dst = at, .row_bytes = 4 * PAGE, .rows = 1),
						1) == 0 &&
					!memcmp(bytes + at, buffer.bytes, 4 * PAGE);
			}
			_exit(!right);
		}
	}
	for (int i = 0; i < 4; i++) {
		waitpid(children[i], &status, 0);
		right = right && status == 0;
	}
	check(right, "four processes copy at once");
}

/* More buffers than the module keeps mapped, and each again when it is not any more. */
static void test_many(int fd, uint8_t *bytes)
{
	struct buffer buffers[12];
	struct oriel_shm_rect rect = {.dst = AREA_AT, .row_bytes = PAGE, .rows = 1};
	bool same = true;

	for (int i = 0; i < 12; i++)
		buffers[i] = buffer_any(PAGE, 100 + i);
	for (int i = 0; i < 36; i++)
		same = same && copy_rects(fd, buffers[i % 12].fd, &rect, 1) == 0 &&
		       pattern_is(bytes + AREA_AT, PAGE, 100 + i % 12);
	/* Longer than it keeps what is unused. */
	usleep(2500000);
	for (int i = 0; i < 12; i++) {
		same = same && copy_rects(fd, buffers[i].fd, &rect, 1) == 0 &&
		       pattern_is(bytes + AREA_AT, PAGE, 100 + i);
		buffer_free(&buffers[i]);
	}
	check(same, "twelve buffers in turn");
}

static long microseconds(const struct timespec *from, const struct timespec *to)
{
	return (to->tv_sec - from->tv_sec) * 1000000 + (to->tv_nsec - from->tv_nsec) / 1000;
}

/* Not judged: software emulation of a machine with other work to do. */
static void measure(int fd, uint8_t *bytes, const char *what, uint32_t row_bytes, uint32_t rows)
{
	const uint32_t stride = 1920 * 4;
	struct buffer buffer = buffer_any(1080 * stride, 0);
	struct oriel_shm_rect rect = {.dst = PAGE,
		.row_bytes = row_bytes,
		.rows = rows,
		.src_stride = stride,
		.dst_stride = stride};
	struct timespec times[4];

	/* The first of each finds pages that are not mapped yet. */
	for (int i = -1; i < 10; i++) {
		copy_rects(fd, buffer.fd, &rect, 1);
		if (i < 0)
			clock_gettime(CLOCK_MONOTONIC, &times[0]);
	}
	clock_gettime(CLOCK_MONOTONIC, &times[1]);
	for (int i = -1; i < 10; i++) {
		for (uint32_t row = 0; row < rows; row++)
			memcpy(bytes + PAGE + row * stride, buffer.bytes + row * stride, row_bytes);
		if (i < 0)
			clock_gettime(CLOCK_MONOTONIC, &times[2]);
	}
	clock_gettime(CLOCK_MONOTONIC, &times[3]);
	note("%s of %s: ten COPYs %ld us, ten memcpys %ld us", what, buffer.kind,
		microseconds(&times[0], &times[1]), microseconds(&times[2], &times[3]));
	buffer_free(&buffer);
}

void test_copy(struct device *device)
{
	int fd = device_open(device, O_RDWR);
	uint8_t *bytes = device_map(fd, device->size);
	struct buffer buffer = buffer_any(SOURCE, 40);

	test_errors(device, fd, buffer.fd);
	test_bad_rects(device, fd, buffer.fd, buffer.size);
	test_fences(fd, bytes);
	test_together(device);
	test_many(fd, bytes);
	measure(fd, bytes, "1920x1080", 1920 * 4, 1080);
	measure(fd, bytes, "16x16", 16 * 4, 16);
	test_kinds(device, fd, bytes);
	buffer_free(&buffer);
	munmap(bytes, device->size);
	close(fd);
}
