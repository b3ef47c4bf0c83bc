/* SPDX-License-Identifier: Apache-2.0 */
#include "model/export/export.h"
#include "model/store/records.h"
#include "tests/support/test.h"
#include "tests/ui/ask/ask-fixture.h"
#include "ui/base/settings.h"
#include "ui/project/labels.h"

#include <string.h>

static gboolean
put_tasks (SagDb *db, gpointer data, GError **error)
{
  SagTaskRow effusion = { .key = (char *) "effusion", .wording = (char *) EFFUSION };
  SagTaskRow nodule = { .key = (char *) "nodule", .wording = (char *) NODULE };

  return sag_tasks_put (db, &effusion, error) && sag_tasks_put (db, &nodule, error);
}

static SagUiLabels *
open_project_behind (AskFixture *fixture)
{
  SagUiProject    *project = sag_ui_project_get (fixture->session);
  SagUiLabels     *labels = sag_ui_labels_get (fixture->session);
  g_autofree char *path = g_build_filename (fixture->folder, "p.sagitta", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_WRITE | SAG_STORE_CREATE, "Ann", &error);

  /* The tasks are there before the labels that look for theirs. */
  g_assert_no_error (error);
  g_assert_true (sag_store_run (store, put_tasks, NULL, &error));
  g_assert_true (sag_store_close (store, &error));
  sag_ui_project_open (project, file, FALSE);
  sag_test_ui_until (sag_ui_project_get_store (project) != NULL &&
                     sag_ui_project_get_n_tasks (project) == 2);
  sag_test_ui_until (sag_ui_labels_is_ready (labels));
  return labels;
}

static SagUiLabels *
open_project (AskFixture *fixture)
{
  sag_ui_labels_set_ask (sag_ui_labels_get (fixture->session),
                         sag_ui_ask_pane_get_ask (fixture->pane));
  return open_project_behind (fixture);
}

static void
close_project (AskFixture *fixture)
{
  SagUiProject *project = sag_ui_project_get (fixture->session);

  sag_ui_project_close (project);
  sag_test_ui_until (!sag_ui_project_is_busy (project));
}

/* A label reveals its answer and is blind; once it was shown, a changed one is not. */
static void
test_blind (void)
{
  AskFixture   fixture;
  SagUiLabels *labels;
  SagUiAsk    *ask;

  ask_fixture_set_up (&fixture, FALSE);
  ask = sag_ui_ask_pane_get_ask (fixture.pane);
  g_assert_false (sag_ui_ask_get_read_first (ask));
  labels = open_project (&fixture);
  g_assert_true (sag_ui_ask_get_read_first (ask));
  g_assert_false (g_settings_get_boolean (sag_ui_settings_get (), "read-first"));

  ask_fixture_ask (&fixture, EFFUSION);
  g_assert_false (ask_shows (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "0.91"));
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "0.91"));
  g_assert_false (sag_ui_labels_get_row (labels, 0)->seen);

  sag_ui_labels_set_active (labels, 0);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_ABSENT);
  g_assert_true (sag_ui_labels_get_row (labels, 0)->seen);
  g_assert_nonnull (sag_ui_labels_get_row (labels, 0)->bundle);

  /* That says nothing about the other task, whose label is set on its card. */
  ask_fixture_ask (&fixture, NODULE);
  gtk_widget_activate_action (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "card.label", "s",
                              "unsure");
  g_assert_cmpint (sag_ui_labels_get_row (labels, 1)->value, ==, SAG_LABEL_VALUE_UNSURE);
  g_assert_false (sag_ui_labels_get_row (labels, 1)->seen);
  close_project (&fixture);
  g_assert_false (sag_ui_ask_get_read_first (ask));
  ask_fixture_tear_down (&fixture);
}

