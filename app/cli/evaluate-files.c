/* SPDX-License-Identifier: Apache-2.0 */
/* What `evaluate` leaves on disk. */
#include "app/cli/evaluate.h"

#include "model/core/file.h"
#include "model/evaluate/calibrate.h"
#include "model/evaluate/plot.h"
#include "model/evaluate/report-html.h"
#include "model/text/task.h"
#include "render/plot/plot-picture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define PNG_SCALE 3.0

gboolean
sag_cli_evaluation_save (const char *path, char *text, GError **error)
{
  g_autofree char *owned = text;

  return path == NULL || sag_file_save (path, owned, strlen (owned), error);
}

char *
sag_cli_evaluation_dup_html (const SagCliEvaluation *self)
{
  g_autoptr (GPtrArray) notes = g_ptr_array_new ();
  g_auto (GStrv) all = NULL;
  SagReportPage page = { .title = self->manifest,
                         .split = self->split,
                         .bundles = self->bundles,
                         .infos = self->infos,
                         .looks = &self->looks,
                         .command = self->command,
                         .dup_case = sag_cli_source_dup_case,
                         .data = (gpointer) self->source };

  for (const char *const *w = sag_dataset_get_warnings (self->dataset); *w != NULL; w++)
    g_ptr_array_add (notes, (gpointer) *w);
  if (self->source->snapshot != NULL)
    for (const char *const *n = sag_snapshot_get_notes (self->source->snapshot); *n != NULL; n++)
      g_ptr_array_add (notes, (gpointer) *n);
  g_ptr_array_add (notes, NULL);
  all = sag_report_dup_notes (self->report, (const char *const *) notes->pdata);
  page.notes = (const char *const *) all;
  return sag_report_dup_html (self->report, &page);
}

/* ROLE-TASK.KIND: the number keeps apart what a slug makes the same. */
static char *
dup_name (
  const char *folder, gsize index, const SagReportTask *task, SagPlotKind kind, const char *ending)
{
  g_autofree char *slug = sag_task_slug (task->text);
  g_autofree char *name =
    g_strdup_printf ("%02zu-%s-%s.%s", index + 1, slug, sag_plot_kind_to_string (kind), ending);

  return g_build_filename (folder, name, NULL);
}

static gboolean
save_plot (
  const SagCliEvaluation *self, const char *folder, gsize index, SagPlotKind kind, GError **error)
{
  const SagReportTask *task = sag_report_get_task (self->report, index);
  SagPlotWords         words = { .subtitle = task->text };
  g_autoptr (SagPlot) plot = NULL;
  g_autofree char *png = dup_name (folder, index, task, kind, "png");
  g_autofree char *svg = dup_name (folder, index, task, kind, "svg");

  if (self->n_models == 1)
    words.names[0] = sag_bundle_get_name (self->bundles[0]);
  plot = sag_plot_new (self->report, index, kind, &words);
  if (plot == NULL)
    return TRUE;
  return sag_plot_save_png (plot, PNG_SCALE, png, error) &&
         sag_cli_evaluation_save (svg, sag_plot_dup_svg (plot, SAG_PLOT_SIZE, SAG_PLOT_SIZE, FALSE),
                                  error);
}

gboolean
sag_cli_evaluation_save_plots (const SagCliEvaluation *self, const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s cannot be made: %s.",
                   folder, g_strerror (errno));
      return FALSE;
    }
  for (gsize t = 0; t < sag_report_get_n_tasks (self->report); t++)
    for (int kind = 0; kind < SAG_N_PLOTS; kind++)
      if (!save_plot (self, folder, t, (SagPlotKind) kind, error))
        return FALSE;
  return TRUE;
}

gboolean
sag_cli_evaluation_calibrate (const SagCliEvaluation *self, GError **error)
{
  gsize      model = self->n_models - 1;
  SagBundle *bundle = self->bundles[model];
  g_autoptr (GPtrArray) refusals = NULL;
  g_autoptr (SagCalibration) calibration =
    sag_calibrate_report (self->report, bundle, model, &refusals, error);
  g_autofree char *path = NULL;

  if (calibration == NULL || !sag_calibration_save (calibration, bundle, NULL, &path, error))
    return FALSE;
  for (guint r = 0; r < refusals->len; r++)
    fprintf (stderr, "%s\n", (const char *) refusals->pdata[r]);
  fprintf (stderr, "Calibrated: %s\n", path);
  return TRUE;
}
