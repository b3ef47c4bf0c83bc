/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/result-words.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MINUS "\xe2\x88\x92"
#define NONE "–"

static char *
dup_decimals (double value, int n_digits)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE], format[8];

  if (isnan (value))
    return g_strdup (NONE);
  g_snprintf (format, sizeof format, "%%.%df", n_digits);
  g_ascii_formatd (buffer, sizeof buffer, format, fabs (value));
  return g_strconcat (value < 0 && strpbrk (buffer, "123456789") != NULL ? MINUS : "", buffer,
                      NULL);
}

gboolean
sag_ui_result_figure_applies (const SagReportTask *task, SagUiResultFigure figure)
{
  return figure < SAG_UI_FIGURE_HIT || task->n_masks > 0;
}

const char *
sag_ui_result_figure_title (SagUiResultFigure figure)
{
  switch (figure)
    {
    case SAG_UI_FIGURE_AUROC:
      return _ ("AUROC");
    case SAG_UI_FIGURE_AUPR:
      return _ ("AUPR");
    case SAG_UI_FIGURE_SENSITIVITY:
      return _ ("Sensitivity");
    case SAG_UI_FIGURE_SPECIFICITY:
      return _ ("Specificity");
    case SAG_UI_FIGURE_HIT:
      return _ ("Peak hits");
    case SAG_UI_FIGURE_DICE:
      return _ ("Dice on cells");
    case SAG_UI_FIGURE_DISTANCE:
      return _ ("Peak off by");
    case SAG_UI_FIGURE_SIDE:
      return _ ("Wrong side");
    case SAG_UI_FIGURE_ALARMS:
    default:
      return _ ("False alarms");
    }
}

const char *
sag_ui_result_figure_hint (SagUiResultFigure figure)
{
  switch (figure)
    {
    case SAG_UI_FIGURE_AUROC:
      return _ ("Of all pairs of a positive and a negative case, the share where the positive one "
                "has the higher number. 0.5 is chance.");
    case SAG_UI_FIGURE_AUPR:
      return _ ("Average precision: how clean the list is when cases are read from the highest "
                "number down. Chance is the share of positives.");
    case SAG_UI_FIGURE_SENSITIVITY:
      return _ ("Share of the positive cases at or above the threshold.");
    case SAG_UI_FIGURE_SPECIFICITY:
      return _ ("Share of the negative cases below the threshold.");
    case SAG_UI_FIGURE_HIT:
      return _ ("Share of the masks that the box of the highest cell meets.");
    case SAG_UI_FIGURE_DICE:
      return _ ("Overlap of the marked cells, as blocks, with the mask. Cells are coarse: the best "
                "that any choice of cells could reach stands beside it.");
    case SAG_UI_FIGURE_DISTANCE:
      return _ ("Median distance from the highest cell’s centre to the mask; 0 where it lies in "
                "it.");
    case SAG_UI_FIGURE_SIDE:
      return _ ("Share of peaks in the other half of the box, of masks that lie on one side.");
    case SAG_UI_FIGURE_ALARMS:
    default:
      return _ ("Share of scans without the structure whose map has a marked cell.");
    }
}

static double
value_of (const SagReportTask *task, SagUiResultFigure figure, gsize model)
{
  const SagReportModel *of = &task->models[model];

  switch (figure)
    {
    case SAG_UI_FIGURE_AUROC:
      return of->auroc.auroc;
    case SAG_UI_FIGURE_AUPR:
      return of->aupr;
    case SAG_UI_FIGURE_SENSITIVITY:
      return of->point.sensitivity;
    case SAG_UI_FIGURE_SPECIFICITY:
      return of->point.specificity;
    case SAG_UI_FIGURE_HIT:
      return of->maps.hit;
    case SAG_UI_FIGURE_DICE:
      return of->maps.dice;
    case SAG_UI_FIGURE_DISTANCE:
      return of->maps.median_distance_mm;
    case SAG_UI_FIGURE_SIDE:
      return of->maps.n_sided > 0 ? 1 - of->maps.right_side : NAN;
    case SAG_UI_FIGURE_ALARMS:
    default:
      return of->maps.n_absent > 0 ? of->maps.false_alarms : NAN;
    }
}

