/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"

#include "model/core/error.h"
#include "model/text/catalogue.h"

#include <glib/gstdio.h>
#include <stdio.h>

typedef struct
{
  SagCliModel model;
  SagCliAsk   ask;
  char      **tasks;
  char       *tasks_file;
  char       *shift;
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
    { "task", 't', 0, G_OPTION_ARG_STRING_ARRAY, &self->tasks, "What to ask, in plain words; may be repeated", "TEXT" },
    { "tasks", 0, 0, G_OPTION_ARG_FILENAME, &self->tasks_file, "Tasks from a file, one a line", "FILE" },
    { "heatmaps", 'm', 0, G_OPTION_ARG_FILENAME, &ask->heatmaps, "Write score maps on the scan's own grid", "DIR" },
    { "raw", 0, 0, G_OPTION_ARG_NONE, &ask->raw, "Maps show raw cells instead of a smooth map", NULL },
    { "evidence", 0, 0, G_OPTION_ARG_NONE, &ask->evidence, "Also map how the number falls when a part is hidden", NULL },
    { "robust", 0, 0, G_OPTION_ARG_NONE, &ask->robust, "Also ask in other words, boxes, and with controls", NULL },
    { "lungs", 0, 0, G_OPTION_ARG_FILENAME, &ask->lungs, "Lung mask or TotalSegmentator map", "FILE" },
    { "shift", 0, 0, G_OPTION_ARG_STRING, &self->shift, "Move the analysed box by mm along R, A, S", "X,Y,Z" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &ask->force, "Give numbers even where the scan is out of scope", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &ask->json, "Print one JSON document", NULL },
    SAG_CLI_MODEL_ENTRIES (self->model),
    { NULL },
  };

  return sag_cli_parse (argc, argv, "ask FILE... --task TEXT",
                        "Asks each scan every task: the probability of the class head and the scores of the patch head.",
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
  for (gsize i = 0; self->ask.texts[i] != NULL; i++)
    if (*g_strstrip (self->ask.texts[i]) == '\0' || !g_utf8_validate (self->ask.texts[i], -1, NULL))
      {
        g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "A task is empty or not UTF-8 text.");
        return FALSE;
      }
  if (self->ask.texts[0] == NULL)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "Nothing to ask. Say --task \"Diagnose the presence of pleural effusion around the lungs\".");
  else if (self->ask.evidence && self->ask.heatmaps == NULL)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "--evidence writes a map: say where with --heatmaps DIR.");
  else
    return self->shift == NULL || sag_cli_triple (self->shift, "--shift", self->ask.shift_mm, error);
  return FALSE;
}

static gboolean
make_folder (const char *folder, GError **error)
{
  if (folder == NULL || g_mkdir_with_parents (folder, 0777) == 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "Cannot make the folder %s; choose one that you may write to.", folder);
  return FALSE;
}

static void
scope_sentence (const SagCliCase *self)
{
  g_autofree char *reasons = g_strjoinv (" ", sag_prepared_get_scope (self->prepared)->reasons);

  fprintf (stderr, "sagitta-cli: %s: %s --force asks anyway.\n", self->name, reasons);
}

/* One file after the other; the rest goes on when one fails. */
static int
ask_files (Arguments *self, SagEngine *engine, char **files, SagJsonWriter *writer)
{
  int code = SAG_CLI_DONE;

  for (gsize i = 0; files[i] != NULL && !g_cancellable_is_cancelled (sag_cli_get_cancellable ()); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SagCliCase) one = sag_cli_case_new (engine, files[i], &self->ask, &error);

      if (one == NULL)
        {
          sag_cli_fail (error);
          code = SAG_CLI_FAILED;
          continue;
        }
      if (one->answers == NULL)
        {
          scope_sentence (one);
          code = SAG_CLI_FAILED;
        }
      if (writer == NULL)
        {
          sag_cli_case_print (one, engine);
          continue;
        }
      sag_json_begin_object (writer, NULL);
      sag_cli_case_write (one, engine, writer);
      sag_json_end_object (writer);
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
  if (!collect_texts (&self, &error) || !make_folder (self.ask.heatmaps, &error) || (engine = sag_cli_open_engine (&self.model, &error)) == NULL)
    return sag_cli_fail (error);
  if (!self.ask.json)
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
