/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/worker.h"

#include "render/scene/assembly.h"
#include "render/scene/content-private.h"
#include "render/scene/scene.h"

#include <stdlib.h>
#include <sys/resource.h>

/* A picture of half the resolution is followed by a full one when nothing more was asked for so long. */
#define STILL_US 150000

/* Slices come first where the processor draws: OpenGL's threads inherit this from ours. */
#define NICENESS 5

/* While turning, full pictures that would take longer come at half the resolution. */
#define MOVING_BUDGET_US 40000

typedef struct
{
  SagRenderCamera camera;
  int             width, height;
  double          scale;
  gboolean        moving;
} View;

struct _SagRenderWorker
{
  gatomicrefcount      n_references; /* the owner, the thread, and a picture on its way */
  GMainContext        *context;
  SagRenderPictureFunc func; /* used by the owner's thread only */
  gpointer             user_data;

  GMutex            mutex;
  GCond             cond;
  gboolean          quit;
  SagRenderContent *content; /* newest that the thread has not taken */
  SagRenderContent *latest;  /* newest of all */
  View              view;
  gboolean          view_asked;
  guint64           n_requests;
  GCancellable     *building;
  SagRenderPicture *picture; /* newest that the owner has not taken */
};

static GMutex live_mutex;
static GCond  live_cond;
static int    n_live;

static void
picture_free (SagRenderPicture *picture)
{
  g_clear_pointer (&picture->pixels, g_bytes_unref);
  g_clear_error ((GError **) &picture->error);
  g_free (picture);
}

static void
worker_unref (gpointer data)
{
  SagRenderWorker *worker = data;

  if (!g_atomic_ref_count_dec (&worker->n_references))
    return;
  g_clear_pointer (&worker->content, sag_render_content_unref);
  g_clear_pointer (&worker->latest, sag_render_content_unref);
  g_clear_pointer (&worker->picture, picture_free);
  g_object_unref (worker->building);
  g_main_context_unref (worker->context);
  g_mutex_clear (&worker->mutex);
  g_cond_clear (&worker->cond);
  g_free (worker);
}

static gboolean
deliver_cb (gpointer data)
{
  SagRenderWorker  *worker = data;
  SagRenderPicture *picture;

  g_mutex_lock (&worker->mutex);
  picture = g_steal_pointer (&worker->picture);
  g_mutex_unlock (&worker->mutex);
  if (picture != NULL)
    {
      if (worker->func != NULL)
        worker->func (picture, worker->user_data);
      picture_free (picture);
    }
  return G_SOURCE_REMOVE;
}

/* The owner gets the newest picture once it looks. */
static void
deliver (SagRenderWorker *worker, SagRenderPicture *picture)
{
  gboolean on_its_way;

  g_mutex_lock (&worker->mutex);
  on_its_way = worker->picture != NULL;
  /* What went wrong is told, even if a picture without that surface overtakes it. */
  if (on_its_way && picture->error == NULL)
    picture->error = g_steal_pointer (&worker->picture->error);
  g_clear_pointer (&worker->picture, picture_free);
  worker->picture = picture;
  g_mutex_unlock (&worker->mutex);
  if (on_its_way)
    return;
  g_atomic_ref_count_inc (&worker->n_references);
  {
    g_autoptr (GSource) source = g_idle_source_new ();

    g_source_set_priority (source, G_PRIORITY_DEFAULT);
    g_source_set_callback (source, deliver_cb, worker, worker_unref);
    g_source_set_static_name (source, "3D picture");
    g_source_attach (source, worker->context);
  }
}

static void
deliver_error (SagRenderWorker *worker, GError *error)
{
  SagRenderPicture *picture = g_new0 (SagRenderPicture, 1);

  picture->error = error;
  picture->is_final = TRUE;
  deliver (worker, picture);
}

/* What the thread alone knows. */
typedef struct
{
  SagRenderScene    *scene;
  SagRenderAssembly *assembly;
  gboolean           failed; /* there will be no picture */
  View               view;
  guint64            request; /* newest that was taken */
  gboolean           fresh;   /* another scan: nothing of it is to be seen yet */
  gboolean           changed; /* the scene is not what the assembly has */
  gboolean           dirty;   /* the picture is not what it should be */
  gint64 sharpen_us;          /* when a picture of half the resolution is replaced; 0: it is none */
  double shown_scale;
  double us_per_pixel; /* of late pictures */
} State;

