/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"
#include "app/cli/table.h"

#include "model/core/error.h"
#include "model/core/number.h"
#include "model/dataset/compose.h"

#include <stdio.h>
#include <string.h>

typedef struct
{
  SagComposeOptions options;
  char            **tables;
  char            **skip;
  char             *images;
  char             *masks;
  char             *nodules;
  char             *image_column;
  char             *patient_column;
  char *template;
  char    *organ;
  char    *shares;
  char    *balance;
  char    *organ_tasks;
  char    *output;
  int      nodule_repeat;
  gint64   seed;
  gboolean json;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_strfreev (self->tables);
  g_strfreev (self->skip);
  g_free (self->images);
  g_free (self->masks);
  g_free (self->nodules);
  g_free (self->image_column);
  g_free (self->patient_column);
  g_free (self->template);
  g_free (self->organ);
  g_free (self->shares);
  g_free (self->balance);
  g_free (self->organ_tasks);
  g_free (self->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
parse (Arguments *self, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output,
      "The manifest: .csv, or .jsonl for JSON Lines", "FILE" },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &self->images,
      "Folder of the scans that tables name without a path", "DIR" },
    { "masks", 0, 0, G_OPTION_ARG_FILENAME, &self->masks,
      "Folder of TotalSegmentator v2 maps, called as their scans", "DIR" },
    { "nodules", 0, 0, G_OPTION_ARG_FILENAME, &self->nodules,
      "Folder of nodule masks, called as their scans", "DIR" },
    { "shares", 0, 0, G_OPTION_ARG_STRING, &self->shares,
      "Train, validation, test of patients without a split: 0.8,0.1,0.1", "A,B,C" },
    { "balance", 0, 0, G_OPTION_ARG_STRING, &self->balance,
      "Negatives as many as positives in: train (default), all or none", "NAME" },
    { "organs", 0, 0, G_OPTION_ARG_DOUBLE, &self->options.organ_share,
      "Share of samples that come again with an organ task; 0.1", "SHARE" },
    { "organ-tasks", 0, 0, G_OPTION_ARG_STRING, &self->organ_tasks,
      "In the words of: code (default) or paper", "NAME" },
    { "nodule-repeat", 0, 0, G_OPTION_ARG_INT, &self->nodule_repeat,
      "How often a nodule mask comes in training; 10", "N" },
    { "template", 0, 0, G_OPTION_ARG_STRING, &self->template,
      "Sentence for labels the catalogue does not know: {label}, {organ}", "TEXT" },
    { "organ", 0, 0, G_OPTION_ARG_STRING, &self->organ, "For {organ}; chest by default", "NAME" },
    { "skip", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->skip,
      "A column to leave alone; may be repeated", "NAME" },
    { "image-column", 0, 0, G_OPTION_ARG_STRING, &self->image_column, "Which column names the scan",
      "NAME" },
    { "patient-column", 0, 0, G_OPTION_ARG_STRING, &self->patient_column,
      "Which column names the patient", "NAME" },
    { "seed", 's', 0, G_OPTION_ARG_INT64, &self->seed, "Of everything random; 1 by default", "S" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &self->json, "Print one JSON document", NULL },
    { NULL },
  };

  self->seed = 1;
  self->nodule_repeat = 10;
  self->options.organ_share = 0.1;
  return sag_cli_parse (
    argc, argv, "compose TABLE... -o MANIFEST",
    "Makes questions of label tables and masks, as the paper does, for train and evaluate.\n\n"
    "A table (CSV or JSON Lines) has a row for each scan: CT-RATE's, INSPECT's, or any with\n"
    "img_file_path, patient_id, split and a column for each label.",
    entries, 1, -1, &self->tables);
}

static gboolean
read_shares (Arguments *self, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (self->shares != NULL ? self->shares : "1,0,0", ",", 4);
  gboolean ok = g_strv_length (parts) == SAG_N_SPLITS;
  double   sum = 0;

  for (int s = 0; ok && s < SAG_N_SPLITS; s++)
    {
      ok = sag_number_parse (g_strstrip (parts[s]), &self->options.shares[s]) &&
           self->options.shares[s] >= 0;
      sum += self->options.shares[s];
    }
  if (ok && sum > 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "--shares takes three shares such as 0.8,0.1,0.1, not \"%s\".", self->shares);
  return FALSE;
}

/* Which of @names @text is; NULL is the first. */
static gboolean
read_choice (
  const char *option, const char *text, const char *const *names, int *choice, GError **error)
{
  g_autofree char *all = g_strjoinv (" or ", (char **) names);

  *choice = 0;
  if (text == NULL)
    return TRUE;
  for (int i = 0; names[i] != NULL; i++)
    if (strcmp (text, names[i]) == 0)
      {
        *choice = i;
        return TRUE;
      }
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "%s takes %s, not \"%s\".", option, all, text);
  return FALSE;
}

