/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"
#include "ui/case/loss.h"
#include "ui/mask/masks-private.h"
#include "ui/project/project.h"

typedef struct
{
  char         *folder;
  GFile        *scan;
  GFile        *file; /* of the project */
  SagUiEngine  *engine;
  SagUiSession *session;
  SagUiProject *project;
  SagUiMasks   *masks;
  SagUiCase    *one;
} Fixture;

static void
begin (Fixture *self)
{
  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  self->project = sag_ui_project_get (self->session);
  self->masks = sag_ui_masks_get (self->session);
}

static void
end (Fixture *self)
{
  sag_ui_project_close (self->project);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  sag_test_ui_settle ();
  g_assert_finalize_object (self->session);
  sag_ui_engine_close (self->engine);
  g_object_unref (self->engine);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = sag_test_dup_folder ();
  self->scan = sag_test_ui_scan (self->folder, "a", 8);
  self->file = g_file_new_build_filename (self->folder, "Lungs.sagitta", NULL);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ann");
  begin (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  end (self);
  g_object_unref (self->scan);
  g_object_unref (self->file);
  sag_test_remove_folder (self->folder);
}

static void
open_scan (Fixture *self)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);

  self->one = sag_ui_cases_add (cases, self->scan);
  sag_ui_cases_set_current (cases, self->one);
  sag_test_ui_until (sag_ui_case_get_state (self->one) == SAG_UI_CASE_READY);
}

static void
open_project (Fixture *self, gboolean create)
{
  sag_ui_project_open (self->project, self->file, create);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
}

static void
wait (Fixture *self)
{
  sag_test_ui_until (!sag_ui_case_masks_is_busy (self->masks->current));
  sag_test_ui_settle ();
}

static void
paint (Fixture *self, gint32 i)
{
  SagUiCaseMasks    *masks = sag_ui_masks_ready (self->masks);
  const SagGeometry *grid = sag_volume_get_geometry (sag_ui_case_get_volume (self->one));
  const SagBrush     brush = { .shape = SAG_BRUSH_BALL, .radius_mm = 12 };
  double             at_mm[3];

  sag_geometry_to_ras (grid, (double[]){ i, grid->dims[1] / 2, grid->dims[2] / 2 }, at_mm);
  g_assert_true (sag_ui_case_masks_begin (masks, "Painted", &brush));
  sag_ui_case_masks_draw (masks, at_mm, at_mm);
  sag_ui_case_masks_end (masks, TRUE);
  wait (self);
}

static gint64
count (Fixture *self, guint index)
{
  SagMaskSet *set = sag_ui_case_masks_get_set (self->masks->current);

  g_assert_cmpuint (index, <, sag_mask_set_get_n (set));
  return sag_mask_count (sag_mask_set_get_mask (set, index));
}

static void
undo (Fixture *self)
{
  g_assert_true (sag_ui_journal_undo (sag_ui_session_get_journal (self->session)));
  sag_test_ui_settle ();
}

/* What was painted without a project is asked about, adopted, and there after a restart: with its
 * undo. */
