/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/scan.h"
#include "tests/model/dicom/make-dicom.h"
#include "tests/support/test.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/case/recent.h"
#include "ui/case/series-window.h"
#include "ui/window/window-private.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char        *folder;
  SagUiEngine *engine;
  SagUiWindow *window;
  char        *offered; /* the action that was offered last */
  char        *sentence;
} Fixture;

static void
offer_cb (SagUiSession *session,
          const char   *sentence,
          const char   *label,
          const char   *action,
          Fixture      *fixture)
{
  g_free (fixture->offered);
  fixture->offered = g_strdup (action);
  g_free (fixture->sentence);
  fixture->sentence = g_strdup (sentence);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = sag_test_dup_folder ();
  fixture->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  fixture->window = sag_ui_window_new (NULL, fixture->engine);
  g_signal_connect (fixture->window->session, "offer", G_CALLBACK (offer_cb), fixture);
  gtk_window_present (GTK_WINDOW (fixture->window));
  sag_test_ui_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer watched = fixture->window;

  g_object_add_weak_pointer (G_OBJECT (fixture->window), &watched);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  sag_test_ui_until (watched == NULL);
  sag_ui_engine_close (fixture->engine);
  g_object_unref (fixture->engine);
  g_free (fixture->offered);
  g_free (fixture->sentence);
  sag_test_remove_folder (fixture->folder);
  sag_ui_recent_clear (sag_ui_recent_get_default ());
}

static void
open_folder (Fixture *fixture)
{
  g_autoptr (GFile) file = g_file_new_for_path (fixture->folder);

  sag_ui_window_open (fixture->window, &file, 1);
}

static GListModel *
get_cases (Fixture *fixture)
{
  return G_LIST_MODEL (sag_ui_session_get_cases (fixture->window->session));
}

static gboolean
is_ready (Fixture *fixture)
{
  SagUiCase *one = sag_ui_session_get_case (fixture->window->session);

  return one != NULL && sag_ui_case_get_state (one) == SAG_UI_CASE_READY;
}

static SagUiSeriesWindow *
find_chooser (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *item = windows; item != NULL; item = item->next)
    if (SAG_UI_IS_SERIES_WINDOW (item->data))
      return item->data;
  return NULL;
}

static void
save_broken (Fixture *fixture, int n)
{
  for (int i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("broken-%d.dcm", i);
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_assert_true (g_file_set_contents (path, "", 0, NULL));
    }
}

/* A few files that could not be read are told while their series is shown. */
static void
test_few_left_out (Fixture *fixture, gconstpointer data)
{
  const MakeSlice slice = { 0 };
  const char     *text;

  make_series (&slice, fixture->folder, 6, 2);
  save_broken (fixture, 2);
  open_folder (fixture);
  sag_test_ui_until (is_ready (fixture));
  text = sag_ui_banner_get_text (fixture->window->trouble);
  g_assert_nonnull (text);
  g_assert_nonnull (strstr (text, "broken-0.dcm is empty"));
  g_assert_nonnull (strstr (text, "broken-1.dcm is empty"));
  g_assert_null (find_chooser ());
}

static gboolean
is_broken_9 (GtkWidget *widget, gconstpointer data)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget));

  return title != NULL && strstr (title, "broken-9.dcm is empty") != NULL &&
         g_str_has_suffix (gtk_widget_get_tooltip_text (widget), "/broken-9.dcm");
}

/* More of them have a page of their own. */
static void
test_many_left_out (Fixture *fixture, gconstpointer data)
{
  const MakeSlice slice = { 0 };

  make_series (&slice, fixture->folder, 6, 2);
  save_broken (fixture, 12);
  open_folder (fixture);
  sag_test_ui_until (find_chooser () != NULL);
  sag_test_ui_until (sag_test_ui_find (GTK_WIDGET (find_chooser ()), ADW_TYPE_PREFERENCES_ROW,
                                       is_broken_9, NULL) != NULL);
  gtk_widget_activate_action (GTK_WIDGET (find_chooser ()), "series.open", NULL);
  sag_test_ui_until (is_ready (fixture));
}

