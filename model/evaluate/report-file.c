/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/report-file.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-reader.h"

#include <math.h>
#include <string.h>

#define MOST_BYTES (256 << 20)
#define MOST_COUNT G_MAXINT32

struct _SagReportFile
{
  SagReportFacts  facts;
  SagReportBundle bundles[SAG_EVALUATE_MOST_MODELS];
  GArray         *tasks; /* SagReportTask */
  GArray         *cases; /* SagReportCase */
  GStringChunk   *words;
};

static gboolean
fail (GError **error, const char *sentence)
{
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, sentence);
  return FALSE;
}

/* Numbers that a report does not know are null, or not there. */
static double
number_of (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);
  GType     type =
    node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double (node) : NAN;
}

/* @n numbers; NaN in all of them if that is not what the node holds. */
static void
numbers_of (JsonNode *node, double *values, guint n)
{
  JsonArray *array =
    node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gboolean whole = array != NULL && json_array_get_length (array) == n;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *item = whole ? json_array_get_element (array, i) : NULL;

      whole = whole && JSON_NODE_HOLDS_VALUE (item);
      values[i] = whole && json_node_get_value_type (item) != G_TYPE_STRING &&
                      json_node_get_value_type (item) != G_TYPE_BOOLEAN
                    ? json_node_get_double (item)
                    : NAN;
      whole = whole && isfinite (values[i]);
    }
  for (guint i = 0; i < n && !whole; i++)
    values[i] = NAN;
}

static SagInterval
interval_of (JsonObject *object, const char *key)
{
  double ends[2];

  numbers_of (json_object_get_member (object, key), ends, 2);
  return (SagInterval){ ends[0], ends[1] };
}

static gboolean
get_count (JsonObject *object, const char *key, gsize *count, GError **error)
{
  gint64 value = 0;

  if (!sag_json_get_integer (object, key, 0, MOST_COUNT, &value, error))
    return FALSE;
  *count = (gsize) value;
  return TRUE;
}

static JsonObject *
object_in (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
read_bundles (SagReportFile *self, JsonObject *object, GError **error)
{
  JsonArray *array;

  if (!sag_json_get_array (object, "bundles", &array, error))
    return FALSE;
  self->facts.n_models = json_array_get_length (array);
  if (self->facts.n_models == 0 || self->facts.n_models > SAG_EVALUATE_MOST_MODELS)
    return fail (error, "\"bundles\" holds neither one bundle nor two.");
  for (guint m = 0; m < self->facts.n_models; m++)
    {
      SagReportBundle *bundle = &self->bundles[m];
      JsonObject      *from = object_in (array, m);
      const char      *name, *sha256;

      if (from == NULL)
        return fail (error, "\"bundles\" holds no object.");
      if (!sag_json_get_string (from, "name", &name, error) ||
          !sag_json_get_string (from, "sha256", &sha256, error) ||
          !sag_json_get_boolean (from, "trained", &bundle->trained, error) ||
          !sag_json_get_boolean (from, "synthetic", &bundle->synthetic, error))
        return FALSE;
      bundle->name = g_strdup (name);
      bundle->sha256 = g_strdup (sha256);
    }
  return TRUE;
}

static char **
dup_strings (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);
  g_autoptr (GStrvBuilder) strings = g_strv_builder_new ();
  JsonArray *array =
    node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode   *item = json_array_get_element (array, i);
      const char *string = JSON_NODE_HOLDS_VALUE (item) ? json_node_get_string (item) : NULL;

      if (string != NULL)
        g_strv_builder_add (strings, string);
    }
  return g_strv_builder_end (strings);
}

