/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"

#include "model/answer/replay.h"
#include "model/core/error.h"

#include <stdio.h>

/* The scan may lie beside the answer or in the current folder under its own name. */
static char *
find_scan (const char *answer_path, const char *case_name, GError **error)
{
  g_autofree char         *folder = g_path_get_dirname (answer_path);
  const char *const        folders[] = { folder, "." };
  static const char *const endings[] = { ".nii.gz", ".nii", ".hdr" };

  for (gsize i = 0; case_name != NULL && i < G_N_ELEMENTS (folders) * G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *name = g_strconcat (case_name, endings[i % G_N_ELEMENTS (endings)], NULL);
      g_autofree char *path = g_build_filename (folders[i / G_N_ELEMENTS (endings)], name, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "The scan of this answer, %s, is not beside it; "
               "name it: sagitta-cli replay ANSWER.json SCAN.nii.gz.",
               case_name ? case_name : "no name");
  return NULL;
}

static void
ask_from_record (const SagRecord *record, SagCliAsk *ask)
{
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();

  for (guint i = 0; i < record->results->len; i++)
    g_strv_builder_add (texts, ((SagRecordedResult *) record->results->pdata[i])->text);
  ask->texts = g_strv_builder_end (texts);
  for (int a = 0; a < 3; a++)
    ask->shift_mm[a] = record->provenance->shift_mm[a];
  ask->force = record->provenance->forced;
}

/* Prints how far each answer is off; returns whether all are equal. */
static gboolean
compare (const SagRecord *record, const SagCliCase *one, GError **error)
{
  gboolean equal = TRUE;

  for (guint i = 0; i < record->results->len; i++)
    {
      const SagRecordedResult *recorded = record->results->pdata[i];
      SagReplayDifference      difference;

      if (!sag_replay_compare (recorded, one->answers->pdata[i], &difference, error))
        return FALSE;
      if (difference.logit == 0 && difference.cells == 0)
        printf ("equal      %s\n", recorded->text);
      else
        printf ("differs    %s\n           logit by %.3g, scores by at most %.3g\n", recorded->text,
                difference.logit, difference.cells);
      equal = equal && difference.logit == 0 && difference.cells == 0;
    }
  if (!equal)
    {
      g_auto (GStrv) why = sag_replay_explain (record->provenance, one->provenance);
      g_autofree char *sentences = g_strjoinv (" ", why);

      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "The answer is not the same. %s",
                   *sentences ? sentences : "Nothing that is recorded differs.");
    }
  return equal;
}

int
sag_cli_replay (int argc, char **argv)
{
  g_auto (SagCliModel) model = { 0 };
  g_autofree char   *lungs = NULL;
  const GOptionEntry entries[] = {
    { "lungs", 0, 0, G_OPTION_ARG_FILENAME, &lungs, "Lung mask, if the answer was made with one",
      "FILE" },
    SAG_CLI_MODEL_ENTRIES (model),
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagRecord) record = NULL;
  g_autoptr (SagEngine) engine = NULL;
  g_autoptr (SagCliCase) one = NULL;
  g_autofree char *scan = NULL;
  SagCliAsk        ask = { .lungs = lungs };
  int              code = SAG_CLI_DONE;

  if (!sag_cli_parse (argc, argv, "replay ANSWER.json [SCAN]",
                      "Asks again what a saved answer asked, and says whether the numbers are the "
                      "same. The scan is\nlooked for beside the answer and in the current folder "
                      "unless it is named.",
                      entries, 1, 2, &rest))
    return SAG_CLI_USAGE;
  sag_cli_get_cancellable ();
  ask.lungs = lungs;
  record = sag_record_load (rest[0], &error);
  if (record == NULL)
    return sag_cli_fail (error);
  scan = rest[1] != NULL ? g_strdup (rest[1]) : find_scan (rest[0], record->case_name, &error);
  if (scan == NULL || (engine = sag_cli_open_engine (&model, &error)) == NULL)
    return sag_cli_fail (error);
  ask_from_record (record, &ask);
  one = sag_cli_case_new (engine, scan, &ask, &error);
  if (one != NULL && one->answers == NULL)
    sag_cli_case_refuse (one, &error);
  else if (one != NULL)
    compare (record, one, &error);
  if (error != NULL)
    code = sag_cli_fail (error);
  g_strfreev (ask.texts);
  return code;
}
