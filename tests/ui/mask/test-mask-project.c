/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/mask/mask-project-fixture.h"

#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"
#include "ui/case/loss.h"
#include "ui/mask/mask-files.h"
#include "ui/project/transfer.h"

/* What was painted without a project is asked about, adopted, and there after a restart: with its
 * undo. */
static void
test_adopt (SagTestMasks *self, gconstpointer data)
{
  gint64 one, two;

  sag_test_masks_open_scan (self);
  g_assert_null (sag_ui_loss_get (self->one));
  sag_test_masks_paint (self, 5);
  one = sag_test_masks_count (self, 0);
  g_assert_nonnull (sag_ui_loss_get (self->one));
  sag_test_masks_open_project (self, TRUE);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_null (sag_ui_loss_get (self->one));
  sag_test_masks_paint (self, 15);
  two = sag_test_masks_count (self, 0);
  g_assert_cmpint (two, >, one);
  g_assert_null (sag_ui_loss_get (self->one));
  sag_test_ui_until (!sag_ui_project_is_saving (self->project));

  sag_test_masks_end (self);
  sag_test_masks_begin (self);
  sag_test_masks_open (self, FALSE);
  g_assert_nonnull (self->masks->current);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, two);
  sag_test_masks_undo (self);
  sag_test_ui_until (sag_test_masks_count (self, 0) == one);
  sag_test_masks_undo (self);
  sag_test_ui_until (sag_test_masks_count (self, 0) == 0);
  g_assert_true (sag_ui_journal_redo (sag_ui_session_get_journal (self->session)));
  sag_test_ui_until (sag_test_masks_count (self, 0) == one);
}

/* Masks that a project has, and those that were painted before it was opened, stand beside each other. */
static void
test_beside (SagTestMasks *self, gconstpointer data)
{
  gint64 first, second;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  first = sag_test_masks_count (self, 0);
  sag_test_ui_until (!sag_ui_project_is_saving (self->project));
  sag_test_masks_end (self);

  sag_test_masks_begin (self);
  sag_test_masks_open_scan (self);
  sag_test_masks_paint (self, 15);
  sag_test_masks_paint (self, 10);
  second = sag_test_masks_count (self, 0);
  sag_test_masks_open_project (self, FALSE);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, first);
  g_assert_cmpint (sag_test_masks_count (self, 1), ==, second);
  g_assert_null (sag_ui_loss_get (self->one));

  /* Without the project they stay, and what comes now is only in memory. */
  sag_ui_project_close (self->project);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  g_assert_cmpint (sag_test_masks_count (self, 1), ==, second);
  g_assert_null (sag_ui_loss_get (self->one));
  sag_test_masks_paint (self, 7);
  g_assert_nonnull (sag_ui_loss_get (self->one));
}

/* What is painted after the project was closed is there when it is opened again, as a step. */
static void
test_go_on (SagTestMasks *self, gconstpointer data)
{
  gint64 first, second;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  first = sag_test_masks_count (self, 0);
  sag_test_masks_saved (self);
  sag_test_masks_close_project (self);
  sag_test_masks_paint (self, 15);
  second = sag_test_masks_count (self, 0);
  g_assert_cmpint (second, >, first);
  sag_test_masks_open_project (self, FALSE);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 1);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, second);
  g_assert_null (sag_ui_loss_get (self->one));
  sag_test_masks_undo (self);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, first);
}

/* A project that is opened after another one has nothing of that one: only what changed since comes along. */
static void
test_another_project (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (GFile) other = g_file_new_build_filename (self->folder, "Other.sagitta", NULL);
  gint64 one, two;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  one = sag_test_masks_count (self, 0);
  sag_test_masks_saved (self);

  sag_ui_project_open (self->project, other, TRUE);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project) && self->masks->stored->len == 1);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 0);
  sag_test_masks_paint (self, 15);
  sag_test_masks_paint (self, 9);
  two = sag_test_masks_count (self, 0);
  g_assert_cmpint (two, >, one);
  sag_test_masks_saved (self);

  sag_ui_project_open (self->project, self->file, FALSE);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project) && self->masks->stored->len == 1);
  sag_test_ui_until (sag_ui_case_masks_get_n (self->masks->current) == 1);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, one);

  /* Painted after it was closed: that is nowhere yet. */
  sag_test_masks_close_project (self);
  sag_test_masks_paint (self, 10);
  one = sag_test_masks_count (self, 0);
  sag_ui_project_open (self->project, other, FALSE);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project) && self->masks->stored->len == 1);
  sag_test_ui_until (sag_ui_case_masks_get_n (self->masks->current) == 2);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, two);
  g_assert_cmpint (sag_test_masks_count (self, 1), ==, one);
  g_assert_null (sag_ui_loss_get (self->one));
}

static void
problem_cb (SagUiProject *project, const char *sentence, guint *n)
{
  ++*n;
}

