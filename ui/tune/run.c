/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/run.h"

#include "model/core/file.h"
#include "ui/project/project.h"
#include "ui/tune/choice.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define NICE 10
#define MOST_SAID 65536

struct _SagUiTuneRun
{
  GObject parent;

  char         *folder;
  char         *project;
  char         *title;
  char         *parent_bundle;
  char         *adopted;
  char         *problem;
  gint64        begun;
  GSubprocess  *child;
  SagTuneStatus status;
  gboolean      has_status;
  SagTuneWish   wish;
  GArray       *lines;
  goffset       offset;
  gboolean      is_reading; /* the lines for the first time */
  gboolean      has_read;
};

G_DEFINE_FINAL_TYPE (SagUiTuneRun, sag_ui_tune_run, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static char *
dup_path (SagUiTuneRun *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

/* What it was started with says what it is. */
static void
read_command (SagUiTuneRun *self)
{
  g_autofree char *path = dup_path (self, "command.json");
  g_auto (GStrv) words = sag_tune_command_load (self->folder, NULL);
  GStatBuf facts;

  if (words == NULL || words[0] == NULL || words[1] == NULL)
    return;
  g_free (self->project);
  g_free (self->title);
  self->project = g_strdup (words[1]);
  self->title = g_path_get_basename (words[1]);
  if (g_str_has_suffix (self->title, SAG_UI_PROJECT_SUFFIX))
    self->title[strlen (self->title) - strlen (SAG_UI_PROJECT_SUFFIX)] = 0;
  for (char **word = words + 2; word[0] != NULL && word[1] != NULL; word++)
    if (g_str_equal (word[0], "--bundle") || g_str_equal (word[0], "-b"))
      {
        g_free (self->parent_bundle);
        self->parent_bundle = g_strdup (word[1]);
      }
  if (g_stat (path, &facts) == 0)
    self->begun = facts.st_mtime;
}

/* The newest of what the process complained about. */
static char *
dup_complaint (SagUiTuneRun *self)
{
  g_autofree char *path = dup_path (self, "problems.txt");
  g_autofree char *text = sag_file_load (path, MOST_SAID, NULL, NULL);
  g_auto (GStrv) lines = text != NULL ? g_strsplit (g_strstrip (text), "\n", -1) : NULL;
  guint       n = lines != NULL ? g_strv_length (lines) : 0;
  const char *line = n > 0 ? lines[n - 1] : "";

  if (g_str_has_prefix (line, "sagitta-cli: "))
    line += strlen ("sagitta-cli: ");
  return *line != 0 ? g_strdup (line) : NULL;
}

/* What a killed process had done after its last checkpoint is done again; what is watched follows its step. */
static gboolean
comes_again (const SagTuneLine *last, const SagTuneLine *line)
{
  return last->fold == line->fold &&
         (last->step > line->step ||
          (last->step == line->step && (last->watched || !line->watched)));
}

static gboolean
add_lines (SagUiTuneRun *self, const GArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    {
      const SagTuneLine *line = &g_array_index (lines, SagTuneLine, i);
      guint              n = self->lines->len;

      while (n > 0 && comes_again (&g_array_index (self->lines, SagTuneLine, n - 1), line))
        n--;
      g_array_set_size (self->lines, n);
      g_array_append_val (self->lines, *line);
    }
  return lines->len > 0;
}

static gboolean
read_new_lines (SagUiTuneRun *self)
{
  g_autoptr (GArray) lines = NULL;

  if (!self->has_read)
    return FALSE;
  lines = sag_tune_log_read (self->folder, &self->offset);
  return add_lines (self, lines);
}

/* Log: the lines that there are, and where they end. */
typedef struct
{
  char   *folder;
  GArray *lines;
  goffset offset;
} Log;

static void
log_free (gpointer data)
{
  Log *log = data;

  g_free (log->folder);
  g_clear_pointer (&log->lines, g_array_unref);
  g_free (log);
}

static void
log_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Log *log = data;

  log->lines = sag_tune_log_read (log->folder, &log->offset);
  g_task_return_boolean (task, TRUE);
}

static void
log_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiTuneRun *self = SAG_UI_TUNE_RUN (source);
  const Log    *log = g_task_get_task_data (G_TASK (result));

  self->is_reading = FALSE;
  self->has_read = TRUE;
  self->offset = log->offset;
  add_lines (self, log->lines);
  read_new_lines (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
sag_ui_tune_run_read_lines (SagUiTuneRun *self)
{
  g_autoptr (GTask) task = NULL;
  Log *log;

  if (self->is_reading || self->has_read)
    return;
  self->is_reading = TRUE;
  log = g_new0 (Log, 1);
  log->folder = g_strdup (self->folder);
  task = g_task_new (self, NULL, log_cb, NULL);
  g_task_set_task_data (task, log, log_free);
  g_task_run_in_thread (task, log_thread);
}

static gboolean
is_alive (SagUiTuneRun *self)
{
  return self->child != NULL || (self->has_status && self->status.alive);
}

gboolean
sag_ui_tune_run_poll (SagUiTuneRun *self)
{
  const SagUiTuneStage before = sag_ui_tune_run_get_stage (self);
  g_auto (SagTuneStatus) status = { 0 };

  if (sag_tune_status_load (self->folder, &status, NULL))
    {
      sag_tune_status_clear (&self->status);
      self->status = status;
      status.message = NULL;
      self->has_status = TRUE;
    }
  else
    self->status.alive = FALSE;
  self->wish = sag_tune_control_get (self->folder);
  g_free (self->problem);
  self->problem = is_alive (self)                ? NULL
                  : self->status.message != NULL ? g_strdup (self->status.message)
                  : sag_ui_tune_run_get_stage (self) == SAG_UI_TUNE_FAILED ? dup_complaint (self)
                                                                           : NULL;
  if (read_new_lines (self) || is_alive (self) || before != sag_ui_tune_run_get_stage (self))
    g_signal_emit (self, signals[CHANGED], 0);
  return is_alive (self);
}

SagUiTuneStage
sag_ui_tune_run_get_stage (SagUiTuneRun *self)
{
  static const SagUiTuneStage stages[SAG_N_TUNE_STATES] = {
    SAG_UI_TUNE_PREPARING, SAG_UI_TUNE_TRAINING, SAG_UI_TUNE_PAUSED, SAG_UI_TUNE_MEASURING,
    SAG_UI_TUNE_DONE,      SAG_UI_TUNE_STOPPED,  SAG_UI_TUNE_FAILED,
  };

  if (self->status.alive && self->status.state <= SAG_TUNE_MEASURING)
    {
      if (self->wish == SAG_TUNE_STOP)
        return SAG_UI_TUNE_STOPPING;
      if (self->wish == SAG_TUNE_PAUSE && self->status.state <= SAG_TUNE_TRAINING)
        return SAG_UI_TUNE_PAUSING;
      return stages[self->status.state];
    }
  if (self->child != NULL)
    return SAG_UI_TUNE_STARTING;
  if (!self->has_status)
    return SAG_UI_TUNE_FAILED;
  return self->status.state <= SAG_TUNE_MEASURING ? SAG_UI_TUNE_DIED : stages[self->status.state];
}

/* What an earlier life said would be taken for what this one says, should it fail before it has a word. */
static void
forget_status (SagUiTuneRun *self)
{
  g_autofree char *path = dup_path (self, "status.json");

  if (is_alive (self))
    return;
  g_unlink (path);
  sag_tune_status_clear (&self->status);
  self->status = (SagTuneStatus){ .loss = NAN, .seconds_left = NAN };
  self->has_status = FALSE;
}

/* Between fork and exec: only what is safe there. */
static void
set_up_child (gpointer data)
{
  setsid ();
  setpriority (PRIO_PROCESS, 0, NICE);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiTuneRun) self = user_data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  if (self->child == G_SUBPROCESS (source))
    g_clear_object (&self->child);
  sag_ui_tune_run_poll (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Of a run that has not got as far as its snapshot nothing can be gone on with. */
static char **
dup_arguments (SagUiTuneRun *self, GError **error)
{
  g_autofree char *known = g_build_filename (self->folder, "snapshot", "snapshot.json", NULL);
  char           **words = sag_tune_command_load (self->folder, error);
  guint            n = words != NULL ? g_strv_length (words) : 0;

  if (n > 0 && !g_file_test (known, G_FILE_TEST_EXISTS))
    g_clear_pointer (&words[n - 1], g_free);
  return words;
}

static GSubprocess *
spawn (SagUiTuneRun *self, const char *program, char **arguments, GError **error)
{
  g_autofree char *said = dup_path (self, "said.txt");
  g_autofree char *problems = dup_path (self, "problems.txt");
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  g_ptr_array_add (words, (gpointer) program);
  for (char **word = arguments; *word != NULL; word++)
    g_ptr_array_add (words, *word);
  g_ptr_array_add (words, NULL);
  g_subprocess_launcher_set_stdout_file_path (launcher, said);
  g_subprocess_launcher_set_stderr_file_path (launcher, problems);
  g_subprocess_launcher_set_child_setup (launcher, set_up_child, NULL, NULL);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *) words->pdata, error);
}

gboolean
sag_ui_tune_run_start (SagUiTuneRun *self, const char *const *arguments, GError **error)
{
  g_autofree char *program = sag_ui_tune_find_program ();
  g_auto (GStrv) words = NULL;

  if (program == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                           _ ("The program sagitta-cli, which trains, is not beside this one; "
                              "install Sagitta again."));
      return FALSE;
    }
  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   /* Translators: a folder, then the system's reason. */
                   _ ("The folder %s cannot be made: %s."), self->folder, g_strerror (errno));
      return FALSE;
    }
  if (arguments != NULL && !sag_tune_command_save (self->folder, arguments, error))
    return FALSE;
  words = arguments != NULL ? g_strdupv ((char **) arguments) : dup_arguments (self, error);
  if (words == NULL)
    return FALSE;
  sag_tune_control_set (self->folder, SAG_TUNE_RUN, NULL);
  forget_status (self);
  self->child = spawn (self, program, words, error);
  if (self->child == NULL)
    return FALSE;
  g_subprocess_wait_async (self->child, NULL, ended_cb, g_object_ref (self));
  read_command (self);
  sag_ui_tune_run_poll (self);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

