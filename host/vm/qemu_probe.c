/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/qemu_probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/target/find.h"
#include "host/target/program.h"

#define PROBE_MS 20000
#define HELP_MAX (256 * 1024) /* bytes of a help text; that of -device has some 20,000 */

static bool next_line(const char **text, const char **ret_line, size_t *ret_length)
{
	if (!**text)
		return false;
	*ret_line = *text;
	*ret_length = strcspn(*text, "\n");
	*text += *ret_length;
	*text += **text == '\n';
	return true;
}

/* Whether a line of the text has this word first, after blanks. */
static bool lists(const char *text, const char *word)
{
	size_t word_length = strlen(word), length;
	const char *line;

	while (next_line(&text, &line, &length)) {
		size_t blanks = strspn(line, " \t");

		if (length >= blanks + word_length &&
			strncmp(line + blanks, word, word_length) == 0 &&
			strchr(" \t\r\n=", line[blanks + word_length]))
			return true;
	}
	return false;
}

/* A line of -device help: name "ivshmem-plain", bus PCI, desc "..." */
static bool lists_device(const char *text, const char *name)
{
	char start[64];

	snprintf(start, sizeof start, "name \"%s\"", name);
	return strstr(text, start);
}

int oriel_qemu_read_version(struct oriel_qemu *qemu, const char *text)
{
	const char *version = strstr(text, "version ");
	unsigned major, minor;

	if (strncmp(text, "QEMU ", 5) != 0 || !version ||
		sscanf(version, "version %u.%u", &major, &minor) != 2)
		return -EINVAL;
	qemu->major = major;
	qemu->minor = minor;
	return 0;
}

void oriel_qemu_read_accels(struct oriel_qemu *qemu, const char *text)
{
	for (int i = 0; i < ORIEL_VM_ACCELS; i++)
		qemu->accel[i] = lists(text, oriel_vm_accel_names[i]);
}

void oriel_qemu_read_machines(struct oriel_qemu *qemu, const char *text)
{
	qemu->machine_q35 = lists(text, "q35");
	qemu->machine_pc = lists(text, "pc");
	qemu->machine_virt = lists(text, "virt");
}

void oriel_qemu_read_objects(struct oriel_qemu *qemu, const char *text)
{
	qemu->memory_file = lists(text, "memory-backend-file");
}

void oriel_qemu_read_devices(struct oriel_qemu *qemu, const char *text)
{
	qemu->device[ORIEL_VM_DEVICE_IVSHMEM] = lists_device(text, "ivshmem-plain");
	qemu->device[ORIEL_VM_DEVICE_PMEM] = lists_device(text, "virtio-pmem-pci");
	qemu->device[ORIEL_VM_DEVICE_NVDIMM] = lists_device(text, "nvdimm");
	qemu->serial_port =
		lists_device(text, "virtserialport") && lists_device(text, "virtio-serial-pci");
	qemu->rng = lists_device(text, "virtio-rng-pci");
	qemu->vsock = lists_device(text, "vhost-vsock-pci");
	qemu->pvpanic = lists_device(text, "pvpanic-pci");
	qemu->gpu_gl = lists_device(text, "virtio-gpu-gl-pci");
}

void oriel_qemu_read_gpu(struct oriel_qemu *qemu, const char *text)
{
	qemu->gpu_blob = lists(text, "blob") && lists(text, "hostmem");
	qemu->gpu_venus = lists(text, "venus");
}

void oriel_qemu_read_displays(struct oriel_qemu *qemu, const char *text)
{
	qemu->display_egl = lists(text, "egl-headless");
	qemu->display_sdl = lists(text, "sdl");
}

void oriel_qemu_read_netdevs(struct oriel_qemu *qemu, const char *text)
{
	qemu->net_user = lists(text, "user");
}

const char *oriel_qemu_program(enum oriel_vm_arch arch)
{
	return arch == ORIEL_VM_ARM64 ? "qemu-system-aarch64" : "qemu-system-x86_64";
}

const char *oriel_qemu_package(enum oriel_vm_arch arch)
{
#ifdef __APPLE__
	(void)arch;
	return "brew install qemu";
#else
	return arch == ORIEL_VM_ARM64 ? "sudo apt-get install qemu-system-arm qemu-utils"
				      : "sudo apt-get install qemu-system-x86 qemu-utils";
#endif
}

static int find_program(
	enum oriel_vm_arch arch, struct oriel_qemu *qemu, struct oriel_vm_fault *fault)
{
	const char *given = getenv("ORIEL_QEMU"), *name = oriel_qemu_program(arch);
	int n;

	if (given && *given) {
		n = snprintf(qemu->path, sizeof qemu->path, "%s", given);
		if (n >= (int)sizeof qemu->path || access(given, X_OK) < 0)
			return oriel_vm_fail(fault, -ENOENT,
				"ORIEL_QEMU is %s, which is not a program: mend or unset it",
				given);
		return 0;
	}
	if (oriel_find_program(name, qemu->path, sizeof qemu->path) < 0)
		return oriel_vm_fail(
			fault, -ENOENT, "%s is not there: %s", name, oriel_qemu_package(arch));
	return 0;
}