static gboolean
read_facts (SagReportFile *self, JsonObject *object, GError **error)
{
  SagReportFacts *facts = &self->facts;
  gsize           n_folds = 0, n_looks, n_bundles;
  JsonObject     *looks;

  if (!read_bundles (self, object, error) || !get_count (object, "scans", &facts->n_scans, error) ||
      !get_count (object, "patients", &facts->n_patients, error) ||
      !get_count (object, "synthetic_scans", &facts->n_synthetic, error) ||
      !get_count (object, "failed_scans", &facts->n_failed, error) ||
      !sag_json_get_number (object, "threshold", &facts->threshold, error) ||
      !sag_json_get_object (object, "holdout", &looks, error) ||
      !get_count (looks, "looks", &n_looks, error) ||
      !get_count (looks, "bundles", &n_bundles, error) ||
      (json_object_has_member (object, "folds") && !get_count (object, "folds", &n_folds, error)))
    return FALSE;
  if (!(facts->threshold > 0 && facts->threshold < 1))
    return fail (error, "\"threshold\" is no probability between 0 and 1.");
  facts->n_folds = (guint) n_folds;
  facts->looks = (SagLooks){ .n = (guint) n_looks, .n_bundles = (guint) n_bundles };
  facts->notes = dup_strings (object, "notes");
  return TRUE;
}

static gboolean
read_point (JsonObject *object, SagPoint *point, GError **error)
{
  if (!get_count (object, "true_positives", &point->n_true_positives, error) ||
      !get_count (object, "false_positives", &point->n_false_positives, error) ||
      !get_count (object, "true_negatives", &point->n_true_negatives, error) ||
      !get_count (object, "false_negatives", &point->n_false_negatives, error))
    return FALSE;
  point->threshold = NAN;
  point->sensitivity = number_of (object, "sensitivity");
  point->specificity = number_of (object, "specificity");
  point->sensitivity_interval = interval_of (object, "sensitivity_95");
  point->specificity_interval = interval_of (object, "specificity_95");
  return TRUE;
}

static gboolean
read_maps (JsonObject *object, SagReportMaps *maps, GError **error)
{
  if (!get_count (object, "present", &maps->n_present, error) ||
      !get_count (object, "sided", &maps->n_sided, error) ||
      !get_count (object, "absent", &maps->n_absent, error))
    return FALSE;
  maps->hit = number_of (object, "hit");
  maps->strict_hit = number_of (object, "strict_hit");
  maps->dice = number_of (object, "dice");
  maps->best_dice = number_of (object, "best_dice");
  maps->cell_dice = number_of (object, "cell_dice");
  maps->median_distance_mm = number_of (object, "median_distance_mm");
  maps->right_side = number_of (object, "right_side");
  maps->false_alarms = number_of (object, "false_alarms");
  return TRUE;
}

static SagTraining
training_of (const char *words)
{
  for (int t = 0; t <= SAG_TRAINING_TRAINED; t++)
    if (strcmp (sag_training_to_string ((SagTraining) t), words) == 0)
      return (SagTraining) t;
  return SAG_TRAINING_UNKNOWN;
}

static gboolean
read_model (const SagReportTask *task, JsonObject *object, SagReportModel *model, GError **error)
{
  const char *training;
  JsonObject *point, *maps;

  if (!sag_json_get_string (object, "training", &training, error) ||
      !sag_json_get_object (object, "point", &point, error) ||
      !read_point (point, &model->point, error))
    return FALSE;
  model->training = training_of (training);
  model->auroc =
    (SagAuroc){ task->n_positives, task->n - task->n_positives, number_of (object, "auroc"), NAN,
                interval_of (object, "auroc_delong_95") };
  model->auroc_interval = interval_of (object, "auroc_95");
  model->aupr = number_of (object, "aupr");
  model->aupr_interval = interval_of (object, "aupr_95");
  if (task->n_masks == 0)
    return TRUE;
  return sag_json_get_object (object, "maps", &maps, error) &&
         read_maps (maps, &model->maps, error);
}

