/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"
#include "app/cli/evaluate.h"
#include "app/cli/table.h"

#include "model/answer/answer.h"

#include <math.h>
#include <stdio.h>

typedef gboolean (*Wanted) (const SagReportTask *task);

static gboolean
has_cases (const SagReportTask *task)
{
  return !task->detects;
}

static gboolean
has_maps (const SagReportTask *task)
{
  return task->detects;
}

/* "(7)" behind what was asked in 7 wordings, "*" behind what was not trained word for word by the last model. */
static char *
dup_name (const SagCliEvaluation *self, const SagCliForm *form, const SagReportTask *task)
{
  g_autofree char *rest = sag_cli_form_dup_rest (form, task->text);
  SagTraining      training = task->models[self->n_models - 1].training;
  GString         *name = g_string_new (rest);

  if (task->sentences->len > 1)
    g_string_append_printf (name, " (%u)", task->sentences->len);
  if (training == SAG_TRAINING_OTHER_WORDING)
    g_string_append (name, " *");
  if (training == SAG_TRAINING_NEVER)
    g_string_append (name, " **");
  return g_string_free (name, FALSE);
}

static void
add_case (SagCliTable *table, const SagReportTask *task)
{
  const SagReportModel *model = &task->models[0];
  SagInterval           interval = sag_cli_auroc_interval (task, 0);

  sag_cli_table_number (table, model->auroc.auroc, 3);
  sag_cli_table_range (table, interval.low, interval.high, 3, FALSE);
  sag_cli_table_number (table, model->aupr, 3);
  sag_cli_table_number (table, model->point.sensitivity, 2);
  sag_cli_table_number (table, model->point.specificity, 2);
}

static void
add_case_pair (SagCliTable *table, const SagReportTask *task)
{
  SagInterval interval = sag_cli_difference_interval (task);

  sag_cli_table_number (table, task->models[0].auroc.auroc, 3);
  sag_cli_table_number (table, task->models[1].auroc.auroc, 3);
  sag_cli_table_range (table, interval.low, interval.high, 3, TRUE);
  if (isnan (task->pair.p))
    sag_cli_table_add (table, task->pair.too_few ? "too few" : "-");
  else
    sag_cli_table_add (table, task->pair.p < 0.001 ? "< 0.001" : "%.3f", task->pair.p);
  sag_cli_table_number (table, task->models[0].aupr, 3);
  sag_cli_table_number (table, task->models[1].aupr, 3);
}

typedef void (*AddRow) (SagCliTable *table, const SagReportTask *task);

/* @table (transfer full) gets a row of each task of one form, and its place if there are any. */
static void
add_rows (const SagCliEvaluation *self,
          const SagCliForm       *form,
          gboolean                detects,
          AddRow                  add,
          SagCliTable            *table,
          GPtrArray              *tables)
{
  gsize n = 0;

  for (gsize t = 0; t < sag_report_get_n_tasks (self->report); t++)
    {
      const SagReportTask *task = sag_report_get_task (self->report, t);
      g_autofree char     *name = NULL;

      if (!task->detects != !detects || sag_cli_form_of (task->text) != form)
        continue;
      name = dup_name (self, form, task);
      sag_cli_table_begin (table, name);
      sag_cli_table_add (table, "%zu", task->n);
      sag_cli_table_add (table, "%zu", task->n_positives);
      add (table, task);
      n++;
    }
  if (n > 0)
    g_ptr_array_add (tables, table);
  else
    sag_cli_table_free (table);
}

static void
add_cases (const SagCliEvaluation *self, const SagCliForm *form, GPtrArray *tables)
{
  const char *const one[] = { form->heading, "n",    "positive", "AUROC", "95 % interval",
                              "AUPR",        "sens", "spec",     NULL };
  const char *const two[] = { form->heading, "n", "positive", "AUROC A", "B",
                              "B - A, 95 %", "p", "AUPR A",   "B",       NULL };
  gboolean          two_models = self->n_models > 1;

  add_rows (self, form, FALSE, two_models ? add_case_pair : add_case,
            sag_cli_table_new (two_models ? two : one), tables);
}

