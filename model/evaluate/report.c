/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/report.h"

#include "model/evaluate/pools.h"
#include "model/evaluate/report-maps.h"

#include <math.h>
#include <string.h>

#define DEFAULT_THRESHOLD 0.5
#define DEFAULT_ROUNDS 1000

struct _SagReport
{
  const SagEvaluation *evaluation;
  SagReportOptions     options;
  gsize                n_models;
  gsize                n_tasks;
  SagReportTask       *tasks;
  GPtrArray           *pools;
  guint               *pool_of_row;
  GPtrArray           *groups;
};

/* As a score of the task: the class head's logit, or a map's score. */
static double
threshold_of (const SagReport *self, const SagReportModel *model)
{
  double share = self->options.threshold;

  return model->detects ? SAG_LOCALISE_THRESHOLD : log (share / (1 - share));
}

static void
find_changed (const SagReport *self, SagReportTask *task, const SagCases *cases)
{
  const double a = threshold_of (self, &task->models[0]);
  const double b = threshold_of (self, &task->models[1]);

  for (gsize i = 0; i < cases->n; i++)
    if ((cases->scores[0][i] >= a) != (cases->scores[1][i] >= b))
      g_array_append_val (task->changed, cases->rows[i]);
}

static gboolean
has_word (const char *text, const char *word)
{
  g_autofree char *lower = g_utf8_casefold (text, -1);
  g_auto (GStrv) words = g_strsplit_set (lower, " .,?!;:()", -1);

  return g_strv_contains ((const char *const *) words, word);
}

static SagLaterality
laterality_of (const char *text)
{
  SagCatalogue  *catalogue = sag_catalogue_get_default (NULL);
  const SagTask *task = catalogue != NULL ? sag_catalogue_find (catalogue, text) : NULL;
  gboolean       left, right;

  if (task != NULL)
    return task->laterality;
  left = has_word (text, "left");
  right = has_word (text, "right");
  if (left == right)
    return SAG_LATERALITY_NONE;
  return left ? SAG_LATERALITY_LEFT : SAG_LATERALITY_RIGHT;
}

/* The best of several wordings; of the first model they are all trained, or none is. */
static SagTraining
training_of (SagBundle *bundle, const GPtrArray *sentences, SagHead head)
{
  SagTraining best = SAG_TRAINING_UNKNOWN;

  for (guint i = 0; i < sentences->len; i++)
    best = MAX (best, sag_bundle_get_training (bundle, sentences->pdata[i], head));
  return best;
}

static void
fill_models (SagReport *self, SagReportTask *task, const SagCases *cases, SagBundle *const *bundles)
{
  const gboolean *has_map = sag_evaluation_get_counts (self->evaluation)->has_map;

  for (gsize m = 0; m < self->n_models; m++)
    {
      SagReportModel *model = &task->models[m];
      SagHead         head = SAG_HEAD_CLASS;

      model->detects = task->detects && has_map[m];
      if (model->detects)
        head = SAG_HEAD_PATCH;
      model->training = training_of (bundles[m], task->sentences, head);
      model->auroc = sag_metrics_delong (cases->scores[m], cases->positive, cases->n);
      model->aupr = isnan (model->auroc.auroc)
                      ? NAN
                      : sag_metrics_aupr (cases->scores[m], cases->positive, cases->n);
      model->point =
        sag_metrics_point (cases->scores[m], cases->positive, cases->n, threshold_of (self, model));
    }
  if (self->n_models < 2)
    return;
  task->pair = sag_metrics_compare (cases->scores[0], cases->scores[1], cases->positive, cases->n);
  if (!task->independent)
    task->pair.p = NAN;
  find_changed (self, task, cases);
}

/* "pleural effusion" of "Segment left pleural effusion in the image." */
static char *
dup_structure (const char *text)
{
  g_auto (SagTaskWords) words = { 0 };
  g_autoptr (GString) name = g_string_new (NULL);
  g_auto (GStrv) parts = NULL;

  sag_task_words_init (&words, text);
  parts = g_strsplit (words.finding != NULL ? words.finding : text, " ", -1);
  for (gsize i = 0; parts[i] != NULL; i++)
    if (g_ascii_strcasecmp (parts[i], "left") != 0 && g_ascii_strcasecmp (parts[i], "right") != 0)
      g_string_append_printf (name, " %s", parts[i]);
  return g_string_free (g_steal_pointer (&name), FALSE);
}

