/* SPDX-License-Identifier: Apache-2.0 */
/* The log, and what a run goes on from. */
#include "model/core/error.h"
#include "model/train/checkpoint.h"
#include "model/train/log.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = sag_test_dup_folder ();
  fixture->path = g_build_filename (fixture->folder, "file", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sag_test_remove_folder (fixture->folder);
  g_free (fixture->path);
}

static void
write_lines (Fixture *fixture, gint64 last_step, guint64 first, guint64 n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTrainLog) log = sag_train_log_open (fixture->path, &error);

  g_assert_no_error (error);
  g_assert_true (sag_train_log_cut (log, last_step, &error));
  for (guint64 step = first; step < first + n; step++)
    {
      sag_train_log_begin (log, step);
      sag_train_log_string (log, "kind", "a \"kind\"\n");
      sag_train_log_number (log, "half", 0.5);
      sag_train_log_number (log, "nothing", NAN);
      g_assert_true (sag_train_log_end (log, &error));
    }
}

static void
test_log (Fixture *fixture, gconstpointer data)
{
  static const char line[] =
    "{\"step\":%d,\"kind\":\"a \\\"kind\\\"\\n\",\"half\":0.5,\"nothing\":null}\n";
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autofree char *wanted = NULL;
  FILE            *file;

  write_lines (fixture, -1, 1, 12);
  file = g_fopen (fixture->path, "a");
  fputs ("{\"step\":13,\"ki", file); /* killed there */
  fclose (file);
  write_lines (fixture, 9, 10, 1);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 11); /* ten, and nothing after the last */
  wanted = g_strdup_printf (line, 10);
  g_assert_true (g_str_has_suffix (text, wanted));
  write_lines (fixture, -1, 1, 1);
  g_free (text);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_free (wanted);
  wanted = g_strdup_printf (line, 1);
  g_assert_cmpstr (text, ==, wanted);
}

/* An engine of three arrays. */
static float weight[4] = { 1, 2, 3, 4 }, first[4] = { 5, 6, 7, 8 }, second[4] = { 9, 10, 11, 12 };

static bool
visit (void *self, SagTrainStateFunc func, void *data)
{
  return func (data, "weight.a", weight, 4) && func (data, "exp_avg.a", first, 4) &&
         func (data, "exp_avg_sq.a", second, self != NULL ? 3 : 4);
}

static const SagTrainTable engine = { .visit = visit };

static void
test_state (Fixture *fixture, gconstpointer data)
{
  SagTrainState state = { .step = G_GUINT64_CONSTANT (12345678901234567),
                          .random = { 1, G_MAXUINT64, 3, 4 },
                          .best = 0.1,
                          .best_loss = NAN,
                          .best_step = 7,
                          .n_worse = 2,
                          .n_seconds = 1.5,
                          .options = (char *) "some \"options\"",
                          .manifest = (char *) "m",
                          .parent = (char *) "p" };
  g_autoptr (SagTrainArrays) arrays = sag_train_arrays_new (&engine, NULL);
  g_autoptr (SagTrainArrays) other = sag_train_arrays_new (&engine, weight);
  g_auto (SagTrainState) read = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sag_train_state_save (&state, arrays, fixture->path, &error));
  g_assert_no_error (error);
  first[2] = second[3] = 0;
  g_assert_true (sag_train_state_load (&read, arrays, fixture->path, &error));
  g_assert_cmpfloat (first[2], ==, 7);
  g_assert_cmpfloat (second[3], ==, 12);
  g_assert_cmpuint (read.step, ==, state.step);
  g_assert_cmpuint (read.random[1], ==, G_MAXUINT64);
  g_assert_cmpfloat (read.best, ==, 0.1);
  g_assert_true (isnan (read.best_loss));
  g_assert_cmpuint (read.n_worse, ==, 2);
  g_assert_cmpstr (read.options, ==, state.options);
  sag_train_state_clear (&read);
  g_assert_false (sag_train_state_load (&read, other, fixture->path, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "exp_avg_sq.a");
}

/* A state of before runs knew their data is one all the same: that it has other options is for others to say. */
static void
test_state_without_data (Fixture *fixture, gconstpointer data)
{
  SagTrainState state = { .best = NAN,
                          .best_loss = NAN,
                          .options = (char *) "o",
                          .manifest = (char *) "m",
                          .data = (char *) "d",
                          .parent = (char *) "p" };
  g_autoptr (SagTrainArrays) arrays = sag_train_arrays_new (&engine, NULL);
  g_auto (SagTrainState) read = { 0 };
  g_autofree char *bytes = NULL;
  char            *key;
  gsize            size;
  g_autoptr (GError) error = NULL;

  g_assert_true (sag_train_state_save (&state, arrays, fixture->path, &error));
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
  key = g_strstr_len (bytes + 8, (gssize) size - 8, "\"data\"");
  g_assert_nonnull (key);
  memcpy (key, "\"dato\"", 6);
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) size, NULL));
  g_assert_true (sag_train_state_load (&read, arrays, fixture->path, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (read.data, ==, "");
  g_assert_cmpstr (read.options, ==, "o");
}

static void
touch (const char *folder, const char *name, gboolean is_folder)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *inside = g_build_filename (path, "bundle.json", NULL);

  if (is_folder)
    g_assert_cmpint (g_mkdir (path, 0777), ==, 0);
  g_assert_true (g_file_set_contents (is_folder ? inside : path, "{}", -1, NULL));
}

/* Only what is whole counts: a bundle with its state. */
static void
test_find_and_clean (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 step;

  g_assert_false (sag_checkpoint_find_last (fixture->folder, &step));
  touch (fixture->folder, "step-00000005", TRUE);
  touch (fixture->folder, "step-00000010", TRUE);
  touch (fixture->folder, "step-00000010.state", FALSE);
  touch (fixture->folder, "step-00000020", TRUE);
  touch (fixture->folder, "step-00000030.state", FALSE);
  touch (fixture->folder, "step-00000040.a1b2c3", TRUE);
  touch (fixture->folder, "step-00000003", TRUE);
  touch (fixture->folder, "notes", FALSE);
  g_assert_true (sag_checkpoint_find_last (fixture->folder, &step));
  g_assert_cmpuint (step, ==, 10);
  g_assert_true (sag_checkpoint_mark_best (fixture->folder, 5, &error));
  g_assert_true (sag_checkpoint_mark_best (fixture->folder, 10, &error));
  g_assert_no_error (error);
  sag_checkpoint_clean (fixture->folder, 5, 10, 20, 3);
  g_assert_cmpuint (sag_test_count_files (fixture->folder), ==, 7); /* and 20 and 3 */
  sag_checkpoint_clean (fixture->folder, 5, 10, G_MAXUINT64, G_MAXUINT64);
  g_assert_cmpuint (sag_test_count_files (fixture->folder), ==,
                    5); /* 5, 10, its state, best, notes */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/train/log", test_log);
  ADD ("/train/state", test_state);
  ADD ("/train/state-without-data", test_state_without_data);
  ADD ("/train/find-and-clean", test_find_and_clean);
  return g_test_run ();
}
