/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <string.h>

#include "src/link/internal.h"

static uint64_t offered_features(const struct oriel_link *link)
{
	uint64_t features = link->own_features;

	if (!oriel_link_passes_fds(link))
		features &= ~(uint64_t)ORIEL_FEATURE_RING;
	return features;
}

int oriel_link_send_hello(struct oriel_link *link)
{
	bool host = link->side == ORIEL_WIRE_HOST;
	struct oriel_msg msg; /* not link->msg: the peer's hello may be in that */

	msg.type = ORIEL_MSG_HELLO;
	msg.hello = (struct oriel_msg_hello){
		.magic = ORIEL_WIRE_MAGIC,
		.major = ORIEL_WIRE_MAJOR,
		.minor = ORIEL_WIRE_MINOR,
		.features = offered_features(link),
		.side = host ? ORIEL_SIDE_HOST : ORIEL_SIDE_GUEST,
		.role = host ? link->role : ORIEL_ROLE_OWNER,
		.program = link->program,
	};
	if (host)
		msg.hello.token =
			(struct oriel_bytes){.data = link->token, .size = link->token_size};
	return oriel_link_push(link, &msg, -1, ORIEL_LINK_QUEUE_MAX);
}

/* Takes the same time for every untrusted token of one size: how long it takes tells nothing of
 * the first byte that differs. */
static bool token_matches(const struct oriel_link *link, const struct oriel_bytes *untrusted_token)
{
	unsigned char shown[ORIEL_MAX_TOKEN] = {0};
	volatile unsigned char difference = untrusted_token->size != link->token_size;

	if (untrusted_token->size > 0 && untrusted_token->size <= sizeof(shown))
		memcpy(shown, untrusted_token->data, untrusted_token->size);
	for (size_t i = 0; i < sizeof(shown); i++)
		difference = difference | (shown[i] ^ link->token[i]);
	return difference == 0;
}

/* Our own side at the other end is mostly our own hello: a program that echoes, as cat does. */
static bool check_side(struct oriel_link *link, const struct oriel_msg_hello *hello)
{
	bool host = link->side == ORIEL_WIRE_HOST;

	if (hello->side == (host ? ORIEL_SIDE_GUEST : ORIEL_SIDE_HOST))
		return true;
	oriel_link_fault(link, -EPROTO, ORIEL_ERROR_PROTOCOL,
		host ? "the other end sends back what it is sent, or is a viewer: is it orield?"
		     : "the other end is no viewer, but a guest as well");
	return false;
}

static bool check_hello(struct oriel_link *link, const struct oriel_msg_hello *hello)
{
	const char *other = link->side == ORIEL_WIRE_GUEST ? "viewer" : "guest";

	if (hello->major != ORIEL_WIRE_MAJOR) {
		oriel_link_fault(link, -EPROTONOSUPPORT, ORIEL_ERROR_VERSION,
			"the %s speaks version %u of the protocol and this end version %u: "
			"install the same release of Oriel at both ends",
			other, hello->major, ORIEL_WIRE_MAJOR);
		return false;
	}
	if (!check_side(link, hello))
		return false;
	if (link->side != ORIEL_WIRE_GUEST || link->token_size == 0 ||
		token_matches(link, &hello->token))
		return true;
	oriel_link_fault(link, -EACCES, ORIEL_ERROR_TOKEN,
		hello->token.size
			? "the access token is wrong: copy the guest's token file again"
			: "an access token is needed: name a copy of the guest's token file");
	return false;
}

void oriel_link_handle_hello(struct oriel_link *link, const struct oriel_msg_hello *hello)
{
	if (link->state == STATE_READY) {
		oriel_link_fault(link, -EPROTO, ORIEL_ERROR_PROTOCOL, "a second hello");
		return;
	}
	if (!check_hello(link, hello))
		return;
	link->features = offered_features(link) & hello->features;
	if (link->side == ORIEL_WIRE_GUEST && oriel_link_send_hello(link) < 0) {
		oriel_link_say_bye(link, -ENOMEM, ORIEL_ERROR_INTERNAL, "out of memory");
		return;
	}
	link->state = STATE_READY;
	link->assembler.greeted = true;
	uv_timer_stop(&link->deadline);
	link->events->ready(link->user, hello);
}
