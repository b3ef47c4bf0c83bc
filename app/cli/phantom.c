/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "model/core/error.h"
#include "model/phantom/cohort.h"
#include "model/phantom/finding.h"

#include <stdio.h>
#include <string.h>

/* "effusion-left" for "effusion_left" */
static char *
dup_word (guint finding)
{
  return g_strdelimit (g_strdup (sag_finding_get_name (1u << finding)), "_", '-');
}

static char *
dup_all_findings (const char *separator)
{
  GString *all = g_string_new (NULL);

  for (guint f = 0; f < SAG_N_FINDINGS; f++)
    {
      g_autofree char *word = dup_word (f);

      g_string_append_printf (all, "%s%s", f == 0 ? "" : f % 4 == 0 ? separator : ", ", word);
    }
  return g_string_free (all, FALSE);
}

static gboolean
parse_findings (const char *text, guint *flags, GError **error)
{
  g_auto (GStrv) names = g_strsplit (text ? text : "", ",", -1);

  *flags = 0;
  for (gsize i = 0; names[i] != NULL; i++)
    {
      guint f = 0;

      g_strstrip (names[i]);
      for (; f < SAG_N_FINDINGS; f++)
        {
          g_autofree char *word = dup_word (f);

          if (g_str_equal (word, names[i]))
            break;
        }
      if (f == SAG_N_FINDINGS)
        {
          g_autofree char *all = dup_all_findings (", ");

          g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                       "There is no finding \"%s\"; there are %s.", names[i], all);
          return FALSE;
        }
      *flags |= 1u << f;
    }
  return TRUE;
}

/* "3" or "2,2,5" */
static gboolean
parse_spacing (const char *text, double spacing_mm[3], GError **error)
{
  g_autofree char *thrice = g_strdup_printf ("%s,%s,%s", text, text, text);

  return sag_cli_triple (strchr (text, ',') == NULL ? thrice : text, "--spacing", spacing_mm,
                         error);
}

static gboolean
check_orientation (const char *text, GError **error)
{
  static const char *const pairs[] = { "RL", "AP", "SI" };
  guint                    seen = 0;

  for (gsize i = 0; text != NULL && i < strlen (text); i++)
    for (gsize p = 0; p < G_N_ELEMENTS (pairs); p++)
      if (strchr (pairs[p], text[i]) != NULL)
        seen |= 1 << p;
  if (text == NULL || (strlen (text) == 3 && seen == 7))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "--orientation takes three letters such as RAS, LPS or IAR, not \"%s\".", text);
  return FALSE;
}

static gboolean
write_all (SagPhantomOptions *options, int count, const char *folder, GError **error)
{
  for (int i = 0; i < count; i++, options->seed++)
    {
      g_autoptr (SagPhantom) phantom = sag_phantom_new (options);
      g_autofree char *patient = g_strdup_printf ("phantom-%04" G_GUINT64_FORMAT, options->seed);
      g_autofree char *name = options->visit == 0
                                ? g_strdup (patient)
                                : g_strdup_printf ("%s-visit-%u", patient, options->visit);

      if (g_cancellable_set_error_if_cancelled (sag_cli_get_cancellable (), error))
        return FALSE;
      if (phantom == NULL)
        {
          g_set_error_literal (error, SAG_ERROR, SAG_ERROR_LIMIT,
                               "A phantom of that spacing is too large; take a coarser --spacing.");
          return FALSE;
        }
      if (!sag_phantom_write (phantom, options, folder, name, error))
        return FALSE;
      printf ("%s%c%s.nii.gz\n", folder, G_DIR_SEPARATOR, name);
    }
  return TRUE;
}

/* The place of @word in @words, from 1; 0 for NULL. */
static gboolean
parse_choice (
  const char *option, const char *word, const char *const *words, guint *choice, GError **error)
{
  g_autofree char *all = g_strjoinv (", ", (char **) words);

  *choice = 0;
  if (word == NULL)
    return TRUE;
  while (words[*choice] != NULL && !g_str_equal (words[*choice], word))
    (*choice)++;
  if (words[(*choice)++] != NULL)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "%s takes %s, not \"%s\".", option, all, word);
  return FALSE;
}

