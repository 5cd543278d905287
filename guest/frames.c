/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/frames.h"

#include <errno.h>

#include "guest/client.h"
#include "guest/parts.h"
#include "guest/plan.h"
#include "guest/settle.h"
#include "guest/window.h"
#include "src/base/clock.h"
#include "src/base/log.h"

/* Windows nobody looks at are served this often. */
#define SLOW_MS 1000

static void handle_slow(uv_timer_t *timer);

static bool is_seen(const struct oriel_window *window)
{
	return window->owner && !window->hidden;
}

/* Windows with something to send ------------------------------------------------------------- */

static bool has_work(const struct oriel_window *window)
{
	const struct oriel_frames *f = &window->frames;

	if (!window->announced || f->in_flight || f->fetching)
		return false;
	return f->plan || (!window->hidden && (f->dirty || f->whole));
}

static void unlist(struct oriel_window *window)
{
	if (window->frames.is_due)
		TAILQ_REMOVE(&window->core->due, window, frames.due);
	window->frames.is_due = false;
}

/* Puts the window where it belongs after any change: among those with something to send, and
 * under the slow timer when nobody looks at it. */
static void schedule(struct oriel_window *window)
{
	struct oriel_core *core = window->core;
	struct oriel_frames *f = &window->frames;

	if (has_work(window) && !f->is_due) {
		TAILQ_INSERT_TAIL(&core->due, window, frames.due);
		f->is_due = true;
	}
	if (!is_seen(window) && (f->dirty || f->owed) && !uv_is_active((uv_handle_t *)&core->slow))
		uv_timer_start(&core->slow, handle_slow, SLOW_MS, 0);
}

/* Frame callbacks ----------------------------------------------------------------------------- */

/* The client of what is current may draw again. */
static void frame_done(struct oriel_window *window)
{
	struct oriel_frames *f = &window->frames;

	if (!f->current)
		return;
	oriel_mir_frame_done(f->current);
	f->owed = false;
	oriel_settle_later(window);
}

/* Claims -------------------------------------------------------------------------------------- */

/* Makes the newest content current; *ret_previous is the content before, for the caller to
 * unref. -EAGAIN: there is none. */
static int claim(struct oriel_window *window, struct oriel_mir_frame **ret_previous)
{
	struct oriel_frames *f = &window->frames;
	struct oriel_mir_frame *frame;
	int r = oriel_mir_frame_claim(window->core->mir, window->mir.id, &frame);

	f->dirty = false;
	if (r < 0)
		return r;
	*ret_previous = f->current;
	f->current = frame;
	f->owed = true;
	f->settle_ms = 0;
	window->core->stats.frames_claimed++;
	return 0;
}

/* Gives back what the claim before holds. */
static void release_previous(struct oriel_window *window)
{
	/* After Mir's own end there is nothing to give back to. */
	if (window->core->mir)
		oriel_mir_frame_unref(window->frames.previous);
	window->frames.previous = NULL;
}

/* Once a second for a window nobody looks at: its app draws on, and what it draws is seen whole
 * when somebody looks. */
static void serve_slowly(struct oriel_window *window)
{
	struct oriel_frames *f = &window->frames;
	struct oriel_mir_frame *previous = NULL;

	/* What is still being sent, or read, stays as it is. */
	if (f->plan || f->sent)
		return;
	if (f->dirty && claim(window, &previous) == 0) {
		oriel_mir_frame_unref(previous);
		f->whole = true;
	}
	frame_done(window);
	window->core->stats.frames_slow++;
}

static void handle_slow(uv_timer_t *timer)
{
	struct oriel_core *core = timer->data;
	struct oriel_window *window;

	TAILQ_FOREACH(window, &core->windows, all)
	{
		if (is_seen(window) || !(window->frames.dirty || window->frames.owed))
			continue;
		serve_slowly(window);
		schedule(window);
	}
}

/* Sending ------------------------------------------------------------------------------------- */

/* After a claim: previous is what was current. A viewer that reads the clients' buffers has it
 * until the next frame is presented. */
