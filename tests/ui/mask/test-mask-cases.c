/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/mask/mask-project-fixture.h"

#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"
#include "ui/mask/case-masks-private.h"
#include "ui/mask/mask-files.h"

/* What another case's journal brings is older than what the person does: neither undone nor redone before it. */
static void
test_stored_steps (SagTestMasks *self, gconstpointer data)
{
  SagUiJournal *journal;
  SagUiCase    *other;
  gint64        first, second, of_other;

  sag_test_masks_open_project (self, TRUE);
  self->one = sag_test_masks_add_other (self, "b", 9, TRUE);
  sag_test_ui_until (self->masks->stored->len == 1);
  sag_test_masks_paint (self, 5);
  of_other = sag_test_masks_count (self, 0);
  sag_test_masks_saved (self);
  sag_test_masks_end (self);

  sag_test_masks_begin (self);
  journal = sag_ui_session_get_journal (self->session);
  sag_test_masks_open (self, FALSE);
  sag_test_masks_paint (self, 5);
  first = sag_test_masks_count (self, 0);
  sag_test_masks_paint (self, 15);
  second = sag_test_masks_count (self, 0);
  sag_test_masks_undo (self);
  other = sag_test_masks_add_other (self, "b", 9, FALSE);
  sag_test_ui_until (self->masks->stored->len == 2);
  g_assert_cmpint (sag_test_masks_count_of (other), ==, of_other);
  g_assert_true (sag_ui_journal_redo (journal));
  g_assert_cmpint (sag_test_masks_count_of (self->one), ==, second);
  sag_test_masks_undo (self);
  g_assert_cmpint (sag_test_masks_count_of (self->one), ==, first);
  sag_test_masks_undo (self);
  g_assert_cmpint (sag_test_masks_count_of (self->one), ==, 0);
  g_assert_true (sag_ui_session_get_case (self->session) == self->one);
  g_assert_cmpint (sag_test_masks_count_of (other), ==, of_other);
}

/* What was undone before the project was closed can be redone after. */
static void
test_redo (SagTestMasks *self, gconstpointer data)
{
  gint64 one;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  one = sag_test_masks_count (self, 0);
  sag_test_masks_undo (self);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, 0);
  sag_test_masks_saved (self);
  sag_test_masks_end (self);

  sag_test_masks_begin (self);
  sag_test_masks_open (self, FALSE);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, 0);
  g_assert_true (sag_ui_journal_redo (sag_ui_session_get_journal (self->session)));
  sag_test_ui_until (sag_test_masks_count (self, 0) == one);
}

/* What is painted while an older step is read comes first; that step can be undone still. */
static void
test_painted_meanwhile (SagTestMasks *self, gconstpointer data)
{
  gint64 first, second;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  first = sag_test_masks_count (self, 0);
  sag_test_masks_saved (self);
  sag_test_masks_end (self);

  sag_test_masks_begin (self);
  sag_test_masks_open (self, FALSE);
  sag_test_ui_occupy (sag_ui_project_get_home (self->project));
  g_assert_true (sag_ui_journal_undo (sag_ui_session_get_journal (self->session)));
  sag_test_masks_paint (self, 15);
  sag_test_ui_release ();
  second = sag_test_masks_count (self, 0);
  g_assert_cmpint (second, >, first);
  sag_test_masks_undo (self);
  sag_test_ui_until (sag_test_masks_count (self, 0) == first);
  sag_test_masks_undo (self);
  sag_test_ui_until (sag_test_masks_count (self, 0) == 0);
  sag_test_masks_undo (self); /* the mask itself */
  sag_test_ui_until (sag_mask_set_get_n (sag_ui_case_masks_get_set (self->masks->current)) == 0);
}

/* A step is undone before the person's eyes: its case comes back, opened again if it was closed. */
static void
test_undo_goes (SagTestMasks *self, gconstpointer data)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  g_autoptr (SagUiCase) one = NULL;

  sag_test_masks_open_scan (self);
  one = g_object_ref (self->one);
  sag_test_masks_paint (self, 5);
  sag_test_masks_paint (self, 15);
  sag_test_masks_add_other (self, "b", 9, TRUE);
  g_assert_false (sag_ui_session_get_case (self->session) == one);
  sag_test_masks_undo (self);
  g_assert_true (sag_ui_session_get_case (self->session) == one);
  sag_ui_cases_remove (cases, one);
  sag_test_masks_undo (self);
  g_assert_true (sag_ui_session_get_case (self->session) == one);
  g_assert_cmpint (sag_test_masks_count_of (one), ==, 0);
}

