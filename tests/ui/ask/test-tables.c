/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/replay.h"
#include "model/core/error.h"
#include "tests/support/test.h"
#include "tests/ui/ask/ask-fixture.h"
#include "ui/ask/catalogue-row.h"
#include "ui/ask/catalogue-window.h"
#include "ui/ask/compare-window.h"
#include "ui/ask/details.h"
#include "ui/ask/difference.h"
#include "ui/ask/save.h"
#include "ui/ask/templates.h"

#include <math.h>
#include <string.h>

static gboolean
is_prognosis (GtkWidget *widget, gconstpointer data)
{
  return g_strcmp0 (gtk_check_button_get_label (GTK_CHECK_BUTTON (widget)), data) == 0;
}

static guint
count_prognostic (GListModel *rows)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (SagUiCatalogueRow) row = g_list_model_get_item (rows, i);

      n += sag_ui_catalogue_row_get_task (row)->prognostic;
    }
  return n;
}

static void
test_catalogue (void)
{
  AskFixture            fixture;
  GtkWindow            *window;
  SagUiCatalogueWindow *table;
  GListModel           *rows;
  GtkWidget            *check;
  g_autofree char      *csv = NULL;
  g_autofree char      *json = NULL;
  g_autoptr (SagUiCatalogueRow) row = NULL;
  cairo_surface_t *picture;

  ask_fixture_set_up (&fixture, FALSE);
  window = sag_ui_catalogue_window_new (sag_ui_ask_pane_get_ask (fixture.pane), fixture.one);
  table = SAG_UI_CATALOGUE_WINDOW (window);
  gtk_window_present (window);
  g_assert_true (sag_ui_catalogue_window_is_asking (table));
  sag_test_ui_until (!sag_ui_catalogue_window_is_asking (table));
  sag_test_ui_settle ();
  picture = sag_test_ui_picture (GTK_WIDGET (window), "catalogue");
  cairo_surface_destroy (picture);
  rows = sag_ui_catalogue_window_get_rows (table);
  g_assert_cmpuint (g_list_model_get_n_items (rows), >, 100);
  g_assert_cmpuint (count_prognostic (rows), ==, 0);
  row = g_list_model_get_item (rows, 0);
  g_assert_cmpfloat_with_epsilon (sag_ui_catalogue_row_get_probability (row, -1), 0.91, 1e-3);
  g_assert_cmpfloat_with_epsilon (sag_ui_catalogue_row_get_probability (row, 0.05), 0.3473, 1e-3);
  g_assert_cmpfloat_with_epsilon (sag_ui_catalogue_row_get_score (row), 0.74, 1e-3);

  csv = sag_ui_catalogue_dup_csv (rows, "a \"quoted\" scan", NULL);
  g_assert_true (g_str_has_prefix (csv, "case,task,label,logit,probability,score,"));
  g_assert_nonnull (strstr (csv, "\"a \"\"quoted\"\" scan\",\"Diagnose the presence of"));
  g_assert_nonnull (strstr (csv, ",2.3136,0.9"));
  json = sag_ui_catalogue_dup_json (rows, "scan", "a note");
  g_assert_nonnull (strstr (json, "\"provenance\""));
  g_assert_nonnull (strstr (json, "\"a note\""));

  check = sag_test_ui_find (GTK_WIDGET (window), GTK_TYPE_CHECK_BUTTON, is_prognosis, "Prognosis");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  g_assert_cmpuint (count_prognostic (rows), >, 0);
  gtk_window_destroy (window);
  sag_test_ui_settle ();
  ask_fixture_tear_down (&fixture);
}

static SagUiCase *
add_copy (AskFixture *fixture)
{
  g_autofree char *from = g_build_filename (fixture->folder, "scan.nii", NULL);
  g_autofree char *to = g_build_filename (fixture->folder, "copy.nii", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (to);
  g_autofree char *content = NULL;
  gsize            length;

  g_assert_true (g_file_get_contents (from, &content, &length, NULL));
  g_assert_true (g_file_set_contents (to, content, (gssize) length, NULL));
  return sag_ui_cases_add (sag_ui_session_get_cases (fixture->session), file);
}

/* A row is about the table's scan, whatever is shown by now. */
static void
test_catalogue_row (void)
{
  AskFixture  fixture;
  SagUiCases *cases;
  SagUiCase  *other;
  GtkWindow  *window = NULL;
  g_autoptr (SagUiCase) one = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  cases = sag_ui_session_get_cases (fixture.session);
  one = g_object_ref (fixture.one);
  gtk_widget_activate_action (GTK_WIDGET (fixture.pane), "ask.catalogue", NULL);
  sag_test_ui_until ((window = sag_test_ui_find_window (SAG_UI_TYPE_CATALOGUE_WINDOW)) != NULL);
  sag_test_ui_until (!sag_ui_catalogue_window_is_asking (SAG_UI_CATALOGUE_WINDOW (window)));
  other = add_copy (&fixture);
  sag_ui_cases_set_current (cases, other);
  g_signal_emit_by_name (window, "ask", EFFUSION);
  g_assert_true (sag_ui_cases_get_current (cases) == one);
  g_assert_cmpuint (ask_fixture_count (&fixture), ==, 1);

  /* It was closed meanwhile. */
  sag_ui_cases_remove (cases, one);
  g_signal_emit_by_name (window, "ask", NODULE);
  g_assert_true (sag_ui_cases_get_current (cases) == other);
  g_assert_cmpuint (ask_fixture_count (&fixture), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_results (other))), ==,
                    0);
  gtk_window_destroy (window);
  sag_test_ui_settle ();
  ask_fixture_tear_down (&fixture);
}

