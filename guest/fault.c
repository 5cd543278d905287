/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/fault.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* What the handler reads; size 0: no guard is up. */
static struct {
	atomic_uintptr_t start;
	atomic_size_t size;
	atomic_bool faulted;
} guard;

static struct sigaction previous;

#define HAND_ON_MAX 8

static bool patch(uintptr_t address)
{
	uintptr_t start = atomic_load(&guard.start);
	size_t size = atomic_load(&guard.size);

	if (address < start || address - start >= size)
		return false;
	atomic_store(&guard.faulted, true);
	return mmap((void *)start, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		       0) != MAP_FAILED;
}

static void handle_fault(int number, siginfo_t *info, void *context)
{
	/* The handler before ours may know ours as one before it, and hand the fault back: to be
	 * handed on once more, as it has others to ask then. */
	static _Thread_local volatile sig_atomic_t handed_on;
	int saved = errno;

	if (info->si_code == BUS_ADRERR && patch((uintptr_t)info->si_addr)) {
		errno = saved;
		return;
	}
	if ((previous.sa_flags & SA_SIGINFO) && previous.sa_sigaction && handed_on < HAND_ON_MAX) {
		handed_on++;
		previous.sa_sigaction(number, info, context);
		handed_on--;
		return;
	}
	/* The same access faults again and ends the process in the ordinary way. */
	signal(number, SIG_DFL);
}

/* Mir, and our guards of clients' memory, put their handlers in place again and again. */
static void install(void)
{
	struct sigaction action = {.sa_flags = SA_SIGINFO}, now;

	sigaction(SIGBUS, NULL, &now);
	if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == handle_fault)
		return;
	previous = now;
	action.sa_sigaction = handle_fault;
	sigfillset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}

void oriel_fault_guard(void *memory, size_t size)
{
	atomic_store(&guard.faulted, false);
	atomic_store(&guard.start, (uintptr_t)memory);
	atomic_store(&guard.size, size);
	install();
}

bool oriel_fault_unguard(void)
{
	atomic_store(&guard.size, 0);
	return atomic_load(&guard.faulted);
}