/* DeLong's where no patient comes twice, else the bootstrap's, as everywhere. */
static SagInterval
interval_of (const SagReportTask *task, SagUiResultFigure figure, gsize model)
{
  const SagReportModel *of = &task->models[model];

  switch (figure)
    {
    case SAG_UI_FIGURE_AUROC:
      return task->independent ? of->auroc.interval : of->auroc_interval;
    case SAG_UI_FIGURE_AUPR:
      return of->aupr_interval;
    case SAG_UI_FIGURE_SENSITIVITY:
      return of->point.sensitivity_interval;
    case SAG_UI_FIGURE_SPECIFICITY:
    default:
      return of->point.specificity_interval;
    }
}

static int
digits_of (SagUiResultFigure figure)
{
  return figure == SAG_UI_FIGURE_DISTANCE ? 1 : figure == SAG_UI_FIGURE_DICE ? 2 : 3;
}

char *
sag_ui_result_dup_value (const SagReportTask *task, SagUiResultFigure figure, gsize model)
{
  double           value = value_of (task, figure, model);
  g_autofree char *number = dup_decimals (value, digits_of (figure));

  if (figure != SAG_UI_FIGURE_DISTANCE || isnan (value))
    return g_steal_pointer (&number);
  /* Translators: a distance in millimetres. */
  return g_strdup_printf (_ ("%s mm"), number);
}

static char *
dup_interval (const SagInterval *interval)
{
  g_autofree char *low = dup_decimals (interval->low, 3);
  g_autofree char *high = dup_decimals (interval->high, 3);

  if (isnan (interval->low))
    return g_strdup (_ ("no interval"));
  /* Translators: the two ends of a 95 % interval: "0.850 to 0.961". */
  return g_strdup_printf (_ ("%s to %s"), low, high);
}

static char *
dup_of_n (gsize n)
{
  /* Translators: how many scans a figure is of. */
  return g_strdup_printf (ngettext ("of %u scan", "of %u scans", (gulong) n), (guint) n);
}

char *
sag_ui_result_dup_beside (const SagReportTask *task, SagUiResultFigure figure, gsize model)
{
  const SagReportMaps *maps = &task->models[model].maps;

  if (isnan (value_of (task, figure, model)))
    return NULL;
  if (figure <= SAG_UI_FIGURE_SPECIFICITY)
    {
      SagInterval interval = interval_of (task, figure, model);

      return dup_interval (&interval);
    }
  if (figure == SAG_UI_FIGURE_DICE)
    {
      g_autofree char *best = dup_decimals (maps->best_dice, 2);

      /* Translators: the highest Dice that any choice of cells could reach. */
      return g_strdup_printf (_ ("best possible %s"), best);
    }
  if (figure == SAG_UI_FIGURE_SIDE)
    return dup_of_n (maps->n_sided);
  return dup_of_n (figure == SAG_UI_FIGURE_ALARMS ? maps->n_absent : maps->n_present);
}

char *
sag_ui_result_dup_change (const SagReportTask *task, SagUiResultFigure figure)
{
  double           change = value_of (task, figure, 1) - value_of (task, figure, 0);
  g_autofree char *number = dup_decimals (change, digits_of (figure));
  gboolean         rises = change > 0 && strpbrk (number, "123456789") != NULL;
  g_autofree char *whole = g_strconcat (rises ? "+" : "", number, NULL);

  if (figure != SAG_UI_FIGURE_DISTANCE || isnan (change))
    return g_steal_pointer (&whole);
  /* Translators: a distance in millimetres. */
  return g_strdup_printf (_ ("%s mm"), whole);
}