static gboolean
is_lesion (const char *text)
{
  SagCatalogue    *catalogue = sag_catalogue_get_default (NULL);
  g_autofree char *structure = dup_structure (text);
  g_autofree char *question = g_strconcat ("Look for", structure, NULL);

  for (gsize i = 0; catalogue != NULL && i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      const SagTask *task = sag_catalogue_get_task (catalogue, i);

      if (task->kind == SAG_TASK_DIAGNOSE &&
          sag_catalogue_same_finding (catalogue, task->text, question))
        return TRUE;
    }
  return FALSE;
}

static void
fill_task (SagReport        *self,
           gsize             index,
           const SagCases   *cases,
           const GArray     *rows,
           SagBundle *const *bundles)
{
  SagReportTask *task = &self->tasks[index];
  const SagPool *pool = self->pools->pdata[index];

  task->text = pool->text;
  task->sentences = pool->sentences;
  task->kind = sag_task_kind (task->text);
  task->detects = pool->detects;
  task->laterality = laterality_of (task->text);
  task->lesion = task->detects && is_lesion (task->text);
  task->changed = g_array_new (FALSE, FALSE, sizeof (guint));
  task->n = cases->n;
  for (gsize i = 0; i < cases->n; i++)
    task->n_positives += cases->positive[i];
  task->n_patients = sag_cases_count_patients (cases);
  task->independent = task->n_patients == cases->n;
  fill_models (self, task, cases, bundles);
  sag_report_maps_fill (task, self->evaluation, rows, self->n_models);
}

static void
free_array (gpointer array)
{
  g_array_unref (array);
}

/* Rows by task. */
static GPtrArray *
sort_rows (const SagReport *self)
{
  GPtrArray *sorted = g_ptr_array_new_with_free_func (free_array);

  for (gsize t = 0; t < self->n_tasks; t++)
    g_ptr_array_add (sorted, g_array_new (FALSE, FALSE, sizeof (guint)));
  for (guint i = 0; i < sag_evaluation_get_counts (self->evaluation)->n_rows; i++)
    g_array_append_val ((GArray *) sorted->pdata[self->pool_of_row[i]], i);
  return sorted;
}

/* What groups there are. Of a "Segment" text counts the map, else the class head's number. */
typedef struct
{
  const char *name;
  const char *about;
  gboolean (*holds) (const SagReportTask *task);
  gboolean detects; /* the AUROC is of maps' highest scores */
} GroupKind;

static gboolean
holds_findings (const SagReportTask *task)
{
  return !task->detects && task->kind != SAG_TASK_PREDICT;
}

static gboolean
holds_predictions (const SagReportTask *task)
{
  return !task->detects && task->kind == SAG_TASK_PREDICT;
}

static gboolean
holds_large (const SagReportTask *task)
{
  return task->detects && task->large && !task->lesion;
}

static gboolean
holds_small (const SagReportTask *task)
{
  return task->detects && !task->large && !task->lesion;
}

static gboolean
holds_lesions (const SagReportTask *task)
{
  return task->lesion;
}

static gboolean
holds_sides (const SagReportTask *task)
{
  return task->laterality != SAG_LATERALITY_NONE;
}

static gboolean
holds_trained (const SagReportTask *task)
{
  return task->models[0].training == SAG_TRAINING_TRAINED;
}

static gboolean
holds_new (const SagReportTask *task)
{
  return task->models[0].training == SAG_TRAINING_OTHER_WORDING ||
         task->models[0].training == SAG_TRAINING_NEVER;
}

static gboolean
holds_detections (const SagReportTask *task)
{
  return task->detects && task->n_positives > 0 && task->n_positives < task->n;
}

static const GroupKind group_kinds[] = {
  { "findings", "all findings", holds_findings, FALSE },
  { "predictions", "all predictions", holds_predictions, FALSE },
  { "large", "organs larger than a cell", holds_large, TRUE },
  { "small", "organs smaller than a cell", holds_small, TRUE },
  { "lesions", "findings as structures", holds_lesions, TRUE },
  { "detection", "structures that some scans lack", holds_detections, TRUE },
  { "sides", "left and right", holds_sides, FALSE },
  { "trained", "sentences trained verbatim", holds_trained, FALSE },
  { "new", "sentences not trained verbatim", holds_new, FALSE },
};

/* Draws of a few cases, all in order, all say 1: that is no interval. */
static SagInterval
interval_of (const SagBootstrap *bootstrap,
             SagBootstrapFigure  figure,
             gsize               model,
             const gsize        *tasks,
             gsize               n_tasks)
{
  SagInterval interval =
    sag_bootstrap_interval (bootstrap, figure, (SagBootstrapOf) model, tasks, n_tasks);

  return interval.high > interval.low ? interval : (SagInterval){ NAN, NAN };
}

