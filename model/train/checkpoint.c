/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train/checkpoint.h"

#include "model/bundle/save.h"
#include "model/core/error.h"
#include "model/core/file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "step-"
#define STATE_SUFFIX ".state"
#define PIECE ((gsize) 1 << 18)
#define MOST_BYTES ((gsize) 64 << 20)

char *
sag_checkpoint_dup_bundle (const char *folder, guint64 step)
{
  g_autofree char *name = g_strdup_printf (PREFIX "%08" G_GUINT64_FORMAT, step);

  return g_build_filename (folder, name, NULL);
}

char *
sag_checkpoint_dup_state (const char *folder, guint64 step)
{
  g_autofree char *bundle = sag_checkpoint_dup_bundle (folder, step);

  return g_strconcat (bundle, STATE_SUFFIX, NULL);
}

static GBytes *
read_parent (SagBundle *parent, SagBundleFile file, GError **error)
{
  g_autofree char *path =
    g_build_filename (sag_bundle_get_folder (parent), sag_bundle_file_get_name (file), NULL);
  gsize size_bytes;
  char *bytes = sag_file_load (path, MOST_BYTES, &size_bytes, error);

  return bytes != NULL ? g_bytes_new_take (bytes, size_bytes) : NULL;
}

static gboolean
fill_weight (SagTensorWriter *writer, const SagWeightSpec *spec, gpointer data, GError **error)
{
  const SagWeightSource *weights = data;
  g_autofree float      *values = g_new (float, PIECE);

  for (gsize at = 0; at < spec->n_values; at += PIECE)
    {
      gsize n = MIN (PIECE, spec->n_values - at);

      if (!weights->read (weights->data, spec->name, at, n, values))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE,
                       "The training engine does not hand out %s.", spec->name);
          return FALSE;
        }
      if (!sag_tensor_writer_floats (writer, values, n, error))
        return FALSE;
    }
  return TRUE;
}

/* The name holds either the old target or the new one, at any moment. */
static gboolean
move_link (const char *folder, const char *name, guint64 step, GError **error)
{
  g_autofree char *bundle = sag_checkpoint_dup_bundle (folder, step);
  g_autofree char *target = g_path_get_basename (bundle);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *temporary = g_strdup_printf ("%s.new", path);

  g_unlink (temporary);
  if (symlink (target, temporary) == 0 && g_rename (temporary, path) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
               "The link %s cannot be moved to %s: %s; choose a folder on a disk that has links.",
               name, target, g_strerror (errno));
  return FALSE;
}

gboolean
sag_checkpoint_save (const char            *folder,
                     SagBundle             *parent,
                     SagManifest           *manifest,
                     const SagWeightSource *weights,
                     SagTrainArrays        *arrays,
                     const SagTrainState   *state,
                     GError               **error)
{
  g_autofree char *bundle = sag_checkpoint_dup_bundle (folder, state->step);
  g_autofree char *path = sag_checkpoint_dup_state (folder, state->step);
  g_autoptr (GBytes) vocabulary = read_parent (parent, SAG_BUNDLE_VOCABULARY, error);
  g_autoptr (GBytes) license =
    vocabulary != NULL ? read_parent (parent, SAG_BUNDLE_LICENSE, error) : NULL;
  SagBundleParts parts = { .manifest = manifest,
                           .vocabulary = vocabulary,
                           .license = license,
                           .fill = fill_weight,
                           .data = (gpointer) weights };

  if (license == NULL || !sag_train_state_save (state, arrays, path, error))
    return FALSE;
  if (!sag_bundle_save (&parts, bundle, error))
    {
      g_unlink (path);
      return FALSE;
    }
  return move_link (folder, "last", state->step, error);
}

gboolean
sag_checkpoint_mark_best (const char *folder, guint64 step, GError **error)
{
  return move_link (folder, "best", step, error);
}

static gboolean
parse_name (const char *name, const char *suffix, guint64 *step)
{
  g_autofree char *number = NULL;

  if (!g_str_has_prefix (name, PREFIX) || !g_str_has_suffix (name, suffix) ||
      strlen (name) <= strlen (PREFIX) + strlen (suffix))
    return FALSE;
  number = g_strndup (name + strlen (PREFIX), strlen (name) - strlen (PREFIX) - strlen (suffix));
  return g_ascii_string_to_unsigned (number, 10, 0, G_MAXUINT64, step, NULL);
}

/* "model.safetensors.XXXXXX" of a bundle that was being written. */
static void
remove_temporary (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    for (int f = 0; f < SAG_BUNDLE_N_FILES; f++)
      if (g_str_has_prefix (name, sag_bundle_file_get_name ((SagBundleFile) f)))
        {
          g_autofree char *path = g_build_filename (folder, name, NULL);

          g_unlink (path);
        }
}

static void
remove_bundle (const char *folder)
{
  g_autofree char *manifest = g_build_filename (folder, SAG_BUNDLE_MANIFEST, NULL);

  g_unlink (manifest);
  for (int f = 0; f < SAG_BUNDLE_N_FILES; f++)
    {
      g_autofree char *path =
        g_build_filename (folder, sag_bundle_file_get_name ((SagBundleFile) f), NULL);

      g_unlink (path);
    }
  remove_temporary (folder);
  g_rmdir (folder);
}

/* What a killed run was writing: "step-N.XXXXXX", "step-N.state.XXXXXX". */
static gboolean
is_leftover (const char *name)
{
  const char *dot = strrchr (name, '.');

  return g_str_has_prefix (name, PREFIX) && dot != NULL && strlen (dot) == 7;
}

void
sag_checkpoint_clean (
  const char *folder, guint64 best, guint64 last, guint64 older, guint64 older_best)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint64     step;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (parse_name (name, "", &step) && step != best && step != last && step != older &&
          step != older_best)
        remove_bundle (path);
      else if (parse_name (name, STATE_SUFFIX, &step) && step != last && step != older)
        g_unlink (path);
      else if (is_leftover (name) && g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_bundle (path);
      else if (is_leftover (name))
        g_unlink (path);
    }
}

gboolean
sag_checkpoint_find_last (const char *folder, guint64 *step)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean    found = FALSE;
  const char *name;
  guint64 this;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *bundle = g_build_filename (folder, name, SAG_BUNDLE_MANIFEST, NULL);
      g_autofree char *state = NULL;

      if (!parse_name (name, "", &this) || !g_file_test (bundle, G_FILE_TEST_EXISTS))
        continue;
      state = sag_checkpoint_dup_state (folder, this);
      if (!g_file_test (state, G_FILE_TEST_EXISTS) || (found && this <= *step))
        continue;
      *step = this;
      found = TRUE;
    }
  return found;
}