char *
sag_ui_result_dup_change_beside (const SagReportTask *task, SagUiResultFigure figure)
{
  if (isnan (value_of (task, figure, 1) - value_of (task, figure, 0)))
    return NULL;
  if (figure == SAG_UI_FIGURE_AUROC)
    return dup_interval (task->independent ? &task->pair.interval : &task->auroc_difference);
  if (figure == SAG_UI_FIGURE_AUPR)
    return dup_interval (&task->aupr_difference);
  return NULL;
}

char *
sag_ui_result_dup_counts (const SagReportTask *task)
{
  g_autofree char *cases =
    /* Translators: how many cases a task was measured on. */
    g_strdup_printf (ngettext ("%u case", "%u cases", (gulong) task->n), (guint) task->n);
  g_autofree char *patients =
    /* Translators: after "12 cases of": how many patients. */
    g_strdup_printf (ngettext ("%u patient", "%u patients", (gulong) task->n_patients),
                     (guint) task->n_patients);
  g_autofree char *positives = g_strdup_printf (
    ngettext ("%u positive", "%u positive", (gulong) task->n_positives), (guint) task->n_positives);
  g_autofree char *outside = NULL;

  if (task->n_outside > 0)
    outside = g_strdup_printf (
      /* Translators: left-out cases of a measurement. */
      ngettext (" %u more is left out: its structure lies outside the analysed box.",
                " %u more are left out: their structure lies outside the analysed box.",
                (gulong) task->n_outside),
      (guint) task->n_outside);
  /* Translators: "12 cases of 11 patients, 5 positive." and maybe a sentence on what was left out. */
  return g_strdup_printf (_ ("%s of %s, %s.%s"), cases, patients, positives,
                          outside != NULL ? outside : "");
}

char *
sag_ui_result_dup_test (const SagReportTask *task)
{
  g_autofree char *p = dup_decimals (task->pair.p, 3);

  if (task->pair.too_few)
    /* Translators: numbers of cases. */
    return g_strdup_printf (_ ("%u positive and %u negative: fewer than 10 of a kind are too few "
                               "for a p-value, and every figure here may be chance. The answers "
                               "that changed are listed instead."),
                            (guint) task->n_positives, (guint) (task->n - task->n_positives));
  if (!task->independent)
    return g_strdup (_ ("Some patients have several scans, so there is no p-value. The intervals "
                        "draw whole patients."));
  if (isnan (task->pair.p))
    return g_strdup (_ ("No p-value: the difference of the two models has no variance."));
  if (task->pair.p < 0.001)
    return g_strdup (_ ("Difference of the AUROCs: p < 0.001 (DeLong’s test, two-sided)."));
  /* Translators: a p-value such as 0.041. */
  return g_strdup_printf (_ ("Difference of the AUROCs: p = %s (DeLong’s test, two-sided)."), p);
}

static gboolean
misses_interval (const SagReportTask *task)
{
  for (gsize m = 0; m < SAG_EVALUATE_MOST_MODELS; m++)
    for (SagUiResultFigure f = SAG_UI_FIGURE_AUROC; f <= SAG_UI_FIGURE_AUPR; f++)
      if (!isnan (value_of (task, f, m)) && isnan (interval_of (task, f, m).low))
        return TRUE;
  return FALSE;
}

static void
add (GString *text, const char *sentence)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", sentence);
}

char *
sag_ui_result_dup_limits (const SagReportTask *task)
{
  GString *text = g_string_new (NULL);

  if (task->n == 0)
    add (text, _ ("No case of this task has a known truth, so there is no figure."));
  else if (task->n_positives == 0)
    add (text, _ ("All cases are negative: there is no AUROC, no AUPR and no sensitivity."));
  else if (task->n_positives == task->n)
    add (text, _ ("All cases are positive: there is no AUROC, no AUPR and no specificity."));
  if (misses_interval (task))
    add (text, _ ("No interval where the cases are too few to say how far a figure may be off."));
  if (task->n_masks > 0 &&
      MAX (task->models[0].maps.n_present, task->models[1].maps.n_present) < SAG_METRICS_FEWEST)
    add (text, _ ("Figures of maps are of few masks and have no interval: look at the cases."));
  return g_string_free (text, text->len == 0);
}

