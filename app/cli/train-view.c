/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/train-view.h"

#include "app/cli/chart.h"
#include "app/cli/cli.h"

#include <math.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SHOW_EVERY (G_USEC_PER_SEC / 5)
#define CHART_LINES 8
#define MOST_COLUMNS 100
#define FEWEST_COLUMNS 40

struct _SagTrainView
{
  gint64   shown_at;
  GArray  *losses;    /* float, from the first step of the run; NaN for those of earlier sittings */
  int      n_drawn;   /* lines on the terminal that the next drawing replaces */
  char    *judgement; /* of the newest validation */
  gboolean is_live;
};

SagTrainView *
sag_train_view_new (void)
{
  SagTrainView *self = g_new0 (SagTrainView, 1);

  self->losses = g_array_new (FALSE, FALSE, sizeof (float));
  self->is_live = isatty (STDERR_FILENO) && g_get_charset (NULL);
  return self;
}

void
sag_train_view_free (SagTrainView *view)
{
  g_array_unref (view->losses);
  g_free (view->judgement);
  g_free (view);
}

void
sag_train_view_clear (SagTrainView *view)
{
  if (view->n_drawn > 0)
    fprintf (stderr, "\033[%dA\r\033[J", view->n_drawn);
  view->n_drawn = 0;
  fflush (stderr);
  sag_cli_progress (NULL, 0);
}

static int
get_columns (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return MIN (size.ws_col, MOST_COLUMNS);
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
keep_loss (SagTrainView *self, const SagTrainProgress *progress)
{
  float nothing = NAN, loss = (float) progress->loss;

  while (self->losses->len + 1 < progress->step)
    g_array_append_val (self->losses, nothing);
  g_array_append_val (self->losses, loss);
}

/* Three lines under the chart, none wider than the terminal. */
static void
draw_words (SagTrainView *self, const SagTrainProgress *progress, int columns)
{
  g_autofree char *left = dup_time (progress->seconds_left);
  g_autofree char *class_loss = dup_figure (progress->class_loss);
  g_autofree char *patch_loss = dup_figure (progress->patch_loss);
  g_autofree char *losses = g_strdup_printf (
    "Step %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT ", loss %.4f: class %s, patch %s",
    progress->step, progress->n_steps, progress->loss, class_loss, patch_loss);
  g_autofree char *pace =
    g_strdup_printf ("%s left, %.1f samples/s, waiting %.0f %%, lr %.2e", left,
                     progress->samples_per_s, 100 * progress->waiting, progress->lr);
  const char *lines[] = { losses, pace, self->judgement != NULL ? self->judgement : "" };

  for (gsize l = 0; l < G_N_ELEMENTS (lines); l++)
    fprintf (stderr, "%.*s\n", columns - 1, lines[l]);
}

/* The chart above, the newest numbers under it, where the last ones stood. */
static void
draw (SagTrainView *self, const SagTrainProgress *progress)
{
  int              columns = get_columns ();
  g_autofree char *chart =
    columns >= FEWEST_COLUMNS
      ? sag_cli_chart ((const float *) (gpointer) self->losses->data, self->losses->len,
                       progress->n_steps, columns - 1, CHART_LINES)
      : g_strdup ("");

  sag_train_view_clear (self);
  fputs (chart, stderr);
  draw_words (self, progress, columns);
  fflush (stderr);
  self->n_drawn = 3 + (*chart != '\0' ? CHART_LINES : 0);
}

static void
stepped_cb (gpointer data, const SagTrainProgress *progress)
{
  SagTrainView *self = data;

  keep_loss (self, progress);
  if (!self->is_live || g_get_monotonic_time () - self->shown_at < SHOW_EVERY)
    return;
  self->shown_at = g_get_monotonic_time ();
  draw (self, progress);
}

static void
validated_cb (gpointer data, guint64 step, const SagTrainValidation *validation, gboolean is_best)
{
  SagTrainView    *self = data;
  g_autofree char *auroc = dup_figure (validation->auroc);
  g_autofree char *aupr = dup_figure (validation->aupr);
  g_autofree char *hit = dup_figure (validation->hit);
  g_autofree char *class_loss = dup_figure (validation->class_loss);
  g_autofree char *patch_loss = dup_figure (validation->patch_loss);

  g_free (self->judgement);
  self->judgement = g_strdup_printf ("Validation at step %" G_GUINT64_FORMAT ": AUROC %s, hits %s",
                                     step, auroc, hit);
  sag_train_view_clear (self);
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
