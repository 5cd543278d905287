/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/viewer/machine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/pixels/region.h"

#define PAGES (MACHINE_RAM / MACHINE_PAGE)

static void name_file(const struct machine *machine, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", machine->folder, name);
}

static uint8_t *make_file(const struct machine *machine, const char *name, size_t size)
{
	char path[96];
	uint8_t *data;
	int fd;

	name_file(machine, name, path, sizeof path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(data != MAP_FAILED);
	close(fd);
	return data;
}

/* The same order in each run. */
static void shuffle(uint32_t *pages)
{
	uint32_t state = 1;

	for (uint32_t i = 0; i < PAGES; i++)
		pages[i] = i;
	for (uint32_t i = PAGES - 1; i > 0; i--) {
		uint32_t k, page = pages[i];

		state = state * 1664525u + 1013904223u;
		k = (state >> 8) % (i + 1);
		pages[i] = pages[k];
		pages[k] = page;
	}
}

static void make_files(struct machine *machine)
{
	machine->device = make_file(machine, MACHINE_DEVICE_FILE, MACHINE_DEVICE);
	machine->ram = make_file(machine, MACHINE_RAM_FILE, MACHINE_RAM);
}

static void remove_files(struct machine *machine)
{
	char path[96];

	munmap(machine->device, MACHINE_DEVICE);
	munmap(machine->ram, MACHINE_RAM);
	name_file(machine, MACHINE_DEVICE_FILE, path, sizeof path);
	unlink(path);
	name_file(machine, MACHINE_RAM_FILE, path, sizeof path);
	unlink(path);
}

void machine_start(struct machine *machine)
{
	*machine = (struct machine){.folder = "/dev/shm/oriel-machine-XXXXXX"};
	assert_non_null(mkdtemp(machine->folder));
	make_files(machine);
	machine->pages = malloc(PAGES * sizeof *machine->pages);
	assert_non_null(machine->pages);
	shuffle(machine->pages);
}

void machine_renew(struct machine *machine)
{
	remove_files(machine);
	make_files(machine);
	machine->used = 0;
}

void machine_stop(struct machine *machine)
{
	if (!machine->pages)
		return;
	remove_files(machine);
	free(machine->pages);
	rmdir(machine->folder);
	machine->pages = NULL;
}

void machine_ring(struct machine *machine, struct guest *guest, uint64_t offset, uint32_t size)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_RING_AT};

	msg.ring_at = (struct oriel_msg_ring_at){
		.id = 2, .region = MACHINE_DEVICE_REGION, .offset = offset, .size = size};
	oriel_ring_destroy(guest->ring);
	assert_int_equal(oriel_ring_wrap(machine->device + offset, size, &guest->ring), 0);
	guest_send(guest, &msg);
}

uint64_t machine_address(uint32_t page)
{
	uint64_t offset = (uint64_t)page * MACHINE_PAGE;

	return offset < MACHINE_LOW ? offset : MACHINE_HIGH_ADDRESS + (offset - MACHINE_LOW);
}

static uint32_t take_page(struct machine *machine)
{
	assert_true(machine->used < PAGES);
	return machine->pages[machine->used++];
}

bool machine_probe(struct machine *machine, struct guest *guest)
{
	uint32_t page = take_page(machine);
	uint8_t *bytes = machine->ram + (size_t)page * MACHINE_PAGE + 100;
	struct oriel_msg msg = {.type = ORIEL_MSG_RAM_PROBE};
	const struct oriel_msg *answer;
	size_t from = guest->n_messages;

	for (int i = 0; i < 32; i++)
		bytes[i] = (uint8_t)(i * 77 + 1);
	msg.ram_probe = (struct oriel_msg_ram_probe){.region = MACHINE_RAM_REGION,
		.address = machine_address(page) + 100,
		.bytes = {bytes, 32}};
	guest_send(guest, &msg);
	answer = guest_await(guest, ORIEL_MSG_RAM_PROBED, NULL, NULL, &from);
	assert_int_equal(answer->ram_probed.region, MACHINE_RAM_REGION);
	return answer->ram_probed.found;
}

struct machine_buffer *machine_buffer(struct machine *machine, uint32_t id, uint32_t width,
	uint32_t height, uint32_t start, uint32_t stride)
{
	uint64_t size = start + (uint64_t)stride * (height - 1) + width * 4u;
	uint32_t n = (uint32_t)((size + MACHINE_PAGE - 1) / MACHINE_PAGE);
	struct machine_buffer *buffer = calloc(1, sizeof *buffer);

	assert_non_null(buffer);
	buffer->pages = malloc(n * sizeof *buffer->pages);
	assert_non_null(buffer->pages);
	buffer->msg = (struct oriel_msg_buffer){.id = id,
		.region = MACHINE_RAM_REGION,
		.width = width,
		.height = height,
		.stride = stride,
		.start = start,
		.n_extents = n};
	for (uint32_t i = 0; i < n; i++) {
		buffer->pages[i] = take_page(machine);
		buffer->msg.extents[i] =
			(struct oriel_wire_extent){machine_address(buffer->pages[i]), MACHINE_PAGE};
	}
	/* Nothing says that the last page is whole. */
	if (size % MACHINE_PAGE)
		buffer->msg.extents[n - 1].size = size % MACHINE_PAGE;
	return buffer;
}

void machine_register(struct guest *guest, const struct machine_buffer *buffer)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_BUFFER};

	msg.buffer = buffer->msg;
	guest_send(guest, &msg);
}

void machine_draw(
	struct machine *machine, const struct machine_buffer *buffer, const uint32_t *image)
{
	const struct oriel_msg_buffer *b = &buffer->msg;

	for (uint32_t y = 0; y < b->height; y++) {
		const uint8_t *row = (const uint8_t *)(image + (size_t)y * b->width);

		for (uint32_t x = 0; x < b->width * 4; x++) {
			size_t at = b->start + (size_t)y * b->stride + x;

			machine->ram[(size_t)buffer->pages[at / MACHINE_PAGE] * MACHINE_PAGE +
				     at % MACHINE_PAGE] = row[x];
		}
	}
}

void machine_buffer_free(struct machine_buffer *buffer)
{
	free(buffer->pages);
	free(buffer);
}
