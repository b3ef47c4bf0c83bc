/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"

#include "model/core/error.h"
#include "model/mask/brush.h"
#include "model/mask/mask-set.h"
#include "model/mask/shape.h"
#include "tests/support/test.h"

#include <string.h>

#define N_STEPS 120

/* All that a set shows. */
typedef struct
{
  GPtrArray *infos;
  GPtrArray *masks;
} State;

static State
take_state (SagMaskSet *set)
{
  State state = { g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_info_free),
                  g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_unref) };

  for (guint i = 0; i < sag_mask_set_get_n (set); i++)
    {
      g_ptr_array_add (state.infos, sag_mask_info_copy (sag_mask_set_get_info (set, i)));
      g_ptr_array_add (state.masks, sag_mask_ref (sag_mask_set_get_mask (set, i)));
    }
  return state;
}

static void
state_clear (State *state)
{
  g_ptr_array_unref (state->infos);
  g_ptr_array_unref (state->masks);
}

static void
assert_state (SagMaskSet *set, const State *state)
{
  g_assert_cmpint (sag_mask_set_get_n (set), ==, state->infos->len);
  for (guint i = 0; i < state->infos->len; i++)
    {
      g_assert_true (
        sag_mask_info_equal (sag_mask_set_get_info (set, i), g_ptr_array_index (state->infos, i)));
      g_assert_true (
        sag_mask_equal (sag_mask_set_get_mask (set, i), g_ptr_array_index (state->masks, i)));
    }
}

static void
paint (SagMaskSet *set, guint index, GRand *random)
{
  const SagGeometry *grid = sag_mask_set_get_geometry (set);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (sag_mask_set_get_mask (set, index));
  g_autoptr (SagMask) mask = NULL;
  g_autofree char *id = g_strdup (sag_mask_set_get_info (set, index)->id);
  SagBrush         brush = { .shape = g_rand_boolean (random) ? SAG_BRUSH_BALL : SAG_BRUSH_DISC,
                             .axis = g_rand_int_range (random, 0, 3),
                             .radius_mm = g_rand_double_range (random, 1, 8),
                             .mode = (SagMaskMode) g_rand_int_range (random, 0, 3) };
  double           ends[2][3];
  g_autoptr (GError) error = NULL;

  for (int e = 0; e < 2; e++)
    sag_geometry_to_ras (grid,
                         (double[]){ g_rand_int_range (random, 0, 71),
                                     g_rand_int_range (random, 0, 45),
                                     g_rand_int_range (random, 0, 37) },
                         ends[e]);
  sag_brush_stroke (edit, &brush, ends[0], ends[1], NULL);
  mask = sag_mask_edit_snapshot (edit);
  sag_mask_set_commit (set, "Brush", id, mask, &error);
  g_assert_no_error (error);
}

static void
do_something (SagMaskSet *set, GRand *random)
{
  const guint n = sag_mask_set_get_n (set);
  const guint index = n > 0 ? (guint) g_rand_int_range (random, 0, (gint32) n) : 0;
  const int   what = n < 2 ? 0 : g_rand_int_range (random, 0, 12);
  g_autoptr (SagMaskInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  if (what == 0)
    {
      g_autoptr (SagMask) mask =
        make_mask (sag_mask_set_get_geometry (set), g_rand_double (random) * 0.1, random);

      info = sag_mask_info_new ("Lesion", n % 2 ? "lesion" : NULL, (guint32) g_rand_int (random));
      sag_mask_set_add (set, "Added", info, mask, &error);
    }
  else if (what == 1)
    {
      info = sag_mask_info_copy (sag_mask_set_get_info (set, index));
      sag_mask_set_remove (set, "Removed", info->id, &error);
    }
  else if (what == 2)
    {
      info = sag_mask_info_copy (sag_mask_set_get_info (set, index));
      sag_mask_set_move (set, "Moved", info->id, (guint) g_rand_int_range (random, 0, (gint32) n),
                         &error);
    }
  else if (what == 3)
    {
      info = sag_mask_info_copy (sag_mask_set_get_info (set, index));
      info->colour ^= 0xff;
      info->visible = !info->visible;
      sag_mask_set_change_info (set, "Colour", info, &error);
    }
  else
    paint (set, index, random);
  g_assert_no_error (error);
}

/* Keeps the bytes of every step, as a project does. */
static void
keep_step (SagMaskSet  *set,
           SagMaskEvent event,
           gint64       number,
           gint64       forgotten,
           SagMaskStep *step,
           gpointer     user_data)
{
  GHashTable *kept = user_data;

  if (event == SAG_MASK_STEP_DONE)
    g_hash_table_insert (kept, g_memdup2 (&number, sizeof number), sag_mask_step_dup_bytes (step));
}

static GBytes *
load_step (gint64 number, gpointer user_data, GError **error)
{
  return g_bytes_ref (g_hash_table_lookup (user_data, &number));
}

static GHashTable *
new_kept (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                (GDestroyNotify) g_bytes_unref);
}

