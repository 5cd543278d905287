// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include "guest/mir/dmabuf_protocol.h"
#include "guest/mir/dmabuf_params.h"
#include "linux-dmabuf-server.h"
#include <cstring>
#include <drm/drm_fourcc.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-server-core.h>

namespace oriel
{
namespace
{
constexpr int version_offered = 4;

using Shared = DmaBufProtocol::Shared;
using Reference = std::shared_ptr<Shared const>; // what the user data of resources points to

auto shared_of(wl_resource *resource) -> Reference const &
{
	return *static_cast<Reference *>(wl_resource_get_user_data(resource));
}

void drop_reference(wl_resource *resource)
{
	delete static_cast<Reference *>(wl_resource_get_user_data(resource));
}

void destroy(wl_client *, wl_resource *resource)
{
	wl_resource_destroy(resource);
}

// Linear comes first: clients take the first that they can draw. Of a virtual GPU the layout that
// nobody names is good as well.
auto formats_of(Gpu const &gpu) -> std::vector<DmaBufFormat>
{
	std::vector<DmaBufFormat> formats;

	for (uint64_t modifier : {DRM_FORMAT_MOD_LINEAR, DRM_FORMAT_MOD_INVALID})
		for (uint32_t format : {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888})
			if (modifier == DRM_FORMAT_MOD_LINEAR || gpu.is_virtual)
				formats.push_back({format, 0, modifier});
	return formats;
}

// All clients get the same file, so none may change it.
auto sealed_table(std::vector<DmaBufFormat> const &formats) -> mir::Fd
{
	mir::Fd file{memfd_create("oriel-formats", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
	size_t const size = formats.size() * sizeof formats[0];

	if (file < 0 || write(file, formats.data(), size) != ssize_t(size) ||
		fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) <
			0)
		throw std::runtime_error{"no memory for a table of formats"};
	return file;
}
} // namespace

struct DmaBufProtocol::Shared {
	explicit Shared(DmaBufTaker &&taker)
	    : taker{std::move(taker)}, table{sealed_table(this->taker.formats)}
	{
	}
	DmaBufTaker const taker;
	mir::Fd const table;
};

namespace
{
// Feedback ------------------------------------------------------------------------------------

// A wl_array of what is in a range.
template <class T>
class Array
{
      public:
	explicit Array(std::vector<T> const &items)
	{
		wl_array_init(&array);
		if (void *const to = wl_array_add(&array, items.size() * sizeof(T)))
			memcpy(to, items.data(), items.size() * sizeof(T));
	}
	~Array()
	{
		wl_array_release(&array);
	}
	Array(Array const &) = delete;
	auto operator=(Array const &) = delete;

