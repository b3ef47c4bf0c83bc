/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/calibration.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/hash.h"
#include "model/core/json-reader.h"
#include "model/core/version.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define FORMAT "sagitta-calibration"
#define VERSION 1
#define MOST_BYTES (16 << 20)
#define MOST_CASES (1 << 30)

struct _SagCalibration
{
  gatomicrefcount refs;
  char           *bundle;
  char           *sha256;
  GPtrArray      *tasks;
};

static const char *const quantile_names[] = { "negatives_quantiles", "positives_quantiles" };

SagCalibrationTask *
sag_calibration_task_new (const char *text)
{
  SagCalibrationTask *task = g_new0 (SagCalibrationTask, 1);

  task->text = g_strdup (text);
  task->bins = g_array_new (FALSE, TRUE, sizeof (SagCalibrationBin));
  return task;
}

void
sag_calibration_task_free (SagCalibrationTask *task)
{
  if (task == NULL)
    return;
  g_array_unref (task->bins);
  g_free (task->text);
  g_free (task->date);
  g_free (task);
}

static void
free_task (gpointer task)
{
  sag_calibration_task_free (task);
}

SagCalibration *
sag_calibration_new (const char *bundle_sha256)
{
  SagCalibration *self = g_new0 (SagCalibration, 1);

  g_atomic_ref_count_init (&self->refs);
  self->bundle = g_strdup (bundle_sha256);
  self->tasks = g_ptr_array_new_with_free_func (free_task);
  return self;
}

SagCalibration *
sag_calibration_ref (SagCalibration *calibration)
{
  g_atomic_ref_count_inc (&calibration->refs);
  return calibration;
}

void
sag_calibration_unref (SagCalibration *calibration)
{
  if (calibration == NULL || !g_atomic_ref_count_dec (&calibration->refs))
    return;
  g_ptr_array_unref (calibration->tasks);
  g_free (calibration->bundle);
  g_free (calibration->sha256);
  g_free (calibration);
}

void
sag_calibration_add (SagCalibration *calibration, SagCalibrationTask *task)
{
  for (guint t = calibration->tasks->len; t-- > 0;)
    if (strcmp (sag_calibration_get_task (calibration, t)->text, task->text) == 0)
      g_ptr_array_remove_index (calibration->tasks, t);
  g_ptr_array_add (calibration->tasks, task);
}

const char *
sag_calibration_get_sha256 (const SagCalibration *calibration)
{
  return calibration->sha256;
}

const char *
sag_calibration_get_bundle (const SagCalibration *calibration)
{
  return calibration->bundle;
}

gsize
sag_calibration_get_n_tasks (const SagCalibration *calibration)
{
  return calibration->tasks->len;
}

const SagCalibrationTask *
sag_calibration_get_task (const SagCalibration *calibration, gsize task)
{
  return calibration->tasks->pdata[task];
}

const SagCalibrationTask *
sag_calibration_find_task (const SagCalibration *calibration, const char *text)
{
  for (guint t = 0; t < calibration->tasks->len; t++)
    if (strcmp (sag_calibration_get_task (calibration, t)->text, text) == 0)
      return sag_calibration_get_task (calibration, t);
  return NULL;
}

double
sag_calibration_probability (const SagCalibrationTask *task, double logit)
{
  return 1 / (1 + exp (-(task->bias + task->slope * logit)));
}

/* Linear between the quantiles; equal ones count as below from the last of them on. */
double
sag_calibration_share_below (const SagCalibrationTask *task, int kind, double logit)
{
  const double *q = task->quantiles[kind];
  int           i = 0;

  while (i < SAG_CALIBRATION_POINTS && q[i] < logit)
    i++;
  if (i == 0)
    return 0;
  if (i == SAG_CALIBRATION_POINTS)
    return 1;
  return (i - 1 + (logit - q[i - 1]) / (q[i] - q[i - 1])) / (SAG_CALIBRATION_POINTS - 1);
}

static void
write_task (const SagCalibrationTask *task, SagJsonWriter *writer)
{
  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "text", task->text);
  sag_json_string (writer, "date", task->date);
  sag_json_integer (writer, "positives", (gint64) task->n_positives);
  sag_json_integer (writer, "negatives", (gint64) task->n_negatives);
  sag_json_number (writer, "bias", task->bias);
  sag_json_number (writer, "slope", task->slope);
  for (int kind = 0; kind < 2; kind++)
    sag_json_numbers (writer, quantile_names[kind], task->quantiles[kind], SAG_CALIBRATION_POINTS);
  sag_json_begin_array (writer, "reliability");
  for (guint b = 0; b < task->bins->len; b++)
    {
      const SagCalibrationBin *bin = &g_array_index (task->bins, SagCalibrationBin, b);

      sag_json_begin_object (writer, NULL);
      sag_json_integer (writer, "n", (gint64) bin->n);
      sag_json_number (writer, "mean", bin->mean);
      sag_json_number (writer, "share", bin->share);
      sag_json_end_object (writer);
    }
  sag_json_end_array (writer);
  sag_json_end_object (writer);
}

