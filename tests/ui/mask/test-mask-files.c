/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/phantom.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/case/loss.h"
#include "ui/mask/case-masks-private.h"
#include "ui/mask/mask-files.h"
#include "ui/mask/masks-private.h"

typedef struct
{
  char         *folder;
  GFile        *scan;
  SagUiEngine  *engine;
  SagUiSession *session;
  SagUiMasks   *masks;
  SagUiCase    *one;
  guint         n_said;
} Fixture;

static void
said_cb (SagUiSession *session, const char *sentence, gboolean undoable, Fixture *self)
{
  g_test_message ("%s", sentence);
  self->n_said++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  SagUiCases *cases;

  self->folder = sag_test_dup_folder ();
  self->scan = sag_test_ui_scan (self->folder, "chest", 8);
  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  self->masks = sag_ui_masks_get (self->session);
  g_signal_connect (self->session, "toast", G_CALLBACK (said_cb), self);
  cases = sag_ui_session_get_cases (self->session);
  self->one = sag_ui_cases_add (cases, self->scan);
  sag_ui_cases_set_current (cases, self->one);
  sag_test_ui_until (sag_ui_case_get_state (self->one) == SAG_UI_CASE_READY);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  sag_test_ui_settle ();
  g_assert_finalize_object (self->session);
  sag_ui_engine_close (self->engine);
  g_object_unref (self->engine);
  g_object_unref (self->scan);
  sag_test_remove_folder (self->folder);
}

static void
paint (Fixture *self)
{
  SagUiCaseMasks    *masks = sag_ui_masks_ready (self->masks);
  const SagGeometry *grid = sag_volume_get_geometry (sag_ui_case_get_volume (self->one));
  const SagBrush     brush = { .shape = SAG_BRUSH_BALL, .radius_mm = 30 };
  double             at_mm[3];

  sag_geometry_to_ras (grid, (double[]){ 12, grid->dims[1] / 2, 7 }, at_mm);
  g_assert_true (sag_ui_case_masks_begin (masks, "Painted", &brush));
  sag_ui_case_masks_draw (masks, at_mm, at_mm);
  sag_ui_case_masks_end (masks, TRUE);
  sag_test_ui_until (!sag_ui_case_masks_is_busy (masks));
}

static guint
n_masks (Fixture *self)
{
  return sag_ui_case_masks_get_n (self->masks->current);
}

static SagMask *
get_mask (Fixture *self, guint index)
{
  return sag_mask_set_get_mask (sag_ui_case_masks_get_set (self->masks->current), index);
}

/* What is saved comes back voxel for voxel, and is no longer only in memory. */
static void
test_round (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_build_filename (self->folder, "lesion", NULL);
  g_autoptr (GFile) whole = g_file_new_build_filename (self->folder, "lesion.nii.gz", NULL);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  paint (self);
  g_assert_nonnull (sag_ui_loss_get (self->one));
  sag_ui_mask_files_save (self->masks, 0, file);
  sag_test_ui_until (self->n_said == 1);
  g_assert_null (sag_ui_loss_get (self->one));
  g_list_store_append (files, whole);
  sag_ui_mask_files_open (self->masks, G_LIST_MODEL (files), FALSE);
  sag_test_ui_until (n_masks (self) == 2);
  g_assert_true (sag_mask_equal (get_mask (self, 0), get_mask (self, 1)));
  g_assert_cmpstr (
    sag_mask_set_get_info (sag_ui_case_masks_get_set (self->masks->current), 1)->name, ==,
    "lesion");
  g_assert_null (sag_ui_loss_get (self->one));
}

/* A file that is no mask is told, and changes nothing. */
static void
test_bad (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = sag_test_ui_text (self->folder, "notes.nii.gz", "no mask");
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  paint (self);
  self->n_said = 0;
  g_list_store_append (files, file);
  sag_ui_mask_files_open (self->masks, G_LIST_MODEL (files), FALSE);
  sag_test_ui_until (self->n_said == 1);
  g_assert_cmpuint (n_masks (self), ==, 1);
}

