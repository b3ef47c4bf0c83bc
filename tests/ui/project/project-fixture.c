/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/project/project-fixture.h"

#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"

static void
problem_cb (SagUiProject *project, const char *sentence, SagTestProject *test)
{
  g_string_append_printf (test->problems, "%s\n", sentence);
}

static void
opened_cb (SagUiProject *project, SagTestProject *test)
{
  g_assert_nonnull (sag_ui_project_get_store (project));
  g_assert_nonnull (sag_ui_project_get_list (project));
  test->n_opened++;
}

void
sag_test_project_set_up (SagTestProject *test, gconstpointer data)
{
  test->folder = sag_test_dup_folder ();
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  test->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  test->session = sag_ui_session_new (test->engine);
  test->project = sag_ui_project_get (test->session);
  test->problems = g_string_new (NULL);
  g_assert_true (test->project == sag_ui_project_get (test->session));
  g_signal_connect (test->project, "problem", G_CALLBACK (problem_cb), test);
  g_signal_connect (test->project, "opened", G_CALLBACK (opened_cb), test);
}

void
sag_test_project_tear_down (SagTestProject *test, gconstpointer data)
{
  sag_ui_project_close (test->project);
  sag_test_ui_until (!sag_ui_project_is_busy (test->project));
  g_object_unref (test->session);
  sag_ui_engine_close (test->engine);
  g_object_unref (test->engine);
  sag_test_ui_settle ();
  sag_test_remove_folder (test->folder);
  g_string_free (test->problems, TRUE);
}

static GFile *
project_file (SagTestProject *test)
{
  g_autofree char *path = g_build_filename (test->folder, "Lungs.sagitta", NULL);

  return g_file_new_for_path (path);
}

void
sag_test_project_open (SagTestProject *test, gboolean create)
{
  g_autoptr (GFile) file = project_file (test);

  sag_ui_project_open (test->project, file, create);
  g_assert_true (sag_ui_project_is_busy (test->project));
  sag_test_ui_until (!sag_ui_project_is_busy (test->project));
}

void
sag_test_project_close (SagTestProject *test)
{
  sag_ui_project_close (test->project);
  g_assert_null (sag_ui_project_get_store (test->project));
  sag_test_ui_until (!sag_ui_project_is_busy (test->project));
}

SagUiCase *
sag_test_project_open_scan (SagTestProject *test, GFile *file)
{
  SagUiCases *cases = sag_ui_session_get_cases (test->session);
  SagUiCase  *one = sag_ui_cases_add (cases, file);

  sag_ui_cases_set_current (cases, one);
  sag_test_ui_until (sag_ui_case_get_state (one) == SAG_UI_CASE_READY);
  return one;
}

void
sag_test_project_close_scan (SagTestProject *test, SagUiCase *one)
{
  sag_ui_cases_remove (sag_ui_session_get_cases (test->session), one);
}

SagWorkItem *
sag_test_project_get_item (SagTestProject *test, guint place)
{
  SagWorklist *list = sag_ui_project_get_list (test->project);

  g_assert_cmpuint (place, <, list->items->len);
  return g_ptr_array_index (list->items, place);
}

SagUiCase *
sag_test_project_open_case (SagTestProject *test, const char *name)
{
  g_autoptr (GFile) scan = sag_test_ui_scan (test->folder, name, 8 + (name[0] - 'a'));
  SagUiCase *one = sag_test_project_open_scan (test, scan);
  gint64     id = 0;

  sag_test_ui_until ((id = sag_ui_project_get_case_id (test->project, one)) != 0);
  sag_test_ui_until (sag_ui_project_find_item (test->project, id) >= 0);
  return one;
}

static gboolean
put_task (SagDb *db, gpointer row, GError **error)
{
  return sag_tasks_put (db, row, error);
}

void
sag_test_project_add_task (SagTestProject *test, const char *key, const char *wording)
{
  SagTaskRow  row = { .key = (char *) key, .wording = (char *) wording, .colour = 0x56B4E9 };
  const guint n = sag_ui_project_get_n_tasks (test->project);
  g_autoptr (GError) error = NULL;

  sag_store_run (sag_ui_project_get_store (test->project), put_task, &row, &error);
  g_assert_no_error (error);
  sag_ui_project_reload (test->project);
  sag_test_ui_until (sag_ui_project_get_n_tasks (test->project) == n + 1);
}
