/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

#define POLL_MS 20

#ifdef __APPLE__
uint64_t oriel_process_start_time(pid_t pid)
{
	int name[] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, pid};
	struct kinfo_proc info;
	size_t size = sizeof info;

	if (pid <= 0 || sysctl(name, 4, &info, &size, NULL, 0) < 0 || size == 0 ||
		info.kp_proc.p_stat == SZOMB)
		return 0;
	return (uint64_t)info.kp_proc.p_starttime.tv_sec * 1000000 +
	       (uint64_t)info.kp_proc.p_starttime.tv_usec;
}
#else
uint64_t oriel_process_start_time(pid_t pid)
{
	unsigned long long start = 0;
	char path[32], text[1024], state, *behind;
	FILE *file;

	if (pid <= 0)
		return 0;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	/* The second field is the program's name in brackets, which may hold anything. */
	behind = strrchr(text, ')');
	if (!behind || sscanf(behind,
			       ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
			       "%*d %*d %*d %llu",
			       &state, &start) != 2)
		return 0;
	return state == 'Z' || state == 'X' ? 0 : start;
}
#endif

static bool wait_for_end(pid_t pid, uint64_t start_time, unsigned limit_ms)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000};

	for (unsigned ms = 0; oriel_process_start_time(pid) == start_time; ms += POLL_MS) {
		if (ms >= limit_ms)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

bool oriel_process_end(pid_t pid, uint64_t start_time, unsigned limit_ms)
{
	if (start_time == 0 || oriel_process_start_time(pid) != start_time)
		return false;
	kill(pid, SIGTERM);
	if (!wait_for_end(pid, start_time, limit_ms)) {
		kill(pid, SIGKILL);
		/* One that hangs in the kernel can't be waited for for ever. */
		wait_for_end(pid, start_time, 10000);
	}
	return true;
}