/* Who reads second on the same screen sees neither the answers nor the labels that the first has seen and set. */
static void
test_second_reader (void)
{
  AskFixture   fixture;
  SagUiLabels *labels;

  ask_fixture_set_up (&fixture, FALSE);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  labels = open_project (&fixture);
  ask_fixture_ask (&fixture, EFFUSION);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "0.91"));

  g_settings_set_string (sag_ui_settings_get (), "reader", "Ben");
  sag_test_ui_settle ();
  g_assert_false (ask_shows (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "0.91"));
  sag_test_ui_until (sag_ui_labels_can_set (labels));
  g_assert_cmpint (sag_ui_labels_get_row (labels, 0)->value, ==, SAG_LABEL_VALUE_NONE);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_ABSENT);
  g_assert_false (sag_ui_labels_get_row (labels, 0)->seen);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "0.91"));
  sag_ui_labels_set_active (labels, 0);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
  g_assert_true (sag_ui_labels_get_row (labels, 0)->seen);

  /* Ann has seen it, and is told so again by the project. */
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  sag_test_ui_until (sag_ui_labels_can_set (labels));
  g_assert_cmpint (sag_ui_labels_get_row (labels, 0)->value, ==, SAG_LABEL_VALUE_PRESENT);
  sag_ui_labels_set_active (labels, 0);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_ABSENT);
  g_assert_true (sag_ui_labels_get_row (labels, 0)->seen);
  g_settings_reset (sag_ui_settings_get (), "reader");
  close_project (&fixture);
  ask_fixture_tear_down (&fixture);
}

/* What the first reader was shown is being read when the second one begins: it is not theirs. */
static void
test_reader_meanwhile (void)
{
  AskFixture    fixture;
  SagUiLabels  *labels;
  SagUiProject *project;

  ask_fixture_set_up (&fixture, FALSE);
  project = sag_ui_project_get (fixture.session);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  labels = open_project (&fixture);
  ask_fixture_ask (&fixture, EFFUSION);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
  sag_test_ui_settle ();
  g_assert_nonnull (sag_ui_opinion_get (fixture.one, EFFUSION)->bundle);

  g_signal_emit_by_name (project, "labels", (gint64) 0);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ben");
  sag_test_ui_until (sag_ui_labels_can_set (labels));
  g_assert_null (sag_ui_opinion_get (fixture.one, EFFUSION)->bundle);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_ABSENT);
  g_assert_false (sag_ui_labels_get_row (labels, 0)->seen);
  g_settings_reset (sag_ui_settings_get (), "reader");
  close_project (&fixture);
  ask_fixture_tear_down (&fixture);
}

/* An answer to a text that is nobody's may be about any task. */
static void
test_free_text (void)
{
  AskFixture   fixture;
  SagUiLabels *labels;

  ask_fixture_set_up (&fixture, FALSE);
  labels = open_project (&fixture);
  g_settings_set_boolean (sag_ui_settings_get (), "blind-first", FALSE);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_ABSENT);
  g_assert_false (sag_ui_labels_get_row (labels, 0)->seen);
  ask_fixture_ask (&fixture, LUNGS);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_ABSENT);
  g_assert_true (sag_ui_labels_get_row (labels, 1)->seen);
  g_settings_reset (sag_ui_settings_get (), "blind-first");
  close_project (&fixture);
  ask_fixture_tear_down (&fixture);
}

/* A label that was set on a card before there was a project comes into it, as blind as it was. */
static void
test_early (void)
{
  AskFixture   fixture;
  SagUiLabels *labels;
  SagUiAsk    *ask;

  ask_fixture_set_up (&fixture, FALSE);
  ask = sag_ui_ask_pane_get_ask (fixture.pane);
  labels = sag_ui_labels_get (fixture.session);
  sag_ui_labels_set_ask (labels, ask);
  sag_ui_ask_set_read_first (ask, TRUE);
  ask_fixture_ask (&fixture, EFFUSION);
  gtk_widget_activate_action (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "card.label", "s",
                              "present");
  ask_fixture_ask (&fixture, NODULE);
  gtk_widget_activate_action (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "card.label", "s",
                              "absent");
  sag_ui_ask_set_label (ask, fixture.one, NODULE, SAG_UI_LABEL_NONE);
  g_assert_cmpint (sag_ui_opinion_get (fixture.one, NODULE)->label, ==, SAG_UI_LABEL_NONE);
  open_project_behind (&fixture);
  g_assert_cmpint (sag_ui_labels_get_row (labels, 0)->value, ==, SAG_LABEL_VALUE_PRESENT);
  g_assert_false (sag_ui_labels_get_row (labels, 0)->seen);
  g_assert_cmpint (sag_ui_opinion_get (fixture.one, EFFUSION)->label, ==, SAG_UI_LABEL_PRESENT);
  g_assert_cmpint (sag_ui_labels_get_row (labels, 1)->value, ==, SAG_LABEL_VALUE_NONE);
  g_assert_cmpuint (sag_ui_labels_get_n_set (labels), ==, 1);
  close_project (&fixture);
  ask_fixture_tear_down (&fixture);
}

