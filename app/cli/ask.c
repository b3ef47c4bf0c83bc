/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"

#include "model/answer/map.h"
#include "model/core/error.h"
#include "model/text/task-list.h"

#include <stdio.h>

typedef struct
{
  SagCliModel model;
  SagCliAsk   ask;
  char      **tasks;
  char       *tasks_file;
  char       *shift;
  gboolean    json;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  sag_cli_model_clear (&self->model);
  g_strfreev (self->ask.texts);
  g_free (self->ask.lungs);
  g_free (self->ask.heatmaps);
  g_strfreev (self->tasks);
  g_free (self->tasks_file);
  g_free (self->shift);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
parse (Arguments *self, int argc, char **argv, char ***files)
{
  SagCliAsk         *ask = &self->ask;
  const GOptionEntry entries[] = {
    { "task", 't', 0, G_OPTION_ARG_STRING_ARRAY, &self->tasks,
      "What to ask, in plain words; may be repeated", "TEXT" },
    { "tasks", 0, 0, G_OPTION_ARG_FILENAME, &self->tasks_file,
      "Tasks from a file, one a line, or a JSON list", "FILE" },
    { "heatmaps", 'm', 0, G_OPTION_ARG_FILENAME, &ask->heatmaps,
      "Write score maps on the scan's own grid", "DIR" },
    { "raw", 0, 0, G_OPTION_ARG_NONE, &ask->raw, "Maps show raw cells instead of a smooth map",
      NULL },
    { "evidence", 0, 0, G_OPTION_ARG_NONE, &ask->evidence,
      "Also map how the number falls when a part is hidden", NULL },
    { "robust", 0, 0, G_OPTION_ARG_NONE, &ask->robust,
      "Also ask in other words, boxes, and with controls", NULL },
    { "lungs", 0, 0, G_OPTION_ARG_FILENAME, &ask->lungs, "Lung mask or TotalSegmentator map",
      "FILE" },
    { "shift", 0, 0, G_OPTION_ARG_STRING, &self->shift, "Move the analysed box by mm along R, A, S",
      "X,Y,Z" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &ask->force,
      "Give numbers even where the scan is out of scope", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &self->json, "Print one JSON document", NULL },
    SAG_CLI_MODEL_ENTRIES (self->model),
    { NULL },
  };

  return sag_cli_parse (argc, argv, "ask FILE... --task TEXT",
                        "Asks each scan every task, and prints the probability of the class head "
                        "and the highest\nscore of the patch head.",
                        entries, 1, -1, files);
}

static gboolean
collect_texts (Arguments *self, GError **error)
{
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  g_auto (GStrv) of_file = NULL;

  if (self->tasks_file != NULL)
    {
      of_file = sag_tasks_load (self->tasks_file, error);
      if (of_file == NULL)
        return FALSE;
    }
  if (self->tasks != NULL)
    g_strv_builder_addv (texts, (const char **) self->tasks);
  if (of_file != NULL)
    g_strv_builder_addv (texts, (const char **) of_file);
  self->ask.texts = g_strv_builder_end (texts);
  if (!sag_cli_check_texts (self->ask.texts, error))
    return FALSE;
  if (self->ask.texts[0] == NULL)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "There is nothing to ask; say for example "
                         "--task \"Diagnose the presence of pleural effusion around the lungs\".");
  else if (self->ask.evidence && self->ask.heatmaps == NULL)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "--evidence writes a map; say where with --heatmaps DIR.");
  else
    return self->shift == NULL ||
           sag_cli_triple (self->shift, "--shift", self->ask.shift_mm, error);
  return FALSE;
}

/* Maps are named after the scan's file, so two of one name would overwrite each other. */
static gboolean
check_names (char **files, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; files[i] != NULL; i++)
    {
      char *name = sag_case_dup_name (files[i]);

      if (g_hash_table_add (seen, name))
        continue;
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "Two scans are called %s, and so would be their heatmaps; ask them one by one, "
                   "each with a folder of its own.",
                   name);
      return FALSE;
    }
  return TRUE;
}

/* One file after the other; the rest goes on when one fails. */
static int
ask_files (Arguments *self, SagEngine *engine, char **files, SagJsonWriter *writer)
{
  int code = SAG_CLI_DONE;

  for (gsize i = 0; files[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SagCliCase) one = sag_cli_case_new (engine, files[i], &self->ask, &error);

      if (one == NULL)
        {
          sag_cli_fail (error);
          code = SAG_CLI_FAILED;
          if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            break;
          continue;
        }
      if (writer != NULL)
        {
          sag_json_begin_object (writer, NULL);
          sag_cli_case_write (one, engine, writer);
          sag_json_end_object (writer);
        }
      else
        sag_cli_case_print (one, engine);
      if (one->answers == NULL)
        {
          sag_cli_case_refuse (one, &error);
          sag_cli_fail (error);
          code = SAG_CLI_FAILED;
        }
    }
  return code;
}

int
sag_cli_ask (int argc, char **argv)
{
  g_auto (Arguments) self = { 0 };
  g_auto (GStrv) files = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagEngine) engine = NULL;
  g_autoptr (SagJsonWriter) writer = NULL;
  g_autofree char *document = NULL;
  gboolean         several;
  int              code;

  if (!parse (&self, argc, argv, &files))
    return SAG_CLI_USAGE;
  sag_cli_get_cancellable ();
  if (!collect_texts (&self, &error) || (self.ask.heatmaps != NULL && !check_names (files, &error)))
    return sag_cli_fail (error);
  engine = sag_cli_open_engine (&self.model, &error);
  if (engine == NULL)
    return sag_cli_fail (error);
  if (!self.json)
    return ask_files (&self, engine, files, NULL);

  writer = sag_json_writer_new ();
  several = files[1] != NULL;
  if (several)
    sag_json_begin_array (writer, NULL);
  code = ask_files (&self, engine, files, writer);
  if (several)
    sag_json_end_array (writer);
  document = sag_json_writer_finish (writer);
  if (document[0] != '\n')
    fputs (document, stdout);
  return code;
}