static void
write_labels (Fixture *self, const char *name, guint8 left, guint8 right)
{
  const SagGeometry *grid = sag_volume_get_geometry (sag_ui_case_get_volume (self->one));
  const gsize        n = (gsize) sag_geometry_n_voxels (grid);
  g_autofree guint8 *voxels = g_malloc0 (n);
  g_autofree char   *path = g_build_filename (self->folder, "watched", name, NULL);
  g_autoptr (GError) error = NULL;

  for (gsize v = 0; v < n; v++)
    voxels[v] = v < n / 4 ? left : v >= n / 2 ? right : 0;
  sag_nifti_save (path, grid, SAG_NIFTI_UINT8, voxels, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* Another tool's label map becomes masks; written again it changes them; others' files are left. */
static void
test_watch (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_new_build_filename (self->folder, "watched", NULL);
  gint64 n;

  g_assert_true (g_file_make_directory (folder, NULL, NULL));
  sag_ui_mask_files_watch (self->masks, folder);
  g_assert_nonnull (self->masks->watched);
  write_labels (self, "other.nii.gz", 1, 2);
  write_labels (self, "chest_seg.nii.gz", 1, 2);
  sag_test_ui_until (self->masks->current != NULL && n_masks (self) == 2);
  n = sag_mask_count (get_mask (self, 0));
  g_assert_cmpint (sag_mask_count (get_mask (self, 1)), >, n);
  write_labels (self, "chest_seg.nii.gz", 2, 1);
  sag_test_ui_until (sag_mask_count (get_mask (self, 1)) == n);
  sag_test_ui_until (sag_mask_count (get_mask (self, 0)) > n);
  g_assert_cmpuint (n_masks (self), ==, 2);
  sag_ui_mask_files_watch (self->masks, NULL);
  g_assert_null (self->masks->watched);
}

static SagMask *
find_mask (Fixture *self, const char *id)
{
  SagMaskSet *set = sag_ui_case_masks_get_set (self->masks->current);

  g_assert_cmpint (sag_mask_set_find (set, id), >=, 0);
  return sag_mask_set_get_mask (set, (guint) sag_mask_set_find (set, id));
}

/* Somebody who paints keeps the mask under the hand; a value that is new in a map leaves the others their masks. */
static void
test_watch_behind (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_new_build_filename (self->folder, "watched", NULL);
  g_autofree char *mine = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  gint64           n;

  paint (self);
  mine = g_strdup (sag_ui_case_masks_get_active (self->masks->current));
  g_assert_true (g_file_make_directory (folder, NULL, NULL));
  sag_ui_mask_files_watch (self->masks, folder);
  write_labels (self, "chest_seg.nii.gz", 2, 3);
  sag_test_ui_until (n_masks (self) == 3);
  g_assert_cmpstr (sag_ui_case_masks_get_active (self->masks->current), ==, mine);
  second =
    g_strdup (sag_mask_set_get_info (sag_ui_case_masks_get_set (self->masks->current), 1)->id);
  third =
    g_strdup (sag_mask_set_get_info (sag_ui_case_masks_get_set (self->masks->current), 2)->id);
  n = sag_mask_count (find_mask (self, second));

  write_labels (self, "chest_seg.nii.gz", 3, 1);
  sag_test_ui_until (n_masks (self) == 4);
  sag_test_ui_until (sag_mask_count (find_mask (self, third)) == n);
  g_assert_cmpint (sag_mask_count (find_mask (self, second)), ==, n);
  g_assert_cmpstr (sag_ui_case_masks_get_active (self->masks->current), ==, mine);
}

/* What we saved elsewhere, or could not save, is not what another tool then writes into the watched folder. */
static void
test_watch_saved (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_new_build_filename (self->folder, "watched", NULL);
  g_autoptr (GFile) elsewhere = g_file_new_build_filename (self->folder, "chest_a.nii.gz", NULL);
  g_autoptr (GFile) taken = g_file_get_child (folder, "chest_b.nii.gz");
  g_autoptr (GFile) there = g_file_get_child (folder, "chest_c.nii.gz");
  g_autoptr (GFile) of_none = g_file_get_child (folder, "lesion.nii.gz");

  paint (self);
  g_assert_true (g_file_make_directory (folder, NULL, NULL));
  g_assert_true (g_file_make_directory (taken, NULL, NULL));
  sag_ui_mask_files_watch (self->masks, folder);
  self->n_said = 0;
  sag_ui_mask_files_save (self->masks, 0, elsewhere);
  sag_ui_mask_files_save (self->masks, 0, taken);
  sag_test_ui_until (self->n_said == 2);
  g_assert_true (g_file_query_exists (elsewhere, NULL));
  g_assert_cmpuint (g_hash_table_size (self->masks->watched_seen), ==, 0);
  write_labels (self, "chest_a.nii.gz", 2, 3);
  sag_test_ui_until (n_masks (self) == 3);

  /* Ours is not read back. */
  sag_ui_mask_files_save (self->masks, 0, there);
  sag_ui_mask_files_save (self->masks, 0, of_none);
  sag_test_ui_until (self->n_said == 5 && g_hash_table_size (self->masks->watched_seen) == 0);
  g_assert_cmpuint (n_masks (self), ==, 3);
}

/* The scan was met again as a case whose masks are there already: what was being read goes to those. */
static void
test_give_way (Fixture *self, gconstpointer data)
{
  SagUiJournal *journal = sag_ui_session_get_journal (self->session);
  g_autoptr (GFile) file = g_file_new_build_filename (self->folder, "chest_a.nii.gz", NULL);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (SagUiCase) again = sag_ui_case_new (self->scan);
  SagUiCaseMasks *others;

  paint (self);
  sag_ui_mask_files_save (self->masks, 0, file);
  sag_test_ui_until (self->n_said == 1);
  sag_ui_case_load (again);
  sag_test_ui_until (sag_ui_case_get_state (again) == SAG_UI_CASE_READY);
  others = sag_ui_case_masks_get (again, journal);
  g_list_store_append (files, file);
  others->reader = g_strdup (self->masks->current->reader);
  sag_ui_mask_files_open (self->masks, G_LIST_MODEL (files), FALSE);
  sag_ui_case_masks_give_way (self->masks->current, others, self->one);
  sag_ui_masks_follow_case (self->masks);
  sag_test_ui_until (self->n_said == 2);
  g_assert_true (self->masks->current == others);
  g_assert_cmpuint (n_masks (self), ==, 1);
}

/* The scan's file has another scan by now: what was being read for the one before belongs nowhere. */
static void
test_other_grid (Fixture *self, gconstpointer data)
{
  const SagPhantomOptions options = { .seed = 3, .spacing_mm = { 9, 9, 9 } };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (GFile) file = g_file_new_build_filename (self->folder, "chest_a.nii.gz", NULL);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (SagUiCaseMasks) before = NULL;

  paint (self);
  before = g_object_ref (self->masks->current);
  sag_ui_mask_files_save (self->masks, 0, file);
  sag_test_ui_until (self->n_said == 1);
  g_list_store_append (files, file);
  sag_ui_mask_files_open (self->masks, G_LIST_MODEL (files), FALSE);
  sag_ui_case_unload (self->one);
  sag_ui_case_give (self->one, phantom->image, sag_volume_get_geometry (phantom->image)->dims[2]);
  sag_test_ui_until (self->n_said == 2);
  g_assert_cmpuint (sag_ui_case_masks_get_n (before), ==, 1);
  g_assert_nonnull (sag_ui_masks_make_current (self->masks));
  g_assert_true (self->masks->current != before);
  g_assert_cmpuint (n_masks (self), ==, 0);
}

static void
open_dialog (Fixture *self, const char *action)
{
  g_action_group_activate_action (sag_ui_masks_get_actions (self->masks), action, NULL);
  g_assert_true (sag_test_ui_is_choosing ());
}

/* The mask that was active when the chooser was opened is saved, or none. */
static void
test_save_chosen (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_new_for_path (self->folder);
  g_autofree char *name = NULL;
  g_autoptr (GFile) file = NULL;

  paint (self);
  name = sag_ui_mask_files_dup_name (self->masks, 0);
  file = g_file_get_child (folder, name);
  open_dialog (self, "save");
  sag_ui_case_masks_add (self->masks->current, "Another", NULL, NULL, NULL);
  sag_test_ui_choose_file (file);
  sag_test_ui_until (self->n_said == 1);
  g_assert_true (g_file_query_exists (file, NULL));
  g_assert_null (sag_ui_loss_get (self->one)); /* it is the painted one that is kept */

  sag_ui_case_masks_set_active (
    self->masks->current,
    sag_mask_set_get_info (sag_ui_case_masks_get_set (self->masks->current), 0)->id);
  g_assert_true (g_file_delete (file, NULL, NULL));
  open_dialog (self, "save");
  sag_ui_case_masks_remove (self->masks->current,
                            sag_ui_case_masks_get_active (self->masks->current));
  sag_test_ui_choose_file (file);
  g_assert_cmpuint (self->n_said, ==, 2);
  g_assert_cmpuint (n_masks (self), ==, 1);
  sag_test_ui_settle ();
  g_assert_false (g_file_query_exists (file, NULL));
}

/* A chooser that was opened for one scan does nothing to the next. */
static void
test_other_scan (Fixture *self, gconstpointer data)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  g_autoptr (GFile) folder = g_file_new_build_filename (self->folder, "masks", NULL);
  g_autoptr (GFile) other_file = sag_test_ui_scan (self->folder, "other", 9);
  SagUiCase *other = sag_ui_cases_add (cases, other_file);

  paint (self);
  g_assert_true (g_file_make_directory (folder, NULL, NULL));
  open_dialog (self, "save-all");
  sag_ui_cases_set_current (cases, other);
  sag_test_ui_until (sag_ui_case_get_state (other) == SAG_UI_CASE_READY);
  paint (self);
  sag_test_ui_choose_file (folder);
  g_assert_cmpuint (self->n_said, ==, 1);
  sag_test_ui_settle ();
  g_assert_nonnull (sag_ui_loss_get (self->one));
  g_assert_nonnull (sag_ui_loss_get (other));
}

static void
test_fits (void)
{
  g_assert_true (sag_ui_mask_files_fits ("chest.nii.gz", "chest"));
  g_assert_true (sag_ui_mask_files_fits ("chest_lungs.nii", "chest"));
  g_assert_true (sag_ui_mask_files_fits ("chest__nodule-1f__mask.nii.gz", "chest"));
  g_assert_false (sag_ui_mask_files_fits ("chest2.nii.gz", "chest"));
  g_assert_false (sag_ui_mask_files_fits ("chest.txt", "chest"));
  g_assert_false (sag_ui_mask_files_fits ("che.nii.gz", "chest"));
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  sag_test_ui_hide_choosers ();
#define ADD(name, func) g_test_add ("/ui/mask-files/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("round", test_round);
  ADD ("bad", test_bad);
  ADD ("watch", test_watch);
  ADD ("watch-behind", test_watch_behind);
  ADD ("watch-saved", test_watch_saved);
  ADD ("give-way", test_give_way);
  ADD ("other-grid", test_other_grid);
  ADD ("save-chosen", test_save_chosen);
  ADD ("other-scan", test_other_scan);
#undef ADD
  g_test_add_func ("/ui/mask-files/fits", test_fits);
  return g_test_run ();
}
