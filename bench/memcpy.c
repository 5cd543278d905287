/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "bench/memcpy.h"

#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define COPIES 51
#define INTERVAL_NS 16000000

/* Another process on the same processor, which answers each byte: asking it makes the processor
 * change address spaces, and forget its translations where it can't keep those of several. */
struct other {
	int ask, answer;
};

static double now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void answer(int from, int to)
{
	char byte;

	while (read(from, &byte, 1) == 1 && write(to, &byte, 1) == 1)
		;
	_exit(0);
}

static int start_other(struct other *other)
{
	int there[2], back[2], cpu = sched_getcpu();
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET((size_t)(cpu > 0 ? cpu : 0), &cpus);
	if (sched_setaffinity(0, sizeof cpus, &cpus) || pipe(there) || pipe(back))
		return 1;
	switch (fork()) {
	case -1:
		return 1;
	case 0:
		close(there[1]);
		answer(there[0], back[1]);
	}
	close(there[0]);
	close(back[1]);
	*other = (struct other){there[1], back[0]};
	return 0;
}

/* Till the next frame is due. */
static int pass_time(const struct other *other)
{
	const struct timespec pause = {.tv_nsec = INTERVAL_NS};
	char byte = 0;

	nanosleep(&pause, NULL);
	return write(other->ask, &byte, 1) != 1 || read(other->answer, &byte, 1) != 1;
}

/* The median, or -1. other: NULL: without a pause. */
static double measure(uint8_t *to, uint8_t *from, size_t size, const struct other *other)
{
	double ms[COPIES];

	for (int i = 0; i < COPIES; i++) {
		double start;

		if (other && pass_time(other))
			return -1;
		start = now_ms();
		from[0] = (uint8_t)i;
		memcpy(to, from, size);
		ms[i] = now_ms() - start;
		if (to[0] != i)
			return -1;
	}
	qsort(ms, COPIES, sizeof *ms, compare);
	return ms[COPIES / 2];
}

/* Between memory that has been touched before. */
int bench_memcpy(size_t size)
{
	uint8_t *from = malloc(size), *to = malloc(size);
	struct other other;
	double hot, cold;

	if (!from || !to || start_other(&other))
		return 1;
	memset(from, 1, size);
	memset(to, 2, size);
	hot = measure(to, from, size, NULL);
	cold = measure(to, from, size, &other);
	if (hot < 0 || cold < 0)
		return 1;
	printf("memcpy %.4f ms, cold %.4f ms\n", hot, cold);
	return 0;
}
