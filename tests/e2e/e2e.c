/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/e2e/e2e.h"

#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "src/base/clock.h"

static char dir[64];
static const char *running_test = "start";

const char *e2e_dir(void)
{
	return dir;
}

const char *e2e_out(void)
{
	const char *out = getenv("E2E_OUT");

	return out ? out : "/tmp";
}

const char *e2e_name(void)
{
	return running_test;
}

uint64_t e2e_deadline(void)
{
	const char *seconds = getenv("E2E_DEADLINE");

	return oriel_now_ns() + (seconds ? strtoull(seconds, NULL, 10) : 30) * 1000000000u;
}

void e2e_sleep(unsigned ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

bool e2e_poll(uint64_t deadline)
{
	e2e_sleep(10);
	return oriel_now_ns() < deadline;
}

void e2e_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static void tell_windows(void)
{
	struct screen_window windows[SCREEN_WINDOWS];
	int i, n = screen_windows(windows, SCREEN_WINDOWS);

	for (i = 0; i < n; i++)
		e2e_note("window %u '%s' (%s): %dx%d at %d,%d%s%s", windows[i].id, windows[i].title,
			windows[i].app_id, windows[i].area.width, windows[i].area.height,
			windows[i].area.x, windows[i].area.y,
			windows[i].mapped ? "" : ", not mapped", windows[i].popup ? ", popup" : "");
}

void e2e_fail(const char *format, ...)
{
	char text[4096], path[512];
	struct image *image;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (screen) {
		tell_windows();
		image = screen_capture_root();
		snprintf(path, sizeof(path), "%s/e2e-%s.png", e2e_out(), e2e_name());
		if (image && image_save(image, path))
			e2e_note("the screen: %s", path);
		image_destroy(image);
	}
	process_tell_all();
	fflush(stdout);
	if (system("(timeout 5 oriel ps; timeout 5 oriel stats | grep -E '^(frame|ring|queue)') "
		   "2>&1 | sed 's/^/# /'") < 0)
		e2e_note("no shell");
	fail_msg("%s", text);
	abort();
}

void e2e_begin(const char *name)
{
	running_test = name;
	screen_release_all();
}

int e2e_setup(void **state)
{
	e2e_begin(*state);
	session_start();
	return 0;
}

int e2e_teardown(void **state)
{
	char *reports;

	(void)state;
	session_stop();
	process_kill_all();
	reports = process_take_reports();
	if (reports)
		e2e_fail("%s", reports);
	return 0;
}

/* Supervision ------------------------------------------------------------------------------ */

static volatile sig_atomic_t asked_to_stop;

static void handle_signal(int signal)
{
	asked_to_stop = signal;
}

/* Kills every process below us; those whose parents die come to us. Returns whether there were
 * any. */
static bool kill_children(void)
{
	char path[64], text[512], *after;
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	bool any = false;

	while (proc && (entry = readdir(proc))) {
		int pid = atoi(entry->d_name), parent;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		file = pid > 0 ? fopen(path, "re") : NULL;
		if (!file)
			continue;
		if (fgets(text, sizeof(text), file) && (after = strrchr(text, ')')) &&
			sscanf(after, ") %*c %d", &parent) == 1 && parent == getpid()) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			any = true;
		}
		fclose(file);
	}
	if (proc)
		closedir(proc);
	return any;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int supervise(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0)
		if (asked_to_stop)
			kill(child, SIGKILL);
	while (kill_children())
		;
	if (!getenv("E2E_KEEP"))
		nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	if (WIFSIGNALED(status))
		printf("Bail out! signal %d ended the tests in %s\n", WTERMSIG(status),
			running_test);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int start_all(void **state)
{
	(void)state;
	screen_start(SCREEN_WIDTH, SCREEN_HEIGHT);
	return 0;
}

static int stop_all(void **state)
{
	(void)state;
	screen_stop();
	return 0;
}

/* What programs do must not depend on who runs the tests. */
static void clean_environment(void)
{
	static const char *const gone[] = {"WAYLAND_DISPLAY", "ORIEL_TARGET", "XDG_CONFIG_HOME",
		"XDG_CACHE_HOME", "XDG_DATA_HOME", "SDL_VIDEODRIVER"};
	size_t i;

	for (i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		unsetenv(gone[i]);
	setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", 1);
	setenv("GSETTINGS_BACKEND", "keyfile", 1);
	setenv("GSK_RENDERER", "cairo", 1);
	setenv("GTK_A11Y", "none", 1);
	setenv("NO_AT_BRIDGE", "1", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	signal(SIGPIPE, SIG_IGN);
}

int e2e_supervised(const char *name, int (*run)(void *user), void *user)
{
	const struct sigaction action = {.sa_handler = handle_signal};
	pid_t child;

	snprintf(dir, sizeof(dir), "/tmp/oriel-%s-XXXXXX", name);
	if (!mkdtemp(dir) || prctl(PR_SET_CHILD_SUBREAPER, 1)) {
		perror(dir);
		return 1;
	}
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	child = fork();
	if (child > 0)
		return supervise(child);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	clean_environment();
	exit(run(user));
}

struct group {
	const char *name;
	const struct CMUnitTest *tests;
	size_t n;
};

static int run_group(void *user)
{
	const struct group *group = user;

	unsetenv("DISPLAY");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return _cmocka_run_group_tests(group->name, group->tests, group->n, start_all, stop_all)
		       ? 1
		       : 0;
}

int e2e_main(int argc, char *argv[], const char *name, const struct CMUnitTest *tests, size_t n)
{
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return e2e_supervised(name, run_group, &(struct group){name, tests, n});
}
