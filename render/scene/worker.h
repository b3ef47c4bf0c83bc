/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "render/scene/camera.h"
#include "render/scene/content.h"

G_BEGIN_DECLS

/**
 * SagRenderWorker:
 *
 * A thread that owns the 3D scene. It sleeps until there is something to draw; of requests that
 * pile up the newest counts. Surfaces are computed one at a time between pictures, so that a view
 * can be turned while they appear.
 */
typedef struct _SagRenderWorker SagRenderWorker;

/**
 * SagRenderPicture: what came out. Valid during the callback; take a reference of @pixels.
 * @pixels: (nullable): @height rows of @width pixels R G B A from the top left; NULL with @error
 * @request: the newest request that it answers, see sag_render_worker_set_view()
 * @camera: from where it was seen
 * @asked_width, @asked_height: of the request; @width and @height may be half of it
 * @draw_ms: how long VTK took
 * @is_final: nothing is missing any more and the picture is sharp
 * @error: (nullable): one sentence for the pane: there is no display, or no memory; with pixels: a
 *   surface is left out
 */
typedef struct
{
  GBytes         *pixels;
  int             width;
  int             height;
  gsize           stride;
  guint64         request;
  SagRenderCamera camera;
  int             asked_width;
  int             asked_height;
  double          draw_ms;
  gboolean        is_final;
  const GError   *error;
} SagRenderPicture;

typedef void (*SagRenderPictureFunc) (const SagRenderPicture *picture, gpointer user_data);

/**
 * sag_render_worker_new: starts the thread; VTK is not touched before the first picture is asked
 * for.
 * @func: called in the thread-default main context of the caller, with the newest picture only
 *
 * Returns: free with sag_render_worker_free()
 */
SagRenderWorker *sag_render_worker_new (SagRenderPictureFunc func, gpointer user_data);

/**
 * sag_render_worker_free: @func is not called any more. Does not wait: the thread ends by itself as
 * soon as VTK lets go; the program's end waits for it. The caller's thread is that of
 * sag_render_worker_new().
 */
void sag_render_worker_free (SagRenderWorker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagRenderWorker, sag_render_worker_free)

/**
 * sag_render_worker_set_content: what is shown from now on. A surface of other content that is
 * being computed is given up.
 *
 * Returns: a number that rises with every request; see SagRenderPicture
 */
guint64 sag_render_worker_set_content (SagRenderWorker *worker, SagRenderContent *content);

/**
 * sag_render_worker_set_view: asks for a picture.
 * @width, @height: in device pixels; anything smaller than 1 draws nothing
 * @scale: device pixels for a logical one
 * @moving: the view is being turned: where a picture takes long it comes at half the resolution
 *
 * Returns: as above
 */
guint64 sag_render_worker_set_view (SagRenderWorker       *worker,
                                    const SagRenderCamera *camera,
                                    int                    width,
                                    int                    height,
                                    double                 scale,
                                    gboolean               moving);

/** sag_render_worker_wait_all: for tests and the program's end: until all threads of freed workers are gone. */
void sag_render_worker_wait_all (void);

G_END_DECLS
