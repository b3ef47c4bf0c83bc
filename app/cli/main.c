/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "model/core/version.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static const SagCliCommand commands[] = {
  { "ask", "ask a scan one or more tasks: probability, scores, heatmaps", sag_cli_ask },
  { "replay", "repeat a saved answer and say whether it is the same", sag_cli_replay },
  { "info", "geometry, orientation, intensities and scope of a scan", sag_cli_info },
  { "render", "draw slices, and answers over them, into a PNG", sag_cli_render },
  { "dicom", "list and convert DICOM series", sag_cli_dicom },
  { "prepare", "write what the network sees of a scan", sag_cli_prepare },
  { "bundle", "import, create, inspect and check models", sag_cli_bundle },
  { "phantom", "make synthetic chest CTs with exact masks", sag_cli_phantom },
  { "tokenize", "turn texts into token ids", sag_cli_tokenize },
  { "forward", "run the network on tensors, with inner activations", sag_cli_forward },
  { "step", "make one training step on tensors", sag_cli_step },
  { "compose", "make questions of label tables and masks", sag_cli_compose },
  { "train", "train a model on a manifest of scans", sag_cli_train },
  { "evaluate", "measure a model, or two, on labelled scans", sag_cli_evaluate },
  { "project", "cases, labels and masks: make, label, merge, check", sag_cli_project },
  { "export", "masks, labels and training folders of a project", sag_cli_export },
  { "bench", "measure speed and memory on this machine", sag_cli_bench },
  { "purge", "empty caches and forget recent scans", sag_cli_purge },
  { "selftest", "say what works here, and what is missing", sag_cli_selftest },
};

static void
print_help (void)
{
  printf ("Sagitta %s asks chest CTs in plain words. Research use, not a medical device.\n\n"
          "Usage: sagitta-cli COMMAND [OPTION...]\n\n",
          sag_version_get ());
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    printf ("  %-10s %s\n", commands[i].name, commands[i].summary);
  printf ("\nFor example:\n\n"
          "  sagitta-cli info scan.nii.gz\n"
          "  sagitta-cli ask scan.nii.gz --task \"Segment lungs in the image.\" --heatmaps maps\n"
          "\nsagitta-cli COMMAND --help says more.\n"
          "Exit codes: 0 done, 1 the work failed, 2 wrong usage.\n");
}

static int
run (int argc, char **argv)
{
  if (argc < 2)
    {
      fprintf (stderr, "sagitta-cli: Say what to do; sagitta-cli --help lists the commands.\n");
      return SAG_CLI_USAGE;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 ||
      strcmp (argv[1], "help") == 0)
    {
      print_help ();
      return SAG_CLI_DONE;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      printf ("sagitta-cli %s (%s)\n", sag_version_get (), sag_version_get_commit ());
      return SAG_CLI_DONE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return commands[i].run (argc - 1, argv + 1);
  fprintf (stderr, "sagitta-cli: There is no command \"%s\"; sagitta-cli --help lists them.\n",
           argv[1]);
  return SAG_CLI_USAGE;
}

int
main (int argc, char **argv)
{
  int code;

  /* People's file names are read in their locale; numbers are always written with a point, and the
   * words of GLib are English, as ours are. */
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  setlocale (LC_MESSAGES, "C");

  code = run (argc, argv);
  if (fflush (stdout) == 0 && !ferror (stdout))
    return code;
  fprintf (stderr,
           "sagitta-cli: Cannot write the output: %s; free some space, or write elsewhere.\n",
           g_strerror (errno));
  return SAG_CLI_FAILED;
}
