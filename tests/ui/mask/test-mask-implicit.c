/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/mask/mask-project-fixture.h"

#include "model/store/implicit.h"
#include "tests/support/test.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"
#include "ui/case/loss.h"
#include "ui/mask/case-masks-private.h"
#include "ui/project/labels.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Work without a project: it survives, is found again, and joins a project. */

#define TEXT "Diagnose the presence of pleural effusion around the lungs."
/* How often a painter is killed. */
#define N_KILLS 6

static guint
count_files (void)
{
  g_autofree char *folder = sag_implicit_dup_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Painted, and on disk though there is no project. */
static void
paint_sheltered (SagTestMasks *self, gint32 i)
{
  sag_test_masks_paint (self, i);
  sag_test_ui_until (self->masks->stored->len == 1);
  sag_test_masks_saved (self);
  g_assert_true (sag_ui_project_is_sheltered (self->project));
  g_assert_null (sag_ui_project_get_store (self->project));
  g_assert_null (sag_ui_project_get_title (self->project));
  g_assert_nonnull (sag_ui_loss_get (self->one));
}

/* A new project has it all, and nothing stays behind. */
static void
test_new_project (SagTestMasks *self, gconstpointer data)
{
  gint64 one, two;

  sag_test_masks_open_scan (self);
  g_assert_cmpuint (count_files (), ==, 0);
  paint_sheltered (self, 5);
  one = sag_test_masks_count (self, 0);
  sag_test_masks_paint (self, 15);
  two = sag_test_masks_count (self, 0);
  sag_test_masks_open_project (self, TRUE);
  g_assert_nonnull (sag_ui_project_get_store (self->project));
  g_assert_null (sag_ui_loss_get (self->one));
  g_assert_cmpuint (count_files (), ==, 0);
  sag_test_masks_undo (self);
  sag_test_ui_until (sag_test_masks_count (self, 0) == one);
  sag_test_masks_saved (self);
  sag_test_masks_end (self);

  sag_test_masks_begin (self);
  sag_test_masks_open (self, FALSE);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, one);
  g_assert_true (sag_ui_journal_redo (sag_ui_session_get_journal (self->session)));
  sag_test_ui_until (sag_test_masks_count (self, 0) == two);
}

/* An older project gets it with its undo; nothing stays behind. */
static void
test_old_project (SagTestMasks *self, gconstpointer data)
{
  gint64 one;

  sag_test_masks_open_project (self, TRUE);
  sag_test_masks_end (self);
  sag_test_masks_begin (self);
  sag_test_masks_open_scan (self);
  paint_sheltered (self, 5);
  one = sag_test_masks_count (self, 0);
  sag_test_masks_open_project (self, FALSE);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpuint (count_files (), ==, 0);
  g_assert_null (sag_ui_loss_get (self->one));
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 1);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, one);
  sag_test_masks_undo (self);
  sag_test_ui_until (sag_test_masks_count (self, 0) == 0);
}

/* Closed, painted on, opened again: the same mask, no copy of it. */
static void
test_between (SagTestMasks *self, gconstpointer data)
{
  gint64 two;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  sag_test_masks_close_project (self);
  g_assert_null (sag_ui_loss_get (self->one));
  g_assert_cmpuint (count_files (), ==, 0);
  paint_sheltered (self, 15);
  two = sag_test_masks_count (self, 0);
  sag_test_masks_open_project (self, FALSE);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 1);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, two);
  sag_test_ui_until (count_files () == 0); /* when it is on disk */
  g_assert_null (sag_ui_loss_get (self->one));
}

/* A scan that was closed has its masks when it is opened again, and the window's end asks about it. */
static void
test_closed_scan (SagTestMasks *self, gconstpointer data)
{
  SagUiCases      *cases = sag_ui_session_get_cases (self->session);
  g_autofree char *loss = NULL;
  gint64           one;

  sag_test_masks_open_scan (self);
  paint_sheltered (self, 5);
  one = sag_test_masks_count (self, 0);
  g_assert_true (sag_ui_loss_is_sheltered (cases, self->one));
  sag_ui_cases_remove (cases, self->one);
  sag_test_ui_until ((loss = sag_ui_project_dup_loss (self->project)) != NULL);
  g_assert_nonnull (strstr (loss, " a, "));
  sag_test_masks_open_scan (self);
  sag_test_ui_until (self->masks->current != NULL &&
                     sag_ui_case_masks_get_n (self->masks->current) == 1);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, one);
  g_free (loss);
  loss = sag_ui_project_dup_loss (self->project);
  g_assert_cmpstr (loss, ==, NULL);
}

static void
close_scan (SagTestMasks *self)
{
  if (self->one != NULL)
    sag_ui_cases_remove (sag_ui_session_get_cases (self->session), self->one);
  self->one = NULL;
}

/* Closed before it brought what was painted to the project, which has an older state of the mask: the file keeps that,
 * whatever else is painted, until it is taken; then it comes beside. */
