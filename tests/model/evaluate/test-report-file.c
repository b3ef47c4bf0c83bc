/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/calibrate.h"
#include "model/evaluate/plot.h"

#include "model/bundle/create.h"
#include "model/core/error.h"

#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define EFFUSION "Diagnose the presence of pleural effusion around the lungs"
#define LUNG "Segment left lung in the image."

/* What a damaged report has in the place of something right; in the order of dup_report(). */
typedef struct
{
  const char *format;
  int         version;
  const char *after; /* SHA-256 of the second bundle */
  int         n_folds;
  int         n_positives;
  int         n_cases;
  const char *score;
  int         index;
  int         n_true_positives; /* of the first task; the rest is what the others leave */
  const char *auroc;
  const char *interval;
  const char *wordings; /* of the first task */
  int         n_sided;
  const char *dice;
  const char *p;
} Change;

static const Change right = { .format = "sagitta-report",
                              .version = 2,
                              .after = "bbbb",
                              .n_positives = 25,
                              .n_cases = 50,
                              .score = "",
                              .n_true_positives = 20,
                              .auroc = "0.75",
                              .interval = "[0.6, 0.9]",
                              .wordings = "\"" EFFUSION "\"",
                              .n_sided = 1,
                              .dice = "0.5",
                              .p = "0.04" };

#define POINT                                                                                      \
  "{\"true_positives\": %d, \"false_positives\": 0, \"true_negatives\": %d, "                      \
  "\"false_negatives\": %d, \"sensitivity\": 7, \"sensitivity_95\": null, \"specificity\": null, " \
  "\"specificity_95\": null}"
#define MODEL                                                                                      \
  "{\"training\": \"trained\", \"auroc\": %s, \"auroc_95\": %s, \"auroc_delong_95\": [0.61, "      \
  "0.89], \"aupr\": 0.7, \"aupr_95\": null, \"point\": " POINT
#define MAPS                                                                                       \
  ", \"maps\": {\"present\": 1, \"hit\": 1, \"strict_hit\": 0, \"dice\": %s, \"best_dice\": "      \
  "0.75, \"cell_dice\": 0.6, \"median_distance_mm\": 12.5, \"sided\": %d, \"right_side\": 1, "     \
  "\"absent\": 0, \"false_alarms\": null}"
#define PAIR                                                                                       \
  "\"comparison\": {\"auroc_difference\": 0.1, \"auroc_difference_95\": [-0.1, 0.3], "             \
  "\"auroc_difference_delong_95\": [-0.05, 0.25], \"p\": %s, \"aupr_difference\": 0.1, "           \
  "\"aupr_difference_95\": null, \"changed\": []}"

static void
append_task (GString *text, const Change *change, gboolean first)
{
  const int n = first ? 50 : 1, n_positives = first ? change->n_positives : 1;
  const int n_true = first ? change->n_true_positives : 1;

  g_string_append_printf (
    text,
    "{\"task\": \"%s\", \"wordings\": [%s], \"number\": \"%s\", \"n\": %d, \"positives\": %d, "
    "\"patients\": %d, \"lesion\": false, \"masks\": %d, \"outside_the_box\": 0, \"median_ml\": "
    "null, \"models\": [",
    first ? EFFUSION : LUNG, first ? change->wordings : "\"" LUNG "\"",
    first ? "probability" : "highest score", n, n_positives, n, !first);
  for (int m = 0; m < 2; m++)
    {
      g_string_append_printf (text, MODEL, change->auroc, change->interval, n_true, n - n_positives,
                              first ? n_positives - 20 : 0);
      if (!first)
        g_string_append_printf (text, MAPS, change->dice, change->n_sided);
      g_string_append (text, m == 0 ? "}, " : "}], ");
    }
  g_string_append_printf (text, PAIR "}", change->p);
}