static gboolean
check (Arguments *self, GError **error)
{
  static const char *const balances[] = { "train", "all", "none", NULL };
  static const char *const words[] = { "code", "paper", NULL };
  SagComposeOptions       *options = &self->options;
  int                      balance, paper;

  if (!read_shares (self, error) ||
      !read_choice ("--balance", self->balance, balances, &balance, error) ||
      !read_choice ("--organ-tasks", self->organ_tasks, words, &paper, error))
    return FALSE;
  if (self->output == NULL)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "Say where the manifest goes: -o MANIFEST.csv.");
  else if (!(options->organ_share >= 0 && options->organ_share <= 100))
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "--organs takes a share from 0, such as 0.1.");
  else if (self->nodule_repeat < 1 || self->nodule_repeat > 1000 || self->seed < 0)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "--nodule-repeat takes 1 to 1000, and --seed is not negative.");
  else if (self->template != NULL && strstr (self->template, "{label}") == NULL)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "--template has no {label} in it, so that all labels would be one task.");
  else
    {
      options->balance = (SagComposeBalance) balance;
      options->paper_organs = paper == 1;
      return TRUE;
    }
  return FALSE;
}

static void
fill_options (Arguments *self)
{
  SagComposeOptions *options = &self->options;

  options->tables = (const char *const *) self->tables;
  options->skip = (const char *const *) self->skip;
  options->images = self->images;
  options->masks = self->masks;
  options->nodules = self->nodules;
  options->image_column = self->image_column;
  options->patient_column = self->patient_column;
  options->template = self->template;
  options->organ = self->organ;
  options->nodule_repeat = (guint) self->nodule_repeat;
  options->seed = (guint64) self->seed;
}

static void
add_splits (SagCliTable *table, const gsize values[SAG_N_SPLITS])
{
  for (int s = 0; s < SAG_N_SPLITS; s++)
    sag_cli_table_add (table, "%zu", values[s]);
}

static void
print_splits (const SagComposeCounts *counts)
{
  const char *const heading[] = { "", "train", "val", "test", NULL };
  g_autoptr (SagCliTable) table = sag_cli_table_new (heading);

  sag_cli_table_begin (table, "patients");
  add_splits (table, counts->n_patients);
  sag_cli_table_begin (table, "scans");
  add_splits (table, counts->n_scans);
  sag_cli_table_begin (table, "rows of the manifest");
  add_splits (table, counts->n_rows);
  sag_cli_table_print (table);
}

static gsize
sum_of (const gsize values[SAG_N_SPLITS])
{
  return values[0] + values[1] + values[2];
}

static void
add_pairs (SagCliTable *table, const SagComposeTask *task)
{
  for (int s = 0; s < SAG_N_SPLITS; s++)
    if (task->column != NULL)
      sag_cli_table_add (table, "%zu + %zu", task->n_positives[s], task->n_negatives[s]);
    else
      sag_cli_table_add (table, "%zu", task->n_positives[s]);
}

static void
print_tasks (const SagComposition *made)
{
  const char *const heading[] = {
    "positives + negatives, or masks", "train", "val", "test", "left out", "censored", "empty", NULL
  };
  g_autoptr (SagCliTable) table = sag_cli_table_new (heading);

  sag_cli_table_set_longest_name (table, 64);
  for (gsize i = 0; i < sag_composition_get_n_tasks (made); i++)
    {
      const SagComposeTask *task = sag_composition_get_task (made, i);

      sag_cli_table_begin (table, task->question);
      add_pairs (table, task);
      if (task->column == NULL)
        continue;
      sag_cli_table_add (table, "%zu", sum_of (task->n_left_out));
      sag_cli_table_add (table, "%zu", task->n_censored);
      sag_cli_table_add (table, "%zu", task->n_empty);
    }
  sag_cli_table_print (table);
}

static void
print_sentences (const Arguments *self, const SagComposition *made)
{
  static const char *const where[] = { "in the split train", "in every split", "nowhere" };
  const SagComposeCounts  *counts = sag_composition_get_counts (made);
  const char *const       *warnings = sag_composition_get_warnings (made);

  printf (SAG_CLI_LABEL "as many as positives %s, drawn with seed %" G_GINT64_FORMAT "\n",
          "negatives", where[self->options.balance], self->seed);
  if (counts->n_with_masks > 0)
    printf (SAG_CLI_LABEL "%zu rows, %g of the samples again, of %zu scans with masks\n", "organs",
            counts->n_organ_rows, self->options.organ_share, counts->n_with_masks);
  if (counts->n_nodule_masks > 0)
    printf (SAG_CLI_LABEL "%zu rows of %zu masks, each %d times in training\n", "nodules",
            counts->n_nodule_rows, counts->n_nodule_masks, self->nodule_repeat);
  for (gsize i = 0; warnings[i] != NULL; i++)
    sag_cli_print_sentence (i == 0 ? "note" : "", warnings[i]);
  printf (SAG_CLI_LABEL "%s\n", "written", self->output);
}

static void
print_json (const SagComposition *made)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *document = NULL;

  sag_json_begin_object (writer, NULL);
  sag_composition_write (made, writer);
  sag_json_end_object (writer);
  document = sag_json_writer_finish (writer);
  fputs (document, stdout);
}

int
sag_cli_compose (int argc, char **argv)
{
  g_auto (Arguments) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SagComposition) made = NULL;

  if (!parse (&self, argc, argv))
    return SAG_CLI_USAGE;
  if (!check (&self, &error))
    return sag_cli_fail (error);
  fill_options (&self);
  made = sag_compose (&self.options, &error);
  if (made == NULL || !sag_composition_save (made, self.output, &error))
    return sag_cli_fail (error);
  if (self.json)
    print_json (made);
  else
    {
      print_splits (sag_composition_get_counts (made));
      print_tasks (made);
      print_sentences (&self, made);
    }
  return SAG_CLI_DONE;
}