char *
sag_ui_result_dup_changed (const SagReportTask *task)
{
  guint n = task->changed->len;

  if (n == 0)
    return g_strdup (_ ("No answer changed at the threshold"));
  /* Translators: answers that lie on the other side of the threshold now. */
  return g_strdup_printf (
    ngettext ("%u answer changed at the threshold", "%u answers changed at the threshold", n), n);
}

char *
sag_ui_result_dup_looks (const SagLooks *looks)
{
  if (looks->n == 0)
    return g_strdup (_ ("How often these cases were looked at is not known."));
  if (looks->n == 1)
    return g_strdup (_ ("This is the first look at these cases."));
  /* Translators: how often, and how many models. */
  return g_strdup_printf (_ ("These cases were looked at %u times, with %u models. Whoever chooses "
                             "a model by them makes their figures too good; keep some that nobody "
                             "has looked at."),
                          looks->n, looks->n_bundles);
}

char *
sag_ui_result_dup_threshold (const SagReportFacts *facts)
{
  g_autofree char *threshold = dup_decimals (facts->threshold, 2);

  /* Translators: a probability, such as 0.50. */
  return g_strdup_printf (_ ("Sensitivity and specificity: positive from a model probability of %s "
                             "up; where a map answers, from a score of 0.50 up. Intervals: 95 %%."),
                          threshold);
}

char *
sag_ui_result_dup_head (const SagReportFile *report)
{
  const SagReportFacts *facts = sag_report_file_get_facts (report);
  g_autofree char      *scans = g_strdup_printf (
         ngettext ("%u scan", "%u scans", (gulong) facts->n_scans), (guint) facts->n_scans);
  g_autofree char *patients = g_strdup_printf (
    ngettext ("%u patient", "%u patients", (gulong) facts->n_patients), (guint) facts->n_patients);

  if (facts->n_folds > 0)
    /* Translators: "12 scans", "11 patients", and a number of models. */
    return g_strdup_printf (_ ("%s of %s, each answered by one of %u models that had not seen it. "
                               "The new model itself was trained on all of them after that."),
                            scans, patients, facts->n_folds);
  /* Translators: "12 scans", "11 patients". */
  return g_strdup_printf (_ ("%s of %s that the new model did not see in training."), scans,
                          patients);
}

static double
shown (const SagReportTask *task, gsize model, double score)
{
  return task->models[model].detects ? score : 1 / (1 + exp (-score));
}

static gboolean
is_positive (const SagReportFile *report, const SagReportTask *task, gsize model, double score)
{
  double share = sag_report_file_get_facts (report)->threshold;

  return score >= (task->models[model].detects ? (double) SAG_LOCALISE_THRESHOLD
                                               : log (share / (1 - share)));
}

char *
sag_ui_result_dup_case_line (const SagReportFile *report, const SagReportCase *one)
{
  const SagReportTask *task = sag_report_file_get_task (report, one->task);
  const char          *truth = one->truth < 0    ? _ ("unknown")
                               : one->truth == 0 ? _ ("absent")
                                                 : _ ("present");
  gboolean             right[2];
  const char          *verdict;
  g_autofree char     *before = dup_decimals (shown (task, 0, one->scores[0]), 2);
  g_autofree char     *after = dup_decimals (shown (task, 1, one->scores[1]), 2);

  for (int m = 0; m < 2; m++)
    right[m] = is_positive (report, task, (gsize) m, one->scores[m]) == (one->truth == 1);
  if (one->truth < 0)
    verdict = _ ("not counted");
  else if (right[0] == right[1])
    verdict = right[1] ? _ ("still right") : _ ("still wrong");
  else
    verdict = right[1] ? _ ("now right") : _ ("now wrong");
  /* Translators: "present", two numbers before and after, "now right". */
  return g_strdup_printf (_ ("%s · %s → %s · %s"), truth, before, after, verdict);
}
