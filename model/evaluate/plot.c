/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/plot.h"

#include "model/evaluate/curves.h"

#include <math.h>
#include <string.h>

#define LEFT 50.0
#define RIGHT 14.0
#define BOTTOM 46.0
#define TITLE_SIZE 13.0
#define TEXT_SIZE 11.0
#define LINE_HEIGHT 15.0
#define N_TICKS 5
#define MOST_SUBTITLE 56 /* letters of a line */

struct _SagPlot
{
  SagPlotKind kind;
  char       *title;
  GStrv       subtitle; /* lines */
  char       *x;
  char       *y;
  gsize       n_models;
  char       *legend[SAG_EVALUATE_MOST_MODELS];
  GArray     *curves[SAG_EVALUATE_MOST_MODELS]; /* of SagCurvePoint, or SagReliabilityBin */
  SagPoint    points[SAG_EVALUATE_MOST_MODELS];
  double      share; /* of positives */
};

typedef struct
{
  const SagPlot    *plot;
  const SagPlotPen *pen;
  gpointer          data;
  SagPlotPlace      origin; /* of (0, 0) */
  double            width;  /* of 1 */
  double            height;
} Drawing;

const char *
sag_plot_kind_to_string (SagPlotKind kind)
{
  static const char *const names[SAG_N_PLOTS] = { "roc", "pr", "reliability" };

  return names[kind];
}

static void
free_array (gpointer array)
{
  g_array_unref (array);
}

void
sag_plot_free (SagPlot *plot)
{
  if (plot == NULL)
    return;
  g_free (plot->title);
  g_strfreev (plot->subtitle);
  g_free (plot->x);
  g_free (plot->y);
  for (gsize m = 0; m < SAG_EVALUATE_MOST_MODELS; m++)
    {
      g_free (plot->legend[m]);
      g_clear_pointer (&plot->curves[m], free_array);
    }
  g_free (plot);
}

/* The first line: up to the first space behind the middle, or the last one that still fits. */
static gsize
find_break (const char *text)
{
  glong n = g_utf8_strlen (text, -1), at = 0, found = 0;

  for (const char *c = text; *c != 0; c = g_utf8_next_char (c), at++)
    if (*c == ' ' && at <= MOST_SUBTITLE && found * 2 < n)
      found = at;
  return (gsize) (g_utf8_offset_to_pointer (text, found) - text);
}

/* A third line would be cut. */
static GStrv
break_lines (const char *text)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  gsize       at = text != NULL && g_utf8_strlen (text, -1) > MOST_SUBTITLE ? find_break (text) : 0;
  const char *rest = at > 0 ? text + at + 1 : text;

  if (at > 0)
    {
      g_autofree char *first = g_strndup (text, at);

      g_strv_builder_add (lines, first);
    }
  if (rest != NULL && g_utf8_strlen (rest, -1) > MOST_SUBTITLE)
    {
      g_autofree char *cut = g_utf8_substring (rest, 0, MOST_SUBTITLE - 1);
      g_autofree char *last = g_strconcat (cut, "…", NULL);

      g_strv_builder_add (lines, last);
    }
  else if (rest != NULL)
    g_strv_builder_add (lines, rest);
  return g_strv_builder_end (lines);
}

static char *
dup_figure (double value)
{
  char buffer[32];

  return g_strdup (isnan (value) ? "-" : g_ascii_formatd (buffer, sizeof buffer, "%.3f", value));
}

/* "A: 0.912 (0.850 to 0.961)" */
static char *
dup_legend (const SagReportTask *task, gsize model, SagPlotKind kind, const char *name)
{
  const SagReportModel *of = &task->models[model];
  SagInterval           interval = kind == SAG_PLOT_PR ? of->aupr_interval
                                   : task->independent ? of->auroc.interval
                                                       : of->auroc_interval;
  g_autofree char      *value = dup_figure (kind == SAG_PLOT_PR ? of->aupr : of->auroc.auroc);
  g_autofree char      *low = dup_figure (interval.low);
  g_autofree char      *high = dup_figure (interval.high);

  if (kind == SAG_PLOT_RELIABILITY)
    return g_strdup (name);
  if (isnan (interval.low))
    return g_strdup_printf ("%s: %s", name, value);
  return g_strdup_printf ("%s: %s (%s to %s)", name, value, low, high);
}

