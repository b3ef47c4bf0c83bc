/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/raster.h"

#include "ui/view/slice-paint.h"

/* How much of a new measurement goes into the guess of the next one. */
#define GUESS_WEIGHT 0.3

/* Request: a job on its way from a view to the thread and back. */
typedef struct
{
  SagUiRaster      *raster;
  SagUiSliceJob    *job;
  SagUiSlicePicture picture;
} Request;

/* A view's side of it. The view gives up one reference, each request under way another. */
struct _SagUiRaster
{
  gatomicrefcount refs;
  SagUiRasterDone done; /* NULL once the view is gone */
  gpointer        user_data;
  guint           n_under_way;
  double          ms_per_pixel;
  Request        *waiting; /* under the service's lock */
};

/* One for the process. */
typedef struct
{
  GMutex   lock;
  GCond    work;
  GQueue   rasters; /* with a waiting request */
  SagPool *pool;
} Service;

static void
raster_unref (SagUiRaster *self)
{
  if (g_atomic_ref_count_dec (&self->refs))
    g_free (self);
}

static void
request_free (gpointer data)
{
  Request *request = data;

  sag_ui_slice_picture_clear (&request->picture);
  sag_ui_slice_job_free (request->job);
  raster_unref (request->raster);
  g_free (request);
}

static gboolean
deliver_cb (gpointer data)
{
  Request           *request = data;
  SagUiRaster       *self = request->raster;
  SagUiSlicePicture *picture = &request->picture;
  double             n_pixels = (double) picture->slice.width * picture->slice.height;

  self->n_under_way--;
  if (n_pixels > 0)
    {
      double now = picture->frame_ms / n_pixels;

      self->ms_per_pixel = self->ms_per_pixel > 0
                             ? self->ms_per_pixel + GUESS_WEIGHT * (now - self->ms_per_pixel)
                             : now;
    }
  if (self->done != NULL)
    self->done (request->job, picture, self->user_data);
  return G_SOURCE_REMOVE;
}

static Request *
take_request (Service *service)
{
  SagUiRaster *raster;
  Request     *request;

  g_mutex_lock (&service->lock);
  while ((raster = g_queue_pop_head (&service->rasters)) == NULL)
    g_cond_wait (&service->work, &service->lock);
  request = g_steal_pointer (&raster->waiting);
  g_mutex_unlock (&service->lock);
  return request;
}

static gpointer
service_thread (gpointer data)
{
  Service *service = data;

  for (;;)
    {
      Request *request = take_request (service);

      sag_ui_slice_job_draw (request->job, service->pool, &request->picture);
      g_idle_add_full (G_PRIORITY_DEFAULT, deliver_cb, request, request_free);
    }
  return NULL;
}

static Service *
get_service (void)
{
  static Service *service;

  if (service == NULL)
    {
      service = g_new0 (Service, 1);
      g_mutex_init (&service->lock);
      g_cond_init (&service->work);
      service->pool = sag_pool_new (0);
      g_thread_unref (g_thread_new ("sag-slices", service_thread, service));
    }
  return service;
}

SagUiRaster *
sag_ui_raster_new (SagUiRasterDone done, gpointer user_data)
{
  SagUiRaster *self = g_new0 (SagUiRaster, 1);

  g_atomic_ref_count_init (&self->refs);
  self->done = done;
  self->user_data = user_data;
  return self;
}

/* (transfer full) (nullable) */
static Request *
withdraw (Service *service, SagUiRaster *self)
{
  Request *old;

  g_mutex_lock (&service->lock);
  old = g_steal_pointer (&self->waiting);
  if (old != NULL)
    g_queue_remove (&service->rasters, self);
  g_mutex_unlock (&service->lock);
  return old;
}

void
sag_ui_raster_free (SagUiRaster *self)
{
  Request *old;

  if (self == NULL)
    return;
  self->done = NULL;
  old = withdraw (get_service (), self);
  if (old != NULL)
    request_free (old);
  raster_unref (self);
}

void
sag_ui_raster_request (SagUiRaster *self, SagUiSliceJob *job, gboolean first)
{
  Service *service = get_service ();
  Request *request = g_new0 (Request, 1), *old;

  g_return_if_fail (self != NULL && self->done != NULL && job != NULL);
  request->raster = self;
  request->job = job;
  g_atomic_ref_count_inc (&self->refs);
  old = withdraw (service, self);
  if (old != NULL)
    request_free (old);
  else
    self->n_under_way++;
  g_mutex_lock (&service->lock);
  self->waiting = request;
  if (first)
    g_queue_push_head (&service->rasters, self);
  else
    g_queue_push_tail (&service->rasters, self);
  g_cond_signal (&service->work);
  g_mutex_unlock (&service->lock);
}

gboolean
sag_ui_raster_is_busy (SagUiRaster *self)
{
  return self->n_under_way > 0;
}

double
sag_ui_raster_guess_ms (SagUiRaster *self, double n_pixels)
{
  return self->ms_per_pixel * n_pixels;
}
