/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"
#include "ui/project/project.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char         *folder;
  SagUiEngine  *engine;
  SagUiSession *session;
  SagUiProject *project;
  GString      *problems;
  guint         n_opened;
} Fixture;

static void
problem_cb (SagUiProject *project, const char *sentence, Fixture *fixture)
{
  g_string_append_printf (fixture->problems, "%s\n", sentence);
}

static void
opened_cb (SagUiProject *project, Fixture *fixture)
{
  g_assert_nonnull (sag_ui_project_get_store (project));
  g_assert_nonnull (sag_ui_project_get_list (project));
  fixture->n_opened++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = sag_test_dup_folder ();
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  fixture->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  fixture->session = sag_ui_session_new (fixture->engine);
  fixture->project = sag_ui_project_get (fixture->session);
  fixture->problems = g_string_new (NULL);
  g_assert_true (fixture->project == sag_ui_project_get (fixture->session));
  g_signal_connect (fixture->project, "problem", G_CALLBACK (problem_cb), fixture);
  g_signal_connect (fixture->project, "opened", G_CALLBACK (opened_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sag_ui_project_close (fixture->project);
  sag_test_ui_until (!sag_ui_project_is_busy (fixture->project));
  g_object_unref (fixture->session);
  sag_ui_engine_close (fixture->engine);
  g_object_unref (fixture->engine);
  sag_test_ui_settle ();
  sag_test_remove_folder (fixture->folder);
  g_string_free (fixture->problems, TRUE);
}

static GFile *
project_file (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, "Lungs.sagitta", NULL);

  return g_file_new_for_path (path);
}

static void
open_project (Fixture *fixture, gboolean create)
{
  g_autoptr (GFile) file = project_file (fixture);

  sag_ui_project_open (fixture->project, file, create);
  g_assert_true (sag_ui_project_is_busy (fixture->project));
  sag_test_ui_until (!sag_ui_project_is_busy (fixture->project));
}

static void
close_project (Fixture *fixture)
{
  sag_ui_project_close (fixture->project);
  g_assert_null (sag_ui_project_get_store (fixture->project));
  sag_test_ui_until (!sag_ui_project_is_busy (fixture->project));
}

static SagUiCase *
open_scan (Fixture *fixture, GFile *file)
{
  SagUiCases *cases = sag_ui_session_get_cases (fixture->session);
  SagUiCase  *one = sag_ui_cases_add (cases, file);

  sag_ui_cases_set_current (cases, one);
  sag_test_ui_until (sag_ui_case_get_state (one) == SAG_UI_CASE_READY);
  return one;
}

static void
close_scan (Fixture *fixture, SagUiCase *one)
{
  sag_ui_cases_remove (sag_ui_session_get_cases (fixture->session), one);
}

static const SagCaseRow *
get_row (Fixture *fixture, guint place)
{
  SagWorklist *list = sag_ui_project_get_list (fixture->project);

  g_assert_cmpuint (place, <, list->items->len);
  return ((SagWorkItem *) g_ptr_array_index (list->items, place))->one;
}

/* What is open becomes a case, with its hash and grid, and is that case again in the next session. */
static void
test_meet (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) scan = sag_test_ui_scan (fixture->folder, "a", 8);
  SagUiCase *one;
  gint64     id;

  open_project (fixture, TRUE);
  g_assert_cmpuint (fixture->n_opened, ==, 1);
  g_assert_cmpstr (sag_ui_project_get_title (fixture->project), ==, "Lungs");
  g_assert_true (sag_ui_project_can_write (fixture->project));
  g_assert_cmpint (sag_ui_project_get_current_id (fixture->project), ==, 0);
  one = open_scan (fixture, scan);
  sag_test_ui_until (sag_ui_project_get_case_id (fixture->project, one) != 0);
  id = sag_ui_project_get_current_id (fixture->project);
  sag_test_ui_until (sag_ui_project_find_item (fixture->project, id) == 0);
  g_assert_cmpstr (get_row (fixture, 0)->name, ==, "a");
  g_assert_cmpuint (strlen (get_row (fixture, 0)->sha256), ==, 64);
  g_assert_cmpint (get_row (fixture, 0)->geometry.dims[0], >, 0);

  close_project (fixture);
  g_assert_cmpint (sag_ui_project_get_case_id (fixture->project, one), ==, 0);
  open_project (fixture, FALSE);
  g_assert_cmpint (sag_ui_project_get_case_id (fixture->project, one), ==, id);
  g_assert_cmpstr (fixture->problems->str, ==, "");
}

