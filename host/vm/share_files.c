/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <uv.h>
#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>
#endif

#include "host/vm/share.h"

#define SHARED_FOLDER "/dev/shm"

/* What stays free of the folder, so that others find room too. */
#define SPARE (UINT64_C(32) << 20)

bool oriel_share_folder(const char *run, char *path)
{
#ifdef __linux__
	struct statfs fs;

	if (statfs(SHARED_FOLDER, &fs) == 0 && fs.f_type == TMPFS_MAGIC &&
		access(SHARED_FOLDER, W_OK) == 0) {
		snprintf(path, ORIEL_VM_PATH, SHARED_FOLDER);
		return true;
	}
#endif
	snprintf(path, ORIEL_VM_PATH, "%s", run);
	return false;
}

/* Files of one machine, and of no other that has the same name but another state folder. FNV-1a. */
static void file_prefix(const struct oriel_vm_place *place, char prefix[32])
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *c = place->state; *c; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	snprintf(prefix, 32, "oriel-%016" PRIx64 "-", hash);
}

static void clean_folder(const char *folder, const char *prefix)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[2 * ORIEL_VM_PATH];

	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
			unlink(path);
	}
	if (dir)
		closedir(dir);
}

void oriel_share_clean(const struct oriel_vm_place *place)
{
	char prefix[32];

	file_prefix(place, prefix);
	clean_folder(SHARED_FOLDER, prefix);
	clean_folder(place->run, prefix);
}

/* The folder may be open to all: O_EXCL takes no file or link that somebody else has put there. */
static int create_file(const char *path, uint64_t size, int *ret_fd)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), r;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)size) == 0) {
		*ret_fd = fd;
		return 0;
	}
	r = -errno;
	close(fd);
	unlink(path);
	return r;
}

/* Writes the page that the guest knows the device by. */
static int write_head(int fd, const struct oriel_region_source *source)
{
	struct oriel_region_head head = {
		.version = ORIEL_REGION_VERSION,
		.size = source->size,
	};
	ssize_t n;

	/* Both CPUs that this runs on are little-endian, as the head is. */
	memcpy(head.magic, ORIEL_REGION_MAGIC, sizeof head.magic);
	memcpy(head.token, source->token, sizeof head.token);
	n = pwrite(fd, &head, sizeof head, 0);
	if (n < 0)
		return -errno;
	return n == sizeof head ? 0 : -ENOSPC;
}

static int add_file(struct oriel_share *share, const struct oriel_region_source *source,
	const char *folder, const char *prefix)
{
	int i = share->n_sources, fd = -1, r;
	uint64_t random;

	r = uv_random(NULL, NULL, &random, sizeof random, 0, NULL);
	if (r < 0)
		return r;
	snprintf(share->paths[i], sizeof share->paths[i], "%s/%s%s-%016" PRIx64, folder, prefix,
		source->kind == ORIEL_MEMORY_DEVICE ? "ring" : "ram", random);
	r = create_file(share->paths[i], source->size, &fd);
	if (r < 0)
		return r;
	if (source->kind == ORIEL_MEMORY_DEVICE)
		r = write_head(fd, source);
	close(fd);
	if (r < 0)
		return r;
	share->sources[i] = *source;
	share->sources[i].path = share->paths[i];
	share->n_sources++;
	return 0;
}

/* Files of memory hold nothing at first and grow as they are used; when there is no room then, the
 * machine dies of SIGBUS. Reserving it would take all of it at once. */
static int check_room(const char *folder, uint64_t bytes)
{
	struct statvfs fs;

	if (statvfs(folder, &fs) < 0)
		return -errno;
	return (uint64_t)fs.f_bavail * fs.f_frsize < bytes + SPARE ? -ENOSPC : 0;
}

static int create_device(struct oriel_share *share, const char *folder, const char *prefix)
{
	struct oriel_region_source device = {.kind = ORIEL_MEMORY_DEVICE, .size = share->size};
	int r = uv_random(NULL, NULL, device.token, sizeof device.token, 0, NULL);

	return r < 0 ? r : add_file(share, &device, folder, prefix);
}

int oriel_share_create(struct oriel_share *share, const struct oriel_vm_place *place,
	const char *folder, const char *machine, uint64_t memory)
{
	struct oriel_region_source ram = {.kind = ORIEL_MEMORY_RAM, .size = memory};
	bool has_device = share->device != ORIEL_VM_DEVICE_NONE;
	bool has_ram = share->mode == ORIEL_VM_SHARE_RAM;
	char prefix[32];
	int r = check_room(folder, (has_device ? share->size : 0) + (has_ram ? memory : 0));

	file_prefix(place, prefix);
	share->n_sources = 0;
	if (r == 0 && has_device)
		r = create_device(share, folder, prefix);
	if (r == 0 && has_ram) {
		ram.n_ranges = oriel_share_ranges(machine, memory, ram.ranges);
		r = add_file(share, &ram, folder, prefix);
	}
	if (r < 0) {
		share->n_sources = 0;
		oriel_share_clean(place);
	}
	return r;
}