gboolean
sag_ui_tune_run_wish (SagUiTuneRun *self, SagTuneWish wish, GError **error)
{
  if (!sag_tune_control_set (self->folder, wish, error))
    return FALSE;
  sag_ui_tune_run_poll (self);
  return TRUE;
}

gboolean
sag_ui_tune_run_is_working (SagUiTuneRun *self)
{
  return is_alive (self);
}

const char *
sag_ui_tune_run_get_folder (SagUiTuneRun *self)
{
  return self->folder;
}

const SagTuneStatus *
sag_ui_tune_run_get_status (SagUiTuneRun *self)
{
  return &self->status;
}

const GArray *
sag_ui_tune_run_get_lines (SagUiTuneRun *self)
{
  return self->lines;
}

const char *
sag_ui_tune_run_get_problem (SagUiTuneRun *self)
{
  return self->problem;
}

const char *
sag_ui_tune_run_get_title (SagUiTuneRun *self)
{
  return self->title;
}

const char *
sag_ui_tune_run_get_project (SagUiTuneRun *self)
{
  return self->project;
}

gint64
sag_ui_tune_run_get_begun (SagUiTuneRun *self)
{
  return self->begun;
}

const char *
sag_ui_tune_run_get_parent (SagUiTuneRun *self)
{
  return self->parent_bundle;
}