/* A scan that was moved is found by its content. */
static void
test_moved (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) scan = sag_test_ui_scan (fixture->folder, "a", 8);
  g_autoptr (GFile) place = g_file_get_parent (scan);
  g_autoptr (GFile) other = g_file_get_child (place, "b.nii.gz");
  SagUiCase *one;
  gint64     id;

  open_project (fixture, TRUE);
  one = open_scan (fixture, scan);
  sag_test_ui_until ((id = sag_ui_project_get_case_id (fixture->project, one)) != 0);
  sag_test_ui_until (sag_ui_project_find_item (fixture->project, id) == 0);
  close_scan (fixture, one);
  g_assert_true (g_file_move (scan, other, 0, NULL, NULL, NULL, NULL));
  one = open_scan (fixture, other);
  g_assert_cmpint (sag_ui_project_get_case_id (fixture->project, one), ==, 0);
  sag_test_ui_until (sag_ui_project_get_case_id (fixture->project, one) == id);
  sag_test_ui_until (g_str_has_suffix (get_row (fixture, 0)->path, "b.nii.gz"));
  g_assert_cmpuint (sag_ui_project_get_list (fixture->project)->items->len, ==, 1);
}

/* Another grid at the known place is refused, with a sentence. */
static void
test_grid (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) scan = sag_test_ui_scan (fixture->folder, "a", 8);
  g_autoptr (GFile) finer = NULL;
  SagUiCase *one;
  gint64     id;

  open_project (fixture, TRUE);
  one = open_scan (fixture, scan);
  sag_test_ui_until ((id = sag_ui_project_get_case_id (fixture->project, one)) != 0);
  sag_test_ui_until (sag_ui_project_find_item (fixture->project, id) == 0);
  close_scan (fixture, one);
  finer = sag_test_ui_scan (fixture->folder, "a", 6);
  one = open_scan (fixture, finer);
  sag_test_ui_until (fixture->problems->len > 0);
  g_assert_cmpint (sag_ui_project_get_case_id (fixture->project, one), ==, 0);
  g_assert_nonnull (strstr (fixture->problems->str, "another grid"));
}

/* What somebody else writes is only looked at; "note" says who has it. */
static void
test_read_only (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "Lungs.sagitta", NULL);
  g_autoptr (GError) error = NULL;
  SagStore *other = sag_store_open (path, SAG_STORE_CREATE, "Bob", &error);
  g_autoptr (GFile) scan = sag_test_ui_scan (fixture->folder, "a", 8);
  SagUiCase *one;

  g_assert_no_error (error);
  open_project (fixture, FALSE);
  g_assert_cmpuint (fixture->n_opened, ==, 1);
  g_assert_false (sag_ui_project_can_write (fixture->project));
  g_assert_nonnull (strstr (sag_ui_project_get_note (fixture->project), "Bob"));
  one = open_scan (fixture, scan);
  sag_test_ui_settle ();
  g_assert_cmpint (sag_ui_project_get_case_id (fixture->project, one), ==, 0);
  close_project (fixture);
  g_assert_null (sag_ui_project_get_note (fixture->project));
  sag_store_free (other);
}

/* No project: one sentence, and the one that is open stays. */
static void
test_no_project (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) text = sag_test_ui_text (fixture->folder, "bad.sagitta", "no database");
  SagStore *store;

  open_project (fixture, TRUE);
  store = sag_ui_project_get_store (fixture->project);
  sag_ui_project_open (fixture->project, text, FALSE);
  sag_test_ui_until (!sag_ui_project_is_busy (fixture->project));
  g_assert_nonnull (strstr (fixture->problems->str, "no project of Sagitta"));
  g_assert_true (sag_ui_project_get_store (fixture->project) == store);
}

/* Elsewhere: work goes on in the new file; closing at once waits for that. */
static void
test_save_as (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "Other.sagitta", NULL);
  g_autofree char *third = g_build_filename (fixture->folder, "Third.sagitta", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) last = g_file_new_for_path (third);

  open_project (fixture, TRUE);
  sag_ui_project_save_as (fixture->project, file);
  sag_test_ui_until (!sag_ui_project_is_busy (fixture->project));
  g_assert_cmpstr (sag_ui_project_get_title (fixture->project), ==, "Other");
  sag_ui_project_save_as (fixture->project, last);
  close_project (fixture);
  g_assert_true (g_file_test (third, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (fixture->problems->str, ==, "");
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/project/project/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("meet", test_meet);
  ADD ("moved", test_moved);
  ADD ("grid", test_grid);
  ADD ("read-only", test_read_only);
  ADD ("no-project", test_no_project);
  ADD ("save-as", test_save_as);
#undef ADD
  return g_test_run ();
}
