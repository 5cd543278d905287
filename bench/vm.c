/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * ./dev bench --vm: what a frame costs in a virtual machine, for each way that its pixels can take,
 * as a ratio to one memcpy of 1920x1080 in the same machine at the same time, made again and again
 * or once a frame; and how long it takes from nothing to the first window.
 *
 *   bench-vm [JSON FILE]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/report.h"
#include "src/base/clock.h"
#include "tests/vm/machine.h"

#define ROUNDS 5
#define CLICKS 100

const char *const machine_options[] = {NULL};

static const char *share;
static struct process *clock_process;

/* Prints a line of CPU time, in ns, for each line it reads. A program that stays: starting one
 * would be work for orield. */
static const char clock_script[] =
	"p=$(pgrep -xo orield); while read line; do sum=0; for f in /proc/$p/task/*/schedstat; do "
	"read cpu rest <$f && sum=$((sum + cpu)); done; echo ok $sum; done";

static double orield_cpu_ms(void)
{
	return strtod(process_ask(clock_process, "now"), NULL) / 1e6;
}

static void report(const char *what, double value, const char *unit, const char *aim)
{
	char key[64];

	snprintf(key, sizeof key, "%s_%s", share, what);
	bench_report(key, value, unit, aim);
}

static double seconds_since(uint64_t start)
{
	return (double)(oriel_now_ns() - start) / 1e9;
}

static void boot(void)
{
	const char *options[] = {"--share", share, NULL};
	uint64_t start = oriel_now_ns();

	machine_up(options);
	report("boot_to_orield_s", seconds_since(start), "s", "");
	machine_run("foot", "-T", "first", "sleep", "1000", NULL);
	screen_wait("first");
	report("boot_to_first_window_s", seconds_since(start), "s", "");
}

/* CPU of orield for a frame, and the frames of a second. */
struct rate {
	double cpu_ms, fps;
};

static struct rate measure(unsigned ms)
{
	double cpu = orield_cpu_ms();
	double frames = (double)machine_counter("frames_presented");
	uint64_t start = oriel_now_ns();

	e2e_sleep(ms);
	frames = (double)machine_counter("frames_presented") - frames;
	if (frames < 3)
		e2e_fail("only %.0f frames in %u ms", frames, ms);
	return (struct rate){(orield_cpu_ms() - cpu) / frames, frames / seconds_since(start)};
}

/* What one memcpy of a whole frame takes in the guest: one right after another, and one a frame. */
struct copy {
	double hot, cold;
};

static struct copy copy_ms(void)
{
	struct process *process = machine_run("bench-client", "memcpy", NULL);
	const char *line = process_expect(process, "memcpy ");
	struct copy ms;

	if (sscanf(line, "memcpy %lf ms, cold %lf ms", &ms.hot, &ms.cold) != 2)
		e2e_fail("bench-client says '%s'", line);
	process_wait(process);
	return ms;
}

static struct process *start(const char *mode)
{
	struct process *process;

	/* As often as it goes: the host's screen is no limit here. */
	process =
		process_run("bench", "oriel", "run", "--refresh", "0", "bench-client", mode, NULL);
	screen_wait("bench");
	e2e_sleep(2000);
	return process;
}

static void finish(struct process *process)
{
	process_stop(process);
	screen_wait_gone("bench");
}

/* Rounds of both in turn, because the machine's speed drifts; the viewer is stopped while the limit
 * is measured. */
static void full(void)
{
	double cpu[ROUNDS], fps[ROUNDS], hot[ROUNDS], cold[ROUNDS], over_hot[ROUNDS],
		over_cold[ROUNDS];
	struct process *process = start("full");

	for (int i = 0; i < ROUNDS; i++) {
		struct rate rate = measure(3000);
		struct copy copy;

		process_signal(process, SIGSTOP);
		e2e_sleep(500);
		copy = copy_ms();
		process_signal(process, SIGCONT);
		e2e_sleep(500);
		cpu[i] = rate.cpu_ms;
		fps[i] = rate.fps;
		hot[i] = copy.hot;
		cold[i] = copy.cold;
		over_hot[i] = rate.cpu_ms / copy.hot;
		over_cold[i] = rate.cpu_ms / copy.cold;
	}
	finish(process);
	report("memcpy_1080p_ms", bench_percentile(hot, ROUNDS, 50), "ms",
		"one frame, in the guest");
	report("memcpy_cold_1080p_ms", bench_percentile(cold, ROUNDS, 50), "ms",
		"the same, once a frame");
	report("full_orield_cpu_ms", bench_percentile(cpu, ROUNDS, 50), "ms/frame", "in the guest");
	report("full_over_memcpy", bench_percentile(over_hot, ROUNDS, 50), "x",
		!strcmp(share, "ring")  ? "aim <= 1.2"
		: !strcmp(share, "ram") ? "aim <= 0.1"
					: "");
	report("full_over_cold_memcpy", bench_percentile(over_cold, ROUNDS, 50), "x", "");
	report("full_frames_per_s", bench_percentile(fps, ROUNDS, 50), "frames/s", "");
}

static void glyph(void)
{
	struct process *process = start("glyph");
	struct copy copy = copy_ms();
	struct rate rate = measure(5000);

	report("glyph_orield_cpu_ms", rate.cpu_ms, "ms/frame", "in the guest");
	report("glyph_over_memcpy", rate.cpu_ms / copy.hot, "x", "of a whole 1080p frame");
	report("glyph_commit_to_present_p50_ms",
		(double)machine_counter("commit_to_presented_us_p50") / 1e3, "ms", "");
	finish(process);
}

static void click(void)
{
	struct process *process = start("click");
	char prefix[64];

	snprintf(prefix, sizeof prefix, "%s_", share);
	bench_clicks(prefix, CLICKS);
	finish(process);
}

static void measure_machine(void **state)
{
	share = *state;
	e2e_begin(share);
	machine_prepare();
	screen_stop();
	screen_start(2000, 1200);
	boot();
	machine_teardown(NULL);
	clock_process = machine_run("sh", "-c", clock_script, NULL);
	glyph();
	click();
	full();
	machine_teardown(NULL);
	machine_down();
}

int main(int argc, char *argv[])
{
	static char ring[] = "ring", ram[] = "ram", stream[] = "stream";
	const struct CMUnitTest tests[] = {
		{"ring", measure_machine, NULL, NULL, ring},
		{"ram", measure_machine, NULL, NULL, ram},
		{"stream", measure_machine, NULL, NULL, stream},
		cmocka_unit_test(bench_save),
	};

	setenv("E2E_DEADLINE", "300", 0);
	bench_begin(argc > 1 ? argv[1] : NULL);
	return machine_main(1, argv, "bench-vm", tests, sizeof tests / sizeof *tests);
}