static void
test_catalogue_reads_first (void)
{
  AskFixture            fixture;
  SagUiAsk             *ask;
  GtkWindow            *window;
  SagUiCatalogueWindow *table;
  const char           *text;
  g_autoptr (SagUiCatalogueRow) row = NULL;
  g_autoptr (SagUiCatalogueRow) other = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  ask = sag_ui_ask_pane_get_ask (fixture.pane);
  sag_ui_ask_set_read_first (ask, TRUE);
  window = sag_ui_catalogue_window_new (ask, fixture.one);
  table = SAG_UI_CATALOGUE_WINDOW (window);
  gtk_window_present (window);
  sag_test_ui_until (!sag_ui_catalogue_window_is_asking (table));
  sag_test_ui_settle ();
  row = g_list_model_get_item (sag_ui_catalogue_window_get_rows (table), 0);
  g_assert_true (isnan (sag_ui_catalogue_row_get_probability (row, -1)));
  g_assert_false (ask_shows (GTK_WIDGET (window), "0.91"));
  text = sag_ui_catalogue_row_get_task (row)->text;
  sag_ui_ask_set_label (ask, fixture.one, text, SAG_UI_LABEL_ABSENT);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (GTK_WIDGET (window), "0.91"));

  /* What the table shows now was seen, and from which model; the label came first. */
  g_assert_nonnull (sag_ui_opinion_get (fixture.one, text)->bundle);
  g_assert_true (sag_ui_opinion_get (fixture.one, text)->label_first);
  other = g_list_model_get_item (sag_ui_catalogue_window_get_rows (table), 1);
  text = sag_ui_catalogue_row_get_task (other)->text;
  g_assert_false (sag_ui_opinion_get (fixture.one, text)->seen);
  sag_ui_ask_set_read_first (ask, FALSE);
  sag_ui_ask_set_read_first (ask, TRUE);
  g_assert_true (sag_ui_opinion_get (fixture.one, text)->seen);
  g_assert_nonnull (sag_ui_opinion_get (fixture.one, text)->bundle);
  gtk_window_destroy (window);
  sag_test_ui_settle ();
  ask_fixture_tear_down (&fixture);
}

static guint
count_overlays (AskFixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_overlays (fixture->one)));
}

static void
test_compare (void)
{
  AskFixture          fixture;
  SagUiCompareWindow *compare;
  GtkWindow          *window;
  SagUiResult        *a;
  SagUiOverlay       *difference;
  double              ras_mm[3];
  cairo_surface_t    *picture;

  ask_fixture_set_up (&fixture, FALSE);
  a = ask_fixture_ask (&fixture, EFFUSION);
  window = sag_ui_compare_window_new (sag_ui_ask_pane_get_ask (fixture.pane), fixture.one, a);
  compare = SAG_UI_COMPARE_WINDOW (window);
  gtk_window_present (window);
  fixture.logit = 0;          /* 0.50 */
  fixture.cell_logit = -0.4f; /* 0.40 */
  sag_ui_compare_window_ask (compare, "Is there a pleural effusion?", NULL);
  sag_test_ui_until (sag_ui_compare_window_get_b (compare) != NULL);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (GTK_WIDGET (window), "0.91"));
  g_assert_true (ask_shows (GTK_WIDGET (window), "0.50"));
  g_assert_true (ask_shows (GTK_WIDGET (window), "+0.41"));
  g_assert_true (sag_ui_opinion_get (fixture.one, "Is there a pleural effusion?")->seen);
  difference = sag_ui_compare_window_get_difference (compare);
  g_assert_cmpint (sag_ui_overlay_get_kind (difference), ==, SAG_UI_OVERLAY_DIFFERENCE);
  g_assert_cmpfloat_with_epsilon (sag_ui_overlay_get_peak (difference, ras_mm), 0.74 - 0.4013,
                                  1e-3);
  g_assert_false (sag_ui_overlay_get_visible (difference));
  g_assert_cmpuint (count_overlays (&fixture), ==, 3);
  {
    g_autoptr (SagUiOverlay) map_b =
      g_list_model_get_item (G_LIST_MODEL (sag_ui_case_get_overlays (fixture.one)), 1);

    g_assert_nonnull (strstr (sag_ui_overlay_get_note (map_b), "Localisation was not trained"));
  }
  picture = sag_test_ui_picture (GTK_WIDGET (window), "compare");
  cairo_surface_destroy (picture);
  gtk_window_destroy (window);
  sag_test_ui_settle ();
  g_assert_cmpuint (count_overlays (&fixture), ==, 1);
  ask_fixture_tear_down (&fixture);
}

