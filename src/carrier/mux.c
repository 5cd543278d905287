/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The session of a mux: how it begins, what comes, and how it ends.
 */
#include "src/carrier/mux.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/carrier/mux_internal.h"

/* Whoever starts says hello at once; again only in case that got lost, as when a port is reset. */
#define HELLO_MS 2000
/* Of a guest to which something was written: then it is asked whether it is there, and after some
 * more it is not. It may be busy, or its computer. */
#define SILENCE_MS 3000
#define PATIENCE_MS 10000
/* Last words of a released mux. */
#define LINGER_MS 1000
/* Last words of an other end that is said to have left. */
#define LEFT_MS 200

static unsigned silence_ms = SILENCE_MS, patience_ms = PATIENCE_MS;

void oriel_mux_set_patience(unsigned silence, unsigned patience)
{
	silence_ms = silence ? silence : SILENCE_MS;
	patience_ms = patience ? patience : PATIENCE_MS;
}

static uint64_t make_epoch(void)
{
	uint64_t epoch = 0;

	/* It only has to differ from those before: without random bytes the time does it too. */
	if (uv_random(NULL, NULL, &epoch, sizeof(epoch), 0, NULL) < 0)
		epoch = uv_hrtime() ^ (uint64_t)getpid() << 48;
	return epoch ? epoch : 1;
}

/* The session ---------------------------------------------------------------------------------- */

static struct oriel_channel *find(struct oriel_mux *mux, uint32_t id)
{
	for (unsigned i = 0; i < ORIEL_MUX_CHANNELS; i++)
		if (mux->channels[i] && mux->channels[i]->id == id)
			return mux->channels[i];
	return NULL;
}

void oriel_mux_forget(struct oriel_mux *mux, struct oriel_channel *channel)
{
	for (unsigned i = 0; i < ORIEL_MUX_CHANNELS; i++)
		if (mux->channels[i] == channel)
			mux->channels[i] = NULL;
	mux->n_channels--;
}

static void end_channels(struct oriel_mux *mux, int error, const char *reason)
{
	for (unsigned i = 0; i < ORIEL_MUX_CHANNELS; i++) {
		struct oriel_channel *channel = mux->channels[i];

		mux->channels[i] = NULL;
		if (channel)
			oriel_channel_end(channel, error, reason);
	}
	mux->n_channels = 0;
}

static void handle_timer(uv_timer_t *timer)
{
	struct oriel_mux *mux = timer->data;

	if (!mux->events) {
		oriel_mux_destroy(mux);
		return;
	}
	mux->hello_due = true;
	oriel_mux_send(mux);
}

/* Ends the session, if there is one. */
static void leave(struct oriel_mux *mux, const char *reason)
{
	mux->up = mux->probed = mux->left = false;
	mux->last_id = 0;
	oriel_mux_reader_set_tag(&mux->reader, 0);
	if (mux->events)
		uv_timer_start(&mux->timer, handle_timer, HELLO_MS, HELLO_MS);
	end_channels(mux, -ECONNRESET, reason);
}

/* Begins all anew, as a process that has just started would. */
static void restart(struct oriel_mux *mux, const char *reason)
{
	leave(mux, reason);
	mux->epoch = make_epoch();
	mux->peer = 0;
	mux->padding_due = mux->hello_due = true;
}

/* A serial port does not tell the host that nobody has it open in the guest any more, and an orield
 * that is killed says nothing. But one that lives answers: in a session, too, it answers a hello
 * that asks. While nothing is written, nothing is asked. */
static void handle_silence(uv_timer_t *timer)
{
	struct oriel_mux *mux = timer->data;

	if (mux->probed) {
		oriel_warning("the guest's end of the serial port does not answer any more");
		restart(mux, "the guest does not answer: orield has ended there, or hangs");
	} else {
		mux->probed = mux->hello_due = true;
		uv_timer_start(timer, handle_silence, patience_ms, 0);
	}
	oriel_mux_send(mux);
}

void oriel_mux_expect(struct oriel_mux *mux)
{
	if (mux->side == ORIEL_MUX_HOST && mux->up && mux->events &&
		!uv_is_active((uv_handle_t *)&mux->timer))
		uv_timer_start(&mux->timer, handle_silence, silence_ms, 0);
}

/* Something has come. */
static void note_life(struct oriel_mux *mux)
{
	mux->probed = false;
	if (mux->up && mux->events && !mux->left)
		uv_timer_stop(&mux->timer);
}

static void handle_left(uv_timer_t *timer)
{
	struct oriel_mux *mux = timer->data;

	restart(mux, "orield has ended in the guest");
	oriel_mux_send(mux);
}

void oriel_mux_left(struct oriel_mux *mux)
{
	if (!mux->up || !mux->events || mux->left)
		return;
	mux->left = true;
	uv_timer_start(&mux->timer, handle_left, LEFT_MS, 0);
}

