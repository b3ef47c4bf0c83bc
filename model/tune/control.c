/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tune/control.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-reader.h"
#include "model/core/json-writer.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MOST_BYTES (1 << 20)
#define MOST_LOG_BYTES (1 << 28) /* of one reading */

static const char *const states[SAG_N_TUNE_STATES] = { "preparing", "training", "paused",
                                                       "measuring", "done",     "stopped",
                                                       "failed" };
static const char *const wishes[] = { "run", "pause", "stop" };

const char *
sag_tune_state_to_string (SagTuneState state)
{
  return states[state];
}

void
sag_tune_status_clear (SagTuneStatus *status)
{
  g_clear_pointer (&status->message, g_free);
}

gboolean
sag_tune_status_save (const char *folder, const SagTuneStatus *status, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "status.json", NULL);
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *text = NULL;

  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "state", states[status->state]);
  sag_json_integer (writer, "fold", status->fold);
  sag_json_integer (writer, "folds", status->n_folds);
  sag_json_integer (writer, "step", (gint64) status->step);
  sag_json_integer (writer, "steps", (gint64) status->n_steps);
  sag_json_integer (writer, "scans_done", (gint64) status->n_done);
  sag_json_integer (writer, "scans", (gint64) status->n);
  sag_json_number (writer, "loss", status->loss);
  sag_json_number (writer, "seconds_left", status->seconds_left);
  sag_json_string (writer, "message", status->message);
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  return sag_file_save_unsynced (path, text, strlen (text), error);
}

/* The log is locked by who writes it. */
static gboolean
is_alive (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "log.jsonl", NULL);
  int              fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean         alive = fd >= 0 && flock (fd, LOCK_SH | LOCK_NB) != 0;

  if (fd >= 0)
    close (fd);
  return alive;
}

static double
number_or_nan (JsonObject *object, const char *name)
{
  double value;

  return sag_json_get_number (object, name, &value, NULL) ? value : NAN;
}

static gboolean
read_counts (JsonObject *object, SagTuneStatus *status, GError **error)
{
  gint64 fold, folds, step, steps, done, n;

  if (!sag_json_get_integer (object, "fold", 0, G_MAXINT32, &fold, error) ||
      !sag_json_get_integer (object, "folds", 0, G_MAXINT32, &folds, error) ||
      !sag_json_get_integer (object, "step", 0, G_MAXINT64, &step, error) ||
      !sag_json_get_integer (object, "steps", 0, G_MAXINT64, &steps, error) ||
      !sag_json_get_integer (object, "scans_done", 0, G_MAXINT64, &done, error) ||
      !sag_json_get_integer (object, "scans", 0, G_MAXINT64, &n, error))
    return FALSE;
  status->fold = (guint) fold;
  status->n_folds = (guint) folds;
  status->step = (guint64) step;
  status->n_steps = (guint64) steps;
  status->n_done = (gsize) done;
  status->n = (gsize) n;
  return TRUE;
}

gboolean
sag_tune_status_load (const char *folder, SagTuneStatus *status, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "status.json", NULL);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  const char *word, *message = NULL;
  gsize       s = 0;

  *status = (SagTuneStatus){ .alive = is_alive (folder) };
  node = sag_json_parse_file (path, MOST_BYTES, error);
  if (node == NULL)
    return FALSE;
  object = json_node_get_object (node);
  if (!sag_json_get_string (object, "state", &word, error) || !read_counts (object, status, error))
    return FALSE;
  while (s < SAG_N_TUNE_STATES && strcmp (states[s], word) != 0)
    s++;
  if (s == SAG_N_TUNE_STATES)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s knows a state \"%s\" that there is not.",
                   path, word);
      return FALSE;
    }
  status->state = (SagTuneState) s;
  status->loss = number_or_nan (object, "loss");
  status->seconds_left = number_or_nan (object, "seconds_left");
  if (sag_json_get_string (object, "message", &message, NULL))
    status->message = g_strdup (message);
  return TRUE;
}

