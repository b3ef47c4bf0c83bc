/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/train-view.h"

#include "app/cli/cli.h"

#include <math.h>
#include <stdio.h>

struct _SagTrainView
{
  gint64 shown_at;
};

#define SHOW_EVERY (G_USEC_PER_SEC / 5)

SagTrainView *
sag_train_view_new (void)
{
  return g_new0 (SagTrainView, 1);
}

void
sag_train_view_free (SagTrainView *view)
{
  g_free (view);
}

void
sag_train_view_clear (SagTrainView *view)
{
  sag_cli_progress (NULL, 0);
}

/* "2 h 05 min", "3 min 20 s" */
static char *
dup_time (double seconds)
{
  long whole = lrint (CLAMP (seconds, 0, 1e8));

  if (whole >= 3600)
    return g_strdup_printf ("%ld h %02ld min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60)
    return g_strdup_printf ("%ld min %02ld s", whole / 60, whole % 60);
  return g_strdup_printf ("%ld s", whole);
}

/* "0.8312", or a dash for nothing. */
static char *
dup_figure (double value)
{
  return isnan (value) ? g_strdup ("-") : g_strdup_printf ("%.4f", value);
}

static void
said_cb (gpointer data, const char *sentence)
{
  sag_train_view_clear (data);
  printf ("%s\n", sentence);
  fflush (stdout);
}

static void
preparing_cb (gpointer data, gsize n_done, gsize n)
{
  g_autofree char *stage = g_strdup_printf ("Preparing scans, %zu of %zu", n_done, n);

  sag_cli_progress (n_done < n ? stage : NULL, (double) n_done / (double) n);
}

static void
encoding_cb (gpointer data, gsize n_done, gsize n)
{
  g_autofree char *stage = g_strdup_printf ("Encoding scans, %zu of %zu", n_done, n);

  sag_cli_progress (n_done < n ? stage : NULL, (double) n_done / (double) n);
}

static void
stepped_cb (gpointer data, const SagTrainProgress *progress)
{
  SagTrainView    *self = data;
  g_autofree char *left = dup_time (progress->seconds_left);
  g_autofree char *class_loss = dup_figure (progress->class_loss);
  g_autofree char *patch_loss = dup_figure (progress->patch_loss);
  g_autofree char *line = NULL;

  if (g_get_monotonic_time () - self->shown_at < SHOW_EVERY)
    return;
  self->shown_at = g_get_monotonic_time ();
  line = g_strdup_printf ("Step %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                          "  loss %.4f (class %s, patch %s)  lr %.2e  %.1f samples/s, "
                          "waiting %.0f %%  %s left",
                          progress->step, progress->n_steps, progress->loss, class_loss, patch_loss,
                          progress->lr, progress->samples_per_s, 100 * progress->waiting, left);
  sag_cli_progress (line, 0);
}

static void
validated_cb (gpointer data, guint64 step, const SagTrainValidation *validation, gboolean is_best)
{
  g_autofree char *auroc = dup_figure (validation->auroc);
  g_autofree char *aupr = dup_figure (validation->aupr);
  g_autofree char *hit = dup_figure (validation->hit);
  g_autofree char *class_loss = dup_figure (validation->class_loss);
  g_autofree char *patch_loss = dup_figure (validation->patch_loss);

  sag_train_view_clear (data);
  printf (
    "step %" G_GUINT64_FORMAT
    "  AUROC %s  AUPR %s  (%zu tasks)  hits %s  (%zu masks)  class loss %s  patch loss %s%s\n",
    step, auroc, aupr, validation->n_tasks, hit, validation->n_masks, class_loss, patch_loss,
    is_best ? "  best" : "");
  fflush (stdout);
}

SagTrainEvents
sag_train_view_get_events (SagTrainView *view)
{
  return (SagTrainEvents){
    .data = view,
    .said = said_cb,
    .preparing = preparing_cb,
    .encoding = encoding_cb,
    .stepped = stepped_cb,
    .validated = validated_cb,
  };
}
