/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/dicom/make-dicom.h"
#include "tests/support/test.h"
#include "tests/ui/support.h"
#include "ui/case/cases.h"
#include "ui/case/find-scans.h"
#include "ui/case/series-window.h"

#include <string.h>

typedef struct
{
  char       *folder;
  SagUiScans *scans;
  gboolean    is_done;
  GPtrArray  *chosen;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  MakeSlice lungs = { .series_uid = "1.2.3", .columns = 40, .rows = 30, .intercept = "-1000" };
  MakeSlice knee = { .series_uid = "1.2.4", .description = "Knee" };
  MakeSlice scout = { .series_uid = "1.2.5", .spacing = "" };

  fixture->folder = sag_test_dup_folder ();
  make_series (&lungs, fixture->folder, 30, 2);
  make_series (&knee, fixture->folder, 6, 2);
  make_series (&scout, fixture->folder, 1, 2);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->scans, sag_ui_scans_free);
  g_clear_pointer (&fixture->chosen, g_ptr_array_unref);
  sag_test_remove_folder (fixture->folder);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->scans = sag_ui_find_scans_finish (result, NULL);
  fixture->is_done = TRUE;
}

static void
find (Fixture *fixture)
{
  g_autoptr (GFile) file = g_file_new_for_path (fixture->folder);

  sag_ui_find_scans_async (&file, 1, NULL, NULL, found_cb, fixture);
  sag_test_ui_until (fixture->is_done);
  g_assert_cmpuint (fixture->scans->files->len, ==, 0);
  g_assert_null (fixture->scans->problems[0]);
  g_assert_nonnull (fixture->scans->index);
  g_assert_cmpuint (fixture->scans->index->series->len, >=, 3);
}

/* One slice stands for its series, of which the rest lies beside it. */
static void
test_one_slice (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "1.2.4-07-2.dcm", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) folder = g_file_new_for_path (fixture->folder);

  g_assert_true (g_file_query_exists (file, NULL));
  sag_ui_find_scans_async (&file, 1, NULL, NULL, found_cb, fixture);
  sag_test_ui_until (fixture->is_done);
  g_assert_nonnull (fixture->scans->wanted);
  g_assert_cmpstr (fixture->scans->wanted->key, ==, "1.2.4");
  g_assert_cmpuint (fixture->scans->wanted->slices->len, ==, 6);
  g_assert_true (g_file_equal (fixture->scans->place, folder));
}

static void
chosen_cb (SagUiSeriesWindow *window, GPtrArray *series, Fixture *fixture)
{
  fixture->chosen = g_ptr_array_ref (series);
}

static gboolean
has_picture (GtkWidget *widget, gconstpointer data)
{
  return gtk_picture_get_paintable (GTK_PICTURE (widget)) != NULL;
}

static gboolean
is_unchecked (GtkWidget *widget, gconstpointer data)
{
  return !gtk_check_button_get_active (GTK_CHECK_BUTTON (widget));
}

/* The one that suits best is marked; another can be added. */
static void
test_choose (Fixture *fixture, gconstpointer data)
{
  SagUiSeriesWindow *window;
  GtkWidget         *other;

  find (fixture);
  window = sag_ui_series_window_new (NULL, fixture->scans->index);
  g_signal_connect (window, "chosen", G_CALLBACK (chosen_cb), fixture);
  gtk_window_present (GTK_WINDOW (window));
  sag_test_ui_until (sag_test_ui_find (GTK_WIDGET (window), GTK_TYPE_PICTURE, has_picture, NULL) !=
                     NULL);
  sag_test_ui_settle ();
  cairo_surface_destroy (sag_test_ui_picture (GTK_WIDGET (window), "series"));
  other = sag_test_ui_find (GTK_WIDGET (window), GTK_TYPE_CHECK_BUTTON, is_unchecked, NULL);
  g_assert_nonnull (other);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (other), TRUE);
  g_assert_null (sag_test_ui_find (GTK_WIDGET (window), GTK_TYPE_CHECK_BUTTON, is_unchecked, NULL));
  gtk_widget_activate_action (GTK_WIDGET (window), "series.open", NULL);
  g_assert_nonnull (fixture->chosen);
  g_assert_cmpuint (fixture->chosen->len, ==, 2);
}

