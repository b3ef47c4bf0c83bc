/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/calibration.h"
#include "model/evaluate/report.h"

G_BEGIN_DECLS

typedef enum
{
  SAG_PLOT_ROC,
  SAG_PLOT_PR,
  SAG_PLOT_RELIABILITY,
} SagPlotKind;
#define SAG_N_PLOTS 3

/** sag_plot_kind_to_string: "roc", "pr", "reliability": for names of files. */
const char *sag_plot_kind_to_string (SagPlotKind kind);

/** SagPlotInk: what a mark is; which colour that has is the pen's business. */
typedef enum
{
  SAG_PLOT_INK_GRID,
  SAG_PLOT_INK_GUIDE, /* chance, or perfect calibration */
  SAG_PLOT_INK_FRAME,
  SAG_PLOT_INK_FAINT, /* words that may be overlooked */
  SAG_PLOT_INK_TEXT,
  SAG_PLOT_INK_FIRST,
  SAG_PLOT_INK_SECOND,
} SagPlotInk;
#define SAG_N_PLOT_INKS 7

/** SagPlotPlace: in units of the picture, y downwards. */
typedef struct
{
  double x;
  double y;
} SagPlotPlace;

typedef enum
{
  SAG_PLOT_ALIGN_START,
  SAG_PLOT_ALIGN_MIDDLE,
  SAG_PLOT_ALIGN_END,
} SagPlotAlign;

/**
 * SagPlotText: words of a plot.
 * @at: on the base line
 * @size: of the font
 * @upwards: read from bottom to top
 */
typedef struct
{
  SagPlotPlace at;
  const char  *words;
  double       size;
  SagPlotAlign align;
  SagPlotInk   ink;
  gboolean     bold;
  gboolean     upwards;
} SagPlotText;

/** SagPlotPen: what draws: a cairo context, a file of vectors. @line: dashed if @ink is SAG_PLOT_INK_GUIDE. */
typedef struct
{
  void (*line) (gpointer data, const SagPlotPlace *places, gsize n, SagPlotInk ink, double width);
  void (*dot) (gpointer data, SagPlotPlace place, double radius, SagPlotInk ink, gboolean filled);
  void (*text) (gpointer data, const SagPlotText *text);
} SagPlotPen;

/**
 * SagPlotWords: what a plot says; NULL means in English, and for @names "A" and "B".
 * @title: above it; else what kind it is
 * @subtitle: (nullable): under that: the task; broken into two lines where it is long
 */
typedef struct
{
  const char *title;
  const char *subtitle;
  const char *x;
  const char *y;
  const char *names[SAG_EVALUATE_MOST_MODELS];
} SagPlotWords;

/** SagPlot: one picture of one task. Immutable. */
typedef struct _SagPlot SagPlot;

/**
 * sag_plot_new: everything that is drawn is copied.
 * @words: (nullable): all in English
 *
 * Returns: (nullable): NULL where there is nothing to draw: a kind of case is missing, or reliability of maps, whose
 *   scores are no probabilities
 */
SagPlot *
sag_plot_new (const SagReport *report, gsize task, SagPlotKind kind, const SagPlotWords *words);
/** sag_plot_new_of: the same of a task of any origin: @cases are those behind its figures. */
SagPlot *sag_plot_new_of (const SagReportTask *task,
                          const SagCases      *cases,
                          gsize                n_models,
                          SagPlotKind          kind,
                          const SagPlotWords  *words);
/**
 * sag_plot_new_calibration: the reliability diagram that a calibration was made of: share of positives over the model's
 * own probability, and over the calibrated one.
 * @words: (nullable): @names of the two
 */
SagPlot *sag_plot_new_calibration (const SagCalibrationTask *task, const SagPlotWords *words);
void     sag_plot_free (SagPlot *plot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagPlot, sag_plot_free)

/** SAG_PLOT_SIZE: a plot is laid out for a square of so many units; other sizes work, too. */
#define SAG_PLOT_SIZE 380

void sag_plot_draw (
  const SagPlot *plot, double width, double height, const SagPlotPen *pen, gpointer data);

/**
 * sag_plot_dup_svg: the plot as SVG 1.1.
 * @embedded: for a page whose style sheet knows the classes (report-html.c): without colours of its own and without
 *   the XML declaration
 */
char *sag_plot_dup_svg (const SagPlot *plot, double width, double height, gboolean embedded);

G_END_DECLS
