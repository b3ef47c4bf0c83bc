/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/case.h"

#include "model/answer/map.h"
#include "model/dicom/scan.h"
#include "ui/answer/result.h"
#include "ui/base/trace.h"
#include "ui/case/case-words.h"
#include "ui/case/thumbnail.h"

#include <glib/gi18n.h>

struct _SagUiCase
{
  GObject parent;

  GFile          *file;
  SagDicomSeries *series; /* of DICOM, where it was chosen from a list */
  char           *name;
  char           *title; /* of DICOM; elsewhere the name serves */
  SagUiCaseState  state;
  char           *error;
  SagVolume      *volume;
  int             n_slices_ready;
  double          load_ms;
  char          **warnings;
  GdkTexture     *thumbnail;
  GCancellable   *cancellable;
  SagPrepared    *prepared;
  double          shift_mm[3];
  gboolean        forced;
  guint           n_colours;
  GListStore     *results;
  GListStore     *overlays;
  GListStore     *measurements;
};

G_DEFINE_FINAL_TYPE (SagUiCase, sag_ui_case, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_VOLUME,
  PROP_NAME,
  PROP_ERROR,
  PROP_PROGRESS,
  PROP_PREPARED,
  PROP_THUMBNAIL,
  N_PROPS
};
static GParamSpec *props[N_PROPS];
static guint       slices_signal;

/* Load: what the reading thread and the main thread share. The thread leaves the newest state here
 * and at most one call to the main thread is under way. */
typedef struct
{
  gatomicrefcount refs;
  GMutex          lock;
  GWeakRef        owner;
  char           *path;
  SagDicomSeries *series;
  char           *case_name;
  SagVolume      *volume;
  int             n_slices_ready;
  gboolean        is_posted;
  gint64          start_us;
  GCancellable   *cancellable;
  char          **warnings;
  GdkTexture     *thumbnail;
} Load;

static void
load_unref (gpointer data)
{
  Load *load = data;

  if (!g_atomic_ref_count_dec (&load->refs))
    return;
  g_mutex_clear (&load->lock);
  g_weak_ref_clear (&load->owner);
  g_clear_pointer (&load->volume, sag_volume_unref);
  g_object_unref (load->cancellable);
  g_strfreev (load->warnings);
  g_clear_object (&load->thumbnail);
  g_clear_pointer (&load->series, sag_dicom_series_unref);
  g_free (load->case_name);
  g_free (load->path);
  g_free (load);
}

SagUiCase *
sag_ui_case_new (GFile *file)
{
  SagUiCase       *self = g_object_new (SAG_UI_TYPE_CASE, NULL);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *uri = path == NULL ? g_file_get_uri (file) : NULL;

  self->file = g_object_ref (file);
  self->name = sag_case_dup_name (path != NULL ? path : uri);
  return self;
}

/* The archive or folder that its first slice is in. */
static char *
dup_place (const SagDicomSeries *series)
{
  const SagDicomPlace *place = g_array_index (series->slices, SagDicomSlice, 0).file->place;

  return place->zip != NULL ? g_strdup (place->path) : g_path_get_dirname (place->path);
}

SagUiCase *
sag_ui_case_new_series (GFile *place, SagDicomSeries *series)
{
  SagUiCase       *self = g_object_new (SAG_UI_TYPE_CASE, NULL);
  g_autofree char *path = place != NULL ? g_file_get_path (place) : dup_place (series);
  g_autofree char *reference = g_strdup_printf ("%s#%s", path, series->key);

  self->file = g_file_new_for_path (reference);
  self->series = sag_dicom_series_ref (series);
  self->name = sag_dicom_series_dup_case_name (series);
  self->title = sag_ui_series_dup_title (series);
  return self;
}

GFile *
sag_ui_case_get_file (SagUiCase *self)
{
  return self->file;
}

SagDicomSeries *
sag_ui_case_get_series (SagUiCase *self)
{
  return self->series;
}

const char *
sag_ui_case_get_name (SagUiCase *self)
{
  return self->name;
}

