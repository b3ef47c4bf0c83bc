/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"
#include "tests/model/store/make-project.h"

#include "model/core/error.h"
#include "model/store/masks.h"
#include "tests/support/test.h"

#include <string.h>

static void
test_reopen (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.sagitta", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (41);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GError) error = NULL;
  SagStore    *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  const gint64 id = add_case (store, "a");
  g_autoptr (SagMaskSet) first = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) second = NULL;
  g_autoptr (SagMaskSet) third = NULL;
  g_autoptr (SagMaskInfo) info = NULL;

  sag_masks_attach (store, id, first);
  make_strokes (first, 25, random);
  for (int i = 0; i < 9; i++)
    g_assert_true (sag_mask_set_undo (first, &error));
  for (int i = 0; i < 3; i++)
    g_assert_true (sag_mask_set_redo (first, &error));
  info = sag_mask_info_new ("Second", NULL, 7);
  /* The project holds what the window shows, and what can be undone and redone. */
  second = reopen (&store, path, id);
  assert_same (first, second);
  for (int i = 0; i < 4; i++)
    {
      sag_masks_detach (first);
      g_assert_true (sag_mask_set_redo (first, &error));
      g_assert_true (sag_mask_set_redo (second, &error));
      assert_same (first, second);
    }
  /* What was undone is gone once something else is done. */
  g_assert_true (sag_mask_set_add (second, "Mask added", info, NULL, &error));
  g_assert_true (sag_mask_set_move (second, "Moved", info->id, 0, &error));
  g_assert_true (sag_mask_set_remove (second, "Removed", info->id, &error));
  g_assert_true (sag_mask_set_undo (second, &error));
  third = reopen (&store, path, id);
  assert_same (second, third);
  g_assert_cmpstr (sag_mask_set_get_info (third, 0)->name, ==, "Second");
  while (sag_mask_set_undo (third, &error))
    ;
  g_assert_no_error (error);
  g_assert_cmpint (sag_mask_set_get_n (third), ==, 0);
  while (sag_mask_set_redo (third, &error))
    ;
  g_assert_no_error (error);
  g_assert_cmpint (sag_mask_set_get_n (third), ==, 1);
  sag_masks_detach (second);
  sag_masks_detach (third);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static void
