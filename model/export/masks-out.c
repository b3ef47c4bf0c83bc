/* SPDX-License-Identifier: Apache-2.0 */
#include "model/export/export.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/hash.h"
#include "model/core/json-writer.h"
#include "model/core/version.h"
#include "model/mask/statistics.h"
#include "model/text/task.h"
#include "model/volume/nifti.h"

#include <glib/gstdio.h>
#include <string.h>

/* "pleural-effusion-1f3a9c04" */
static char *
dup_id (const SagMaskInfo *info)
{
  g_autofree char *slug = sag_task_slug (info->name);
  g_autofree char *hash = sag_hash_sha256 (info->id, strlen (info->id));

  return g_strdup_printf ("%s-%.8s", slug, hash);
}

static gboolean
write_about (const SagProject    *project,
             const SagCaseRow    *one,
             const SagStoredMask *stored,
             const char          *path,
             GError             **error)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char  *text = NULL;
  SagMaskStatistics statistics;

  sag_mask_get_statistics (stored->mask, NULL, &statistics);
  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "case", one->name);
  sag_json_string (writer, "scan_sha256", one->sha256);
  sag_json_string (writer, "mask", stored->info->name);
  sag_json_string (writer, "uuid", stored->info->id);
  sag_json_string (writer, "task", stored->info->key);
  sag_json_string (writer, "reader", stored->reader);
  sag_json_string (writer, "role",
                   sag_project_is_decision (project, stored) ? "decision" : "reading");
  sag_json_integer (writer, "voxels", statistics.n_voxels);
  sag_json_number (writer, "volume_ml", statistics.volume_ml);
  sag_json_number (writer, "share_from_a_model", statistics.model_share);
  sag_json_string (writer, "program", sag_version_get ());
  sag_json_string (writer, "use", "Research use, not a medical device.");
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  return sag_file_save (path, text, strlen (text), error);
}

static gboolean
export_mask (SagProject          *project,
             const SagCaseRow    *one,
             const SagStoredMask *stored,
             const char          *folder,
             SagExported         *exported,
             GCancellable        *cancellable,
             GError             **error)
{
  g_autofree char   *name = sag_project_dup_name (project, one);
  g_autofree char   *id = dup_id (stored->info);
  g_autofree char   *base = g_strdup_printf ("%s__%s__mask", name, id);
  g_autofree char   *file = g_strconcat (folder, G_DIR_SEPARATOR_S, base, ".nii.gz", NULL);
  g_autofree char   *about = g_strconcat (folder, G_DIR_SEPARATOR_S, base, ".json", NULL);
  g_autofree guint8 *voxels = g_malloc0 ((gsize) sag_geometry_n_voxels (&one->geometry));

  sag_mask_fill_voxels (stored->mask, 1, voxels);
  if (!sag_nifti_save (file, &one->geometry, SAG_NIFTI_UINT8, voxels, "Sagitta mask", cancellable,
                       error) ||
      !write_about (project, one, stored, about, error))
    return FALSE;
  exported->n_files++;
  return TRUE;
}

