/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/result-export.h"

#include "model/core/file.h"
#include "model/evaluate/plot.h"
#include "model/text/task.h"
#include "model/tune/tune.h"
#include "render/plot/plot-picture.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define PNG_SCALE 3.0
#define MOST_BYTES (512 << 20)

static gboolean
copy_file (const char *from, const char *folder, GError **error)
{
  g_autofree char *name = from != NULL ? g_path_get_basename (from) : NULL;
  g_autofree char *to = from != NULL ? g_build_filename (folder, name, NULL) : NULL;
  g_autofree char *text = NULL;
  gsize            size;

  if (from == NULL)
    return TRUE;
  text = sag_file_load (from, MOST_BYTES, &size, error);
  return text != NULL && sag_file_save (to, text, size, error);
}

static char *
dup_path (const char *folder, gsize task, const char *text, SagPlotKind kind, const char *ending)
{
  g_autofree char *slug = sag_task_slug (text);
  g_autofree char *name = g_strdup_printf ("%02u-%s-%s.%s", (guint) task + 1, slug,
                                           sag_plot_kind_to_string (kind), ending);

  return g_build_filename (folder, name, NULL);
}

static gboolean
save_plots (const SagReportFile *report, gsize index, const char *folder, GError **error)
{
  const SagReportTask *task = sag_report_file_get_task (report, index);
  gsize                n_models = sag_report_file_get_facts (report)->n_models;
  SagPlotWords         words = { .subtitle = task->text, .names = { "before", "after" } };
  g_auto (SagCases) cases = { 0 };

  sag_report_file_collect (report, index, &cases);
  for (int kind = 0; kind < SAG_N_PLOTS; kind++)
    {
      g_autoptr (SagPlot) plot =
        sag_plot_new_of (task, &cases, n_models, (SagPlotKind) kind, &words);
      g_autofree char *png = dup_path (folder, index, task->text, (SagPlotKind) kind, "png");
      g_autofree char *svg = dup_path (folder, index, task->text, (SagPlotKind) kind, "svg");
      g_autofree char *text =
        plot != NULL ? sag_plot_dup_svg (plot, SAG_PLOT_SIZE, SAG_PLOT_SIZE, FALSE) : NULL;

      if (plot != NULL && !(sag_plot_save_png (plot, PNG_SCALE, png, error) &&
                            sag_file_save (svg, text, strlen (text), error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
sag_ui_result_export (const SagTuneResult *result,
                      const char          *folder,
                      GCancellable        *cancellable,
                      GError             **error)
{
  const SagReportFile *report = sag_tune_result_get_report (result);
  g_autofree char     *json = sag_tune_dup_report (sag_tune_result_get_folder (result));

  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   /* Translators: path of a folder, and what the system says. */
                   _ ("%s cannot be made: %s."), folder, g_strerror (errno));
      return FALSE;
    }
  for (gsize t = 0; t < sag_report_file_get_n_tasks (report); t++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !save_plots (report, t, folder, error))
      return FALSE;
  return copy_file (json, folder, error) &&
         copy_file (sag_tune_result_get_page (result), folder, error);
}