static void fault(struct oriel_mux *mux, const char *what)
{
	char reason[ORIEL_MUX_REASON];

	snprintf(reason, sizeof(reason), "the stream of the serial port is broken: %s", what);
	oriel_warning("%s", reason);
	restart(mux, reason);
}

static void enter(struct oriel_mux *mux, const struct oriel_mux_hello *hello)
{
	bool host = mux->side == ORIEL_MUX_HOST;

	mux->up = true;
	mux->peer_window = hello->window;
	oriel_mux_reader_set_tag(&mux->reader,
		oriel_mux_tag(host ? mux->epoch : mux->peer, host ? mux->peer : mux->epoch));
	if (!mux->events)
		return;
	uv_timer_stop(&mux->timer);
	if (host)
		mux->events->up(mux->user);
}

static void handle_hello(struct oriel_mux *mux, const struct oriel_mux_hello *hello)
{
	if (hello->side == mux->side)
		return; /* a terminal that echoes */
	if (hello->version != ORIEL_MUX_VERSION) {
		if (!mux->told_version)
			oriel_warning("the other end of the serial port speaks version %u of its "
				      "framing, this one %u: install the same release at both ends",
				(unsigned)hello->version, ORIEL_MUX_VERSION);
		mux->told_version = true;
		return;
	}
	if (hello->epoch != mux->peer) {
		if (mux->up)
			leave(mux, "the other end of the serial port has started anew");
		mux->peer = hello->epoch;
		mux->hello_due = true;
	}
	if (hello->asks && mux->up)
		mux->hello_due = true;
	if (hello->echo == mux->epoch && !mux->up)
		enter(mux, hello);
}

/* Frames --------------------------------------------------------------------------------------- */

static int add_channel(struct oriel_mux *mux, uint32_t id, struct oriel_channel **ret_channel)
{
	unsigned i = 0;

	while (i < ORIEL_MUX_CHANNELS && mux->channels[i])
		i++;
	if (i == ORIEL_MUX_CHANNELS)
		return -EMFILE;
	mux->channels[i] = oriel_channel_create(mux, id);
	if (!mux->channels[i])
		return -ENOMEM;
	mux->n_channels++;
	mux->last_id = id;
	*ret_channel = mux->channels[i];
	return 0;
}

static void handle_open(struct oriel_mux *mux, uint32_t id)
{
	struct oriel_channel *channel;

	if (mux->side != ORIEL_MUX_GUEST || id <= mux->last_id) {
		fault(mux, "a channel that can't be opened");
		return;
	}
	int r = add_channel(mux, id, &channel);
	if (r < 0)
		fault(mux, r == -EMFILE ? "too many channels" : "out of memory");
	else if (mux->events)
		mux->events->accept(mux->user, &channel->base);
	else
		oriel_mux_close(&channel->base, -ECONNREFUSED, "nobody listens any more");
}

static void handle_data(struct oriel_mux *mux, struct oriel_channel *channel,
	const unsigned char *untrusted_data, size_t size)
{
	if (size > channel->window || channel->input_ended) {
		fault(mux, "more data than was asked for");
		return;
	}
	channel->window -= (uint32_t)size;
	oriel_channel_receive(channel, untrusted_data, size);
}

static void handle_credit(
	struct oriel_mux *mux, struct oriel_channel *channel, uint32_t untrusted_credit)
{
	if (untrusted_credit == 0 || untrusted_credit > ORIEL_MUX_MAX_WINDOW - channel->credit) {
		fault(mux, "a window out of range");
		return;
	}
	channel->credit += untrusted_credit;
}

static void handle_finish(struct oriel_mux *mux, struct oriel_channel *channel)
{
	if (channel->input_ended)
		fault(mux, "two ends of one channel");
	else
		oriel_channel_input_ended(channel);
}

