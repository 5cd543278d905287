/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * oriel up, down and status as a user runs them, with a QEMU that fails as it is told.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "host/target/target.h"
#include "host/vm/lock.h"
#include "host/vm/process.h"
#include "host/vm/status.h"
#include "tests/cli/run.h"

#define DEADLINE_MS 60000

static char environment[512], image[128];

/* Runs oriel; mode: of the fake QEMU. */
static struct run_result oriel(const char *mode, const char *arguments)
{
	char assignments[700];

	snprintf(assignments, sizeof assignments, "%s FAKE_QEMU=%s", environment, mode);
	return run_oriel(assignments, arguments);
}

static void expect_ok(const char *mode, const char *arguments, const char *output)
{
	struct run_result result = oriel(mode, arguments);

	if (result.status != 0 || !strstr(result.output, output))
		print_error("oriel %s: status %d\n%s%s", arguments, result.status, result.output,
			result.error);
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.output, output));
	run_result_free(&result);
}

/* Both texts are on standard error. */
static void expect_failure(
	const char *mode, const char *arguments, const char *text, const char *more)
{
	struct run_result result = oriel(mode, arguments);

	if (result.status != 1 || !strstr(result.error, text) || !strstr(result.error, more))
		print_error("oriel %s: status %d, wanted: %s\n%s", arguments, result.status, text,
			result.error);
	assert_int_equal(result.status, 1);
	assert_non_null(strstr(result.error, text));
	assert_non_null(strstr(result.error, more));
	run_result_free(&result);
}

static void expect_error(const char *mode, const char *arguments, int status, const char *text)
{
	run_expect_error(oriel(mode, arguments), status, text);
}

/* oriel up with what each test needs; more: further options. */
static const char *up(const char *name, const char *more)
{
	static char line[512];

	snprintf(line, sizeof line,
		"up qemu:%s --image %s --accel tcg --memory 256M --timeout 60 %s", name, image,
		more);
	return line;
}

static void init_place(struct oriel_vm_place *place, const char *name)
{
	assert_int_equal(oriel_vm_place_init(place, name), 0);
}

static void read_status(const char *name, struct oriel_vm_status *status)
{
	struct oriel_vm_place place;

	init_place(&place, name);
	assert_int_equal(oriel_vm_status_read(&place, status), 0);
}

static void pause_ms(long ms)
{
	const struct timespec pause = {.tv_nsec = ms * 1000000};

	nanosleep(&pause, NULL);
}

static void wait_for_state(const char *name, enum oriel_vm_state state)
{
	struct oriel_vm_status status;

	for (int ms = 0; ms < DEADLINE_MS; ms += 20) {
		read_status(name, &status);
		if (status.state == state)
			return;
		pause_ms(20);
	}
	fail_msg("qemu:%s is %s", name, oriel_vm_state_names[status.state]);
}

static void wait_for_end(pid_t pid, uint64_t start_time)
{
	int ms = 0;

	for (; ms < DEADLINE_MS && oriel_process_start_time(pid) == start_time; ms += 20)
		pause_ms(20);
	assert_true(ms < DEADLINE_MS);
}

/* Files of shared memory of the machine, by its sources' common start. */
static int count_shared(const char *first_path)
{
	char folder[] = "/dev/shm", start[32] = "";
	const char *name = strrchr(first_path, '/') + 1;
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0;

	snprintf(start, sizeof start, "%.*s", (int)strlen("oriel-0123456789abcdef-"), name);
	while (dir && (entry = readdir(dir)))
		n += strncmp(entry->d_name, start, strlen(start)) == 0;
	if (dir)
		closedir(dir);
	return n;
}

static void expect_clean(const char *name, const char *shared)
{
	struct oriel_vm_place place;

	init_place(&place, name);
	assert_int_equal(count_shared(shared), 0);
	assert_int_equal(oriel_vm_lock_holder(&place), 0);
	assert_int_not_equal(access(place.run, F_OK), 0);
}

