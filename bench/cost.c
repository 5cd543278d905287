/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "bench/cost.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

uint64_t cost_cpu_ns(pid_t pid)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t))
		return 0;
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t thread_wakeups(pid_t pid, const char *thread)
{
	char path[512], line[256];
	uint64_t n = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)pid, thread);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof line, file))
		if (sscanf(line, "voluntary_ctxt_switches: %" SCNu64, &n) == 1)
			break;
	fclose(file);
	return n;
}

uint64_t cost_wakeups(pid_t pid)
{
	char path[64];
	uint64_t sum = 0;
	DIR *threads;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	threads = opendir(path);
	if (!threads)
		return 0;
	for (struct dirent *e; (e = readdir(threads));)
		if (e->d_name[0] != '.')
			sum += thread_wakeups(pid, e->d_name);
	closedir(threads);
	return sum;
}