static char *
dup_json (const SagCalibration *self)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();

  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "format", FORMAT);
  sag_json_integer (writer, "version", VERSION);
  sag_json_string (writer, "bundle_sha256", self->bundle);
  sag_json_string (writer, "program", sag_version_get ());
  sag_json_begin_array (writer, "tasks");
  for (guint t = 0; t < self->tasks->len; t++)
    write_task (sag_calibration_get_task (self, t), writer);
  sag_json_end_array (writer);
  sag_json_end_object (writer);
  return sag_json_writer_finish (writer);
}

static gboolean
fail (GError **error, const char *sentence)
{
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, sentence);
  return FALSE;
}

static gboolean
read_number (JsonArray *array, guint i, double *value)
{
  JsonNode *node = json_array_get_element (array, i);
  GType     type = json_node_get_value_type (node);

  *value = type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double (node) : NAN;
  return isfinite (*value);
}

static gboolean
read_quantiles (JsonObject *object, SagCalibrationTask *task, GError **error)
{
  for (int kind = 0; kind < 2; kind++)
    {
      double    *q = task->quantiles[kind];
      JsonArray *array;

      if (!sag_json_get_array (object, quantile_names[kind], &array, error))
        return FALSE;
      if (json_array_get_length (array) != SAG_CALIBRATION_POINTS)
        return fail (error, "The quantiles are not 101 numbers.");
      for (guint i = 0; i < SAG_CALIBRATION_POINTS; i++)
        if (!read_number (array, i, &q[i]) || (i > 0 && q[i] < q[i - 1]))
          return fail (error, "The quantiles are no rising numbers.");
    }
  return TRUE;
}

static gboolean
read_bins (JsonObject *object, SagCalibrationTask *task, GError **error)
{
  JsonArray *array;

  if (!sag_json_get_array (object, "reliability", &array, error))
    return FALSE;
  for (guint b = 0; b < json_array_get_length (array); b++)
    {
      JsonNode         *node = json_array_get_element (array, b);
      SagCalibrationBin bin;
      gint64            n;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return fail (error, "\"reliability\" holds no object.");
      if (!sag_json_get_integer (json_node_get_object (node), "n", 1, MOST_CASES, &n, error) ||
          !sag_json_get_number (json_node_get_object (node), "mean", &bin.mean, error) ||
          !sag_json_get_number (json_node_get_object (node), "share", &bin.share, error))
        return FALSE;
      if (!(bin.mean >= 0 && bin.mean <= 1 && bin.share >= 0 && bin.share <= 1))
        return fail (error, "A bin of \"reliability\" is no share between 0 and 1.");
      bin.n = (gsize) n;
      g_array_append_val (task->bins, bin);
    }
  return TRUE;
}

static gboolean
read_task (SagCalibration *self, JsonObject *object, GError **error)
{
  const char *text, *date;
  gint64      n_positives, n_negatives;
  g_autoptr (SagCalibrationTask) task = NULL;

  if (!sag_json_get_string (object, "text", &text, error) ||
      !sag_json_get_string (object, "date", &date, error) ||
      !sag_json_get_integer (object, "positives", SAG_CALIBRATION_FEWEST, MOST_CASES, &n_positives,
                             error) ||
      !sag_json_get_integer (object, "negatives", SAG_CALIBRATION_FEWEST, MOST_CASES, &n_negatives,
                             error))
    return FALSE;
  task = sag_calibration_task_new (text);
  task->date = g_strdup (date);
  task->n_positives = (gsize) n_positives;
  task->n_negatives = (gsize) n_negatives;
  if (!sag_json_get_number (object, "bias", &task->bias, error) ||
      !sag_json_get_number (object, "slope", &task->slope, error) ||
      !read_quantiles (object, task, error) || !read_bins (object, task, error))
    return FALSE;
  if (!(task->slope > 0))
    return fail (error, "A slope is not above 0.");
  sag_calibration_add (self, g_steal_pointer (&task));
  return TRUE;
}

static gboolean
read_all (SagCalibration *self, JsonObject *object, GError **error)
{
  JsonArray *tasks;

  if (!sag_json_get_array (object, "tasks", &tasks, error))
    return FALSE;
  for (guint t = 0; t < json_array_get_length (tasks); t++)
    {
      JsonNode *node = json_array_get_element (tasks, t);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return fail (error, "\"tasks\" holds no object.");
      if (!read_task (self, json_node_get_object (node), error))
        return FALSE;
    }
  return TRUE;
}