const char *
sag_ui_case_get_title (SagUiCase *self)
{
  return self->title != NULL ? self->title : self->name;
}

SagUiCaseState
sag_ui_case_get_state (SagUiCase *self)
{
  return self->state;
}

const char *
sag_ui_case_get_error (SagUiCase *self)
{
  return self->error;
}

double
sag_ui_case_get_load_ms (SagUiCase *self)
{
  return self->load_ms;
}

SagVolume *
sag_ui_case_get_volume (SagUiCase *self)
{
  return self->volume;
}

int
sag_ui_case_get_n_slices_ready (SagUiCase *self)
{
  return self->n_slices_ready;
}

double
sag_ui_case_get_progress (SagUiCase *self)
{
  if (self->volume == NULL)
    return 0;
  return (double) self->n_slices_ready / sag_volume_get_geometry (self->volume)->dims[2];
}

static void
notify (SagUiCase *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

static void
set_state (SagUiCase *self, SagUiCaseState state)
{
  self->state = state;
  notify (self, PROP_STATE);
}

static void
show_slices (SagUiCase *self, SagVolume *volume, int n_slices_ready)
{
  gboolean other = volume != self->volume;

  if (other)
    {
      g_clear_pointer (&self->volume, sag_volume_unref);
      self->volume = sag_volume_ref (volume);
    }
  self->n_slices_ready = n_slices_ready;
  if (other)
    notify (self, PROP_VOLUME);
  notify (self, PROP_PROGRESS);
  g_signal_emit (self, slices_signal, 0);
}

void
sag_ui_case_give (SagUiCase *self, SagVolume *volume, int n_slices_ready)
{
  SagUiCaseState state = n_slices_ready < sag_volume_get_geometry (volume)->dims[2]
                           ? SAG_UI_CASE_LOADING
                           : SAG_UI_CASE_READY;

  g_return_if_fail (self->cancellable == NULL);
  show_slices (self, volume, n_slices_ready);
  if (state != self->state)
    set_state (self, state);
}

/* Whether @load is still the one that the case waits for. */
static gboolean
is_wanted (SagUiCase *self, const Load *load)
{
  return self != NULL && self->cancellable == load->cancellable;
}

static gboolean
slices_cb (gpointer data)
{
  Load *load = data;
  g_autoptr (SagUiCase) self = g_weak_ref_get (&load->owner);
  g_autoptr (SagVolume) volume = NULL;
  int n_slices_ready;

  g_mutex_lock (&load->lock);
  load->is_posted = FALSE;
  volume = sag_volume_ref (load->volume);
  n_slices_ready = load->n_slices_ready;
  g_mutex_unlock (&load->lock);
  if (is_wanted (self, load))
    show_slices (self, volume, n_slices_ready);
  return G_SOURCE_REMOVE;
}

static void
slices_thread (SagVolume *volume, int n_slices_ready, gpointer user_data)
{
  Load    *load = user_data;
  gboolean post;

  g_mutex_lock (&load->lock);
  if (load->volume != volume)
    {
      g_clear_pointer (&load->volume, sag_volume_unref);
      load->volume = sag_volume_ref (volume);
    }
  load->n_slices_ready = n_slices_ready;
  post = !load->is_posted;
  load->is_posted = TRUE;
  g_mutex_unlock (&load->lock);
  if (!post)
    return;
  g_atomic_ref_count_inc (&load->refs);
  g_idle_add_full (G_PRIORITY_DEFAULT, slices_cb, load, load_unref);
}

static void
load_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Load      *load = task_data;
  GError    *error = NULL;
  SagVolume *volume;

  if (load->series != NULL)
    volume = sag_dicom_load (load->series, slices_thread, load, cancellable, &error);
  else
    volume = sag_scan_load (load->path, &load->case_name, slices_thread, load, cancellable, &error);

  if (volume == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  load->warnings = sag_ui_volume_dup_warnings (volume);
  load->thumbnail = sag_ui_thumbnail_new (volume);
  g_task_return_pointer (task, volume, (GDestroyNotify) sag_volume_unref);
}

static void
fail (SagUiCase *self, const char *message)
{
  g_free (self->error);
  self->error = g_strdup (message);
  g_clear_pointer (&self->volume, sag_volume_unref);
  self->n_slices_ready = 0;
  notify (self, PROP_ERROR);
  notify (self, PROP_VOLUME);
  set_state (self, SAG_UI_CASE_FAILED);
}

/* DICOM that was opened by its path: only now it is known what it is. */
static void
take_names (SagUiCase *self, Load *load, const SagVolume *volume)
{
  g_free (self->name);
  self->name = g_steal_pointer (&load->case_name);
  g_free (self->title);
  self->title = sag_ui_origin_dup_title (sag_volume_get_origin (volume));
  notify (self, PROP_NAME);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiCase *self = SAG_UI_CASE (source);
  Load      *load = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) volume = g_task_propagate_pointer (G_TASK (result), &error);

  if (!is_wanted (self, load))
    return;
  g_clear_object (&self->cancellable);
  if (volume == NULL)
    {
      fail (self, error->message);
      return;
    }
  self->load_ms = (g_get_monotonic_time () - load->start_us) * 1e-3;
  sag_ui_trace ("loaded", "ms", self->load_ms, NULL);
  g_strfreev (self->warnings);
  self->warnings = g_steal_pointer (&load->warnings);
  if (load->case_name != NULL)
    take_names (self, load, volume);
  if (g_set_object (&self->thumbnail, load->thumbnail))
    notify (self, PROP_THUMBNAIL);
  show_slices (self, volume, sag_volume_get_geometry (volume)->dims[2]);
  set_state (self, SAG_UI_CASE_READY);
}