static void keep_or_release(struct oriel_window *window, struct oriel_mir_frame *previous)
{
	if (previous && window->owner->loans.state == ORIEL_LOANS_FOUND)
		window->frames.previous = previous;
	else
		oriel_mir_frame_unref(previous);
}

/* Decides what to send; 0, or -EAGAIN: there is no content. */
static int begin(struct oriel_window *window)
{
	struct oriel_frames *f = &window->frames;
	struct oriel_mir_frame *previous = NULL;
	int r = 0;

	if (f->dirty || !f->current)
		r = claim(window, &previous);
	if (!f->current || (r < 0 && !f->whole)) {
		f->whole = false;
		f->dirty = false;
		return -EAGAIN;
	}
	f->settle_ms = 0;
	f->plan = oriel_plan_create(window, f->whole ? NULL : previous, f->current);
	keep_or_release(window, previous);
	if (!f->plan) {
		release_previous(window);
		f->whole = true;
		return -ENOMEM;
	}
	f->whole = false;
	f->serial++;
	f->begun_ns = oriel_now_ns();
	f->sent_bytes = 0;
	f->fetched = false;
	f->part_sent = false;
	return 0;
}

/* Whether the pixels to be sent can be read now; if not, the window waits, and the others go on. */
static bool fetch(struct oriel_window *window)
{
	struct oriel_frames *f = &window->frames;

	if (!f->fetched)
		f->fetched = oriel_plan_fetch(window, f->plan) == 0;
	f->fetching = !f->fetched;
	return f->fetched;
}

static void note_sent(struct oriel_window *window)
{
	struct oriel_frames *f = &window->frames;
	struct oriel_stats *stats = &window->core->stats;
	uint64_t commit_ns = oriel_mir_frame_info(f->current)->commit_ns;

	if (oriel_plan_lends(f->plan))
		f->sent = f->plan;
	else
		oriel_plan_destroy(f->plan);
	f->plan = NULL;
	f->in_flight = true;
	f->sent_ns = oriel_now_ns();
	window->n_frames++;
	stats->frames_sent++;
	/* A resend of old content tells nothing about how quick we are. */
	if (f->owed && f->sent_ns > commit_ns)
		oriel_histogram_add(&stats->commit_to_send, (f->sent_ns - commit_ns) / 1000);
}

/* Sends what can be sent of one window now; whether that was anything. */
static bool serve(struct oriel_window *window)
{
	struct oriel_frames *f = &window->frames;
	bool sent = false;
	int r;

	while (has_work(window) &&
		oriel_parts_room(window->owner, f->plan ? f->plan->left : UINT64_MAX)) {
		if (!f->plan && begin(window) < 0)
			break;
		if (!fetch(window))
			break;
		r = oriel_parts_send(window);
		if (r < 0)
			break;
		sent = true;
		f->part_sent = true;
		if (r == 1)
			note_sent(window);
	}
	return sent;
}

void oriel_frames_pump(struct oriel_core *core)
{
	struct oriel_window *window, *next, *last = TAILQ_LAST(&core->due, oriel_window_list);

	for (window = TAILQ_FIRST(&core->due); window; window = next) {
		bool sent = serve(window);

		next = window == last ? NULL : TAILQ_NEXT(window, frames.due);
		/* Who has had a part goes to the end, so that all get their turn when the room
		 * is scarce; who has not stays in front. */
		if (sent || !has_work(window))
			unlist(window);
		schedule(window);
	}
}

/* What happens to a window -------------------------------------------------------------------- */

void oriel_frames_dirty(struct oriel_window *window)
{
	window->frames.dirty = true;
	schedule(window);
}

void oriel_frames_fetched(struct oriel_window *window)
{
	window->frames.fetching = false;
	schedule(window);
}

/* Forgets what was sent and what is on the way. */
static void forget(struct oriel_window *window)
{
	struct oriel_frames *f = &window->frames;

	unlist(window);
	if (f->plan && f->part_sent)
		oriel_plan_abandon(f->plan);
	else
		oriel_plan_destroy(f->plan);
	if (f->sent)
		oriel_plan_abandon(f->sent);
	f->plan = f->sent = NULL;
	release_previous(window);
	f->in_flight = false;
	f->fetching = false;
	f->n_known = 0;
	f->whole = true;
	f->first_serial = f->serial + 1;
}

