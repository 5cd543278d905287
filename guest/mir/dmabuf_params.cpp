// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/dmabuf_params.h"
#include "linux-dmabuf-server.h"
#include <algorithm>
#include <drm/drm_fourcc.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

extern "C" {
#include "src/wire/messages.h"
}

namespace oriel
{
namespace
{
constexpr uint32_t pixel_bytes = 4; // of all formats that are offered

auto needed_bytes(DmaBufParams const &params) -> uint64_t
{
	auto const &plane = *params.planes[0];

	return plane.untrusted_offset + uint64_t(plane.untrusted_stride) * uint64_t(params.height);
}

// -1: it has none that can be found out.
auto size_of(mir::Fd const &file) -> off_t
{
	return lseek(file, 0, SEEK_END);
}

auto is_dmabuf(mir::Fd const &file) -> bool
{
	struct statfs info;

	return fstatfs(file, &info) == 0 && info.f_type == DMA_BUF_MAGIC;
}
} // namespace

auto DmaBufTaker::fault(DmaBufParams const &params) const -> std::optional<Fault>
{
	auto const &[plane, second, third, fourth] = params.planes;

	if (!plane)
		return Fault{ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE, "there is no plane 0"};
	if (std::ranges::none_of(formats, [&](auto const &f) {
		    return f.format == params.format && f.modifier == plane->untrusted_modifier;
	    }))
		return Fault{ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT,
			"this format with this modifier was not offered"};
	if (second || third || fourth)
		return Fault{ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE,
			"the format has one plane only"};
	if (params.width < 1 || params.height < 1)
		return Fault{ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DIMENSIONS,
			"width and height must be at least 1"};
	if (plane->untrusted_stride < uint64_t(params.width) * pixel_bytes)
		return Fault{ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS,
			"the stride is smaller than a row"};
	off_t const size = size_of(plane->file);
	if (needed_bytes(params) > UINT32_MAX ||
		(size >= 0 && needed_bytes(params) > uint64_t(size)))
		return Fault{ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS,
			"the last row ends behind the end of the buffer"};
	return {};
}

auto DmaBufTaker::take(DmaBufParams const &params, char const *&ret_why) const
	-> std::shared_ptr<DmaBuf>
{
	auto const &plane = *params.planes[0];

	if (params.flags)
		ret_why = "content upside down or interlaced is not supported";
	else if (params.width > int(ORIEL_MAX_SIDE) || params.height > int(ORIEL_MAX_SIDE))
		ret_why = "the buffer is too large";
	else if (plane.untrusted_offset % pixel_bytes || plane.untrusted_stride % pixel_bytes)
		ret_why = "offset and stride must be multiples of a pixel";
	else if (size_of(plane.file) < 0 || (!any_file && !is_dmabuf(plane.file)))
		ret_why = "the file is not a DMA-BUF";
	else
		return std::make_shared<DmaBuf>(plane.file,
			DmaBuf::Layout{geom::Size{params.width, params.height},
				plane.untrusted_offset, plane.untrusted_stride,
				params.format == DRM_FORMAT_ARGB8888 ? mir_pixel_format_argb_8888
								     : mir_pixel_format_xrgb_8888},
			gpu, gone);
	return {};
}
} // namespace oriel