static void
add_share (SagCliTable *table, double share, gsize n)
{
  if (n == 0)
    sag_cli_table_add (table, "-");
  else
    sag_cli_table_add (table, "%.0f/%zu", share * (double) n, n);
}

static void
add_map (SagCliTable *table, const SagReportTask *task)
{
  const SagReportMaps *maps = &task->models[0].maps;

  sag_cli_table_number (table, maps->hit, 2);
  sag_cli_table_number (table, maps->strict_hit, 2);
  if (isnan (maps->dice))
    sag_cli_table_add (table, "-");
  else
    sag_cli_table_add (table, "%.2f/%.2f", maps->dice, maps->best_dice);
  sag_cli_table_number (table, maps->median_distance_mm, 1);
  add_share (table, 1 - maps->right_side, maps->n_sided);
  add_share (table, maps->false_alarms, maps->n_absent);
  sag_cli_table_number (table, task->models[0].auroc.auroc, 3);
}

static void
add_map_pair (SagCliTable *table, const SagReportTask *task)
{
  const SagReportMaps *a = &task->models[0].maps, *b = &task->models[1].maps;

  sag_cli_table_number (table, a->hit, 2);
  sag_cli_table_number (table, b->hit, 2);
  sag_cli_table_number (table, a->strict_hit, 2);
  sag_cli_table_number (table, b->strict_hit, 2);
  sag_cli_table_number (table, a->dice, 2);
  sag_cli_table_number (table, b->dice, 2);
  sag_cli_table_number (table, a->median_distance_mm, 1);
  sag_cli_table_number (table, b->median_distance_mm, 1);
}

static void
add_maps (const SagCliEvaluation *self, const SagCliForm *form, GPtrArray *tables)
{
  const char *const one[] = { form->heading, "n",         "present", "hit",
                              "strict",      "Dice/best", "mm off",  "wrong side",
                              "alarms",      "AUROC",     NULL };
  const char *const two[] = { form->heading, "n",      "present", "hit A",    "B", "strict A",
                              "B",           "Dice A", "B",       "mm off A", "B", NULL };
  gboolean          two_models = self->n_models > 1;

  add_rows (self, form, TRUE, two_models ? add_map_pair : add_map,
            sag_cli_table_new (two_models ? two : one), tables);
}

static void
add_group (const SagCliEvaluation *self, SagCliTable *table, const SagReportGroup *group)
{
  const SagReportMaps *maps = &group->models[0].maps;
  SagInterval          interval = group->models[0].auroc_interval;

  sag_cli_table_add (table, "%u", group->tasks->len);
  sag_cli_table_number (table, group->models[0].auroc, 3);
  if (self->n_models > 1)
    {
      interval = group->auroc_difference;
      sag_cli_table_number (table, group->models[1].auroc, 3);
    }
  sag_cli_table_range (table, interval.low, interval.high, 3, self->n_models > 1);
  for (gsize m = 0; m < self->n_models; m++)
    sag_cli_table_number (table, group->models[m].aupr, 3);
  for (gsize m = 0; m < self->n_models; m++)
    sag_cli_table_number (table, group->n_maps > 0 ? group->models[m].maps.hit : NAN, 3);
  if (self->n_models > 1)
    return;
  sag_cli_table_number (table, group->n_maps > 0 ? maps->strict_hit : NAN, 3);
  sag_cli_table_number (table, maps->n_sided > 0 ? maps->right_side : NAN, 3);
  sag_cli_table_number (table, maps->n_absent > 0 ? maps->false_alarms : NAN, 3);
}

static void
add_groups (const SagCliEvaluation *self, GPtrArray *tables)
{
  const char *const one[] = {
    "Means over tasks", "tasks",  "AUROC", "95 % interval", "AUPR", "hit", "strict",
    "right side",       "alarms", NULL
  };
  const char *const two[] = { "Means over tasks", "tasks", "AUROC A", "B",     "B - A, 95 %",
                              "AUPR A",           "B",     "hit A",   "hit B", NULL };
  g_autoptr (SagCliTable) table = sag_cli_table_new (self->n_models > 1 ? two : one);

  for (gsize g = 0; g < sag_report_get_n_groups (self->report); g++)
    {
      const SagReportGroup *group = sag_report_get_group (self->report, g);

      sag_cli_table_begin (table, group->about);
      add_group (self, table, group);
    }
  if (sag_report_get_n_groups (self->report) > 0)
    g_ptr_array_add (tables, g_steal_pointer (&table));
}

