/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Clients' buffers that a viewer may read where they are: zero copies in the guest. A loan is a
 * registered buffer of one link (messages buffer and buffer_gone) of a pin, which links share. It
 * ends, and its memory may be unpinned, only when no frame that names it is on its way.
 */
#ifndef ORIEL_GUEST_LOAN_H
#define ORIEL_GUEST_LOAN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "guest/mir/adapter.h"
#include "src/wire/messages.h"

struct oriel_client;
struct oriel_pin;

struct oriel_loan {
	LIST_ENTRY(oriel_loan) of_pin;
	TAILQ_ENTRY(oriel_loan) of_client;
	struct oriel_client *client;
	struct oriel_pin *pin;
	uint32_t id; /* on the wire */
	uint32_t width, height, n_extents;
	uint64_t start, stride;
	int busy;         /* frames that name it and are planned or on their way */
	int abandoned;    /* of these, frames that nobody will acknowledge */
	uint32_t barrier; /* the question behind the last of those */
};

enum oriel_loans_state {
	ORIEL_LOANS_NONE,    /* the viewer can't read RAM */
	ORIEL_LOANS_PROBING, /* it was asked whether it finds the right bytes */
	ORIEL_LOANS_FOUND,
	ORIEL_LOANS_REFUSED, /* it does not find them */
};

/* Of one viewer. */
struct oriel_client_loans {
	enum oriel_loans_state state;
	uint32_t region, last_id;
	TAILQ_HEAD(oriel_loan_list, oriel_loan) list; /* used last first */
	int n;
	uint64_t n_extents;
};

void oriel_loans_init(struct oriel_client *client);

/* The viewer can read RAM: asks it to prove that. */
void oriel_loans_offer(struct oriel_client *client, const struct oriel_wire_region *region);
/* Its answer. 0, or -EPROTO after oriel_client_fault(). */
int oriel_loans_probed(struct oriel_client *client, const struct oriel_msg_ram_probed *msg);

/* The loan for a layer's content, which the viewer has been told of; NULL: its pixels must be
 * copied. Ended by one of the next two calls. */
struct oriel_loan *oriel_loan_take(struct oriel_client *client,
	const struct oriel_mir_memory *memory, const struct oriel_mir_layer *layer);
/* The frame was presented, or never sent. */
void oriel_loan_return(struct oriel_loan *loan);
/* The frame was sent, and will not be acknowledged as its window is gone from the viewer: returned
 * when the viewer has answered that question (see guest/question.h). */
void oriel_loan_abandon(struct oriel_loan *loan, uint32_t question);
/* It has answered it. */
void oriel_loans_passed(struct oriel_client *client, uint32_t question);

/* Whether a frame that is on its way names memory of this pin. */
bool oriel_loans_busy(const struct oriel_pin *pin);
/* Ends the loans of a pin: the viewers are told. */
void oriel_loans_end(struct oriel_pin *pin);

/* The viewer is gone: ends its loans. */
void oriel_loans_finish(struct oriel_client *client);

#endif
