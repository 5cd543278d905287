/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Who may die, stop or be slow without taking others along.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/e2e.h"
#include "tests/e2e/refview.h"

/* What orield may grow by when the viewer stands still and a client of 800x600 (1.8 MiB a frame)
 * goes on drawing: the client's three buffers, a frame in the ring, and room to breathe. */
enum { BOUND = 32 * 1024 * 1024 };

static void test_viewer_killed(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 seed=1");

	(void)state;
	session_attach();
	screen_wait("main");
	process_ask(app, "spin main full");
	e2e_sleep(300);
	process_kill(viewer);
	viewer = NULL;
	process_ask(app, "spin main off");
	process_ask(app, "redraw main 5");
	process_ask(app, "sync");
	session_attach();
	screen_expect("main", image_pattern(300, 200, 0, 0, 5), 0);
	e2e_note("after reconnecting: %s", process_ask(app, "animate main 20"));
}

/* What the viewer says is one line that names the fault. */
static void expect_told(struct process *process)
{
	char *log = process_log(process);

	if (!strstr(log, "oriel:"))
		e2e_fail("the viewer does not say what happened: '%s'", log);
	free(log);
}

static void test_orield_killed(void **state)
{
	int status;

	(void)state;
	session_pattern("toplevel main 300x200 seed=1");
	session_attach();
	screen_wait("main");
	process_kill(orield);
	orield = NULL;
	status = process_wait(viewer);
	if (!status || status > 127)
		e2e_fail("the viewer ends with status %d", status);
	expect_told(viewer);
	screen_wait_gone("main");
}

static void test_orield_killed_and_waited_for(void **state)
{
	(void)state;
	session_pattern("toplevel main 300x200 seed=1");
	session_attach_with("--on", session_socket_target(), "--wait", NULL);
	screen_wait("main");
	process_kill(orield);
	orield = NULL;
	screen_wait_gone("main");
	e2e_sleep(500);
	assert_true(process_running(viewer));
	session_start_orield();
	session_pattern("toplevel again 200x100 seed=2");
	screen_expect("again", image_pattern(200, 100, 0, 0, 2), 0);
}

static void test_crashing_app(void **state)
{
	struct process *crashing = session_pattern("toplevel crashing 300x200 seed=1");
	struct process *staying = session_pattern("toplevel staying 200x100 seed=2");

	(void)state;
	session_attach();
	screen_wait("crashing");
	screen_wait("staying");
	process_ask(crashing, "spin crashing full");
	process_say(crashing, "crash");
	screen_wait_gone("crashing");
	assert_int_equal(process_wait(crashing), 128 + SIGSEGV);
	process_ask(staying, "redraw staying 3");
	screen_expect("staying", image_pattern(200, 100, 0, 0, 3), 0);
	E2E_UNTIL(session_counter("ring_used_bytes") == 0, "the ring is not empty");
}

/* Watches orield for some seconds. */
static void expect_bounded(size_t before)
{
	size_t most = before;
	int i;

	for (i = 0; i < 50; i++) {
		size_t now = process_memory(process_pid(orield));

		if (now > most)
			most = now;
		e2e_sleep(100);
	}
	e2e_note("orield: %zu KiB before, at most %zu KiB", before / 1024, most / 1024);
	if (most > before + BOUND)
		e2e_fail("orield grew from %zu to %zu KiB", before / 1024, most / 1024);
}

static void test_stopped_viewer(void **state)
{
	struct process *app = session_pattern("toplevel main 800x600 seed=1");
	struct process *other = session_pattern("toplevel other 800x600 seed=1");
	size_t before;

	(void)state;
	session_attach();
	screen_wait("main");
	process_ask(app, "animate main 20");
	before = process_memory(process_pid(orield));
	process_ask(app, "spin main full");
	process_signal(viewer, SIGSTOP);
	process_say(other, "flood other 500");
	expect_bounded(before);
	process_signal(viewer, SIGCONT);
	process_expect(other, "ok");
	process_ask(app, "spin main off");
	process_ask(app, "redraw main 9");
	screen_expect("main", image_pattern(800, 600, 0, 0, 9), 0);
	screen_expect("other", image_pattern(800, 600, 0, 0, 501), 0);
}

/* A viewer that reads but never acknowledges. */
static void test_silent_viewer(void **state)
{
	struct process *app = session_pattern("toplevel main 800x600 seed=1");
	struct refview *view = refview_connect(ORIEL_ROLE_ATTACH);
	struct refview_window *window = refview_wait(view, "main");
	size_t before = process_memory(process_pid(orield));
	unsigned frames = window->frames;
	int i;

	(void)state;
	refview_acknowledge(view, false);
	process_ask(app, "spin main full");
	for (i = 0; i < 30; i++)
		refview_run(view, 100);
	window = refview_find(view, "main");
	assert_non_null(window);
	e2e_note("%u frames without an acknowledgement", window->frames - frames);
	if (window->frames - frames > 4)
		e2e_fail("orield sends %u frames without an acknowledgement",
			window->frames - frames);
	if (process_memory(process_pid(orield)) > before + BOUND)
		e2e_fail("orield grew from %zu to %zu KiB", before / 1024,
			process_memory(process_pid(orield)) / 1024);
	refview_destroy(view);
	process_ask(app, "spin main off");
	process_ask(app, "redraw main 4");
	session_attach();
	screen_expect("main", image_pattern(800, 600, 0, 0, 4), 0);
}

static void test_terminated(void **state)
{
	int status;

	(void)state;
	session_pattern("toplevel main 300x200 seed=1");
	session_pattern("toplevel other 300x200 seed=1");
	session_attach();
	screen_wait("main");
	screen_click(screen_wait("main").area.x + 5, screen_wait("main").area.y + 5);
	process_signal(orield, SIGTERM);
	status = process_wait(orield);
	if (status)
		e2e_fail("orield ends with status %d after SIGTERM", status);
	process_wait(viewer);
	expect_told(viewer);
}

static void test_second_orield(void **state)
{
	struct process *second = process_run("orield", "orield", NULL);
	char pid[32], *log;

	(void)state;
	assert_int_not_equal(process_wait(second), 0);
	log = process_log(second);
	snprintf(pid, sizeof(pid), "%d", (int)process_pid(orield));
	if (!strstr(log, pid))
		e2e_fail("a second orield does not say that process %s is there: '%s'", pid, log);
	free(log);
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_viewer_killed),
		E2E_TEST(test_orield_killed),
		E2E_TEST(test_orield_killed_and_waited_for),
		E2E_TEST(test_crashing_app),
		E2E_TEST(test_stopped_viewer),
		E2E_TEST(test_silent_viewer),
		E2E_TEST(test_terminated),
		E2E_TEST(test_second_orield),
	};

	return e2e_main(argc, argv, "lifetimes", tests, sizeof(tests) / sizeof(*tests));
}
