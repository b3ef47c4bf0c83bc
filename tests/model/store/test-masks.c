/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"
#include "tests/model/store/make-project.h"

#include "model/core/error.h"
#include "model/store/labels.h"
#include "model/store/masks.h"
#include "model/store/seen.h"
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

  sag_masks_attach (store, id, NULL, first);
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

      sag_masks_attach (store, id, NULL, set);
      make_strokes (set, 5, random);
      sag_masks_detach (set);
      g_assert_null (sag_masks_load (store, id, NULL, &other, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "another grid");
      g_assert_true (sag_store_close (store, &error));
      run_sql (path, damages[d]);
      store = sag_store_open (path, SAG_STORE_WRITE, NULL, &error);
      g_assert_null (sag_masks_load (store, id, NULL, &grid, &error));
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

  sag_masks_attach (store, id, NULL, set);
  make_strokes (set, 5, random);
  sag_masks_detach (set);
  g_assert_true (sag_store_close (store, &error));
  run_sql (path, "UPDATE steps SET data = zeroblob (100) WHERE number = 4");
  store = sag_store_open (path, SAG_STORE_WRITE, NULL, &error);
  again = sag_masks_load (store, id, NULL, &grid, &error);
  g_assert_no_error (error);
  assert_same (set, again);
  sag_masks_attach (store, id, NULL, again);
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
  g_assert_true (sag_masks_adopt (store, id, NULL, set, &error));
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

  sag_masks_attach (store, id, NULL, set);
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

  sag_masks_attach (store, id, NULL, set);
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
  sag_masks_attach (store, id, NULL, set);
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

static SagMaskSet *
load_by (SagStore *store, gint64 id, const char *reader)
{
  const SagGeometry grid = make_grid (0);
  g_autoptr (GError) error = NULL;
  SagMaskSet *set = sag_masks_load (store, id, reader, &grid, &error);

  g_assert_no_error (error);
  sag_masks_attach (store, id, reader, set);
  return set;
}

/* Each reader has masks and undo of their own; what one does touches nothing of the other's. */
static void
test_readers (void)
{
  char            *folder;
  g_autofree char *path = make_path (&folder);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GError) error = NULL;
  SagStore    *store = sag_store_open (path, SAG_STORE_CREATE, "Ann", &error);
  const gint64 id = add_case (store, "a");
  g_autoptr (SagMaskSet) anns = load_by (store, id, NULL);
  g_autoptr (SagMaskSet) bens = load_by (store, id, "Ben");
  g_autoptr (SagMaskSet) anns_again = NULL;
  g_autoptr (SagMaskSet) bens_again = NULL;
  g_autofree char *gone = NULL;

  /* By turns, so that their numbers meet. */
  for (int turn = 0; turn < 3; turn++)
    {
      make_strokes (anns, 3, random);
      make_strokes (bens, 2, random);
    }
  g_assert_true (sag_mask_set_undo (anns, &error));
  g_assert_true (sag_mask_set_undo (bens, &error));
  g_assert_true (sag_mask_set_undo (bens, &error));
  make_strokes (anns, 1, random); /* forgets what Ann could redo, not what Ben could */
  sag_masks_detach (anns);
  sag_masks_detach (bens);
  sag_store_free (store);
  store = sag_store_open (path, SAG_STORE_WRITE, "Ben", &error);
  anns_again = load_by (store, id, "Ann");
  bens_again = load_by (store, id, NULL);
  assert_same (anns, anns_again);
  assert_same (bens, bens_again);
  /* A set that is written whole removes what that reader no longer has, and nothing else. */
  gone = g_strdup (sag_mask_set_get_info (bens_again, 0)->id);
  run_in_store (store, "DELETE FROM steps WHERE reader = 'Ben'");
  sag_masks_note_unwritten (bens_again);
  g_assert_true (sag_mask_set_remove (bens_again, "Removed", gone, &error));
  sag_masks_detach (bens_again);
  g_clear_pointer (&bens_again, sag_mask_set_free);
  bens_again = load_by (store, id, NULL);
  g_assert_cmpint (sag_mask_set_get_n (bens_again), ==, 0);
  sag_masks_detach (anns_again);
  g_clear_pointer (&anns_again, sag_mask_set_free);
  anns_again = load_by (store, id, "Ann");
  assert_same (anns, anns_again);
  while (sag_mask_set_undo (anns_again, &error))
    ;
  g_assert_no_error (error);
  g_assert_cmpint (sag_mask_set_get_n (anns_again), ==, 0);
  sag_masks_detach (anns_again);
  sag_masks_detach (bens_again);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static gboolean
rename_reader (SagDb *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) after = NULL;

  if (!sag_seen_add (db, 1, "Is there fluid?", "0123", error) ||
      !sag_readers_rename (db, "Ann", "AB", error))
    return FALSE;
  /* Who saw an answer is not blind under another name. */
  sag_db_set_reader (db, "AB");
  after = sag_seen_list (db, 1, error);
  sag_db_set_reader (db, "Ann");
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_cmpstr (((SagSeenRow *) g_ptr_array_index (after, 0))->text, ==, "Is there fluid?");
  return TRUE;
}

