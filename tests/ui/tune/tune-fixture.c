/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/tune/tune-fixture.h"

#include "model/bundle/create.h"
#include "model/cpu/cpu.h"
#include "model/phantom/phantom.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"

#include <string.h>

static SagEngine *
open_engine (SagBundle *bundle, gpointer user_data, SagUiEngineNote *note, GError **error)
{
  const SagEngineOptions options = { .n_threads = 1 };

  return sag_engine_open (sag_cpu_get_table (), bundle, &options, error);
}

static void
make_bundle (SagTestTune *test)
{
  const SagBundleCreate create = {
    .seed = 3, .input = { 64, 64, 64 }, .width = 0.15, .hidden = 32
  };
  g_autoptr (GError) error = NULL;
  G_GNUC_UNUSED g_autoptr (SagBundle) bundle = NULL;

  test->bundle = g_build_filename (test->folder, "small", NULL);
  bundle = sag_bundle_create (&create, test->bundle, &error);
  g_assert_no_error (error);
}

static void
make_scans (SagTestTune *test)
{
  test->scans = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint s = 0; s < SAG_TEST_TUNE_CASES; s++)
    {
      const SagPhantomOptions options = { .seed = s + 1,
                                          .findings = s % 2 == 0 ? SAG_FINDING_EFFUSION_LEFT : 0,
                                          .spacing_mm = { 8, 8, 8 } };
      g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
      g_autofree char *name = g_strdup_printf ("scan-%u", s + 1);
      g_autofree char *file = g_strconcat (name, ".nii.gz", NULL);
      g_autoptr (GError) error = NULL;

      sag_phantom_write (phantom, &options, test->folder, name, &error);
      g_assert_no_error (error);
      g_ptr_array_add (test->scans, g_file_new_build_filename (test->folder, file, NULL));
    }
}

typedef struct
{
  SagTestTune *test;
  int          n; /* as of set_up */
} Filling;

static gboolean
add_case (SagDb *db, SagTestTune *test, guint place, SagCaseRow *row, GError **error)
{
  const char *path = g_file_peek_path (test->scans->pdata[place]);
  g_autoptr (SagVolume) volume = sag_nifti_load (path, NULL, NULL, NULL, error);

  if (volume == NULL)
    return FALSE;
  row->name = g_strdup_printf ("scan-%u", place + 1);
  row->path = g_strdup (path);
  row->geometry = *sag_volume_get_geometry (volume);
  row->sha256 = sag_nifti_hash_files (path, NULL, error);
  return row->sha256 != NULL && sag_cases_add (db, row, NULL, error);
}

/* "effusion" as in the scans; "nodule" is in all of them, as far as the labels say. */
static gboolean
fill (SagDb *db, gpointer data, GError **error)
{
  const Filling *filling = data;
  SagTaskRow     effusion = { .key = (char *) "effusion",
                              .wording = (char *) SAG_TEST_TUNE_WORDING,
                              .colour = 0x56B4E9 };
  SagTaskRow     nodule = { .key = (char *) "nodule",
                            .wording = (char *) "Diagnose the presence of lung nodule in the lungs",
                            .colour = 0xE69F00 };

  if (!sag_tasks_put (db, &effusion, error) || !sag_tasks_put (db, &nodule, error))
    return FALSE;
  for (guint c = 0; c < SAG_TEST_TUNE_CASES; c++)
    {
      g_autoptr (SagCaseRow) row = g_new0 (SagCaseRow, 1);
      SagLabelRow label = { .reader = (char *) "Ann", .certainty = -1 };

      if (!add_case (db, filling->test, c, row, error))
        return FALSE;
      if ((int) c >= ABS (filling->n))
        continue;
      label.case_id = row->id;
      label.task_id = effusion.id;
      label.value = filling->n < 0 || c % 2 == 0 ? SAG_LABEL_VALUE_PRESENT : SAG_LABEL_VALUE_ABSENT;
      if (!sag_labels_put (db, &label, error))
        return FALSE;
      label.task_id = nodule.id;
      label.value = SAG_LABEL_VALUE_PRESENT;
      if (!sag_labels_put (db, &label, error) ||
          (c < 2 && !sag_cases_set_state (db, row->id, SAG_CASE_REVIEWED, error)))
        return FALSE;
    }
  return TRUE;
}