static void check_memory(const char *name)
{
	const struct oriel_region_source *sources = NULL;
	struct oriel_target *target;
	struct oriel_region_head head;
	char text[64], error[512];
	struct stat st;
	int n = -1, fd;

	snprintf(text, sizeof text, "qemu:%s", name);
	assert_int_equal(oriel_target_parse(text, &target, error, sizeof error), 0);
	assert_int_equal(oriel_target_memory(target, &sources, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(sources[0].kind, ORIEL_MEMORY_DEVICE);
	assert_int_equal(sources[0].size, 8 << 20);
	assert_int_equal(stat(sources[0].path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	fd = open(sources[0].path, O_RDONLY);
	assert_int_equal(read(fd, &head, sizeof head), sizeof head);
	close(fd);
	assert_memory_equal(head.magic, ORIEL_REGION_MAGIC, 8);
	assert_int_equal(head.version, 1);
	assert_int_equal(head.size, 8 << 20);
	assert_memory_equal(head.token, sources[0].token, sizeof head.token);
	assert_int_equal(sources[1].kind, ORIEL_MEMORY_RAM);
	assert_int_equal(sources[1].size, 256 << 20);
	assert_int_equal(sources[1].n_ranges, 1);
	assert_int_equal(sources[1].ranges[0].size, 256 << 20);
	oriel_target_destroy(target);
}

static void test_up_down(void **state)
{
	struct oriel_vm_status status;

	(void)state;
	expect_ok("good", up("one", "--share-size 8M"), "qemu:one is up");
	expect_ok("good", "up qemu:one", "qemu:one is already up");
	read_status("one", &status);
	assert_int_equal(status.state, ORIEL_VM_RUNNING);
	assert_int_equal(count_shared(status.paths[0]), 2);
	check_memory("one");
	expect_ok("good", "ps --on qemu:one", "APP");
	expect_ok("good", "status", "qemu:one  running");
	expect_ok("good", "status qemu:one", "share: ram (ivshmem): the best");
	expect_ok("good", "down qemu:one", "qemu:one is down");
	expect_clean("one", status.paths[0]);
	expect_ok("good", "down qemu:one", "qemu:one is not up");
	expect_ok("good", "status qemu:one", "it is stopped: the guest shut down");
	expect_error("good", "ps --on qemu:one", 1, "qemu:one is not up: oriel up qemu:one");
}

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(object, key, &value));
	return json_object_get_string(value);
}

static void test_json(void **state)
{
	struct run_result result;
	struct json_object *object, *machines, *machine;

	(void)state;
	expect_ok("good", up("json", "--cpus 3 --share ring"), "is up");
	result = oriel("good", "status qemu:json --json");
	object = json_tokener_parse(result.output);
	assert_non_null(object);
	assert_true(json_object_object_get_ex(object, "machines", &machines));
	machine = json_object_array_get_idx(machines, 0);
	assert_string_equal(text_of(machine, "name"), "json");
	assert_string_equal(text_of(machine, "state"), "running");
	assert_string_equal(text_of(machine, "share"), "ring");
	assert_string_equal(text_of(machine, "device"), "ivshmem");
	assert_string_equal(text_of(machine, "cpus"), "3");
	assert_string_equal(text_of(machine, "memory"), "268435456");
	assert_string_equal(text_of(machine, "accel"), "tcg");
	assert_string_equal(text_of(machine, "image"), image);
	assert_non_null(strstr(text_of(machine, "console"), "/console.log"));
	json_object_put(object);
	run_result_free(&result);
	expect_ok("good", "down qemu:json", "is down");
}

/* Options stay; the logs of the start before too. */
static void test_again(void **state)
{
	struct oriel_vm_status status;
	struct oriel_vm_place place;
	char path[ORIEL_VM_PATH];

	(void)state;
	expect_ok("good", up("again", "--cpus 2 --share stream"), "is up");
	expect_ok("good", "down qemu:again --force", "is down");
	expect_ok("good", "up qemu:again", "is up");
	read_status("again", &status);
	assert_int_equal(status.cpus, 2);
	assert_string_equal(status.share, "stream");
	assert_int_equal(status.n_sources, 0);
	assert_int_equal(status.memory, 256 << 20);
	init_place(&place, "again");
	oriel_vm_state_file(&place, "console.old.log", path);
	assert_int_equal(access(path, F_OK), 0);
	expect_ok("good", "down qemu:again", "is down");
}

static void test_faults(void **state)
{
	static const struct {
		const char *mode, *text;
	} cases[] = {
		{"old", "QEMU 6.1 ("},
		{"strange", "is no QEMU"},
		{"nomem", "not enough memory: use a smaller --memory"},
		{"silent", "did not say why"},
		{"badimage", "is broken: build it again"},
		{"full", "no room for"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct oriel_vm_place place;

		expect_error(cases[i].mode, up("faults", "--fresh"), 1, cases[i].text);
		init_place(&place, "faults");
		assert_int_equal(oriel_vm_lock_holder(&place), 0);
	}
	expect_ok("good", up("faults", ""), "is up");
	expect_ok("good", "down qemu:faults", "is down");
}

static void test_bad_use(void **state)
{
	static const struct {
		const char *arguments;
		int status;
		const char *text;
	} cases[] = {
		{"up one", 2, "so: qemu:one"},
		{"up qemu:", 2, "is not qemu:NAME"},
		{"up qemu:a/b", 2, "is not qemu:NAME"},
		{"up ssh:box", 2, "'ssh:box' is not qemu:NAME"},
		{"up qemu:a qemu:b", 2, "takes no 'qemu:b'"},
		{"up qemu:bad --memory lots", 2, "--memory takes 256M to 1024G"},
		{"up qemu:bad --memory 1M", 2, "--memory takes"},
		{"up qemu:bad --cpus 0", 2, "--cpus takes a number from 1"},
		{"up qemu:bad --gpu best", 2, "--gpu takes none, virgl or venus, not 'best'"},
		{"up qemu:bad --share all", 2,
			"--share takes auto, ring, ram, stream, ivshmem, virtio-pmem or nvdimm"},
		{"up qemu:bad --share-size 100M", 2, "power of two"},
		{"up qemu:bad --accel warp", 2, "--accel takes auto, hvf, kvm or tcg"},
		{"up qemu:bad --timeout x", 2, "--timeout takes seconds"},
		{"up qemu:bad --image /nonexistent", 2, "no image in /nonexistent"},
		{"up qemu:bad", 1, "no image in"},
		{"down qemu:nobody", 1, "there is no qemu:nobody"},
		{"status qemu:nobody", 1, "there is no qemu:nobody"},
		{"ps --on qemu:nobody", 1, "qemu:nobody is not up: oriel up qemu:nobody"},
		{"ps --on qemu:..", 2, "is not qemu:NAME"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_error("good", cases[i].arguments, cases[i].status, cases[i].text);
	expect_error("good", up("bad", "--accel hvf"), 1, "--accel hvf does not work here");
	expect_error("good", up("bad", "--gpu virgl"), 1, "no virtio-gpu-gl-pci");
	expect_error("good", up("bad", "--memory 1000G"), 1, "use a smaller --memory");
	run_expect_error(run_oriel("PATH=/nonexistent", up("bad", "")), 1, "sudo apt-get install");
	run_expect_error(run_oriel("ORIEL_QEMU=/nonexistent", up("bad", "")), 1,
		"ORIEL_QEMU is /nonexistent");
}

static void test_boot_faults(void **state)
{
	(void)state;
	expect_failure("panic", up("boot", ""), "its kernel panics", "no root\n");
	expect_ok("panic", "down qemu:boot --force", "is down");
	expect_failure("crash", up("boot", ""), "QEMU ended with status 1: ", "the last words\n");
	expect_ok("good", "status qemu:boot", "the last words\n");
	expect_failure("stuck", up("boot", ""), "could not run the guest any more", "basic.target");
	expect_failure("poweroff", up("boot", ""), "the guest shut down", "Reached target basic");
	expect_failure("mute", up("boot", "--timeout 1"), "no orield answered in qemu:boot",
		"Linux version");
	expect_ok("good", "status qemu:boot", "booting");
	expect_ok("good", "down qemu:boot", "is down");
	expect_failure("mute", up("boot", "--timeout 1"), "no orield answered", "basic.target");
	expect_ok("good", "down qemu:boot", "is down");
}

/* Half of a GPU is no GPU, and no reason not to start. */
static void test_half_gpu(void **state)
{
	(void)state;
	expect_error("halfgpu", up("gpu", "--gpu virgl"), 1, "no virtio-gpu-gl-pci");
	expect_ok("halfgpu", up("gpu", "--gpu none"), "is up");
	expect_ok("good", "down qemu:gpu", "is down");
}

/* The guest waits while its disk can't be written, and then goes on. */
static void test_disk_full(void **state)
{
	struct oriel_vm_status status;

	(void)state;
	expect_ok("nospace", up("waiting", ""), "is up");
	for (int ms = 0; ms < DEADLINE_MS; ms += 20) {
		read_status("waiting", &status);
		if (!status.reason[0])
			break;
		assert_non_null(strstr(status.reason, "(No space left on device): make room on"));
		pause_ms(20);
	}
	assert_string_equal(status.reason, "");
	expect_ok("good", "down qemu:waiting", "is down");
}

/* QEMU says that the port is closed: nobody waits for answers. */
static void test_kill_orield(void **state)
{
	(void)state;
	expect_ok("killed", up("killed-orield", ""), "is up");
	expect_error("killed", "ps --on qemu:killed-orield", 1,
		"the other end has closed the connection");
	expect_ok("killed", "ps --on qemu:killed-orield", "APP");
	expect_ok("good", "down qemu:killed-orield", "is down");
}

static void test_share(void **state)
{
	struct oriel_vm_status status;
	struct run_result result;

	(void)state;
	result = oriel("stream", up("share", "--share ring"));
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.error, "pixels are shared by 'stream' instead of 'ring'"));
	run_result_free(&result);
	expect_ok("good", "down qemu:share", "is down");

	result = oriel("good", up("share", "--share nvdimm"));
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.error, "pixels are shared by 'ivshmem' instead of 'nvdimm': "
					     "this QEMU has no nvdimm"));
	run_result_free(&result);
	expect_ok("good", "down qemu:share", "is down");

	result = oriel("noram", up("share", "--share auto"));
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.error, "pixels are shared by 'ring' instead of 'ram'"));
	run_result_free(&result);
	read_status("share", &status);
	assert_int_equal(status.n_sources, 1);
	assert_int_equal(count_shared(status.paths[0]), 1);
	expect_ok("good", "down qemu:share", "is down");

	expect_ok("plain", up("share", ""), "is up");
	read_status("share", &status);
	assert_string_equal(status.device, "none");
	assert_string_equal(status.share, "ram");
	expect_ok("good", "down qemu:share", "is down");
}

