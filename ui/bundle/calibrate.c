/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bundle/calibrate.h"

#include "model/core/error.h"
#include "model/evaluate/calibrate.h"
#include "ui/tune/choice.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  SagBundle         *bundle;
  SagUiCalibrateDeed deed;
  char              *what;
} Work;

void
sag_ui_calibrated_free (SagUiCalibrated *calibrated)
{
  if (calibrated == NULL)
    return;
  sag_calibration_unref (calibrated->calibration);
  g_clear_pointer (&calibrated->refusals, g_ptr_array_unref);
  g_free (calibrated);
}

static void
work_free (gpointer data)
{
  Work *work = data;

  sag_bundle_unref (work->bundle);
  g_free (work->what);
  g_free (work);
}

static gboolean
use_report (const Work *work, const char *path, SagUiCalibrated *done, GError **error)
{
  g_autoptr (SagReportFile) report = sag_report_file_load (path, error);
  g_autoptr (SagCalibration) made = NULL;

  if (report == NULL)
    return FALSE;
  made = sag_calibrate_report_file (report, work->bundle, &done->refusals, error);
  return made != NULL && sag_calibration_save (made, work->bundle, NULL, NULL, error);
}

/* What the program says stands in its last line, behind its name. */
static void
fail_with (const char *said, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (said != NULL ? said : "", "\n", -1);
  const char *last = NULL, *colon;

  for (gsize i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      last = lines[i];
  colon = last != NULL && g_str_has_prefix (last, "sagitta-cli") ? strstr (last, ": ") : NULL;
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                       colon != NULL  ? colon + 2
                       : last != NULL ? last
                                      : _ ("The measurement ended without a word."));
}

static gboolean
measure (const Work *work, const char *report, GCancellable *cancellable, GError **error)
{
  g_autofree char *program = sag_ui_tune_find_program ();
  g_autofree char *said = NULL;
  g_autoptr (GSubprocess) process = NULL;

  if (program == NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           _ ("The program sagitta-cli is not there; install it beside Sagitta."));
      return FALSE;
    }
  process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, error,
                      program, "evaluate", work->what, "--bundle",
                      sag_bundle_get_folder (work->bundle), "--split", "all", "-o", report, NULL);
  if (process == NULL)
    return FALSE;
  if (!g_subprocess_communicate_utf8 (process, NULL, cancellable, NULL, &said, error))
    {
      g_subprocess_force_exit (process);
      return FALSE;
    }
  if (g_subprocess_get_successful (process))
    return TRUE;
  fail_with (said, error);
  return FALSE;
}

static gboolean
use_project (const Work *work, SagUiCalibrated *done, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("sagitta-XXXXXX", error);
  g_autofree char *report = folder != NULL ? g_build_filename (folder, "report.json", NULL) : NULL;
  gboolean         ok;

  if (folder == NULL)
    return FALSE;
  if (sag_bundle_get_folder (work->bundle) == NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           _ ("This model is in no folder, so it cannot be measured."));
      ok = FALSE;
    }
  else
    ok = measure (work, report, cancellable, error) && use_report (work, report, done, error);
  g_unlink (report);
  g_rmdir (folder);
  return ok;
}

static gboolean
take_away (const Work *work, GError **error)
{
  g_autoptr (SagCalibration) rest =
    work->what != NULL ? sag_calibrate_without (work->bundle, work->what) : NULL;

  return rest != NULL ? sag_calibration_save (rest, work->bundle, NULL, NULL, error)
                      : sag_calibration_remove (work->bundle, error);
}

static void
work_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Work *work = data;
  GError     *error = NULL;
  gboolean    ok = TRUE;
  g_autoptr (SagUiCalibrated) done = g_new0 (SagUiCalibrated, 1);

  if (work->deed == SAG_UI_CALIBRATE_REPORT)
    ok = use_report (work, work->what, done, &error);
  else if (work->deed == SAG_UI_CALIBRATE_PROJECT)
    ok = use_project (work, done, cancellable, &error);
  else if (work->deed == SAG_UI_CALIBRATE_REMOVE)
    ok = take_away (work, &error);
  if (!ok)
    {
      g_task_return_error (task, error);
      return;
    }
  done->calibration = sag_calibration_find (work->bundle);
  g_task_return_pointer (task, g_steal_pointer (&done), (GDestroyNotify) sag_ui_calibrated_free);
}

void
sag_ui_calibrate_async (SagBundle          *bundle,
                        SagUiCalibrateDeed  deed,
                        const char         *what,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  *work = (Work){ sag_bundle_ref (bundle), deed, g_strdup (what) };
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, work_thread);
}

SagUiCalibrated *
sag_ui_calibrate_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