static gboolean
can_draw (const State *state)
{
  return !state->failed && state->view.width > 0 && state->view.height > 0;
}

static gboolean
has_work (const SagRenderWorker *worker, const State *state)
{
  return worker->quit || worker->content != NULL || worker->view_asked ||
         (can_draw (state) && (state->dirty || !sag_render_assembly_is_complete (state->assembly)));
}

/* With the mutex held. */
static void
wait_for_work (SagRenderWorker *worker, State *state)
{
  while (!has_work (worker, state))
    if (state->sharpen_us == 0 || !can_draw (state))
      g_cond_wait (&worker->cond, &worker->mutex);
    else if (!g_cond_wait_until (&worker->cond, &worker->mutex, state->sharpen_us))
      {
        /* Never again for a time that has passed: the mutex might not be let go of in between. */
        state->sharpen_us = 0;
        state->view.moving = FALSE;
        state->dirty = TRUE;
      }
}

/* Waits for work and takes it. FALSE: the worker is to end. */
static gboolean
take_work (SagRenderWorker *worker, State *state, GCancellable **cancellable)
{
  g_autoptr (SagRenderContent) content = NULL;
  gboolean quit;

  g_mutex_lock (&worker->mutex);
  wait_for_work (worker, state);
  quit = worker->quit;
  content = g_steal_pointer (&worker->content);
  state->request = worker->n_requests;
  if (worker->view_asked)
    {
      state->view = worker->view;
      state->dirty = TRUE;
      worker->view_asked = FALSE;
    }
  if (g_cancellable_is_cancelled (worker->building) && !quit)
    {
      g_object_unref (worker->building);
      worker->building = g_cancellable_new ();
      state->fresh = TRUE;
    }
  g_set_object (cancellable, worker->building);
  g_mutex_unlock (&worker->mutex);
  if (content != NULL && !state->failed && !quit)
    {
      sag_render_assembly_set_content (state->assembly, content, *cancellable);
      state->changed = state->dirty = TRUE;
    }
  return !quit;
}

static gboolean
open_scene (SagRenderWorker *worker, State *state)
{
  GError *error = NULL;

  if (state->scene != NULL)
    return TRUE;
  state->scene = sag_render_scene_new (&error);
  if (state->scene == NULL)
    {
      state->failed = TRUE;
      deliver_error (worker, error);
    }
  return state->scene != NULL;
}

static void
draw (SagRenderWorker *worker, State *state)
{
  const View       *view = &state->view;
  double            pixels = (double) view->width * view->height, took;
  int               part = view->moving && state->us_per_pixel * pixels > MOVING_BUDGET_US ? 2 : 1;
  SagRenderPicture *picture = g_new0 (SagRenderPicture, 1);
  GError           *error = NULL;
  gint64            start;

  if (state->changed || state->shown_scale != view->scale / part)
    sag_render_assembly_show (state->assembly, state->scene, view->scale / part);
  state->changed = FALSE;
  state->shown_scale = view->scale / part;
  *picture = (SagRenderPicture){
    .width = MAX (view->width / part, 1),
    .height = MAX (view->height / part, 1),
    .request = state->request,
    .camera = view->camera,
    .asked_width = view->width,
    .asked_height = view->height,
    .is_final = part == 1 && sag_render_assembly_is_complete (state->assembly),
  };
  picture->stride = (gsize) picture->width * 4;
  start = g_get_monotonic_time ();
  picture->pixels =
    sag_render_scene_draw (state->scene, &view->camera, picture->width, picture->height, &error);
  picture->error = error;
  pixels = (double) picture->width * picture->height;
  took = (g_get_monotonic_time () - start) / pixels;
  picture->draw_ms = (g_get_monotonic_time () - start) / 1000.0;
  state->us_per_pixel = state->us_per_pixel > 0 ? (state->us_per_pixel + took) / 2 : took;
  state->dirty = FALSE;
  state->sharpen_us = part > 1 ? g_get_monotonic_time () + STILL_US : 0;
  deliver (worker, picture);
}

