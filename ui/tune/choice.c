/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/choice.h"

#include "model/core/json-reader.h"
#include "model/dataset/cache.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

SagUiTuneChoice *
sag_ui_tune_choice_copy (const SagUiTuneChoice *choice)
{
  SagUiTuneChoice *copy = g_memdup2 (choice, sizeof *choice);

  copy->project = g_strdup (choice->project);
  copy->bundle = g_strdup (choice->bundle);
  copy->tasks = g_strdupv (choice->tasks);
  copy->name = g_strdup (choice->name);
  return copy;
}

void
sag_ui_tune_choice_free (SagUiTuneChoice *choice)
{
  if (choice == NULL)
    return;
  g_free (choice->project);
  g_free (choice->bundle);
  g_strfreev (choice->tasks);
  g_free (choice->name);
  g_free (choice);
}

static void
add_number (GStrvBuilder *words, const char *option, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_strv_builder_add_many (words, option, g_ascii_formatd (buffer, sizeof buffer, "%g", value),
                           NULL);
}

char **
sag_ui_tune_choice_dup_arguments (const SagUiTuneChoice *choice, const char *folder)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  g_strv_builder_add_many (words, "train", choice->project, "--bundle", choice->bundle, NULL);
  g_strv_builder_add_many (words, "--what", sag_train_parts_to_string (choice->parts), NULL);
  for (char **key = choice->tasks; *key != NULL; key++)
    g_strv_builder_add_many (words, "--task", *key, NULL);
  if (choice->n_folds > 0)
    add_number (words, "--folds", choice->n_folds);
  else
    add_number (words, "--hold-out", choice->hold_out);
  if (choice->least_state > SAG_CASE_NEW)
    g_strv_builder_add_many (words, "--state", sag_case_state_to_string (choice->least_state),
                             NULL);
  if (choice->assisted)
    g_strv_builder_add (words, "--assisted");
  if (choice->n_threads > 0)
    add_number (words, "--threads", choice->n_threads);
  if (folder == NULL)
    g_strv_builder_add_many (words, "--estimate", "--json", NULL);
  else if (choice->name != NULL && *choice->name != 0)
    g_strv_builder_add_many (words, "--name", choice->name, NULL);
  if (folder != NULL)
    g_strv_builder_add_many (words, "-o", folder, NULL);
  return g_strv_builder_end (words);
}

char *
sag_ui_tune_find_program (void)
{
  const char      *said = g_getenv ("SAGITTA_CLI");
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : NULL;
  g_autofree char *path = said != NULL     ? g_strdup (said)
                          : folder != NULL ? g_build_filename (folder, "sagitta-cli", NULL)
                                           : NULL;

  return path != NULL && g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer (&path)
                                                                       : NULL;
}

/* Counting */

void
sag_ui_tune_counts_free (SagUiTuneCounts *counts)
{
  if (counts == NULL)
    return;
  g_clear_pointer (&counts->all, sag_snapshot_free);
  g_clear_pointer (&counts->chosen, sag_snapshot_free);
  g_free (counts->problem);
  g_free (counts);
}

typedef struct
{
  SagUiTuneChoice *choice;
  SagBundle       *bundle;
} Counting;

static void
counting_free (gpointer data)
{
  Counting *counting = data;

  sag_ui_tune_choice_free (counting->choice);
  g_clear_pointer (&counting->bundle, sag_bundle_unref);
  g_free (counting);
}

/* A task that the model cannot read in whole would be learned by half. */
static char *
find_conflict (SagBundle *bundle, const SagSnapshot *snapshot)
{
  const gint32  limit = sag_network_max_text (sag_bundle_get_network (bundle));
  SagTokenizer *tokenizer = sag_bundle_get_tokenizer (bundle);

  for (gsize t = 0; t < sag_snapshot_get_n_tasks (snapshot); t++)
    {
      const SagSnapshotTask *task = sag_snapshot_get_task (snapshot, t);
      gsize                  n;
      g_autofree gint32     *ids =
        task->left_out == NULL ? sag_tokenizer_encode (tokenizer, task->wording, &n) : NULL;

      if (ids != NULL && !sag_tokenizer_check (tokenizer, task->wording, NULL))
        return g_strdup_printf (
          /* Translators: a task's key. */
          _ ("The task “%s” is none of the questions of the open model, which reads no text; leave "
             "it out, or choose another model."),
          task->key);
      if (ids != NULL && n > (gsize) limit)
        return g_strdup_printf (
          /* Translators: a task's key; numbers of word pieces. */
          _ ("The task “%s” has %d word pieces and the model reads %d; shorten its wording."),
          task->key, (int) n, limit);
    }
  return NULL;
}

/* Something of each kind must be held out, or nobody learns whether it helped. */
static char *
find_unmeasured (const SagSnapshot *snapshot)
{
  gsize n = 0;

  for (gsize t = 0; t < sag_snapshot_get_n_tasks (snapshot); t++)
    {
      const SagSnapshotTask *task = sag_snapshot_get_task (snapshot, t);
      const int              h = SAG_SNAPSHOT_HELD_OUT;

      n += task->left_out == NULL &&
           (task->n_masks[h] > 0 || (task->n_present[h] > 0 && task->n_absent[h] > 0));
    }
  return n > 0
           ? NULL
           : g_strdup (_ ("Too few cases are held out: of no task there is one of each kind, so "
                          "nobody could say whether it helped. Hold more out, or take folds."));
}