/* Of the class head: positives score high; the second model is sharper. Then one case of a map. */
static char *
dup_report (const Change *change)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (
    text,
    "{\"format\": \"%s\", \"version\": %d, \"bundles\": [{\"name\": \"old\", \"sha256\": \"aaaa\", "
    "\"trained\": true, \"synthetic\": true}, {\"name\": \"new\", \"sha256\": \"%s\", \"trained\": "
    "true, \"synthetic\": true}], \"folds\": %d, \"holdout\": {\"looks\": 3, \"bundles\": 2}, "
    "\"notes\": [\"A note.\"], \"scans\": 50, \"patients\": 50, \"synthetic_scans\": 50, "
    "\"failed_scans\": 0, \"threshold\": 0.5, \"tasks\": [",
    change->format, change->version, change->after, change->n_folds);
  append_task (text, change, TRUE);
  g_string_append (text, ", ");
  append_task (text, change, FALSE);
  g_string_append (text, "], \"cases\": [");
  for (int c = 0; c < change->n_cases; c++)
    {
      int truth = c % 2, tenths = truth * 5 + c / 2 % 10 - 5;

      g_string_append_printf (text,
                              "{\"line\": %d, \"case\": %d, \"task\": \"" EFFUSION "\", \"index\": "
                              "%d, \"patient\": %d, \"truth\": %d, \"scores\": [%s%d.25, %d.5], "
                              "\"peaks_ras_mm\": [[1, 2, 3], [4, 5, %d]]}, ",
                              c + 2, c + 1, change->index, c, truth, change->score, tenths,
                              2 * tenths, c);
    }
  g_string_append (text, "{\"line\": 99, \"case\": 1, \"task\": \"" LUNG "\", \"index\": 1, "
                         "\"patient\": 0, \"truth\": 1, \"scores\": [0.4, 0.9], \"peaks_ras_mm\": "
                         "[[1, 2, 3], null], \"mask_ras_mm\": [-7.5, 8, 9]}]}");
  return g_string_free (text, FALSE);
}

static SagReportFile *
parse (const Change *change, GError **error)
{
  g_autofree char *text = dup_report (change);

  return sag_report_file_parse (text, strlen (text), "report.json", error);
}

static void
test_read (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagReportFile) file = parse (&right, &error);
  const SagReportFacts *facts;
  const SagReportTask  *task;
  const SagReportCase  *one;

  g_assert_no_error (error);
  facts = sag_report_file_get_facts (file);
  g_assert_cmpuint (facts->n_models, ==, 2);
  g_assert_cmpuint (facts->looks.n, ==, 3);
  g_assert_cmpstr (facts->notes[0], ==, "A note.");
  g_assert_cmpstr (sag_report_file_get_bundle (file, 1)->name, ==, "new");
  task = sag_report_file_get_task (file, 0);
  g_assert_cmpuint (sag_report_file_get_n_tasks (file), ==, 2);
  g_assert_false (task->detects);
  g_assert_true (task->independent);
  g_assert_false (task->pair.too_few);
  g_assert_cmpfloat (task->pair.p, ==, 0.04);
  g_assert_cmpfloat (task->models[1].auroc.interval.high, ==, 0.89);
  g_assert_true (isnan (task->models[1].aupr_interval.low));
  /* Of the counts, whatever the file says. */
  g_assert_cmpfloat (task->models[0].point.sensitivity, ==, 0.8);
  g_assert_cmpfloat (task->models[0].point.specificity, ==, 1);
  task = sag_report_file_get_task (file, 1);
  g_assert_true (task->detects && task->pair.too_few);
  g_assert_true (isnan (task->models[0].point.specificity));
  g_assert_cmpfloat (task->models[1].maps.best_dice, ==, 0.75);
  g_assert_true (isnan (task->models[1].maps.false_alarms));
  g_assert_cmpuint (task->changed->len, ==, 1);
  one = sag_report_file_get_case (file, g_array_index (task->changed, guint, 0));
  g_assert_cmpuint (one->line, ==, 99);
  g_assert_cmpfloat (one->mask_ras_mm[0], ==, -7.5);
  g_assert_cmpfloat (one->peaks_ras_mm[0][2], ==, 3);
  g_assert_true (isnan (one->peaks_ras_mm[1][2]));
}

