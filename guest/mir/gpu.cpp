// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/gpu.h"
#include <algorithm>
#include <cstring>
#include <drm/drm.h>
#include <drm/virtgpu_drm.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

extern "C" {
#include "src/base/log.h"
}

namespace oriel
{
namespace
{
// Numbers of the virtio specification (struct virtio_gpu_get_capset_info).
constexpr unsigned capset_virgl = 1, capset_virgl2 = 2;

auto call(int fd, unsigned long request, void *argument) -> bool
{
	int r;

	do {
		r = ioctl(fd, request, argument);
	} while (r < 0 && (errno == EINTR || errno == EAGAIN));
	return r == 0;
}

auto is_virtio(int node) -> bool
{
	static constexpr char wanted[] = "virtio_gpu";
	char name[sizeof wanted] = {};
	drm_version version{};

	version.name = name;
	version.name_len = sizeof name - 1;
	return node >= 0 && call(node, DRM_IOCTL_VERSION, &version) &&
	       version.name_len == sizeof wanted - 1 && strcmp(name, wanted) == 0;
}

auto parameter(int node, uint64_t which) -> unsigned
{
	unsigned value = 0;
	drm_virtgpu_getparam get{which, reinterpret_cast<uintptr_t>(&value)};

	return call(node, DRM_IOCTL_VIRTGPU_GETPARAM, &get) ? value : 0;
}

auto nodes_named(std::string const &folder, std::string const &prefix) -> std::vector<std::string>
{
	std::vector<std::string> result;
	std::error_code error;

	for (auto const &entry : std::filesystem::directory_iterator{folder, error})
		if (entry.path().filename().string().starts_with(prefix))
			result.push_back(entry.path());
	std::ranges::sort(result);
	return result;
}
} // namespace

auto Gpu::find(std::string const &folder) -> std::shared_ptr<Gpu>
{
	for (auto const *prefix : {"renderD", "card"})
		for (auto const &path : nodes_named(folder, prefix)) {
			struct stat info;
			if (stat(path.c_str(), &info) < 0 || !S_ISCHR(info.st_mode) ||
				access(path.c_str(), R_OK | W_OK) < 0)
				continue;
			// Who opens a card first becomes its master: that is for others to be.
			bool const render = *prefix == 'r';
			mir::Fd node{render ? open(path.c_str(), O_RDWR | O_CLOEXEC) : -1};
			oriel_debug("GPU: %s", path.c_str());
			return std::make_shared<Gpu>(info.st_rdev, std::move(node));
		}
	return {};
}

Gpu::Gpu(dev_t device, mir::Fd node_)
    : device{device}, is_virtual{is_virtio(node_)}, node{std::move(node_)},
      has_host_pictures{is_virtual && parameter(node, VIRTGPU_PARAM_3D_FEATURES)}
{
}

// What is imported becomes known to the host's side of our context, which must be there by then.
// Kernels whose host knows several kinds of contexts leave making it to us.
auto Gpu::make_context() -> bool
{
	if (context_made || !parameter(node, VIRTGPU_PARAM_CONTEXT_INIT))
		return true;
	unsigned const kinds = parameter(node, VIRTGPU_PARAM_SUPPORTED_CAPSET_IDs);
	drm_virtgpu_context_set_param kind{VIRTGPU_CONTEXT_PARAM_CAPSET_ID,
		kinds & 1u << capset_virgl2 ? capset_virgl2 : capset_virgl};
	drm_virtgpu_context_init init{1, 0, reinterpret_cast<uintptr_t>(&kind)};
	context_made = call(node, DRM_IOCTL_VIRTGPU_CONTEXT_INIT, &init);
	return context_made;
}

auto Gpu::import(int dmabuf) -> std::unique_ptr<GpuBuffer>
{
	std::unique_lock lock{mutex};
	drm_prime_handle prime{0, 0, dmabuf};

	if (!has_host_pictures || !make_context() ||
		!call(node, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime))
		return {};
	drm_virtgpu_resource_info info{prime.handle, 0, 0, 0};
	bool const known = call(node, DRM_IOCTL_VIRTGPU_RESOURCE_INFO, &info);
	uses[prime.handle]++;
	lock.unlock();
	auto buffer = std::make_unique<GpuBuffer>(
		shared_from_this(), prime.handle, info.blob_mem == VIRTGPU_BLOB_MEM_HOST3D_GUEST);
	// Other blobs are one memory for both sides.
	if (!known || (info.blob_mem && info.blob_mem != VIRTGPU_BLOB_MEM_HOST3D_GUEST))
		return {};
	return buffer;
}

void Gpu::close(uint32_t handle)
{
	std::lock_guard const lock{mutex};
	drm_gem_close close{handle, 0};

	if (--uses[handle])
		return;
	uses.erase(handle);
	call(node, DRM_IOCTL_GEM_CLOSE, &close);
}

GpuBuffer::GpuBuffer(std::shared_ptr<Gpu> gpu, uint32_t handle, bool needs_stride)
    : gpu{std::move(gpu)}, handle{handle}, needs_stride{needs_stride}
{
}

GpuBuffer::~GpuBuffer()
{
	gpu->close(handle);
}

auto GpuBuffer::transfer(oriel_rect const &part, uint32_t offset, uint32_t stride) -> bool
{
	drm_virtgpu_3d_transfer_from_host wish{};
	auto const x = uint32_t(part.x), y = uint32_t(part.y);

	wish.bo_handle = handle;
	wish.box = {x + offset % stride / 4, y + offset / stride, 0, uint32_t(part.width),
		uint32_t(part.height), 1};
	wish.offset = offset + y * stride + 4 * x;
	// Of ordinary resources host and kernel know the stride, and refuse to be told it.
	wish.stride = needs_stride ? stride : 0;
	return call(gpu->node, DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST, &wish);
}
} // namespace oriel