static SagCalibration *
read_document (JsonObject *object, GError **error)
{
  g_autoptr (SagCalibration) self = NULL;
  const char *format, *bundle;
  gint64      version;

  if (!sag_json_get_string (object, "format", &format, error) ||
      !sag_json_get_integer (object, "version", 1, G_MAXINT32, &version, error) ||
      !sag_json_get_string (object, "bundle_sha256", &bundle, error))
    return NULL;
  if (strcmp (format, FORMAT) != 0)
    return fail (error, "This is no calibration."), NULL;
  if (version > VERSION)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                           "This calibration was made by a newer Sagitta; use that one.");
      return NULL;
    }
  self = sag_calibration_new (bundle);
  return read_all (self, object, error) ? g_steal_pointer (&self) : NULL;
}

SagCalibration *
sag_calibration_load (const char *path, GError **error)
{
  gsize            size;
  g_autofree char *text = sag_file_load (path, MOST_BYTES, &size, error);
  g_autofree char *name = sag_file_dup_display_name (path);
  g_autoptr (JsonNode) node = text != NULL ? sag_json_parse (text, size, name, error) : NULL;
  SagCalibration *self;

  if (node == NULL)
    return NULL;
  self = read_document (json_node_get_object (node), error);
  if (self != NULL)
    self->sha256 = sag_hash_sha256 (text, size);
  else
    g_prefix_error (error, "%s: ", name);
  return self;
}

static char *
dup_beside (SagBundle *bundle)
{
  const char      *folder = sag_bundle_get_folder (bundle);
  g_autofree char *whole = folder != NULL ? g_canonicalize_filename (folder, NULL) : NULL;

  return whole != NULL ? g_strconcat (whole, ".calibration.json", NULL) : NULL;
}

static char *
dup_own (SagBundle *bundle)
{
  g_autofree char *name = g_strconcat (sag_bundle_get_sha256 (bundle), ".json", NULL);

  return g_build_filename (g_get_user_data_dir (), "sagitta", "calibrations", name, NULL);
}

static gboolean
save_own (const SagCalibration *calibration, const char *path, GError **error)
{
  g_autofree char *text = dup_json (calibration);
  g_autofree char *folder = g_path_get_dirname (path);

  g_mkdir_with_parents (folder, 0700);
  return sag_file_save (path, text, strlen (text), error);
}

/* TRUE if there is no such file now. */
static gboolean
take_away (const char *path)
{
  return path == NULL || g_unlink (path) == 0 || !g_file_test (path, G_FILE_TEST_EXISTS);
}

gboolean
sag_calibration_save (
  SagCalibration *calibration, SagBundle *bundle, const char *path, char **saved, GError **error)
{
  g_autofree char *text = dup_json (calibration);
  g_autofree char *target = path != NULL ? g_strdup (path) : dup_beside (bundle);
  g_autofree char *own = path == NULL ? dup_own (bundle) : NULL;

  if (path != NULL)
    {
      if (!sag_file_save (target, text, strlen (text), error))
        return FALSE;
    }
  else if (target != NULL && sag_file_save (target, text, strlen (text), NULL))
    {
      /* An older one of this person's would come first. */
      if (!take_away (own) && !save_own (calibration, own, error))
        return FALSE;
    }
  else
    {
      g_free (target);
      target = g_steal_pointer (&own);
      if (!save_own (calibration, target, error))
        return FALSE;
    }
  g_free (calibration->sha256);
  calibration->sha256 = sag_hash_sha256 (text, strlen (text));
  if (saved != NULL)
    *saved = g_steal_pointer (&target);
  return TRUE;
}

gboolean
sag_calibration_remove (SagBundle *bundle, GError **error)
{
  g_autofree char *beside = dup_beside (bundle);
  g_autofree char *own = dup_own (bundle);
  g_autoptr (SagCalibration) empty = NULL;

  if (take_away (beside) && take_away (own))
    return TRUE;
  empty = sag_calibration_new (sag_bundle_get_sha256 (bundle));
  return save_own (empty, own, error);
}

static SagCalibration *
load_for (SagBundle *bundle, const char *path)
{
  g_autoptr (SagCalibration) self = path != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR)
                                      ? sag_calibration_load (path, NULL)
                                      : NULL;

  return self != NULL && strcmp (self->bundle, sag_bundle_get_sha256 (bundle)) == 0
           ? g_steal_pointer (&self)
           : NULL;
}

SagCalibration *
sag_calibration_find (SagBundle *bundle)
{
  g_autofree char *beside = dup_beside (bundle);
  g_autofree char *own = dup_own (bundle);
  g_autoptr (SagCalibration) mine = load_for (bundle, own);

  if (mine == NULL)
    return load_for (bundle, beside);
  /* An empty one stands for a removal where the file beside the bundle could not go. */
  return sag_calibration_get_n_tasks (mine) > 0 ? g_steal_pointer (&mine) : NULL;
}