/* A model that draws no map beside one that does: a number each, no map of it and no difference of maps. */
static void
test_compare_without_map (void)
{
  AskFixture          fixture;
  SagUiCompareWindow *compare;
  GtkWindow          *windows[2];
  SagUiAsk           *ask;
  SagUiResult        *result;
  SagAnswer          *answer;

  ask_fixture_set_up (&fixture, FALSE);
  ask = sag_ui_ask_pane_get_ask (fixture.pane);
  result = ask_fixture_ask (&fixture, EFFUSION);
  answer = sag_answer_ref (sag_ui_result_get_answer (result));
  answer->has_map = FALSE;
  answer->peak_score = NAN;
  sag_ui_result_reset (result);
  sag_ui_result_take_answer (result, answer, 1);

  windows[0] = sag_ui_details_present (GTK_WIDGET (fixture.pane), ask, fixture.one, result);
  windows[1] = sag_ui_compare_window_new (ask, fixture.one, result);
  compare = SAG_UI_COMPARE_WINDOW (windows[1]);
  gtk_window_present (windows[1]);
  sag_ui_compare_window_ask (compare, "Is there a pleural effusion?", NULL);
  sag_test_ui_until (sag_ui_compare_window_get_b (compare) != NULL);
  sag_test_ui_settle ();
  for (gsize i = 0; i < G_N_ELEMENTS (windows); i++)
    {
      cairo_surface_t *picture =
        sag_test_ui_picture (GTK_WIDGET (windows[i]), i == 0 ? "details-no-map" : "compare-no-map");

      cairo_surface_destroy (picture);
      g_assert_true (ask_shows (GTK_WIDGET (windows[i]), "This model draws no map."));
    }
  g_assert_null (sag_ui_compare_window_get_difference (compare));
  for (gsize i = 0; i < G_N_ELEMENTS (windows); i++)
    gtk_window_destroy (windows[i]);
  sag_test_ui_settle ();
  ask_fixture_tear_down (&fixture);
}

