/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/project-private.h"

#include "model/core/error.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static gboolean
parse_shares (const char *text, double shares[3], GError **error)
{
  if (text == NULL)
    return TRUE;
  if (!sag_cli_triple (text, "--shares", shares, error))
    return FALSE;
  if (shares[0] >= 0 && shares[1] >= 0 && shares[2] >= 0 && shares[0] + shares[1] + shares[2] > 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "--shares takes three numbers such as 80,10,10, not \"%s\".", text);
  return FALSE;
}

static gboolean
export_what (SagProject               *project,
             const char               *what,
             const char               *output,
             const SagTrainingOptions *options,
             SagExported              *exported,
             GError                  **error)
{
  GCancellable *cancellable = sag_cli_get_cancellable ();

  if (strcmp (what, "labels") == 0)
    return sag_export_labels (project, output, exported, error);
  if (g_mkdir_with_parents (output, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s cannot be made: %s.",
                   output, g_strerror (errno));
      return FALSE;
    }
  if (strcmp (what, "masks") == 0)
    return sag_export_masks (project, output, exported, cancellable, error);
  if (strcmp (what, "label-maps") == 0)
    return sag_export_label_maps (project, output, exported, cancellable, error);
  if (strcmp (what, "scores") == 0)
    return sag_export_scores (project, output, exported, cancellable, error);
  if (strcmp (what, "training") == 0)
    return sag_export_training (project, options, output, exported, cancellable, error);
  if (strcmp (what, "upstream") == 0)
    return sag_export_upstream (project, options, output, exported, cancellable, error);
  return sag_export_archive (project, output, exported, cancellable, error);
}

int
sag_cli_export (int argc, char **argv)
{
  static const char *const whats[] = { "masks",    "label-maps", "labels",  "scores",
                                       "training", "upstream",   "archive", NULL };
  g_autofree char         *output = NULL;
  g_autofree char         *reader = NULL;
  g_autofree char         *shares = NULL;
  SagTrainingOptions       options = { 0 };
  const GOptionEntry       entries[] = {
          { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "Folder; for labels a .csv or .json file",
            "PATH" },
          { "reader", 0, 0, G_OPTION_ARG_STRING, &reader,
            "Training: only this one's; by default where all agree, and decisions", "NAME" },
          { "assisted", 0, 0, G_OPTION_ARG_NONE, &options.assisted,
            "Training: also labels set after an answer had been seen", NULL },
          { "patients", 0, 0, G_OPTION_ARG_NONE, &options.patients,
            "Training: patients' own numbers instead of codes", NULL },
          { "shares", 0, 0, G_OPTION_ARG_STRING, &shares,
            "Training: split patients without a split, such as 80,10,10", "TRAIN,VAL,TEST" },
          { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (SagStore) store = NULL;
  g_autoptr (SagProject) project = NULL;
  g_auto (SagExported) exported = { 0 };
  g_autoptr (GError) error = NULL;

  if (!sag_cli_parse (
        argc, argv, "export PROJECT WHAT -o PATH",
        "Writes what a project holds for other tools, reads it back and compares.\n"
        "WHAT: masks, label-maps, labels, scores, training, upstream or archive.\n"
        "training: a folder for sagitta-cli train; upstream: for the code of the model's "
        "authors;\narchive: project and scans, to open elsewhere.",
        entries, 2, 2, &rest))
    return SAG_CLI_USAGE;
  if (!g_strv_contains (whats, rest[1]))
    return sag_cli_usage ("export", "There is no export \"%s\"", rest[1]);
  if (output == NULL)
    return sag_cli_usage ("export", "Say with --output where to");
  if (!parse_shares (shares, options.shares, &error))
    return sag_cli_fail (error);
  options.reader = reader;
  sag_exported_init (&exported);
  store = sag_cli_project_open (rest[0], FALSE, NULL, &error);
  project = store != NULL ? sag_project_load (store, &error) : NULL;
  if (project == NULL || !export_what (project, rest[1], output, &options, &exported, &error))
    return sag_cli_fail (error);
  sag_cli_project_print_notes (&exported);
  printf ("%u files", exported.n_files);
  if (exported.n_rows > 0)
    printf (", %u rows", exported.n_rows);
  printf (" in %s\n", output);
  return SAG_CLI_DONE;
}