static void
average (const SagReport    *self,
         SagReportGroup     *group,
         const GArray       *classes,
         const SagBootstrap *bootstrap)
{
  const gsize *which = (const gsize *) (const void *) classes->data;

  group->n_class = classes->len;
  for (gsize m = 0; m < self->n_models; m++)
    {
      double auroc = 0, aupr = 0;
      gsize  n_maps;

      for (guint i = 0; i < classes->len; i++)
        {
          auroc += self->tasks[which[i]].models[m].auroc.auroc;
          aupr += self->tasks[which[i]].models[m].aupr;
        }
      group->models[m].auroc = auroc / classes->len;
      group->models[m].aupr = aupr / classes->len;
      group->models[m].auroc_interval =
        interval_of (bootstrap, SAG_BOOTSTRAP_AUROC, m, which, classes->len);
      group->models[m].aupr_interval =
        interval_of (bootstrap, SAG_BOOTSTRAP_AUPR, m, which, classes->len);
      n_maps = sag_report_maps_average (self->tasks, group->tasks, m, &group->models[m].maps);
      group->n_maps = MAX (group->n_maps, n_maps);
    }
  group->auroc_difference = sag_bootstrap_interval (bootstrap, SAG_BOOTSTRAP_AUROC,
                                                    SAG_BOOTSTRAP_DIFFERENCE, which, classes->len);
  group->aupr_difference = sag_bootstrap_interval (bootstrap, SAG_BOOTSTRAP_AUPR,
                                                   SAG_BOOTSTRAP_DIFFERENCE, which, classes->len);
}

static void
add_group (SagReport *self, const GroupKind *kind, const SagBootstrap *bootstrap)
{
  SagReportGroup *group = g_new0 (SagReportGroup, 1);
  g_autoptr (GArray) classes = g_array_new (FALSE, FALSE, sizeof (gsize));

  group->name = kind->name;
  group->about = kind->about;
  group->tasks = g_array_new (FALSE, FALSE, sizeof (gsize));
  for (gsize t = 0; t < self->n_tasks; t++)
    {
      const SagReportTask *task = &self->tasks[t];

      if (!kind->holds (task))
        continue;
      g_array_append_val (group->tasks, t);
      if (task->detects == kind->detects && !isnan (task->models[0].auroc.auroc))
        g_array_append_val (classes, t);
    }
  g_ptr_array_add (self->groups, group);
  average (self, group, classes, bootstrap);
  if (group->n_class == 0 && group->n_maps == 0)
    g_ptr_array_set_size (self->groups, (gint) self->groups->len - 1);
}

static void
free_group (gpointer data)
{
  SagReportGroup *group = data;

  g_array_unref (group->tasks);
  g_free (group);
}

static SagBootstrap *
draw (SagReport *self, const SagCases *cases, GCancellable *cancellable, GError **error)
{
  g_autofree SagBootstrapTask *tasks = g_new0 (SagBootstrapTask, self->n_tasks);

  for (gsize t = 0; t < self->n_tasks; t++)
    tasks[t] = (SagBootstrapTask){ cases[t].n, cases[t].scores[0], cases[t].scores[1],
                                   cases[t].positive, cases[t].patients };
  return sag_bootstrap_new (tasks, self->n_tasks,
                            (guint) sag_evaluation_get_counts (self->evaluation)->n_patients,
                            self->options.n_rounds, self->options.seed, cancellable, error);
}

static void
fill_intervals (SagReport *self, const SagBootstrap *bootstrap)
{
  for (gsize t = 0; t < self->n_tasks; t++)
    {
      SagReportTask *task = &self->tasks[t];

      for (gsize m = 0; m < self->n_models; m++)
        {
          task->models[m].auroc_interval =
            sag_bootstrap_interval (bootstrap, SAG_BOOTSTRAP_AUROC, (SagBootstrapOf) m, &t, 1);
          task->models[m].aupr_interval =
            sag_bootstrap_interval (bootstrap, SAG_BOOTSTRAP_AUPR, (SagBootstrapOf) m, &t, 1);
        }
      task->auroc_difference =
        sag_bootstrap_interval (bootstrap, SAG_BOOTSTRAP_AUROC, SAG_BOOTSTRAP_DIFFERENCE, &t, 1);
      task->aupr_difference =
        sag_bootstrap_interval (bootstrap, SAG_BOOTSTRAP_AUPR, SAG_BOOTSTRAP_DIFFERENCE, &t, 1);
    }
}

