/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What tests of the views share: a window with them, and two scans. */

#include "model/phantom/phantom.h"
#include "ui/view/views.h"

G_BEGIN_DECLS

/** views_phantoms: the scans; the second has no lungs. */
extern SagPhantom *views_phantoms[2];

/** ViewsFixture: @cases: read, in no list; the first one is shown. */
typedef struct
{
  SagUiEngine  *engine;
  SagUiSession *session;
  SagUiDisplay *display;
  SagUiViews   *views;
  SagUiCase    *cases[2];
  GtkWindow    *window;
} ViewsFixture;

void views_set_up (ViewsFixture *self, gconstpointer data);
void views_tear_down (ViewsFixture *self, gconstpointer data);

/** views_run: g_test_run() with the phantoms. */
int views_run (void);

/** views_get_view: of @side 0, or 1: the right one. */
SagUiSliceView *views_get_view (ViewsFixture *self, int side, SagRenderPlane plane);
gboolean        views_is_seen (ViewsFixture *self, int side, SagRenderPlane plane);

/** views_act: an action with its target, "view.preset(1)", and what comes of it. */
void views_act (ViewsFixture *self, const char *detailed);

SagUiOverlay *views_new_overlay (const char *label);
/** views_add_overlay: of the first case. */
void views_add_overlay (ViewsFixture *self, const char *label);

G_END_DECLS
