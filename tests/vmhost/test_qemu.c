/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What is read from QEMU's help texts, what is chosen by it, and the command line made of that.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/vm/explain.h"
#include "host/vm/qemu_args.h"
#include "host/vm/share.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* Parts of what these versions print. */
static const char version_7[] =
	"QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\n"
	"Copyright (c) 2003-2022 Fabrice Bellard and the QEMU Project developers\n";
static const char accels_linux[] = "Accelerators supported in QEMU binary:\ntcg\nxen\nkvm\n";
static const char accels_mac[] = "Accelerators supported in QEMU binary:\nhvf\ntcg\n";
static const char machines_amd64[] =
	"Supported machines are:\n"
	"microvm              microvm (i386)\n"
	"pc                   Standard PC (i440FX + PIIX, 1996) (alias of pc-i440fx-7.2)\n"
	"pc-i440fx-7.2        Standard PC (i440FX + PIIX, 1996) (default)\n"
	"q35                  Standard PC (Q35 + ICH9, 2009) (alias of pc-q35-7.2)\n"
	"pc-q35-7.2           Standard PC (Q35 + ICH9, 2009)\n"
	"none                 empty machine\n";
static const char machines_arm64[] =
	"Supported machines are:\n"
	"virt-10.2            QEMU 10.2 ARM Virtual Machine\n"
	"virt                 QEMU 11.0 ARM Virtual Machine (alias of virt-11.0)\n";
static const char objects[] =
	"List of user creatable objects:\n  iothread\n  memory-backend-file\n  rng-random\n";
static const char devices_full[] =
	"Storage devices:\n"
	"name \"nvdimm\", desc \"DIMM memory module\"\n"
	"name \"virtio-blk-pci\", bus PCI, alias \"virtio-blk\"\n\n"
	"Input devices:\n"
	"name \"virtio-serial-pci\", bus PCI, alias \"virtio-serial\"\n"
	"name \"virtserialport\", bus virtio-serial-bus\n\n"
	"Display devices:\n"
	"name \"virtio-gpu-gl-pci\", bus PCI, alias \"virtio-gpu-gl\"\n\n"
	"Misc devices:\n"
	"name \"ivshmem-doorbell\", bus PCI, desc \"Inter-VM shared memory\"\n"
	"name \"ivshmem-plain\", bus PCI, desc \"Inter-VM shared memory\"\n"
	"name \"pvpanic-pci\", bus PCI\n"
	"name \"vhost-vsock-pci\", bus PCI\n"
	"name \"virtio-pmem-pci\", bus PCI\n"
	"name \"virtio-rng-pci\", bus PCI, alias \"virtio-rng\"\n";
/* Homebrew's, for arm64 guests. */
static const char devices_mac[] = "name \"nvdimm\", desc \"DIMM memory module\"\n"
				  "name \"virtio-blk-pci\", bus PCI, alias \"virtio-blk\"\n"
				  "name \"virtio-serial-pci\", bus PCI, alias \"virtio-serial\"\n"
				  "name \"virtserialport\", bus virtio-serial-bus\n"
				  "name \"virtio-rng-pci\", bus PCI, alias \"virtio-rng\"\n";
static const char gpu_7[] = "virtio-gpu-gl-pci options:\n"
			    "  acpi-index=<uint32>    -  (default: 0)\n"
			    "  blob=<bool>            -  (default: false)\n"
			    "  xres=<uint32>          -  (default: 1280)\n";
static const char gpu_10[] = "virtio-gpu-gl-pci options:\n"
			     "  blob=<bool>            - on/off (default: off)\n"
			     "  hostmem=<size>         -  (default: 0)\n"
			     "  max_hostmem=<size>     -  (default: 268435456)\n"
			     "  venus=<bool>           - on/off (default: off)\n";
static const char displays[] = "Available display backend types:\nnone\ngtk\nsdl\n"
			       "egl-headless\ncurses\ndbus\n\nSome display backends\n";
static const char netdevs[] = "Available netdev backend types:\nsocket\ntap\nuser\n";

static void init_amd64(struct oriel_qemu *qemu, unsigned major)
{
	*qemu = (struct oriel_qemu){.arch = ORIEL_VM_AMD64, .path = "/usr/bin/qemu"};
	assert_int_equal(oriel_qemu_read_version(qemu, version_7), 0);
	qemu->major = major;
	oriel_qemu_read_accels(qemu, accels_linux);
	oriel_qemu_read_machines(qemu, machines_amd64);
	oriel_qemu_read_objects(qemu, objects);
	oriel_qemu_read_devices(qemu, devices_full);
	oriel_qemu_read_gpu(qemu, major < 9 ? gpu_7 : gpu_10);
	oriel_qemu_read_displays(qemu, displays);
	oriel_qemu_read_netdevs(qemu, netdevs);
}