/* All back, all forth, as every state was. @data: how steps are held */
static void
test_undo (gconstpointer data)
{
  const gsize budget = (gsize) GPOINTER_TO_INT (data);
  g_autoptr (GRand) random = g_rand_new_with_seed (31);
  g_autoptr (GHashTable) kept = new_kept ();
  const SagGeometry grid = make_grid (0.1);
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  State states[N_STEPS + 1];
  guint n = 0;
  g_autoptr (GError) error = NULL;

  if (budget > 0)
    {
      sag_mask_set_listen (set, keep_step, kept, NULL);
      sag_mask_set_set_budget (set, budget, load_step, kept);
      sag_mask_set_set_kept (set, TRUE);
    }
  states[0] = take_state (set);
  while (n < N_STEPS)
    {
      const guint before = sag_mask_set_get_n_steps (set);

      do_something (set, random);
      if (sag_mask_set_get_n_steps (set) == before + 1)
        states[++n] = take_state (set);
    }
  if (budget > 0)
    g_assert_cmpint (sag_mask_set_get_undo_size (set), <=, budget + 40000);
  for (int round = 0; round < 2; round++)
    {
      for (guint s = N_STEPS; s > 0; s--)
        {
          g_assert_nonnull (sag_mask_set_get_undo_title (set));
          g_assert_true (sag_mask_set_undo (set, &error));
          g_assert_no_error (error);
          assert_state (set, &states[s - 1]);
          if (budget > 0)
            g_assert_cmpint (sag_mask_set_get_undo_size (set), <=, budget + 40000);
        }
      g_assert_false (sag_mask_set_undo (set, &error));
      g_assert_null (sag_mask_set_get_undo_title (set));
      for (guint s = 1; s <= N_STEPS; s++)
        {
          g_assert_true (sag_mask_set_redo (set, &error));
          g_assert_no_error (error);
          assert_state (set, &states[s]);
          if (budget > 0)
            g_assert_cmpint (sag_mask_set_get_undo_size (set), <=, budget + 40000);
        }
      g_assert_false (sag_mask_set_redo (set, &error));
      g_assert_no_error (error);
    }
  for (guint s = 0; s <= N_STEPS; s++)
    state_clear (&states[s]);
}

/* As a project does it: the masks and the journal in another set. */
static void
test_reopened (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (32);
  g_autoptr (GHashTable) kept = new_kept ();
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMaskSet) again = sag_mask_set_new (&grid);
  State last, start;
  g_autoptr (GError) error = NULL;

  sag_mask_set_listen (set, keep_step, kept, NULL);
  start = take_state (set);
  for (int s = 0; s < 60; s++)
    do_something (set, random);
  last = take_state (set);
  for (guint i = 0; i < last.infos->len; i++)
    sag_mask_set_put (again, g_ptr_array_index (last.infos, i), g_ptr_array_index (last.masks, i));
  for (gint64 number = 1; number <= (gint64) g_hash_table_size (kept); number++)
    sag_mask_set_put_step (again, number, "Step", FALSE);
  sag_mask_set_set_budget (again, 1000000, load_step, kept);
  while (sag_mask_set_undo (again, &error))
    ;
  g_assert_no_error (error);
  assert_state (again, &start);
  while (sag_mask_set_redo (again, &error))
    ;
  g_assert_no_error (error);
  assert_state (again, &last);
  state_clear (&start);
  state_clear (&last);
}

static GBytes *
load_nothing (gint64 number, gpointer user_data, GError **error)
{
  g_assert_not_reached ();
}

