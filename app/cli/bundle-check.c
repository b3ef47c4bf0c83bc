/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "model/answer/laterality.h"
#include "model/bundle/check.h"
#include "model/core/error.h"

#include <stdio.h>

/* The check that needs an engine: left is left on a phantom. */
static gboolean
check_sides (const char *folder, SagBundleReport *report, GError **error)
{
  static const SagCheckState states[] = {
    [SAG_LATERALITY_CHECK_RIGHT] = SAG_CHECK_PASSED,
    [SAG_LATERALITY_CHECK_WRONG_SIDE] = SAG_CHECK_FAILED,
    [SAG_LATERALITY_CHECK_INCONCLUSIVE] = SAG_CHECK_INCONCLUSIVE,
  };
  static const char *const sentences[] = {
    [SAG_LATERALITY_CHECK_RIGHT] = "The model finds left on the left.",
    [SAG_LATERALITY_CHECK_WRONG_SIDE] = "The model answers on the WRONG SIDE.",
    [SAG_LATERALITY_CHECK_INCONCLUSIVE] = "The model does not tell left from right.",
  };
  SagCliModel model = { .bundle = (char *) folder };
  g_autoptr (SagEngine) engine = sag_cli_open_engine (&model, error);
  SagLateralityCheck sides;

  if (engine == NULL)
    return FALSE;
  if (!sag_network_has_map (sag_bundle_get_network (sag_engine_get_bundle (engine))))
    {
      sag_bundle_report_set (report, SAG_BUNDLE_CHECK_LATERALITY, SAG_CHECK_POINTLESS,
                             g_strdup ("It draws no map, so there are no sides."));
      return TRUE;
    }
  sag_cli_progress ("Asking a phantom for its left and right lung", 0);
  if (!sag_laterality_check (engine, &sides, sag_cli_get_cancellable (), error))
    return FALSE;
  sag_cli_progress (NULL, 0);
  sag_bundle_report_set (
    report, SAG_BUNDLE_CHECK_LATERALITY, states[sides.verdict],
    g_strdup_printf ("%s Asked for one lung, the scores there differ from the other's by %.2f "
                     "(left) and %.2f (right).",
                     sentences[sides.verdict], sides.left_margin, sides.right_margin));
  return TRUE;
}

int
sag_cli_bundle_check (int argc, char **argv)
{
  gboolean           json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundleReport) report = NULL;
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *text = NULL;

  if (!sag_cli_parse (argc, argv, "bundle check DIR",
                      "Verifies every file, tensor and word of a bundle, and that it finds left on "
                      "the left.",
                      entries, 1, 1, &rest))
    return SAG_CLI_USAGE;
  report = sag_bundle_check (rest[0], sag_cli_get_cancellable (), &error);
  if (report == NULL ||
      (sag_bundle_report_passed (report) && !check_sides (rest[0], report, &error)))
    return sag_cli_fail (error);
  if (json)
    {
      sag_json_begin_object (writer, NULL);
      sag_bundle_report_write (report, writer);
      sag_json_end_object (writer);
      text = sag_json_writer_finish (writer);
    }
  else
    text = sag_bundle_report_format (report);
  fputs (text, stdout);
  if (sag_bundle_report_passed (report))
    return SAG_CLI_DONE;
  g_set_error (&error, SAG_ERROR, SAG_ERROR_FORMAT,
               "%s did not pass its checks; do not trust its answers.", rest[0]);
  return sag_cli_fail (error);
}