/* One slice that was chosen opens its series at once, and what was left out beside it is told. */
static void
test_slice (Fixture *fixture, gconstpointer data)
{
  const int        n_broken = GPOINTER_TO_INT (data);
  const MakeSlice  slice = { 0 };
  const char      *name, *text;
  g_autofree char *path = NULL;
  g_autoptr (GDir) entries = NULL;
  g_autoptr (GFile) file = NULL;

  make_series (&slice, fixture->folder, 6, 2);
  entries = g_dir_open (fixture->folder, 0, NULL);
  name = g_dir_read_name (entries);
  g_assert_nonnull (name);
  path = g_build_filename (fixture->folder, name, NULL);
  file = g_file_new_for_path (path);
  save_broken (fixture, n_broken);
  sag_ui_window_open (fixture->window, &file, 1);
  sag_test_ui_until (is_ready (fixture));
  g_assert_null (find_chooser ());
  g_assert_cmpint (
    sag_ui_case_get_n_slices_ready (sag_ui_session_get_case (fixture->window->session)), ==, 6);
  text = sag_ui_banner_get_text (fixture->window->trouble);
  if (n_broken == 0)
    g_assert_null (text);
  else if (n_broken == 2)
    g_assert_nonnull (strstr (text, "broken-1.dcm is empty"));
  else
    g_assert_cmpstr (text, ==,
                     "12 files could not be read and were left out. Open the folder to see why.");
}

/* Another day of the same patient: offered, and side by side where that is accepted. */
static void
test_prior (Fixture *fixture, gconstpointer data)
{
  MakeSlice now = { .study_uid = "2", .series_uid = "2.1", .study_date = "20240201" };
  MakeSlice then = { .study_uid = "1", .series_uid = "1.1", .study_date = "20230101" };
  gboolean  comparing = FALSE;

  make_series (&now, fixture->folder, 30, 2);
  make_series (&then, fixture->folder, 30, 2);
  open_folder (fixture);
  sag_test_ui_until (find_chooser () != NULL);
  gtk_widget_activate_action (GTK_WIDGET (find_chooser ()), "series.open", NULL);
  sag_test_ui_until (is_ready (fixture));
  g_assert_cmpuint (g_list_model_get_n_items (get_cases (fixture)), ==, 1);
  g_assert_cmpstr (fixture->offered, ==, "win.side-by-side");
  g_assert_cmpstr (fixture->sentence, ==,
                   "There is an earlier study of this patient, of 2023-01-01.");
  g_assert_true (
    g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), "side-by-side"));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), fixture->offered, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (get_cases (fixture)), ==, 2);
  g_object_get (fixture->window->views, "comparing", &comparing, NULL);
  g_assert_true (comparing);
  g_assert_cmpstr (sag_ui_case_get_title (sag_ui_session_get_case (fixture->window->session)), ==,
                   "Thorax B31f · 2024-02-01");
  sag_ui_cases_remove (sag_ui_session_get_cases (fixture->window->session),
                       sag_ui_session_get_case (fixture->window->session));
  g_assert_false (
    g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), "side-by-side"));
}

static void
open_series (Fixture *fixture, const char *name, const MakeSlice *slice)
{
  g_autofree char *folder = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  SagUiCase *before = sag_ui_session_get_case (fixture->window->session);

  if (!g_file_query_exists (file, NULL))
    g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  make_series (slice, folder, 6, 2);
  sag_ui_window_open (fixture->window, &file, 1);
  if (find_chooser () == NULL)
    sag_test_ui_until (find_chooser () != NULL ||
                       sag_ui_session_get_case (fixture->window->session) != before);
}