static GArray *
trace (const SagCases *cases, gsize model, SagPlotKind kind)
{
  const double *scores = cases->scores[model];

  if (kind == SAG_PLOT_ROC)
    return sag_curve_roc (scores, cases->positive, cases->n);
  if (kind == SAG_PLOT_PR)
    return sag_curve_pr (scores, cases->positive, cases->n);
  return sag_curve_reliability (scores, cases->positive, cases->n);
}

static void
set_words (SagPlot *self, const SagPlotWords *words)
{
  static const char *const titles[] = { "ROC curve", "Precision and recall", "Reliability" };
  static const char *const xs[] = { "1 − specificity", "Recall (sensitivity)",
                                    "Probability that the model gives" };
  static const char *const ys[] = { "Sensitivity", "Precision (positive predictive value)",
                                    "Share of positives" };

  self->title =
    g_strdup (words != NULL && words->title != NULL ? words->title : titles[self->kind]);
  self->subtitle = break_lines (words != NULL ? words->subtitle : NULL);
  self->x = g_strdup (words != NULL && words->x != NULL ? words->x : xs[self->kind]);
  self->y = g_strdup (words != NULL && words->y != NULL ? words->y : ys[self->kind]);
}

SagPlot *
sag_plot_new_of (const SagReportTask *task,
                 const SagCases      *cases,
                 gsize                n_models,
                 SagPlotKind          kind,
                 const SagPlotWords  *words)
{
  static const char *const letters[] = { "A", "B" };
  SagPlot                 *self;

  if (task->n_positives == 0 || task->n_positives == task->n ||
      (kind == SAG_PLOT_RELIABILITY && task->detects))
    return NULL;
  self = g_new0 (SagPlot, 1);
  self->kind = kind;
  self->n_models = n_models;
  self->share = (double) task->n_positives / (double) task->n;
  set_words (self, words);
  for (gsize m = 0; m < self->n_models; m++)
    {
      const char *name =
        words != NULL && words->names[m] != NULL ? words->names[m] : letters[m > 0];

      self->legend[m] = dup_legend (task, m, kind, name);
      self->curves[m] = trace (cases, m, kind);
      self->points[m] = task->models[m].point;
    }
  return self;
}

SagPlot *
sag_plot_new (const SagReport *report, gsize index, SagPlotKind kind, const SagPlotWords *words)
{
  g_auto (SagCases) cases = { 0 };

  sag_report_collect (report, index, &cases);
  return sag_plot_new_of (sag_report_get_task (report, index), &cases,
                          sag_evaluation_get_counts (sag_report_get_evaluation (report))->n_models,
                          kind, words);
}

/* @calibrated: where the means of the bins lie after it. */
static GArray *
bins_of (const SagCalibrationTask *task, gboolean calibrated)
{
  GArray *bins = g_array_new (FALSE, TRUE, sizeof (SagReliabilityBin));

  for (guint b = 0; b < task->bins->len; b++)
    {
      const SagCalibrationBin *from = &g_array_index (task->bins, SagCalibrationBin, b);
      double                   mean = CLAMP (from->mean, 1e-9, 1 - 1e-9);
      SagReliabilityBin        bin = { .n = from->n, .mean = from->mean, .share = from->share };

      bin.n_positives = (gsize) (from->share * (double) from->n + 0.5);
      bin.interval = sag_metrics_wilson (bin.n_positives, from->n);
      if (calibrated)
        bin.mean = sag_calibration_probability (task, log (mean / (1 - mean)));
      g_array_append_val (bins, bin);
    }
  return bins;
}

SagPlot *
sag_plot_new_calibration (const SagCalibrationTask *task, const SagPlotWords *words)
{
  static const char *const names[] = { "model", "calibrated" };
  SagPlot                 *self = g_new0 (SagPlot, 1);

  self->kind = SAG_PLOT_RELIABILITY;
  self->n_models = 2;
  set_words (self, words);
  for (gsize m = 0; m < 2; m++)
    {
      self->legend[m] =
        g_strdup (words != NULL && words->names[m] != NULL ? words->names[m] : names[m]);
      self->curves[m] = bins_of (task, m == 1);
    }
  return self;
}

