/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/vm/machine.h"

#include <errno.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/clock.h"

#define NAME "test"
#define CLIENTS 32

static struct process *clients[CLIENTS];
static int n_clients;
static bool is_up;

const char *machine_target(void)
{
	return "qemu:" NAME;
}

void machine_prepare(void)
{
	static const char *const variables[] = {
		"XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_DATA_HOME", "HOME"};
	char path[128];

	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		snprintf(path, sizeof(path), "%s/%zu", e2e_dir(), i);
		if (mkdir(path, 0700) && errno != EEXIST)
			e2e_fail("can't make %s", path);
		setenv(variables[i], path, 1);
	}
	setenv("ORIEL_TARGET", machine_target(), 1);
	snprintf(path, sizeof(path), "%s/oriel/vm/" NAME "/link.sock", getenv("XDG_RUNTIME_DIR"));
	session_use(path);
}

static bool has_option(const char *const options[], const char *option)
{
	for (; *options; options++)
		if (!strcmp(*options, option))
			return true;
	return false;
}

/* Once in hundreds of starts QEMU 10 aborts by itself (iotlb_to_section). */
static bool has_aborted(const struct process *up)
{
	char *log = process_log(up);
	bool aborted = strstr(log, "ended by signal 6");

	free(log);
	return aborted;
}

static void up(const char *const argv[])
{
	struct process *process = process_start("oriel-up", argv);
	uint64_t start = oriel_now_ns();
	int status = process_wait(process);

	if (status && has_aborted(process)) {
		e2e_note("QEMU has aborted: once more");
		process_stop(process);
		process = process_start("oriel-up", argv);
		status = process_wait(process);
	}
	if (status)
		e2e_fail("oriel up ended with status %d", status);
	process_stop(process);
	is_up = true;
	e2e_note("oriel up: %.1f s by %s", (double)(oriel_now_ns() - start) / 1e9,
		machine_status("accel"));
}

void machine_up(const char *const options[])
{
	const char *argv[32] = {"oriel", "up", machine_target(), "--fresh"};
	int n = 4;

	if (!has_option(options, "--image")) {
		argv[n++] = "--image";
		argv[n++] = getenv("ORIEL_VM_IMAGE");
	}
	for (; *options && n < 31; options++)
		argv[n++] = *options;
	argv[n] = NULL;
	up(argv);
}

void machine_start(void)
{
	up((const char *[]){"oriel", "up", machine_target(), NULL});
}

static void run_and_forget(const char *command)
{
	struct process *process = process_run(command, "oriel", command, machine_target(), NULL);
	int status = process_wait(process);

	if (status)
		e2e_fail("oriel %s ended with status %d", command, status);
	process_stop(process);
}

void machine_down(void)
{
	run_and_forget("down");
	is_up = false;
}

const char *machine_status(const char *key)
{
	static char value[2048];
	struct process *status =
		process_run("oriel-status", "oriel", "status", machine_target(), "--json", NULL);
	struct json_object *object = json_tokener_parse(process_output(status)), *found;

	value[0] = 0;
	if (!json_object_object_get_ex(object, "machines", &found) ||
		!(found = json_object_array_get_idx(found, 0)))
		e2e_fail("oriel status --json tells of no machine");
	if (json_object_object_get_ex(found, key, &found))
		snprintf(value, sizeof(value), "%s", json_object_get_string(found));
	json_object_put(object);
	process_wait(status);
	process_stop(status);
	return value;
}

void machine_crash(void)
{
	pid_t qemu = (pid_t)atoi(machine_status("pid"));

	if (qemu <= 1)
		e2e_fail("oriel status tells no process of QEMU");
	kill(qemu, SIGKILL);
	E2E_UNTIL(strcmp(machine_status("state"), "running"), "QEMU was killed, and still runs");
	is_up = false;
}