const char *
sag_ui_tune_run_get_adopted (SagUiTuneRun *self)
{
  return self->adopted;
}

void
sag_ui_tune_run_set_adopted (SagUiTuneRun *self, const char *folder)
{
  g_autofree char *path = dup_path (self, "adopted");

  g_free (self->adopted);
  self->adopted = g_strdup (folder);
  sag_file_save_unsynced (path, folder, strlen (folder), NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

SagUiTuneRun *
sag_ui_tune_run_new (const char *folder)
{
  SagUiTuneRun    *self = g_object_new (SAG_UI_TYPE_TUNE_RUN, NULL);
  g_autofree char *adopted = NULL;

  self->folder = g_strdup (folder);
  self->title = g_path_get_basename (folder);
  self->project = g_strdup ("");
  adopted = dup_path (self, "adopted");
  self->adopted = sag_file_load (adopted, MOST_SAID, NULL, NULL);
  read_command (self);
  return self;
}

static void
sag_ui_tune_run_finalize (GObject *object)
{
  SagUiTuneRun *self = SAG_UI_TUNE_RUN (object);

  g_clear_object (&self->child);
  sag_tune_status_clear (&self->status);
  g_array_unref (self->lines);
  g_free (self->folder);
  g_free (self->project);
  g_free (self->title);
  g_free (self->parent_bundle);
  g_free (self->adopted);
  g_free (self->problem);
  G_OBJECT_CLASS (sag_ui_tune_run_parent_class)->finalize (object);
}

static void
sag_ui_tune_run_class_init (SagUiTuneRunClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_tune_run_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_tune_run_init (SagUiTuneRun *self)
{
  self->lines = g_array_new (FALSE, FALSE, sizeof (SagTuneLine));
  self->status = (SagTuneStatus){ .loss = NAN, .seconds_left = NAN };
}
