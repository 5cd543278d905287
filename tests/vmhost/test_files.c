/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Names, folders, locks, options, status, images and logs: what lies in files.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/vm/config.h"
#include "host/vm/console.h"
#include "host/vm/json.h"
#include "host/vm/lock.h"
#include "host/vm/process.h"
#include "host/vm/share.h"
#include "host/vm/status.h"

static char top[] = "/tmp/oriel-vm-XXXXXX";
static struct oriel_vm_place place;

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void test_names(void **state)
{
	static const char *const good[] = {
		"a", "dev", "Debian-13.1_x", "0", "12345678901234567890123456789012"};
	static const char *const bad[] = {"", ".", "..", "-x", "_x", "a/b", "a b", "a\n", "a:b",
		"ü", "123456789012345678901234567890123"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(oriel_vm_name_valid(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct oriel_vm_place other;

		assert_false(oriel_vm_name_valid(bad[i]));
		assert_int_equal(oriel_vm_place_init(&other, bad[i]), -EINVAL);
	}
}

static void test_place(void **state)
{
	struct oriel_vm_place other;
	char longest[200], path[ORIEL_VM_PATH], expected[128];
	struct stat st;

	(void)state;
	snprintf(expected, sizeof expected, "%s/oriel/vm/test", top);
	assert_string_equal(place.state, expected);
	assert_string_equal(place.run, expected);
	assert_int_equal(oriel_vm_place_create(&place), 0);
	assert_int_equal(oriel_vm_place_create(&place), 0);
	assert_int_equal(stat(place.state, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	oriel_vm_run_file(&place, "link.sock", path);
	snprintf(expected, sizeof expected, "%s/oriel/vm/test/link.sock", top);
	assert_string_equal(path, expected);
	/* Sockets would not fit. */
	snprintf(longest, sizeof longest, "%s/%0100d", top, 0);
	assert_int_equal(mkdir(longest, 0700), 0);
	setenv("XDG_RUNTIME_DIR", longest, 1);
	assert_int_equal(oriel_vm_place_init(&other, "test"), -ENAMETOOLONG);
	setenv("XDG_RUNTIME_DIR", top, 1);
}

/* Runs as a child that holds the lock until it is killed. */
static pid_t hold_lock(void)
{
	int fds[2];
	char byte = 0;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		byte = oriel_vm_lock(&place) == 0;
		if (write(fds[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(fds[0], &byte, 1), 1);
	assert_int_equal(byte, 1);
	close(fds[0]);
	close(fds[1]);
	return pid;
}

static void test_lock(void **state)
{
	pid_t pid;

	(void)state;
	assert_int_equal(oriel_vm_lock_holder(&place), 0);
	pid = hold_lock();
	assert_int_equal(oriel_vm_lock_holder(&place), pid);
	assert_int_equal(oriel_vm_lock(&place), -EAGAIN);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(oriel_vm_lock_holder(&place), 0);
}

static void test_process(void **state)
{
	uint64_t start;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		signal(SIGTERM, SIG_IGN);
		for (;;)
			pause();
	}
	start = oriel_process_start_time(pid);
	assert_true(start > 0);
	assert_int_equal(oriel_process_start_time(0), 0);
	/* Another process that has the same number now. */
	assert_false(oriel_process_end(pid, start + 1, 100));
	assert_int_equal(oriel_process_start_time(pid), start);
	assert_true(oriel_process_end(pid, start, 100));
	assert_int_equal(oriel_process_start_time(pid), 0); /* a zombie */
	waitpid(pid, NULL, 0);
	assert_false(oriel_process_end(pid, start, 100));
}

static void fill_status(struct oriel_vm_status *status)
{
	struct oriel_region_source ring = {.kind = ORIEL_MEMORY_DEVICE,
		.path = "/dev/shm/r",
		.size = 4096,
		.token = {0x01, 0xff}};
	struct oriel_region_source ram = {.kind = ORIEL_MEMORY_RAM,
		.path = "/dev/shm/m",
		.size = UINT64_C(6) << 30,
		.n_ranges = 2,
		.ranges = {{0, 0, UINT64_C(2) << 30},
			{UINT64_C(4) << 30, UINT64_C(2) << 30, UINT64_C(4) << 30}}};

	*status = (struct oriel_vm_status){.state = ORIEL_VM_RUNNING,
		.qemu = 1234,
		.qemu_start = UINT64_C(1) << 60,
		.started = 1700000000,
		.answered = 1700000009,
		.memory = UINT64_C(6) << 30,
		.cpus = 4};
	strcpy(status->share, "ram");
	strcpy(status->reason, "a \"quoted\" reason\n");
	oriel_vm_status_add_source(status, &ring);
	oriel_vm_status_add_source(status, &ram);
	oriel_vm_status_add_source(status, &ram); /* one too many */
}

static void test_status(void **state)
{
	static struct oriel_vm_status status, back;
	pid_t pid;

	(void)state;
	assert_int_equal(oriel_vm_status_read(&place, &back), -ENOENT);
	fill_status(&status);
	assert_int_equal(oriel_vm_status_write(&place, &status), 0);
	pid = hold_lock();
	assert_int_equal(oriel_vm_status_read(&place, &back), 0);
	assert_int_equal(back.state, ORIEL_VM_RUNNING);
	assert_int_equal(back.supervisor, pid);
	assert_int_equal(back.qemu, 1234);
	assert_int_equal(back.qemu_start, UINT64_C(1) << 60);
	assert_string_equal(back.reason, status.reason);
	assert_int_equal(back.n_sources, 2);
	assert_string_equal(back.sources[0].path, "/dev/shm/r");
	assert_memory_equal(back.sources[0].token, status.sources[0].token, ORIEL_REGION_TOKEN);
	assert_int_equal(back.sources[1].n_ranges, 2);
	assert_memory_equal(&back.sources[1].ranges, &status.sources[1].ranges,
		2 * sizeof *status.sources[1].ranges);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(oriel_vm_status_read(&place, &back), 0);
	assert_int_equal(back.state, ORIEL_VM_CRASHED);
	assert_int_equal(back.n_sources, 0);
	assert_non_null(strstr(back.reason, "killed"));
}

/* What somebody has written there by hand. */
static void test_status_strange(void **state)
{
	static const char *const texts[] = {"", "[]", "null", "{", "{} x", "\"running\"",
		"{\"state\": 7, \"sources\": 3, \"qemu\": -1}",
		"{\"state\": \"up\", \"sources\": [1, null, [], {}, {\"path\": 1}]}",
		"{\"sources\": [{\"kind\": 9, \"path\": \"/x\", \"token\": \"00\"}]}",
		"{\"sources\": [{\"kind\": 1, \"path\": \"/x\", \"token\": "
		"\"00000000000000000000000000000000\", \"ranges\": "
		"[1, {}, {}, {}, {}, {}, {}, {}]}]}"};
	static struct oriel_vm_status status;
	char path[ORIEL_VM_PATH];

	(void)state;
	oriel_vm_state_file(&place, "status.json", path);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		int r;

		write_file(path, texts[i]);
		r = oriel_vm_status_load(&place, &status);
		assert_int_equal(r, i < 6 ? -EBADMSG : 0);
		if (r == 0)
			assert_int_equal(status.state, ORIEL_VM_STOPPED);
	}
	assert_int_equal(status.n_sources, 1);
	assert_int_equal(status.sources[0].n_ranges, ORIEL_REGION_RANGES);
	unlink(path);
}

static void test_config(void **state)
{
	static struct oriel_vm_config config, back;
	const struct oriel_vm_options options = {.image = top,
		.memory = "3G",
		.cpus = "7",
		.gpu = "venus",
		.share = "ring",
		.accel = "tcg",
		.share_size = "16M"};
	struct oriel_vm_fault fault;

	(void)state;
	assert_int_equal(oriel_vm_config_load(&place, &back, &fault), -ENOENT);
	oriel_vm_config_default(&config);
	assert_true(config.memory >= 256 << 20 && config.cpus >= 1 && config.vsock_cid >= 3);
	assert_int_equal(config.share, ORIEL_VM_SHARE_AUTO);
	assert_int_equal(oriel_vm_config_apply(&config, &options, &fault), 0);
	assert_int_equal(config.memory, UINT64_C(3) << 30);
	strcpy(config.disk_base, "/image/disk");
	config.disk_base_size = UINT64_C(1) << 40;
	assert_int_equal(oriel_vm_config_save(&place, &config, &fault), 0);
	assert_int_equal(oriel_vm_config_load(&place, &back, &fault), 0);
	assert_string_equal(back.image, top);
	assert_int_equal(back.memory, config.memory);
	assert_int_equal(back.cpus, 7);
	assert_int_equal(back.gpu, ORIEL_VM_GPU_VENUS);
	assert_int_equal(back.share, ORIEL_VM_SHARE_RING);
	assert_int_equal(back.accel, ORIEL_VM_ACCEL_TCG);
	assert_int_equal(back.share_size, 16 << 20);
	assert_int_equal(back.vsock_cid, config.vsock_cid);
	assert_string_equal(back.disk_base, "/image/disk");
	assert_int_equal(back.disk_base_size, UINT64_C(1) << 40);
}

static void test_config_strange(void **state)
{
	struct oriel_vm_config config;
	struct oriel_vm_fault fault = {.text = ""};
	char path[ORIEL_VM_PATH];

	(void)state;
	oriel_vm_state_file(&place, "vm.json", path);
	write_file(path, "not JSON");
	assert_int_equal(oriel_vm_config_load(&place, &config, &fault), -EBADMSG);
	assert_non_null(strstr(fault.text, "mend or remove it"));
	write_file(path, "{\"memory\": 1, \"cpus\": \"x\", \"gpu\": \"warp\", \"share_size\": 3, "
			 "\"vsock_cid\": 2, \"image\": 5}");
	assert_int_equal(oriel_vm_config_load(&place, &config, &fault), 0);
	assert_true(config.memory >= 256 << 20 && config.cpus >= 1 && config.vsock_cid >= 3);
	assert_int_equal(config.share_size, ORIEL_SHARE_SIZE_DEFAULT);
	assert_int_equal(config.gpu, ORIEL_VM_GPU_NONE);
	assert_string_equal(config.image, "");
	unlink(path);
}

static void test_sizes(void **state)
{
	static const char *const bad[] = {"", "G", "-1G", " 1G", "1T", "1GB", "0x10", "1.5G",
		"99999999999999999999", "18446744073709551615G"};
	uint64_t size = 5;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(oriel_vm_parse_size(bad[i], &size), -EINVAL);
	assert_int_equal(size, 5);
	assert_int_equal(oriel_vm_parse_size("512", &size), 0);
	assert_int_equal(size, 512 << 20);
	assert_int_equal(oriel_vm_parse_size("512M", &size), 0);
	assert_int_equal(size, 512 << 20);
	assert_int_equal(oriel_vm_parse_size("4g", &size), 0);
	assert_int_equal(size, UINT64_C(4) << 30);
}

static void expect_image(const char *text, const char *part)
{
	static struct oriel_image image;
	struct oriel_vm_fault fault = {.text = ""};
	int r = oriel_image_parse(text, strlen(text), "/image", &image, &fault);

	assert_int_equal(r, part ? -EBADMSG : 0);
	if (part && !strstr(fault.text, part))
		print_error("no '%s' in %s\n", part, fault.text);
	if (part)
		assert_non_null(strstr(fault.text, part));
	else
		assert_string_equal(image.kernel, "/image/vmlinuz");
}

#define IMAGE(disk, format, cmdline) \
	"{\"arch\": \"arm64\", \"kernel\": \"vmlinuz\", \"disk\": " disk \
	", \"disk_format\": " format ", \"cmdline\": " cmdline "}"
#define SIZED_IMAGE(kernel, disk) \
	IMAGE("\"d\"", "\"raw\"", "\"\", \"sizes\": {\"kernel\": " kernel ", \"disk\": " disk "}")

static void test_image(void **state)
{
	(void)state;
	expect_image(IMAGE("\"d\"", "\"raw\"", "\"\""), NULL);
	expect_image(IMAGE("\"d\"", "\"qcow2\"", "\"ro\"") "\n", NULL);
	expect_image("", "no JSON object");
	expect_image("[]", "no JSON object");
	expect_image("{}", "\"kernel\" of image.json is missing");
	expect_image("{\"kernel\": 3}", "\"kernel\" of image.json is missing");
	expect_image("{\"kernel\": \"../../etc/passwd\"}", "not the name of a file");
	expect_image("{\"kernel\": \"..\"}", "not the name of a file");
	expect_image("{\"kernel\": \"\"}", "not the name of a file");
	expect_image("{\"kernel\": \"k\\u0000x\"}", "is missing");
	expect_image("{\"kernel\": \"k\", \"disk\": \"d\", \"arch\": \"mips\"}", "not amd64 or");
	expect_image(IMAGE("\"/dev/sda\"", "\"raw\"", "\"\""), "not the name of a file");
	expect_image(IMAGE("\"d\"", "\"vmdk\"", "\"\""), "not raw or qcow2");
	expect_image(IMAGE("\"d\"", "\"raw\"", "[]"), "\"cmdline\" of image.json is missing");
}

static void test_image_load(void **state)
{
	static struct oriel_image image;
	struct oriel_vm_fault fault;
	char folder[128], path[256];

	(void)state;
	snprintf(folder, sizeof folder, "%s/image", top);
	assert_int_equal(oriel_image_load(folder, &image, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "vm/build-image"));
	mkdir(folder, 0700);
	assert_int_equal(oriel_image_load(folder, &image, &fault), -ENOENT);
	snprintf(path, sizeof path, "%s/image.json", folder);
	write_file(path, IMAGE("\"d\"", "\"raw\"", "\"\""));
	assert_int_equal(oriel_image_load(folder, &image, &fault), -EBADMSG);
	assert_non_null(strstr(fault.text, "vmlinuz: No such file"));
	snprintf(path, sizeof path, "%s/vmlinuz", folder);
	write_file(path, "kernel");
	snprintf(path, sizeof path, "%s/d", folder);
	write_file(path, "");
	assert_int_equal(oriel_image_load(folder, &image, &fault), -EBADMSG);
	assert_non_null(strstr(fault.text, "is empty"));
	write_file(path, "disk");
	assert_int_equal(oriel_image_load(folder, &image, &fault), 0);
	assert_string_equal(image.disk, path);
	assert_int_equal(image.disk_size, 4);
	snprintf(path, sizeof path, "%s/image.json", folder);
	write_file(path, SIZED_IMAGE("6", "4"));
	assert_int_equal(oriel_image_load(folder, &image, &fault), 0);
	write_file(path, SIZED_IMAGE("6", "5"));
	assert_int_equal(oriel_image_load(folder, &image, &fault), -EBADMSG);
	assert_non_null(strstr(fault.text, "/d is shorter than it was made: copy it again"));
	write_file(path, SIZED_IMAGE("7", "4"));
	assert_int_equal(oriel_image_load(folder, &image, &fault), -EBADMSG);
}

static void test_console_clean(void **state)
{
	static const char *const cases[][2] = {
		{"plain", "plain"},
		{"[  \033[0;32mOK\033[0m  ] x", "[  OK  ] x"},
		{"\033[2J\033[1;1Hhome", "home"},
		{"\033]0;title\007x", "0;titlex"},
		{"tab\tand\bback", "tab andback"},
		{"\033", ""},
		{"\033[", ""},
		{"\033[12", ""},
		{"\xc2\x9b"
		 "31m",
			"31m"},
		{"\xff\xfe", "??"},
		{"caf\xc3\xa9", "caf\xc3\xa9"},
	};
	char line[64];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		strcpy(line, cases[i][0]);
		oriel_console_clean(line);
		assert_string_equal(line, cases[i][1]);
	}
}

static void test_console_tail(void **state)
{
	char path[128], text[256];
	FILE *file;

	(void)state;
	snprintf(path, sizeof path, "%s/console", top);
	oriel_console_tail(path, 3, text, sizeof text);
	assert_string_equal(text, "");
	write_file(path, "");
	oriel_console_tail(path, 3, text, sizeof text);
	assert_string_equal(text, "");
	write_file(path, "one\r\n\r\n[**    ] Job x running (1s / 2s)\r\n[*] (1 of 3) Job y "
			 "running (1s / no limit)\r\ntwo\nthree\n\nfour");
	oriel_console_tail(path, 3, text, sizeof text);
	assert_string_equal(text, "two\nthree\nfour\n");
	oriel_console_tail(path, 99, text, sizeof text);
	assert_string_equal(text, "one\ntwo\nthree\nfour\n");
	oriel_console_tail(path, 3, text, 13);
	assert_string_equal(text, "three\nfour\n");
	file = fopen(path, "w");
	for (int i = 0; i < 20000; i++)
		fprintf(file, "line %d\n", i);
	fclose(file);
	oriel_console_tail(path, 2, text, sizeof text);
	assert_string_equal(text, "line 19998\nline 19999\n");
}

static void append(const char *path, const char *text)
{
	FILE *file = fopen(path, "a");

	fputs(text, file);
	fclose(file);
}

static void test_boot(void **state)
{
	struct oriel_boot boot = {.offset = 0};
	char path[128];

	(void)state;
	snprintf(path, sizeof path, "%s/boot", top);
	assert_false(oriel_boot_read(&boot, path));
	append(path, "SeaBIOS\r\n[ 0.0] Linux ver");
	assert_false(oriel_boot_read(&boot, path));
	append(path, "sion 6.12\r\n");
	assert_true(oriel_boot_read(&boot, path));
	assert_string_equal(boot.stage, "kernel");
	assert_false(oriel_boot_read(&boot, path));
	append(path, "[  \033[32mOK\033[0m  ] Started \033[1mfoo.service\033[0m - Foo.\r\n");
	assert_true(oriel_boot_read(&boot, path));
	assert_string_equal(boot.stage, "Started foo.service - Foo.");
	assert_string_equal(boot.failure, "");
	append(path, "\r\n(initramfs) ");
	assert_true(oriel_boot_read(&boot, path));
	assert_string_equal(boot.failure, "its initramfs can't go on");
}

static void test_rotate(void **state)
{
	char path[ORIEL_VM_PATH], old[ORIEL_VM_PATH];
	struct stat st;

	(void)state;
	oriel_vm_state_file(&place, "console.log", path);
	oriel_vm_state_file(&place, "console.old.log", old);
	assert_int_equal(oriel_console_rotate(&place), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	write_file(path, "first");
	assert_int_equal(oriel_console_rotate(&place), 0);
	assert_int_equal(stat(old, &st), 0);
	assert_int_equal(st.st_size, 5);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 0);
}

static void test_share_files(void **state)
{
	static struct oriel_share share;
	struct oriel_qemu qemu = {.memory_file = true, .machine_q35 = true};
	struct stat st;
	char other[ORIEL_VM_PATH];

	(void)state;
	qemu.device[ORIEL_VM_DEVICE_IVSHMEM] = true;
	oriel_share_choose(&qemu, ORIEL_VM_SHARE_RAM, 8 << 20, true, &share);
	assert_int_equal(oriel_share_create(&share, &place, place.run, "q35", 64 << 20), 0);
	assert_int_equal(share.n_sources, 2);
	for (int i = 0; i < 2; i++) {
		struct oriel_region *region = NULL;

		assert_int_equal(stat(share.paths[i], &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(oriel_region_map(&share.sources[i], &region), 0);
		oriel_region_unmap(region);
	}
	snprintf(other, sizeof other, "%s/oriel-other", place.run);
	write_file(other, "x");
	oriel_share_clean(&place);
	assert_int_not_equal(stat(share.paths[0], &st), 0);
	assert_int_not_equal(stat(share.paths[1], &st), 0);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(
		oriel_share_create(&share, &place, place.run, "q35", UINT64_C(1) << 60), -ENOSPC);
	assert_int_equal(share.n_sources, 0);
	assert_int_equal(
		oriel_share_create(&share, &place, "/nonexistent", "q35", 64 << 20), -ENOENT);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(top))
		return -1;
	setenv("XDG_RUNTIME_DIR", top, 1);
	setenv("XDG_STATE_HOME", top, 1);
	return oriel_vm_place_init(&place, "test") < 0 ? -1 : oriel_vm_place_create(&place);
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", top);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_status_strange),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_config_strange),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_image_load),
		cmocka_unit_test(test_console_clean),
		cmocka_unit_test(test_console_tail),
		cmocka_unit_test(test_boot),
		cmocka_unit_test(test_rotate),
		cmocka_unit_test(test_share_files),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