/* While work waits for the disk no other project takes the place, and what would be lost is known. */
static void
test_stuck (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (GFile) away = g_file_new_build_filename (self->folder, "away", NULL);
  g_autoptr (GFile) other = g_file_new_build_filename (self->folder, "Other.sagitta", NULL);
  SagStore  *store;
  SagUiCase *late;
  guint      n_problems = 0;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  sag_test_masks_saved (self);
  store = sag_ui_project_get_store (self->project);
  g_assert_true (g_file_move (self->file, away, 0, NULL, NULL, NULL, NULL));
  sag_test_masks_paint (self, 15);
  sag_test_ui_until (sag_ui_project_is_stuck (self->project));
  g_signal_connect (self->project, "problem", G_CALLBACK (problem_cb), &n_problems);
  sag_ui_project_open (self->project, other, TRUE);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  g_assert_true (sag_ui_project_get_store (self->project) == store);
  g_assert_cmpuint (n_problems, ==, 1);

  /* A scan that cannot become a case now becomes one when that is over. */
  late = sag_test_masks_add_other (self, "b", 9, FALSE);
  sag_test_ui_until (n_problems == 2);
  g_assert_cmpint (sag_ui_project_get_sure_id (self->project, late), ==, 0);
  g_assert_true (g_file_move (away, self->file, 0, NULL, NULL, NULL, NULL));
  sag_test_ui_until (sag_ui_project_get_sure_id (self->project, late) != 0);
  sag_test_ui_until (self->masks->stored->len == 2);

  /* Closed while it waits: the thread that holds the store keeps the program from ending. */
  g_assert_true (g_file_move (self->file, away, 0, NULL, NULL, NULL, NULL));
  sag_test_masks_paint (self, 10);
  sag_test_ui_until (sag_ui_project_is_stuck (self->project));
  sag_ui_project_hold (self->project);
  sag_ui_project_close (self->project);
  g_assert_nonnull (sag_ui_loss_get (self->one));
  g_assert_true (sag_ui_project_is_busy (self->project));
  g_assert_true (g_file_move (away, self->file, 0, NULL, NULL, NULL, NULL));
  sag_ui_project_release (self->project);
  g_assert_true (sag_ui_project_is_busy (self->project));
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
}

/* Painted in a project that is only looked at, then saved elsewhere: all of it is there. */
static void
test_elsewhere (SagTestMasks *self, gconstpointer data)
{
  g_autofree char *path = g_file_get_path (self->file);
  g_autoptr (GError) error = NULL;
  SagStore *bob;
  gint64    all;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  sag_test_masks_saved (self);
  sag_test_masks_end (self);
  bob = sag_store_open (path, SAG_STORE_WRITE, "Bob", &error);
  g_assert_no_error (error);

  sag_test_masks_begin (self);
  sag_test_masks_open_project (self, FALSE);
  g_assert_false (sag_ui_project_can_write (self->project));
  sag_test_masks_open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_null (sag_ui_loss_get (self->one)); /* the project has it */
  sag_test_masks_paint (self, 40);             /* in another brick than the others */
  g_assert_nonnull (sag_ui_loss_get (self->one));
  g_object_unref (self->file);
  self->file = g_file_new_build_filename (self->folder, "Other.sagitta", NULL);
  sag_ui_project_save_as (self->project, self->file);
  sag_test_ui_until (sag_ui_project_can_write (self->project));
  sag_test_ui_until (sag_ui_loss_get (self->one) == NULL);
  sag_test_masks_paint (self, 10);
  all = sag_test_masks_count (self, 0);
  sag_test_masks_saved (self);
  sag_test_masks_end (self);
  sag_store_free (bob);

  sag_test_masks_begin (self);
  sag_test_masks_open (self, FALSE);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, all);
}

/* What was painted in a project that is only looked at is nowhere else: it outlives a change of readers. */
static void
test_looked_at (SagTestMasks *self, gconstpointer data)
{
  g_autofree char *path = g_file_get_path (self->file);
  g_autoptr (GError) error = NULL;
  SagStore *bob;
  gint64    own;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  sag_test_masks_saved (self);
  sag_test_masks_end (self);
  bob = sag_store_open (path, SAG_STORE_WRITE, "Bob", &error);
  g_assert_no_error (error);

  sag_test_masks_begin (self);
  sag_test_masks_open (self, FALSE);
  sag_ui_case_masks_add (self->masks->current, "Mine", "effusion", NULL, NULL);
  sag_test_masks_paint (self, 40);
  own = sag_test_masks_count (self, 1);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ben");
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 1); /* Ann's is Ann's */
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, own);
  g_assert_cmpstr (sag_mask_set_get_info (sag_ui_case_masks_get_set (self->masks->current), 0)->key,
                   ==, "effusion");
  g_assert_nonnull (sag_ui_loss_get (self->one));
  sag_test_masks_end (self);
  sag_store_free (bob);
  sag_test_masks_begin (self);
}

static void
transferred_cb (GObject *source, GAsyncResult *result, gpointer done)
{
  g_autoptr (GError) error = NULL;
  G_GNUC_UNUSED g_auto (GStrv) sentences = sag_ui_transfer_finish (result, &error);

  g_assert_no_error (error);
  *(gboolean *) done = TRUE;
}