static gboolean
fill (SagReport *self, SagBundle *const *bundles, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) rows = sort_rows (self);
  g_autofree SagCases *cases = g_new0 (SagCases, self->n_tasks);
  g_autoptr (SagBootstrap) bootstrap = NULL;

  for (gsize t = 0; t < self->n_tasks; t++)
    {
      sag_cases_collect (&cases[t], self->evaluation, rows->pdata[t], self->n_models);
      fill_task (self, t, &cases[t], rows->pdata[t], bundles);
    }
  bootstrap = draw (self, cases, cancellable, error);
  for (gsize t = 0; t < self->n_tasks; t++)
    sag_cases_clear (&cases[t]);
  if (bootstrap == NULL)
    return FALSE;
  fill_intervals (self, bootstrap);
  for (gsize g = 0; g < G_N_ELEMENTS (group_kinds); g++)
    add_group (self, &group_kinds[g], bootstrap);
  return TRUE;
}

SagReport *
sag_report_new (const SagEvaluation    *evaluation,
                SagBundle *const       *bundles,
                const SagReportOptions *options,
                GCancellable           *cancellable,
                GError                **error)
{
  const SagEvaluationCounts *counts = sag_evaluation_get_counts (evaluation);
  g_autoptr (SagReport) self = g_new0 (SagReport, 1);

  self->evaluation = evaluation;
  self->options = *options;
  if (!(self->options.threshold > 0))
    self->options.threshold = DEFAULT_THRESHOLD;
  if (self->options.n_rounds == 0)
    self->options.n_rounds = DEFAULT_ROUNDS;
  self->n_models = counts->n_models;
  self->pools = sag_pools_new (evaluation, bundles[0], options->by_sentence, &self->pool_of_row);
  self->n_tasks = self->pools->len;
  self->tasks = g_new0 (SagReportTask, self->n_tasks);
  self->groups = g_ptr_array_new_with_free_func (free_group);
  return fill (self, bundles, cancellable, error) ? g_steal_pointer (&self) : NULL;
}

void
sag_report_free (SagReport *report)
{
  if (report == NULL)
    return;
  for (gsize t = 0; t < report->n_tasks; t++)
    g_clear_pointer (&report->tasks[t].changed, g_array_unref);
  g_free (report->tasks);
  g_free (report->pool_of_row);
  g_clear_pointer (&report->pools, g_ptr_array_unref);
  g_ptr_array_unref (report->groups);
  g_free (report);
}

const SagEvaluation *
sag_report_get_evaluation (const SagReport *report)
{
  return report->evaluation;
}

const SagReportOptions *
sag_report_get_options (const SagReport *report)
{
  return &report->options;
}

static gboolean
needs_maps (const SagReport *self)
{
  for (gsize t = 0; t < self->n_tasks; t++)
    if (self->tasks[t].detects || self->tasks[t].n_masks > 0)
      return TRUE;
  return FALSE;
}

char **
sag_report_dup_notes (const SagReport *report, const char *const *notes)
{
  const SagEvaluationCounts *counts = sag_evaluation_get_counts (report->evaluation);
  const gboolean            *has_map = counts->has_map;
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_autofree char *left_out = NULL;

  for (gsize i = 0; notes != NULL && notes[i] != NULL; i++)
    g_strv_builder_add (all, notes[i]);
  if (counts->n_for_maps > 0)
    {
      left_out = g_strdup_printf ("Rows left out because they have a mask and no label, and the "
                                  "model draws no map: %zu.",
                                  counts->n_for_maps);
      g_strv_builder_add (all, left_out);
    }
  if (counts->n_models > 1 && has_map[0] != has_map[1] && needs_maps (report))
    g_strv_builder_add (all, has_map[0]
                               ? "The second model draws no map: figures of maps are the first's "
                                 "alone, and where its map answers the second gives its class "
                                 "number."
                               : "The first model draws no map: figures of maps are the second's "
                                 "alone, and where its map answers the first gives its class "
                                 "number.");
  return g_strv_builder_end (all);
}

gsize
sag_report_get_n_tasks (const SagReport *report)
{
  return report->n_tasks;
}

const SagReportTask *
sag_report_get_task (const SagReport *report, gsize task)
{
  return &report->tasks[task];
}

void
sag_report_collect (const SagReport *report, gsize task, SagCases *cases)
{
  g_autoptr (GPtrArray) rows = sort_rows (report);

  sag_cases_collect (cases, report->evaluation, rows->pdata[task], report->n_models);
}

gsize
sag_report_find_task (const SagReport *report, gsize row)
{
  return report->pool_of_row[row];
}

gsize
sag_report_get_n_groups (const SagReport *report)
{
  return report->groups->len;
}

const SagReportGroup *
sag_report_get_group (const SagReport *report, gsize group)
{
  return report->groups->pdata[group];
}