static void
test_closed_before (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;

  sag_test_masks_open (self, TRUE);
  sag_test_masks_paint (self, 5);
  sag_test_masks_close_project (self);
  paint_sheltered (self, 15);
  g_signal_connect_swapped (self->project, "closing", G_CALLBACK (close_scan), self);
  sag_test_masks_open_project (self, FALSE);
  g_assert_null (sag_ui_session_get_case (self->session));
  g_assert_nonnull (sag_ui_project_get_store (self->project));
  sag_ui_project_painted (self->project, -1, 0, FALSE);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  sag_test_ui_settle ();
  g_assert_cmpuint (count_files (), ==, 1);

  g_signal_handlers_disconnect_by_func (self->project, close_scan, self);
  found = sag_implicit_list ();
  g_assert_cmpuint (found->len, ==, 1);
  sag_ui_project_take_found (self->project, ((const SagImplicit *) found->pdata[0])->path);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  g_assert_cmpuint (count_files (), ==, 0);
  sag_test_masks_open_scan (self);
  sag_test_ui_until (self->masks->stored->len == 1);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 2);
  g_assert_cmpint (sag_test_masks_count (self, 0), !=, sag_test_masks_count (self, 1));
}

/* Kept for the next start. */
static void
test_found (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;
  const SagImplicit     *one;
  const SagImplicitCase *there;
  gint64                 count;

  sag_test_masks_open_scan (self);
  paint_sheltered (self, 5);
  count = sag_test_masks_count (self, 0);
  sag_ui_project_set_keep (self->project, TRUE);
  sag_test_masks_end (self);
  found = sag_implicit_list ();
  g_assert_cmpuint (found->len, ==, 1);
  one = found->pdata[0];
  there = one->cases->pdata[0];
  g_assert_cmpuint (there->n_masks, ==, 1);

  sag_test_masks_begin (self);
  sag_ui_project_open_found (self->project, one->path, NULL);
  sag_test_ui_until (self->masks->stored->len == 1);
  self->one = sag_ui_session_get_case (self->session);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, count);
  g_assert_nonnull (sag_ui_loss_get (self->one));
  sag_test_masks_undo (self);
  sag_test_ui_until (sag_test_masks_count (self, 0) == 0);
  g_assert_true (sag_ui_journal_redo (sag_ui_session_get_journal (self->session)));
  sag_test_ui_until (sag_test_masks_count (self, 0) == count);
  /* Not wanted any more. */
  sag_test_masks_end (self);
  g_assert_cmpuint (count_files (), ==, 0);
  sag_test_masks_begin (self);
}

/* Found while a project is open, it joins that. */
static void
test_take (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;
  gint64 count;

  sag_test_masks_open_scan (self);
  paint_sheltered (self, 5);
  count = sag_test_masks_count (self, 0);
  sag_ui_project_set_keep (self->project, TRUE);
  sag_test_masks_end (self);
  found = sag_implicit_list ();
  sag_test_masks_begin (self);
  sag_test_masks_open (self, TRUE);
  sag_ui_project_take_found (self->project, ((const SagImplicit *) found->pdata[0])->path);
  sag_test_ui_until (self->masks->current != NULL &&
                     sag_ui_case_masks_get_n (self->masks->current) == 1);
  g_assert_cmpint (sag_test_masks_count (self, 0), ==, count);
  sag_test_ui_until (!sag_ui_project_is_busy (self->project));
  g_assert_cmpuint (count_files (), ==, 0);
}

/* Labels of answers, too. */
static void
test_labels (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (SagUiAsk) ask = sag_ui_ask_new (self->session);
  SagUiLabels *labels = sag_ui_labels_get (self->session);
  g_autoptr (GPtrArray) found = NULL;
  const SagImplicit *one;

  sag_ui_labels_set_ask (labels, ask);
  sag_test_masks_open_scan (self);
  sag_ui_ask_set_label (ask, self->one, TEXT, SAG_UI_LABEL_PRESENT);
  sag_ui_ask_set_label (ask, self->one, "Another.", SAG_UI_LABEL_ABSENT);
  sag_ui_ask_set_label (ask, self->one, "Another.", SAG_UI_LABEL_NONE);
  g_assert_nonnull (strstr (sag_ui_loss_get (self->one), "1 label"));
  sag_test_ui_until (sag_ui_project_is_sheltered (self->project) &&
                     sag_ui_project_get_sure_id (self->project, self->one) != 0);
  sag_test_masks_saved (self);
  g_assert_false (sag_ui_labels_is_ready (labels));
  g_assert_cmpuint (sag_ui_project_get_n_tasks (self->project), ==, 0);
  sag_ui_project_set_keep (self->project, TRUE);
  g_clear_object (&ask);
  sag_test_masks_end (self);
  found = sag_implicit_list ();
  g_assert_cmpuint (found->len, ==, 1);
  one = found->pdata[0];
  g_assert_cmpuint (((const SagImplicitCase *) one->cases->pdata[0])->n_labels, ==, 1);

  sag_test_masks_begin (self);
  labels = sag_ui_labels_get (self->session);
  sag_ui_project_open_found (self->project, one->path, NULL);
  sag_test_ui_until ((self->one = sag_ui_session_get_case (self->session)) != NULL &&
                     sag_ui_loss_get (self->one) != NULL);
  g_assert_cmpint (sag_ui_opinion_get (self->one, TEXT)->label, ==, SAG_UI_LABEL_PRESENT);
  g_assert_true (sag_ui_opinion_get (self->one, TEXT)->label_first);
  /* A project that is made of it asks that. */
  sag_test_masks_open_project (self, TRUE);
  sag_test_ui_until (sag_ui_labels_is_ready (labels));
  g_assert_cmpuint (sag_ui_labels_get_n_set (labels), ==, 1);
  g_assert_false (sag_ui_labels_get_row (labels, 0)->seen);
  g_assert_null (sag_ui_loss_get (self->one));
}

