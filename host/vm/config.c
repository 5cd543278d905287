/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/config.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "host/vm/json.h"
#include "host/vm/share.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define MEMORY_MIN (256 * MIB)
#define MEMORY_MAX (1024 * GIB)
#define CPUS_MAX 255

static unsigned host_cpus(void)
{
	uv_cpu_info_t *infos;
	int n = 0;

	if (uv_cpu_info(&infos, &n) == 0)
		uv_free_cpu_info(infos, n);
	return n > 0 ? (unsigned)n : 1;
}

void oriel_vm_config_default(struct oriel_vm_config *config)
{
	uint64_t half = uv_get_total_memory() / 2 / MIB * MIB;

	*config = (struct oriel_vm_config){
		.memory = half < 4 * GIB ? half : 4 * GIB,
		.cpus = host_cpus(),
		.share_size = ORIEL_SHARE_SIZE_DEFAULT,
	};
	if (config->memory < MEMORY_MIN)
		config->memory = MEMORY_MIN;
	if (config->cpus > 4)
		config->cpus = 4;
	/* Its own among all machines of this computer, whoever starts them. */
	if (uv_random(NULL, NULL, &config->vsock_cid, sizeof config->vsock_cid, 0, NULL) < 0)
		config->vsock_cid = 0;
	config->vsock_cid = (config->vsock_cid & 0x7fffffff) | 0x100;
}

int oriel_vm_parse_size(const char *text, uint64_t *ret_bytes)
{
	unsigned long long number;
	uint64_t unit = MIB;
	char *end;

	/* strtoull would take blanks and signs. */
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (*end == 'G' || *end == 'g')
		unit = GIB;
	if (*end && strchr("GgMm", *end))
		end++;
	if (*end || errno || number > UINT64_MAX / unit)
		return -EINVAL;
	*ret_bytes = number * unit;
	return 0;
}

static int apply_name(const char *option, const char *text, const char *const *names,
	size_t n_names, int *ret_index, struct oriel_vm_fault *fault)
{
	char list[128] = "";
	int found = oriel_vm_find_name(text, names, n_names);

	if (found >= 0) {
		*ret_index = found;
		return 0;
	}
	for (size_t i = 0; i < n_names; i++) {
		size_t used = strlen(list);

		snprintf(list + used, sizeof list - used, "%s%s",
			i == 0            ? ""
			: i + 1 < n_names ? ", "
					  : " or ",
			names[i]);
	}
	return oriel_vm_fail(fault, -EINVAL, "--%s takes %s, not '%s'", option, list, text);
}

static int apply_names(struct oriel_vm_config *config, const struct oriel_vm_options *options,
	struct oriel_vm_fault *fault)
{
	int gpu = (int)config->gpu, share = (int)config->share, accel = (int)config->accel, r = 0;

	if (options->gpu)
		r = apply_name("gpu", options->gpu, oriel_vm_gpu_names, ORIEL_VM_GPUS, &gpu, fault);
	if (r == 0 && options->share)
		r = apply_name("share", options->share, oriel_vm_share_names, ORIEL_VM_SHARES,
			&share, fault);
	if (r == 0 && options->accel)
		r = apply_name("accel", options->accel, oriel_vm_accel_names, ORIEL_VM_ACCELS,
			&accel, fault);
	config->gpu = (enum oriel_vm_gpu)gpu;
	config->share = (enum oriel_vm_share)share;
	config->accel = (enum oriel_vm_accel)accel;
	return r;
}

static bool share_size_valid(uint64_t size)
{
	return size >= ORIEL_SHARE_SIZE_MIN && size <= ORIEL_SHARE_SIZE_MAX &&
	       (size & (size - 1)) == 0;
}

static int apply_sizes(struct oriel_vm_config *config, const struct oriel_vm_options *options,
	struct oriel_vm_fault *fault)
{
	uint64_t memory = config->memory, share_size = config->share_size;

	if (options->memory && (oriel_vm_parse_size(options->memory, &memory) < 0 ||
				       memory < MEMORY_MIN || memory > MEMORY_MAX))
		return oriel_vm_fail(fault, -EINVAL,
			"--memory takes 256M to 1024G, as in 4G, not '%s'", options->memory);
	if (options->share_size && (oriel_vm_parse_size(options->share_size, &share_size) < 0 ||
					   !share_size_valid(share_size)))
		return oriel_vm_fail(fault, -EINVAL,
			"--share-size takes a power of two from 8M to 4G, as in 256M, not '%s'",
			options->share_size);
	config->memory = memory;
	config->share_size = share_size;
	return 0;
}

static int apply_cpus(
	struct oriel_vm_config *config, const char *text, struct oriel_vm_fault *fault)
{
	char *end;
	unsigned long cpus = isdigit((unsigned char)*text) ? strtoul(text, &end, 10) : 0;

	if (cpus < 1 || cpus > CPUS_MAX || *end)
		return oriel_vm_fail(fault, -EINVAL, "--cpus takes a number from 1 to %d, not '%s'",
			CPUS_MAX, text);
	config->cpus = (unsigned)cpus;
	return 0;
}

