/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/disk.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "host/target/find.h"
#include "host/target/program.h"
#include "host/vm/qemu_probe.h"

#define IMG_MS 60000

/* A disk that can't grow by this much is not worth a start: the guest would see I/O errors. */
#define ROOM_MIN (UINT64_C(64) << 20)

static int check_room(const struct oriel_vm_place *place, struct oriel_vm_fault *fault)
{
	struct statvfs fs;

	if (statvfs(place->state, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < ROOM_MIN)
		return oriel_vm_fail(fault, -ENOSPC,
			"the disk of %s is full: make room there, or set XDG_STATE_HOME to a "
			"folder "
			"on another disk",
			place->state);
	return 0;
}

/* Says by qemu-img's own line what is wrong with the image's disk or with ours. */
static int fail_create(const struct oriel_image *image, const char *path,
	const struct oriel_program_result *result, struct oriel_vm_fault *fault)
{
	if (strstr(result->error, "No space left"))
		return oriel_vm_fail(fault, -ENOSPC,
			"no room for %s: make some, or set XDG_STATE_HOME to a folder on another "
			"disk",
			path);
	if (strstr(result->error, image->disk) || strstr(result->error, "backing"))
		return oriel_vm_fail(fault, -EBADMSG,
			"the image %s is broken: build it again (qemu-img: %s)", image->folder,
			result->error);
	return oriel_vm_fail(fault, -EIO, "can't make %s: %s", path,
		result->error[0] ? result->error : "qemu-img did not say why");
}

/* Made under another name: a half-made one is never taken for a disk. */
static int create(const char *qemu_img, const struct oriel_image *image, const char *path,
	struct oriel_vm_fault *fault)
{
	char draft[ORIEL_VM_PATH + 8];
	const char *const argv[] = {qemu_img, "create", "-q", "-f", "qcow2", "-b", image->disk,
		"-F", image->disk_format, draft, NULL};
	struct oriel_program_result result;
	int r;

	snprintf(draft, sizeof draft, "%s.new", path);
	r = oriel_program_run(argv, IMG_MS, &result);
	if (r == 0 && result.status != 0)
		r = fail_create(image, path, &result, fault);
	else if (r < 0)
		oriel_vm_fail(fault, r, "can't run %s: %s", qemu_img, strerror(-r));
	else if (chmod(draft, 0600) < 0 || rename(draft, path) < 0)
		r = oriel_vm_fail(fault, -errno, "can't make %s: %s", path, strerror(errno));
	if (r < 0)
		unlink(draft);
	return r;
}

static bool base_is(const struct oriel_vm_config *config, const struct oriel_image *image)
{
	return strcmp(config->disk_base, image->disk) == 0 &&
	       config->disk_base_size == image->disk_size &&
	       config->disk_base_time == image->disk_time;
}

static int check_old(const struct oriel_vm_place *place, const struct oriel_image *image,
	const struct oriel_vm_config *config, struct oriel_vm_fault *fault)
{
	if (base_is(config, image))
		return 0;
	return oriel_vm_fail(fault, -ESTALE,
		"the disk of qemu:%s was made for %s: oriel up qemu:%s --fresh begins with a new "
		"one, "
		"and what was changed on it is lost",
		place->name,
		strcmp(config->disk_base, image->disk) == 0 ? "its image as it was before"
							    : "another image",
		place->name);
}

static int find_qemu_img(
	enum oriel_vm_arch arch, char *path, size_t size, struct oriel_vm_fault *fault)
{
	if (oriel_find_program("qemu-img", path, size) == 0)
		return 0;
	return oriel_vm_fail(fault, -ENOENT, "qemu-img is not there: %s", oriel_qemu_package(arch));
}

int oriel_vm_disk_prepare(const struct oriel_vm_place *place, const struct oriel_image *image,
	bool fresh, struct oriel_vm_config *config, struct oriel_vm_fault *fault)
{
	char path[ORIEL_VM_PATH], qemu_img[PATH_MAX];
	int r = check_room(place, fault);

	oriel_vm_state_file(place, "disk.qcow2", path);
	if (r < 0)
		return r;
	if (!fresh && access(path, F_OK) == 0)
		return check_old(place, image, config, fault);
	r = find_qemu_img(image->arch, qemu_img, sizeof qemu_img, fault);
	if (r == 0)
		r = create(qemu_img, image, path, fault);
	if (r < 0)
		return r;
	strcpy(config->disk_base, image->disk);
	config->disk_base_size = image->disk_size;
	config->disk_base_time = image->disk_time;
	return 0;
}
