/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/number.h"
#include "model/dataset/manifest.h"
#include "model/export/csv.h"
#include "model/export/samples.h"
#include "model/volume/nifti.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static const char *const columns[] = { "question", "img_file_path",  "label",
                                       "split",    "mask_file_path", "patient_id",
                                       "study_id", "assisted",       NULL };

typedef struct
{
  SagProject   *project;
  const char   *folder;
  SagExported  *exported;
  GCancellable *cancellable;
  GPtrArray    *rows;
} Writing;

/* Writes the mask; "" if there is none. */
static char *
write_mask (Writing *writing, const SagExportSample *sample, GError **error)
{
  const SagGeometry *grid = &sample->one->geometry;
  g_autofree char   *name = sag_project_dup_name (writing->project, sample->one);
  g_autofree char   *file = NULL;
  g_autofree char   *path = NULL;
  g_autofree guint8 *voxels = NULL;

  if (sample->mask == NULL)
    return g_strdup ("");
  file = g_strdup_printf ("masks/%s__%s.nii.gz", name, sample->task->key);
  path = g_build_filename (writing->folder, file, NULL);
  voxels = g_malloc0 ((gsize) sag_geometry_n_voxels (grid));
  sag_mask_fill_voxels (sample->mask->mask, 1, voxels);
  if (!sag_nifti_save (path, grid, SAG_NIFTI_UINT8, voxels, "Sagitta mask", writing->cancellable,
                       error))
    return NULL;
  writing->exported->n_files++;
  return g_steal_pointer (&file);
}

static gboolean
write_sample (const SagExportSample *sample, gpointer user_data, GError **error)
{
  Writing         *writing = user_data;
  g_autofree char *scan = sag_project_dup_scan (writing->project, sample->one);
  g_autofree char *mask = write_mask (writing, sample, error);
  char             label[SAG_NUMBER_BUFFER] = "";
  const char      *cells[9] = { NULL };

  if (mask == NULL)
    return FALSE;
  if (!isnan (sample->label))
    sag_number_format (sample->label, label);
  cells[0] = sample->task->wording;
  cells[1] = scan;
  cells[2] = label;
  cells[3] = sample->split;
  cells[4] = mask;
  cells[5] = sample->patient;
  cells[6] = sample->one->study != NULL ? sample->one->study : "";
  cells[7] = sample->seen ? "true" : "false";
  g_ptr_array_add (writing->rows, g_strdupv ((char **) cells));
  return TRUE;
}

/* As the trainer will see it. */
static gboolean
read_back (const char *path, const Writing *writing, GError **error)
{
  g_autoptr (SagDataset) dataset = sag_dataset_load (path, error);

  if (dataset == NULL)
    return FALSE;
  if (sag_dataset_get_n (dataset) == writing->rows->len)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "%s did not read back as it was written. Check the disk and save it elsewhere.",
               path);
  return FALSE;
}

gboolean
sag_export_training (SagProject               *project,
                     const SagTrainingOptions *options,
                     const char               *folder,
                     SagExported              *exported,
                     GCancellable             *cancellable,
                     GError                  **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  Writing          writing = { project, folder, exported, cancellable, rows };
  g_autofree char *masks = g_build_filename (folder, "masks", NULL);
  g_autofree char *path = g_build_filename (folder, "manifest.csv", NULL);
  g_autofree char *text = NULL;

  g_mkdir_with_parents (masks, 0777);
  if (!sag_export_samples (project, options, write_sample, &writing, exported, cancellable, error))
    return FALSE;
  if (rows->len == 0)
    {
      g_set_error_literal (
        error, SAG_ERROR, SAG_ERROR_ARGUMENT,
        "There is nothing to train with: no label says present or absent, and no "
        "mask belongs to a task.");
      return FALSE;
    }
  text = sag_csv_dup (columns, rows);
  exported->n_rows = rows->len;
  exported->n_files++;
  return sag_csv_save (path, text, columns, rows, error) && read_back (path, &writing, error);
}
