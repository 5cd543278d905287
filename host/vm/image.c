/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/image.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/vm/json.h"
#include "src/base/paths.h"

#define HOW_TO_MAKE "make one with 'vm/build-image' of Oriel's sources, or name another by --image"

static int fail_image(
	struct oriel_vm_fault *fault, const char *folder, const char *key, const char *what)
{
	return oriel_vm_fail(fault, -EBADMSG,
		"the image %s is broken: \"%s\" of image.json %s: build "
		"it again",
		folder, key, what);
}

/* The path of a file that lies in the folder itself: a name without folders. */
static int read_file_name(struct json_object *object, const char *key, bool needed,
	const char *folder, char *path, struct oriel_vm_fault *fault)
{
	const char *name = oriel_vm_json_text(object, key);
	int n;

	path[0] = '\0';
	if (!name)
		return needed ? fail_image(fault, folder, key, "is missing") : 0;
	if (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return fail_image(fault, folder, key, "is not the name of a file in its folder");
	n = snprintf(path, ORIEL_VM_PATH, "%s/%s", folder, name);
	return n < ORIEL_VM_PATH ? 0 : fail_image(fault, folder, key, "is too long");
}

static int read_files(
	struct json_object *object, struct oriel_image *image, struct oriel_vm_fault *fault)
{
	const char *folder = image->folder;
	int r = read_file_name(object, "kernel", true, folder, image->kernel, fault);

	if (r == 0)
		r = read_file_name(object, "vmlinux", false, folder, image->vmlinux, fault);
	if (r == 0)
		r = read_file_name(object, "initrd", false, folder, image->initrd, fault);
	if (r == 0)
		r = read_file_name(object, "disk", true, folder, image->disk, fault);
	return r;
}

static void read_sizes(struct json_object *object, struct oriel_image *image)
{
	static const char *const names[ORIEL_IMAGE_FILES] = {"kernel", "vmlinux", "initrd", "disk"};
	struct json_object *sizes;

	json_object_object_get_ex(object, "sizes", &sizes);
	for (int i = 0; i < ORIEL_IMAGE_FILES; i++)
		image->sizes[i] = oriel_vm_json_number(sizes, names[i], 0);
}

static int read_rest(
	struct json_object *object, struct oriel_image *image, struct oriel_vm_fault *fault)
{
	const char *arch = oriel_vm_json_text(object, "arch");
	int found = oriel_vm_find_name(arch, oriel_vm_arch_names, ORIEL_VM_ARCHS);

	if (found < 0)
		return fail_image(fault, image->folder, "arch", "is not amd64 or arm64");
	image->arch = (enum oriel_vm_arch)found;
	oriel_vm_json_copy(object, "disk_format", image->disk_format, sizeof image->disk_format);
	if (strcmp(image->disk_format, "raw") != 0 && strcmp(image->disk_format, "qcow2") != 0)
		return fail_image(fault, image->folder, "disk_format", "is not raw or qcow2");
	if (!oriel_vm_json_copy(object, "cmdline", image->cmdline, sizeof image->cmdline))
		return fail_image(fault, image->folder, "cmdline", "is missing or too long");
	oriel_vm_json_copy(object, "name", image->name, sizeof image->name);
	oriel_vm_json_copy(object, "user", image->user, sizeof image->user);
	read_sizes(object, image);
	return 0;
}

int oriel_image_parse(const void *text, size_t size, const char *folder,
	struct oriel_image *ret_image, struct oriel_vm_fault *fault)
{
	struct oriel_image image = {.disk_size = 0};
	struct json_object *object;
	int r = oriel_vm_json_parse(text, size, &object);

	if (r == -ENOMEM)
		return oriel_vm_fail(fault, r, "out of memory");
	if (r < 0)
		return oriel_vm_fail(fault, -EBADMSG,
			"the image %s is broken: its image.json is no JSON object: build it again",
			folder);
	snprintf(image.folder, sizeof image.folder, "%s", folder);
	r = read_files(object, &image, fault);
	if (r == 0)
		r = read_rest(object, &image, fault);
	json_object_put(object);
	if (r == 0)
		*ret_image = image;
	return r;
}

static int check_file(
	const char *path, uint64_t size, const char *folder, struct oriel_vm_fault *fault)
{
	struct stat st;

	if (!*path)
		return 0;
	if (stat(path, &st) < 0)
		return oriel_vm_fail(fault, -EBADMSG,
			"the image %s is broken: %s: %s: build it again", folder, path,
			strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return oriel_vm_fail(fault, -EBADMSG,
			"the image %s is broken: %s is %s: build it again", folder, path,
			S_ISREG(st.st_mode) ? "empty" : "not a file");
	if ((uint64_t)st.st_size < size)
		return oriel_vm_fail(fault, -EBADMSG,
			"the image %s is broken: %s is shorter than it was made: copy it again, or "
			"build it again",
			folder, path);
	if (access(path, R_OK) < 0)
		return oriel_vm_fail(fault, -EACCES,
			"%s can't be read: chmod it, or use another "
			"image",
			path);
	return 0;
}

static int check_files(struct oriel_image *image, struct oriel_vm_fault *fault)
{
	const char *const paths[ORIEL_IMAGE_FILES] = {
		image->kernel, image->vmlinux, image->initrd, image->disk};
	struct stat st;
	int r = 0;

	for (int i = 0; r == 0 && i < ORIEL_IMAGE_FILES; i++)
		r = check_file(paths[i], image->sizes[i], image->folder, fault);
	if (r < 0)
		return r;
	if (stat(image->disk, &st) < 0)
		return oriel_vm_fail(fault, -errno, "%s: %s", image->disk, strerror(errno));
	image->disk_size = (uint64_t)st.st_size;
	image->disk_time = (uint64_t)st.st_mtime;
	return 0;
}

static int load(
	const char *folder, char *text, struct oriel_image *ret_image, struct oriel_vm_fault *fault)
{
	struct oriel_image image;
	char path[PATH_MAX + 16];
	FILE *file;
	size_t size;
	int r;

	snprintf(path, sizeof path, "%s/image.json", folder);
	file = fopen(path, "re");
	if (!file)
		return oriel_vm_fail(fault, -errno, "no image in %s: " HOW_TO_MAKE, folder);
	size = fread(text, 1, ORIEL_VM_JSON_MAX + 1, file);
	fclose(file);
	r = oriel_image_parse(text, size, folder, &image, fault);
	if (r == 0)
		r = check_files(&image, fault);
	if (r == 0)
		*ret_image = image;
	return r;
}

int oriel_image_load(
	const char *folder, struct oriel_image *ret_image, struct oriel_vm_fault *fault)
{
	char absolute[PATH_MAX], *text;
	int r;

	/* A machine's disk refers to it whatever the folder it is started from. */
	if (!realpath(folder, absolute))
		return oriel_vm_fail(fault, -errno, "no image in %s: " HOW_TO_MAKE, folder);
	if (strlen(absolute) >= ORIEL_VM_PATH - 1)
		return oriel_vm_fail(fault, -ENAMETOOLONG,
			"the path of the image is too long: %s: "
			"move it",
			absolute);
	text = malloc(ORIEL_VM_JSON_MAX + 1);
	if (!text)
		return oriel_vm_fail(fault, -ENOMEM, "out of memory");
	r = load(absolute, text, ret_image, fault);
	free(text);
	return r;
}

int oriel_image_default(char *path)
{
	char folder[ORIEL_VM_PATH];
	int r = oriel_paths_data_dir(folder, sizeof folder), n;

	if (r < 0)
		return r;
	n = snprintf(path, ORIEL_VM_PATH, "%s/images/default", folder);
	return n < ORIEL_VM_PATH ? 0 : -ENAMETOOLONG;
}