/* Killed */

/* A painter that tells after each stroke how many voxels the mask has; @folder has the scan. */
static G_GNUC_NORETURN void
paint_until_killed (const char *folder)
{
  SagTestMasks self = { 0 };
  int          argc = 1;
  char        *names[] = { (char *) "painter", NULL }, **argv = names;

  sag_test_ui_init (&argc, &argv);
  self.scan = g_file_new_build_filename (folder, "a.nii.gz", NULL);
  sag_test_masks_begin (&self);
  sag_test_masks_open_scan (&self);
  for (gint32 i = 0;; i++)
    {
      sag_test_masks_paint (&self, 3 + i % 20);
      if (i % 4 == 3)
        sag_test_masks_saved (&self);
      printf ("%" G_GINT64_FORMAT " %d\n", sag_test_masks_count (&self, 0),
              self.masks->stored->len > 0 && !sag_ui_project_is_saving (self.project));
      fflush (stdout);
    }
}

/* What it told: @last has been on disk for sure, @told is what it had. */
static void
run_and_kill (const char *folder, gint64 wait_us, gint64 *kept, GArray *told)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) painter =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self, "--painter", folder, NULL);
  g_autoptr (GDataInputStream) lines = NULL;
  gint64 end_us = 0;

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (painter));
  while (TRUE)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
      char            *rest;
      gint64           count;

      if (line == NULL)
        break;
      if (!g_ascii_isdigit (*line))
        continue;
      count = g_ascii_strtoll (line, &rest, 10);
      g_array_append_val (told, count);
      if (g_ascii_strtoll (rest, NULL, 10) == 1)
        *kept = told->len;
      if (end_us == 0 && *kept > 0)
        end_us = g_get_monotonic_time () + wait_us;
      if (end_us != 0 && g_get_monotonic_time () >= end_us)
        g_subprocess_force_exit (painter);
    }
  g_assert_true (g_subprocess_wait (painter, NULL, &error));
}

/* What is found is what was there after the last stroke that was told to be on disk, or after a later one. */
static void
test_killed (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (17);

  for (int k = 0; k < N_KILLS; k++)
    {
      g_autoptr (GArray) told = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_autoptr (GPtrArray) found = NULL;
      gint64   kept = 0, count;
      gboolean expected = FALSE;

      run_and_kill (self->folder, g_rand_int_range (random, 1000, 400000), &kept, told);
      g_assert_cmpint (kept, >, 0);
      found = sag_implicit_list ();
      g_assert_cmpuint (found->len, ==, 1);
      sag_ui_project_open_found (self->project, ((const SagImplicit *) found->pdata[0])->path,
                                 NULL);
      sag_test_ui_until (self->masks->stored->len == 1);
      count = sag_test_masks_count (self, 0);
      for (guint t = (guint) kept - 1; t < told->len; t++)
        expected |= g_array_index (told, gint64, t) == count;
      /* One that it no longer told of. */
      expected |= count > g_array_index (told, gint64, told->len - 1);
      g_assert_true (expected);
      sag_test_masks_end (self);
      g_assert_cmpuint (count_files (), ==, 0);
      sag_test_masks_begin (self);
    }
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--painter") == 0)
    paint_until_killed (argv[2]);
  sag_test_ui_init (&argc, &argv);
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/mask-implicit/" name, SagTestMasks, NULL, sag_test_masks_set_up, func,          \
              sag_test_masks_tear_down)
  ADD ("new-project", test_new_project);
  ADD ("old-project", test_old_project);
  ADD ("between", test_between);
  ADD ("closed-scan", test_closed_scan);
  ADD ("closed-before", test_closed_before);
  ADD ("found", test_found);
  ADD ("take", test_take);
  ADD ("labels", test_labels);
  ADD ("killed", test_killed);
#undef ADD
  return g_test_run ();
}