/* The options as they were written. */
typedef struct
{
  int      count;
  gint64   seed;
  int      visit;
  char    *folder;
  char    *findings;
  char    *orientation;
  char    *spacing;
  char    *shares;
  char    *sex;
  char    *arms;
  char    *kernel;
  gboolean cohort;
  gboolean simple;
  gboolean enhanced;
} Choices;

static gboolean
parse_choices (const Choices *choices, SagPhantomOptions *options, GError **error)
{
  static const char *const sexes[] = { "female", "male", NULL };
  static const char *const arms[] = { "up", "down", NULL };
  static const char *const kernels[] = { "soft", "medium", "sharp", NULL };
  guint                    chosen[3];

  if (!parse_choice ("--sex", choices->sex, sexes, &chosen[0], error) ||
      !parse_choice ("--arms", choices->arms, arms, &chosen[1], error) ||
      !parse_choice ("--kernel", choices->kernel, kernels, &chosen[2], error))
    return FALSE;
  options->sex = (SagPhantomSex) chosen[0];
  options->arms = (SagPhantomArms) chosen[1];
  options->kernel = (SagPhantomKernel) chosen[2];
  return TRUE;
}

static void
choices_clear (Choices *choices)
{
  g_free (choices->folder);
  g_free (choices->findings);
  g_free (choices->orientation);
  g_free (choices->spacing);
  g_free (choices->shares);
  g_free (choices->sex);
  g_free (choices->arms);
  g_free (choices->kernel);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Choices, choices_clear)

static void
show_progress (guint n_done, gpointer user_data)
{
  const SagCohort *cohort = user_data;

  sag_cli_progress ("phantoms", n_done / (double) cohort->n);
}

static gboolean
write_cohort (const Choices *choices, const SagPhantomOptions *options, GError **error)
{
  g_autofree char *manifest = g_build_filename (choices->folder, "manifest.csv", NULL);
  g_autofree char *wordings = g_build_filename (choices->folder, "test-wordings.csv", NULL);
  SagCohort        cohort = {
           .n = (guint) choices->count,
           .seed = (guint64) choices->seed,
           .folder = choices->folder,
           .share = { 0.8, 0.1, 0.1 },
  };

  memcpy (cohort.spacing_mm, options->spacing_mm, sizeof cohort.spacing_mm);
  if (choices->shares != NULL &&
      !sag_cli_triple (choices->shares, "--split-share", cohort.share, NULL))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "--split-share takes three numbers such as 0.8,0.1,0.1, not \"%s\".",
                   choices->shares);
      return FALSE;
    }
  if (!sag_cohort_write (&cohort, show_progress, &cohort, sag_cli_get_cancellable (), error))
    return FALSE;
  sag_cli_progress (NULL, 0);
  printf ("%s\n%s\n", manifest, wordings);
  return TRUE;
}

/* What does not go together, as a sentence; NULL if all does. */
static const char *
find_misuse (const Choices *choices, const SagPhantomOptions *options)
{
  gboolean particular = choices->findings || choices->orientation || choices->sex ||
                        choices->arms || choices->kernel || choices->enhanced || choices->simple ||
                        choices->visit;

  if (choices->folder == NULL)
    return "Say where the scans go: -o DIR";
  if (!choices->cohort && choices->shares != NULL)
    return "--split-share goes with --cohort";
  if (choices->cohort && particular)
    return "--cohort draws patients, findings and orientation itself";
  if (choices->count < 1 || choices->count > 1000000 || choices->seed < 0)
    return "--count is 1 to 1000000, and --seed is not negative";
  if (choices->visit < 0 || (choices->simple && choices->visit > 0))
    return "--visit is not negative, and --simple phantoms have one visit only";
  for (int a = 0; choices->spacing != NULL && a < 3; a++)
    if (!(options->spacing_mm[a] >= 0.3 && options->spacing_mm[a] <= 20))
      return "--spacing lies between 0.3 and 20 mm";
  if (choices->simple && options->findings >= SAG_FINDING_PNEUMOTHORAX_LEFT)
    return "--simple phantoms have only the first eight findings";
  return NULL;
}