test_damaged_rows (void)
{
  static const char *const damages[] = {
    "UPDATE bricks SET crc = crc + 1 WHERE id = 2",
    "UPDATE bricks SET data = substr (data, 1, 40) WHERE id = 2",
    "UPDATE bricks SET brick = 1000000 WHERE id = 2",
    "UPDATE masks SET name = 'Another'",
    "UPDATE masks SET reader = 'Eve'",
    "UPDATE bricks SET (data, crc) = (SELECT data, crc FROM bricks WHERE id = 3) WHERE id = 2",
  };
  const SagGeometry grid = make_grid (0), other = make_grid (0.5);

  for (gsize d = 0; d < G_N_ELEMENTS (damages); d++)
    {
      char            *folder = sag_test_dup_folder ();
      g_autofree char *path = g_build_filename (folder, "a.sagitta", NULL);
      g_autoptr (GRand) random = g_rand_new_with_seed (42);
      g_autoptr (GError) error = NULL;
      SagStore    *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
      const gint64 id = add_case (store, "a");
      g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);

      sag_masks_attach (store, id, set);
      make_strokes (set, 5, random);
      sag_masks_detach (set);
      g_assert_null (sag_masks_load (store, id, &other, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "another grid");
      g_assert_true (sag_store_close (store, &error));
      run_sql (path, damages[d]);
      store = sag_store_open (path, SAG_STORE_WRITE, NULL, &error);
      g_assert_null (sag_masks_load (store, id, &grid, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "checksum");
      sag_store_free (store);
      sag_test_remove_folder (folder);
    }
}

/* A journal with a bad step: the masks stay, undo says so. */
static void
test_damaged_step (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.sagitta", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (43);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GError) error = NULL;
  SagStore    *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  const gint64 id = add_case (store, "a");
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = NULL;

  sag_masks_attach (store, id, set);
  make_strokes (set, 5, random);
  sag_masks_detach (set);
  g_assert_true (sag_store_close (store, &error));
  run_sql (path, "UPDATE steps SET data = zeroblob (100) WHERE number = 4");
  store = sag_store_open (path, SAG_STORE_WRITE, NULL, &error);
  again = sag_masks_load (store, id, &grid, &error);
  g_assert_no_error (error);
  assert_same (set, again);
  sag_masks_attach (store, id, again);
  g_assert_true (sag_mask_set_undo (again, &error));
  while (error == NULL && sag_mask_set_undo (again, &error))
    ;
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "checksum");
  sag_masks_detach (again);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static void
test_adopt (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.sagitta", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (44);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GError) error = NULL;
  SagStore *store;
  gint64    id;
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = NULL;

  make_strokes (set, 6, random);
  g_assert_true (sag_mask_set_undo (set, &error));
  g_assert_true (sag_mask_set_undo (set, &error));
  store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  id = add_case (store, "a");
  g_assert_true (sag_masks_adopt (store, id, set, &error));
  g_assert_no_error (error);
  again = reopen (&store, path, id);
  assert_same (set, again);
  g_assert_true (sag_mask_set_redo (again, &error));
  make_strokes (again, 2, random);
  sag_masks_detach (again);
  g_clear_pointer (&again, sag_mask_set_free);
  again = reopen (&store, path, id);
  g_assert_cmpint (sag_mask_set_get_n_steps (again), ==, 7);
  while (sag_mask_set_undo (again, &error))
    ;
  g_assert_no_error (error);
  g_assert_cmpint (sag_mask_set_get_n (again), ==, 0);
  sag_masks_detach (set);
  sag_masks_detach (again);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

/* A step that could not be written: the next one writes the masks whole, and the journal begins with it. */
static void
test_dropped_step (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.sagitta", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (45);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GError) error = NULL;
  SagStore    *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  const gint64 id = add_case (store, "a");
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = NULL;

  sag_masks_attach (store, id, set);
  make_strokes (set, 12, random);
  run_in_store (store, "DELETE FROM cases");
  make_strokes (set, 1, random);
  g_assert_true (sag_store_flush (store, &error));
  g_assert_cmpint (add_case (store, "a"), ==, id);
  make_strokes (set, 1, random);
  again = reopen (&store, path, id);
  g_assert_true (sag_mask_equal (sag_mask_set_get_mask (set, 0), sag_mask_set_get_mask (again, 0)));
  g_assert_cmpint (sag_mask_set_get_n_steps (again), ==, 1);
  g_assert_true (sag_mask_set_undo (again, &error));
  sag_masks_detach (set);
  g_assert_true (sag_mask_set_undo (set, &error));
  g_assert_true (sag_mask_equal (sag_mask_set_get_mask (set, 0), sag_mask_set_get_mask (again, 0)));
  sag_masks_detach (again);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

/* Undo of a step that the journal lost: what the journal has beyond it does not fit any more. */
static void
test_undo_of_lost_step (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.sagitta", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (46);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GError) error = NULL;
  SagStore    *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  const gint64 id = add_case (store, "a");
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = NULL;

  sag_masks_attach (store, id, set);
  make_strokes (set, 6, random);
  run_in_store (store, "DELETE FROM steps WHERE number <= 5");
  g_assert_true (sag_mask_set_undo (set, &error));
  g_assert_true (sag_mask_set_undo (set, &error));
  g_assert_true (sag_mask_set_undo (set, &error));
  again = reopen (&store, path, id);
  g_assert_true (sag_mask_equal (sag_mask_set_get_mask (set, 0), sag_mask_set_get_mask (again, 0)));
  g_assert_null (sag_mask_set_get_redo_title (again));
  sag_masks_detach (set);
  sag_masks_detach (again);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

typedef struct
{
  gboolean done;
  gboolean result;
  GError  *error;
} Stepped;

static void
on_stepped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Stepped *stepped = user_data;

  stepped->result = sag_masks_step_finish (result, &stepped->error);
  stepped->done = TRUE;
}

static void
wait_for_step (Stepped *stepped)
{
  while (!stepped->done)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
hold_store (SagDb *db, gpointer data, GError **error)
{
  GMutex *mutex = data;

  g_mutex_lock (mutex);
  g_mutex_unlock (mutex);
  return TRUE;
}

/* Undo of what only the project has goes on while the project is busy. */
static void
test_undo_without_waiting (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.sagitta", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (47);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GError) error = NULL;
  SagStore    *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  const gint64 id = add_case (store, "a");
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = NULL;
  GMutex  busy;
  Stepped stepped = { 0 };

  g_mutex_init (&busy);
  sag_masks_attach (store, id, set);
  make_strokes (set, 6, random);
  sag_masks_detach (set);
  again = reopen (&store, path, id);
  g_mutex_lock (&busy);
  sag_store_post (store, hold_store, &busy, NULL);
  sag_masks_step_async (again, TRUE, on_stepped, &stepped);
  g_main_context_iteration (NULL, FALSE);
  g_assert_false (stepped.done);
  g_assert_cmpint (sag_mask_set_get_n_steps (again), ==, 6);
  g_mutex_unlock (&busy);
  wait_for_step (&stepped);
  g_assert_no_error (stepped.error);
  g_assert_true (stepped.result);
  g_assert_true (sag_mask_set_undo (set, &error));
  assert_same (set, again);
  /* Something else first: the answer comes too late. */
  stepped = (Stepped){ 0 };
  sag_masks_step_async (again, TRUE, on_stepped, &stepped);
  make_strokes (again, 1, random);
  wait_for_step (&stepped);
  sag_test_assert_error (stepped.error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "meanwhile");
  g_clear_error (&stepped.error);
  g_assert_cmpint (sag_mask_set_get_n_steps (again), ==, 6);
  /* In memory: at once. */
  stepped = (Stepped){ 0 };
  sag_masks_step_async (again, TRUE, on_stepped, &stepped);
  wait_for_step (&stepped);
  g_assert_true (stepped.result);
  assert_same_masks (set, again);
  /* The set goes first. */
  stepped = (Stepped){ 0 };
  sag_masks_step_async (again, TRUE, on_stepped, &stepped);
  sag_masks_detach (again);
  g_clear_pointer (&again, sag_mask_set_free);
  wait_for_step (&stepped);
  sag_test_assert_error (stepped.error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "meanwhile");
  g_clear_error (&stepped.error);
  sag_store_free (store);
  g_mutex_clear (&busy);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/masks/reopen", test_reopen);
  g_test_add_func ("/store/masks/damaged-rows", test_damaged_rows);
  g_test_add_func ("/store/masks/damaged-step", test_damaged_step);
  g_test_add_func ("/store/masks/adopt", test_adopt);
  g_test_add_func ("/store/masks/dropped-step", test_dropped_step);
  g_test_add_func ("/store/masks/undo-of-lost-step", test_undo_of_lost_step);
  g_test_add_func ("/store/masks/undo-without-waiting", test_undo_without_waiting);
  return g_test_run ();
}