static void
test_best_alone (Fixture *fixture, gconstpointer data)
{
  SagUiSeriesWindow *window;

  find (fixture);
  window = sag_ui_series_window_new (NULL, fixture->scans->index);
  g_signal_connect (window, "chosen", G_CALLBACK (chosen_cb), fixture);
  gtk_widget_activate_action (GTK_WIDGET (window), "series.open", NULL);
  g_assert_cmpuint (fixture->chosen->len, ==, 1);
  g_assert_cmpstr (((SagDicomSeries *) fixture->chosen->pdata[0])->key, ==, "1.2.3");
}

/* A long list comes a few rows at a time; what suits best is chosen all the while, and is scrolled to. */
static void
test_many_series (Fixture *fixture, gconstpointer data)
{
  SagUiSeriesWindow *window;

  for (int i = 0; i < 60; i++)
    {
      g_autofree char *uid = g_strdup_printf ("1.1.%d", i);
      MakeSlice        slice = { .series_uid = uid, .description = "Knee", .study_uid = "1.1" };

      make_series (&slice, fixture->folder, 1, 2);
    }
  find (fixture);
  window = sag_ui_series_window_new (NULL, fixture->scans->index);
  g_signal_connect (window, "chosen", G_CALLBACK (chosen_cb), fixture);
  gtk_window_present (GTK_WINDOW (window));
  sag_test_ui_until (ADW_IS_ACTION_ROW (gtk_window_get_focus (GTK_WINDOW (window))));
  sag_test_ui_until (sag_test_ui_find (GTK_WIDGET (window), GTK_TYPE_PICTURE, has_picture, NULL) !=
                     NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "series.open", NULL);
  g_assert_cmpuint (fixture->chosen->len, ==, 1);
  g_assert_cmpstr (((SagDicomSeries *) fixture->chosen->pdata[0])->key, ==, "1.2.3");
}

static gboolean
is_over (SagUiCase *one)
{
  return sag_ui_case_get_state (one) >= SAG_UI_CASE_READY;
}

/* A series as a case, and the same again by its path alone, as the recent scans have it. */
static void
test_case (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagUiCases) cases = sag_ui_cases_new ();
  g_autoptr (SagUiCase) again = NULL;
  SagUiCase *one;

  find (fixture);
  one =
    sag_ui_cases_add_series (cases, fixture->scans->place, fixture->scans->index->series->pdata[0]);
  g_assert_true (one == sag_ui_cases_add_series (cases, fixture->scans->place,
                                                 fixture->scans->index->series->pdata[0]));
  sag_ui_cases_set_current (cases, one);
  sag_test_ui_until (is_over (one));
  g_assert_cmpint (sag_ui_case_get_state (one), ==, SAG_UI_CASE_READY);
  g_assert_cmpstr (sag_ui_case_get_title (one), ==, "Thorax B31f · 2024-01-31");
  g_assert_true (g_str_has_prefix (sag_ui_case_get_name (one), "ct-"));
  g_assert_cmpfloat (sag_volume_value (sag_ui_case_get_volume (one), 3, 2, 4), ==, 423 - 1000);
  again = sag_ui_case_new (sag_ui_case_get_file (one));
  sag_ui_case_load (again);
  sag_test_ui_until (is_over (again));
  g_assert_cmpint (sag_ui_case_get_state (again), ==, SAG_UI_CASE_READY);
  g_assert_cmpstr (sag_ui_case_get_name (again), ==, sag_ui_case_get_name (one));
  g_assert_cmpstr (sag_ui_case_get_title (again), ==, sag_ui_case_get_title (one));
}

#define add(name, function)                                                                        \
  g_test_add ("/ui/case/series/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  sag_test_ui_style ();
  add ("one-slice", test_one_slice);
  add ("choose", test_choose);
  add ("best-alone", test_best_alone);
  add ("many-series", test_many_series);
  add ("case", test_case);
  return g_test_run ();
}