static void init_mac(struct oriel_qemu *qemu)
{
	*qemu = (struct oriel_qemu){.arch = ORIEL_VM_ARM64, .path = "/opt/homebrew/bin/qemu"};
	assert_int_equal(oriel_qemu_read_version(qemu, "QEMU emulator version 11.0.1\n"), 0);
	oriel_qemu_read_accels(qemu, accels_mac);
	oriel_qemu_read_machines(qemu, machines_arm64);
	oriel_qemu_read_objects(qemu, objects);
	oriel_qemu_read_devices(qemu, devices_mac);
	oriel_qemu_read_netdevs(qemu, netdevs);
}

static void test_probe(void **state)
{
	struct oriel_qemu qemu;

	(void)state;
	init_amd64(&qemu, 7);
	assert_int_equal(qemu.minor, 2);
	assert_true(qemu.accel[ORIEL_VM_ACCEL_KVM] && qemu.accel[ORIEL_VM_ACCEL_TCG]);
	assert_false(qemu.accel[ORIEL_VM_ACCEL_HVF]);
	assert_true(qemu.machine_q35 && qemu.machine_pc);
	assert_false(qemu.machine_virt);
	assert_true(qemu.memory_file && qemu.serial_port && qemu.rng && qemu.vsock);
	assert_true(qemu.pvpanic && qemu.gpu_gl && qemu.net_user);
	assert_true(qemu.device[ORIEL_VM_DEVICE_IVSHMEM] && qemu.device[ORIEL_VM_DEVICE_PMEM] &&
		    qemu.device[ORIEL_VM_DEVICE_NVDIMM]);
	assert_false(qemu.gpu_blob || qemu.gpu_venus);
	assert_true(qemu.display_egl && qemu.display_sdl);
	oriel_qemu_read_gpu(&qemu, gpu_10);
	assert_true(qemu.gpu_blob && qemu.gpu_venus);
	init_mac(&qemu);
	assert_int_equal(qemu.major, 11);
	assert_true(qemu.machine_virt && qemu.accel[ORIEL_VM_ACCEL_HVF]);
	assert_false(qemu.device[ORIEL_VM_DEVICE_IVSHMEM] || qemu.vsock || qemu.gpu_gl);
}

static void test_probe_strange(void **state)
{
	static const char *const versions[] = {"", "QEMU", "QEMU emulator version",
		"QEMU emulator version x.y", "GNU bash, version 5.2", "QEMU emulator version 9"};
	struct oriel_qemu qemu = {.major = 1};

	(void)state;
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
		assert_int_equal(oriel_qemu_read_version(&qemu, versions[i]), -EINVAL);
	assert_int_equal(qemu.major, 1);
	/* Names of which these are only a part. */
	oriel_qemu_read_devices(&qemu, "name \"ivshmem-plain-2\", bus PCI\nname \"xnvdimm\"\n");
	assert_false(qemu.device[ORIEL_VM_DEVICE_IVSHMEM] || qemu.device[ORIEL_VM_DEVICE_NVDIMM]);
	oriel_qemu_read_machines(&qemu, "q35x\npc-q35-7.2  alias of q35\nvirtual");
	assert_false(qemu.machine_q35 || qemu.machine_pc || qemu.machine_virt);
	oriel_qemu_read_accels(&qemu, "kvmx\n xkvm\n\n");
	assert_false(qemu.accel[ORIEL_VM_ACCEL_KVM]);
	oriel_qemu_read_accels(&qemu, "kvm");
	assert_true(qemu.accel[ORIEL_VM_ACCEL_KVM]);
}

static const struct oriel_vm_plan simple = {
	.name = "test",
	.accel = ORIEL_VM_ACCEL_TCG,
	.memory = 2 * GIB,
	.cpus = 2,
	.kernel = "/image/vmlinuz",
	.initrd = "/image/initrd",
	.cmdline = "root=/dev/vda rw",
	.disk = "/state/disk.qcow2",
	.console = "/state/console.log",
	.qmp_fd = 5,
	.serial_fd = 6,
};

/* All arguments, a blank after each. */
static char *join(const struct oriel_qemu *qemu, const struct oriel_vm_plan *plan)
{
	static char text[16384];
	char **argv = oriel_qemu_args(qemu, plan);

	assert_non_null(argv);
	text[0] = '\0';
	for (char **arg = argv; *arg; arg++) {
		assert_true(strlen(text) + strlen(*arg) + 2 < sizeof text);
		strcat(strcat(text, *arg), " ");
	}
	free(argv);
	return text;
}

