/* SPDX-License-Identifier: Apache-2.0 */

/* Masks that were painted where they could not be written, and steps that are not where they should be. */

#include "tests/model/mask/make-mask.h"
#include "tests/model/store/make-project.h"

#include "model/core/error.h"
#include "model/store/masks.h"
#include "tests/support/test.h"

static SagStore *
open_store (const char *path, SagStoreFlags flags, const char *reader)
{
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, flags, reader, &error);

  g_assert_no_error (error);
  return store;
}

static void
undo_all (SagMaskSet *set)
{
  g_autoptr (GError) error = NULL;

  while (sag_mask_set_undo (set, &error))
    ;
  g_assert_no_error (error);
}

/* What is painted in a project that can only be looked at is there after it was saved elsewhere: @data: from then on
 * nothing was done, a stroke, or an undo. */
static void
test_painted_while_read_only (gconstpointer data)
{
  const int         then = GPOINTER_TO_INT (data);
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *path = g_build_filename (folder, "a.sagitta", NULL);
  g_autofree char  *saved = g_build_filename (folder, "b.sagitta", NULL);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GRand) random = g_rand_new_with_seed (48);
  g_autoptr (GError) error = NULL;
  SagStore    *owner = open_store (path, SAG_STORE_CREATE, NULL);
  const gint64 painted = add_case (owner, "a"), empty = add_case (owner, "b");
  SagStore    *store;
  g_autoptr (SagMaskSet) before = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) set = NULL;
  g_autoptr (SagMaskSet) own = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = NULL;
  g_autoptr (SagMaskSet) own_again = NULL;

  sag_masks_attach (owner, painted, NULL, before);
  make_strokes (before, 6, random);
  g_assert_true (sag_mask_set_undo (before, &error));
  sag_masks_detach (before);
  g_assert_true (sag_store_flush (owner, &error));
  store = open_store (path, SAG_STORE_WRITE, NULL);
  g_assert_true (sag_store_is_read_only (store));
  set = sag_masks_load (store, painted, NULL, &grid, &error);
  sag_masks_attach (store, painted, NULL, set);
  g_assert_true (sag_mask_set_undo (set, &error));
  make_strokes (set, 3, random);
  make_strokes (own, 4, random);
  sag_masks_attach (store, empty, NULL, own);
  g_assert_false (sag_masks_write_later (set));
  g_assert_true (sag_store_save_as (store, saved, &error));
  g_assert_no_error (error);
  if (then == 1)
    {
      make_strokes (set, 1, random);
      make_strokes (own, 1, random);
    }
  else if (then == 2)
    {
      g_assert_true (sag_mask_set_undo (set, &error));
      g_assert_true (sag_mask_set_undo (own, &error));
    }
  g_assert_cmpint (sag_masks_write_later (set), ==, then == 0);
  g_assert_cmpint (sag_masks_write_later (own), ==, then == 0);
  own_again = reopen (&store, saved, empty);
  assert_same (own, own_again);
  undo_all (own_again);
  g_assert_cmpint (sag_mask_set_get_n (own_again), ==, 0);
  again = sag_masks_load (store, painted, NULL, &grid, &error);
  g_assert_no_error (error);
  assert_same (set, again);
  g_assert_cmpint (sag_mask_set_get_n_steps (again), ==, sag_mask_set_get_n_steps (set));
  sag_masks_attach (store, painted, NULL, again);
  undo_all (again);
  g_assert_cmpint (sag_mask_set_get_n (again), ==, 0);
  sag_masks_detach (set);
  sag_masks_detach (own);
  sag_masks_detach (own_again);
  sag_masks_detach (again);
  sag_store_free (store);
  sag_store_free (owner);
  sag_test_remove_folder (folder);
}

/* A set that is said to have more than the project is written whole with the next step. */
static void
test_note_unwritten (void)
{
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *path = g_build_filename (folder, "a.sagitta", NULL);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GRand) random = g_rand_new_with_seed (57);
  SagStore    *store = open_store (path, SAG_STORE_CREATE, NULL);
  const gint64 id = add_case (store, "a");
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = NULL;

  make_strokes (set, 6, random);
  sag_masks_attach (store, id, NULL, set);
  sag_masks_note_unwritten (set);
  make_strokes (set, 1, random);
  again = reopen (&store, path, id);
  assert_same (set, again);
  g_assert_cmpint (sag_mask_set_get_n_steps (again), ==, 7);
  sag_masks_detach (set);
  sag_masks_detach (again);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

