/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A machine that is reached by vsock: the host's side of that is vhost-device-vsock, which needs no
 * kernel of the host, and the machine's RAM.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/vm/cases.h"
#include "tests/vm/machine.h"

const char *const machine_options[] = {"--share", "ram", NULL};

static char target[256];

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file)
		e2e_fail("can't write %s", path);
	fputs(text, file);
	fclose(file);
}

/* A QEMU with the device: oriel itself only gives machines that of the kernel. */
static void use_qemu_with_vsock(void)
{
	static char path[256];
	char text[2048];

	snprintf(path, sizeof(path), "%s/qemu", e2e_dir());
	snprintf(text, sizeof(text),
		"#!/bin/sh\n"
		"case $* in *-append*) set -- \"$@\" -chardev socket,id=vsock,path=%s/device "
		"-device vhost-user-vsock-pci,chardev=vsock ;; esac\n"
		"exec qemu-system-x86_64 \"$@\"\n",
		e2e_dir());
	write_file(path, text);
	chmod(path, 0700);
	setenv("ORIEL_QEMU", path, 1);
}

static void start_machine(void)
{
	char option[700];

	snprintf(option, sizeof(option), "guest-cid=3,socket=%s/device,uds-path=%s/vsock",
		e2e_dir(), e2e_dir());
	process_keep(process_run(
		"vhost-device-vsock", getenv("ORIEL_VHOST_VSOCK"), "--vm", option, NULL));
	snprintf(target, sizeof(target), "%s/device", e2e_dir());
	E2E_UNTIL(access(target, F_OK) == 0, "vhost-device-vsock does not start");
	use_qemu_with_vsock();
	machine_begin();
	snprintf(target, sizeof(target), "vsock-unix:%s/vsock:6767", e2e_dir());
}

/* Programs and viewers go by vsock. */
static int setup(void **state)
{
	e2e_begin(*state);
	if (!*target)
		start_machine();
	setenv("ORIEL_TARGET", target, 1);
	return 0;
}

static void test_beside_serial(void **state)
{
	(void)state;
	machine_pattern("toplevel one 320x200 seed=1");
	setenv("ORIEL_TARGET", machine_target(), 1);
	machine_pattern("toplevel two 300x220 seed=2");
	screen_expect("one", image_pattern(320, 200, 0, 0, 1), 0);
	screen_expect("two", image_pattern(300, 220, 0, 0, 2), 0);
}

/* Programs of the machine are no hosts. */
static void test_others_refused(void **state)
{
	(void)state;
	machine_shell("sudo modprobe vsock_loopback && socat -u VSOCK-CONNECT:1:6767 - | wc -c");
	machine_shell("journalctl --user --no-pager -q -u orield.service | "
		      "grep -F 'refused vsock CID 1 at port 6767' >&2");
}

#define VSOCK_TEST(f) {#f, f, setup, machine_teardown, (void *)(uintptr_t)#f}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		VSOCK_TEST(case_pixels),
		VSOCK_TEST(case_resize),
		VSOCK_TEST(case_foot),
		VSOCK_TEST(case_typing),
		VSOCK_TEST(test_beside_serial),
		VSOCK_TEST(test_others_refused),
		MACHINE_TEST(case_down),
	};

	if (!getenv("ORIEL_VHOST_VSOCK")) {
		printf("1..0 # SKIP no ORIEL_VHOST_VSOCK: ./dev test --vm\n");
		return 0;
	}
	return machine_main(argc, argv, "vm-vsock", tests, sizeof(tests) / sizeof(*tests));
}
