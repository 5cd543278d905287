/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/loan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/client.h"
#include "guest/pins.h"
#include "src/base/log.h"

void oriel_loans_init(struct oriel_client *client)
{
	TAILQ_INIT(&client->loans.list);
}

/* Whether the host finds the right bytes ------------------------------------------------------- */

void oriel_loans_offer(struct oriel_client *client, const struct oriel_wire_region *region)
{
	struct oriel_core *core = client->core;
	struct oriel_client_loans *own = &client->loans;
	struct oriel_msg msg;
	char error[512];

	if (own->state != ORIEL_LOANS_NONE)
		return;
	if (oriel_pins_open(core, error, sizeof error) < 0) {
		oriel_core_tell_once(core, ORIEL_TOLD_NO_RAM, "%s: pixels are copied, as %s",
			client->name, error);
		return;
	}
	own->state = ORIEL_LOANS_PROBING;
	own->region = region->id;
	msg.type = ORIEL_MSG_RAM_PROBE;
	msg.ram_probe = (struct oriel_msg_ram_probe){
		.region = region->id,
		.address = core->pins.probe_address,
		.bytes = {core->pins.probe, ORIEL_MAX_PROBE},
	};
	oriel_client_send(client, &msg);
}

int oriel_loans_probed(struct oriel_client *client, const struct oriel_msg_ram_probed *msg)
{
	struct oriel_client_loans *own = &client->loans;

	if (own->state != ORIEL_LOANS_PROBING || msg->region != own->region)
		return oriel_client_fault(
			client, "ram_probed: region %u was not probed", msg->region);
	own->state = msg->found ? ORIEL_LOANS_FOUND : ORIEL_LOANS_REFUSED;
	if (!msg->found)
		oriel_core_tell_once(client->core, ORIEL_TOLD_NOT_FOUND,
			"%s: the host does not find this machine's RAM where it should be: pixels "
			"are copied; start the machine with oriel up",
			client->name);
	return 0;
}

/* Ending --------------------------------------------------------------------------------------- */

static void destroy(struct oriel_loan *loan)
{
	struct oriel_client_loans *own = &loan->client->loans;

	TAILQ_REMOVE(&own->list, loan, of_client);
	LIST_REMOVE(loan, of_pin);
	own->n--;
	own->n_extents -= loan->n_extents;
	free(loan);
}

static void end(struct oriel_loan *loan)
{
	struct oriel_msg msg;

	msg.type = ORIEL_MSG_BUFFER_GONE;
	msg.buffer_gone.id = loan->id;
	oriel_client_send(loan->client, &msg);
	destroy(loan);
}

bool oriel_loans_busy(const struct oriel_pin *pin)
{
	const struct oriel_loan *loan;

	LIST_FOREACH(loan, &pin->loans, of_pin)
	if (loan->busy > 0)
		return true;
	return false;
}

void oriel_loans_end(struct oriel_pin *pin)
{
	struct oriel_loan *loan;

	while ((loan = LIST_FIRST(&pin->loans)))
		end(loan);
}

void oriel_loan_return(struct oriel_loan *loan)
{
	loan->busy--;
	oriel_pins_tidy(loan->pin);
}

void oriel_loan_abandon(struct oriel_loan *loan, uint32_t question)
{
	loan->abandoned++;
	loan->barrier = question;
}

/* The next one that a question up to that one sets free. */
static struct oriel_loan *find_passed(const struct oriel_client *client, uint32_t question)
{
	struct oriel_loan *loan;

	TAILQ_FOREACH(loan, &client->loans.list, of_client)
	if (loan->abandoned > 0 && loan->barrier <= question)
		return loan;
	return NULL;
}

void oriel_loans_passed(struct oriel_client *client, uint32_t question)
{
	struct oriel_loan *loan;

	while ((loan = find_passed(client, question))) {
		loan->busy -= loan->abandoned;
		loan->abandoned = 0;
		oriel_pins_tidy(loan->pin);
	}
}

void oriel_loans_finish(struct oriel_client *client)
{
	struct oriel_client_loans *own = &client->loans;
	struct oriel_loan *loan;

	while ((loan = TAILQ_FIRST(&own->list))) {
		struct oriel_pin *pin = loan->pin;

		destroy(loan);
		oriel_pins_tidy(pin);
	}
	if (own->state != ORIEL_LOANS_NONE)
		oriel_pins_close(client->core);
	own->state = ORIEL_LOANS_NONE;
}

/* Taking --------------------------------------------------------------------------------------- */

/* Lists where size bytes from start on lie. The number of pieces; 0: not inside, or one of them is
 * too large. */
static uint32_t slice(
	const struct oriel_pin *pin, uint64_t start, uint64_t size, struct oriel_wire_extent *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < pin->n_extents && size > 0; i++) {
		const struct oriel_shm_extent *from = &pin->extents[i];
		uint64_t length;

		if (start >= from->size) {
			start -= from->size;
			continue;
		}
		length = from->size - start < size ? from->size - start : size;
		if (length > UINT32_MAX)
			return 0;
		out[n++] = (struct oriel_wire_extent){from->address + start, length};
		start = 0;
		size -= length;
	}
	return size == 0 ? n : 0;
}