static gboolean
read_models (const SagReportFile *self, SagReportTask *task, JsonObject *object, GError **error)
{
  JsonArray *models;

  if (!sag_json_get_array (object, "models", &models, error))
    return FALSE;
  if (json_array_get_length (models) != self->facts.n_models)
    return fail (error, "A task has not as many models as there are bundles.");
  for (guint m = 0; m < self->facts.n_models; m++)
    {
      JsonObject *from = object_in (models, m);

      if (from == NULL)
        return fail (error, "\"models\" holds no object.");
      if (!read_model (task, from, &task->models[m], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_pair (SagReportTask *task, JsonObject *object, GError **error)
{
  JsonObject   *from;
  SagAurocPair *pair = &task->pair;

  if (!sag_json_get_object (object, "comparison", &from, error))
    return FALSE;
  pair->difference = number_of (from, "auroc_difference");
  pair->interval = interval_of (from, "auroc_difference_delong_95");
  pair->p = number_of (from, "p");
  task->auroc_difference = interval_of (from, "auroc_difference_95");
  task->aupr_difference = interval_of (from, "aupr_difference_95");
  return TRUE;
}

static gboolean
read_words (SagReportFile *self, SagReportTask *task, JsonObject *object, GError **error)
{
  const char *text, *number;
  g_auto (GStrv) wordings = dup_strings (object, "wordings");
  GPtrArray *sentences;

  if (!sag_json_get_string (object, "task", &text, error) ||
      !sag_json_get_string (object, "number", &number, error))
    return FALSE;
  task->text = g_string_chunk_insert_const (self->words, text);
  sentences = g_ptr_array_new ();
  for (gsize i = 0; wordings[i] != NULL; i++)
    g_ptr_array_add (sentences, g_string_chunk_insert_const (self->words, wordings[i]));
  task->sentences = sentences;
  task->kind = sag_task_kind (task->text);
  task->detects = strcmp (number, "probability") != 0;
  return TRUE;
}

static gboolean
fill_task (SagReportFile *self, SagReportTask *task, JsonObject *object, GError **error)
{
  if (!read_words (self, task, object, error) || !get_count (object, "n", &task->n, error) ||
      !get_count (object, "positives", &task->n_positives, error) ||
      !get_count (object, "patients", &task->n_patients, error) ||
      !get_count (object, "masks", &task->n_masks, error) ||
      !get_count (object, "outside_the_box", &task->n_outside, error) ||
      !sag_json_get_boolean (object, "lesion", &task->lesion, error))
    return FALSE;
  if (task->n_positives > task->n || task->n_patients > task->n)
    return fail (error, "A task has more positives or patients than cases.");
  task->independent = task->n_patients == task->n;
  task->pair.too_few = MIN (task->n_positives, task->n - task->n_positives) < SAG_METRICS_FEWEST;
  task->median_ml = number_of (object, "median_ml");
  return read_models (self, task, object, error) &&
         (self->facts.n_models < 2 || read_pair (task, object, error));
}

static gboolean
read_tasks (SagReportFile *self, JsonObject *object, GError **error)
{
  JsonArray *array;

  if (!sag_json_get_array (object, "tasks", &array, error))
    return FALSE;
  for (guint t = 0; t < json_array_get_length (array); t++)
    {
      JsonObject   *from = object_in (array, t);
      SagReportTask task = { .changed = g_array_new (FALSE, FALSE, sizeof (guint)) };
      gboolean      whole = from != NULL ? fill_task (self, &task, from, error)
                                         : fail (error, "\"tasks\" holds no object.");

      g_array_append_val (self->tasks, task);
      if (!whole)
        return FALSE;
    }
  return TRUE;
}

static void
read_places (const SagReportFile *self, JsonObject *object, SagReportCase *one)
{
  JsonNode  *node = json_object_get_member (object, "peaks_ras_mm");
  JsonArray *peaks =
    node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = peaks != NULL ? json_array_get_length (peaks) : 0;

  for (guint m = 0; m < SAG_EVALUATE_MOST_MODELS; m++)
    numbers_of (m < MIN (n, self->facts.n_models) ? json_array_get_element (peaks, m) : NULL,
                one->peaks_ras_mm[m], 3);
  numbers_of (json_object_get_member (object, "mask_ras_mm"), one->mask_ras_mm, 3);
}

static gboolean
read_case (const SagReportFile *self, JsonObject *object, SagReportCase *one, GError **error)
{
  gint64 line, patient, truth, task;

  if (!sag_json_get_integer (object, "line", 0, MOST_COUNT, &line, error) ||
      !sag_json_get_integer (object, "index", 0, (gint64) self->tasks->len - 1, &task, error) ||
      !sag_json_get_integer (object, "patient", 0, MOST_COUNT, &patient, error) ||
      !sag_json_get_integer (object, "truth", -1, 1, &truth, error) ||
      (json_object_has_member (object, "case") &&
       !sag_json_get_integer (object, "case", 0, G_MAXINT64, &one->id, error)))
    return FALSE;
  one->line = (guint) line;
  one->task = (gsize) task;
  one->patient = (guint) patient;
  one->truth = (int) truth;
  numbers_of (json_object_get_member (object, "scores"), one->scores, (guint) self->facts.n_models);
  for (gsize m = 0; m < self->facts.n_models; m++)
    if (isnan (one->scores[m]))
      return fail (error, "\"scores\" does not hold a number of each model.");
  read_places (self, object, one);
  return TRUE;
}

static gboolean
read_cases (SagReportFile *self, JsonObject *object, GError **error)
{
  JsonArray *array;

  if (!sag_json_get_array (object, "cases", &array, error))
    return FALSE;
  for (guint c = 0; c < json_array_get_length (array); c++)
    {
      JsonObject   *from = object_in (array, c);
      SagReportCase one = { 0 };

      if (from == NULL)
        return fail (error, "\"cases\" holds no object.");
      if (!read_case (self, from, &one, error))
        return FALSE;
      g_array_append_val (self->cases, one);
    }
  return TRUE;
}

/* As the report found them, by the threshold that it names. */
static void
find_changed (SagReportFile *self)
{
  double share = self->facts.threshold, logit = log (share / (1 - share));

  for (guint c = 0; c < self->cases->len && self->facts.n_models > 1; c++)
    {
      const SagReportCase *one = &g_array_index (self->cases, SagReportCase, c);
      SagReportTask       *task = &g_array_index (self->tasks, SagReportTask, one->task);
      double               threshold = task->detects ? SAG_LOCALISE_THRESHOLD : logit;

      if (one->truth >= 0 && (one->scores[0] >= threshold) != (one->scores[1] >= threshold))
        g_array_append_val (task->changed, c);
    }
}

/* Curves and figures of one task must be of the same cases. */
static gboolean
check_counts (const SagReportFile *self, GError **error)
{
  g_autofree gsize *n = g_new0 (gsize, self->tasks->len);
  g_autofree gsize *n_positives = g_new0 (gsize, self->tasks->len);

  for (guint c = 0; c < self->cases->len; c++)
    {
      const SagReportCase *one = &g_array_index (self->cases, SagReportCase, c);

      n[one->task] += one->truth >= 0;
      n_positives[one->task] += one->truth == 1;
    }
  for (guint t = 0; t < self->tasks->len; t++)
    {
      const SagReportTask *task = &g_array_index (self->tasks, SagReportTask, t);

      if (task->n != n[t] || task->n_positives != n_positives[t])
        return fail (error, "The cases are not those of the figures.");
    }
  return TRUE;
}

static gboolean
check_version (JsonObject *object, GError **error)
{
  gint64      version;
  const char *format;

  if (!json_object_has_member (object, "format") && json_object_has_member (object, "tasks"))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                           "This report was written by an older Sagitta, without its cases; "
                           "measure again.");
      return FALSE;
    }
  if (!sag_json_get_string (object, "format", &format, error) ||
      !sag_json_get_integer (object, "version", 1, G_MAXINT32, &version, error))
    return FALSE;
  if (strcmp (format, SAG_REPORT_FORMAT) != 0)
    return fail (error, "This is no report.");
  if (version == SAG_REPORT_VERSION)
    return TRUE;
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                       "This report was written by another version of Sagitta; measure again.");
  return FALSE;
}

static gboolean
read_all (SagReportFile *self, JsonObject *object, GError **error)
{
  if (!check_version (object, error) || !read_facts (self, object, error) ||
      !read_tasks (self, object, error) || !read_cases (self, object, error) ||
      !check_counts (self, error))
    return FALSE;
  find_changed (self);
  return TRUE;
}

SagReportFile *
sag_report_file_parse (const char *text, gsize size_bytes, const char *name, GError **error)
{
  g_autoptr (JsonNode) node = sag_json_parse (text, size_bytes, name, error);
  g_autoptr (SagReportFile) self = NULL;

  if (node == NULL)
    return NULL;
  self = g_new0 (SagReportFile, 1);
  self->tasks = g_array_new (FALSE, FALSE, sizeof (SagReportTask));
  self->cases = g_array_new (FALSE, FALSE, sizeof (SagReportCase));
  self->words = g_string_chunk_new (4096);
  if (read_all (self, json_node_get_object (node), error))
    return g_steal_pointer (&self);
  g_prefix_error (error, "%s: ", name);
  return NULL;
}

SagReportFile *
sag_report_file_load (const char *path, GError **error)
{
  gsize            size;
  g_autofree char *text = sag_file_load (path, MOST_BYTES, &size, error);
  g_autofree char *name = sag_file_dup_display_name (path);

  return text != NULL ? sag_report_file_parse (text, size, name, error) : NULL;
}

void
sag_report_file_free (SagReportFile *file)
{
  if (file == NULL)
    return;
  for (guint t = 0; t < file->tasks->len; t++)
    {
      SagReportTask *task = &g_array_index (file->tasks, SagReportTask, t);

      g_array_unref (task->changed);
      if (task->sentences != NULL)
        g_ptr_array_unref ((GPtrArray *) task->sentences);
    }
  for (gsize m = 0; m < SAG_EVALUATE_MOST_MODELS; m++)
    {
      g_free (file->bundles[m].name);
      g_free (file->bundles[m].sha256);
    }
  g_array_unref (file->tasks);
  g_array_unref (file->cases);
  g_string_chunk_free (file->words);
  g_strfreev (file->facts.notes);
  g_free (file);
}

const SagReportFacts *
sag_report_file_get_facts (const SagReportFile *file)
{
  return &file->facts;
}

const SagReportBundle *
sag_report_file_get_bundle (const SagReportFile *file, gsize model)
{
  g_return_val_if_fail (model < file->facts.n_models, NULL);
  return &file->bundles[model];
}

gsize
sag_report_file_get_n_tasks (const SagReportFile *file)
{
  return file->tasks->len;
}

const SagReportTask *
sag_report_file_get_task (const SagReportFile *file, gsize task)
{
  g_return_val_if_fail (task < file->tasks->len, NULL);
  return &g_array_index (file->tasks, SagReportTask, task);
}

gsize
sag_report_file_get_n_cases (const SagReportFile *file)
{
  return file->cases->len;
}

const SagReportCase *
sag_report_file_get_case (const SagReportFile *file, gsize index)
{
  g_return_val_if_fail (index < file->cases->len, NULL);
  return &g_array_index (file->cases, SagReportCase, index);
}

void
sag_report_file_collect (const SagReportFile *file, gsize task, SagCases *cases)
{
  gsize n = sag_report_file_get_task (file, task)->n;

  *cases = (SagCases){ 0 };
  for (gsize m = 0; m < file->facts.n_models; m++)
    cases->scores[m] = g_new (double, n);
  cases->positive = g_new (guint8, n);
  cases->patients = g_new (guint32, n);
  cases->rows = g_new (guint, n);
  for (guint c = 0; c < file->cases->len; c++)
    {
      const SagReportCase *one = &g_array_index (file->cases, SagReportCase, c);

      if (one->task != task || one->truth < 0)
        continue;
      for (gsize m = 0; m < file->facts.n_models; m++)
        cases->scores[m][cases->n] = one->scores[m];
      cases->positive[cases->n] = one->truth == 1;
      cases->patients[cases->n] = one->patient;
      cases->rows[cases->n++] = c;
    }
}