void
sag_ui_case_load (SagUiCase *self)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *path = g_file_get_path (self->file);
  Load            *load;

  if (self->state == SAG_UI_CASE_LOADING || self->state == SAG_UI_CASE_READY)
    return;
  g_clear_pointer (&self->error, g_free);
  notify (self, PROP_ERROR);
  if (path == NULL)
    {
      fail (self, _ ("This place is not on this computer; copy the scan to a local folder first."));
      return;
    }
  self->cancellable = g_cancellable_new ();
  load = g_new0 (Load, 1);
  g_atomic_ref_count_init (&load->refs);
  g_mutex_init (&load->lock);
  g_weak_ref_init (&load->owner, self);
  load->path = g_steal_pointer (&path);
  load->series = self->series != NULL ? sag_dicom_series_ref (self->series) : NULL;
  load->start_us = g_get_monotonic_time ();
  load->cancellable = g_object_ref (self->cancellable);
  set_state (self, SAG_UI_CASE_LOADING);
  task = g_task_new (self, self->cancellable, loaded_cb, NULL);
  g_task_set_task_data (task, load, load_unref);
  g_task_run_in_thread (task, load_thread);
}

void
sag_ui_case_cancel (SagUiCase *self)
{
  if (self->cancellable == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->volume, sag_volume_unref);
  self->n_slices_ready = 0;
  notify (self, PROP_VOLUME);
  notify (self, PROP_PROGRESS);
  set_state (self, SAG_UI_CASE_WAITING);
}

void
sag_ui_case_unload (SagUiCase *self)
{
  sag_ui_case_cancel (self);
  if (self->state != SAG_UI_CASE_READY)
    return;
  g_clear_pointer (&self->volume, sag_volume_unref);
  self->n_slices_ready = 0;
  sag_ui_case_set_prepared (self, NULL);
  notify (self, PROP_VOLUME);
  set_state (self, SAG_UI_CASE_WAITING);
}

const char *const *
sag_ui_case_get_warnings (SagUiCase *self)
{
  static const char *const none[] = { NULL };

  return self->warnings != NULL ? (const char *const *) self->warnings : none;
}

GdkTexture *
sag_ui_case_get_thumbnail (SagUiCase *self)
{
  return self->thumbnail;
}

