/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/number.h"
#include "model/core/pool.h"
#include "model/dataset/bin.h"
#include "model/dicom/scan.h"
#include "model/export/parquet.h"
#include "model/export/samples.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define AIR_HU (-1024)

static const char *const columns[] = { "question",       "img_file_path", "#label", "split",
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

/* The 1 mm grid along the axes nearest to R, A, S that covers the scan. */
static SagGeometry
grid_of (const SagGeometry *stored)
{
  const SagGeometry canonical = sag_geometry_to_canonical (stored);
  SagGeometry       grid = canonical;
  double            spacing[3];

  sag_geometry_spacing_mm (&canonical, spacing);
  for (int a = 0; a < 3; a++)
    {
      grid.dims[a] = (gint32) MAX (floor (canonical.dims[a] * spacing[a] + 0.5), 1);
      for (int r = 0; r < 3; r++)
        grid.ijk_to_ras[r][a] = canonical.ijk_to_ras[r][a] / spacing[a];
    }
  /* The corners stay where they are. */
  for (int r = 0; r < 3; r++)
    for (int a = 0; a < 3; a++)
      grid.ijk_to_ras[r][3] += 0.5 * (grid.ijk_to_ras[r][a] - canonical.ijk_to_ras[r][a]);
  return grid;
}

static float
sample_linear (const SagVolume *volume, const gint32 dims[3], const double ijk[3])
{
  gint32 low[3];
  double part[3], sum = 0;

  for (int a = 0; a < 3; a++)
    {
      const double place = CLAMP (ijk[a], 0, dims[a] - 1);

      low[a] = (gint32) MIN (floor (place), MAX (dims[a] - 2, 0));
      part[a] = place - low[a];
    }
  for (int corner = 0; corner < 8; corner++)
    {
      gint32 at[3];
      double weight = 1;

      for (int a = 0; a < 3; a++)
        {
          const int up = corner >> a & 1;

          at[a] = MIN (low[a] + up, dims[a] - 1);
          weight *= up ? part[a] : 1 - part[a];
        }
      if (weight > 0)
        sum += weight * sag_volume_value (volume, at[0], at[1], at[2]);
    }
  return (float) sum;
}

typedef struct
{
  const SagGeometry *from;
  const SagGeometry *to;
  SagVolume         *volume;
  const SagMask     *mask;
  gint16            *voxels;
  double             across[3][4]; /* from indices of one grid to the other's */
} Resampling;

static void
resample_slice (gsize item, guint worker, gpointer data)
{
  const Resampling  *job = data;
  const SagGeometry *to = job->to;
  gint16            *out = job->voxels + item * (gsize) to->dims[0] * (gsize) to->dims[1];

  for (gint32 j = 0; j < to->dims[1]; j++)
    for (gint32 i = 0; i < to->dims[0]; i++)
      {
        double ijk[3];
        float  value;

        sag_geometry_apply (job->across, (double[]){ i, j, (double) item }, ijk);
        if (job->mask != NULL)
          {
            *out++ = sag_mask_get (job->mask, (gint32) floor (ijk[0] + 0.5),
                                   (gint32) floor (ijk[1] + 0.5), (gint32) floor (ijk[2] + 0.5));
            continue;
          }
        value = sample_linear (job->volume, job->from->dims, ijk);
        *out++ =
          isfinite (value) ? (gint16) CLAMP (lrintf (value), G_MININT16, G_MAXINT16) : AIR_HU;
      }
}

/* @mask: nearest voxels of it as 0 and 1; else the scan's values between voxels. */
static SagVolume *
resample (const SagGeometry *from, const SagGeometry *to, SagVolume *volume, const SagMask *mask)
{
  Resampling job = {
    from, to, volume, mask, g_new (gint16, sag_geometry_n_voxels (to)), { { 0 } }
  };
  double inverse[3][4];

  sag_geometry_invert (from, inverse);
  sag_geometry_compose (inverse, to->ijk_to_ras, job.across);
  sag_pool_run (sag_pool_get_default (), (gsize) to->dims[2], resample_slice, &job);
  return sag_volume_new_int16 (to, job.voxels);
}

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
  writing->grid = grid_of (sag_volume_get_geometry (volume));
  standard = resample (sag_volume_get_geometry (volume), &writing->grid, volume, NULL);
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
  g_autofree char *question = g_strdup_printf ("Segment:%s", nodule ? "Nodule" : sample->task->key);

  if (!write_scan (writing, sample->one, scan, error))
    return FALSE;
  if (!isnan (sample->label) && !g_str_has_prefix (sample->task->wording, "Segment"))
    add_row (writing, sample->task->wording, scan, sample->label, "", sample);
  if (sample->mask != NULL)
    {
      g_autoptr (SagVolume) voxels =
        resample (&sample->one->geometry, &writing->grid, NULL, sample->mask->mask);

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
  g_autoptr (GByteArray) table = NULL;

  for (gsize f = 0; f < G_N_ELEMENTS (folders); f++)
    {
      g_autofree char *one = g_build_filename (folder, folders[f], NULL);

      g_mkdir_with_parents (one, 0777);
    }
  if (!sag_export_samples (project, options, write_sample, &writing, exported, cancellable, error))
    return FALSE;
  note_unsaid (project, exported);
  table = sag_parquet_dup (columns, rows);
  if (table == NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_LIMIT,
                           "The table is too large for one Parquet file.");
      return FALSE;
    }
  exported->n_rows = rows->len;
  exported->n_files++;
  return sag_file_save (path, table->data, table->len, error);
}