static void
make_project (SagTestTune *test, int n)
{
  Filling filling = { test, n };
  g_autoptr (GError) error = NULL;
  g_autoptr (SagStore) store = NULL;

  test->path = g_build_filename (test->folder, "Effusions.sagitta", NULL);
  store = sag_store_open (test->path, SAG_STORE_WRITE | SAG_STORE_CREATE, "Ann", &error);
  g_assert_no_error (error);
  sag_store_run (store, fill, &filling, &error);
  g_assert_no_error (error);
}

void
sag_test_tune_set_up (SagTestTune *test, gconstpointer data)
{
  g_autoptr (GFile) file = NULL;

  test->folder = sag_test_dup_folder ();
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  make_bundle (test);
  make_scans (test);
  make_project (test, data != NULL ? GPOINTER_TO_INT (data) : SAG_TEST_TUNE_CASES);
  test->engine = sag_ui_engine_new (open_engine, NULL, NULL);
  sag_ui_engine_open_async (test->engine, test->bundle, NULL, NULL);
  test->session = sag_ui_session_new (test->engine);
  test->project = sag_ui_project_get (test->session);
  file = g_file_new_for_path (test->path);
  sag_ui_project_open (test->project, file, FALSE);
  sag_test_ui_until (!sag_ui_project_is_busy (test->project) &&
                     sag_ui_engine_get_bundle (test->engine) != NULL);
  g_assert_nonnull (sag_ui_project_get_store (test->project));
  sag_test_ui_style ();
}

void
sag_test_tune_show (SagTestTune *test)
{
  test->window = sag_ui_tune_window_new (test->session, NULL);
  gtk_window_present (GTK_WINDOW (test->window));
  sag_test_ui_settle ();
}

void
sag_test_tune_close (SagTestTune *test)
{
  if (test->window != NULL)
    gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&test->window)));
  sag_test_ui_settle ();
}

void
sag_test_tune_tear_down (SagTestTune *test, gconstpointer data)
{
  sag_test_tune_close (test);
  sag_ui_project_close (test->project);
  sag_test_ui_until (!sag_ui_project_is_busy (test->project));
  sag_ui_engine_close (test->engine);
  sag_test_ui_settle ();
  g_object_unref (test->session);
  g_object_unref (test->engine);
  sag_test_ui_settle ();
  g_ptr_array_unref (test->scans);
  g_free (test->bundle);
  g_free (test->path);
  sag_test_remove_folder (test->folder);
}

void
sag_test_tune_picture (SagTestTune *test, const char *name)
{
  sag_test_ui_settle ();
  cairo_surface_destroy (sag_test_ui_picture (GTK_WIDGET (test->window), name));
}

static gboolean
says (GtkWidget *label, gconstpointer words)
{
  return gtk_widget_get_mapped (label) &&
         strstr (gtk_label_get_text (GTK_LABEL (label)), words) != NULL;
}

gboolean
sag_test_tune_shows (SagTestTune *test, const char *words)
{
  return sag_test_ui_find (GTK_WIDGET (test->window), GTK_TYPE_LABEL, says, words) != NULL;
}

void
sag_test_tune_act (SagTestTune *test, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (test->window), action, NULL));
}

const SagUiTuneCounts *
sag_test_tune_count (SagTestTune *test)
{
  SagUiTuneChoose *choose = sag_ui_tune_window_get_choose (test->window);

  sag_test_ui_until (sag_ui_tune_choose_get_counts (choose) != NULL);
  return sag_ui_tune_choose_get_counts (choose);
}
