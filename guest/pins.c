/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/pins.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "guest/core.h"
#include "guest/loan.h"
#include "guest/module.h"
#include "src/base/log.h"

/* Of the machine's RAM: pinned pages can't be swapped out. */
#define RAM_SHARE 4
/* What a client used in the last second, it is likely to use again. */
#define KEEP_MS 1000

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

void oriel_pins_init(struct oriel_core *core)
{
	struct oriel_pins *pins = &core->pins;

	TAILQ_INIT(&pins->list);
	pins->fd = -1;
	pins->max_n = ORIEL_MAX_BUFFERS;
	pins->max_bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * page_size() / RAM_SHARE;
	pins->keep_ms = KEEP_MS;
}

/* The node, and the page to probe ------------------------------------------------------------- */

static int pin_probe(struct oriel_core *core)
{
	struct oriel_pins *pins = &core->pins;
	struct oriel_shm_extent extent = {0};
	struct oriel_shm_pin pin = {
		.fd = -1,
		.address = (uintptr_t)pins->probe,
		.size = page_size(),
		.extents = (uintptr_t)&extent,
		.n_extents = 1,
	};
	int r;

	if (getrandom(pins->probe, ORIEL_MAX_PROBE, 0) != ORIEL_MAX_PROBE)
		return -EIO;
	/* It stays until the node is closed. */
	r = core->options.module->pin(pins->fd, &pin);
	if (r < 0)
		return r;
	pins->probe_address = extent.address;
	return 0;
}

static int make_probe(struct oriel_core *core, char *error, size_t error_size)
{
	struct oriel_pins *pins = &core->pins;
	int r;

	/* Shared, so that programs that we start don't make the system copy it. */
	pins->probe =
		mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	r = pins->probe == MAP_FAILED ? -errno : pin_probe(core);
	if (r < 0)
		snprintf(error, error_size, "no memory can be pinned: %s", strerror(-r));
	if (r < 0 && pins->probe != MAP_FAILED)
		munmap(pins->probe, page_size());
	return r;
}

int oriel_pins_open(struct oriel_core *core, char *error, size_t error_size)
{
	struct oriel_pins *pins = &core->pins;
	struct oriel_shm_info info;
	char path[300];
	int r;

	if (pins->users > 0) {
		pins->users++;
		return 0;
	}
	snprintf(path, sizeof path, "%.200s/oriel_ram", core->options.devices);
	r = oriel_module_open(core->options.module, path, &info, &pins->fd, error, error_size);
	if (r < 0)
		return r;
	r = make_probe(core, error, error_size);
	if (r < 0) {
		close(pins->fd);
		pins->fd = -1;
		return r;
	}
	pins->users = 1;
	return 0;
}

/* Pins ---------------------------------------------------------------------------------------- */

static void destroy(struct oriel_pin *pin)
{
	struct oriel_pins *pins = &pin->core->pins;
	struct oriel_shm_unpin unpin = {.handle = pin->handle};

	oriel_loans_end(pin);
	if (!pin->refused) {
		pin->core->options.module->unpin(pins->fd, &unpin);
		pins->bytes -= pin->bytes;
		pins->unpinned++;
	}
	TAILQ_REMOVE(&pins->list, pin, by_use);
	pins->n--;
	free(pin->extents);
	free(pin);
}

void oriel_pins_close(struct oriel_core *core)
{
	struct oriel_pins *pins = &core->pins;
	struct oriel_pin *pin;

	if (--pins->users > 0)
		return;
	while ((pin = TAILQ_FIRST(&pins->list)))
		destroy(pin);
	close(pins->fd);
	munmap(pins->probe, page_size());
	pins->fd = -1;
}

static struct oriel_pin *find(struct oriel_pins *pins, uint64_t key)
{
	struct oriel_pin *pin;

	TAILQ_FOREACH(pin, &pins->list, by_use)
	if (pin->key == key)
		return pin;
	return NULL;
}

void oriel_pins_tidy(struct oriel_pin *pin)
{
	if (pin->gone && !oriel_loans_busy(pin))
		destroy(pin);
}

void oriel_pins_gone(struct oriel_core *core, uint64_t key)
{
	struct oriel_pin *pin = find(&core->pins, key);

	if (!pin)
		return;
	pin->gone = true;
	oriel_pins_tidy(pin);
}

static bool has_room(const struct oriel_pins *pins, uint64_t bytes)
{
	return pins->n <= pins->max_n && bytes <= pins->max_bytes &&
	       pins->bytes <= pins->max_bytes - bytes;
}

/* Gives up what was not used for longest, until this pin and so many bytes more have room; whether
 * they have then. */
static bool make_room(struct oriel_pin *one, uint64_t bytes)
{
	struct oriel_pins *pins = &one->core->pins;
	struct oriel_pin *pin = TAILQ_LAST(&pins->list, oriel_pin_list), *before;
	uint64_t now = uv_now(one->core->loop);

	for (; pin && !has_room(pins, bytes); pin = before) {
		before = TAILQ_PREV(pin, oriel_pin_list, by_use);
		if (now - pin->used_ms < pins->keep_ms)
			break;
		if (pin != one && !oriel_loans_busy(pin))
			destroy(pin);
	}
	return has_room(pins, bytes);
}

