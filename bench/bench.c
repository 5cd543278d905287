/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * ./dev bench: speed and idle cost of orield and the viewer together, with real programs on a
 * real X screen, as ratios to what the machine itself needs, measured in the same run.
 *
 *   bench [JSON FILE]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/cost.h"
#include "bench/limit.h"
#include "bench/report.h"
#include "src/base/clock.h"
#include "tests/e2e/e2e.h"

#define FRAME_BYTES (1920.0 * 1080 * 4)
#define ROUNDS 5
#define CLICKS 200
#define STORMS 5

/* What both ends, and the X server, have cost. */
struct costs {
	uint64_t orield, viewer, server, time, frames, sent;
};

static struct costs costs_now(void)
{
	return (struct costs){
		.orield = cost_cpu_ns(process_pid(orield)),
		.viewer = cost_cpu_ns(process_pid(viewer)),
		.server = cost_cpu_ns(limit_server(screen)),
		.time = oriel_now_ns(),
		.frames = session_counter("frames_presented"),
		.sent = session_counter("pixel_bytes_copied"),
	};
}

static void start(const char *mode)
{
	session_attach_with("--refresh", "0", NULL);
	session_client("bench-client", mode, NULL);
	screen_wait("bench");
	e2e_sleep(1000);
}

/* 1920x1080, all of it, as fast as it goes. Rounds of Oriel and of the limit in turn, and the
 * median of each, because the machine's speed drifts. */
static void full(void **state)
{
	double ends[ROUNDS], server[ROUNDS], rate[ROUNDS], client[ROUNDS], put[ROUNDS],
		ratio[ROUNDS];
	double orield_ms[ROUNDS], viewer_ms[ROUNDS], all_ratio[ROUNDS], bytes = 0, frames = 0;
	struct limit *limit = limit_create(screen);

	(void)state;
	start("full");
	for (int i = 0; i < ROUNDS; i++) {
		struct costs a = costs_now(), b;
		struct limit_cost least;
		double n;

		e2e_sleep(2000);
		b = costs_now();
		process_signal(viewer, SIGSTOP);
		least = limit_frames(limit, 200);
		process_signal(viewer, SIGCONT);
		n = (double)(b.frames - a.frames);
		if (n < 10)
			e2e_fail("only %.0f frames in two seconds", n);
		orield_ms[i] = (double)(b.orield - a.orield) / 1e6 / n;
		viewer_ms[i] = (double)(b.viewer - a.viewer) / 1e6 / n;
		ends[i] = orield_ms[i] + viewer_ms[i];
		server[i] = (double)(b.server - a.server) / 1e6 / n;
		rate[i] = n / ((double)(b.time - a.time) / 1e9);
		client[i] = least.client_ms;
		put[i] = least.server_ms;
		ratio[i] = ends[i] / (client[i] + put[i]);
		all_ratio[i] = (ends[i] + server[i]) / (client[i] + put[i]);
		bytes += (double)(b.sent - a.sent);
		frames += n;
		e2e_sleep(300);
	}
	bench_report("full_1080p_frames_per_s", bench_percentile(rate, ROUNDS, 50), "frames/s", "");
	bench_report("full_1080p_orield_cpu_ms", bench_percentile(orield_ms, ROUNDS, 50),
		"ms/frame", "");
	bench_report("full_1080p_viewer_cpu_ms", bench_percentile(viewer_ms, ROUNDS, 50),
		"ms/frame", "");
	bench_report("full_1080p_server_cpu_ms", bench_percentile(server, ROUNDS, 50), "ms/frame",
		"X server, for Oriel");
	bench_report("limit_memcpy_cpu_ms", bench_percentile(client, ROUNDS, 50), "ms/frame",
		"one memcpy");
	bench_report("limit_put_cpu_ms", bench_percentile(put, ROUNDS, 50), "ms/frame",
		"one XShmPutImage, in the X server");
	bench_report("full_1080p_cpu_over_limit", bench_percentile(ratio, ROUNDS, 50), "x",
		"both ends / limit; aim <= 1.5");
	bench_report("full_1080p_all_cpu_over_limit", bench_percentile(all_ratio, ROUNDS, 50), "x",
		"both ends and X server / limit");
	bench_report("full_1080p_bytes_per_frame", bytes / frames, "bytes", "1.0 copies = 8294400");
	bench_report("ring_frames", (double)session_counter("ring_size_bytes") / FRAME_BYTES,
		"frames", "shared memory, for all windows; aim <= 3");
	limit_destroy(limit);
}