gboolean
sag_tune_control_set (const char *folder, SagTuneWish wish, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "control", NULL);

  return sag_file_save_unsynced (path, wishes[wish], strlen (wishes[wish]), error);
}

SagTuneWish
sag_tune_control_get (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "control", NULL);
  g_autofree char *text = sag_file_load (path, MOST_BYTES, NULL, NULL);

  for (gsize w = 0; text != NULL && w < G_N_ELEMENTS (wishes); w++)
    if (strcmp (g_strstrip (text), wishes[w]) == 0)
      return (SagTuneWish) w;
  return SAG_TUNE_RUN;
}

static void
add_line (GArray *lines, const char *text, gsize size_bytes)
{
  g_autoptr (JsonNode) node = sag_json_parse (text, size_bytes, "log.jsonl", NULL);
  JsonObject *object = node != NULL ? json_node_get_object (node) : NULL;
  SagTuneLine line = { 0 };
  const char *kind;
  gint64      fold, step;

  if (object == NULL || !sag_json_get_string (object, "kind", &kind, NULL) ||
      (strcmp (kind, "step") != 0 && strcmp (kind, "validation") != 0) ||
      !sag_json_get_integer (object, "fold", 0, G_MAXINT32, &fold, NULL) ||
      !sag_json_get_integer (object, "step", 0, G_MAXINT64, &step, NULL))
    return;
  line.fold = (guint) fold;
  line.step = (guint64) step;
  line.loss = number_or_nan (object, "loss");
  line.class_loss = number_or_nan (object, "class_loss");
  line.patch_loss = number_or_nan (object, "patch_loss");
  line.watched = strcmp (kind, "validation") == 0;
  line.auroc = number_or_nan (object, "auroc");
  g_array_append_val (lines, line);
}

/* What the log has from @offset on, or the first part of it; NULL: nothing new. */
static char *
load_from (const char *folder, goffset offset, gsize *size)
{
  g_autofree char *path = g_build_filename (folder, "log.jsonl", NULL);
  int              fd = open (path, O_RDONLY | O_CLOEXEC);
  off_t            end = fd >= 0 ? lseek (fd, 0, SEEK_END) : 0;
  g_autofree char *text = NULL;
  const gsize most = offset >= 0 && end > offset ? (gsize) MIN (end - offset, MOST_LOG_BYTES) : 0;
  ssize_t     n;

  if (most > 0)
    {
      text = g_malloc (most);
      while (*size < most &&
             (n = pread (fd, text + *size, most - *size, offset + (goffset) *size)) > 0)
        *size += (gsize) n;
    }
  if (fd >= 0)
    close (fd);
  return g_steal_pointer (&text);
}

GArray *
sag_tune_log_read (const char *folder, goffset *offset)
{
  GArray          *lines = g_array_new (FALSE, FALSE, sizeof (SagTuneLine));
  gsize            size = 0;
  g_autofree char *text = load_from (folder, *offset, &size);
  const char      *at, *end;

  if (text == NULL)
    return lines;
  for (at = text; (end = memchr (at, '\n', size - (gsize) (at - text))) != NULL; at = end + 1)
    add_line (lines, at, (gsize) (end - at));
  *offset += at - text;
  return lines;
}

gboolean
sag_tune_command_save (const char *folder, const char *const *arguments, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "command.json", NULL);
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *text = NULL;

  sag_json_begin_object (writer, NULL);
  sag_json_strings (writer, "arguments", arguments);
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  return sag_file_save_unsynced (path, text, strlen (text), error);
}

char **
sag_tune_command_load (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "command.json", NULL);
  g_autoptr (JsonNode) node = sag_json_parse_file (path, MOST_BYTES, error);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array;

  if (node == NULL || !sag_json_get_array (json_node_get_object (node), "arguments", &array, error))
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (json_node_get_value_type (json_array_get_element (array, i)) == G_TYPE_STRING &&
        strcmp (json_array_get_string_element (array, i), "--resume") != 0)
      g_ptr_array_add (words, g_strdup (json_array_get_string_element (array, i)));
  g_ptr_array_add (words, g_strdup ("--resume"));
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_steal (words, NULL);
}