	wl_array array;
};

void send_feedback(wl_resource *feedback, Shared const &shared)
{
	auto const &formats = shared.taker.formats;
	Array<dev_t> device{{shared.taker.gpu->device}};
	std::vector<uint16_t> all(formats.size());

	for (size_t i = 0; i < all.size(); i++)
		all[i] = uint16_t(i);
	Array<uint16_t> indices{all};
	zwp_linux_dmabuf_feedback_v1_send_format_table(
		feedback, shared.table, uint32_t(formats.size() * sizeof formats[0]));
	zwp_linux_dmabuf_feedback_v1_send_main_device(feedback, &device.array);
	zwp_linux_dmabuf_feedback_v1_send_tranche_target_device(feedback, &device.array);
	zwp_linux_dmabuf_feedback_v1_send_tranche_flags(feedback, 0);
	zwp_linux_dmabuf_feedback_v1_send_tranche_formats(feedback, &indices.array);
	zwp_linux_dmabuf_feedback_v1_send_tranche_done(feedback);
	zwp_linux_dmabuf_feedback_v1_send_done(feedback);
}

void get_default_feedback(wl_client *client, wl_resource *dmabuf, uint32_t id)
{
	static struct zwp_linux_dmabuf_feedback_v1_interface const methods = {destroy};
	wl_resource *const feedback = wl_resource_create(client,
		&zwp_linux_dmabuf_feedback_v1_interface, wl_resource_get_version(dmabuf), id);

	if (!feedback)
		return wl_client_post_no_memory(client);
	wl_resource_set_implementation(feedback, &methods, nullptr, nullptr);
	send_feedback(feedback, *shared_of(dmabuf));
}

// One device reads the content of all surfaces.
void get_surface_feedback(wl_client *client, wl_resource *dmabuf, uint32_t id, wl_resource *)
{
	get_default_feedback(client, dmabuf, id);
}

// Buffers -------------------------------------------------------------------------------------

struct wl_buffer_interface const buffer_methods = {destroy};

void drop_buffer(wl_resource *buffer)
{
	delete static_cast<std::shared_ptr<DmaBuf> *>(wl_resource_get_user_data(buffer));
}

// id 0: the client is told of the wl_buffer by an event.
void make_buffer(wl_client *client, wl_resource *params, uint32_t id, std::shared_ptr<DmaBuf> from)
{
	wl_resource *const buffer = wl_resource_create(client, &wl_buffer_interface, 1, id);

	if (!buffer)
		return wl_client_post_no_memory(client);
	wl_resource_set_implementation(
		buffer, &buffer_methods, new std::shared_ptr<DmaBuf>{std::move(from)}, drop_buffer);
	if (!id)
		zwp_linux_buffer_params_v1_send_created(params, buffer);
}

// Parameters ----------------------------------------------------------------------------------

struct Params {
	Reference shared;
	DmaBufParams params;
	bool used{false};
};

auto params_of(wl_resource *resource) -> Params &
{
	return *static_cast<Params *>(wl_resource_get_user_data(resource));
}

auto is_used(wl_resource *resource) -> bool
{
	if (params_of(resource).used)
		wl_resource_post_error(resource, ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_ALREADY_USED,
			"a buffer was made of these parameters already");
	return params_of(resource).used;
}

void add(wl_client *, wl_resource *resource, int32_t fd, uint32_t plane, uint32_t offset,
	uint32_t stride, uint32_t modifier_hi, uint32_t modifier_lo)
{
	auto &planes = params_of(resource).params.planes;
	mir::Fd file{fd};

	if (is_used(resource))
		return;
	if (plane >= planes.size())
		return wl_resource_post_error(resource, ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_IDX,
			"there is no plane %u", plane);
	if (planes[plane])
		return wl_resource_post_error(resource, ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_SET,
			"plane %u is there already", plane);
	planes[plane].emplace(
		std::move(file), offset, stride, uint64_t(modifier_hi) << 32 | modifier_lo);
}

void make(wl_client *client, wl_resource *resource, uint32_t id, int32_t width, int32_t height,
	uint32_t format, uint32_t flags)
{
	Params &p = params_of(resource);
	DmaBufTaker const &taker = p.shared->taker;

	if (is_used(resource))
		return;
	p.used = true;
	p.params.width = width;
	p.params.height = height;
	p.params.format = format;
	p.params.flags = flags;
	// Before version 4 clients could not know that nobody takes what they have.
	bool const could_know = id || wl_resource_get_version(resource) >= 4;
	auto const fault = taker.fault(p.params);
	if (fault && (could_know || fault->code != ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT))
		return wl_resource_post_error(resource, fault->code, "%s", fault->why);
	char const *why = "";
	auto buffer = fault ? nullptr : taker.take(p.params, why);
	if (buffer)
		make_buffer(client, resource, id, std::move(buffer));
	else if (id)
		wl_resource_post_error(
			resource, ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_WL_BUFFER, "%s", why);
	else
		zwp_linux_buffer_params_v1_send_failed(resource);
}

void create(wl_client *client, wl_resource *resource, int32_t width, int32_t height,
	uint32_t format, uint32_t flags)
{
	make(client, resource, 0, width, height, format, flags);
}

void create_params(wl_client *client, wl_resource *dmabuf, uint32_t id)
{
	// Newer protocol files have members that this version does not.
	static auto const methods = [] {
		struct zwp_linux_buffer_params_v1_interface m{};
		m.destroy = destroy;
		m.add = add;
		m.create = create;
		m.create_immed = make;
		return m;
	}();
	wl_resource *const resource = wl_resource_create(
		client, &zwp_linux_buffer_params_v1_interface, wl_resource_get_version(dmabuf), id);

	if (!resource)
		return wl_client_post_no_memory(client);
	wl_resource_set_implementation(resource, &methods, new Params{shared_of(dmabuf), {}, false},
		[](wl_resource *r) { delete &params_of(r); });
}

// The global ----------------------------------------------------------------------------------

// What there was before the feedback. Version 1 and 2 know no modifiers: a format stands for the
// layout that nobody names.
void send_formats(wl_resource *dmabuf, std::vector<DmaBufFormat> const &formats)
{
	for (auto const &[format, padding, modifier] : formats)
		if (wl_resource_get_version(dmabuf) >= ZWP_LINUX_DMABUF_V1_MODIFIER_SINCE_VERSION)
			zwp_linux_dmabuf_v1_send_modifier(
				dmabuf, format, uint32_t(modifier >> 32), uint32_t(modifier));
		else if (modifier == DRM_FORMAT_MOD_INVALID)
			zwp_linux_dmabuf_v1_send_format(dmabuf, format);
}

void bind(wl_client *client, void *data, uint32_t version, uint32_t id)
{
	static struct zwp_linux_dmabuf_v1_interface const methods = {
		destroy, create_params, get_default_feedback, get_surface_feedback};
	wl_resource *const dmabuf =
		wl_resource_create(client, &zwp_linux_dmabuf_v1_interface, int(version), id);
	auto const &shared = *static_cast<Reference const *>(data);

	if (!dmabuf)
		return wl_client_post_no_memory(client);
	wl_resource_set_implementation(dmabuf, &methods, new Reference{shared}, drop_reference);
	if (version < ZWP_LINUX_DMABUF_V1_GET_DEFAULT_FEEDBACK_SINCE_VERSION)
		send_formats(dmabuf, shared->taker.formats);
}
} // namespace

DmaBufProtocol::DmaBufProtocol(
	wl_display *display, std::shared_ptr<Gpu> gpu, MemoryKey::Gone const &gone, bool any_file)
    : shared{std::make_shared<Shared>(DmaBufTaker{gpu, formats_of(*gpu), gone, any_file})},
      global{wl_global_create(display, &zwp_linux_dmabuf_v1_interface, version_offered,
	      const_cast<Reference *>(&shared), bind)}
{
	if (!global)
		throw std::runtime_error{"no memory for linux-dmabuf"};
}

DmaBufProtocol::~DmaBufProtocol()
{
	wl_global_destroy(global);
}

auto DmaBufProtocol::buffer_of(wl_resource *buffer) -> std::shared_ptr<DmaBuf>
{
	if (!wl_resource_instance_of(buffer, &wl_buffer_interface, &buffer_methods))
		return {};
	return *static_cast<std::shared_ptr<DmaBuf> *>(wl_resource_get_user_data(buffer));
}
} // namespace oriel