static void
test_adopt (Fixture *self, gconstpointer data)
{
  gint64 one, two;

  open_scan (self);
  g_assert_null (sag_ui_loss_get (self->one));
  paint (self, 5);
  one = count (self, 0);
  g_assert_nonnull (sag_ui_loss_get (self->one));
  open_project (self, TRUE);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_null (sag_ui_loss_get (self->one));
  paint (self, 15);
  two = count (self, 0);
  g_assert_cmpint (two, >, one);
  g_assert_null (sag_ui_loss_get (self->one));
  sag_test_ui_until (!sag_ui_project_is_saving (self->project));

  end (self);
  begin (self);
  open_project (self, FALSE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_nonnull (self->masks->current);
  g_assert_cmpint (count (self, 0), ==, two);
  undo (self);
  sag_test_ui_until (count (self, 0) == one);
  undo (self);
  sag_test_ui_until (count (self, 0) == 0);
  g_assert_true (sag_ui_journal_redo (sag_ui_session_get_journal (self->session)));
  sag_test_ui_until (count (self, 0) == one);
}

/* Masks that a project has, and those that were painted before it was opened, stand beside each other. */
static void
test_beside (Fixture *self, gconstpointer data)
{
  gint64 first, second;

  open_project (self, TRUE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  paint (self, 5);
  first = count (self, 0);
  sag_test_ui_until (!sag_ui_project_is_saving (self->project));
  end (self);

  begin (self);
  open_scan (self);
  paint (self, 15);
  paint (self, 10);
  second = count (self, 0);
  open_project (self, FALSE);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpint (count (self, 0), ==, first);
  g_assert_cmpint (count (self, 1), ==, second);
  g_assert_null (sag_ui_loss_get (self->one));

  /* Without the project they stay, and what comes now is only in memory. */
  sag_ui_project_close (self->project);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  g_assert_cmpint (count (self, 1), ==, second);
  g_assert_null (sag_ui_loss_get (self->one));
  paint (self, 7);
  g_assert_nonnull (sag_ui_loss_get (self->one));
}

static void
close_project (Fixture *self)
{
  sag_ui_project_close (self->project);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
}

static void
saved (Fixture *self)
{
  sag_test_ui_until (!sag_ui_project_is_saving (self->project));
}

static SagUiCase *
add_other_file (Fixture *self, GFile *file)
{
  SagUiCase *other = sag_ui_cases_add (sag_ui_session_get_cases (self->session), file);

  sag_ui_case_load (other);
  sag_test_ui_until (sag_ui_case_get_state (other) == SAG_UI_CASE_READY);
  return other;
}

/* Another scan: a neighbour in the list. */
static SagUiCase *
add_other (Fixture *self, const char *name, double spacing_mm, gboolean current)
{
  g_autoptr (GFile) file = sag_test_ui_scan (self->folder, name, spacing_mm);
  SagUiCase *other = add_other_file (self, file);

  if (current)
    sag_ui_cases_set_current (sag_ui_session_get_cases (self->session), other);
  return other;
}

static gint64
count_of (SagUiCase *one)
{
  SagMaskSet *set = sag_ui_case_masks_get_set (sag_ui_case_masks_peek (one));

  return sag_mask_count (sag_mask_set_get_mask (set, 0));
}

/* What another case's journal brings is older than what the person does: neither undone nor redone before it. */
static void
test_stored_steps (Fixture *self, gconstpointer data)
{
  SagUiJournal *journal;
  SagUiCase    *other;
  gint64        first, second, of_other;

  open_project (self, TRUE);
  self->one = add_other (self, "b", 9, TRUE);
  sag_test_ui_until (self->masks->stored->len == 1);
  paint (self, 5);
  of_other = count (self, 0);
  saved (self);
  end (self);

  begin (self);
  journal = sag_ui_session_get_journal (self->session);
  open_project (self, FALSE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  paint (self, 5);
  first = count (self, 0);
  paint (self, 15);
  second = count (self, 0);
  undo (self);
  other = add_other (self, "b", 9, FALSE);
  sag_test_ui_until (self->masks->stored->len == 2);
  g_assert_cmpint (count_of (other), ==, of_other);
  g_assert_true (sag_ui_journal_redo (journal));
  g_assert_cmpint (count_of (self->one), ==, second);
  undo (self);
  g_assert_cmpint (count_of (self->one), ==, first);
  undo (self);
  g_assert_cmpint (count_of (self->one), ==, 0);
  g_assert_true (sag_ui_session_get_case (self->session) == self->one);
  g_assert_cmpint (count_of (other), ==, of_other);
}

/* What was undone before the project was closed can be redone after. */
static void
test_redo (Fixture *self, gconstpointer data)
{
  gint64 one;

  open_project (self, TRUE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  paint (self, 5);
  one = count (self, 0);
  undo (self);
  g_assert_cmpint (count (self, 0), ==, 0);
  saved (self);
  end (self);

  begin (self);
  open_project (self, FALSE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpint (count (self, 0), ==, 0);
  g_assert_true (sag_ui_journal_redo (sag_ui_session_get_journal (self->session)));
  sag_test_ui_until (count (self, 0) == one);
}

/* A step is undone before the person's eyes: its case comes back, opened again if it was closed. */
static void
test_undo_goes (Fixture *self, gconstpointer data)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  g_autoptr (SagUiCase) one = NULL;

  open_scan (self);
  one = g_object_ref (self->one);
  paint (self, 5);
  paint (self, 15);
  add_other (self, "b", 9, TRUE);
  g_assert_false (sag_ui_session_get_case (self->session) == one);
  undo (self);
  g_assert_true (sag_ui_session_get_case (self->session) == one);
  sag_ui_cases_remove (cases, one);
  undo (self);
  g_assert_true (sag_ui_session_get_case (self->session) == one);
  g_assert_cmpint (count_of (one), ==, 0);
}

/* What is painted after the project was closed is there when it is opened again, as a step. */
static void
test_go_on (Fixture *self, gconstpointer data)
{
  gint64 first, second;

  open_project (self, TRUE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  paint (self, 5);
  first = count (self, 0);
  saved (self);
  close_project (self);
  paint (self, 15);
  second = count (self, 0);
  g_assert_cmpint (second, >, first);
  open_project (self, FALSE);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 1);
  g_assert_cmpint (count (self, 0), ==, second);
  g_assert_null (sag_ui_loss_get (self->one));
  undo (self);
  g_assert_cmpint (count (self, 0), ==, first);
}

static void
problem_cb (SagUiProject *project, const char *sentence, guint *n)
{
  ++*n;
}

/* While work waits for the disk no other project takes the place, and what would be lost is known. */
static void
test_stuck (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) away = g_file_new_build_filename (self->folder, "away", NULL);
  g_autoptr (GFile) other = g_file_new_build_filename (self->folder, "Other.sagitta", NULL);
  SagStore  *store;
  SagUiCase *late;
  guint      n_problems = 0;

  open_project (self, TRUE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  paint (self, 5);
  saved (self);
  store = sag_ui_project_get_store (self->project);
  g_assert_true (g_file_move (self->file, away, 0, NULL, NULL, NULL, NULL));
  paint (self, 15);
  sag_test_ui_until (sag_ui_project_is_stuck (self->project));
  g_signal_connect (self->project, "problem", G_CALLBACK (problem_cb), &n_problems);
  sag_ui_project_open (self->project, other, TRUE);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  g_assert_true (sag_ui_project_get_store (self->project) == store);
  g_assert_cmpuint (n_problems, ==, 1);

  /* A scan that cannot become a case now becomes one when that is over. */
  late = add_other (self, "b", 9, FALSE);
  sag_test_ui_until (n_problems == 2);
  g_assert_cmpint (sag_ui_project_get_sure_id (self->project, late), ==, 0);
  g_assert_true (g_file_move (away, self->file, 0, NULL, NULL, NULL, NULL));
  sag_test_ui_until (sag_ui_project_get_sure_id (self->project, late) != 0);
  sag_test_ui_until (self->masks->stored->len == 2);

  /* Closed while it waits: the thread that holds the store keeps the program from ending. */
  g_assert_true (g_file_move (self->file, away, 0, NULL, NULL, NULL, NULL));
  paint (self, 10);
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
test_elsewhere (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_file_get_path (self->file);
  g_autoptr (GError) error = NULL;
  SagStore *bob;
  gint64    all;

  open_project (self, TRUE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  paint (self, 5);
  saved (self);
  end (self);
  bob = sag_store_open (path, SAG_STORE_WRITE, "Bob", &error);
  g_assert_no_error (error);

  begin (self);
  open_project (self, FALSE);
  g_assert_false (sag_ui_project_can_write (self->project));
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_null (sag_ui_loss_get (self->one)); /* the project has it */
  paint (self, 15);
  g_assert_nonnull (sag_ui_loss_get (self->one));
  g_object_unref (self->file);
  self->file = g_file_new_build_filename (self->folder, "Other.sagitta", NULL);
  sag_ui_project_save_as (self->project, self->file);
  sag_test_ui_until (sag_ui_project_can_write (self->project));
  sag_test_ui_until (sag_ui_loss_get (self->one) == NULL);
  paint (self, 10);
  all = count (self, 0);
  saved (self);
  end (self);
  sag_store_free (bob);

  begin (self);
  open_project (self, FALSE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpint (count (self, 0), ==, all);
}

/* Two files with names exchanged: each scan keeps its masks. */
static void
test_exchanged (Fixture *self, gconstpointer data)
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
  open_project (self, TRUE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  id = sag_ui_project_get_case_id (self->project, self->one);
  paint (self, 5);
  add_other_file (self, other);
  sag_test_ui_until (self->masks->stored->len == 2);
  saved (self);
  end (self);

  g_assert_true (g_file_move (self->scan, third, 0, NULL, NULL, NULL, NULL));
  g_assert_true (g_file_move (other, self->scan, 0, NULL, NULL, NULL, NULL));
  g_assert_true (g_file_move (third, other, 0, NULL, NULL, NULL, NULL));
  begin (self);
  open_project (self, FALSE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpint (sag_ui_project_get_case_id (self->project, self->one), !=, id);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 0);
}

/* The same content twice, and a case closed and opened anew: one set of masks, which writes. */
static void
test_twice (Fixture *self, gconstpointer data)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  g_autoptr (GFile) copy = g_file_new_build_filename (self->folder, "copy.nii.gz", NULL);
  SagUiCaseMasks *masks;
  SagUiCase      *again;
  gint64          first, second;

  g_assert_true (g_file_copy (self->scan, copy, 0, NULL, NULL, NULL, NULL));
  open_project (self, TRUE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  masks = self->masks->current;
  paint (self, 5);
  first = count (self, 0);
  again = add_other_file (self, copy);
  sag_test_ui_until (sag_ui_case_masks_peek (again) == masks);
  g_assert_cmpuint (self->masks->stored->len, ==, 1);
  sag_ui_cases_remove (cases, again);

  sag_ui_cases_remove (cases, self->one);
  open_scan (self);
  sag_test_ui_until (self->masks->current == masks);
  paint (self, 15);
  second = count (self, 0);
  saved (self);
  end (self);

  begin (self);
  open_project (self, FALSE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpint (count (self, 0), ==, second);
  undo (self);
  sag_test_ui_until (count (self, 0) == first);
}

/* The worklist knows of masks as they are painted; a reading that began before does not take that back. */
static void
test_worklist (Fixture *self, gconstpointer data)
{
  const SagWorkItem *item;
  gint64             id;

  open_project (self, TRUE);
  open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  id = sag_ui_project_get_case_id (self->project, self->one);
  sag_test_ui_until (sag_ui_project_find_item (self->project, id) == 0);
  item = sag_ui_project_get_list (self->project)->items->pdata[0];
  g_assert_cmpuint (item->n_masks, ==, 0);
  g_assert_cmpint (item->one->state, ==, SAG_CASE_NEW);
  paint (self, 5);
  item = sag_ui_project_get_list (self->project)->items->pdata[0];
  g_assert_cmpuint (item->n_masks, ==, 1);
  g_assert_cmpint (item->one->state, ==, SAG_CASE_IN_PROGRESS);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add ("/ui/mask-project/adopt", Fixture, NULL, set_up, test_adopt, tear_down);
  g_test_add ("/ui/mask-project/beside", Fixture, NULL, set_up, test_beside, tear_down);
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/mask-project/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("stored-steps", test_stored_steps);
  ADD ("redo", test_redo);
  ADD ("undo-goes", test_undo_goes);
  ADD ("go-on", test_go_on);
  ADD ("stuck", test_stuck);
  ADD ("elsewhere", test_elsewhere);
  ADD ("exchanged", test_exchanged);
  ADD ("twice", test_twice);
  ADD ("worklist", test_worklist);
#undef ADD
  return g_test_run ();
}