/* The first model draws no map: nothing of it stands beside the other's, and its number is the class head's. */
static void
test_no_map (void)
{
  g_autofree char *whole = dup_report (&right);
  char            *maps = strstr (whole, "\"maps\": {");
  char            *rest = strchr (maps, '}') + 1;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagReportFile) file = NULL;
  const SagReportTask *task;

  *maps = 0;
  text = g_strdup_printf ("%s\"number\": \"probability\", \"maps\": null%s", whole, rest);
  file = sag_report_file_parse (text, strlen (text), "report.json", &error);
  g_assert_no_error (error);
  task = sag_report_file_get_task (file, 1);
  g_assert_false (task->models[0].detects);
  g_assert_true (isnan (task->models[0].maps.hit));
  g_assert_cmpuint (task->models[0].maps.n_present, ==, 0);
  g_assert_true (task->models[1].detects);
  g_assert_cmpfloat (task->models[1].maps.best_dice, ==, 0.75);
  g_assert_cmpuint (task->changed->len, ==, 0); /* 0.4 is no score below 0.5, but a logit above 0 */
}

/* Curves are those of the cases. */
static void
test_curves (void)
{
  g_autoptr (SagReportFile) file = parse (&right, NULL);
  g_auto (SagCases) cases = { 0 };
  g_autoptr (SagPlot) plot = NULL;
  g_autofree char *svg = NULL;

  sag_report_file_collect (file, 0, &cases);
  g_assert_cmpuint (cases.n, ==, 50);
  g_assert_cmpuint (sag_cases_count_patients (&cases), ==, 50);
  plot = sag_plot_new_of (sag_report_file_get_task (file, 0), &cases, 2, SAG_PLOT_ROC, NULL);
  g_assert_nonnull (plot);
  svg = sag_plot_dup_svg (plot, SAG_PLOT_SIZE, SAG_PLOT_SIZE, FALSE);
  g_assert_nonnull (strstr (svg, "0.750 (0.610 to 0.890)"));
}

static void
assert_refused (const Change *change, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagReportFile) file = parse (change, &error);

  g_assert_null (file);
  g_assert_error (error, SAG_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, "report.json: "));
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}

static void
test_damaged (void)
{
  Change change = right;

  change.format = "sagitta-calibration";
  assert_refused (&change, SAG_ERROR_FORMAT, "no report");
  change = right;
  change.version = 1;
  assert_refused (&change, SAG_ERROR_UNSUPPORTED, "another version");
  change = right;
  change.n_positives = 24;
  assert_refused (&change, SAG_ERROR_FORMAT, "not those of the figures");
  change = right;
  change.n_positives = 51;
  assert_refused (&change, SAG_ERROR_FORMAT, "more positives");
  change = right;
  change.n_cases = 49;
  assert_refused (&change, SAG_ERROR_FORMAT, "not those of the figures");
  change = right;
  change.score = "\"a\", ";
  assert_refused (&change, SAG_ERROR_FORMAT, "scores");
  change = right;
  change.index = 2;
  assert_refused (&change, SAG_ERROR_FORMAT, "index");
}

/* Numbers that no evaluation gives. */
static void
test_impossible (void)
{
  static const struct
  {
    const char *key;
    gsize       offset;
    const char *value;
  } changes[] = {
    { "auroc", G_STRUCT_OFFSET (Change, auroc), "7" },
    { "auroc", G_STRUCT_OFFSET (Change, auroc), "1e999" },
    { "auroc", G_STRUCT_OFFSET (Change, auroc), "\"0.7\"" },
    { "auroc_95", G_STRUCT_OFFSET (Change, interval), "[0.6, 1e300]" },
    { "auroc_95", G_STRUCT_OFFSET (Change, interval), "[0.9, 0.6]" },
    { "auroc_95", G_STRUCT_OFFSET (Change, interval), "[0.6]" },
    { "dice", G_STRUCT_OFFSET (Change, dice), "-0.5" },
    { "\"p\"", G_STRUCT_OFFSET (Change, p), "-5" },
    { "no wordings", G_STRUCT_OFFSET (Change, wordings), "" },
  };
  Change change;

  for (gsize c = 0; c < G_N_ELEMENTS (changes); c++)
    {
      change = right;
      G_STRUCT_MEMBER (const char *, &change, changes[c].offset) = changes[c].value;
      assert_refused (&change, SAG_ERROR_FORMAT, changes[c].key);
    }
  change = right;
  change.n_true_positives = 21;
  assert_refused (&change, SAG_ERROR_FORMAT, "not of all cases");
  change = right;
  change.n_sided = 2;
  assert_refused (&change, SAG_ERROR_FORMAT, "more cases than have a mask");
  change = right;
  change.auroc = "1.0000000000000002";
  {
    g_autoptr (SagReportFile) file = parse (&change, NULL);

    g_assert_cmpfloat (sag_report_file_get_task (file, 0)->models[0].auroc.auroc, ==, 1);
  }
}

