/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * oriel run: programs with their output, status and windows; and what it says to bad use.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/e2e.h"

/* xclock does not say which process it is. Each run shows its own windows, and all of them. */
static void test_windows_of_unknown_processes(void **state)
{
	struct process *two = process_run("two", "oriel", "run", "sh", "-c",
		"xclock -title a & sleep 1; xclock -title b & wait", NULL);
	struct process *one = process_run("one", "oriel", "run", "xclock", "-title", "c", NULL);
	struct screen_window window;

	(void)state;
	screen_wait("a");
	screen_wait("b");
	screen_wait("c");
	process_signal(one, SIGKILL);
	screen_wait_gone("c");
	assert_true(screen_find("a", &window));
	assert_true(screen_find("b", &window));
	process_signal(two, SIGKILL);
	screen_wait_gone("a");
	screen_wait_gone("b");
}

static void test_output_and_status(void **state)
{
	struct process *run = process_run("oriel", "oriel", "run", "--", "sh", "-c",
		"echo out; echo err >&2; seq 1 20000; exit 7", NULL);
	const char *output = process_output(run);
	char *log;

	(void)state;
	assert_int_equal(process_wait(run), 7);
	if (strncmp(output, "out\n1\n2\n", 8) || !strstr(output, "\n20000\n"))
		e2e_fail("the output is not whole: %zu bytes", strlen(output));
	log = process_log(run);
	if (!strstr(log, "err\n"))
		e2e_fail("standard error is '%s'", log);
	free(log);
}

static void test_input(void **state)
{
	struct process *run = process_run("oriel", "oriel", "run", "sort", NULL);

	(void)state;
	process_say(run, "pear");
	process_say(run, "apple");
	process_close_input(run);
	assert_string_equal(process_output(run), "apple\npear\n");
	assert_int_equal(process_wait(run), 0);
}

static void test_environment(void **state)
{
	struct process *run = process_run("oriel", "oriel", "run", "--env", "FRUIT=apple", "sh",
		"-c", "echo $FRUIT; test -S \"$XDG_RUNTIME_DIR/$WAYLAND_DISPLAY\"", NULL);

	(void)state;
	assert_string_equal(process_output(run), "apple\n");
	assert_int_equal(process_wait(run), 0);
}

static void test_killed_by_signal(void **state)
{
	struct process *run = process_run("oriel", "oriel", "run", "sh", "-c", "kill -9 $$", NULL);

	(void)state;
	assert_int_equal(process_wait(run), 128 + SIGKILL);
}

static void test_windows_of_a_run(void **state)
{
	struct process *run = process_run(
		"oriel", "oriel", "run", "pattern", "toplevel main 300x200 seed=4", NULL);
	struct screen_window window;

	(void)state;
	process_expect(run, "ok");
	process_close_input(run);
	screen_expect("main", image_pattern(300, 200, 0, 0, 4), 0);
	/* An attached viewer shows what nobody shows, so not this one. */
	session_attach();
	session_pattern("toplevel free 100x100 seed=5");
	screen_expect("free", image_pattern(100, 100, 0, 0, 5), 0);
	assert_int_equal(screen_count_mapped(), 2);
	window = screen_wait("main");
	screen_close(window.window);
	screen_wait_gone("main");
	assert_int_equal(process_wait(run), 0);
	screen_wait("free");
}

/* xclock does not say which process it is: its window must find its way to its viewer all the
 * same. */
static void test_x11_program_without_process(void **state)
{
	struct process *run = process_run("oriel", "oriel", "run", "xclock", NULL);

	(void)state;
	screen_close(screen_wait("xclock").window);
	screen_wait_gone("xclock");
	process_wait(run);
}

/* orield is started when there is none. */
static void test_local(void **state)
{
	struct process *run;

	(void)state;
	process_stop(orield);
	orield = NULL;
	run = process_run("oriel", "oriel", "run", "echo", "hello", NULL);
	assert_string_equal(process_output(run), "hello\n");
	assert_int_equal(process_wait(run), 0);
}

static char *read_typed(const char *path)
{
	char *text = calloc(1, 256);
	FILE *file = fopen(path, "re");

	if (file) {
		text[fread(text, 1, 255, file)] = 0;
		fclose(file);
	}
	return text;
}

/* A terminal whose shell writes what is typed into a file. */
static void type_into(const char *title, const char *path)
{
	struct screen_window window = screen_wait(title);
	uint64_t deadline = e2e_deadline();
	struct stat status;
	char *text;

	screen_activate(window.window);
	/* The shell is there when it has made the file. */
	E2E_UNTIL(!stat(path, &status), "the shell in '%s' does not start", title);
	e2e_sleep(300);
	screen_type("hello 123\n");
	for (;;) {
		text = read_typed(path);
		if (!strcmp(text, "hello 123\n"))
			break;
		if (!e2e_poll(deadline))
			e2e_fail("typed 'hello 123', '%s' got '%s'", title, text);
		free(text);
	}
	free(text);
}

