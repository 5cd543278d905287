// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
// Memory that goes away, and who is told of it: the guard of clients' memory, the guard of devices'
// memory, and whoever was there before them.
#include "guest/mir/fault_guard.h"
#include <csetjmp>
#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

extern "C" {
#include "guest/fault.h"
#include <cmocka.h>
}

using oriel::FaultGuard;

namespace
{
size_t const size = 4 * sysconf(_SC_PAGESIZE);
int of_others;

// A file of which nothing is left.
struct Gone {
	Gone() : fd{memfd_create("gone", MFD_CLOEXEC)}
	{
		assert_int_equal(ftruncate(fd, off_t(size)), 0);
		data = static_cast<uint8_t *>(
			mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
		assert_true(data != MAP_FAILED);
		memset(data, 1, size);
		assert_int_equal(ftruncate(fd, 0), 0);
	}
	~Gone()
	{
		munmap(data, size);
		close(fd);
	}

	int const fd;
	uint8_t *data;
};

auto is_zero(uint8_t const volatile *data) -> bool
{
	for (size_t i = 0; i < size; i++)
		if (data[i])
			return false;
	return true;
}

void handle_other(int, siginfo_t *info, void *)
{
	auto const page = uintptr_t(info->si_addr) & ~uintptr_t(sysconf(_SC_PAGESIZE) - 1);

	of_others++;
	mmap(reinterpret_cast<void *>(page), 1, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
}

void install_other()
{
	struct sigaction action = {};

	action.sa_sigaction = handle_other;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGBUS, &action, nullptr);
}

void test_own(void **)
{
	Gone gone;
	FaultGuard guard{gone.data, size};

	assert_true(is_zero(gone.data));
	assert_true(guard.faulted());
}

// A client shares memory while a device is being written to.
void test_device(void **)
{
	Gone device, pool;

	for (int i = 0; i < 3; i++) {
		Gone again;
		oriel_fault_guard(again.data, size);
		FaultGuard guard{pool.data, size};
		memset(again.data, 2, size);
		assert_true(oriel_fault_unguard());
		assert_true(is_zero(pool.data));
		assert_int_equal(guard.faulted(), i == 0);
	}
}

void test_others(void **)
{
	Gone pool, device;

	install_other();
	for (int i = 0; i < 3; i++) {
		Gone foreign;
		FaultGuard guard{pool.data, size};
		oriel_fault_guard(device.data, size);
		of_others = 0;
		assert_true(is_zero(foreign.data));
		assert_true(of_others > 0);
		assert_false(guard.faulted());
		assert_false(oriel_fault_unguard());
		// As Mir does, again and again.
		if (i == 1)
			install_other();
	}
}
} // namespace

int main()
{
	CMUnitTest const tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_others),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, nullptr, nullptr);
}