static void
test_budget_without_project (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (33);
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  guint n = 0;
  g_autoptr (GError) error = NULL;

  sag_mask_set_set_budget (set, 20000, NULL, NULL);
  for (int s = 0; s < 100; s++)
    do_something (set, random);
  g_assert_cmpint (sag_mask_set_get_n_steps (set), <, 90);
  while (sag_mask_set_undo (set, &error))
    n++;
  g_assert_no_error (error);
  g_assert_cmpint (n, >=, 1);
  /* Nor is one asked that could be, but did not get them. */
  sag_mask_set_set_budget (set, 20000, load_nothing, NULL);
  for (int s = 0; s < 100; s++)
    do_something (set, random);
  while (sag_mask_set_undo (set, &error))
    ;
  g_assert_no_error (error);
}

/* Steps that were let go, and those behind them, are nobody's once their keeper is gone. @data: how many were undone */
static void
test_forget_missing (gconstpointer data)
{
  const int n_undone = GPOINTER_TO_INT (data);
  g_autoptr (GRand) random = g_rand_new_with_seed (36);
  g_autoptr (GHashTable) kept = new_kept ();
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  State before;
  guint n_all, n_done;
  g_autoptr (GError) error = NULL;

  sag_mask_set_listen (set, keep_step, kept, NULL);
  sag_mask_set_set_budget (set, 40000, load_step, kept);
  sag_mask_set_set_kept (set, TRUE);
  for (int s = 0; s < 60; s++)
    do_something (set, random);
  n_all = sag_mask_set_get_n_all_steps (set);
  for (int s = 0; s < n_undone; s++)
    g_assert_true (sag_mask_set_undo (set, &error));
  before = take_state (set);
  n_done = sag_mask_set_get_n_steps (set);
  sag_mask_set_set_kept (set, FALSE);
  sag_mask_set_forget_missing (set);
  sag_mask_set_set_budget (set, 40000, NULL, NULL);
  g_assert_cmpint (sag_mask_set_get_n_steps (set), <, n_done);
  g_assert_cmpint (sag_mask_set_get_n_all_steps (set), <, n_all);
  g_assert_cmpint (sag_mask_set_get_n_all_steps (set), >, 0);
  for (guint s = 0; s < sag_mask_set_get_n_all_steps (set); s++)
    {
      gint64   number;
      gboolean undone;

      g_assert_nonnull (sag_mask_set_get_step (set, s, &number, &undone));
      g_assert_cmpint (undone, ==, s >= sag_mask_set_get_n_steps (set));
    }
  n_done = sag_mask_set_get_n_steps (set);
  while (sag_mask_set_undo (set, &error))
    ;
  g_assert_no_error (error);
  while (sag_mask_set_get_n_steps (set) < n_done)
    g_assert_true (sag_mask_set_redo (set, &error));
  assert_state (set, &before);
  while (sag_mask_set_redo (set, &error))
    ;
  g_assert_no_error (error);
  state_clear (&before);
}

static gint64 seen_forgotten;

static void
see_forgotten (SagMaskSet  *set,
               SagMaskEvent event,
               gint64       number,
               gint64       forgotten,
               SagMaskStep *step,
               gpointer     user_data)
{
  if (event == SAG_MASK_STEP_DONE)
    seen_forgotten = forgotten;
  *(gint64 *) user_data = number;
}

