/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/number.h"
#include "model/dataset/bin.h"
#include "model/dicom/scan.h"
#include "model/export/parquet.h"
#include "model/export/csv.h"
#include "model/export/samples.h"
#include "model/export/upstream-grid.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static const char *const columns[] = { "question",       "img_file_path", "#label", "split",
                                       "mask_file_path", "patient_id",    NULL };
static const char *const texts[] = { "question",       "img_file_path", "label", "split",
                                     "mask_file_path", "patient_id",    NULL };

typedef struct
{
  SagProject       *project;
  const char       *folder;
  SagExported      *exported;
  GCancellable     *cancellable;
  GPtrArray        *rows;
  const SagCaseRow *scan; /* whose .bin was written last */
  SagGeometry       grid; /* of it */
} Writing;

/* Writes a .bin and compares what can be read of it. */
static gboolean
save_bin (Writing *writing, SagVolume *volume, const char *file, GError **error)
{
  g_autofree char *path = g_build_filename (writing->folder, file, NULL);
  g_autoptr (SagVolume) back = NULL;
  const SagGeometry *grid = sag_volume_get_geometry (volume);

  if (!sag_bin_save (volume, path, error))
    return FALSE;
  back = sag_bin_load (path, error);
  if (back == NULL)
    return FALSE;
  writing->exported->n_files++;
  if (memcmp (sag_volume_get_geometry (back)->dims, grid->dims, sizeof grid->dims) == 0)
    {
      gboolean same = TRUE;

      for (gint32 k = 0; same && k < grid->dims[2]; k++)
        for (gint32 j = 0; same && j < grid->dims[1]; j++)
          for (gint32 i = 0; same && i < grid->dims[0]; i++)
            same = sag_volume_value (volume, i, j, k) == sag_volume_value (back, i, j, k);
      if (same)
        return TRUE;
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "%s did not read back as it was written. Check the disk and save it elsewhere.",
               file);
  return FALSE;
}

static gboolean
write_scan (Writing *writing, const SagCaseRow *one, const char *file, GError **error)
{
  g_autofree char *path = sag_project_dup_scan (writing->project, one);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagVolume) standard = NULL;

  if (writing->scan == one)
    return TRUE;
  volume = sag_scan_load (path, NULL, NULL, NULL, writing->cancellable, error);
  if (volume == NULL)
    return FALSE;
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    sag_exported_note (writing->exported,
                       "%s is in the project by its folder alone: of several scans there the one "
                       "that suits the model best was taken.",
                       one->name);
  if (one->geometry.dims[0] > 0 &&
      !sag_geometry_equal (sag_volume_get_geometry (volume), &one->geometry, SAG_SAME_GRID_MM))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s lies on another grid than the project knows it by: its masks would lie "
                   "elsewhere.",
                   one->name);
      return FALSE;
    }
  if (!sag_upstream_grid (sag_volume_get_geometry (volume), &writing->grid, error))
    {
      g_prefix_error (error, "%s: ", one->name);
      return FALSE;
    }
  standard = sag_upstream_resample (sag_volume_get_geometry (volume), &writing->grid, volume, NULL);
  writing->scan = one;
  return save_bin (writing, standard, file, error);
}

static void
add_row (Writing               *writing,
         const char            *question,
         const char            *scan,
         double                 label,
         const char            *mask,
         const SagExportSample *sample)
{
  char        number[SAG_NUMBER_BUFFER] = "";
  const char *cells[7] = { question, scan, number, sample->split, mask, sample->patient, NULL };

  if (!isnan (label))
    sag_number_format (label, number);
  g_ptr_array_add (writing->rows, g_strdupv ((char **) cells));
}

/* Upstream asks "Segment:KEY" as "Segment KEY in the image.": the key is what stands there in the task's wording, or
 * else the task's own. */
