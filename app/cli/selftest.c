/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "model/check/selftest.h"
#include "model/core/error.h"
#include "model/core/version.h"

#include <stdio.h>

/* Each line says what was tried, and what to do where something is to be done. */

static void
print_row (const SagSelftestRow *row, gpointer user_data)
{
  printf ("  %-4s %-16s %s", sag_selftest_state_to_string (row->state), row->title, row->detail);
  if (row->advice != NULL)
    printf ("%s %s", g_str_has_suffix (row->detail, ".") ? "" : ".", row->advice);
  printf ("\n");
}

int
sag_cli_selftest (int argc, char **argv)
{
  g_auto (SagCliModel) model = { 0 };
  const GOptionEntry entries[] = { SAG_CLI_MODEL_ENTRIES (model), { NULL } };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = NULL;
  gboolean passed;

  if (!sag_cli_parse (argc, argv, "selftest",
                      "Says what works on this machine, and what is missing.", entries, 0, 0,
                      &rest))
    return SAG_CLI_USAGE;
  sag_cli_get_cancellable ();
  printf ("Sagitta %s (%s)\n", sag_version_get (), sag_version_get_commit ());
  bundle = sag_cli_open_bundle (&model, &error);
  if (bundle == NULL)
    printf ("  %-4s %-16s %s\n", sag_selftest_state_to_string (SAG_SELFTEST_FAILED), "bundle",
            error->message);
  passed = sag_selftest_run (bundle, (guint) MAX (model.n_threads, 0), print_row, NULL,
                             sag_cli_get_cancellable ());
  if (passed && bundle != NULL)
    return SAG_CLI_DONE;
  g_clear_error (&error);
  g_set_error_literal (&error, SAG_ERROR, SAG_ERROR_ENGINE,
                       "Something does not work here; the lines with NO say what to do.");
  return sag_cli_fail (error);
}