static void test_kill_qemu(void **state)
{
	struct oriel_vm_status status, after;
	uint64_t start;

	(void)state;
	expect_ok("good", up("killed", ""), "is up");
	read_status("killed", &status);
	start = oriel_process_start_time(status.supervisor);
	kill(status.qemu, SIGKILL);
	wait_for_state("killed", ORIEL_VM_CRASHED);
	wait_for_end(status.supervisor, start);
	read_status("killed", &after);
	assert_non_null(strstr(after.reason, "signal 9"));
	expect_clean("killed", status.paths[0]);
	expect_ok("good", "up qemu:killed", "is up");
	expect_ok("good", "down qemu:killed", "is down");
}

/* A supervisor that has told the end of its machine still has the lock for a moment. */
static void test_ending(void **state)
{
	struct oriel_vm_place place;
	int fds[2];
	pid_t holder;
	char byte;

	(void)state;
	expect_ok("good", up("ending", ""), "is up");
	expect_ok("good", "down qemu:ending", "is down");
	init_place(&place, "ending");
	assert_int_equal(pipe(fds), 0);
	holder = fork();
	if (holder == 0) {
		if (oriel_vm_lock(&place) == 0 && write(fds[1], "l", 1) == 1)
			pause_ms(500);
		_exit(0);
	}
	assert_int_equal(read(fds[0], &byte, 1), 1);
	expect_ok("good", "up qemu:ending", "is up");
	expect_ok("good", "down qemu:ending", "is down");
	waitpid(holder, NULL, 0);
	close(fds[0]);
	close(fds[1]);
}