/* A small change, 40 times a second: how long until the host has shown it. */
static void glyph(void **state)
{
	struct limit *limit = limit_create(screen);
	double floor_ms = limit_glyph_ms(limit, 500);
	struct costs a, b;

	(void)state;
	limit_destroy(limit);
	start("glyph");
	a = costs_now();
	e2e_sleep(5000);
	b = costs_now();
	bench_report("glyph_display_floor_ms", floor_ms, "ms", "XShmPutImage of one glyph, done");
	bench_report("glyph_commit_to_present_p50_ms",
		(double)session_counter("commit_to_presented_us_p50") / 1e3, "ms",
		"aim <= 2 + floor");
	bench_report("glyph_commit_to_present_p99_ms",
		(double)session_counter("commit_to_presented_us_p99") / 1e3, "ms", "");
	bench_report("glyph_bytes_per_frame",
		(double)(b.sent - a.sent) / (double)(b.frames - a.frames), "bytes",
		"one glyph = 800");
}

static void click(void **state)
{
	(void)state;
	start("click");
	bench_clicks("", CLICKS);
}

/* 200 sizes in two seconds: how long after the last one until the window shows it. */
static void resize(void **state)
{
	struct screen_window window;
	double ms[STORMS];
	int width = 0, height = 0;

	(void)state;
	session_pattern("toplevel bench 300x200");
	session_attach();
	window = screen_wait("bench");
	for (int i = 0; i < STORMS; i++) {
		uint64_t t0;

		for (int k = 0; k < 200; k++) {
			width = 300 + (313 * k + 7 * i) % 400;
			height = 200 + (211 * k + 11 * i) % 300;
			screen_resize(&window, width, height);
			XFlush(screen);
			e2e_sleep(10);
		}
		t0 = oriel_now_ns();
		screen_expect("bench", image_pattern(width, height, 0, 0, 1), 0);
		ms[i] = (double)(oriel_now_ns() - t0) / 1e6;
	}
	bench_report("resize_settled_p50_ms", bench_percentile(ms, STORMS, 50), "ms",
		"after the last of 200 sizes in 2 s; aim <= 100");
	bench_report("resize_settled_max_ms", bench_percentile(ms, STORMS, 100), "ms", "");
}

/* Messages of the viewer's link alone: asking costs messages of its own, the same each time. */
static uint64_t count_messages(void)
{
	uint64_t in = session_counter("messages_in");

	return in + session_counter("messages_out");
}

/* A window is open and nothing happens for ten seconds. */
static void idle(void **state)
{
	uint64_t messages[3], wakeups[2], cpu[2];
	pid_t ends[2];

	(void)state;
	start("idle");
	e2e_sleep(2000);
	ends[0] = process_pid(orield);
	ends[1] = process_pid(viewer);
	messages[0] = count_messages();
	messages[1] = count_messages();
	e2e_sleep(500);
	for (int i = 0; i < 2; i++) {
		wakeups[i] = cost_wakeups(ends[i]);
		cpu[i] = cost_cpu_ns(ends[i]);
	}
	e2e_sleep(10000);
	for (int i = 0; i < 2; i++) {
		wakeups[i] = cost_wakeups(ends[i]) - wakeups[i];
		cpu[i] = cost_cpu_ns(ends[i]) - cpu[i];
	}
	messages[2] = count_messages();
	bench_report("idle_messages",
		(double)(messages[2] - messages[1]) - (double)(messages[1] - messages[0]),
		"in 10 s", "aim 0");
	bench_report("idle_orield_wakeups_per_s", (double)wakeups[0] / 10, "per s", "aim < 2");
	bench_report("idle_viewer_wakeups_per_s", (double)wakeups[1] / 10, "per s", "aim < 2");
	bench_report("idle_orield_cpu_ms", (double)cpu[0] / 1e6, "ms in 10 s", "");
	bench_report("idle_viewer_cpu_ms", (double)cpu[1] / 1e6, "ms in 10 s", "");
}

/* A screen that a whole 1080p window fits on. */
static int widen(void **state)
{
	screen_stop();
	screen_start(2000, 1200);
	return e2e_setup(state);
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		{"full", full, widen, e2e_teardown, "full"},
		E2E_TEST(glyph),
		E2E_TEST(click),
		E2E_TEST(resize),
		E2E_TEST(idle),
		cmocka_unit_test(bench_save),
	};

	bench_begin(argc > 1 ? argv[1] : NULL);
	return e2e_main(1, argv, "bench", tests, sizeof tests / sizeof *tests);
}
