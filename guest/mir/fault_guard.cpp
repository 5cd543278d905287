// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/fault_guard.h"
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

namespace oriel
{
namespace
{
// Read by the signal handler: a start of 0 means that the range is not in use.
struct Range {
	std::atomic<uintptr_t> start;
	std::atomic<size_t> size;
	std::atomic<bool> faulted;
};

constexpr int max_ranges = 8192;
std::array<Range, max_ranges> ranges;
std::atomic<int> n_ranges; // those at and above it were never used
std::mutex free_mutex;
std::vector<int> free_slots;

// Handlers that ours has taken the place of: Mir's, and that of guest/fault.c. Each may know ours
// as the one before it, and so hand a fault back.
using Handler = void (*)(int, siginfo_t *, void *);
std::array<std::atomic<Handler>, 4> others;
thread_local unsigned handed_on; // while a fault is being handed on: to how many of them

auto page_size() -> uintptr_t
{
	static uintptr_t const size = sysconf(_SC_PAGESIZE);
	return size;
}

// Zero pages from the fault to the end of the range: what lies behind it in the file is gone too.
auto patch(uintptr_t fault, uintptr_t end) -> bool
{
	uintptr_t const mask = page_size() - 1, first = fault & ~mask;
	void *const at = reinterpret_cast<void *>(first);

	return mmap(at, ((end + mask) & ~mask) - first, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0) == at;
}

// To the next of the others. They return when the access can be tried again.
void hand_on(int signal, siginfo_t *info, void *context)
{
	Handler const other = handed_on < others.size() ? others[handed_on].load() : nullptr;

	if (other) {
		handed_on++;
		other(signal, info, context);
		handed_on--;
		return;
	}
	// Nobody's: the same access faults again and ends the process in the ordinary way.
	struct sigaction action = {};
	action.sa_handler = SIG_DFL;
	sigaction(signal, &action, nullptr);
}

void handle_fault(int signal, siginfo_t *info, void *context)
{
	auto const fault = reinterpret_cast<uintptr_t>(info->si_addr);
	int const n = info->si_code == BUS_ADRERR ? n_ranges.load() : 0;

	for (int i = 0; i < n; i++) {
		uintptr_t const start = ranges[i].start, end = start + ranges[i].size;
		if (!start || fault < (start & ~(page_size() - 1)) || fault >= end)
			continue;
		ranges[i].faulted = true;
		if (patch(fault, end))
			return;
	}
	hand_on(signal, info, context);
}

void remember(Handler other)
{
	for (auto &known : others) {
		Handler none{};
		if (known == other || known.compare_exchange_strong(none, other))
			return;
	}
}

// Mir puts its own handler in place at each mapping, so ours follows each time.
void install_handler()
{
	struct sigaction action = {}, before = {};

	page_size();
	action.sa_sigaction = handle_fault;
	action.sa_flags = SA_SIGINFO;
	sigfillset(&action.sa_mask);
	sigaction(SIGBUS, &action, &before);
	if (before.sa_flags & SA_SIGINFO && before.sa_sigaction != handle_fault)
		remember(before.sa_sigaction);
}

auto take_slot() -> int
{
	std::lock_guard const lock{free_mutex};

	if (!free_slots.empty()) {
		int const slot = free_slots.back();
		free_slots.pop_back();
		return slot;
	}
	return n_ranges < max_ranges ? n_ranges++ : -1;
}
} // namespace

FaultGuard::FaultGuard(void const *data, size_t size) : slot{take_slot()}
{
	install_handler();
	if (slot < 0)
		return;
	ranges[slot].size = size;
	ranges[slot].faulted = false;
	ranges[slot].start = reinterpret_cast<uintptr_t>(data);
}

FaultGuard::~FaultGuard()
{
	if (slot < 0)
		return;
	ranges[slot].start = 0;
	std::lock_guard const lock{free_mutex};
	free_slots.push_back(slot);
}

auto FaultGuard::faulted() const -> bool
{
	return slot >= 0 && ranges[slot].faulted;
}

void copy_unguarded(void *to, void const *from, size_t size)
{
	iovec local{to, size}, remote{const_cast<void *>(from), size};
	ssize_t const done = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
	size_t const copied = done > 0 ? done : 0;

	memset(static_cast<char *>(to) + copied, 0, size - copied);
}
} // namespace oriel
