/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"
#include "tests/model/store/make-project.h"

#include "model/store/masks.h"
#include "model/store/recover.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A painter that is killed at a random moment, again and again: every stroke that it was told is
 * written must be there, the file sound, and the masks those of the strokes. SAGITTA_KILLS: how often. */

#define N_KILLS 25
/* A longer journal begins anew: all of it is undone and redone after every kill. */
#define MOST_STEPS 400

/* What the child tells: the masks after a stroke; that (@flushed 1) they are on disk; that (2) it undoes next. */
typedef struct
{
  gint32 flushed;
  gint32 n_steps;
  gint64 n_voxels;
} Report;

static Report
report_of (SagMaskSet *set)
{
  return (Report){ 0, (gint32) sag_mask_set_get_n_steps (set),
                   sag_mask_set_get_n (set) > 0 ? sag_mask_count (sag_mask_set_get_mask (set, 0))
                                                : 0 };
}

/* The child: paints, and tells through @fd what it did and what is on disk. */
static void
paint_until_killed (const char *path, gboolean rollback, guint32 seed, int fd)
{
  const SagGeometry grid = make_grid (0);
  SagStore         *store =
    sag_store_open (path, SAG_STORE_WRITE | (rollback ? SAG_STORE_ROLLBACK : 0), NULL, NULL);
  SagMaskSet *set = store != NULL ? sag_masks_load (store, 1, NULL, &grid, NULL) : NULL;
  GRand      *random = g_rand_new_with_seed (seed);
  Report      report;

  if (set == NULL || sag_store_is_read_only (store))
    _exit (1);
  sag_masks_attach (store, 1, NULL, set);
  report = report_of (set);
  report.flushed = 1;
  if (write (fd, &report, sizeof report) != sizeof report)
    _exit (1);
  while (TRUE)
    {
      if (g_rand_int_range (random, 0, 5) == 0)
        {
          report.flushed = 2;
          if (write (fd, &report, sizeof report) != sizeof report)
            _exit (1);
          sag_mask_set_undo (set, NULL);
        }
      else
        make_strokes (set, 1, random);
      report = report_of (set);
      if (write (fd, &report, sizeof report) != sizeof report)
        _exit (1);
      if (g_rand_int_range (random, 0, 3) != 0)
        continue;
      report.flushed = 1;
      if (!sag_store_flush (store, NULL) || write (fd, &report, sizeof report) != sizeof report)
        _exit (1);
    }
}

/* What the child told until it was killed, @wait_us after its start, or after its first word. */
static GArray *
run_child (const char *path, gboolean rollback, guint32 seed, guint wait_us, gboolean heard)
{
  int     ends[2], status = 0;
  pid_t   child;
  GArray *reports = g_array_new (FALSE, FALSE, sizeof (Report));
  Report  report;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  if (child == 0)
    {
      close (ends[0]);
      paint_until_killed (path, rollback, seed, ends[1]);
    }
  close (ends[1]);
  if (heard)
    poll (&(struct pollfd){ ends[0], POLLIN, 0 }, 1, -1);
  g_usleep (wait_us);
  kill (child, SIGKILL);
  while (read (ends[0], &report, sizeof report) == sizeof report)
    g_array_append_val (reports, report);
  close (ends[0]);
  waitpid (child, &status, 0);
  g_assert_true (WIFSIGNALED (status));
  return reports;
}

/* What is there is what the child had after its last written stroke, or after a later one; the very last it may not
 * have told any more. */
static gboolean
is_expected (const GArray *reports, const Report *found)
{
  gboolean expected = FALSE;

  for (guint r = 0; r < reports->len; r++)
    {
      const Report *one = &g_array_index (reports, Report, r);

      if (one->flushed == 1)
        expected = FALSE;
      expected |= one->n_steps == found->n_steps && one->n_voxels == found->n_voxels;
    }
  if (!expected && reports->len > 0)
    {
      const Report *last = &g_array_index (reports, Report, reports->len - 1);

      /* A stroke that was written but no longer told of is one more; an undo is told of before. */
      expected = found->n_steps == last->n_steps + (last->flushed == 2 ? -1 : 1);
    }
  return expected || reports->len == 0;
}

/* All undone is empty, and all redone what was there. */
static Report
check (const char *path)
{
  const SagGeometry grid = make_grid (0);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) found = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_WRITE, NULL, &error);
  g_autoptr (SagMaskSet) set = NULL;
  g_autoptr (SagMask) before = NULL;
  Report report;
  guint  n_undone = 0;

  g_assert_no_error (error);
  g_assert_false (sag_store_is_read_only (store));
  set = sag_masks_load (store, 1, NULL, &grid, &error);
  g_assert_no_error (error);
  sag_masks_attach (store, 1, NULL, set);
  report = report_of (set);
  if (sag_mask_set_get_n (set) > 0)
    before = sag_mask_ref (sag_mask_set_get_mask (set, 0));
  sag_masks_detach (set);
  sag_store_free (store);
  store = sag_store_open (path, SAG_STORE_READ, NULL, &error);
  g_assert_no_error (error);
  g_clear_pointer (&set, sag_mask_set_free);
  set = sag_masks_load (store, 1, NULL, &grid, &error);
  sag_masks_attach (store, 1, NULL, set);
  while (sag_mask_set_undo (set, &error))
    n_undone++;
  g_assert_no_error (error);
  g_assert_cmpint (sag_mask_set_get_n (set), ==, 0);
  for (guint s = 0; s < n_undone; s++)
    g_assert_true (sag_mask_set_redo (set, &error));
  if (before != NULL)
    g_assert_true (sag_mask_equal (before, sag_mask_set_get_mask (set, 0)));
  sag_masks_detach (set);
  sag_store_free (store);
  found = sag_store_check (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found[0], ==, NULL);
  return report;
}

static void
make_empty (const char *path, gboolean rollback)
{
  g_autoptr (GError) error = NULL;
  SagStore *store =
    sag_store_open (path, SAG_STORE_CREATE | (rollback ? SAG_STORE_ROLLBACK : 0), NULL, &error);

  g_assert_no_error (error);
  add_case (store, "a");
  sag_store_free (store);
}

static void
test_kill (gconstpointer data)
{
  const gboolean   rollback = GPOINTER_TO_INT (data);
  const char      *wanted = g_getenv ("SAGITTA_KILLS");
  const int        n_kills = wanted != NULL ? atoi (wanted) : N_KILLS;
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.sagitta", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (61);
  int n_told = 0;

  make_empty (path, rollback);
  for (int k = 0; k < n_kills; k++)
    {
      g_autoptr (GArray) reports =
        run_child (path, rollback, 1000 + (guint32) k,
                   (guint) g_rand_int_range (random, 1000, 90000), k % 5 == 0);
      const Report found = check (path);

      n_told += (int) reports->len;
      g_assert_true (is_expected (reports, &found));
      if (found.n_steps > MOST_STEPS)
        {
          g_assert_cmpint (g_unlink (path), ==, 0);
          make_empty (path, rollback);
        }
    }
  g_assert_cmpint (n_told, >, 0);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store/kill/wal", GINT_TO_POINTER (FALSE), test_kill);
  g_test_add_data_func ("/store/kill/rollback", GINT_TO_POINTER (TRUE), test_kill);
  return g_test_run ();
}