static void
test_rules (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (34);
  const SagGeometry grid = make_grid (0), elsewhere = make_grid (0.5);
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  g_autoptr (SagMask) mask = make_mask (&grid, 0.1, random);
  g_autoptr (SagMask) stranger = make_mask (&elsewhere, 0.1, random);
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  g_autoptr (SagMaskInfo) info = sag_mask_info_new ("Effusion", NULL, 0xE69F00);
  gint64 number = 0;
  g_autoptr (GError) error = NULL;

  sag_mask_set_listen (set, see_forgotten, &number, NULL);
  g_assert_true (sag_mask_set_add (set, "Added", info, NULL, &error));
  g_assert_cmpint (number, ==, 1);
  g_assert_false (sag_mask_set_add (set, "Added", info, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "already");
  g_assert_false (sag_mask_set_commit (set, "Brush", "nobody", mask, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "no such mask");
  g_assert_false (sag_mask_set_commit (set, "Brush", info->id, stranger, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "grid");
  /* What changes nothing is no step. */
  g_assert_true (sag_mask_set_commit (set, "Brush", info->id, empty, &error));
  g_assert_cmpint (sag_mask_set_get_n_steps (set), ==, 1);
  g_assert_true (sag_mask_set_commit (set, "Brush", info->id, mask, &error));
  info->locked = TRUE;
  g_assert_true (sag_mask_set_change_info (set, "Locked", info, &error));
  g_assert_false (sag_mask_set_commit (set, "Brush", info->id, empty, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "locked");
  g_assert_cmpstr (sag_mask_set_get_undo_title (set), ==, "Locked");
  g_assert_true (sag_mask_set_undo (set, &error));
  g_assert_true (sag_mask_set_undo (set, &error));
  g_assert_cmpstr (sag_mask_set_get_redo_title (set), ==, "Brush");
  info->locked = FALSE;
  info->colour = 0;
  g_assert_true (sag_mask_set_change_info (set, "Colour", info, &error));
  g_assert_cmpint (number, ==, 4);
  g_assert_cmpint (seen_forgotten, ==, 2);
  g_assert_null (sag_mask_set_get_redo_title (set));
}

static void
test_damaged_steps (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (35);
  g_autoptr (GHashTable) kept = new_kept ();
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);
  const gint64 number = 3;
  gsize        size;

  sag_mask_set_listen (set, keep_step, kept, NULL);
  for (int s = 0; s < 3; s++)
    do_something (set, random);
  {
    const guint8 *data = g_bytes_get_data (g_hash_table_lookup (kept, &number), &size);

    for (int n = 0; n < 400; n++)
      {
        g_autofree guint8 *copy = g_memdup2 (data, size);
        g_autoptr (GBytes) bytes = NULL;
        g_autoptr (SagMaskStep) step = NULL;
        g_autoptr (GError) error = NULL;
        const gsize cut = n % 2 ? size : (gsize) g_rand_int_range (random, 0, (gint32) size);

        copy[g_rand_int_range (random, 0, (gint32) size)] ^=
          (guint8) g_rand_int_range (random, 1, 256);
        bytes = g_bytes_new_take (g_steal_pointer (&copy), cut);
        step = sag_mask_step_new_from_bytes (bytes, &grid, &error);
        g_assert_true ((step == NULL) == (error != NULL));
        for (guint c = 0; step != NULL && c < sag_mask_step_get_n_changes (step); c++)
          {
            g_autoptr (SagMask) out = NULL;
            g_autoptr (GError) failure = NULL;
            const gboolean done = sag_mask_step_apply (step, c, NULL, FALSE, &out, &failure);

            g_assert_true (done == (failure == NULL));
          }
      }
  }
}

/* A step from a larger grid with as many bricks: its voxels lie beyond this one. */
static void
test_step_beyond_grid (void)
{
  const SagGeometry grid = make_grid (0);
  SagGeometry       larger = grid;
  g_autoptr (SagMaskStep) step = sag_mask_step_new ("Brush");
  g_autoptr (SagMaskStep) read = NULL;
  g_autoptr (SagMaskInfo) info = sag_mask_info_new ("Lesion", NULL, 0);
  g_autoptr (SagMask) empty = NULL;
  g_autoptr (SagMask) mask = NULL;
  g_autoptr (SagMask) out = NULL;
  g_autoptr (SagMaskEdit) edit = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  larger.dims[0] = 96;
  empty = sag_mask_new (&larger);
  edit = sag_mask_edit_new (empty);
  sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, 80, 90, 1, 1);
  mask = sag_mask_edit_snapshot (edit);
  sag_mask_step_add (step, NULL, NULL, info, mask, (guint[]){ 0, 0 });
  bytes = sag_mask_step_dup_bytes (step);
  read = sag_mask_step_new_from_bytes (bytes, &grid, &error);
  g_assert_no_error (error);
  g_assert_false (sag_mask_step_apply (read, 0, NULL, FALSE, &out, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "damaged");
  g_assert_null (out);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/mask/set/undo", GINT_TO_POINTER (0), test_undo);
  g_test_add_data_func ("/mask/set/undo-spilled", GINT_TO_POINTER (30000), test_undo);
  g_test_add_data_func ("/mask/set/forget-missing/few", GINT_TO_POINTER (3), test_forget_missing);
  g_test_add_data_func ("/mask/set/forget-missing/many", GINT_TO_POINTER (30), test_forget_missing);
  g_test_add_func ("/mask/set/reopened", test_reopened);
  g_test_add_func ("/mask/set/budget-without-project", test_budget_without_project);
  g_test_add_func ("/mask/set/rules", test_rules);
  g_test_add_func ("/mask/set/damaged-steps", test_damaged_steps);
  g_test_add_func ("/mask/set/step-beyond-grid", test_step_beyond_grid);
  return g_test_run ();
}