static void
build (SagRenderWorker *worker, State *state, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (sag_render_assembly_is_complete (state->assembly))
    return;
  if (!sag_render_assembly_step (state->assembly, cancellable, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      deliver_error (worker, g_steal_pointer (&error));
    }
  state->changed = state->dirty = TRUE;
}

static gpointer
worker_thread (gpointer data)
{
  SagRenderWorker *worker = data;
  State            state = { .assembly = sag_render_assembly_new () };
  g_autoptr (GCancellable) cancellable = NULL;

  setpriority (PRIO_PROCESS, 0, NICENESS); /* on Linux of this thread alone */
  while (take_work (worker, &state, &cancellable))
    {
      if (!can_draw (&state) || !open_scene (worker, &state))
        continue;
      /* Nothing but lines would flash up: the first surface comes before the first picture. */
      if (state.fresh)
        build (worker, &state, cancellable);
      if (state.dirty)
        draw (worker, &state);
      if (!state.fresh)
        build (worker, &state, cancellable);
      state.fresh = FALSE;
    }
  g_clear_pointer (&state.scene, sag_render_scene_free);
  sag_render_assembly_free (state.assembly);
  worker_unref (worker);
  g_mutex_lock (&live_mutex);
  n_live--;
  g_cond_broadcast (&live_cond);
  g_mutex_unlock (&live_mutex);
  return NULL;
}

void
sag_render_worker_wait_all (void)
{
  g_mutex_lock (&live_mutex);
  while (n_live > 0)
    g_cond_wait (&live_cond, &live_mutex);
  g_mutex_unlock (&live_mutex);
}

/* VTK's own objects must not vanish under a thread that still draws. */
static void
wait_at_exit (void)
{
  gint64 deadline = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&live_mutex);
  while (n_live > 0 && g_cond_wait_until (&live_cond, &live_mutex, deadline))
    ;
  g_mutex_unlock (&live_mutex);
}

SagRenderWorker *
sag_render_worker_new (SagRenderPictureFunc func, gpointer user_data)
{
  static gsize     once = 0;
  SagRenderWorker *worker = g_new0 (SagRenderWorker, 1);

  g_return_val_if_fail (func != NULL, NULL);

  if (g_once_init_enter (&once))
    {
      atexit (wait_at_exit);
      g_once_init_leave (&once, 1);
    }
  g_atomic_ref_count_init (&worker->n_references);
  g_atomic_ref_count_inc (&worker->n_references);
  worker->context = g_main_context_ref_thread_default ();
  worker->func = func;
  worker->user_data = user_data;
  worker->building = g_cancellable_new ();
  g_mutex_init (&worker->mutex);
  g_cond_init (&worker->cond);
  g_mutex_lock (&live_mutex);
  n_live++;
  g_mutex_unlock (&live_mutex);
  g_thread_unref (g_thread_new ("3d", worker_thread, worker));
  return worker;
}

void
sag_render_worker_free (SagRenderWorker *worker)
{
  worker->func = NULL;
  g_mutex_lock (&worker->mutex);
  worker->quit = TRUE;
  g_cancellable_cancel (worker->building);
  g_cond_signal (&worker->cond);
  g_mutex_unlock (&worker->mutex);
  worker_unref (worker);
}

guint64
sag_render_worker_set_content (SagRenderWorker *worker, SagRenderContent *content)
{
  guint64 request;

  g_mutex_lock (&worker->mutex);
  g_clear_pointer (&worker->content, sag_render_content_unref);
  worker->content = sag_render_content_ref (content);
  /* A crosshair that moves must not start the work on the scan all over again. */
  if (worker->latest == NULL || !sag_render_content_same_volumes (worker->latest, content))
    g_cancellable_cancel (worker->building);
  g_clear_pointer (&worker->latest, sag_render_content_unref);
  worker->latest = sag_render_content_ref (content);
  request = ++worker->n_requests;
  g_cond_signal (&worker->cond);
  g_mutex_unlock (&worker->mutex);
  return request;
}

guint64
sag_render_worker_set_view (SagRenderWorker       *worker,
                            const SagRenderCamera *camera,
                            int                    width,
                            int                    height,
                            double                 scale,
                            gboolean               moving)
{
  guint64 request;

  g_mutex_lock (&worker->mutex);
  worker->view = (View){ *camera, width, height, scale, moving };
  worker->view_asked = TRUE;
  request = ++worker->n_requests;
  g_cond_signal (&worker->cond);
  g_mutex_unlock (&worker->mutex);
  return request;
}