/* Two files with names exchanged: each scan keeps its masks. */
static void
test_exchanged (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (GFile) other = sag_test_ui_scan (self->folder, "b", 8);
  g_autoptr (GFile) third = g_file_new_build_filename (self->folder, "c", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize            n_bytes;
  gint64           id;

  /* The same grid, another content. */
  g_file_load_contents (other, NULL, &bytes, &n_bytes, NULL, &error);
  g_assert_no_error (error);
  bytes[9] ^= 1; /* the system in the header of gzip */
  g_file_replace_contents (other, bytes, n_bytes, NULL, FALSE, 0, NULL, NULL, &error);
  g_assert_no_error (error);
  sag_test_masks_open (self, TRUE);
  id = sag_ui_project_get_case_id (self->project, self->one);
  sag_test_masks_paint (self, 5);
  sag_test_masks_add_other_file (self, other);
  sag_test_ui_until (self->masks->stored->len == 2);
  sag_test_masks_saved (self);
  sag_test_masks_end (self);

  g_assert_true (g_file_move (self->scan, third, 0, NULL, NULL, NULL, NULL));
  g_assert_true (g_file_move (other, self->scan, 0, NULL, NULL, NULL, NULL));
  g_assert_true (g_file_move (third, other, 0, NULL, NULL, NULL, NULL));
  sag_test_masks_begin (self);
  sag_test_masks_open (self, FALSE);
  g_assert_cmpint (sag_ui_project_get_case_id (self->project, self->one), !=, id);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 0);
}

/* The same content twice, and a case closed and opened anew: one set of masks, which writes. */
static void
test_twice (SagTestMasks *self, gconstpointer data)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  g_autoptr (GFile) copy = g_file_new_build_filename (self->folder, "copy.nii.gz", NULL);
  SagUiCaseMasks *masks;
  SagUiCase      *again;
  gint64          first, second;

  g_assert_true (g_file_copy (self->scan, copy, 0, NULL, NULL, NULL, NULL));
  sag_test_masks_open (self, TRUE);
  masks = self->masks->current;
  sag_test_masks_paint (self, 5);
  first = sag_test_masks_count (self, 0);
  again = sag_test_masks_add_other_file (self, copy);
  sag_test_ui_until (sag_ui_case_masks_peek (again) == masks);
  g_assert_cmpuint (self->masks->stored->len, ==, 1);
  sag_ui_cases_remove (cases, again);

  sag_ui_cases_remove (cases, self->one);
  sag_test_masks_open_scan (self);
  sag_test_ui_until (self->masks->current == masks);
  sag_test_masks_paint (self, 15);
  second = sag_test_masks_count (self, 0);
  sag_test_masks_saved (self);
  sag_test_masks_end (self);

  sag_test_masks_begin (self);
  sag_test_masks_open (self, FALSE);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, second);
  sag_test_masks_undo (self);
  sag_test_ui_until (sag_test_masks_count (self, 0) == first);
}

static void
count_cb (SagUiSession *session, const char *sentence, gboolean undoable, guint *n)
{
  ++*n;
}

/* A file that one reader opened does not become the next one's. */
static void
test_reader_reads (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_build_filename (self->folder, "a_mask.nii.gz", NULL);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  guint n_said = 0;

  g_signal_connect (self->session, "toast", G_CALLBACK (count_cb), &n_said);
  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  n_said = 0;
  sag_ui_mask_files_save (self->masks, 0, file);
  sag_test_ui_until (n_said == 1);
  g_list_store_append (files, file);
  sag_ui_mask_files_open (self->masks, G_LIST_MODEL (files), FALSE);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ben");
  sag_test_ui_until (n_said == 2 && self->masks->stored->len == 1);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 0);

  /* Nor if the scan was not there just then. */
  sag_ui_mask_files_open (self->masks, G_LIST_MODEL (files), FALSE);
  sag_ui_case_unload (self->one);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  sag_test_ui_until (n_said == 3);
  sag_ui_case_load (self->one);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 1);
  g_signal_handlers_disconnect_by_data (self->session, &n_said);
}

/* The worklist knows of masks as they are painted; a reading that began before does not take that back. */
static void
test_worklist (SagTestMasks *self, gconstpointer data)
{
  const SagWorkItem *item;
  gint64             id;

  sag_test_masks_open (self, TRUE);
  id = sag_ui_project_get_case_id (self->project, self->one);
  sag_test_ui_until (sag_ui_project_find_item (self->project, id) == 0);
  item = sag_ui_project_get_list (self->project)->items->pdata[0];
  g_assert_cmpuint (item->n_masks, ==, 0);
  g_assert_cmpint (item->one->state, ==, SAG_CASE_NEW);
  sag_test_masks_paint (self, 5);
  item = sag_ui_project_get_list (self->project)->items->pdata[0];
  g_assert_cmpuint (item->n_masks, ==, 1);
  g_assert_cmpint (item->one->state, ==, SAG_CASE_IN_PROGRESS);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/mask-cases/" name, SagTestMasks, NULL, sag_test_masks_set_up, func,             \
              sag_test_masks_tear_down)
  ADD ("stored-steps", test_stored_steps);
  ADD ("redo", test_redo);
  ADD ("painted-meanwhile", test_painted_meanwhile);
  ADD ("undo-goes", test_undo_goes);
  ADD ("exchanged", test_exchanged);
  ADD ("twice", test_twice);
  ADD ("reader-reads", test_reader_reads);
  ADD ("worklist", test_worklist);
#undef ADD
  return g_test_run ();
}