/* The nearest study is offered, whether it is open already or lies beside. */
static void
test_nearest_prior (Fixture *fixture, gconstpointer data)
{
  const MakeSlice  late = { .study_uid = "1.4", .series_uid = "4.1", .study_date = "20240101" };
  const MakeSlice  then = { .study_uid = "1.0", .series_uid = "0.1", .study_date = "20200101" };
  const MakeSlice  now = { .study_uid = "1.2", .series_uid = "2.1", .study_date = "20220101" };
  g_autofree char *beside = g_build_filename (fixture->folder, "now", NULL);

  open_series (fixture, "late", &late);
  g_assert_null (fixture->sentence);
  g_assert_cmpint (g_mkdir (beside, 0700), ==, 0);
  make_series (&then, beside, 3, 2);
  open_series (fixture, "now", &now);
  g_assert_nonnull (find_chooser ());
  gtk_widget_activate_action (GTK_WIDGET (find_chooser ()), "series.open", NULL);
  g_assert_cmpstr (sag_ui_case_get_series (sag_ui_session_get_case (fixture->window->session))->key,
                   ==, "2.1");
  g_assert_cmpstr (fixture->sentence, ==,
                   "There is an earlier study of this patient, of 2020-01-01.");
}

static void
dismissed_cb (AdwToast *toast, gboolean *is_dismissed)
{
  *is_dismissed = TRUE;
}

/* An offer goes when another patient is opened: its button would be about that one. */
static void
test_stale_offer (Fixture *fixture, gconstpointer data)
{
  const MakeSlice one = { .study_uid = "1.1", .series_uid = "1.1", .study_date = "20200101" };
  const MakeSlice next = { .study_uid = "1.2", .series_uid = "2.1", .study_date = "20220101" };
  const MakeSlice roe = { .study_uid = "1.3", .series_uid = "3.1", .patient = "ROE" };
  gboolean        is_dismissed = FALSE;
  g_autoptr (AdwToast) toast = NULL;

  open_series (fixture, "one", &one);
  g_assert_null (fixture->window->prior_toast);
  open_series (fixture, "next", &next);
  g_assert_nonnull (fixture->window->prior_toast);
  toast = g_object_ref (fixture->window->prior_toast);
  g_signal_connect (toast, "dismissed", G_CALLBACK (dismissed_cb), &is_dismissed);
  sag_test_ui_settle ();
  g_assert_false (is_dismissed);
  open_series (fixture, "roe", &roe);
  /* Not only because its time is over. */
  g_assert_null (fixture->window->prior_toast);
  sag_test_ui_until (is_dismissed);
}

static gboolean
is_unchecked (GtkWidget *widget, gconstpointer data)
{
  return !gtk_check_button_get_active (GTK_CHECK_BUTTON (widget));
}

static SagUiCase *
get_case (Fixture *fixture, guint i)
{
  g_autoptr (SagUiCase) one = g_list_model_get_item (get_cases (fixture), i);

  return one; /* the list has it */
}

/* As a recent file or a project's case it is the same scan. */
static void
assert_opens_again (SagUiCase *one, int n_slices)
{
  g_autofree char *reference = g_file_get_path (sag_ui_case_get_file (one));
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) volume = sag_scan_load (reference, NULL, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sag_volume_get_geometry (volume)->dims[2], ==, n_slices);
}

/* Two people whose scans have one UID: both open, neither is taken for the other. */
static void
test_shared_uid (Fixture *fixture, gconstpointer data)
{
  const MakeSlice doe = { .series_uid = "1.1", .patient = "DOE" };
  const MakeSlice roe = { .series_uid = "1.1", .patient = "ROE", .number = 50 };
  GtkWidget      *other;

  make_series (&doe, fixture->folder, 6, 2);
  make_series (&roe, fixture->folder, 8, 2);
  open_folder (fixture);
  sag_test_ui_until (find_chooser () != NULL);
  other =
    sag_test_ui_find (GTK_WIDGET (find_chooser ()), GTK_TYPE_CHECK_BUTTON, is_unchecked, NULL);
  g_assert_nonnull (other);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (other), TRUE);
  gtk_widget_activate_action (GTK_WIDGET (find_chooser ()), "series.open", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (get_cases (fixture)), ==, 2);
  g_assert_null (fixture->offered);
  g_assert_cmpstr (sag_ui_case_get_name (get_case (fixture, 0)), !=,
                   sag_ui_case_get_name (get_case (fixture, 1)));
  for (guint i = 0; i < 2; i++)
    {
      SagUiCase  *one = get_case (fixture, i);
      const char *patient = sag_ui_case_get_series (one)->header->patient_id;

      g_assert_cmpstr (patient, ==, i == 0 ? "DOE" : "ROE");
      sag_ui_cases_set_current (sag_ui_session_get_cases (fixture->window->session), one);
      sag_test_ui_until (is_ready (fixture));
      g_assert_cmpint (sag_ui_case_get_n_slices_ready (one), ==, i == 0 ? 6 : 8);
      assert_opens_again (one, i == 0 ? 6 : 8);
    }
}

