/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Screens: RandR's notices, of which SDL understands some wrongly, and names. */
#include <stdio.h>
#include <X11/extensions/Xrandr.h>

#include "host/platform/x11.h"

/* SDL looks at the screens when one is plugged or unplugged. Here one that is switched off is told
 * to be unplugged, since SDL would keep it, and one that moves as if one that SDL does not know
 * were. */
void oriel_x11_correct_output(XEvent *event)
{
	XRROutputChangeNotifyEvent *change = (XRROutputChangeNotifyEvent *)(void *)event;

	if (!oriel_x11.randr_event || event->type != oriel_x11.randr_event)
		return;
	if (change->subtype == RRNotify_CrtcChange) {
		change->subtype = RRNotify_OutputChange;
		change->output = change->crtc = None;
	}
	if (change->subtype == RRNotify_OutputChange)
		change->connection = change->crtc != None ? RR_Connected : RR_Disconnected;
}

void oriel_x11_watch_outputs(void)
{
	Window root = RootWindow(oriel_x11.display, oriel_x11.screen);
	int first_event, first_error;

	if (!XRRQueryExtension(oriel_x11.display, &first_event, &first_error))
		return;
	oriel_x11.randr_event = first_event + RRNotify;
	/* Xorg leaves a choice as it is until it is taken back. */
	XRRSelectInput(oriel_x11.display, root, 0);
	XRRSelectInput(oriel_x11.display, root, RROutputChangeNotifyMask | RRCrtcChangeNotifyMask);
}

/* The name of the connector, if the output shows that part of the desktop. */
static bool read_name(
	XRRScreenResources *resources, RROutput id, const SDL_Rect *area, char *name, size_t size)
{
	XRROutputInfo *output = XRRGetOutputInfo(oriel_x11.display, resources, id);
	XRRCrtcInfo *crtc = NULL;
	bool is = false;

	if (output && output->crtc)
		crtc = XRRGetCrtcInfo(oriel_x11.display, resources, output->crtc);
	if (crtc) {
		is = crtc->x == area->x && crtc->y == area->y && (int)crtc->width == area->w &&
		     (int)crtc->height == area->h;
		if (is)
			snprintf(name, size, "%.*s", output->nameLen, output->name);
		XRRFreeCrtcInfo(crtc);
	}
	if (output)
		XRRFreeOutputInfo(output);
	return is;
}

bool oriel_platform_screen_name(SDL_DisplayID display, char *ret_name, size_t size)
{
	XRRScreenResources *resources;
	bool found = false;
	SDL_Rect area;

	if (!oriel_x11.randr_event || !SDL_GetDisplayBounds(display, &area))
		return false;
	resources = XRRGetScreenResourcesCurrent(
		oriel_x11.display, RootWindow(oriel_x11.display, oriel_x11.screen));
	for (int i = 0; resources && i < resources->noutput && !found; i++)
		found = read_name(resources, resources->outputs[i], &area, ret_name, size);
	if (resources)
		XRRFreeScreenResources(resources);
	return found;
}