/* Who gets a name keeps what they did before, and can undo it. */
static void
test_rename (void)
{
  char            *folder;
  g_autofree char *path = make_path (&folder);
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  g_autoptr (GError) error = NULL;
  SagStore    *store = sag_store_open (path, SAG_STORE_CREATE, "Ann", &error);
  const gint64 id = add_case (store, "a"), other = add_case (store, "b");
  g_autoptr (SagMaskSet) before = load_by (store, id, NULL);
  g_autoptr (SagMaskSet) both = load_by (store, other, "Ann");
  g_autoptr (SagMaskSet) both_too = load_by (store, other, "AB");
  g_autoptr (SagMaskSet) after = NULL;
  g_autoptr (SagMaskSet) joined = NULL;

  make_strokes (before, 4, random);
  make_strokes (both, 1, random);
  make_strokes (both_too, 1, random);
  g_assert_true (sag_store_run (store, rename_reader, NULL, &error));
  after = load_by (store, id, "AB");
  assert_same (before, after);
  /* Two journals do not become one: the masks are there, without undo. */
  joined = load_by (store, other, "AB");
  g_assert_cmpint (sag_mask_set_get_n (joined), ==, 2);
  g_assert_null (sag_mask_set_get_undo_title (joined));
  sag_masks_detach (before);
  sag_masks_detach (both);
  sag_masks_detach (both_too);
  sag_masks_detach (after);
  sag_masks_detach (joined);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

/* Of before format 3 there was one journal for all readers of a case. */
static void
test_one_journal (void)
{
  const SagGeometry grid = make_grid (0);

  for (int write = 0; write < 2; write++)
    {
      char            *folder;
      g_autofree char *path = make_path (&folder);
      g_autoptr (GRand) random = g_rand_new_with_seed (9);
      g_autoptr (GError) error = NULL;
      SagStore    *store = sag_store_open (path, SAG_STORE_CREATE, "Ann", &error);
      const gint64 alone = add_case (store, "a"), shared = add_case (store, "b"),
                   emptied = add_case (store, "c");
      g_autoptr (SagMaskSet) one = load_by (store, alone, NULL);
      g_autoptr (SagMaskSet) two = load_by (store, shared, NULL);
      g_autoptr (SagMaskSet) three = load_by (store, emptied, NULL);
      g_autoptr (SagMaskSet) again = NULL;
      g_autoptr (SagMaskSet) shared_again = NULL;
      g_autoptr (SagMaskSet) emptied_again = NULL;
      g_autofree char *gone = NULL;

      make_strokes (one, 3, random);
      make_strokes (two, 3, random);
      make_strokes (three, 1, random);
      gone = g_strdup (sag_mask_set_get_info (three, 0)->id);
      g_assert_true (sag_mask_set_remove (three, "Removed", gone, &error));
      sag_masks_detach (one);
      sag_masks_detach (two);
      sag_masks_detach (three);
      sag_store_free (store);
      run_sql (path, "INSERT INTO masks (uuid, case_id, reader, position, name, colour, locked, "
                     "visible, at) VALUES ('b', 2, 'Ben', 1, 'B', 1, 0, 1, 0);"
                     "UPDATE masks SET crc = NULL; ALTER TABLE labels DROP COLUMN crc;"
                     "ALTER TABLE masks DROP COLUMN crc; ALTER TABLE steps DROP COLUMN reader;"
                     "ALTER TABLE reviews DROP COLUMN mask; PRAGMA user_version = 1");
      store = sag_store_open (path, write ? SAG_STORE_WRITE : SAG_STORE_READ, "Ann", &error);
      g_assert_no_error (error);
      again = sag_masks_load (store, alone, NULL, &grid, &error);
      assert_same_masks (one, again);
      g_assert_cmpuint (sag_mask_set_get_n_all_steps (again), ==,
                        sag_mask_set_get_n_all_steps (one));
      shared_again = sag_masks_load (store, shared, NULL, &grid, &error);
      g_assert_cmpuint (sag_mask_set_get_n (shared_again), ==, 1);
      g_assert_cmpuint (sag_mask_set_get_n_all_steps (shared_again), ==, 0);
      /* The log knows who removed the last mask. */
      emptied_again = sag_masks_load (store, emptied, NULL, &grid, &error);
      g_assert_cmpuint (sag_mask_set_get_n_all_steps (emptied_again), ==,
                        sag_mask_set_get_n_all_steps (three));
      sag_masks_attach (store, emptied, NULL, emptied_again);
      g_assert_true (sag_mask_set_undo (emptied_again, &error));
      g_assert_cmpuint (sag_mask_set_get_n (emptied_again), ==, 1);
      sag_masks_detach (emptied_again);
      sag_store_free (store);
      sag_test_remove_folder (folder);
    }
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
  g_test_add_func ("/store/masks/readers", test_readers);
  g_test_add_func ("/store/masks/rename", test_rename);
  g_test_add_func ("/store/masks/one-journal", test_one_journal);
  return g_test_run ();
}