gsize
sag_ui_case_get_bytes (SagUiCase *self)
{
  gsize size = self->volume != NULL && sag_volume_get_scalar (self->volume) == SAG_SCALAR_FLOAT32
                 ? sizeof (float)
                 : sizeof (gint16);

  if (self->volume == NULL)
    return 0;
  return size * (gsize) sag_geometry_n_voxels (sag_volume_get_geometry (self->volume));
}

GListStore *
sag_ui_case_get_results (SagUiCase *self)
{
  return self->results;
}

GListStore *
sag_ui_case_get_overlays (SagUiCase *self)
{
  return self->overlays;
}

GListStore *
sag_ui_case_get_measurements (SagUiCase *self)
{
  return self->measurements;
}

guint
sag_ui_case_next_colour (SagUiCase *self)
{
  return self->n_colours++;
}

SagPrepared *
sag_ui_case_get_prepared (SagUiCase *self)
{
  return self->prepared;
}

void
sag_ui_case_set_prepared (SagUiCase *self, SagPrepared *prepared)
{
  if (prepared == self->prepared)
    return;
  if (prepared != NULL)
    sag_prepared_ref (prepared);
  g_clear_pointer (&self->prepared, sag_prepared_unref);
  self->prepared = prepared;
  notify (self, PROP_PREPARED);
}

void
sag_ui_case_get_box_shift (SagUiCase *self, double shift_mm[3])
{
  for (int a = 0; a < 3; a++)
    shift_mm[a] = self->shift_mm[a];
}

void
sag_ui_case_set_box_shift (SagUiCase *self, const double shift_mm[3])
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->results));

  if (sag_geometry_same_point (self->shift_mm, shift_mm))
    return;
  memcpy (self->shift_mm, shift_mm, sizeof self->shift_mm);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (G_LIST_MODEL (self->results), i);

      sag_ui_result_set_stale (result, TRUE);
    }
  sag_ui_case_set_prepared (self, NULL);
}

gboolean
sag_ui_case_get_forced (SagUiCase *self)
{
  return self->forced;
}

void
sag_ui_case_set_forced (SagUiCase *self, gboolean forced)
{
  self->forced = forced;
}

static void
sag_ui_case_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SagUiCase *self = SAG_UI_CASE (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_VOLUME:
      g_value_set_pointer (value, self->volume);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, sag_ui_case_get_progress (self));
      break;
    case PROP_PREPARED:
      g_value_set_pointer (value, self->prepared);
      break;
    case PROP_THUMBNAIL:
      g_value_set_object (value, self->thumbnail);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sag_ui_case_finalize (GObject *object)
{
  SagUiCase *self = SAG_UI_CASE (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->volume, sag_volume_unref);
  g_clear_pointer (&self->prepared, sag_prepared_unref);
  g_clear_object (&self->results);
  g_clear_object (&self->overlays);
  g_clear_object (&self->measurements);
  g_clear_object (&self->file);
  g_clear_object (&self->thumbnail);
  g_strfreev (self->warnings);
  g_clear_pointer (&self->series, sag_dicom_series_unref);
  g_free (self->name);
  g_free (self->title);
  g_free (self->error);
  G_OBJECT_CLASS (sag_ui_case_parent_class)->finalize (object);
}

static void
sag_ui_case_class_init (SagUiCaseClass *class)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sag_ui_case_get_property;
  object_class->finalize = sag_ui_case_finalize;
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, SAG_UI_CASE_FAILED, 0, flags);
  props[PROP_VOLUME] = g_param_spec_pointer ("volume", NULL, NULL, flags);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  props[PROP_PREPARED] = g_param_spec_pointer ("prepared", NULL, NULL, flags);
  props[PROP_THUMBNAIL] = g_param_spec_object ("thumbnail", NULL, NULL, GDK_TYPE_TEXTURE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  slices_signal = g_signal_new ("slices", SAG_UI_TYPE_CASE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
}

static void
sag_ui_case_init (SagUiCase *self)
{
  self->results = g_list_store_new (SAG_UI_TYPE_RESULT);
  self->overlays = g_list_store_new (SAG_UI_TYPE_OVERLAY);
  self->measurements = g_list_store_new (G_TYPE_OBJECT);
}