/* A mask that is imported for an open case is there at once, and stays when the case is painted on. */
static void
test_import (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_build_filename (self->folder, "a_lesion.nii.gz", NULL);
  gboolean done = FALSE;
  gint64   id, n;

  sag_test_masks_open (self, TRUE);
  id = sag_ui_project_get_case_id (self->project, self->one);
  sag_test_masks_paint (self, 5);
  n = sag_test_masks_count (self, 0);
  sag_ui_mask_files_save (self->masks, 0, file);
  sag_test_ui_until (g_file_query_exists (file, NULL));
  sag_test_ui_settle ();
  sag_ui_transfer_async (self->project, SAG_UI_TRANSFER_IMPORT_MASKS, g_file_peek_path (file), id,
                         NULL, transferred_cb, &done);
  g_assert_true (sag_ui_project_is_busy (self->project));
  sag_test_ui_until (done);
  sag_test_ui_until (sag_ui_case_masks_get_n (self->masks->current) == 2);
  g_assert_cmpint (sag_test_masks_count (self, 1), ==, n);
  sag_test_masks_paint (self, 15);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  sag_test_masks_saved (self);
  sag_test_masks_end (self);

  sag_test_masks_begin (self);
  sag_test_masks_open (self, FALSE);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 2);
}

/* Work that is under way is not kept yet. */
static SagMask *
late_func (SagMask *mask, gpointer data, char **note, GCancellable *cancellable, GError **error)
{
  while (g_atomic_int_get ((gint *) data) == 0)
    g_usleep (1000);
  return sag_mask_ref (mask);
}

static void
test_under_way (SagTestMasks *self, gconstpointer data)
{
  gint go = 0;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  g_assert_null (sag_ui_loss_get (self->one));
  sag_ui_case_masks_run (self->masks->current, "Late", late_func, &go, NULL);
  g_assert_nonnull (sag_ui_loss_get (self->one));
  g_atomic_int_set (&go, 1);
  sag_test_masks_wait (self);
  g_assert_null (sag_ui_loss_get (self->one));
}

/* A second reading is blind: each reader sees their own masks, with their own undo, and writes them only. */
static void
test_second_reader (SagTestMasks *self, gconstpointer data)
{
  gint64 anns, bens;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  sag_test_masks_paint (self, 7);
  anns = sag_test_masks_count (self, 0);

  g_settings_set_string (sag_ui_settings_get (), "reader", "Ben");
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 0);
  g_assert_false (sag_ui_journal_undo (sag_ui_session_get_journal (self->session)));
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 0);
  sag_test_masks_paint (self, 15);
  bens = sag_test_masks_count (self, 0);
  sag_test_masks_saved (self);
  sag_test_ui_until (sag_work_item_get_n_readers (
                       g_ptr_array_index (sag_ui_project_get_list (self->project)->items, 0)) == 2);

  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 1);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, anns);
  sag_test_masks_undo (self);
  sag_test_ui_until (sag_test_masks_count (self, 0) < anns);
  sag_test_masks_saved (self);
  sag_test_masks_end (self);

  g_settings_set_string (sag_ui_settings_get (), "reader", "Ben");
  sag_test_masks_begin (self);
  sag_test_masks_open (self, FALSE);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 1);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, bens);
  g_assert_null (sag_ui_loss_get (self->one));
}

/* What is being painted when somebody else takes over is of who began it. */
static void
test_reader_meanwhile (SagTestMasks *self, gconstpointer data)
{
  const SagBrush brush = { .shape = SAG_BRUSH_BALL, .radius_mm = 12 };
  double         at_mm[3] = { 0 };

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  g_assert_true (sag_ui_case_masks_begin (self->masks->current, "Painted", &brush));
  sag_ui_case_masks_draw (self->masks->current, at_mm, at_mm);
  sag_ui_case_masks_end (self->masks->current, TRUE);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ben");
  sag_test_ui_until (self->masks->stored->len == 1 &&
                     sag_ui_case_masks_get_n (self->masks->current) == 0);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  sag_test_ui_until (self->masks->stored->len == 1 &&
                     sag_ui_case_masks_get_n (self->masks->current) == 1);
  g_assert_cmpuint (sag_mask_set_get_n_steps (sag_ui_case_masks_get_set (self->masks->current)), ==,
                    3);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/mask-project/" name, SagTestMasks, NULL, sag_test_masks_set_up, func,           \
              sag_test_masks_tear_down)
  ADD ("adopt", test_adopt);
  ADD ("another-project", test_another_project);
  ADD ("beside", test_beside);
  ADD ("go-on", test_go_on);
  ADD ("stuck", test_stuck);
  ADD ("elsewhere", test_elsewhere);
  ADD ("looked-at", test_looked_at);
  ADD ("import", test_import);
  ADD ("under-way", test_under_way);
  ADD ("second-reader", test_second_reader);
  ADD ("reader-meanwhile", test_reader_meanwhile);
#undef ADD
  return g_test_run ();
}