/* What to ask the module for; 0 or -errno. */
static int describe(
	const struct oriel_mir_memory *memory, struct oriel_pin *pin, struct oriel_shm_pin *ret_ask)
{
	uintptr_t mask = page_size() - 1, start = (uintptr_t)memory->map, end;
	off_t size;

	if (memory->dmabuf >= 0) {
		size = lseek(memory->dmabuf, 0, SEEK_END);
		if (size <= 0)
			return size < 0 ? -errno : -EINVAL;
		pin->bytes = (uint64_t)size;
		*ret_ask = (struct oriel_shm_pin){.fd = memory->dmabuf};
		return 0;
	}
	if (memory->map_size == 0 || memory->map_size > UINTPTR_MAX - mask - start)
		return -EINVAL;
	end = (start + memory->map_size + mask) & ~mask;
	pin->offset = start & mask;
	pin->bytes = end - (start & ~mask);
	*ret_ask = (struct oriel_shm_pin){
		.fd = -1, .address = start & ~mask, .size = end - (start & ~mask)};
	return 0;
}

static int ask(struct oriel_core *core, struct oriel_pin *pin, struct oriel_shm_pin *request)
{
	uint64_t pages = (pin->bytes + page_size() - 1) / page_size();
	struct oriel_shm_extent *smaller;
	int r;

	request->n_extents =
		pages < ORIEL_SHM_MAX_EXTENTS ? (uint32_t)pages : ORIEL_SHM_MAX_EXTENTS;
	pin->extents = calloc(request->n_extents, sizeof *pin->extents);
	if (!pin->extents)
		return -ENOMEM;
	request->extents = (uintptr_t)pin->extents;
	r = core->options.module->pin(core->pins.fd, request);
	if (r < 0)
		return r;
	pin->handle = request->handle;
	pin->n_extents = request->n_extents;
	/* Mostly far fewer than there are pages. */
	smaller = realloc(pin->extents, (pin->n_extents ? pin->n_extents : 1) * sizeof *smaller);
	if (smaller)
		pin->extents = smaller;
	return 0;
}

static void tell(struct oriel_core *core, int r)
{
	if (r == -EDQUOT)
		oriel_core_tell_once(core, ORIEL_TOLD_PIN_QUOTA,
			"as much is pinned as the kernel module allows: more pixels are copied; "
			"raise its parameter max_pinned_mib");
	else
		oriel_core_tell_once(core, ORIEL_TOLD_NO_PIN,
			"a program's buffer can't be pinned (%s): its pixels are copied",
			strerror(-r));
}

/* Pins, or notes that it can't be done. */
static void try(struct oriel_pin *pin, const struct oriel_mir_memory *memory)
{
	struct oriel_core *core = pin->core;
	struct oriel_shm_pin request;
	int r = describe(memory, pin, &request);

	if (r == 0 && !make_room(pin, pin->bytes))
		r = -ENOBUFS;
	if (r == 0)
		r = ask(core, pin, &request);
	pin->refused = r;
	pin->refusal = core->pins.unpinned;
	if (r == 0) {
		core->pins.bytes += pin->bytes;
		return;
	}
	free(pin->extents);
	pin->extents = NULL;
	if (r != -ENOBUFS)
		tell(core, r);
}

/* Whether another try may go better than the last one. */
static bool is_worth_a_try(const struct oriel_pin *pin)
{
	const struct oriel_pins *pins = &pin->core->pins;

	return pin->refused == -ENOBUFS ||
	       (pin->refused == -EDQUOT && pin->refusal != pins->unpinned);
}

static struct oriel_pin *create(struct oriel_core *core, uint64_t key)
{
	struct oriel_pin *pin = calloc(1, sizeof *pin);

	if (!pin)
		return NULL;
	pin->core = core;
	pin->key = key;
	pin->refused = -ENOBUFS;
	LIST_INIT(&pin->loans);
	core->pins.n++;
	return pin;
}

struct oriel_pin *oriel_pins_get(struct oriel_core *core, const struct oriel_mir_memory *memory)
{
	struct oriel_pins *pins = &core->pins;
	struct oriel_pin *pin = find(pins, memory->key);

	if (pin)
		TAILQ_REMOVE(&pins->list, pin, by_use);
	else
		pin = create(core, memory->key);
	if (!pin)
		return NULL;
	TAILQ_INSERT_HEAD(&pins->list, pin, by_use);
	pin->used_ms = uv_now(core->loop);
	if (is_worth_a_try(pin))
		try(pin, memory);
	if (!pin->refused)
		return pin;
	/* One too many is not even worth to be remembered. */
	if (pins->n > pins->max_n)
		destroy(pin);
	return NULL;
}