gboolean
sag_export_masks (SagProject   *project,
                  const char   *folder,
                  SagExported  *exported,
                  GCancellable *cancellable,
                  GError      **error)
{
  for (guint c = 0; c < project->cases->len; c++)
    {
      const SagCaseRow *one = g_ptr_array_index (project->cases, c);
      g_autoptr (GPtrArray) masks = NULL;

      if (!sag_exported_step (exported, c, project->cases->len, cancellable, error))
        return FALSE;
      masks = sag_project_load_masks (project, one, error);
      if (masks == NULL)
        return FALSE;
      for (guint m = 0; m < masks->len; m++)
        if (!export_mask (project, one, g_ptr_array_index (masks, m), folder, exported, cancellable,
                          error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
is_of_several (GPtrArray *masks)
{
  for (guint m = 1; m < masks->len; m++)
    if (strcmp (((const SagStoredMask *) g_ptr_array_index (masks, m))->reader,
                ((const SagStoredMask *) g_ptr_array_index (masks, 0))->reader) != 0)
      return TRUE;
  return FALSE;
}

/* ITK-SNAP's label description file: IDX R G B A VIS MSH "LABEL" */
static char *
dup_table (GPtrArray *masks)
{
  const gboolean several = is_of_several (masks);

  GString *text = g_string_new ("################################################\n"
                                "# ITK-SnAP Label Description File\n"
                                "# File format:\n"
                                "# IDX   -R-  -G-  -B-  -A--  VIS MSH  LABEL\n"
                                "################################################\n"
                                "    0     0    0    0        0  0  0    \"Clear Label\"\n");

  for (guint m = 0; m < masks->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (masks, m);
      const SagMaskInfo   *info = stored->info;
      g_autofree char     *name =
        several ? g_strdup_printf ("%s, %s", info->name, stored->reader) : g_strdup (info->name);

      g_strdelimit (name, "\"\n\r", '\'');
      g_string_append_printf (text, "%5u %5u %4u %4u        1  %d  %d    \"%s\"\n", m + 1,
                              info->colour >> 16 & 255, info->colour >> 8 & 255, info->colour & 255,
                              info->visible, info->visible, name);
    }
  return g_string_free (text, FALSE);
}

static gint64
count_overlap (GPtrArray *masks, const guint16 *voxels, gsize n)
{
  gint64 all = 0, covered = 0;

  for (guint m = 0; m < masks->len; m++)
    all += sag_mask_count (((const SagStoredMask *) g_ptr_array_index (masks, m))->mask);
  for (gsize v = 0; v < n; v++)
    covered += voxels[v] != 0;
  return all - covered;
}

static gboolean
export_label_map (SagProject       *project,
                  const SagCaseRow *one,
                  GPtrArray        *masks,
                  const char       *folder,
                  SagExported      *exported,
                  GCancellable     *cancellable,
                  GError          **error)
{
  const gsize         n = (gsize) sag_geometry_n_voxels (&one->geometry);
  g_autofree char    *name = sag_project_dup_name (project, one);
  g_autofree char    *map = g_strdup_printf ("%s/%s__labels.nii.gz", folder, name);
  g_autofree char    *list = g_strdup_printf ("%s/%s__labels.txt", folder, name);
  g_autofree char    *table = dup_table (masks);
  g_autofree guint16 *voxels = g_new0 (guint16, n);
  gint64              overlap;

  if (masks->len > G_MAXUINT16)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "%s has too many masks for one label map.",
                   one->name);
      return FALSE;
    }
  for (guint m = 0; m < masks->len; m++)
    sag_mask_fill_voxels_uint16 (((const SagStoredMask *) g_ptr_array_index (masks, m))->mask,
                                 (guint16) (m + 1), voxels);
  overlap = count_overlap (masks, voxels, n);
  if (overlap > 0)
    sag_exported_note (exported,
                       "%s: masks overlap in %" G_GINT64_FORMAT
                       " voxels; there the later mask of the list stands.",
                       one->name, overlap);
  if (!sag_nifti_save (map, &one->geometry, SAG_NIFTI_UINT16, voxels, "Sagitta label map",
                       cancellable, error) ||
      !sag_file_save (list, table, strlen (table), error))
    return FALSE;
  exported->n_files++;
  return TRUE;
}

/* Where one mask counts, what it was decided from is not beside it. */
static void
drop_superseded (const SagProject *project, const SagCaseRow *one, GPtrArray *masks)
{
  for (guint m = masks->len; m > 0; m--)
    {
      const SagStoredMask *stored = g_ptr_array_index (masks, m - 1);
      const SagStoredMask *decided =
        sag_project_find_decided (project, one->id, stored->info->key, masks);

      if (decided != NULL && decided != stored)
        g_ptr_array_remove_index (masks, m - 1);
    }
}

gboolean
sag_export_label_maps (SagProject   *project,
                       const char   *folder,
                       SagExported  *exported,
                       GCancellable *cancellable,
                       GError      **error)
{
  for (guint c = 0; c < project->cases->len; c++)
    {
      const SagCaseRow *one = g_ptr_array_index (project->cases, c);
      g_autoptr (GPtrArray) masks = NULL;

      if (!sag_exported_step (exported, c, project->cases->len, cancellable, error))
        return FALSE;
      masks = sag_project_load_masks (project, one, error);
      if (masks != NULL)
        drop_superseded (project, one, masks);
      if (masks == NULL || (masks->len > 0 && !export_label_map (project, one, masks, folder,
                                                                 exported, cancellable, error)))
        return FALSE;
    }
  return TRUE;
}
