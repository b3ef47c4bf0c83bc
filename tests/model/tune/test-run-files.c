/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tune/control.h"
#include "model/tune/result.h"

#include "model/core/error.h"
#include "tests/support/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FIRST "{\"step\":1,\"kind\":\"step\",\"fold\":2,\"loss\":0.5,\"class_loss\":0.25}\n"
#define SECOND "{\"step\":2,\"kind\":\"step\",\"fold\":2,\"loss\":0.4}\n"
#define OTHER                                                                                      \
  "{\"step\":2,\"kind\":\"validation\",\"fold\":2,\"class_loss\":0.3,\"auroc\":0.75}\n"            \
  "{\"step\":2,\"kind\":\"end\",\"fold\":2}\n"                                                     \
  "no JSON\n"                                                                                      \
  "{\"step\":-1,\"kind\":\"step\",\"fold\":2}\n"

static void
save (SagTestFolder *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
append (SagTestFolder *fixture, const char *text, gsize n)
{
  g_autofree char *path = g_build_filename (fixture->folder, "log.jsonl", NULL);
  FILE            *file = fopen (path, "abe");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (text, 1, n, file), ==, n);
  fclose (file);
}

/* Each call gives what came since the one before; half a line waits for its other half. */
static void
test_log (SagTestFolder *fixture, gconstpointer data)
{
  static const gsize half = 20;
  goffset            offset = 0;
  SagTuneLine        line;

  for (int part = 0; part < 6; part++)
    {
      static const guint n_wanted[] = { 0, 1, 0, 1, 0, 1 };
      g_autoptr (GArray) lines = NULL;

      if (part == 1)
        append (fixture, FIRST SECOND, strlen (FIRST) + half);
      if (part == 3)
        append (fixture, &SECOND[half], strlen (SECOND) - half);
      if (part == 5)
        append (fixture, OTHER, strlen (OTHER));
      lines = sag_tune_log_read (fixture->folder, &offset);
      g_assert_cmpuint (lines->len, ==, n_wanted[part]);
      if (lines->len == 0)
        continue;
      line = g_array_index (lines, SagTuneLine, 0);
      g_assert_cmpuint (line.fold, ==, 2);
      g_assert_cmpuint (line.step, ==, part == 1 ? 1 : 2);
      g_assert_true (isnan (line.patch_loss));
      g_assert_cmpint (line.watched, ==, part == 5);
      if (part == 5)
        g_assert_cmpfloat (line.auroc, ==, 0.75);
      else
        g_assert_cmpfloat (line.loss, ==, part == 1 ? 0.5 : 0.4);
    }
  g_assert_cmpint (offset, ==, strlen (FIRST SECOND OTHER));
  offset = 1 << 20; /* of a log that was longer once */
  {
    g_autoptr (GArray) lines = sag_tune_log_read (fixture->folder, &offset);

    g_assert_cmpuint (lines->len, ==, 0);
  }
}

#define POINT                                                                                      \
  "{\"true_positives\": 1, \"false_positives\": 0, \"true_negatives\": 0, \"false_negatives\": 0}"
#define REPORT                                                                                     \
  "{\"format\": \"sagitta-report\", \"version\": 2, \"bundles\": [{\"name\": \"new\", "            \
  "\"sha256\": "                                                                                   \
  "\"aa\", \"trained\": true, \"synthetic\": true}], \"holdout\": {\"looks\": 1, \"bundles\": "    \
  "1}, "                                                                                           \
  "\"notes\": [], \"scans\": 1, \"patients\": 1, \"synthetic_scans\": 1, \"failed_scans\": 0, "    \
  "\"threshold\": 0.5, \"tasks\": [{\"task\": \"Q\", \"wordings\": [\"Q\"], \"number\": "          \
  "\"probability\", \"n\": 1, \"positives\": 1, \"patients\": 1, \"lesion\": false, \"masks\": "   \
  "0, "                                                                                            \
  "\"outside_the_box\": 0, \"models\": [{\"training\": \"trained\", \"point\": " POINT "}]}], "    \
  "\"cases\": [{\"line\": 2, \"case\": 7, \"index\": 0, \"patient\": 0, \"truth\": 1, "            \
  "\"scores\": "                                                                                   \
  "[1.5]}]}"

/* Without a snapshot the figures are there, and cases have neither name nor place. */
static void
test_result (SagTestFolder *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sag_tune_result_load (fixture->folder, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  save (fixture, "report.json", REPORT);
  for (int page = 0; page < 2; page++)
    {
      g_autoptr (SagTuneResult) result = sag_tune_result_load (fixture->folder, &error);
      const SagReportFile *report;

      g_assert_no_error (error);
      report = sag_tune_result_get_report (result);
      g_assert_cmpuint (sag_report_file_get_n_cases (report), ==, 1);
      g_assert_cmpint (sag_report_file_get_case (report, 0)->id, ==, 7);
      g_assert_cmpstr (sag_tune_result_get_folder (result), ==, fixture->folder);
      g_assert_cmpint (sag_tune_result_get_page (result) != NULL, ==, page);
      g_assert_null (sag_tune_result_get_name (result, 7));
      g_assert_null (sag_tune_result_get_scan (result, 7));
      save (fixture, "report.html", "<p>");
    }
  save (fixture, "report.json", "{}");
  g_assert_null (sag_tune_result_load (fixture->folder, &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT);
}

static void
add_test (const char *name, void (*run) (SagTestFolder *, gconstpointer))
{
  g_test_add (name, SagTestFolder, NULL, sag_test_folder_set_up, run, sag_test_folder_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/tune/run-files/log", test_log);
  add_test ("/tune/run-files/result", test_result);
  return g_test_run ();
}
