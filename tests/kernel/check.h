/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What the tests of the module share. They are one static program, the only one of a machine that
 * has nothing else; it prints TAP. Lines "# host ..." ask the host to look for the same bytes in
 * the file behind a device, or behind the machine's RAM, once the machine is off.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/oriel_shm.h"

#define PAGE 4096u

/* One TAP line. Returns what it was given. */
bool check(bool right, const char *format, ...) __attribute__((format(printf, 2, 3)));
void skip(const char *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints the plan, and how many failed. */
void check_done(void);
/* Ends the program: the test can't go on. */
void die(const char *what) __attribute__((noreturn));

/* A call answered with -1 and this errno. */
#define FAILS(call, error) ((call) == -1 && errno == (error))

/* Waits until done(user) is true; false: it did not become true within some seconds. */
bool eventually(bool (*done)(void *user), void *user);

/* For it: whether a process, a pid_t, waits in a call. */
bool process_asleep(void *pid);

/* Bytes that depend on the seed, and on where they lie in their buffer. */
uint8_t pattern(uint32_t seed, size_t place);
void pattern_fill(void *bytes, size_t size, uint32_t seed);
bool pattern_is(const void *bytes, size_t size, uint32_t seed);

/* Whether touching the byte ends in SIGBUS. */
bool is_sigbus(volatile uint8_t *byte);

/* Writes to a file of sysfs; -errno. */
int put_file(const char *path, const char *text);
bool module_load(const char *path);

/* A DMA-BUF and its bytes, as the CPU sees them. */
struct buffer {
	const char *kind;
	int fd, card; /* card: -1, or the DRM device it is from */
	uint32_t drm_handle;
	uint8_t *bytes;
	size_t size;
};
/* All the kinds that this kernel has, of at least size bytes, each with a pattern in it. */
#define MAX_BUFFERS 4
int buffers_make(struct buffer buffers[MAX_BUFFERS], size_t size, uint32_t seed);
void buffer_free(struct buffer *buffer);
/* One for the tests that don't care which; die()s. */
struct buffer buffer_any(size_t size, uint32_t seed);
/* One whose exporter lets us attach a fence; false: none here. */
bool buffer_fenced(struct buffer *buffer, size_t size, uint32_t *ret_fence);
void buffer_signal(const struct buffer *buffer, uint32_t fence);

/* The device under test. */
struct device {
	char node[32];   /* /dev/oriel0 */
	char name[16];   /* oriel0 */
	char driver[96]; /* its folder in sysfs */
	char parent[96]; /* its name there */
	char path[256];  /* the folder of the parent */
	uint32_t kind;
	size_t size;
};
/* The first there is; if it was found before, the same one again, under its name of today. */
bool device_find(struct device *device);
bool device_appears(void *device); /* the same, for eventually() */
int device_open(const struct device *device, int flags);
uint8_t *device_map(int fd, size_t size);
void device_unbind(const struct device *device);
/* Binds again, and finds what it is called now. */
void device_bind(struct device *device);

long copy_rects(int fd, int from, const struct oriel_shm_rect *rects, uint32_t n);
/* -1 and errno, or a DMA-BUF. */
int export_range(int fd, uint64_t offset, uint64_t size);

/* The groups of tests. */
void test_device(struct device *device);
void test_copy(struct device *device);
void test_export(struct device *device);
void test_revoke(struct device *device);
void test_gone(struct device *device);
void test_stress(struct device *device);
void test_unload(struct device *device);
void test_ram(struct device *device);
void test_fronts(struct device *device);
void test_late(struct device *device);

#endif