/* Masks that could not be adopted: no differences are written against them. */
static void
test_dropped_adoption (void)
{
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *path = g_build_filename (folder, "a.sagitta", NULL);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GRand) random = g_rand_new_with_seed (49);
  g_autoptr (GError) error = NULL;
  SagStore *store = open_store (path, SAG_STORE_CREATE, NULL);
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = NULL;

  make_strokes (set, 6, random);
  sag_masks_adopt_later (store, 1, NULL, set); /* there is no such case */
  g_assert_true (sag_store_flush (store, &error));
  g_assert_cmpint (add_case (store, "a"), ==, 1);
  make_strokes (set, 1, random);
  again = reopen (&store, path, 1);
  assert_same_masks (set, again);
  g_assert_cmpint (sag_mask_set_get_n_steps (again), ==, 1);
  sag_masks_detach (set);
  sag_masks_detach (again);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static GBytes *
load_nothing (gint64 number, gpointer user_data, GError **error)
{
  g_assert_not_reached ();
}

/* From one project to another, which never had the steps that memory let go. */
static void
test_adopt_after_project (void)
{
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *first = g_build_filename (folder, "a.sagitta", NULL);
  g_autofree char  *second = g_build_filename (folder, "b.sagitta", NULL);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GRand) random = g_rand_new_with_seed (50);
  SagStore *store = open_store (first, SAG_STORE_CREATE, NULL);
  gint64    id = add_case (store, "a");
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = NULL;
  guint n;

  sag_masks_attach (store, id, NULL, set);
  sag_mask_set_set_budget (set, 20000, load_nothing, NULL);
  make_strokes (set, 40, random);
  g_assert_cmpint (sag_mask_set_get_n_steps (set), ==, 40);
  sag_masks_detach (set);
  sag_store_free (store);
  n = sag_mask_set_get_n_steps (set);
  g_assert_cmpint (n, >, 0);
  g_assert_cmpint (n, <, 40);
  store = open_store (second, SAG_STORE_CREATE, NULL);
  id = add_case (store, "a");
  sag_masks_adopt_later (store, id, NULL, set);
  again = reopen (&store, second, id);
  sag_masks_detach (set);
  assert_same (set, again);
  g_assert_cmpint (sag_mask_set_get_n_steps (again), ==, n);
  undo_all (set);
  undo_all (again);
  assert_same (set, again);
  sag_masks_detach (again);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

/* A journal that began anew is no damage. */
static void
test_step_gone (void)
{
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *path = g_build_filename (folder, "a.sagitta", NULL);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GRand) random = g_rand_new_with_seed (55);
  g_autoptr (GError) error = NULL;
  SagStore    *store = open_store (path, SAG_STORE_CREATE, NULL);
  const gint64 id = add_case (store, "a");
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = NULL;

  sag_masks_attach (store, id, NULL, set);
  make_strokes (set, 4, random);
  sag_masks_detach (set);
  again = reopen (&store, path, id);
  run_in_store (store, "DELETE FROM steps");
  g_assert_false (sag_mask_set_undo (again, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no longer in");
  sag_masks_detach (again);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

typedef struct
{
  gint64       case_id;
  SagMaskInfo *info;
  SagMask     *mask;
} Put;

static gboolean
put_again (SagDb *db, gpointer data, GError **error)
{
  const Put *put = data;

  return sag_masks_put (db, put->case_id, put->info, put->mask, NULL, error);
}

/* Masks that are there keep their places when they are put again. */
static void
test_put_again (void)
{
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *path = g_build_filename (folder, "a.sagitta", NULL);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GError) error = NULL;
  SagStore    *store = open_store (path, SAG_STORE_CREATE, NULL);
  const gint64 id = add_case (store, "a");
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = NULL;

  sag_masks_attach (store, id, NULL, set);
  for (int m = 0; m < 3; m++)
    {
      g_autoptr (SagMaskInfo) info = sag_mask_info_new ("Mask", NULL, (guint32) m);

      g_assert_true (sag_mask_set_add (set, "Added", info, NULL, &error));
      g_assert_true (sag_mask_set_move (set, "Moved", info->id, 0, &error));
    }
  for (guint m = 0; m < 3; m++)
    {
      Put put = { id, (SagMaskInfo *) sag_mask_set_get_info (set, m),
                  sag_mask_set_get_mask (set, m) };

      g_assert_true (sag_store_run (store, put_again, &put, &error));
    }
  again = reopen (&store, path, id);
  assert_same_masks (set, again);
  sag_masks_detach (set);
  sag_masks_detach (again);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store/journal/read-only/nothing", GINT_TO_POINTER (0),
                        test_painted_while_read_only);
  g_test_add_data_func ("/store/journal/read-only/stroke", GINT_TO_POINTER (1),
                        test_painted_while_read_only);
  g_test_add_data_func ("/store/journal/read-only/undo", GINT_TO_POINTER (2),
                        test_painted_while_read_only);
  g_test_add_func ("/store/journal/note-unwritten", test_note_unwritten);
  g_test_add_func ("/store/journal/dropped-adoption", test_dropped_adoption);
  g_test_add_func ("/store/journal/adopt-after-project", test_adopt_after_project);
  g_test_add_func ("/store/journal/step-gone", test_step_gone);
  g_test_add_func ("/store/journal/put-again", test_put_again);
  return g_test_run ();
}
