/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/recent.h"

#include "model/dicom/dicom.h"
#include "ui/base/settings.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define MAX_BYTES (256 * 1024)

struct _SagUiRecent
{
  GObject parent;

  GSettings *settings;
  char      *path;
  GPtrArray *files;
};

G_DEFINE_FINAL_TYPE (SagUiRecent, sag_ui_recent, G_TYPE_OBJECT)

static guint changed_signal;

static gboolean
find (SagUiRecent *self, GFile *file, guint *index)
{
  return g_ptr_array_find_with_equal_func (self->files, file, (GEqualFunc) g_file_equal, index);
}

/* One URI a line. What is not one is left out: the file may have been edited or cut off. */
static void
read_list (SagUiRecent *self)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GStatBuf status;

  if (g_stat (self->path, &status) != 0 || status.st_size > MAX_BYTES ||
      !g_file_get_contents (self->path, &text, NULL, NULL))
    return;
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL && self->files->len < SAG_UI_RECENT_MAX; i++)
    {
      g_autoptr (GFile) file = NULL;

      if (!g_str_has_prefix (lines[i], "file:///"))
        continue;
      file = g_file_new_for_uri (lines[i]);
      if (!find (self, file, NULL))
        g_ptr_array_add (self->files, g_steal_pointer (&file));
    }
}

static void
write_list (SagUiRecent *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (self->files->len == 0)
    {
      g_remove (self->path);
      return;
    }
  for (guint i = 0; i < self->files->len; i++)
    {
      g_autofree char *uri = g_file_get_uri (self->files->pdata[i]);

      g_string_append_printf (text, "%s\n", uri);
    }
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents_full (self->path, text->str, (gssize) text->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_info ("The list of recent scans was not kept: %s", error->message);
}

static void
changed (SagUiRecent *self)
{
  write_list (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
keep_cb (GSettings *settings, const char *key, SagUiRecent *self)
{
  if (!g_settings_get_boolean (settings, "keep-recent"))
    sag_ui_recent_clear (self);
}

SagUiRecent *
sag_ui_recent_new (GSettings *settings, const char *path)
{
  SagUiRecent *self = g_object_new (SAG_UI_TYPE_RECENT, NULL);

  self->settings = g_object_ref (settings);
  self->path = g_strdup (path);
  g_signal_connect_object (settings, "changed::keep-recent", G_CALLBACK (keep_cb), self, 0);
  read_list (self);
  return self;
}

SagUiRecent *
sag_ui_recent_get_default (void)
{
  static SagUiRecent *recent;

  if (recent == NULL)
    {
      g_autofree char *path = g_build_filename (g_get_user_data_dir (), "sagitta", "recent", NULL);

      recent = sag_ui_recent_new (sag_ui_settings_get (), path);
    }
  return recent;
}

GPtrArray *
sag_ui_recent_dup_files (SagUiRecent *self)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->files->len; i++)
    g_ptr_array_add (files, g_object_ref (self->files->pdata[i]));
  return files;
}

char *
sag_ui_recent_dup_name (GFile *file)
{
  g_autofree char *path = g_file_get_path (file), *key = NULL;
  g_autofree char *place = sag_dicom_parse_reference (path, &key);
  g_autofree char *name = g_filename_display_basename (place);

  /* Translators: a folder or archive that a DICOM series is in. */
  return key != NULL ? g_strdup_printf (_ ("%s (DICOM)"), name) : g_steal_pointer (&name);
}

void
sag_ui_recent_add (SagUiRecent *self, GFile *file)
{
  g_autoptr (GFile) keep = g_object_ref (file);
  guint index;

  if (!g_file_is_native (file) || !g_settings_get_boolean (self->settings, "keep-recent"))
    return;
  if (find (self, file, &index))
    g_ptr_array_remove_index (self->files, index);
  g_ptr_array_insert (self->files, 0, g_steal_pointer (&keep));
  g_ptr_array_set_size (self->files, (int) MIN (self->files->len, SAG_UI_RECENT_MAX));
  changed (self);
}

void
sag_ui_recent_remove (SagUiRecent *self, GFile *file)
{
  guint index;

  if (!find (self, file, &index))
    return;
  g_ptr_array_remove_index (self->files, index);
  changed (self);
}

void
sag_ui_recent_clear (SagUiRecent *self)
{
  g_ptr_array_set_size (self->files, 0);
  changed (self);
}

static void
sag_ui_recent_finalize (GObject *object)
{
  SagUiRecent *self = SAG_UI_RECENT (object);

  g_clear_object (&self->settings);
  g_ptr_array_unref (self->files);
  g_free (self->path);
  G_OBJECT_CLASS (sag_ui_recent_parent_class)->finalize (object);
}

static void
sag_ui_recent_class_init (SagUiRecentClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_recent_finalize;
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_RECENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_recent_init (SagUiRecent *self)
{
  self->files = g_ptr_array_new_with_free_func (g_object_unref);
}
