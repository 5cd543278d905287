// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/memory_key.h"

namespace oriel
{
namespace
{
std::atomic<uint64_t> last_number;
}

MemoryKey::MemoryKey(Gone const &gone) : number{++last_number}, gone{gone}
{
}

MemoryKey::~MemoryKey()
{
	if (told)
		gone(number);
}

auto MemoryKey::tell() const -> uint64_t
{
	told = true;
	return number;
}
} // namespace oriel