#define MOST_CHANGED 20

/* Where there are too few for a p-value, the cases themselves: by their lines in the manifest. */
static void
print_changed (const SagCliEvaluation *self)
{
  guint n = 0;

  for (gsize t = 0; t < sag_report_get_n_tasks (self->report); t++)
    {
      const SagReportTask *task = sag_report_get_task (self->report, t);

      for (guint i = 0; task->pair.too_few && !task->detects && i < task->changed->len; i++)
        {
          const SagEvaluationRow *row =
            sag_evaluation_get_row (self->evaluation, g_array_index (task->changed, guint, i));
          g_autofree char *name = NULL;

          if (n++ >= MOST_CHANGED)
            continue;
          name = sag_cli_source_dup_case (row->sample, (gpointer) self->source);
          printf (SAG_CLI_LABEL "%s, %s: %.2f, then %.2f, of %s\n", n == 1 ? "changed" : "", name,
                  row->truth ? "positive" : "negative",
                  (double) sag_answer_sigmoid ((float) row->outcomes[0].score),
                  (double) sag_answer_sigmoid ((float) row->outcomes[1].score),
                  row->sample->question);
        }
    }
  if (n > MOST_CHANGED)
    printf (SAG_CLI_LABEL "and %u more; --output lists them all\n", "", n - MOST_CHANGED);
}

static void
print_header (const SagCliEvaluation *self)
{
  const SagEvaluationCounts *counts = sag_evaluation_get_counts (self->evaluation);
  const char *const         *warnings = sag_dataset_get_warnings (self->dataset);
  g_autofree char           *looks = sag_looks_dup_sentence (&self->looks);
  g_auto (GStrv) notes = sag_cli_evaluation_dup_notes (self);

  printf ("%s%s%s, split %s\n", sag_cli_bold (TRUE), self->manifest, sag_cli_bold (FALSE),
          self->split);
  printf (SAG_CLI_LABEL "%zu of %zu patients, %zu questions of %zu kinds\n", "scans",
          counts->n_scans, counts->n_patients, counts->n_rows, counts->n_tasks);
  if (counts->n_repeated > 0)
    printf (SAG_CLI_LABEL "%zu repeated rows count once\n", "", counts->n_repeated);
  if (counts->n_synthetic > 0)
    printf (SAG_CLI_LABEL "%zu of the scans are synthetic\n", "", counts->n_synthetic);
  if (counts->n_unknown > 0)
    printf (SAG_CLI_LABEL "%zu rows with an empty mask are left out: absent, or not drawn?\n", "",
            counts->n_unknown);
  if (counts->n_scope[SAG_SCOPE_OUT] + counts->n_scope[SAG_SCOPE_DOUBTFUL] > 0)
    printf (SAG_CLI_LABEL "%zu out of the model's scope and %zu doubtful; all of them count\n",
            "scope", counts->n_scope[SAG_SCOPE_OUT], counts->n_scope[SAG_SCOPE_DOUBTFUL]);
  for (gsize i = 0; warnings[i] != NULL; i++)
    sag_cli_print_sentence (i ? "" : "note", warnings[i]);
  for (gsize i = 0; notes[i] != NULL; i++)
    sag_cli_print_sentence ("note", notes[i]);
  sag_cli_print_sentence ("looks", looks);
  for (gsize m = 0; m < self->n_models; m++)
    {
      const char      *letter = self->n_models == 1 ? "" : m == 0 ? " A" : " B";
      g_autofree char *label = g_strconcat ("bundle", letter, NULL);

      printf (SAG_CLI_LABEL "%s\n", label, sag_bundle_get_name (self->bundles[m]));
      if (!sag_bundle_is_trained (self->bundles[m]))
        printf (SAG_CLI_LABEL "%sUntrained model: the numbers mean nothing%s\n", "",
                sag_cli_bold (TRUE), sag_cli_bold (FALSE));
      else if (sag_bundle_is_synthetic (self->bundles[m]))
        printf (SAG_CLI_LABEL "Demonstration model, trained on synthetic scans\n", "");
    }
  printf (SAG_CLI_LABEL "%s: %s, %s; %u scans at a time\n\n", "engine", self->infos[0].engine,
          self->infos[0].device, self->infos[0].precision, self->n_lanes);
}