static void
test_difference_needs_same_cells (void)
{
  const float cells[8] = { 0, 0.5f, 0, 0, 0, 0, 0, 1 };
  SagGeometry geometry = { .dims = { 2, 2, 2 } };
  SagGeometry moved;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagUiOverlay) a = NULL;
  g_autoptr (SagUiOverlay) b = NULL;
  g_autoptr (SagUiOverlay) same = NULL;

  for (int axis = 0; axis < 3; axis++)
    geometry.ijk_to_ras[axis][axis] = 10;
  moved = geometry;
  moved.ijk_to_ras[0][3] = 5;
  a = sag_ui_overlay_new (SAG_UI_OVERLAY_SCORE, "a", cells, &geometry, 0);
  b = sag_ui_overlay_new (SAG_UI_OVERLAY_SCORE, "b", cells, &moved, 1);
  g_assert_null (sag_ui_difference_new (a, b, "a − b", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "different cells");
  same = sag_ui_difference_new (a, a, "a − a", &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (sag_ui_overlay_get_cells (same)[7], ==, 0);
}

static void
saved_cb (GObject *source, GAsyncResult *async, gpointer user_data)
{
  GError **error = user_data;

  if (g_task_propagate_boolean (G_TASK (async), error))
    *error = g_error_new_literal (SAG_ERROR, SAG_ERROR_ARGUMENT, "saved");
}

static void
test_saving (void)
{
  AskFixture       fixture;
  g_autofree char *path = NULL;
  g_autofree char *nowhere = NULL;
  g_autofree char *read = NULL;
  g_autoptr (GError) error = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  path = g_build_filename (fixture.folder, "table.csv", NULL);
  nowhere = g_build_filename (fixture.folder, "no-such-folder", "table.csv", NULL);
  sag_ui_save_text_to (fixture.session, path, g_strdup ("a,b\r\n"), saved_cb, &error);
  sag_test_ui_until (error != NULL);
  g_assert_cmpstr (error->message, ==, "saved");
  g_clear_error (&error);
  g_assert_true (g_file_get_contents (path, &read, NULL, NULL));
  g_assert_cmpstr (read, ==, "a,b\r\n");
  sag_ui_save_text_to (fixture.session, nowhere, g_strdup ("a"), saved_cb, &error);
  sag_test_ui_until (error != NULL);
  g_assert_cmpuint (error->domain, ==, G_FILE_ERROR);
  ask_fixture_tear_down (&fixture);
}

static void
test_details_and_replay (void)
{
  AskFixture       fixture;
  SagUiAsk        *ask;
  SagUiResult     *result;
  GtkWindow       *window;
  g_autofree char *json = NULL;
  g_autofree char *path = NULL;
  g_autoptr (SagRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  cairo_surface_t *picture;

  ask_fixture_set_up (&fixture, FALSE);
  ask = sag_ui_ask_pane_get_ask (fixture.pane);
  result = ask_fixture_ask (&fixture, EFFUSION);
  window = sag_ui_details_present (GTK_WIDGET (fixture.pane), ask, fixture.one, result);
  sag_test_ui_settle ();
  g_assert_true (
    ask_shows (GTK_WIDGET (window), sag_ui_result_get_answer (result)->provenance->bundle_sha256));
  picture = sag_test_ui_picture (GTK_WIDGET (window), "details");
  cairo_surface_destroy (picture);
  gtk_window_destroy (window);

  json = sag_ui_save_dup_answer (ask, fixture.one, result);
  path = g_build_filename (fixture.folder, "answer.json", NULL);
  g_file_set_contents (path, json, -1, &error);
  g_assert_no_error (error);
  record = sag_record_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (record->results->len, ==, 1);
  g_assert_cmpfloat (((SagRecordedResult *) record->results->pdata[0])->logit, ==, 2.3136f);
  ask_fixture_tear_down (&fixture);
}

static void
used_cb (SagUiTemplates *templates, const char *text, char **used)
{
  *used = g_strdup (text);
}

static gboolean
is_use (GtkWidget *widget, gconstpointer data)
{
  return g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), data) == 0;
}

static void
test_templates (void)
{
  GtkWidget       *templates = g_object_new (SAG_UI_TYPE_TEMPLATES, NULL);
  GtkWindow       *window = sag_test_ui_show (templates, 420, 320);
  GtkWidget       *kind = sag_test_ui_find_type (templates, GTK_TYPE_DROP_DOWN);
  GtkWidget       *use;
  g_autofree char *used = NULL;
  cairo_surface_t *picture;

  g_assert_true (g_str_has_prefix (sag_ui_templates_get_text (SAG_UI_TEMPLATES (templates)),
                                   "Diagnose the presence of "));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (kind), 2);
  g_assert_true (
    g_str_has_suffix (sag_ui_templates_get_text (SAG_UI_TEMPLATES (templates)), " in 1 month"));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (kind), 3);
  g_assert_true (
    g_str_has_prefix (sag_ui_templates_get_text (SAG_UI_TEMPLATES (templates)), "Segment "));
  g_signal_connect (templates, "use", G_CALLBACK (used_cb), &used);
  use = sag_test_ui_find (templates, GTK_TYPE_BUTTON, is_use, "_Use this sentence");
  g_signal_emit_by_name (use, "clicked");
  g_assert_cmpstr (used, ==, sag_ui_templates_get_text (SAG_UI_TEMPLATES (templates)));
  g_assert_nonnull (sag_catalogue_find (sag_catalogue_get_default (NULL), used));
  picture = sag_test_ui_picture (GTK_WIDGET (window), "templates");
  cairo_surface_destroy (picture);
  gtk_window_destroy (window);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/ask/tables/catalogue", test_catalogue);
  g_test_add_func ("/ui/ask/tables/catalogue-row", test_catalogue_row);
  g_test_add_func ("/ui/ask/tables/catalogue-reads-first", test_catalogue_reads_first);
  g_test_add_func ("/ui/ask/tables/compare", test_compare);
  g_test_add_func ("/ui/ask/tables/compare-without-map", test_compare_without_map);
  g_test_add_func ("/ui/ask/tables/difference-needs-same-cells", test_difference_needs_same_cells);
  g_test_add_func ("/ui/ask/tables/details-and-replay", test_details_and_replay);
  g_test_add_func ("/ui/ask/tables/saving", test_saving);
  g_test_add_func ("/ui/ask/tables/templates", test_templates);
  return g_test_run ();
}
