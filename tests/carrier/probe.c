/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/carrier/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void destroy_carrier(struct probe *probe)
{
	struct oriel_carrier *carrier = probe->carrier;

	probe->carrier = NULL;
	if (!carrier)
		return;
	probe->inside = true;
	carrier->ops->destroy(carrier);
	probe->inside = false;
}

static void check_event(const struct probe *probe)
{
	assert_false(probe->inside);
	assert_non_null(probe->carrier);
	assert_int_equal(probe->closed, 0);
}

static void handle_data(void *user, const void *data, size_t size, int fd)
{
	struct probe *probe = user;

	check_event(probe);
	assert_true(size > 0);
	if (fd >= 0) {
		if (probe->fd >= 0)
			close(probe->fd);
		probe->fd = fd;
		probe->fds++;
	}
	probe->pieces++;
	if (size > probe->largest)
		probe->largest = size;
	if (probe->destroy_in_data)
		destroy_carrier(probe);
	/* After destroy on purpose: the data must still be there. */
	probe->bytes = realloc(probe->bytes, probe->size + size);
	assert_non_null(probe->bytes);
	memcpy(probe->bytes + probe->size, data, size);
	probe->size += size;
}

static void handle_written(void *user)
{
	struct probe *probe = user;

	check_event(probe);
	probe->written++;
	if (probe->destroy_in_written)
		destroy_carrier(probe);
}

static void handle_closed(void *user, int error, const char *reason)
{
	struct probe *probe = user;

	check_event(probe);
	if (probe->destroy_in_closed)
		destroy_carrier(probe);
	probe->closed++;
	probe->error = error;
	assert_non_null(reason);
	assert_true(*reason != '\0');
	snprintf(probe->reason, sizeof(probe->reason), "%s", reason);
}

void probe_start(struct probe *probe, struct oriel_carrier *carrier)
{
	static const struct oriel_carrier_events events = {
		handle_data, handle_written, handle_closed};

	probe->carrier = carrier;
	probe->fd = -1;
	probe->inside = true;
	carrier->ops->start(carrier, &events, probe);
	probe->inside = false;
}

void probe_write(struct probe *probe, const void *data, size_t size, int fd)
{
	probe->inside = true;
	probe->carrier->ops->write(probe->carrier, data, size, fd);
	probe->inside = false;
}

void probe_finish(struct probe *probe)
{
	probe->inside = true;
	probe->carrier->ops->finish(probe->carrier);
	probe->inside = false;
}

void probe_pause(struct probe *probe, bool paused)
{
	probe->inside = true;
	probe->carrier->ops->pause(probe->carrier, paused);
	probe->inside = false;
}

void probe_destroy(struct probe *probe)
{
	destroy_carrier(probe);
	if (probe->fd >= 0)
		close(probe->fd);
	probe->fd = -1;
	free(probe->bytes);
	probe->bytes = NULL;
}

unsigned char *probe_pattern(size_t size)
{
	unsigned char *data = malloc(size);
	uint32_t x = 12345;

	assert_non_null(data);
	for (size_t i = 0; i < size; i++) {
		x = x * 1664525u + 1013904223u;
		data[i] = (unsigned char)(x >> 24);
	}
	return data;
}

int probe_make_file(const char *text)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fflush(file), 0);
	int fd = dup(fileno(file));
	fclose(file);
	assert_true(fd >= 0);
	return fd;
}

bool probe_is_file(int fd, const char *text)
{
	char found[256];
	ssize_t n = pread(fd, found, sizeof(found), 0);

	return n >= 0 && (size_t)n == strlen(text) && memcmp(found, text, (size_t)n) == 0;
}

void probe_exchange(struct harness *harness, struct probe *a, struct probe *b, size_t size)
{
	unsigned char *data = probe_pattern(size);

	probe_write(a, data, size, -1);
	probe_write(b, data, size, -1);
	RUN_UNTIL(harness, a->size == size && b->size == size && a->written && b->written);
	assert_memory_equal(a->bytes, data, size);
	assert_memory_equal(b->bytes, data, size);
	assert_int_equal(a->written, 1);
	assert_int_equal(b->written, 1);
	free(data);
}