static gboolean
any_task (const SagCliEvaluation *self, Wanted wanted)
{
  for (gsize t = 0; t < sag_report_get_n_tasks (self->report); t++)
    if (wanted (sag_report_get_task (self->report, t)))
      return TRUE;
  return FALSE;
}

static gboolean
has_wordings (const SagReportTask *task)
{
  return task->sentences->len > 1;
}

static gboolean
any_training (const SagCliEvaluation *self, SagTraining training)
{
  for (gsize t = 0; t < sag_report_get_n_tasks (self->report); t++)
    if (sag_report_get_task (self->report, t)->models[self->n_models - 1].training == training)
      return TRUE;
  return FALSE;
}

/* What the columns mean, of what was printed. */
static void
print_legend (const SagCliEvaluation *self)
{
  const SagReportOptions *options = sag_report_get_options (self->report);
  g_autofree char        *intervals = NULL;
  g_autofree char        *points = NULL;

  intervals = g_strdup_printf (
    "95 %% intervals of an AUROC by DeLong's method; of means and where a patient has several "
    "scans by a bootstrap over patients, %u rounds, seed %" G_GUINT64_FORMAT ".",
    options->n_rounds, options->seed);
  sag_cli_print_sentence ("intervals", intervals);
  if (self->n_models > 1)
    sag_cli_print_sentence ("p", "Two-sided, DeLong's test of paired AUROCs; none with fewer than "
                                 "10 positives or negatives.");
  points = g_strdup_printf (
    "Sensitivity and specificity where the probability reaches %g. It is one under the training "
    "mix, not of a disease.",
    options->threshold);
  if (any_task (self, has_cases) && self->n_models == 1)
    sag_cli_print_sentence ("sens, spec", points);
  if (any_task (self, has_maps))
    {
      sag_cli_print_sentence (
        "hit", "The box of the highest cell meets the structure; strict: its centre lies in it. "
               "mm off: median distance of that centre from the structure.");
      if (self->n_models == 1)
        sag_cli_print_sentence (
          "Dice", "Of the cells with a score of 0.5 or more, as blocks; best: the highest that any "
                  "choice of cells reaches.");
      sag_cli_print_sentence ("sides",
                              "Of structures that lie in one half of the analysed box, left or "
                              "right, peaks in the other half; right side: in the same.");
      sag_cli_print_sentence ("alarms",
                              "Maps with a score of 0.5 or more where the structure is absent.");
      sag_cli_print_sentence ("AUROC", "Of a \"Segment\" text: of the highest score of the map, "
                                       "where some scans lack the structure.");
    }
  if (any_task (self, has_wordings))
    sag_cli_print_sentence ("(2)", "So many wordings of the question, taken together. Trained ones "
                                   "and others stand apart.");
  if (any_training (self, SAG_TRAINING_OTHER_WORDING))
    sag_cli_print_sentence ("*", "Trained in other words.");
  if (any_training (self, SAG_TRAINING_NEVER))
    sag_cli_print_sentence ("**", "Never trained.");
}

static void
free_table (gpointer table)
{
  sag_cli_table_free (table);
}

void
sag_cli_evaluation_print (const SagCliEvaluation *self)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (free_table);
  const SagEvaluationCounts *counts = sag_evaluation_get_counts (self->evaluation);
  g_autofree char           *seconds = sag_cli_seconds (counts->seconds);
  g_autofree char *each = sag_cli_seconds (counts->seconds / (double) MAX (counts->n_scans, 1));

  for (gsize f = 0; f < SAG_CLI_N_FORMS; f++)
    {
      add_cases (self, &sag_cli_forms[f], tables);
      add_maps (self, &sag_cli_forms[f], tables);
    }
  add_groups (self, tables);
  print_header (self);
  sag_cli_tables_print (tables);
  if (self->n_models > 1)
    print_changed (self);
  print_legend (self);
  printf (SAG_CLI_LABEL "%s, %s a scan\n", "time", seconds, each);
  printf ("  Research use, not a medical device.\n\n");
}