void oriel_frames_restart(struct oriel_window *window)
{
	forget(window);
	/* An acknowledgement that will not come now would have led to this. */
	if (window->frames.current && !window->frames.owed)
		oriel_settle_later(window);
	schedule(window);
}

void oriel_frames_announced(struct oriel_window *window)
{
	schedule(window);
}

void oriel_frames_refresh(struct oriel_window *window)
{
	window->frames.n_known = 0;
	window->frames.whole = true;
	schedule(window);
}

void oriel_frames_hidden(struct oriel_window *window)
{
	schedule(window);
}

void oriel_frames_finish(struct oriel_window *window)
{
	forget(window);
	/* After Mir's own end there is nothing to give back to. */
	if (window->core->mir)
		oriel_mir_frame_unref(window->frames.current);
	window->frames.current = NULL;
}

/* Acknowledgements ---------------------------------------------------------------------------- */

/* What the link moves a second, from a frame that was large enough to tell. */
static void measure_link(struct oriel_client *client, const struct oriel_frames *f, uint64_t now,
	uint32_t latency_us)
{
	uint64_t ns = now - f->begun_ns, host = (uint64_t)latency_us * 1000, speed;

	if (f->sent_bytes < 64 * 1024)
		return;
	ns = ns > host + 1000 ? ns - host : 1000;
	speed = (uint64_t)((double)f->sent_bytes * 1e9 / (double)ns);
	client->bytes_per_second =
		client->bytes_per_second ? (3 * client->bytes_per_second + speed) / 4 : speed;
}

static void note_presented(struct oriel_window *window, uint32_t latency_us)
{
	struct oriel_frames *f = &window->frames;
	struct oriel_stats *stats = &window->core->stats;
	uint64_t now = oriel_now_ns(), commit_ns = oriel_mir_frame_info(f->current)->commit_ns;

	stats->frames_presented++;
	oriel_histogram_add(&stats->send_to_presented, (now - f->sent_ns) / 1000);
	oriel_histogram_add(&stats->host_present, latency_us);
	if (f->owed && now > commit_ns)
		oriel_histogram_add(&stats->commit_to_presented, (now - commit_ns) / 1000);
	measure_link(window->owner, f, now, latency_us);
}

int oriel_frames_presented(struct oriel_client *client, const struct oriel_msg_presented *msg)
{
	struct oriel_window *window = oriel_window_of(client, msg->window);
	struct oriel_frames *f;
	int r = oriel_rings_release(client, msg->ring_position);

	/* The window may have gone, or to another viewer, while this was on its way. */
	if (r < 0 || !window || msg->serial < window->frames.first_serial)
		return r;
	f = &window->frames;
	if (!f->in_flight || msg->serial != f->serial)
		return oriel_client_fault(client,
			"presented: frame %u of window %u is not on its way", msg->serial,
			msg->window);
	f->in_flight = false;
	oriel_plan_destroy(f->sent);
	f->sent = NULL;
	note_presented(window, msg->latency_us);
	/* Right after each other, the client hears of both at once. */
	release_previous(window);
	frame_done(window);
	oriel_rings_renew(client);
	schedule(window);
	return 0;
}

int oriel_frames_consumed(struct oriel_client *client, const struct oriel_msg_consumed *msg)
{
	int r = oriel_rings_release(client, msg->ring_position);

	if (r == 0)
		oriel_rings_renew(client);
	return r;
}

/* Timers -------------------------------------------------------------------------------------- */

int oriel_frames_init(struct oriel_core *core)
{
	uv_timer_init(core->loop, &core->slow);
	core->slow.data = core;
	oriel_settle_init(core);
	return 0;
}

void oriel_frames_close(struct oriel_core *core)
{
	uv_close((uv_handle_t *)&core->slow, NULL);
	oriel_settle_close(core);
}