/* Any shorter beginning is an error, never a crash. */
static void
test_truncated (void)
{
  g_autofree char *text = dup_report (&right);

  for (gsize size = 0; size + 1 < strlen (text); size += 7)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sag_report_file_parse (text, size, "report.json", &error));
      g_assert_nonnull (error);
    }
}

static void
test_old (void)
{
  static const char text[] = "{\"bundles\": [], \"tasks\": []}";
  g_autoptr (GError) error = NULL;

  g_assert_null (sag_report_file_parse (text, strlen (text), "report.json", &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED);
}

static void
test_calibrate (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (1, &error);
  Change change = right;
  g_autoptr (SagReportFile) file = NULL;
  g_autoptr (SagReportFile) folds = NULL;
  g_autoptr (SagReportFile) other = parse (&right, NULL);
  g_autoptr (GPtrArray) refusals = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (SagCalibration) calibration = NULL;
  const SagCalibrationTask *task;

  g_assert_no_error (error);
  change.after = sag_bundle_get_sha256 (bundle);
  file = parse (&change, &error);
  g_assert_no_error (error);
  calibration = sag_calibrate_report_file (file, bundle, &refusals, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sag_calibration_get_n_tasks (calibration), ==, 1);
  task = sag_calibration_find_task (calibration, EFFUSION);
  g_assert_cmpuint (task->n_positives, ==, 25);
  /* The second model's logits, not the first one's, which begin at -5.25. */
  g_assert_cmpfloat (task->quantiles[0][0], ==, -10.5);
  change.n_folds = 3;
  folds = parse (&change, NULL);
  g_assert_null (sag_calibrate_report_file (folds, bundle, &none, &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH);
  g_assert_nonnull (strstr (error->message, "cross-validation"));
  g_clear_error (&error);
  g_assert_null (sag_calibrate_report_file (other, bundle, &none, &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH);
}

/* Saved, found, and gone again; without one text the others stay. */
static void
test_remove (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (1, &error);
  Change change = right;
  g_autoptr (SagReportFile) file = NULL;
  g_autoptr (GPtrArray) refusals = NULL;
  g_autoptr (SagCalibration) calibration = NULL;
  g_autoptr (SagCalibration) found = NULL;
  g_autoptr (SagCalibration) rest = NULL;

  change.after = sag_bundle_get_sha256 (bundle);
  file = parse (&change, &error);
  calibration = sag_calibrate_report_file (file, bundle, &refusals, &error);
  g_assert_true (sag_calibration_save (calibration, bundle, NULL, NULL, &error));
  g_assert_no_error (error);
  found = sag_calibration_find (bundle);
  g_assert_cmpstr (sag_calibration_get_sha256 (found), ==,
                   sag_calibration_get_sha256 (calibration));
  rest = sag_calibrate_without (bundle, LUNG);
  g_assert_nonnull (sag_calibration_find_task (rest, EFFUSION));
  g_assert_null (sag_calibrate_without (bundle, EFFUSION));
  g_assert_true (sag_calibration_remove (bundle, &error));
  g_assert_no_error (error);
  g_assert_null (sag_calibration_find (bundle));
}

int
main (int argc, char **argv)
{
  char *folder = sag_test_dup_folder ();
  int   code;

  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evaluate/report-file/read", test_read);
  g_test_add_func ("/evaluate/report-file/no-map", test_no_map);
  g_test_add_func ("/evaluate/report-file/curves", test_curves);
  g_test_add_func ("/evaluate/report-file/damaged", test_damaged);
  g_test_add_func ("/evaluate/report-file/impossible", test_impossible);
  g_test_add_func ("/evaluate/report-file/truncated", test_truncated);
  g_test_add_func ("/evaluate/report-file/old", test_old);
  g_test_add_func ("/evaluate/report-file/calibrate", test_calibrate);
  g_test_add_func ("/evaluate/report-file/remove", test_remove);
  code = g_test_run ();
  sag_test_remove_folder (folder);
  return code;
}