/* What was seen is known when the scan is opened another time, also to a label that had been taken back. */
static void
test_another_time (void)
{
  AskFixture   fixture;
  SagUiLabels *labels;
  SagUiCases  *cases;
  g_autoptr (GFile) file = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  cases = sag_ui_session_get_cases (fixture.session);
  file = g_object_ref (sag_ui_case_get_file (fixture.one));
  labels = open_project (&fixture);
  g_settings_set_boolean (sag_ui_settings_get (), "blind-first", FALSE);
  ask_fixture_ask (&fixture, EFFUSION);
  g_assert_nonnull (sag_ui_opinion_get (fixture.one, EFFUSION)->bundle);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
  sag_ui_labels_set_active (labels, 0);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_NONE);
  sag_ui_cases_remove (cases, fixture.one);
  g_settings_set_boolean (sag_ui_settings_get (), "blind-first", TRUE);

  fixture.one = sag_ui_cases_add (cases, file);
  sag_ui_cases_set_current (cases, fixture.one);
  sag_test_ui_until (sag_ui_labels_is_ready (labels));
  g_assert_nonnull (sag_ui_opinion_get (fixture.one, EFFUSION)->bundle);
  g_assert_null (sag_ui_opinion_get (fixture.one, NODULE)->bundle);
  sag_ui_labels_set_active (labels, 0);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_ABSENT);
  g_assert_true (sag_ui_labels_get_row (labels, 0)->seen);
  sag_ui_labels_set_active (labels, 1);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_ABSENT);
  g_assert_false (sag_ui_labels_get_row (labels, 1)->seen);
  g_settings_reset (sag_ui_settings_get (), "blind-first");
  close_project (&fixture);
  ask_fixture_tear_down (&fixture);
}

static gboolean
list_answers (SagDb *db, gpointer data, GError **error)
{
  gint64 *id = ((gpointer *) data)[1];

  *(GPtrArray **) data = sag_answers_list (db, *id, error);
  return *(GPtrArray **) data != NULL;
}

/* An answer is in the project as soon as it was shown, not before; its scores can be exported. */
static void
test_answers (void)
{
  AskFixture       fixture;
  SagUiLabels     *labels;
  SagUiProject    *project;
  gint64           id;
  gpointer         both[2] = { NULL, &id };
  g_autofree char *out = NULL;
  g_autoptr (SagProject) whole = NULL;
  g_auto (SagExported) exported = { 0 };
  g_autoptr (GError) error = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  project = sag_ui_project_get (fixture.session);
  labels = open_project (&fixture);
  id = sag_ui_project_get_current_id (project);
  ask_fixture_ask (&fixture, EFFUSION);
  g_assert_true (sag_store_run (sag_ui_project_get_store (project), list_answers, both, NULL));
  g_assert_cmpuint (((GPtrArray *) both[0])->len, ==, 0);
  g_ptr_array_unref (both[0]);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
  g_assert_true (sag_store_run (sag_ui_project_get_store (project), list_answers, both, NULL));
  g_assert_cmpuint (((GPtrArray *) both[0])->len, ==, 1);
  {
    const SagAnswerRow *row = ((GPtrArray *) both[0])->pdata[0];

    g_assert_cmpstr (row->text, ==, EFFUSION);
    g_assert_nonnull (strstr (row->json, "cell_geometry"));
    g_assert_nonnull (strstr (row->json, "provenance"));
    g_assert_cmpuint (g_bytes_get_size (row->cells), >, 0);
  }
  g_ptr_array_unref (both[0]);
  out = g_build_filename (fixture.folder, "scores", NULL);
  g_assert_cmpint (g_mkdir_with_parents (out, 0700), ==, 0);
  sag_exported_init (&exported);
  whole = sag_project_load (sag_ui_project_get_store (project), &error);
  g_assert_no_error (error);
  g_assert_true (sag_export_scores (whole, out, &exported, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (exported.n_files, ==, 1);
  close_project (&fixture);
  ask_fixture_tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/project/blind/labels-and-cards", test_blind);
  g_test_add_func ("/ui/project/blind/second-reader", test_second_reader);
  g_test_add_func ("/ui/project/blind/reader-meanwhile", test_reader_meanwhile);
  g_test_add_func ("/ui/project/blind/free-text", test_free_text);
  g_test_add_func ("/ui/project/blind/early", test_early);
  g_test_add_func ("/ui/project/blind/another-time", test_another_time);
  g_test_add_func ("/ui/project/blind/answers", test_answers);
  return g_test_run ();
}
