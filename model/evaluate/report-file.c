/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/report-file.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/evaluate/report-figures.h"
#include "model/evaluate/report-maps.h"

#include <math.h>
#include <string.h>

/* Reading takes some 50 times as much memory; 54,000 cases of two models are about 15 MB. */
#define MOST_BYTES (64 << 20)
#define MOST_COUNT G_MAXINT32
#define MOST_MM 1e5
#define MOST_ML 1e6

struct _SagReportFile
{
  SagReportFacts  facts;
  SagReportBundle bundles[SAG_EVALUATE_MOST_MODELS];
  GArray         *tasks; /* SagReportTask */
  GArray         *cases; /* SagReportCase */
  GStringChunk   *words;
};

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
    return sag_report_figures_fail (error, "\"bundles\" holds neither one bundle nor two.");
  for (guint m = 0; m < self->facts.n_models; m++)
    {
      SagReportBundle *bundle = &self->bundles[m];
      JsonObject      *from = object_in (array, m);
      const char      *name, *sha256;

      if (from == NULL)
        return sag_report_figures_fail (error, "\"bundles\" holds no object.");
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

static gboolean
read_facts (SagReportFile *self, JsonObject *object, GError **error)
{
  SagReportFacts *facts = &self->facts;
  gsize           n_folds = 0, n_looks, n_bundles;
  JsonObject     *looks;

  if (!read_bundles (self, object, error) ||
      !sag_report_figures_count (object, "scans", &facts->n_scans, error) ||
      !sag_report_figures_count (object, "patients", &facts->n_patients, error) ||
      !sag_report_figures_count (object, "synthetic_scans", &facts->n_synthetic, error) ||
      !sag_report_figures_count (object, "failed_scans", &facts->n_failed, error) ||
      !sag_json_get_number (object, "threshold", &facts->threshold, error) ||
      !sag_json_get_object (object, "holdout", &looks, error) ||
      !sag_report_figures_count (looks, "looks", &n_looks, error) ||
      !sag_report_figures_count (looks, "bundles", &n_bundles, error) ||
      (json_object_has_member (object, "folds") &&
       !sag_report_figures_count (object, "folds", &n_folds, error)))
    return FALSE;
  if (!(facts->threshold > 0 && facts->threshold < 1))
    return sag_report_figures_fail (error, "\"threshold\" is no probability between 0 and 1.");
  facts->n_folds = (guint) n_folds;
  facts->looks = (SagLooks){ .n = (guint) n_looks, .n_bundles = (guint) n_bundles };
  facts->notes = sag_report_figures_dup_strings (object, "notes");
  return TRUE;
}

static double
share (gsize part, gsize whole)
{
  return whole > 0 ? (double) part / (double) whole : NAN;
}

/* The counts must be those of the task's cases; what follows from them is not read. */
static gboolean
read_point (const SagReportTask *task, JsonObject *object, SagPoint *point, GError **error)
{
  const gsize n_negatives = task->n - task->n_positives;

  if (!sag_report_figures_count (object, "true_positives", &point->n_true_positives, error) ||
      !sag_report_figures_count (object, "false_positives", &point->n_false_positives, error) ||
      !sag_report_figures_count (object, "true_negatives", &point->n_true_negatives, error) ||
      !sag_report_figures_count (object, "false_negatives", &point->n_false_negatives, error))
    return FALSE;
  if (point->n_true_positives + point->n_false_negatives != task->n_positives ||
      point->n_true_negatives + point->n_false_positives != n_negatives)
    return sag_report_figures_fail (error, "The answers at the threshold are not of all cases.");
  point->threshold = NAN;
  point->sensitivity = share (point->n_true_positives, task->n_positives);
  point->specificity = share (point->n_true_negatives, n_negatives);
  point->sensitivity_interval = sag_metrics_wilson (point->n_true_positives, task->n_positives);
  point->specificity_interval = sag_metrics_wilson (point->n_true_negatives, n_negatives);
  return TRUE;
}

static gboolean
read_maps (const SagReportTask *task, JsonObject *object, SagReportMaps *maps, GError **error)
{
  static const SagReportFigure figures[] = {
    { "hit", G_STRUCT_OFFSET (SagReportMaps, hit), 0, 1, 1 },
    { "strict_hit", G_STRUCT_OFFSET (SagReportMaps, strict_hit), 0, 1, 1 },
    { "dice", G_STRUCT_OFFSET (SagReportMaps, dice), 0, 1, 1 },
    { "best_dice", G_STRUCT_OFFSET (SagReportMaps, best_dice), 0, 1, 1 },
    { "cell_dice", G_STRUCT_OFFSET (SagReportMaps, cell_dice), 0, 1, 1 },
    { "median_distance_mm", G_STRUCT_OFFSET (SagReportMaps, median_distance_mm), 0, MOST_MM, 1 },
    { "right_side", G_STRUCT_OFFSET (SagReportMaps, right_side), 0, 1, 1 },
    { "false_alarms", G_STRUCT_OFFSET (SagReportMaps, false_alarms), 0, 1, 1 },
  };

  if (!sag_report_figures_count (object, "present", &maps->n_present, error) ||
      !sag_report_figures_count (object, "sided", &maps->n_sided, error) ||
      !sag_report_figures_count (object, "absent", &maps->n_absent, error) ||
      !sag_report_figures_read (object, figures, G_N_ELEMENTS (figures), maps, error))
    return FALSE;
  return (maps->n_present + maps->n_absent <= task->n_masks && maps->n_sided <= maps->n_present) ||
         sag_report_figures_fail (error, "The maps are of more cases than have a mask.");
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
is_score (const char *number)
{
  return strcmp (number, "probability") != 0;
}

static gboolean
read_model (const SagReportTask *task, JsonObject *object, SagReportModel *model, GError **error)
{
  static const SagReportFigure figures[] = {
    { "auroc", G_STRUCT_OFFSET (SagReportModel, auroc.auroc), 0, 1, 1 },
    { "auroc_delong_95", G_STRUCT_OFFSET (SagReportModel, auroc.interval), 0, 1, 2 },
    { "auroc_95", G_STRUCT_OFFSET (SagReportModel, auroc_interval), 0, 1, 2 },
    { "aupr", G_STRUCT_OFFSET (SagReportModel, aupr), 0, 1, 1 },
    { "aupr_95", G_STRUCT_OFFSET (SagReportModel, aupr_interval), 0, 1, 2 },
  };
  const char *training, *number = NULL;
  JsonObject *point, *maps;
  JsonNode   *drawn = json_object_get_member (object, "maps");

  model->auroc = (SagAuroc){ task->n_positives, task->n - task->n_positives, NAN, NAN, { 0 } };
  if (!sag_json_get_string (object, "training", &training, error) ||
      !sag_report_figures_read (object, figures, G_N_ELEMENTS (figures), model, error) ||
      !sag_json_get_object (object, "point", &point, error) ||
      !read_point (task, point, &model->point, error))
    return FALSE;
  model->training = training_of (training);
  if (json_object_has_member (object, "number") &&
      !sag_json_get_string (object, "number", &number, error))
    return FALSE;
  model->detects = number != NULL ? is_score (number) : task->detects;
  if (drawn != NULL && JSON_NODE_HOLDS_NULL (drawn))
    {
      sag_report_maps_clear (&model->maps);
      return TRUE;
    }
  return task->n_masks == 0 || (sag_json_get_object (object, "maps", &maps, error) &&
                                read_maps (task, maps, &model->maps, error));
}

static gboolean
read_models (const SagReportFile *self, SagReportTask *task, JsonObject *object, GError **error)
{
  JsonArray *models;

  if (!sag_json_get_array (object, "models", &models, error))
    return FALSE;
  if (json_array_get_length (models) != self->facts.n_models)
    return sag_report_figures_fail (error, "A task has not as many models as there are bundles.");
  for (guint m = 0; m < self->facts.n_models; m++)
    {
      JsonObject *from = object_in (models, m);

      if (from == NULL)
        return sag_report_figures_fail (error, "\"models\" holds no object.");
      if (!read_model (task, from, &task->models[m], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_pair (SagReportTask *task, JsonObject *object, GError **error)
{
  static const SagReportFigure figures[] = {
    { "auroc_difference", G_STRUCT_OFFSET (SagReportTask, pair.difference), -1, 1, 1 },
    { "auroc_difference_delong_95", G_STRUCT_OFFSET (SagReportTask, pair.interval), -1, 1, 2 },
    { "p", G_STRUCT_OFFSET (SagReportTask, pair.p), 0, 1, 1 },
    { "auroc_difference_95", G_STRUCT_OFFSET (SagReportTask, auroc_difference), -1, 1, 2 },
    { "aupr_difference_95", G_STRUCT_OFFSET (SagReportTask, aupr_difference), -1, 1, 2 },
  };
  JsonObject *from;

  return sag_json_get_object (object, "comparison", &from, error) &&
         sag_report_figures_read (from, figures, G_N_ELEMENTS (figures), task, error);
}

static gboolean
read_words (SagReportFile *self, SagReportTask *task, JsonObject *object, GError **error)
{
  const char *text, *number;
  g_auto (GStrv) wordings = sag_report_figures_dup_strings (object, "wordings");
  GPtrArray *sentences;

  if (!sag_json_get_string (object, "task", &text, error) ||
      !sag_json_get_string (object, "number", &number, error))
    return FALSE;
  if (wordings[0] == NULL)
    return sag_report_figures_fail (error, "A task has no wordings.");
  task->text = g_string_chunk_insert_const (self->words, text);
  sentences = g_ptr_array_new ();
  for (gsize i = 0; wordings[i] != NULL; i++)
    g_ptr_array_add (sentences, g_string_chunk_insert_const (self->words, wordings[i]));
  task->sentences = sentences;
  task->kind = sag_task_kind (task->text);
  task->detects = is_score (number);
  return TRUE;
}

static gboolean
fill_task (SagReportFile *self, SagReportTask *task, JsonObject *object, GError **error)
{
  static const SagReportFigure figures[] = {
    { "median_ml", G_STRUCT_OFFSET (SagReportTask, median_ml), 0, MOST_ML, 1 },
  };

  if (!read_words (self, task, object, error) ||
      !sag_report_figures_count (object, "n", &task->n, error) ||
      !sag_report_figures_count (object, "positives", &task->n_positives, error) ||
      !sag_report_figures_count (object, "patients", &task->n_patients, error) ||
      !sag_report_figures_count (object, "masks", &task->n_masks, error) ||
      !sag_report_figures_count (object, "outside_the_box", &task->n_outside, error) ||
      !sag_report_figures_read (object, figures, G_N_ELEMENTS (figures), task, error) ||
      !sag_json_get_boolean (object, "lesion", &task->lesion, error))
    return FALSE;
  if (task->n_positives > task->n || task->n_patients > task->n)
    return sag_report_figures_fail (error, "A task has more positives or patients than cases.");
  task->independent = task->n_patients == task->n;
  task->pair.too_few = MIN (task->n_positives, task->n - task->n_positives) < SAG_METRICS_FEWEST;
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
                                         : sag_report_figures_fail (error, "\"tasks\" holds no object.");

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
    sag_report_figures_numbers (
      m < MIN (n, self->facts.n_models) ? json_array_get_element (peaks, m) : NULL,
      one->peaks_ras_mm[m], 3);
  sag_report_figures_numbers (json_object_get_member (object, "mask_ras_mm"), one->mask_ras_mm, 3);
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
  sag_report_figures_numbers (json_object_get_member (object, "scores"), one->scores,
                              (guint) self->facts.n_models);
  for (gsize m = 0; m < self->facts.n_models; m++)
    if (isnan (one->scores[m]))
      return sag_report_figures_fail (error, "\"scores\" does not hold a number of each model.");
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
        return sag_report_figures_fail (error, "\"cases\" holds no object.");
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
  double thresholds[SAG_EVALUATE_MOST_MODELS];

  for (guint c = 0; c < self->cases->len && self->facts.n_models > 1; c++)
    {
      const SagReportCase *one = &g_array_index (self->cases, SagReportCase, c);
      SagReportTask       *task = &g_array_index (self->tasks, SagReportTask, one->task);

      for (gsize m = 0; m < self->facts.n_models; m++)
        thresholds[m] = task->models[m].detects ? SAG_LOCALISE_THRESHOLD : logit;
      if (one->truth >= 0 && (one->scores[0] >= thresholds[0]) != (one->scores[1] >= thresholds[1]))
        g_array_append_val (task->changed, c);
    }
}

/* Curves and figures of one task must be of the same cases. */
static gboolean
check_counts (const SagReportFile *self, GError **error)
{
  g_autofree gsize *n = g_new0 (gsize, self->tasks->len);
  g_autofree gsize *n_all = g_new0 (gsize, self->tasks->len);
  g_autofree gsize *n_positives = g_new0 (gsize, self->tasks->len);

  for (guint c = 0; c < self->cases->len; c++)
    {
      const SagReportCase *one = &g_array_index (self->cases, SagReportCase, c);

      n_all[one->task]++;
      n[one->task] += one->truth >= 0;
      n_positives[one->task] += one->truth == 1;
    }
  for (guint t = 0; t < self->tasks->len; t++)
    {
      const SagReportTask *task = &g_array_index (self->tasks, SagReportTask, t);

      if (task->n != n[t] || task->n_positives != n_positives[t] || task->n_masks > n_all[t] ||
          task->n_outside > task->n_masks)
        return sag_report_figures_fail (error, "The cases are not those of the figures.");
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
    return sag_report_figures_fail (error, "This is no report.");
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