/* mode: what QEMU does when its supervisor is gone. */
static void kill_supervisor(const char *mode)
{
	struct oriel_vm_status status, after;
	uint64_t start;

	expect_ok(mode, up("orphan", ""), "is up");
	read_status("orphan", &status);
	start = oriel_process_start_time(status.supervisor);
	kill(status.supervisor, SIGKILL);
	wait_for_end(status.supervisor, start);
	read_status("orphan", &after);
	assert_int_equal(after.state, ORIEL_VM_CRASHED);
	assert_int_equal(after.n_sources, 0);
	expect_ok("good", "status qemu:orphan", "its supervisor was killed");
	expect_ok("good", "up qemu:orphan", "is up");
	assert_int_not_equal(oriel_process_start_time(status.qemu), status.qemu_start);
	read_status("orphan", &after);
	assert_int_equal(count_shared(after.paths[0]), 2);
	expect_ok("good", "down qemu:orphan", "is down");
	expect_clean("orphan", status.paths[0]);
}

static void test_kill_supervisor(void **state)
{
	(void)state;
	kill_supervisor("good");
	kill_supervisor("stubborn");
}

static void test_deaf(void **state)
{
	struct run_result result;

	(void)state;
	expect_ok("deaf", up("deaf", ""), "is up");
	result = oriel("deaf", "down qemu:deaf --timeout 1");
	assert_int_equal(result.status, 0);
	assert_non_null(strstr(result.error, "did not shut down within 1 s"));
	assert_non_null(strstr(result.output, "qemu:deaf is down"));
	run_result_free(&result);
}

