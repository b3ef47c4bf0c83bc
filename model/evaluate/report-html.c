/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/report-html.h"

#include "model/core/number.h"
#include "model/core/version.h"
#include "model/evaluate/plot.h"
#include "model/evaluate/report-style.h"

#include <math.h>

#define BAR_WIDTH 180.0

typedef struct
{
  const SagReport     *report;
  const SagReportPage *page;
  gsize                n_models;
  GString             *text;
} Writing;

static void append (Writing *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Every string is escaped; what is HTML stands in the format. */
static void
append (Writing *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list          values;

  va_start (values, format);
  text = g_markup_vprintf_escaped (format, values);
  va_end (values);
  g_string_append (self->text, text);
}

static char *
dup_number (double value, int n_digits)
{
  char buffer[32], format[8];

  if (isnan (value))
    return g_strdup ("–");
  g_snprintf (format, sizeof format, "%%.%df", n_digits);
  g_ascii_formatd (buffer, sizeof buffer, format, fabs (value));
  return g_strconcat (value < 0 ? "−" : "", buffer, NULL);
}

static char *
dup_with_interval (double value, const SagInterval *interval)
{
  g_autofree char *centre = dup_number (value, 3);
  g_autofree char *low = dup_number (interval->low, 3);
  g_autofree char *high = dup_number (interval->high, 3);

  if (isnan (interval->low) || isnan (value))
    return g_steal_pointer (&centre);
  return g_strdup_printf ("%s (%s to %s)", centre, low, high);
}

static const char *
name_of (const Writing *self, gsize model)
{
  static const char *const letters[] = { "A", "B" };

  if (self->page->names != NULL)
    return self->page->names[model];
  return self->n_models > 1 ? letters[model > 0] : sag_bundle_get_name (self->page->bundles[model]);
}

static SagInterval
interval_of (const SagReportTask *task, gsize model)
{
  return task->independent ? task->models[model].auroc.interval
                           : task->models[model].auroc_interval;
}

static void
append_number_cell (Writing *self, double value, int n_digits)
{
  g_autofree char *number = dup_number (value, n_digits);

  append (self, "<td class=\"n\">%s</td>", number);
}

static void
append_head (Writing *self)
{
  const SagEvaluationCounts *counts =
    sag_evaluation_get_counts (sag_report_get_evaluation (self->report));
  const char *const *notes = self->page->notes;

  append (self, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  append (self, "<title>%s: how right the answers are</title>\n", self->page->title);
  g_string_append (self->text, sag_report_style);
  append (self, "</head>\n<body>\n<header>\n<p class=\"over\">Sagitta · evaluation</p>\n");
  append (self, "<h1>%s</h1>\n", self->page->title);
  append (self, "<p class=\"lead\">%zu scans of %zu patients, %zu questions, split “%s”.%s</p>\n",
          counts->n_scans, counts->n_patients, counts->n_rows, self->page->split,
          self->n_models > 1 ? " Two models answered the same cases." : "");
  append (self, "</header>\n");
  for (gsize m = 0; m < self->n_models; m++)
    {
      if (!sag_bundle_is_trained (self->page->bundles[m]))
        append (self, "<p class=\"warn\">%s is untrained: its numbers mean nothing.</p>\n",
                name_of (self, m));
      else if (sag_bundle_is_synthetic (self->page->bundles[m]))
        append (self, "<p class=\"note\">%s is a demonstration, trained on synthetic scans.</p>\n",
                name_of (self, m));
    }
  for (gsize i = 0; notes != NULL && notes[i] != NULL; i++)
    append (self, "<p class=\"note\">%s</p>\n", notes[i]);
  if (self->page->looks != NULL)
    {
      g_autofree char *sentence = sag_looks_dup_sentence (self->page->looks);

      append (self, "<p class=\"%s\">%s</p>\n", self->page->looks->n != 1 ? "warn" : "note",
              sentence);
    }
}

static void
append_place (Writing *self, const char *name, double value, const char *more)
{
  char buffer[32];

  append (self, " %s=\"%s\"", name, g_ascii_formatd (buffer, sizeof buffer, "%.1f", value));
  g_string_append (self->text, more);
}

/* The intervals of the AUROCs, from 0 to 1, over a line at chance. */
static void
append_bars (Writing *self, const SagReportTask *task)
{
  double height = self->n_models > 1 ? 24 : 16;

  append (self,
          "<td><svg class=\"bars\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" "
          "aria-hidden=\"true\"><polyline class=\"frame\" points=\"4,%.0f %.0f,%.0f\"/>"
          "<polyline class=\"guide\" points=\"%.0f,0 %.0f,%.0f\"/>",
          BAR_WIDTH, height, BAR_WIDTH, height, height - 1, BAR_WIDTH - 4, height - 1,
          BAR_WIDTH / 2, BAR_WIDTH / 2, height);
  for (gsize m = 0; m < self->n_models; m++)
    {
      SagInterval interval = interval_of (task, m);
      double      y = 6 + 10 * (double) m, auroc = task->models[m].auroc.auroc;
      const char *class = m == 0 ? "first" : "second";

      if (isnan (auroc))
        continue;
      if (!isnan (interval.low))
        {
          append (self, "<line class=\"%s\" stroke-width=\"2\"", class);
          append_place (self, "x1", 4 + interval.low * (BAR_WIDTH - 8), "");
          append_place (self, "x2", 4 + interval.high * (BAR_WIDTH - 8), "");
          append_place (self, "y1", y, "");
          append_place (self, "y2", y, "/>");
        }
      append (self, "<circle class=\"%s full\" r=\"3.5\"", class);
      append_place (self, "cx", 4 + auroc * (BAR_WIDTH - 8), "");
      append_place (self, "cy", y, "/>");
    }
  append (self, "</svg></td>");
}

static void
append_p (Writing *self, const SagReportTask *task)
{
  g_autofree char *p = dup_number (task->pair.p, 3);

  if (!isnan (task->pair.p))
    append (self, "<td class=\"n\">%s</td>", task->pair.p < 0.001 ? "< 0.001" : p);
  else
    append (self, "<td class=\"n\" title=\"%s\">%s</td>",
            task->pair.too_few  ? "Fewer than 10 positives or negatives: see the changed cases"
            : task->independent ? "The difference has no variance"
                                : "Several scans of a patient: see the interval",
            task->pair.too_few ? "too few" : "–");
}

static void
append_overview (Writing *self)
{
  append (self, "<h2>At a glance</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>Task</th>"
                "<th class=\"n\">Cases</th><th class=\"n\">Positive</th>");
  for (gsize m = 0; m < self->n_models; m++)
    append (self, "<th class=\"n %s\">AUROC %s</th>", m == 0 ? "first" : "second",
            self->n_models > 1 ? name_of (self, m) : "");
  if (self->n_models > 1)
    append (self, "<th class=\"n\">Difference, 95&#160;%%</th><th class=\"n\">p</th>");
  append (self, "<th>0 · chance · 1</th></tr></thead>\n<tbody>\n");
  for (gsize t = 0; t < sag_report_get_n_tasks (self->report); t++)
    {
      const SagReportTask *task = sag_report_get_task (self->report, t);

      append (self, "<tr><td><a href=\"#task-%zu\">%s</a></td><td class=\"n\">%zu</td>", t,
              task->text, task->n);
      append (self, "<td class=\"n\">%zu</td>", task->n_positives);
      for (gsize m = 0; m < self->n_models; m++)
        append_number_cell (self, task->models[m].auroc.auroc, 3);
      if (self->n_models > 1)
        {
          SagInterval interval = task->independent ? task->pair.interval : task->auroc_difference;
          g_autofree char *difference = dup_with_interval (task->pair.difference, &interval);

          append (self, "<td class=\"n\">%s</td>", difference);
          append_p (self, task);
        }
      append_bars (self, task);
      append (self, "</tr>\n");
    }
  append (self, "</tbody></table></div>\n");
}

static void
append_groups (Writing *self)
{
  gsize n = sag_report_get_n_groups (self->report);

  if (n == 0)
    return;
  append (self, "<h2>Means over tasks</h2>\n<div class=\"wide\"><table><thead><tr><th></th>"
                "<th class=\"n\">Tasks</th>");
  for (gsize m = 0; m < self->n_models; m++)
    append (self, "<th class=\"n\">AUROC %s</th><th class=\"n\">AUPR %s</th>", name_of (self, m),
            name_of (self, m));
  append (self, "</tr></thead><tbody>\n");
  for (gsize g = 0; g < n; g++)
    {
      const SagReportGroup *group = sag_report_get_group (self->report, g);

      append (self, "<tr><td>%s</td><td class=\"n\">%u</td>", group->about, group->tasks->len);
      for (gsize m = 0; m < self->n_models; m++)
        {
          g_autofree char *auroc =
            dup_with_interval (group->models[m].auroc, &group->models[m].auroc_interval);
          g_autofree char *aupr =
            dup_with_interval (group->models[m].aupr, &group->models[m].aupr_interval);

          append (self, "<td class=\"n\">%s</td><td class=\"n\">%s</td>", auroc, aupr);
        }
      append (self, "</tr>\n");
    }
  append (self, "</tbody></table></div>\n");
}

static void
append_plots (Writing *self, gsize index)
{
  SagPlotWords words = { .names = { name_of (self, 0) } };

  if (self->n_models > 1)
    words.names[1] = name_of (self, 1);
  append (self, "<div class=\"plots\">\n");
  for (int kind = 0; kind < SAG_N_PLOTS; kind++)
    {
      g_autoptr (SagPlot) plot = sag_plot_new (self->report, index, (SagPlotKind) kind, &words);
      g_autofree char *svg =
        plot != NULL ? sag_plot_dup_svg (plot, SAG_PLOT_SIZE, SAG_PLOT_SIZE, TRUE) : NULL;

      if (svg != NULL)
        g_string_append_printf (self->text, "<figure>%s</figure>\n", svg);
    }
  append (self, "</div>\n");
}

static void
append_figures (Writing *self, const SagReportTask *task)
{
  append (self, "<div class=\"wide\"><table><thead><tr><th></th><th class=\"n\">AUROC</th>"
                "<th class=\"n\">AUPR</th><th class=\"n\">Sensitivity</th><th class=\"n\">"
                "Specificity</th><th>Wording</th></tr></thead><tbody>\n");
  for (gsize m = 0; m < self->n_models; m++)
    {
      const SagReportModel *model = &task->models[m];
      SagInterval           interval = interval_of (task, m);
      g_autofree char      *auroc = dup_with_interval (model->auroc.auroc, &interval);
      g_autofree char      *aupr = dup_with_interval (model->aupr, &model->aupr_interval);
      g_autofree char      *sensitivity =
        dup_with_interval (model->point.sensitivity, &model->point.sensitivity_interval);
      g_autofree char *specificity =
        dup_with_interval (model->point.specificity, &model->point.specificity_interval);

      append (self, "<tr><td class=\"%s\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td>",
              m == 0 ? "first" : "second", name_of (self, m), auroc, aupr);
      append (self, "<td class=\"n\">%s</td><td class=\"n\">%s</td><td>%s</td></tr>\n", sensitivity,
              specificity, sag_training_to_string (model->training));
    }
  append (self, "</tbody></table></div>\n");
}

static void
append_maps (Writing *self, const SagReportTask *task)
{
  append (self, "<div class=\"wide\"><table><thead><tr><th>Maps</th><th class=\"n\">Masks</th>"
                "<th class=\"n\">Hit</th><th class=\"n\">Strict hit</th><th class=\"n\">Dice</th>"
                "<th class=\"n\">Best Dice</th><th class=\"n\">Peak off, mm</th><th class=\"n\">"
                "Wrong side</th><th class=\"n\">False alarms</th></tr></thead><tbody>\n");
  for (gsize m = 0; m < self->n_models; m++)
    {
      const SagReportMaps *maps = &task->models[m].maps;

      append (self, "<tr><td class=\"%s\">%s</td><td class=\"n\">%zu</td>",
              m == 0 ? "first" : "second", name_of (self, m), maps->n_present);
      append_number_cell (self, maps->hit, 3);
      append_number_cell (self, maps->strict_hit, 3);
      append_number_cell (self, maps->dice, 2);
      append_number_cell (self, maps->best_dice, 2);
      append_number_cell (self, maps->median_distance_mm, 1);
      append_number_cell (self, maps->n_sided > 0 ? 1 - maps->right_side : NAN, 3);
      append_number_cell (self, maps->n_absent > 0 ? maps->false_alarms : NAN, 3);
      append (self, "</tr>\n");
    }
  append (self, "</tbody></table></div>\n");
}

static double
shown (const SagReportTask *task, gsize model, double score)
{
  return task->models[model].detects ? score : 1 / (1 + exp (-score));
}

static char *
dup_case (const Writing *self, const SagSample *sample)
{
  if (self->page->dup_case != NULL)
    return self->page->dup_case (sample, self->page->data);
  return g_strdup_printf ("line %u", sample->line);
}

static void
append_changed (Writing *self, const SagReportTask *task)
{
  const SagEvaluation *evaluation = sag_report_get_evaluation (self->report);

  if (self->n_models < 2)
    return;
  if (task->changed->len == 0)
    {
      append (self, "<p>No answer changed at the threshold.</p>\n");
      return;
    }
  append (self,
          "<details%s><summary>%u answers changed at the threshold</summary>\n<table><thead><tr>"
          "<th>Case</th><th>Truth</th><th class=\"n first\">%s</th><th class=\"n second\">%s</th>"
          "</tr></thead><tbody>\n",
          task->pair.too_few ? " open=\"open\"" : "", task->changed->len, name_of (self, 0),
          name_of (self, 1));
  for (guint i = 0; i < task->changed->len; i++)
    {
      const SagEvaluationRow *row =
        sag_evaluation_get_row (evaluation, g_array_index (task->changed, guint, i));
      g_autofree char *name = dup_case (self, row->sample);

      append (self, "<tr><td>%s</td><td>%s</td>", name, row->truth ? "positive" : "negative");
      append_number_cell (self, shown (task, 0, row->outcomes[0].score), 3);
      append_number_cell (self, shown (task, 1, row->outcomes[1].score), 3);
      append (self, "</tr>\n");
    }
  append (self, "</tbody></table></details>\n");
}

static void
append_task (Writing *self, gsize index)
{
  const SagReportTask *task = sag_report_get_task (self->report, index);

  append (self, "<section id=\"task-%zu\">\n<h2>%s</h2>\n", index, task->text);
  append (self, "<p>%zu cases of %zu patients, %zu positive. %s%s</p>\n", task->n, task->n_patients,
          task->n_positives,
          task->detects ? "The number is the highest score of the map."
                        : "The number is a probability under the training mix.",
          task->independent ? "" : " Some patients have several scans: intervals by bootstrap.");
  if (task->n_positives < SAG_METRICS_FEWEST || task->n - task->n_positives < SAG_METRICS_FEWEST)
    append (self, "<p class=\"note\">Fewer than 10 positives or negatives: too few for a p-value, "
                  "and every figure here may be chance.</p>\n");
  append_figures (self, task);
  append_plots (self, index);
  if (task->n_masks > 0)
    append_maps (self, task);
  append_changed (self, task);
  append (self, "</section>\n");
}

static void
append_foot (Writing *self)
{
  const SagReportOptions *options = sag_report_get_options (self->report);
  char                    threshold[SAG_NUMBER_BUFFER];

  append (self, "<h2>How this was made</h2>\n<dl>\n");
  for (gsize m = 0; m < self->n_models; m++)
    {
      append (self, "<dt>%s</dt><dd>%s<br><code>%s</code><br>", name_of (self, m),
              sag_bundle_get_name (self->page->bundles[m]),
              sag_bundle_get_sha256 (self->page->bundles[m]));
      append (self, "engine %s, %s, %s</dd>\n", self->page->infos[m].engine,
              self->page->infos[m].device, self->page->infos[m].precision);
    }
  append (
    self,
    "<dt>Intervals</dt><dd>95&#160;%%. DeLong’s method where no patient comes twice, else and "
    "for means and AUPR a bootstrap over patients: %u rounds, seed "
    "%" G_GUINT64_FORMAT ". Sensitivity and specificity: Wilson’s, where the probability "
    "reaches %s (the ring on the curves), or a map’s score 0.5.</dd>\n",
    options->n_rounds, options->seed, sag_number_format (options->threshold, threshold));
  append (self, "<dt>p</dt><dd>Two-sided, DeLong’s test of two AUROCs on the same cases; none with "
                "fewer than 10 positives or negatives.</dd>\n");
  append (self,
          "<dt>Maps</dt><dd>Hit: the box of the highest cell meets the structure; strict: its "
          "centre lies in it. Dice: of the cells with a score of 0.5 or more, as blocks; "
          "best: the highest that any choice of cells reaches.</dd>\n");
  append (self, "<dt>Reliability</dt><dd>Bins of about equally many cases; bars are Wilson’s "
                "intervals. On the dashed line a probability means what it says.</dd>\n");
  if (self->page->command != NULL)
    append (self, "<dt>Command</dt><dd><code>%s</code></dd>\n", self->page->command);
  append (self, "<dt>Program</dt><dd>Sagitta %s (%s)</dd>\n</dl>\n", sag_version_get (),
          sag_version_get_commit ());
  append (self, "<footer>Research use, not a medical device.</footer>\n</body>\n</html>\n");
}

char *
sag_report_dup_html (const SagReport *report, const SagReportPage *page)
{
  Writing self = { report, page,
                   sag_evaluation_get_counts (sag_report_get_evaluation (report))->n_models,
                   g_string_new (NULL) };

  append_head (&self);
  append_overview (&self);
  append_groups (&self);
  for (gsize t = 0; t < sag_report_get_n_tasks (report); t++)
    append_task (&self, t);
  append_foot (&self);
  return g_string_free (self.text, FALSE);
}