static gboolean
parse_options (const Choices *choices, SagPhantomOptions *options, GError **error)
{
  options->seed = choices->seed;
  options->visit = (guint) choices->visit;
  options->orientation = choices->orientation;
  options->enhanced = choices->enhanced;
  options->anatomical = !choices->simple;
  return parse_findings (choices->findings, &options->findings, error) &&
         check_orientation (choices->orientation, error) &&
         parse_choices (choices, options, error) &&
         (choices->spacing == NULL || parse_spacing (choices->spacing, options->spacing_mm, error));
}

int
sag_cli_phantom (int argc, char **argv)
{
  g_autofree char *list = dup_all_findings (",\n");
  g_autofree char *about =
    g_strconcat ("Makes synthetic chest CTs with exact label maps. No patient is behind them."
                 "\n\nFindings: ",
                 list, ".", NULL);
  g_auto (Choices) choices = { .count = 1, .seed = 1 };
  const GOptionEntry entries[] = {
    { "count", 'n', 0, G_OPTION_ARG_INT, &choices.count,
      "How many, with seeds counting up; 1 by default", "N" },
    { "seed", 's', 0, G_OPTION_ARG_INT64, &choices.seed,
      "The first seed; the same seed is the same patient", "S" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &choices.folder,
      "Folder for scans, label maps and JSON", "DIR" },
    { "findings", 0, 0, G_OPTION_ARG_STRING, &choices.findings,
      "What is wrong with the patient, by comma", "LIST" },
    { "orientation", 0, 0, G_OPTION_ARG_STRING, &choices.orientation,
      "How the axes are stored, for example LPS", "XYZ" },
    { "spacing", 0, 0, G_OPTION_ARG_STRING, &choices.spacing,
      "Voxel size in mm along the stored axes; 2 by default, 3 for a cohort", "X,Y,Z" },
    { "sex", 0, 0, G_OPTION_ARG_STRING, &choices.sex, "female or male; by default the seed says",
      "SEX" },
    { "arms", 0, 0, G_OPTION_ARG_STRING, &choices.arms, "up or down; by default the seed says",
      "WHERE" },
    { "kernel", 0, 0, G_OPTION_ARG_STRING, &choices.kernel,
      "Reconstruction: soft, medium or sharp; by default the seed says", "NAME" },
    { "visit", 0, 0, G_OPTION_ARG_INT, &choices.visit,
      "The same patients on another day, with another breath; 0 by default", "N" },
    { "enhanced", 0, 0, G_OPTION_ARG_NONE, &choices.enhanced,
      "With contrast medium in heart and vessels", NULL },
    { "simple", 0, 0, G_OPTION_ARG_NONE, &choices.simple,
      "Few large shapes instead of a whole chest: quick, for tests", NULL },
    { "cohort", 0, 0, G_OPTION_ARG_NONE, &choices.cohort,
      "Draw each patient's findings at random, and write a manifest to train on", NULL },
    { "split-share", 0, 0, G_OPTION_ARG_STRING, &choices.shares,
      "Of a cohort: training, validation, test; 0.8,0.1,0.1 by default", "A,B,C" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  SagPhantomOptions options = { 0 };
  const char       *misuse;

  if (!sag_cli_parse (argc, argv, "phantom --count N --seed S -o DIR", about, entries, 0, 0, &rest))
    return SAG_CLI_USAGE;
  if (!parse_options (&choices, &options, &error))
    return sag_cli_fail (error);
  misuse = find_misuse (&choices, &options);
  if (misuse != NULL)
    return sag_cli_usage (argv[0], "%s", misuse);
  sag_cli_get_cancellable ();
  if (choices.cohort ? !write_cohort (&choices, &options, &error)
                     : !write_all (&options, choices.count, choices.folder, &error))
    return sag_cli_fail (error);
  return SAG_CLI_DONE;
}