static void write_changed(const char *from, const char *to, const char *old, const char *new)
{
	char text[8192], *at;
	FILE *file = fopen(from, "re");
	size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[size] = 0;
	at = strstr(text, old);
	if (!at)
		e2e_fail("%s has no '%s'", from, old);
	fclose(file);
	file = fopen(to, "we");
	if (!file)
		e2e_fail("can't write %s", to);
	fprintf(file, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
	fclose(file);
}

const char *machine_change_image(const char *old, const char *new)
{
	static const char *const files[] = {"disk.raw", "vmlinuz", "vmlinux", "initrd.img"};
	static char folder[128];
	static unsigned count;
	char from[512], to[512];

	snprintf(folder, sizeof(folder), "%s/image%u", e2e_dir(), ++count);
	if (mkdir(folder, 0700))
		e2e_fail("can't make %s", folder);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(from, sizeof(from), "%s/%s", getenv("ORIEL_VM_IMAGE"), files[i]);
		snprintf(to, sizeof(to), "%s/%s", folder, files[i]);
		if (!access(from, R_OK) && symlink(from, to))
			e2e_fail("can't make %s", to);
	}
	snprintf(from, sizeof(from), "%s/image.json", getenv("ORIEL_VM_IMAGE"));
	snprintf(to, sizeof(to), "%s/image.json", folder);
	write_changed(from, to, old, new);
	return folder;
}

static struct process *run_list(const char *program, va_list args)
{
	const char *argv[32] = {"oriel", "run", "--", program};
	int n = 4;

	while (n < 31 && (argv[n] = va_arg(args, const char *)))
		n++;
	argv[n] = NULL;
	return process_start(program, argv);
}

struct process *machine_run(const char *program, ...)
{
	struct process *process;
	va_list args;

	if (n_clients == CLIENTS)
		e2e_fail("too many programs in one test");
	va_start(args, program);
	process = run_list(program, args);
	va_end(args);
	clients[n_clients++] = process;
	return process;
}

struct process *machine_pattern(const char *command)
{
	struct process *process = machine_run("pattern", command, NULL);

	process_expect(process, "ok");
	return process;
}

static const char *run_shell(int *ret_status, const char *command)
{
	static char output[65536];
	struct process *shell =
		process_run("guest-shell", "oriel", "run", "--", "sh", "-c", command, NULL);

	process_close_input(shell);
	snprintf(output, sizeof(output), "%s", process_output(shell));
	*ret_status = process_wait(shell);
	process_stop(shell);
	return output;
}

const char *machine_try(int *ret_status, const char *format, ...)
{
	char command[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return run_shell(ret_status, command);
}

const char *machine_shell(const char *format, ...)
{
	char command[4096];
	const char *output;
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	output = run_shell(&status, command);
	if (status)
		e2e_fail("'%s' ended with status %d in the guest; it said:\n%s", command, status,
			output);
	return output;
}

uint64_t machine_counter(const char *name)
{
	return session_counter(name);
}

void machine_wait(void)
{
	uint64_t deadline = e2e_deadline();
	int status;

	do
		machine_try(&status, "true");
	while (status && e2e_poll(deadline));
	if (status)
		e2e_fail("orield does not answer");
}

void machine_begin(void)
{
	static bool failed;

	if (failed)
		e2e_fail("the machine did not start before");
	failed = true;
	machine_prepare();
	machine_up(machine_options);
	failed = false;
}

int machine_setup(void **state)
{
	e2e_begin(*state);
	if (!is_up)
		machine_begin();
	return 0;
}

int machine_teardown(void **state)
{
	char *reports;

	(void)state;
	/* Asked to end, a viewer ends its program: killed, it would leave that in the guest. */
	while (n_clients)
		process_stop(clients[--n_clients]);
	session_stop();
	process_kill_all();
	reports = process_take_reports();
	if (reports)
		e2e_fail("%s", reports);
	return 0;
}

int machine_main(int argc, char *argv[], const char *name, const struct CMUnitTest *tests, size_t n)
{
	if (!getenv("ORIEL_VM_IMAGE")) {
		printf("1..0 # SKIP no ORIEL_VM_IMAGE: ./dev test --vm\n");
		return 0;
	}
	return e2e_main(argc, argv, name, tests, n);
}