/* A QEMU that does nothing, not even end. */
static void test_hang(void **state)
{
	char command[2048];
	struct oriel_vm_place place;
	struct oriel_vm_status status = {.qemu = 0};

	(void)state;
	snprintf(command, sizeof command,
		"env HOME=%s XDG_RUNTIME_DIR=%s %s FAKE_QEMU=hang '%s' %s >%s/hang 2>&1 &",
		run_folder(), run_folder(), environment, getenv("ORIEL"), up("hang", ""),
		run_folder());
	assert_int_equal(system(command), 0);
	init_place(&place, "hang");
	for (int ms = 0; ms < DEADLINE_MS && !status.qemu; ms += 20) {
		pause_ms(20);
		if (oriel_vm_status_read(&place, &status) < 0)
			status.qemu = 0;
	}
	assert_int_not_equal(status.qemu, 0);
	expect_ok("good", "down qemu:hang --force", "is down");
	assert_int_not_equal(oriel_process_start_time(status.qemu), status.qemu_start);
	expect_ok("good", up("hang", ""), "is up");
	expect_ok("good", "down qemu:hang", "is down");
}

static void test_reset(void **state)
{
	(void)state;
	expect_ok("reset", up("reset", ""), "is up");
	wait_for_state("reset", ORIEL_VM_RUNNING);
	expect_ok("good", "down qemu:reset", "is down");
}

/* Another image, or the same one built anew, does not fit to the disk. */
static void test_stale_disk(void **state)
{
	char path[256];
	FILE *file;

	(void)state;
	expect_ok("good", up("stale", ""), "is up");
	expect_ok("good", "down qemu:stale", "is down");
	snprintf(path, sizeof path, "%s/disk.raw", image);
	file = fopen(path, "a");
	fputs("more", file);
	fclose(file);
	expect_error("good", "up qemu:stale", 1, "oriel up qemu:stale --fresh");
	expect_ok("good", "up qemu:stale --fresh", "is up");
	expect_ok("good", "down qemu:stale", "is down");
}