static SagPlotPlace
place_of (const Drawing *drawing, double x, double y)
{
  return (SagPlotPlace){ drawing->origin.x + x * drawing->width,
                         drawing->origin.y - y * drawing->height };
}

static void
draw_line (const Drawing *drawing, double x0, double y0, double x1, double y1, SagPlotInk ink)
{
  SagPlotPlace places[] = { place_of (drawing, x0, y0), place_of (drawing, x1, y1) };

  drawing->pen->line (drawing->data, places, 2, ink, 1);
}

static void
draw_text (const Drawing *drawing, SagPlotPlace at, SagPlotAlign align, const char *words)
{
  SagPlotText text = {
    .at = at, .words = words, .size = TEXT_SIZE, .align = align, .ink = SAG_PLOT_INK_TEXT
  };

  drawing->pen->text (drawing->data, &text);
}

static void
draw_ticks (const Drawing *drawing)
{
  for (int t = 0; t <= N_TICKS; t++)
    {
      double       value = (double) t / N_TICKS;
      char         buffer[32];
      SagPlotPlace below = place_of (drawing, value, 0), left = place_of (drawing, 0, value);

      if (t > 0 && t < N_TICKS)
        {
          draw_line (drawing, value, 0, value, 1, SAG_PLOT_INK_GRID);
          draw_line (drawing, 0, value, 1, value, SAG_PLOT_INK_GRID);
        }
      g_ascii_formatd (buffer, sizeof buffer, "%.1f", value);
      draw_text (drawing, (SagPlotPlace){ below.x, below.y + 15 }, SAG_PLOT_ALIGN_MIDDLE, buffer);
      draw_text (drawing, (SagPlotPlace){ left.x - 7, left.y + 4 }, SAG_PLOT_ALIGN_END, buffer);
    }
}

/* What a model that knows nothing would do, or one whose probabilities hold. */
static void
draw_guide (const Drawing *drawing)
{
  if (drawing->plot->kind == SAG_PLOT_PR)
    draw_line (drawing, 0, drawing->plot->share, 1, drawing->plot->share, SAG_PLOT_INK_GUIDE);
  else
    draw_line (drawing, 0, 0, 1, 1, SAG_PLOT_INK_GUIDE);
}

static void
draw_frame (const Drawing *drawing)
{
  SagPlotPlace corners[] = { place_of (drawing, 0, 0), place_of (drawing, 1, 0),
                             place_of (drawing, 1, 1), place_of (drawing, 0, 1),
                             place_of (drawing, 0, 0) };

  drawing->pen->line (drawing->data, corners, G_N_ELEMENTS (corners), SAG_PLOT_INK_FRAME, 1);
}

static void
draw_words (const Drawing *drawing)
{
  const SagPlot *plot = drawing->plot;
  SagPlotPlace   middle = place_of (drawing, 0.5, 0), side = place_of (drawing, 0, 0.5);
  double         top = place_of (drawing, 0, 1).y - 10;
  guint          n_lines = g_strv_length (plot->subtitle);
  SagPlotText    title = {
       .words = plot->title, .size = TITLE_SIZE, .ink = SAG_PLOT_INK_TEXT, .bold = TRUE
  };
  SagPlotText y = { .at = { side.x - 34, side.y },
                    .words = plot->y,
                    .size = TEXT_SIZE,
                    .align = SAG_PLOT_ALIGN_MIDDLE,
                    .ink = SAG_PLOT_INK_TEXT,
                    .upwards = TRUE };

  draw_text (drawing, (SagPlotPlace){ middle.x, middle.y + 34 }, SAG_PLOT_ALIGN_MIDDLE, plot->x);
  drawing->pen->text (drawing->data, &y);
  for (guint l = 0; l < n_lines; l++)
    {
      SagPlotText line = { .at = { drawing->origin.x, top - LINE_HEIGHT * (n_lines - 1 - l) },
                           .words = plot->subtitle[l],
                           .size = TEXT_SIZE,
                           .ink = SAG_PLOT_INK_FAINT };

      drawing->pen->text (drawing->data, &line);
    }
  title.at = (SagPlotPlace){ drawing->origin.x, top - LINE_HEIGHT * n_lines };
  drawing->pen->text (drawing->data, &title);
}

static SagPlotInk
ink_of (gsize model)
{
  return model == 0 ? SAG_PLOT_INK_FIRST : SAG_PLOT_INK_SECOND;
}