/* Gives up one that was not used for longest, so that there is room; whether there is. */
static bool make_room(struct oriel_client_loans *own, uint32_t n_extents)
{
	struct oriel_loan *loan = TAILQ_LAST(&own->list, oriel_loan_list), *before;

	while (loan && (own->n >= ORIEL_MAX_BUFFERS ||
			       own->n_extents + n_extents > ORIEL_MAX_ALL_EXTENTS)) {
		before = TAILQ_PREV(loan, oriel_loan_list, of_client);
		if (loan->busy == 0)
			end(loan);
		loan = before;
	}
	return own->n < ORIEL_MAX_BUFFERS && own->n_extents + n_extents <= ORIEL_MAX_ALL_EXTENTS;
}

static struct oriel_loan *find(const struct oriel_client *client, const struct oriel_pin *pin,
	const struct oriel_mir_memory *memory, const struct oriel_mir_layer *layer)
{
	struct oriel_loan *loan;

	LIST_FOREACH(loan, &pin->loans, of_pin)
	if (loan->client == client && loan->start == memory->start &&
		loan->stride == memory->stride && loan->width == layer->buffer_width &&
		loan->height == layer->buffer_height)
		return loan;
	return NULL;
}

/* Where the rows of the buffer lie, to be freed. NULL: it can't be described. */
static struct oriel_wire_extent *describe(const struct oriel_pin *pin,
	const struct oriel_mir_memory *memory, const struct oriel_mir_layer *layer, uint32_t *ret_n)
{
	struct oriel_wire_extent *extents;
	uint64_t row = (uint64_t)layer->buffer_width * 4;

	if (layer->buffer_width < 1 || layer->buffer_width > ORIEL_MAX_SIDE ||
		layer->buffer_height < 1 || layer->buffer_height > ORIEL_MAX_SIDE ||
		memory->stride < row || memory->stride > 4ul * ORIEL_MAX_SIDE * 4 ||
		memory->start > pin->bytes)
		return NULL;
	extents = malloc(pin->n_extents * sizeof *extents);
	if (!extents)
		return NULL;
	*ret_n = slice(pin, pin->offset + memory->start,
		memory->stride * (layer->buffer_height - 1) + row, extents);
	if (*ret_n > 0)
		return extents;
	free(extents);
	return NULL;
}

/* The last pieces go with the buffer, those before in messages of their own. */
static void tell(const struct oriel_loan *loan, const struct oriel_wire_extent *extents)
{
	struct oriel_client *client = loan->client;
	struct oriel_msg *msg = &client->core->out;
	uint32_t left = loan->n_extents;

	for (; left > ORIEL_MAX_EXTENTS; left -= ORIEL_MAX_EXTENTS) {
		msg->type = ORIEL_MSG_EXTENTS;
		msg->extents.n_extents = ORIEL_MAX_EXTENTS;
		memcpy(msg->extents.extents, extents, sizeof msg->extents.extents);
		oriel_client_send(client, msg);
		extents += ORIEL_MAX_EXTENTS;
	}
	msg->type = ORIEL_MSG_BUFFER;
	msg->buffer.id = loan->id;
	msg->buffer.region = client->loans.region;
	msg->buffer.width = loan->width;
	msg->buffer.height = loan->height;
	msg->buffer.stride = (uint32_t)loan->stride;
	msg->buffer.start = 0;
	msg->buffer.n_extents = left;
	memcpy(msg->buffer.extents, extents, left * sizeof *extents);
	oriel_client_send(client, msg);
}

static struct oriel_loan *create(struct oriel_client *client, struct oriel_pin *pin,
	const struct oriel_mir_memory *memory, const struct oriel_mir_layer *layer)
{
	struct oriel_client_loans *own = &client->loans;
	struct oriel_loan *loan = NULL;
	uint32_t n;
	struct oriel_wire_extent *extents = describe(pin, memory, layer, &n);

	if (extents && make_room(own, n))
		loan = calloc(1, sizeof *loan);
	if (!loan) {
		free(extents);
		return NULL;
	}
	*loan = (struct oriel_loan){
		.client = client,
		.pin = pin,
		.id = ++own->last_id,
		.width = layer->buffer_width,
		.height = layer->buffer_height,
		.n_extents = n,
		.start = memory->start,
		.stride = memory->stride,
	};
	LIST_INSERT_HEAD(&pin->loans, loan, of_pin);
	TAILQ_INSERT_HEAD(&own->list, loan, of_client);
	own->n++;
	own->n_extents += loan->n_extents;
	tell(loan, extents);
	free(extents);
	return loan;
}

struct oriel_loan *oriel_loan_take(struct oriel_client *client,
	const struct oriel_mir_memory *memory, const struct oriel_mir_layer *layer)
{
	struct oriel_pin *pin;
	struct oriel_loan *loan;

	if (client->loans.state != ORIEL_LOANS_FOUND || client->failed)
		return NULL;
	pin = oriel_pins_get(client->core, memory);
	if (!pin)
		return NULL;
	loan = find(client, pin, memory, layer);
	if (loan) {
		TAILQ_REMOVE(&client->loans.list, loan, of_client);
		TAILQ_INSERT_HEAD(&client->loans.list, loan, of_client);
	} else {
		loan = create(client, pin, memory, layer);
	}
	if (loan)
		loan->busy++;
	return loan;
}
