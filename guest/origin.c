/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Which launch a process comes from.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/environment.h"
#include "guest/launch.h"

/* Processes above each other that are looked at, and bytes of an environment. */
#define MAX_DEPTH 64
#define MAX_ENVIRONMENT (1024 * 1024)

/* Reads a file of /proc whole, with a NUL after it. 0 or -errno. */
static int read_proc(pid_t pid, const char *name, char *buffer, size_t size, size_t *ret_size)
{
	char path[64];
	size_t used = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (used < size - 1 && (n = read(fd, buffer + used, size - 1 - used)) > 0)
		used += (size_t)n;
	close(fd);
	buffer[used] = '\0';
	*ret_size = used;
	return 0;
}

/* The parent of a process; 0: none, or not to be found out. */
static pid_t parent_of(pid_t pid)
{
	char stat[512], *after;
	size_t size;
	int parent;

	if (read_proc(pid, "stat", stat, sizeof stat, &size) < 0)
		return 0;
	/* The name before it may hold anything, parentheses too. */
	after = strrchr(stat, ')');
	if (!after || sscanf(after, ") %*c %d", &parent) != 1)
		return 0;
	return parent;
}

/* The value of ORIEL_LAUNCH in NUL-ended strings; NULL: not there. */
static const char *find_mark(const char *environment, size_t size)
{
	static const char name[] = "ORIEL_LAUNCH=";
	const char *end = environment + size;

	for (const char *entry = environment; entry < end; entry += strlen(entry) + 1)
		if (strncmp(entry, name, sizeof name - 1) == 0)
			return entry + sizeof name - 1;
	return NULL;
}

static uint64_t launch_of_mark(const struct oriel_core *core, const char *mark)
{
	const char *number = strrchr(mark, '.');
	char ours[64];
	uint64_t launch;

	if (!number)
		return 0;
	launch = strtoull(number + 1, NULL, 10);
	oriel_environment_mark(core, launch, ours, sizeof ours);
	return strcmp(ours, mark) == 0 && oriel_launch_find(core, launch) ? launch : 0;
}

uint64_t oriel_launch_of_process(const struct oriel_core *core, pid_t pid)
{
	char *buffer = malloc(MAX_ENVIRONMENT);
	uint64_t launch = 0;
	size_t size = 0;

	if (!buffer)
		return 0;
	for (int i = 0; i < MAX_DEPTH && pid > 1 && pid != getpid() && !launch; i++) {
		const char *mark = NULL;

		if (read_proc(pid, "environ", buffer, MAX_ENVIRONMENT, &size) == 0)
			mark = find_mark(buffer, size);
		if (mark)
			launch = launch_of_mark(core, mark);
		pid = parent_of(pid);
	}
	free(buffer);
	return launch;
}