/* A relative path would mean another folder at the next start. */
static int apply_image(
	struct oriel_vm_config *config, const char *folder, struct oriel_vm_fault *fault)
{
	char absolute[PATH_MAX];

	if (!realpath(folder, absolute))
		return oriel_vm_fail(fault, -EINVAL,
			"no image in %s: %s: name the folder that 'vm/build-image' made", folder,
			strerror(errno));
	if (strlen(absolute) >= sizeof config->image)
		return oriel_vm_fail(
			fault, -EINVAL, "the path of the image is too long: %s: move it", absolute);
	strcpy(config->image, absolute);
	return 0;
}

int oriel_vm_config_apply(struct oriel_vm_config *config, const struct oriel_vm_options *options,
	struct oriel_vm_fault *fault)
{
	int r = apply_names(config, options, fault);

	if (r == 0)
		r = apply_sizes(config, options, fault);
	if (r == 0 && options->cpus)
		r = apply_cpus(config, options->cpus, fault);
	if (r == 0 && options->image)
		r = apply_image(config, options->image, fault);
	return r;
}

static int read_name(struct json_object *object, const char *key, const char *const *names,
	size_t n_names, int fallback)
{
	int found = oriel_vm_find_name(oriel_vm_json_text(object, key), names, n_names);

	return found < 0 ? fallback : found;
}

static void read_config(struct json_object *object, struct oriel_vm_config *config)
{
	uint64_t memory = oriel_vm_json_number(object, "memory", 0) / MIB * MIB;
	uint64_t cpus = oriel_vm_json_number(object, "cpus", 0);
	uint64_t share_size = oriel_vm_json_number(object, "share_size", 0);
	uint64_t cid = oriel_vm_json_number(object, "vsock_cid", 0);

	if (memory >= MEMORY_MIN && memory <= MEMORY_MAX)
		config->memory = memory;
	if (cpus >= 1 && cpus <= CPUS_MAX)
		config->cpus = (unsigned)cpus;
	if (share_size_valid(share_size))
		config->share_size = share_size;
	if (cid >= 3 && cid < UINT32_MAX)
		config->vsock_cid = (uint32_t)cid;
	config->gpu = (enum oriel_vm_gpu)read_name(
		object, "gpu", oriel_vm_gpu_names, ORIEL_VM_GPUS, ORIEL_VM_GPU_NONE);
	config->share = (enum oriel_vm_share)read_name(
		object, "share", oriel_vm_share_names, ORIEL_VM_SHARES, ORIEL_VM_SHARE_AUTO);
	config->accel = (enum oriel_vm_accel)read_name(
		object, "accel", oriel_vm_accel_names, ORIEL_VM_ACCELS, ORIEL_VM_ACCEL_AUTO);
	oriel_vm_json_copy(object, "image", config->image, sizeof config->image);
	oriel_vm_json_copy(object, "disk_base", config->disk_base, sizeof config->disk_base);
	config->disk_base_size = oriel_vm_json_number(object, "disk_base_size", 0);
	config->disk_base_time = oriel_vm_json_number(object, "disk_base_time", 0);
}

int oriel_vm_config_load(const struct oriel_vm_place *place, struct oriel_vm_config *ret_config,
	struct oriel_vm_fault *fault)
{
	struct oriel_vm_config config;
	struct json_object *object;
	char path[ORIEL_VM_PATH];
	int r;

	oriel_vm_state_file(place, "vm.json", path);
	r = oriel_vm_json_read(path, &object);
	if (r == -ENOENT)
		return r;
	if (r < 0)
		return oriel_vm_fail(fault, r,
			"can't read the options of this machine, %s: %s: mend or remove it", path,
			r == -EBADMSG ? "it is no JSON object" : strerror(-r));
	oriel_vm_config_default(&config);
	read_config(object, &config);
	json_object_put(object);
	*ret_config = config;
	return 0;
}

static void add_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, json_object_new_string(text));
}

static void add_number(struct json_object *object, const char *key, uint64_t number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

int oriel_vm_config_save(const struct oriel_vm_place *place, const struct oriel_vm_config *config,
	struct oriel_vm_fault *fault)
{
	struct json_object *object = json_object_new_object();
	char path[ORIEL_VM_PATH];
	int r;

	if (object) {
		add_text(object, "image", config->image);
		add_number(object, "memory", config->memory);
		add_number(object, "cpus", config->cpus);
		add_text(object, "gpu", oriel_vm_gpu_names[config->gpu]);
		add_text(object, "share", oriel_vm_share_names[config->share]);
		add_text(object, "accel", oriel_vm_accel_names[config->accel]);
		add_number(object, "share_size", config->share_size);
		add_number(object, "vsock_cid", config->vsock_cid);
		add_text(object, "disk_base", config->disk_base);
		add_number(object, "disk_base_size", config->disk_base_size);
		add_number(object, "disk_base_time", config->disk_base_time);
	}
	oriel_vm_state_file(place, "vm.json", path);
	r = oriel_vm_json_write(path, object);
	if (r < 0)
		return oriel_vm_fail(fault, r, "can't write %s: %s: %s", path, strerror(-r),
			r == -ENOSPC ? "make room on that disk" : "mend its folder");
	return 0;
}