static void test_typing_into_xterm(void **state)
{
	char path[256], command[600];
	struct process *run;

	(void)state;
	snprintf(path, sizeof(path), "%s/typed-xterm", e2e_dir());
	snprintf(command, sizeof(command),
		": > %s; read line; echo \"$line\" > %s; exec sleep 1000", path, path);
	run = process_run(
		"oriel", "oriel", "run", "xterm", "-T", "typing", "-e", "sh", "-c", command, NULL);
	type_into("typing", path);
	screen_close(screen_wait("typing").window);
	process_wait(run);
}

static void test_typing_into_foot(void **state)
{
	char path[256], command[600];
	struct process *run;

	(void)state;
	snprintf(path, sizeof(path), "%s/typed-foot", e2e_dir());
	snprintf(command, sizeof(command), ": > %s; read line; echo \"$line\" > %s", path, path);
	run = process_run(
		"oriel", "oriel", "run", "foot", "-T", "typing", "sh", "-c", command, NULL);
	type_into("typing", path);
	assert_int_equal(process_wait(run), 0);
}

/* Runs a command that must fail with one line that has this word in it. */
static void expect_refusal(const char *word, const char *const argv[])
{
	struct process *process = process_start("refused", argv);
	int status = process_wait(process);
	char *log = process_log(process), *end = strchr(log, '\n');

	if (!status || status > 127)
		e2e_fail("%s %s ...: status %d", argv[0], argv[1], status);
	if (!end || end[1] || !strstr(log, word))
		e2e_fail("%s %s ...: expected one line with '%s', got '%s'", argv[0], argv[1], word,
			log);
	free(log);
	process_stop(process);
}

static void test_bad_use(void **state)
{
	char missing[256], token[256];
	FILE *file;

	(void)state;
	snprintf(missing, sizeof(missing), "unix:%s/nobody.sock", e2e_dir());
	snprintf(token, sizeof(token), "%s/token", e2e_dir());
	file = fopen(token, "we");
	fputs("0123456789abcdef0123456789abcdef", file);
	fclose(file);
	chmod(token, 0644);
	expect_refusal("nonsense", (const char *const[]){"oriel", "nonsense", NULL});
	expect_refusal("program", (const char *const[]){"oriel", "run", NULL});
	expect_refusal(
		"--frobnicate", (const char *const[]){"oriel", "attach", "--frobnicate", NULL});
	expect_refusal("moon", (const char *const[]){"oriel", "ps", "--on", "moon:1", NULL});
	expect_refusal("nobody.sock", (const char *const[]){"oriel", "ps", "--on", missing, NULL});
	expect_refusal(
		"nobody.sock", (const char *const[]){"oriel", "attach", "--on", missing, NULL});
	expect_refusal(
		"no-such-program", (const char *const[]){"oriel", "run", "no-such-program", NULL});
	expect_refusal("chmod", (const char *const[]){"oriel", "ps", "--on", "tcp:127.0.0.1:9",
					"--token-file", token, NULL});
	expect_refusal("frobnicate", (const char *const[]){"orield", "--frobnicate", NULL});
}

/* The free port that orield has chosen; 0: it has not yet. */
static unsigned logged_port(const struct process *guest)
{
	static const char before[] = "listening on 127.0.0.1 port ";
	char *log = process_log(guest), *at = strstr(log, before);
	unsigned port = at ? (unsigned)atoi(at + strlen(before)) : 0;

	free(log);
	return port;
}

static void test_wrong_token(void **state)
{
	char good[256], bad[256], socket[256], target[64] = "";
	struct process *guest;
	FILE *file;
	unsigned port;

	(void)state;
	snprintf(good, sizeof(good), "%s/good-token", e2e_dir());
	snprintf(bad, sizeof(bad), "%s/bad-token", e2e_dir());
	snprintf(socket, sizeof(socket), "%s/tcp.sock", getenv("XDG_RUNTIME_DIR"));
	file = fopen(bad, "we");
	fputs("0123456789abcdef0123456789abcdef", file);
	fclose(file);
	chmod(bad, 0600);
	guest = process_run(
		"orield", "orield", "--socket", socket, "--tcp", "0", "--token-file", good, NULL);
	E2E_UNTIL(logged_port(guest), "orield does not say its port");
	port = logged_port(guest);
	snprintf(target, sizeof(target), "tcp:127.0.0.1:%u", port);
	expect_refusal("token",
		(const char *const[]){"oriel", "ps", "--on", target, "--token-file", bad, NULL});
	expect_refusal("token", (const char *const[]){"oriel", "ps", "--on", target, NULL});
	{
		struct process *ps = process_run("oriel", "oriel", "run", "--on", target,
			"--token-file", good, "echo", "hello", NULL);

		assert_string_equal(process_output(ps), "hello\n");
		assert_int_equal(process_wait(ps), 0);
	}
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_output_and_status),
		E2E_TEST(test_input),
		E2E_TEST(test_environment),
		E2E_TEST(test_killed_by_signal),
		E2E_TEST(test_windows_of_unknown_processes),
		E2E_TEST(test_windows_of_a_run),
		E2E_TEST(test_x11_program_without_process),
		E2E_TEST(test_local),
		E2E_TEST(test_typing_into_xterm),
		E2E_TEST(test_typing_into_foot),
		E2E_TEST(test_bad_use),
		E2E_TEST(test_wrong_token),
	};

	return e2e_main(argc, argv, "run", tests, sizeof(tests) / sizeof(*tests));
}
