/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/runs.h"

#include <string.h>

#define POLL_MS 400

struct _SagUiTuneRuns
{
  GObject parent;

  char      *folder;
  GPtrArray *runs;
  guint      timer;
};

static void list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SagUiTuneRuns,
                               sag_ui_tune_runs,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  ENDED,
  N_SIGNALS
};

static guint          signals[N_SIGNALS];
static SagUiTuneRuns *the_default; /* weak */

static GType
get_item_type (GListModel *model)
{
  return SAG_UI_TYPE_TUNE_RUN;
}

static guint
get_n_items (GListModel *model)
{
  return SAG_UI_TUNE_RUNS (model)->runs->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SagUiTuneRuns *self = SAG_UI_TUNE_RUNS (model);

  return position < self->runs->len ? g_object_ref (self->runs->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static gboolean
poll_cb (gpointer user_data)
{
  SagUiTuneRuns *self = user_data;
  g_autoptr (GPtrArray) working = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = 0;

  for (guint i = 0; i < self->runs->len; i++)
    if (sag_ui_tune_run_is_working (self->runs->pdata[i]))
      g_ptr_array_add (working, g_object_ref (self->runs->pdata[i]));
  for (guint i = 0; i < working->len; i++)
    n += sag_ui_tune_run_poll (working->pdata[i]);
  if (n > 0)
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
follow (SagUiTuneRuns *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add (POLL_MS, poll_cb, self);
}

/* However it is learned of: by the timer, or by the end of the process. */
static void
changed_cb (SagUiTuneRun *run, SagUiTuneRuns *self)
{
  const gboolean was = g_object_get_data (G_OBJECT (run), "was-working") != NULL;
  const gboolean is = sag_ui_tune_run_is_working (run);

  g_object_set_data (G_OBJECT (run), "was-working", is ? run : NULL);
  if (is)
    follow (self);
  if (was && !is)
    g_signal_emit (self, signals[ENDED], 0, run);
}

static void
add (SagUiTuneRuns *self, SagUiTuneRun *run, int position)
{
  g_ptr_array_insert (self->runs, position, run);
  g_signal_connect_object (run, "changed", G_CALLBACK (changed_cb), self, 0);
}

static int
compare_newest (const void *a, const void *b)
{
  SagUiTuneRun *x = *(SagUiTuneRun *const *) a, *y = *(SagUiTuneRun *const *) b;
  const gint64  begun[] = { sag_ui_tune_run_get_begun (x), sag_ui_tune_run_get_begun (y) };

  if (begun[0] != begun[1])
    return begun[0] > begun[1] ? -1 : 1;
  return strcmp (sag_ui_tune_run_get_folder (y), sag_ui_tune_run_get_folder (x));
}

static void
load (SagUiTuneRuns *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = g_build_filename (self->folder, name, NULL);
      g_autofree char *command = g_build_filename (folder, "command.json", NULL);
      SagUiTuneRun    *run;

      if (!g_file_test (command, G_FILE_TEST_EXISTS))
        continue;
      run = sag_ui_tune_run_new (folder);
      add (self, run, -1);
      sag_ui_tune_run_poll (run);
    }
  g_ptr_array_sort (self->runs, compare_newest);
}

SagUiTuneRuns *
sag_ui_tune_runs_get_default (void)
{
  if (the_default != NULL)
    return g_object_ref (the_default);
  the_default = g_object_new (SAG_UI_TYPE_TUNE_RUNS, NULL);
  g_object_add_weak_pointer (G_OBJECT (the_default), (gpointer *) &the_default);
  the_default->folder = g_build_filename (g_get_user_data_dir (), "sagitta", "trainings", NULL);
  load (the_default);
  return the_default;
}

SagUiTuneRun *
sag_ui_tune_runs_find_working (SagUiTuneRuns *self)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (sag_ui_tune_run_is_working (self->runs->pdata[i]))
      return self->runs->pdata[i];
  return NULL;
}

/* "study-20260214-101530", and a number where that is taken. */
static char *
dup_new_folder (SagUiTuneRuns *self, const char *project)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *base = g_path_get_basename (project);
  char            *dot = strrchr (base, '.');
  g_autofree char *when = g_date_time_format (now, "%Y%m%d-%H%M%S");

  if (dot != NULL && dot != base)
    *dot = 0;
  for (int n = 1;; n++)
    {
      g_autofree char *number = n > 1 ? g_strdup_printf ("-%d", n) : g_strdup ("");
      g_autofree char *name = g_strdup_printf ("%s-%s%s", base, when, number);
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
}

SagUiTuneRun *
sag_ui_tune_runs_start (SagUiTuneRuns *self, const SagUiTuneChoice *choice, GError **error)
{
  g_autofree char *folder = dup_new_folder (self, choice->project);
  g_auto (GStrv) arguments = sag_ui_tune_choice_dup_arguments (choice, folder);
  g_autoptr (SagUiTuneRun) run = sag_ui_tune_run_new (folder);

  if (!sag_ui_tune_run_start (run, (const char *const *) arguments, error))
    return NULL;
  add (self, g_object_ref (run), 0);
  changed_cb (run, self);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, 1);
  return run;
}

gboolean
sag_ui_tune_runs_resume (SagUiTuneRuns *self, SagUiTuneRun *run, GError **error)
{
  return sag_ui_tune_run_start (run, NULL, error);
}

/* What a link points to is not the run's. */
static void
remove_tree (GFile *file)
{
  g_autoptr (GFileEnumerator) entries = g_file_enumerate_children (
    file, "standard::name,standard::type", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFileInfo *info;
  GFile     *child;

  while (entries != NULL && g_file_enumerator_iterate (entries, &info, &child, NULL, NULL) &&
         child != NULL)
    if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
      remove_tree (child);
    else
      g_file_delete (child, NULL, NULL);
  g_file_delete (file, NULL, NULL);
}

static void
remove_thread (GTask *task, gpointer source, gpointer folder, GCancellable *cancellable)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);

  remove_tree (file);
  g_task_return_boolean (task, TRUE);
}

void
sag_ui_tune_runs_discard (SagUiTuneRuns *self, SagUiTuneRun *run)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  guint position;

  if (sag_ui_tune_run_is_working (run) || !g_ptr_array_find (self->runs, run, &position))
    return;
  g_task_set_task_data (task, g_strdup (sag_ui_tune_run_get_folder (run)), g_free);
  g_task_run_in_thread (task, remove_thread);
  g_ptr_array_remove_index (self->runs, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

static void
sag_ui_tune_runs_finalize (GObject *object)
{
  SagUiTuneRuns *self = SAG_UI_TUNE_RUNS (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_ptr_array_unref (self->runs);
  g_free (self->folder);
  G_OBJECT_CLASS (sag_ui_tune_runs_parent_class)->finalize (object);
}

static void
sag_ui_tune_runs_class_init (SagUiTuneRunsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_tune_runs_finalize;
  signals[ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, SAG_UI_TYPE_TUNE_RUN);
}

static void
sag_ui_tune_runs_init (SagUiTuneRuns *self)
{
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
}