static void
count_chosen (const Counting  *counting,
              SagStore        *store,
              const char      *cache,
              SagUiTuneCounts *counts,
              GCancellable    *cancellable)
{
  const SagUiTuneChoice *choice = counting->choice;
  SagSnapshotOptions     options = { .tasks = (const char *const *) choice->tasks,
                                     .assisted = choice->assisted,
                                     .least_state = choice->least_state,
                                     .hold_out = choice->hold_out,
                                     .n_folds = choice->n_folds,
                                     .seed = 1,
                                     .cache = cache };
  g_autoptr (GError) error = NULL;

  if (choice->tasks[0] == NULL)
    {
      counts->problem = g_strdup (_ ("Choose at least one task."));
      return;
    }
  counts->chosen = sag_snapshot_new (store, &options, NULL, cancellable, &error);
  if (counts->chosen == NULL)
    counts->problem = g_strdup (error->message);
  else
    counts->problem = find_unmeasured (counts->chosen);
  if (counts->problem == NULL && counting->bundle != NULL)
    counts->problem = find_conflict (counting->bundle, counts->chosen);
}

static void
count_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Counting    *counting = data;
  g_autofree char   *cache = sag_cache_dup_default_folder ();
  SagSnapshotOptions options = { .assisted = counting->choice->assisted,
                                 .least_state = counting->choice->least_state,
                                 .hold_out = 1,
                                 .cache = cache };
  g_autoptr (SagUiTuneCounts) counts = g_new0 (SagUiTuneCounts, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagStore) store =
    sag_store_open (counting->choice->project, SAG_STORE_READ, NULL, &error);

  if (store != NULL)
    counts->all = sag_snapshot_new (store, &options, NULL, cancellable, &error);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (counts->all == NULL)
    counts->problem = g_strdup (error->message);
  else
    count_chosen (counting, store, cache, counts, cancellable);
  g_task_return_pointer (task, g_steal_pointer (&counts), (GDestroyNotify) sag_ui_tune_counts_free);
}

void
sag_ui_tune_count_async (const SagUiTuneChoice *choice,
                         SagBundle             *bundle,
                         GCancellable          *cancellable,
                         GAsyncReadyCallback    callback,
                         gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Counting *counting = g_new0 (Counting, 1);

  counting->choice = sag_ui_tune_choice_copy (choice);
  counting->bundle = bundle != NULL ? sag_bundle_ref (bundle) : NULL;
  g_task_set_task_data (task, counting, counting_free);
  g_task_run_in_thread (task, count_thread);
}

SagUiTuneCounts *
sag_ui_tune_count_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The time */

static void
cancel_cb (GCancellable *cancellable, GSubprocess *child)
{
  g_subprocess_force_exit (child);
}

static double
read_seconds (const char *text, GError **error)
{
  g_autoptr (JsonNode) node = sag_json_parse (text, strlen (text), "estimate", error);
  double seconds;

  return node != NULL &&
             sag_json_get_number (json_node_get_object (node), "seconds", &seconds, error)
           ? seconds
           : -1;
}

static void
estimated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GSubprocess     *child = G_SUBPROCESS (source);
  g_autofree char *out = NULL;
  g_autofree char *problem = NULL;
  double          *seconds = g_new (double, 1);
  GError          *error = NULL;

  *seconds = -1;
  if (g_subprocess_communicate_utf8_finish (child, result, &out, &problem, &error) &&
      g_subprocess_get_successful (child))
    *seconds = read_seconds (out, &error);
  else if (error == NULL)
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED,
                                 problem != NULL && *problem != 0
                                   ? g_strstrip (problem)
                                   : _ ("The time could not be measured."));
  if (error == NULL)
    g_task_return_pointer (task, seconds, g_free);
  else
    {
      g_free (seconds);
      g_task_return_error (task, error);
    }
}

void
sag_ui_tune_estimate_async (const SagUiTuneChoice *choice,
                            GCancellable          *cancellable,
                            GAsyncReadyCallback    callback,
                            gpointer               user_data)
{
  GTask           *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *program = sag_ui_tune_find_program ();
  g_auto (GStrv) arguments = sag_ui_tune_choice_dup_arguments (choice, NULL);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GSubprocess) child = NULL;
  GError *error = NULL;

  g_ptr_array_add (words, program != NULL ? program : (char *) "sagitta-cli");
  for (char **word = arguments; *word != NULL; word++)
    g_ptr_array_add (words, *word);
  g_ptr_array_add (words, NULL);
  child =
    g_subprocess_newv ((const char *const *) words->pdata,
                       G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  if (child == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancel_cb), child, 0);
  g_subprocess_communicate_utf8_async (child, NULL, cancellable, estimated_cb, task);
}

double
sag_ui_tune_estimate_finish (GAsyncResult *result, GError **error)
{
  g_autofree double *seconds = g_task_propagate_pointer (G_TASK (result), error);

  return seconds != NULL ? *seconds : -1;
}