static void
draw_curve (const Drawing *drawing, gsize model)
{
  const GArray *points = drawing->plot->curves[model];
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (SagPlotPlace));
  double before = 0;

  for (guint i = 0; i < points->len; i++)
    {
      const SagCurvePoint *point = &g_array_index (points, SagCurvePoint, i);
      SagPlotPlace         from = place_of (drawing, before, point->y);
      SagPlotPlace         place = place_of (drawing, point->x, point->y);

      if (drawing->plot->kind == SAG_PLOT_PR)
        g_array_append_val (places, from);
      g_array_append_val (places, place);
      before = point->x;
    }
  drawing->pen->line (drawing->data, (SagPlotPlace *) (gpointer) places->data, places->len,
                      ink_of (model), 2);
}

/* Where the threshold of the report lies on the curve. */
static void
draw_point (const Drawing *drawing, gsize model)
{
  const SagPoint *point = &drawing->plot->points[model];
  gsize           n_called = point->n_true_positives + point->n_false_positives;
  double          x = 1 - point->specificity, y = point->sensitivity;

  if (drawing->plot->kind == SAG_PLOT_PR && n_called == 0)
    return;
  if (drawing->plot->kind == SAG_PLOT_PR)
    {
      x = point->sensitivity;
      y = (double) point->n_true_positives / (double) n_called;
    }
  if (!isnan (x) && !isnan (y))
    drawing->pen->dot (drawing->data, place_of (drawing, x, y), 4, ink_of (model), FALSE);
}

static void
draw_bins (const Drawing *drawing, gsize model)
{
  const GArray *bins = drawing->plot->curves[model];
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (SagPlotPlace));

  for (guint i = 0; i < bins->len; i++)
    {
      const SagReliabilityBin *bin = &g_array_index (bins, SagReliabilityBin, i);
      SagPlotPlace             place = place_of (drawing, bin->mean, bin->share);

      draw_line (drawing, bin->mean, bin->interval.low, bin->mean, bin->interval.high,
                 ink_of (model));
      drawing->pen->dot (drawing->data, place, 3.5, ink_of (model), TRUE);
      g_array_append_val (places, place);
    }
  drawing->pen->line (drawing->data, (SagPlotPlace *) (gpointer) places->data, places->len,
                      ink_of (model), 1.5);
}

/* In the corner that good curves leave free. */
static void
draw_legend (const Drawing *drawing)
{
  const SagPlot *plot = drawing->plot;
  gboolean       upper = plot->kind == SAG_PLOT_RELIABILITY;

  for (gsize m = 0; m < plot->n_models; m++)
    {
      double       row = upper ? (double) m + 1 : (double) m - (double) plot->n_models + 0.4;
      double       left = plot->kind == SAG_PLOT_ROC ? 0.32 : 0.04;
      SagPlotPlace at = place_of (drawing, left, upper ? 1 : 0);
      SagPlotPlace line[] = { { at.x, at.y + row * LINE_HEIGHT - 1 },
                              { at.x + 16, at.y + row * LINE_HEIGHT - 1 } };

      drawing->pen->line (drawing->data, line, 2, ink_of (m), 2.5);
      draw_text (drawing, (SagPlotPlace){ at.x + 22, at.y + row * LINE_HEIGHT + 3 },
                 SAG_PLOT_ALIGN_START, plot->legend[m]);
    }
}

void
sag_plot_draw (
  const SagPlot *plot, double width, double height, const SagPlotPen *pen, gpointer data)
{
  double  top = 14 + TITLE_SIZE + LINE_HEIGHT * g_strv_length (plot->subtitle);
  Drawing drawing = { plot, pen, data, { LEFT, height - BOTTOM }, 0, 0 };

  drawing.width = width - LEFT - RIGHT;
  drawing.height = height - BOTTOM - top;
  draw_ticks (&drawing);
  draw_guide (&drawing);
  draw_frame (&drawing);
  draw_words (&drawing);
  for (gsize m = 0; m < plot->n_models; m++)
    if (plot->kind == SAG_PLOT_RELIABILITY)
      draw_bins (&drawing, m);
    else
      {
        draw_curve (&drawing, m);
        draw_point (&drawing, m);
      }
  draw_legend (&drawing);
}