static void handle_close(struct oriel_mux *mux, struct oriel_channel *channel,
	const unsigned char *untrusted_payload, size_t length)
{
	char reason[ORIEL_MUX_REASON + 1] = "the other end has closed the connection";
	bool failed = oriel_mux_get_u32(untrusted_payload) != 0;

	if (length > 4) {
		memcpy(reason, untrusted_payload + 4, length - 4);
		reason[length - 4] = '\0';
	}
	for (char *c = reason; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	oriel_mux_forget(mux, channel);
	oriel_channel_end(channel, failed ? -ECONNRESET : 0, reason);
}

static void handle_frame(struct oriel_mux *mux, const struct oriel_mux_item *item)
{
	struct oriel_channel *channel;

	if (item->kind == ORIEL_MUX_OPEN) {
		handle_open(mux, item->channel);
		return;
	}
	channel = find(mux, item->channel);
	if (!channel) {
		/* Closed here, which the other end did not know yet. */
		if (item->channel == 0 || item->channel > mux->last_id)
			fault(mux, "a channel that nobody opened");
		return;
	}
	switch (item->kind) {
	case ORIEL_MUX_DATA:
		handle_data(mux, channel, item->untrusted_payload, item->length);
		break;
	case ORIEL_MUX_CREDIT:
		handle_credit(mux, channel, oriel_mux_get_u32(item->untrusted_payload));
		break;
	case ORIEL_MUX_FINISH:
		handle_finish(mux, channel);
		break;
	default:
		handle_close(mux, channel, item->untrusted_payload, item->length);
	}
}

/* The carrier below ---------------------------------------------------------------------------- */

static void handle_below_data(void *user, const void *untrusted_data, size_t size, int fd)
{
	struct oriel_mux *mux = user;
	const unsigned char *bytes = untrusted_data;
	struct oriel_mux_item item;

	if (fd >= 0)
		close(fd); /* no serial port brings one */
	note_life(mux);
	mux->reading = true;
	while (!mux->destroyed && !mux->parted) {
		oriel_mux_reader_next(&mux->reader, &bytes, &size, &item);
		if (item.type == ORIEL_MUX_ITEM_NONE)
			break;
		if (item.type == ORIEL_MUX_ITEM_HELLO)
			handle_hello(mux, &item.hello);
		else if (item.type == ORIEL_MUX_ITEM_FRAME)
			handle_frame(mux, &item);
		else
			restart(mux, "the other end of the serial port has started anew");
	}
	mux->reading = false;
	oriel_mux_send(mux);
}

static void handle_below_written(void *user)
{
	struct oriel_mux *mux = user;

	mux->writing = false;
	oriel_mux_send(mux);
}

static void handle_below_closed(void *user, int error, const char *reason)
{
	struct oriel_mux *mux = user;

	mux->over = true;
	mux->up = false;
	uv_timer_stop(&mux->timer);
	end_channels(mux, error, reason);
	if (mux->events)
		mux->events->closed(mux->user, error, reason);
	else
		oriel_mux_destroy(mux);
}

/* From outside --------------------------------------------------------------------------------- */

int oriel_mux_create(uv_loop_t *loop, struct oriel_carrier *below, enum oriel_mux_side side,
	const struct oriel_mux_events *events, void *user, struct oriel_mux **ret)
{
	static const struct oriel_carrier_events below_events = {
		handle_below_data, handle_below_written, handle_below_closed};
	struct oriel_mux *mux = calloc(1, sizeof(*mux));

	if (!mux) {
		below->ops->destroy(below);
		return -ENOMEM;
	}
	mux->loop = loop;
	mux->below = below;
	mux->side = side;
	mux->events = events;
	mux->user = user;
	uv_timer_init(loop, &mux->timer);
	mux->timer.data = mux;
	below->ops->start(below, &below_events, mux);
	restart(mux, "");
	oriel_mux_send(mux);
	*ret = mux;
	return 0;
}

bool oriel_mux_is_up(const struct oriel_mux *mux)
{
	return mux->up;
}

int oriel_mux_open(struct oriel_mux *mux, struct oriel_carrier **ret)
{
	struct oriel_channel *channel;

	if (mux->up && mux->last_id == UINT32_MAX)
		restart(mux, "the numbers of channels are used up");
	if (!mux->up)
		return -ENOTCONN;
	int r = add_channel(mux, mux->last_id + 1, &channel);
	if (r < 0)
		return r;
	channel->open_due = true;
	*ret = &channel->base;
	oriel_mux_send(mux);
	return 0;
}

static void handle_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void oriel_mux_destroy(struct oriel_mux *mux)
{
	if (mux->destroyed)
		return;
	mux->destroyed = true;
	end_channels(mux, -ECONNABORTED, "the serial port is no longer used");
	mux->below->ops->destroy(mux->below);
	uv_close((uv_handle_t *)&mux->timer, handle_closed);
}

static bool is_used(const struct oriel_mux *mux)
{
	for (unsigned i = 0; i < ORIEL_MUX_CHANNELS; i++)
		if (mux->channels[i] && !mux->channels[i]->destroyed)
			return true;
	return false;
}

/* What comes to the other end afterwards shall wait for who comes next. */
static void part(struct oriel_mux *mux)
{
	leave(mux, "");
	mux->parted = true;
	memset(mux->out, 0, ORIEL_MUX_TRAILER);
	mux->writing = true;
	mux->below->ops->write(mux->below, mux->out, ORIEL_MUX_TRAILER, -1);
}

void oriel_mux_settle(struct oriel_mux *mux)
{
	if (mux->events || mux->destroyed || is_used(mux))
		return;
	if (mux->n_channels == 0 && !mux->writing && !mux->up)
		oriel_mux_destroy(mux);
	else if (mux->n_channels == 0 && !mux->writing)
		part(mux);
	if (!mux->destroyed && !uv_is_active((uv_handle_t *)&mux->timer))
		uv_timer_start(&mux->timer, handle_timer, LINGER_MS, 0);
}

void oriel_mux_release(struct oriel_mux *mux)
{
	mux->events = NULL;
	uv_timer_stop(&mux->timer);
	if (mux->over)
		oriel_mux_destroy(mux);
	oriel_mux_send(mux);
	oriel_mux_settle(mux);
}
