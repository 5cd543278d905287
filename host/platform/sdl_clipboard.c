/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/platform/sdl_clipboard.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"
#include "src/clipboard/fd.h"

#define CONTENT_MAX (16u * 1024 * 1024)

/* What is fetched ahead. */
static const char *const fetched_types[] = {
	ORIEL_TYPE_TEXT, "text/html", "text/rtf", "application/rtf", ORIEL_TYPE_PNG};
#define FETCHED 5

struct content {
	struct oriel_flow *flow; /* NULL: it is not being fetched */
	void *data;
	size_t size;
};

static struct {
	uv_loop_t *loop; /* NULL: not open */
	const struct oriel_platform_clipboard_events *events;
	void *user;
	struct oriel_types theirs; /* of other programs */
	struct content coming[FETCHED];
	bool owned;
} clipboard;

/* What SDL has from us: it lives as long as SDL wants. */
struct offer {
	struct content contents[FETCHED];
};

static void drop_coming(void)
{
	for (int i = 0; i < FETCHED; i++) {
		struct content *content = &clipboard.coming[i];

		if (content->flow)
			oriel_flow_cancel(content->flow);
		free(content->data);
		*content = (struct content){0};
	}
}

/* Handing over -------------------------------------------------------------------------------- */

static const void *SDLCALL handle_wanted(void *user, const char *type, size_t *ret_size)
{
	struct offer *offer = user;

	for (int i = 0; type && i < FETCHED; i++) {
		if (!offer->contents[i].data ||
			strcmp(oriel_type_is_text(type) ? ORIEL_TYPE_TEXT : type,
				fetched_types[i]) != 0)
			continue;
		*ret_size = offer->contents[i].size;
		return offer->contents[i].data;
	}
	*ret_size = 0;
	return NULL;
}

static void SDLCALL handle_cleanup(void *user)
{
	struct offer *offer = user;

	for (int i = 0; i < FETCHED; i++)
		free(offer->contents[i].data);
	free(offer);
}

static void hand_over(void)
{
	struct oriel_types types = {0};
	struct offer *offer = calloc(1, sizeof *offer);

	if (!offer)
		return;
	for (int i = 0; i < FETCHED; i++) {
		offer->contents[i] = clipboard.coming[i];
		clipboard.coming[i] = (struct content){0};
		if (offer->contents[i].data)
			oriel_types_add(&types, fetched_types[i]);
	}
	oriel_types_for_programs(&types);
	/* When it fails, the offer is SDL's all the same. */
	if (types.n > 0)
		clipboard.owned = SDL_SetClipboardData(handle_wanted, handle_cleanup, offer,
			(const char **)types.names, (size_t)types.n);
	else
		handle_cleanup(offer);
	oriel_types_clear(&types);
}

/* Fetching ------------------------------------------------------------------------------------ */

static void handle_fetched(void *user, void *data, size_t size, const char *error)
{
	struct content *content = user;
	bool all = true;

	content->flow = NULL;
	content->data = data;
	content->size = size;
	if (error)
		oriel_warning("%s that was copied in the guest can't be pasted here: %s (at most "
			      "%u MiB)",
			fetched_types[content - clipboard.coming], error, CONTENT_MAX >> 20);
	for (int i = 0; i < FETCHED; i++)
		all = all && !clipboard.coming[i].flow;
	if (all)
		hand_over();
}

void oriel_sdl_clipboard_offer(const struct oriel_types *types)
{
	struct oriel_flow *flows[FETCHED] = {0};

	drop_coming();
	if (types->n == 0 && clipboard.owned)
		SDL_ClearClipboardData();
	if (types->n == 0)
		clipboard.owned = false;
	/* All are made before the first may end. */
	for (int i = 0; i < FETCHED; i++)
		if (oriel_types_have(types, fetched_types[i]))
			clipboard.coming[i].flow = flows[i] = oriel_flow_collect(
				clipboard.loop, CONTENT_MAX, handle_fetched, &clipboard.coming[i]);
	for (int i = 0; i < FETCHED; i++)
		if (flows[i])
			clipboard.events->wanted(clipboard.user, ORIEL_SELECTION_CLIPBOARD,
				fetched_types[i], flows[i]);
}

/* Other programs ------------------------------------------------------------------------------ */

void oriel_sdl_clipboard_event(const SDL_ClipboardEvent *event)
{
	if (!clipboard.loop || event->owner)
		return;
	clipboard.owned = false;
	oriel_types_clear(&clipboard.theirs);
	for (int i = 0; i < event->num_mime_types; i++)
		oriel_types_add(&clipboard.theirs, event->mime_types[i]);
	clipboard.events->changed(clipboard.user, ORIEL_SELECTION_CLIPBOARD, &clipboard.theirs);
}

void oriel_sdl_clipboard_read(const char *type, struct oriel_flow *flow)
{
	const char *name = oriel_type_is_text(type) ? oriel_types_text(&clipboard.theirs) : type;
	size_t size = 0;
	void *data = name ? SDL_GetClipboardData(name, &size) : NULL;

	if (data)
		oriel_flow_feed(flow, data, size);
	else
		oriel_flow_end(flow, "what was copied is not there any more");
	SDL_free(data);
}

/* Life ---------------------------------------------------------------------------------------- */

void oriel_sdl_clipboard_open(
	uv_loop_t *loop, const struct oriel_platform_clipboard_events *events, void *user)
{
	size_t n = 0;
	char **types = SDL_GetClipboardMimeTypes(&n);

	clipboard.loop = loop;
	clipboard.events = events;
	clipboard.user = user;
	for (size_t i = 0; types && i < n; i++)
		oriel_types_add(&clipboard.theirs, types[i]);
	SDL_free(types);
	if (clipboard.theirs.n > 0)
		events->changed(user, ORIEL_SELECTION_CLIPBOARD, &clipboard.theirs);
}

void oriel_sdl_clipboard_close(void)
{
	if (!clipboard.loop)
		return;
	drop_coming();
	oriel_types_clear(&clipboard.theirs);
	clipboard.loop = NULL;
}
