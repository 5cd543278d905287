/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "guest/clipboard.h"
#include "guest/input.h"
#include "guest/launch.h"
#include "guest/messages.h"
#include "guest/question.h"
#include "guest/window.h"
#include "src/base/log.h"

#define FEATURES_INLINE \
	(ORIEL_FEATURE_INLINE_RAW | ORIEL_FEATURE_INLINE_LZ4 | ORIEL_FEATURE_INLINE_ZSTD)
#define FEATURES_MEMORY (ORIEL_FEATURE_MEMORY | ORIEL_FEATURE_BUFFERS)
#define FEATURES \
	(ORIEL_FEATURE_RING | FEATURES_MEMORY | FEATURES_INLINE | ORIEL_FEATURE_CLIPBOARD | \
		ORIEL_FEATURE_TEXT)

static const char *const role_names[] = {"viewer", "attached viewer", "control"};

bool oriel_client_is_viewer(const struct oriel_client *client)
{
	return client->ready && !client->failed && client->role != ORIEL_ROLE_CONTROL;
}

/* Sending ------------------------------------------------------------------------------------- */

int oriel_client_send_fd(struct oriel_client *client, const struct oriel_msg *msg, int fd)
{
	int r;

	if (client->failed)
		return -EPIPE;
	r = oriel_link_send(client->link, msg, fd);
	if (r == -EINVAL) {
		oriel_error("%s: message %s can't be sent", client->name,
			oriel_wire_name((uint16_t)msg->type));
		oriel_client_bye(client, ORIEL_ERROR_INTERNAL, "a message can't be sent");
	} else if (r < 0) {
		client->failed = true;
	}
	return r;
}

int oriel_client_send(struct oriel_client *client, const struct oriel_msg *msg)
{
	return oriel_client_send_fd(client, msg, -1);
}

void oriel_client_bye(struct oriel_client *client, enum oriel_error code, const char *reason)
{
	client->failed = true;
	oriel_link_close(client->link, code, "%s", reason);
}

int oriel_client_fault(struct oriel_client *client, const char *format, ...)
{
	char reason[256];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof reason, format, args);
	va_end(args);
	client->core->stats.peers_failed++;
	oriel_warning("%s: dropped: %s", client->name, reason);
	oriel_client_bye(client, ORIEL_ERROR_PROTOCOL, reason);
	return -EPROTO;
}

/* Life ---------------------------------------------------------------------------------------- */

static void handle_ready(void *user, const struct oriel_msg_hello *peer)
{
	struct oriel_client *client = user;
	uint64_t features = oriel_link_features(client->link);
	char carrier[sizeof client->name];

	snprintf(carrier, sizeof carrier, "%s", client->name);
	snprintf(client->name, sizeof client->name, "%.200s (%.64s)",
		peer->program && peer->program[0] ? peer->program : "unnamed peer", carrier);
	client->role = peer->role;
	client->minor = peer->minor;
	if (client->role != ORIEL_ROLE_CONTROL &&
		!(features & (ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_RAW))) {
		oriel_client_bye(client, ORIEL_ERROR_PROTOCOL,
			"pixels can go neither through shared memory nor inside messages");
		return;
	}
	client->ready = true;
	client->core->stats.peers_connected++;
	if (client->role == ORIEL_ROLE_CONTROL)
		return;
	oriel_info("%s: %s connected", client->name, role_names[client->role]);
	if (features & ORIEL_FEATURE_CLIPBOARD)
		oriel_clipboard_join(client);
	oriel_windows_assign(client->core);
	oriel_frames_pump(client->core);
}

static void handle_message(void *user, const struct oriel_msg *msg, int fd)
{
	struct oriel_client *client = user;
	struct oriel_core *core = client->core;

	if (fd >= 0)
		close(fd);
	if (client->failed)
		return;
	oriel_messages_handle(client, msg);
	oriel_frames_pump(core);
}

static void handle_drained(void *user)
{
	struct oriel_client *client = user;

	oriel_launch_drained(client);
	oriel_frames_pump(client->core);
}

static void handle_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	struct oriel_client *client = user;
	struct oriel_core *core = client->core;

	(void)code;
	/* What the peer or we did wrong has been logged where it was found. */
	if (client->ready && client->role != ORIEL_ROLE_CONTROL)
		oriel_info("%s: disconnected%s%s", client->name, error ? ": " : "",
			error ? reason : "");
	oriel_client_destroy(client);
	oriel_frames_pump(core);
}

static const struct oriel_link_events link_events = {
	.ready = handle_ready,
	.message = handle_message,
	.drained = handle_drained,
	.closed = handle_closed,
};

static int create(
	struct oriel_core *core, struct oriel_carrier *carrier, const char *name, bool ask_token)
{
	struct oriel_link_options options = {
		.side = ORIEL_WIRE_GUEST,
		.features = FEATURES,
		.program = ORIEL_PROGRAM,
		.token = ask_token ? core->token : NULL,
		.token_size = ask_token ? (uint32_t)core->options.token_size : 0,
	};
	struct oriel_client *client = calloc(1, sizeof *client);
	int r = client ? 0 : -ENOMEM;

	if (client) {
		client->core = core;
		oriel_loans_init(client);
		snprintf(client->name, sizeof client->name, "%s", name);
		r = oriel_codec_create(&client->codec);
	}
	if (r < 0) {
		carrier->ops->destroy(carrier);
		free(client);
		return r;
	}
	r = oriel_link_create(carrier, &options, &link_events, client, &client->link);
	if (r < 0) {
		oriel_codec_destroy(client->codec);
		free(client);
		return r;
	}
	TAILQ_INSERT_TAIL(&core->clients, client, all);
	if (++core->n_clients > ORIEL_CORE_CLIENTS)
		oriel_client_bye(client, ORIEL_ERROR_BUSY,
			"too many viewers are connected to this orield: close some");
	return 0;
}

void oriel_client_create(
	struct oriel_core *core, struct oriel_carrier *carrier, const char *name, bool ask_token)
{
	int r = create(core, carrier, name, ask_token);

	if (r < 0)
		oriel_error("%s: can't be served: %s", name, uv_strerror(r));
}

void oriel_client_destroy(struct oriel_client *client)
{
	struct oriel_core *core = client->core;
	struct oriel_link_counters last, *sum = &core->stats.closed;

	client->failed = true;
	TAILQ_REMOVE(&core->clients, client, all);
	core->n_clients--;
	oriel_text_forget(client);
	oriel_input_forget(client);
	oriel_windows_leave(client);
	oriel_launch_leave(client);
	oriel_clipboard_leave(client);
	oriel_questions_leave(client);
	oriel_link_counters(client->link, &last);
	sum->messages_in += last.messages_in;
	sum->messages_out += last.messages_out;
	sum->bytes_in += last.bytes_in;
	sum->bytes_out += last.bytes_out;
	oriel_loans_finish(client);
	oriel_link_destroy(client->link);
	oriel_rings_finish(client);
	oriel_codec_destroy(client->codec);
	free(client);
	oriel_windows_assign(core);
}