static GtkDropTarget *
find_drop_target (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        return GTK_DROP_TARGET (controller);
    }
  return NULL;
}

/* A folder that is dragged over the window and let go there. */
static void
test_drop (Fixture *fixture, gconstpointer data)
{
  const MakeSlice slice = { 0 };
  GtkDropTarget  *target = find_drop_target (GTK_WIDGET (fixture->window->drop_area));
  g_autoptr (GFile) folder = g_file_new_for_path (fixture->folder);
  g_autoptr (GSList) files = g_slist_append (NULL, folder);
  g_auto (GValue) value = G_VALUE_INIT;
  GdkDragAction action = 0;
  gboolean      taken = FALSE;

  make_series (&slice, fixture->folder, 6, 2);
  g_assert_nonnull (target);
  g_signal_emit_by_name (target, "enter", 10.0, 10.0, &action);
  g_assert_cmpint (action, ==, GDK_ACTION_COPY);
  g_assert_true (gtk_revealer_get_reveal_child (fixture->window->drop_hint));
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, files);
  g_signal_emit_by_name (target, "drop", &value, 10.0, 10.0, &taken);
  g_assert_true (taken);
  g_assert_false (gtk_revealer_get_reveal_child (fixture->window->drop_hint));
  sag_test_ui_until (is_ready (fixture));
  g_assert_cmpint (
    sag_ui_case_get_n_slices_ready (sag_ui_session_get_case (fixture->window->session)), ==, 6);
}

/* A search that was given up opens nothing and leaves no trace of itself. */
static void
test_cancel_search (Fixture *fixture, gconstpointer data)
{
  const MakeSlice slice = { 0 };

  make_series (&slice, fixture->folder, 6, 2);
  open_folder (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.cancel-search", NULL);
  sag_test_ui_settle ();
  g_assert_cmpuint (g_list_model_get_n_items (get_cases (fixture)), ==, 0);
  g_assert_null (sag_ui_banner_get_text (fixture->window->trouble));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (fixture->window->searching)));
  open_folder (fixture);
  sag_test_ui_until (is_ready (fixture));
}

static gboolean
is_label (GtkWidget *widget, gconstpointer words)
{
  return strstr (gtk_label_get_text (GTK_LABEL (widget)), words) != NULL;
}

static void
test_searching (Fixture *fixture, gconstpointer data)
{
  SagUiSearching *searching = fixture->window->searching;

  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (searching)));
  sag_ui_searching_begin (searching);
  sag_ui_searching_set (searching, 3, 12);
  sag_test_ui_until (gtk_widget_get_visible (GTK_WIDGET (searching)));
  g_assert_nonnull (sag_test_ui_find (GTK_WIDGET (searching), GTK_TYPE_LABEL, is_label, "3 of 12"));
  sag_test_ui_settle ();
  cairo_surface_destroy (sag_test_ui_picture (GTK_WIDGET (fixture->window), "searching"));
  sag_ui_searching_end (searching);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (searching)));
}

#define add(name, function)                                                                        \
  g_test_add ("/ui/window/dicom/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  static const int broken[] = { 0, 2, 12 };

  sag_test_ui_init (&argc, &argv);
  sag_test_ui_style ();
  add ("few-left-out", test_few_left_out);
  add ("many-left-out", test_many_left_out);
  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autofree char *name = g_strdup_printf ("/ui/window/dicom/slice-beside-%d", broken[i]);

      g_test_add (name, Fixture, GINT_TO_POINTER (broken[i]), set_up, test_slice, tear_down);
    }
  add ("prior", test_prior);
  add ("nearest-prior", test_nearest_prior);
  add ("stale-offer", test_stale_offer);
  add ("shared-uid", test_shared_uid);
  add ("drop", test_drop);
  add ("cancel-search", test_cancel_search);
  add ("searching", test_searching);
  return g_test_run ();
}