/* Runs QEMU for one help text. option may hold one argument only with value NULL. */
static int ask(const struct oriel_qemu *qemu, const char *option, const char *value, char *text,
	struct oriel_vm_fault *fault)
{
	/* QEMU tells of networks only with a machine, and that of arm64 has no default one. */
	const char *machine = strcmp(option, "-netdev") == 0 ? "-machine" : NULL;
	const char *const argv[] = {qemu->path, option, value, machine, "none", NULL};
	struct oriel_program_result result;
	int r = oriel_program_read(argv, PROBE_MS, &result, text, HELP_MAX);

	if (r < 0)
		return oriel_vm_fail(fault, r, "%s can't be started: %s", qemu->path, strerror(-r));
	if (result.status < 0)
		return oriel_vm_fail(fault, -ETIMEDOUT,
			"'%s %s' does not end: is it a QEMU? (ORIEL_QEMU names another)",
			qemu->path, option);
	if (result.status != 0)
		return oriel_vm_fail(fault, -ECHILD,
			"'%s %s%s%s' does not work: %s: install it again", qemu->path, option,
			value ? " " : "", value ? value : "",
			result.error[0] ? result.error : "it does not say why");
	return 0;
}

static int ask_version(struct oriel_qemu *qemu, char *text, struct oriel_vm_fault *fault)
{
	int r = ask(qemu, "--version", NULL, text, fault);

	if (r < 0)
		return r;
	if (oriel_qemu_read_version(qemu, text) < 0)
		return oriel_vm_fail(fault, -ENOTSUP,
			"%s is no QEMU by what it says of its version: mend PATH or ORIEL_QEMU",
			qemu->path);
	if (qemu->major < ORIEL_QEMU_MAJOR ||
		(qemu->major == ORIEL_QEMU_MAJOR && qemu->minor < ORIEL_QEMU_MINOR))
		return oriel_vm_fail(fault, -ENOTSUP,
			"QEMU %u.%u (%s) is too old: install %d.%d or newer, or name one by "
			"ORIEL_QEMU",
			qemu->major, qemu->minor, qemu->path, ORIEL_QEMU_MAJOR, ORIEL_QEMU_MINOR);
	return 0;
}

/* A device that is listed may lack its other half: Debian 12 has that in qemu-system-gui. */
static void ask_gpu(struct oriel_qemu *qemu, char *text)
{
	struct oriel_vm_fault fault;

	if (ask(qemu, "-device", "virtio-gpu-gl-pci,help", text, &fault) < 0)
		qemu->gpu_gl = false;
	else
		oriel_qemu_read_gpu(qemu, text);
}

static int ask_all(struct oriel_qemu *qemu, char *text, struct oriel_vm_fault *fault)
{
	static const struct {
		const char *option;
		void (*read)(struct oriel_qemu *qemu, const char *text);
	} questions[] = {
		{"-accel", oriel_qemu_read_accels},
		{"-machine", oriel_qemu_read_machines},
		{"-object", oriel_qemu_read_objects},
		{"-device", oriel_qemu_read_devices},
		{"-display", oriel_qemu_read_displays},
		{"-netdev", oriel_qemu_read_netdevs},
	};
	int r = ask_version(qemu, text, fault);

	for (size_t i = 0; r == 0 && i < sizeof questions / sizeof *questions; i++) {
		r = ask(qemu, questions[i].option, "help", text, fault);
		if (r == 0)
			questions[i].read(qemu, text);
	}
	if (r == 0 && qemu->gpu_gl)
		ask_gpu(qemu, text);
	return r;
}

static int check(const struct oriel_qemu *qemu, struct oriel_vm_fault *fault)
{
	bool machine = qemu->arch == ORIEL_VM_ARM64 ? qemu->machine_virt
						    : qemu->machine_q35 || qemu->machine_pc;

	if (machine && qemu->serial_port)
		return 0;
	return oriel_vm_fail(fault, -ENOTSUP, "%s has no %s: %s", qemu->path,
		machine                        ? "virtio-serial"
		: qemu->arch == ORIEL_VM_ARM64 ? "machine 'virt'"
					       : "machine 'q35'",
		oriel_qemu_package(qemu->arch));
}

int oriel_qemu_probe(
	enum oriel_vm_arch arch, struct oriel_qemu *ret_qemu, struct oriel_vm_fault *fault)
{
	struct oriel_qemu qemu = {.arch = arch};
	char *text = malloc(HELP_MAX);
	int r;

	if (!text)
		return oriel_vm_fail(fault, -ENOMEM, "out of memory");
	r = find_program(arch, &qemu, fault);
	if (r == 0)
		r = ask_all(&qemu, text, fault);
	if (r == 0)
		r = check(&qemu, fault);
	if (r == 0)
		*ret_qemu = qemu;
	free(text);
	return r;
}