static void expect(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_error("no '%s' in\n%s\n", part, text);
	assert_non_null(strstr(text, part));
}

static void expect_not(const char *text, const char *part)
{
	if (strstr(text, part))
		print_error("'%s' in\n%s\n", part, text);
	assert_null(strstr(text, part));
}

static void test_args_simple(void **state)
{
	struct oriel_qemu qemu;
	const char *text;

	(void)state;
	init_amd64(&qemu, 10);
	text = join(&qemu, &simple);
	assert_ptr_equal(
		strstr(text, "/usr/bin/qemu -name oriel-test -nodefaults -no-user-config "), text);
	expect(text, "-machine q35,usb=off,vmport=off ");
	expect(text, "-accel tcg,thread=multi ");
	expect(text, "-cpu max,-fsrm ");
	expect(text, "-smp 2 ");
	expect(text, "-m 2048M ");
	expect(text, "-kernel /image/vmlinuz -initrd /image/initrd -append root=/dev/vda rw ");
	expect(text, "driver=qcow2,node-name=disk,");
	expect(text, "file.filename=/state/disk.qcow2 -device virtio-blk-pci,drive=disk ");
	expect(text, "-chardev file,id=console,path=/state/console.log -serial chardev:console ");
	expect(text, "-chardev socket,id=qmp,fd=5 -mon chardev=qmp,mode=control ");
	expect(text, "-chardev socket,id=link,fd=6,server=on,wait=off ");
	expect(text, "virtserialport,bus=serial.0,id=port,chardev=link,name=org.oriel.0 ");
	expect(text, "-device virtio-rng-pci ");
	expect(text, "-netdev user,id=net -device virtio-net-pci,netdev=net,romfile= ");
	expect(text, "-display none ");
	expect_not(text, "memory-backend");
	expect_not(text, "gpu");
	expect_not(text, "vsock");
	expect_not(text, "balloon");
}

static void test_args_versions(void **state)
{
	struct oriel_vm_plan plan = simple;
	struct oriel_qemu qemu;

	(void)state;
	init_amd64(&qemu, 7);
	expect(join(&qemu, &plan), "-cpu max,-fsrm,-cx16 ");
	plan.accel = ORIEL_VM_ACCEL_KVM;
	expect(join(&qemu, &plan), "-accel kvm -smp 2 -cpu host ");
	qemu.machine_q35 = false;
	expect(join(&qemu, &plan), "-machine pc,");
	qemu.net_user = qemu.rng = qemu.pvpanic = false;
	plan.initrd = NULL;
	expect_not(join(&qemu, &plan), "-netdev");
	expect_not(join(&qemu, &plan), "virtio-rng");
	expect_not(join(&qemu, &plan), "pvpanic");
	expect_not(join(&qemu, &plan), "-initrd");
}

static void test_args_arm64(void **state)
{
	struct oriel_vm_plan plan = simple;
	struct oriel_qemu qemu;

	(void)state;
	init_mac(&qemu);
	expect(join(&qemu, &plan),
		"-machine virt -accel tcg,thread=multi -smp 2 -cpu max,pauth=off ");
	plan.accel = ORIEL_VM_ACCEL_HVF;
	expect(join(&qemu, &plan), "-accel hvf -smp 2 -cpu host ");
	plan.cpus = 10;
	expect(join(&qemu, &plan), "-machine virt,gic-version=3 ");
}

static void test_args_share(void **state)
{
	struct oriel_vm_plan plan = simple;
	struct oriel_qemu qemu;
	const char *text;

	(void)state;
	init_amd64(&qemu, 11);
	plan.ram_path = "/dev/shm/a,b";
	plan.device = ORIEL_VM_DEVICE_IVSHMEM;
	plan.device_path = "/dev/shm/ring";
	plan.device_size = 256 * MIB;
	text = join(&qemu, &plan);
	expect(text, ",memory-backend=ram ");
	/* A comma would end the option. */
	expect(text, "memory-backend-file,id=ram,size=2048M,mem-path=/dev/shm/a,,b,share=on ");
	expect(text,
		"memory-backend-file,id=pixels,size=268435456,mem-path=/dev/shm/ring,share=on ");
	expect(text, "-device ivshmem-plain,memdev=pixels ");
	plan.ram_path = NULL;
	plan.device = ORIEL_VM_DEVICE_PMEM;
	text = join(&qemu, &plan);
	expect(text, "-device virtio-pmem-pci,memdev=pixels ");
	expect(text, "-m size=2048M,slots=1,maxmem=3584M ");
	expect_not(text, "id=ram");
	expect_not(text, "nvdimm=on");
	plan.device = ORIEL_VM_DEVICE_NVDIMM;
	text = join(&qemu, &plan);
	expect(text, "-machine q35,usb=off,vmport=off,nvdimm=on ");
	expect(text, "-device nvdimm,memdev=pixels");
}