/* What the shell has open is not held by the supervisor. */
static void test_descriptors(void **state)
{
	char command[2048], path[128];
	int fd;

	(void)state;
	snprintf(path, sizeof path, "%s/held", run_folder());
	snprintf(command, sizeof command,
		"exec 7>%s; flock 7; env HOME=%s XDG_RUNTIME_DIR=%s %s '%s' %s >/dev/null", path,
		run_folder(), run_folder(), environment, getenv("ORIEL"), up("held", ""));
	assert_int_equal(system(command), 0);
	fd = open(path, O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
	expect_ok("good", "down qemu:held", "is down");
}

static void test_doctor(void **state)
{
	struct run_result result;

	(void)state;
	expect_ok("good", up("sick", ""), "is up");
	result = oriel("good", "doctor --on qemu:sick");
	assert_non_null(strstr(result.output, "ok: QEMU 9.9 is "));
	assert_non_null(strstr(result.output, "ok: guest image test (amd64)"));
	assert_non_null(strstr(result.output, "ok: pixels out of machines: ram (device: ivshmem)"));
	assert_non_null(strstr(result.output, "ok: qemu:sick is running"));
	assert_non_null(strstr(result.output, "ok: qemu:sick answers"));
	run_result_free(&result);
	expect_ok("good", "down qemu:sick", "is down");
	result = oriel("old", "doctor --on qemu:sick");
	assert_non_null(strstr(result.output, "missing: QEMU: QEMU 6.1"));
	run_result_free(&result);
}

static void write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", image, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int set_up(void **state)
{
	char path[256], programs[128];

	(void)state;
	snprintf(programs, sizeof programs, "%s/bin", run_folder());
	mkdir(programs, 0700);
	snprintf(path, sizeof path, "%s/qemu-system-x86_64", programs);
	assert_int_equal(symlink(getenv("FAKE_QEMU_PROGRAM"), path), 0);
	snprintf(path, sizeof path, "%s/qemu-img", programs);
	assert_int_equal(symlink(getenv("FAKE_QEMU_PROGRAM"), path), 0);
	snprintf(image, sizeof image, "%s/image", run_folder());
	mkdir(image, 0700);
	write_file("image.json",
		"{\"name\": \"test\", \"arch\": \"amd64\", \"kernel\": \"k\", \"disk\": "
		"\"disk.raw\", \"disk_format\": \"raw\", \"cmdline\": \"root=/dev/vda\"}");
	write_file("k", "kernel");
	write_file("disk.raw", "disk");
	snprintf(environment, sizeof environment,
		"PATH=%s:/usr/bin:/bin XDG_STATE_HOME=%s/state XDG_DATA_HOME=%s/data", programs,
		run_folder(), run_folder());
	/* For what this test itself looks at. */
	snprintf(path, sizeof path, "%s/state", run_folder());
	setenv("XDG_STATE_HOME", path, 1);
	setenv("XDG_RUNTIME_DIR", run_folder(), 1);
	return 0;
}

/* Whatever a failed test has left running. */
static int tear_down(void **state)
{
	static const char *const names[] = {"one", "json", "again", "faults", "bad", "boot",
		"share", "killed", "orphan", "deaf", "hang", "reset", "stale", "held", "sick",
		"gpu", "waiting", "killed-orield"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char line[64];
		struct run_result result;

		snprintf(line, sizeof line, "down qemu:%s --force", names[i]);
		result = oriel("good", line);
		run_result_free(&result);
	}
	run_cleanup();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_up_down),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_bad_use),
		cmocka_unit_test(test_boot_faults),
		cmocka_unit_test(test_half_gpu),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_kill_orield),
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_kill_qemu),
		cmocka_unit_test(test_ending),
		cmocka_unit_test(test_kill_supervisor),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_hang),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_stale_disk),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_doctor),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