static char *
dup_question (const SagTaskRow *task, gboolean nodule)
{
  static const char before[] = "Segment ", after[] = " in the image";
  g_autofree char  *wording = g_strdup (task->wording);
  const gsize       n = strlen (wording);

  if (nodule)
    return g_strdup ("Segment:Nodule");
  if (n > 0 && wording[n - 1] == '.')
    wording[n - 1] = 0;
  if (g_str_has_prefix (wording, before) && g_str_has_suffix (wording, after) &&
      strlen (wording) > strlen (before) + strlen (after))
    {
      wording[strlen (wording) - strlen (after)] = 0;
      return g_strdup_printf ("Segment:%s", wording + strlen (before));
    }
  return g_strdup_printf ("Segment:%s", task->key);
}

static gboolean
write_sample (const SagExportSample *sample, gpointer user_data, GError **error)
{
  Writing         *writing = user_data;
  g_autofree char *name = sag_project_dup_name (writing->project, sample->one);
  g_autofree char *scan = g_strdup_printf ("bin/%s.bin", name);
  const gboolean   nodule = g_ascii_strncasecmp (sample->task->key, "nodule", 6) == 0;
  g_autofree char *mask = nodule
                            ? g_strdup_printf ("nodule_seg/%s__%s.bin", name, sample->task->key)
                            : g_strdup_printf ("seg/%s__%s.bin", name, sample->task->key);
  g_autofree char *question = dup_question (sample->task, nodule);

  if (!write_scan (writing, sample->one, scan, error))
    return FALSE;
  if (!isnan (sample->label) && !g_str_has_prefix (sample->task->wording, "Segment"))
    add_row (writing, sample->task->wording, scan, sample->label, "", sample);
  if (sample->mask != NULL)
    {
      g_autoptr (SagVolume) voxels =
        sag_upstream_resample (&sample->one->geometry, &writing->grid, NULL, sample->mask->mask);

      if (!save_bin (writing, voxels, mask, error))
        return FALSE;
      add_row (writing, question, scan, NAN, mask, sample);
    }
  return TRUE;
}

/* What a table of questions has no column for. */
static void
note_unsaid (SagProject *project, SagExported *exported)
{
  guint n_side = 0, n_location = 0, n_certainty = 0, n_comment = 0;

  for (guint l = 0; l < project->labels->len; l++)
    {
      const SagLabelRow *label = g_ptr_array_index (project->labels, l);

      n_side += label->side != NULL;
      n_location += label->location != NULL;
      n_certainty += label->certainty >= 0;
      n_comment += label->comment != NULL;
    }
  if (n_side + n_location + n_certainty + n_comment > 0)
    sag_exported_note (exported,
                       "The table cannot express %u sides, %u locations, %u certainties and %u "
                       "comments of labels, who set them and when; export the labels, too.",
                       n_side, n_location, n_certainty, n_comment);
  sag_exported_note (exported,
                     "Scans and masks were brought to 1 mm along R, A, S; colours and "
                     "names of masks, and which voxels came from a model, are not in them.");
}

gboolean
sag_export_upstream (SagProject               *project,
                     const SagTrainingOptions *options,
                     const char               *folder,
                     SagExported              *exported,
                     GCancellable             *cancellable,
                     GError                  **error)
{
  static const char *const folders[] = { "bin", "seg", "nodule_seg" };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  Writing          writing = { project, folder, exported, cancellable, rows, NULL, { { 0 } } };
  g_autofree char *path = g_build_filename (folder, "manifest.parquet", NULL);
  g_autofree char *text_path = g_build_filename (folder, "manifest.csv", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GByteArray) table = NULL;

  for (gsize f = 0; f < G_N_ELEMENTS (folders); f++)
    {
      g_autofree char *one = g_build_filename (folder, folders[f], NULL);

      g_mkdir_with_parents (one, 0777);
    }
  if (!sag_export_samples (project, options, write_sample, &writing, exported, cancellable, error))
    return FALSE;
  note_unsaid (project, exported);
  text = sag_csv_dup (texts, rows);
  table = sag_parquet_dup (columns, rows);
  if (table == NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_LIMIT,
                           "The table is too large for one Parquet file.");
      return FALSE;
    }
  exported->n_rows = rows->len;
  exported->n_files += 2;
  return sag_csv_save (text_path, text, texts, rows, error) &&
         sag_file_save (path, table->data, table->len, error);
}