static void test_args_gpu(void **state)
{
	struct oriel_vm_plan plan = simple;
	struct oriel_qemu qemu;

	(void)state;
	init_amd64(&qemu, 10);
	plan.gpu = ORIEL_VM_GPU_VIRGL;
	plan.display = ORIEL_VM_DISPLAY_EGL;
	plan.vsock_cid = 4321;
	expect(join(&qemu, &plan), "-display egl-headless -device virtio-gpu-gl-pci ");
	expect(join(&qemu, &plan), "-device vhost-vsock-pci,guest-cid=4321 ");
	plan.gpu = ORIEL_VM_GPU_VENUS;
	plan.display = ORIEL_VM_DISPLAY_SDL;
	expect(join(&qemu, &plan), "-display sdl,gl=on");
	expect(join(&qemu, &plan), "virtio-gpu-gl-pci,blob=on,venus=on,hostmem=");
}

static void test_args_too_long(void **state)
{
	static char path[40000];
	struct oriel_vm_plan plan = simple;
	struct oriel_qemu qemu;

	(void)state;
	init_amd64(&qemu, 10);
	memset(path, 'x', sizeof path - 1);
	plan.kernel = path;
	assert_null(oriel_qemu_args(&qemu, &plan));
}

static void expect_share(const struct oriel_qemu *qemu, enum oriel_vm_share wanted, bool in_memory,
	enum oriel_vm_share mode, enum oriel_vm_device device)
{
	static struct oriel_share share;

	oriel_share_choose(qemu, wanted, 64 * MIB, in_memory, &share);
	assert_int_equal(share.mode, mode);
	assert_int_equal(share.device, device);
	assert_int_equal(share.size, 64 * MIB);
	assert_true(strlen(share.why) > 0);
	assert_null(strchr(share.why, '\n'));
}

static void test_share_choose(void **state)
{
	const enum oriel_vm_share automatic = ORIEL_VM_SHARE_AUTO, ring = ORIEL_VM_SHARE_RING,
				  ram = ORIEL_VM_SHARE_RAM, stream = ORIEL_VM_SHARE_STREAM;
	struct oriel_qemu qemu;

	(void)state;
	init_amd64(&qemu, 10);
	expect_share(&qemu, automatic, true, ram, ORIEL_VM_DEVICE_PMEM);
	expect_share(&qemu, automatic, false, ring, ORIEL_VM_DEVICE_PMEM);
	expect_share(&qemu, ring, true, ring, ORIEL_VM_DEVICE_PMEM);
	expect_share(&qemu, ram, false, ram, ORIEL_VM_DEVICE_PMEM);
	expect_share(&qemu, stream, true, stream, ORIEL_VM_DEVICE_NONE);
	expect_share(&qemu, ORIEL_VM_SHARE_IVSHMEM, true, ring, ORIEL_VM_DEVICE_IVSHMEM);
	expect_share(&qemu, ORIEL_VM_SHARE_NVDIMM, true, ring, ORIEL_VM_DEVICE_NVDIMM);
	qemu.device[ORIEL_VM_DEVICE_PMEM] = false;
	expect_share(&qemu, ORIEL_VM_SHARE_PMEM, true, ring, ORIEL_VM_DEVICE_NVDIMM);
	expect_share(&qemu, ring, true, ring, ORIEL_VM_DEVICE_NVDIMM);
	qemu.device[ORIEL_VM_DEVICE_NVDIMM] = false;
	expect_share(&qemu, ring, true, ring, ORIEL_VM_DEVICE_IVSHMEM);
	qemu.device[ORIEL_VM_DEVICE_IVSHMEM] = false;
	expect_share(&qemu, ring, true, ram, ORIEL_VM_DEVICE_NONE);
	expect_share(&qemu, automatic, false, ram, ORIEL_VM_DEVICE_NONE);
	qemu.memory_file = false;
	expect_share(&qemu, automatic, true, stream, ORIEL_VM_DEVICE_NONE);
	expect_share(&qemu, ram, true, stream, ORIEL_VM_DEVICE_NONE);
	/* NVDIMMs are found by ACPI, which is not there without firmware. */
	init_mac(&qemu);
	expect_share(&qemu, automatic, false, ram, ORIEL_VM_DEVICE_NONE);
}

static void test_share_lessen(void **state)
{
	static struct oriel_share share;
	struct oriel_qemu qemu;

	(void)state;
	init_amd64(&qemu, 10);
	oriel_share_choose(&qemu, ORIEL_VM_SHARE_AUTO, 64 * MIB, true, &share);
	oriel_share_lessen(&share, "no room");
	assert_int_equal(share.mode, ORIEL_VM_SHARE_RING);
	assert_string_equal(share.why, "no room");
	oriel_share_lessen(&share, "still none");
	assert_int_equal(share.mode, ORIEL_VM_SHARE_STREAM);
	assert_int_equal(share.device, ORIEL_VM_DEVICE_NONE);
}

static void expect_ranges(const char *machine, uint64_t memory, uint64_t first, uint64_t low)
{
	struct oriel_region_range ranges[ORIEL_REGION_RANGES];
	int n = oriel_share_ranges(machine, memory, ranges);

	assert_int_equal(n, low == memory ? 1 : 2);
	assert_int_equal(ranges[0].address, first);
	assert_int_equal(ranges[0].offset, 0);
	assert_int_equal(ranges[0].size, low);
	if (n == 1)
		return;
	assert_int_equal(ranges[1].address, 4 * GIB);
	assert_int_equal(ranges[1].offset, low);
	assert_int_equal(ranges[1].size, memory - low);
}

static void test_share_ranges(void **state)
{
	(void)state;
	expect_ranges("q35", 2 * GIB, 0, 2 * GIB);
	expect_ranges("q35", 0xb0000000 - MIB, 0, 0xb0000000 - MIB);
	expect_ranges("q35", 0xb0000000, 0, 2 * GIB);
	expect_ranges("q35", 16 * GIB, 0, 2 * GIB);
	expect_ranges("pc", 3 * GIB, 0, 3 * GIB);
	expect_ranges("pc", 0xe0000000 - MIB, 0, 0xe0000000 - MIB);
	expect_ranges("pc", 0xe0000000, 0, 3 * GIB);
	expect_ranges("virt", 16 * GIB, GIB, 16 * GIB);
}

static void test_explain(void **state)
{
	static const struct {
		const char *said, *text;
		enum oriel_qemu_blame blame;
	} cases[] = {
		{"qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate "
		 "memory\n",
			"QEMU: cannot set up guest memory 'pc.ram': Cannot allocate memory: not "
			"enough memory: use a smaller --memory",
			ORIEL_QEMU_BLAME_NONE},
		{"qemu-system-x86_64: -device ivshmem-plain,memdev=pixels: no\n",
			"use --share stream", ORIEL_QEMU_BLAME_SHARE},
		{"Could not access KVM kernel module: No such file or directory\n"
		 "qemu-system-x86_64: failed to initialize kvm: No such file or directory\n",
			"use --accel tcg", ORIEL_QEMU_BLAME_ACCEL},
		{"qemu: could not load PC BIOS 'bios-256k.bin'\n", "seabios",
			ORIEL_QEMU_BLAME_NONE},
		{"qemu-system-x86_64: Failed to get \"write\" lock\n", "another QEMU uses",
			ORIEL_QEMU_BLAME_NONE},
		{"/opt/qemu: error while loading shared libraries: libx.so: no\n",
			"install QEMU again", ORIEL_QEMU_BLAME_NONE},
		{"qemu: invalid kernel header\n", "the image is broken", ORIEL_QEMU_BLAME_NONE},
		{"something new\n", "QEMU: something new", ORIEL_QEMU_BLAME_NONE},
		{"", "did not say why", ORIEL_QEMU_BLAME_NONE},
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum oriel_qemu_blame blame = oriel_qemu_explain(cases[i].said, text, sizeof text);

		expect(text, cases[i].text);
		assert_int_equal(blame, cases[i].blame);
		assert_null(strchr(text, '\n'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_probe_strange),
		cmocka_unit_test(test_args_simple),
		cmocka_unit_test(test_args_versions),
		cmocka_unit_test(test_args_arm64),
		cmocka_unit_test(test_args_share),
		cmocka_unit_test(test_args_gpu),
		cmocka_unit_test(test_args_too_long),
		cmocka_unit_test(test_share_choose),
		cmocka_unit_test(test_share_lessen),
		cmocka_unit_test(test_share_ranges),
		cmocka_unit_test(test_explain),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
