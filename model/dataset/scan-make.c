/* SPDX-License-Identifier: Apache-2.0 */

/* From files to what a training run keeps of them: the network's input as inference makes it, the Hounsfield units
 * around it for augmentation, and labels on the same grids.
 */

#include "model/dataset/scan-make.h"

#include "model/core/error.h"
#include "model/dataset/read.h"
#include "model/prepare/standard-run.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

#define DESCRIPTION_AT 148
#define DESCRIPTION_BYTES 80
#define SAME_MM 0.1

void
sag_scan_parts_clear (SagScanParts *parts)
{
  for (gsize s = 0; s < parts->n_sections; s++)
    g_free (parts->sections[s].data);
  parts->n_sections = 0;
}

/* Takes @data. */
static void
add_part (SagScanParts *parts, const char *tag, void *data, gsize size_bytes)
{
  SagCacheSection *section = &parts->sections[parts->n_sections++];

  memcpy (section->tag, tag, sizeof section->tag);
  section->data = data;
  section->size_bytes = size_bytes;
}

gboolean
sag_scan_is_synthetic (const char *path)
{
  gzFile   file = gzopen (path, "rb");
  char     header[DESCRIPTION_AT + DESCRIPTION_BYTES + 1] = { 0 };
  gboolean read;

  if (file == NULL)
    return FALSE;
  read = gzread (file, header, sizeof header - 1) == (int) sizeof header - 1;
  gzclose (file);
  return read && strstr (header + DESCRIPTION_AT, "Sagitta phantom") != NULL;
}

static void
write_geometry (const SagGeometry *geometry, double *values)
{
  for (int a = 0; a < 3; a++)
    values[a] = geometry->dims[a];
  memcpy (values + 3, geometry->ijk_to_ras, sizeof geometry->ijk_to_ras);
}

static gboolean
read_geometry (const double *values, SagGeometry *geometry)
{
  for (int a = 0; a < 3; a++)
    {
      if (!(values[a] >= 1 && values[a] <= G_MAXINT32))
        return FALSE;
      geometry->dims[a] = (gint32) values[a];
    }
  memcpy (geometry->ijk_to_ras, values + 3, sizeof geometry->ijk_to_ras);
  return TRUE;
}

gboolean
sag_scan_facts_read (const double *values, gsize n_values, SagScanFacts *facts)
{
  if (n_values != SAG_SCAN_N_FACTS)
    return FALSE;
  for (gsize v = 0; v < n_values; v++)
    if (!isfinite (values[v]))
      return FALSE;
  facts->synthetic = values[0] > 0;
  facts->in_scope = values[1] > 0;
  for (int a = 0; a < 3; a++)
    {
      facts->kept_low[a] = (gint32) CLAMP (values[32 + a], 0, G_MAXINT32);
      facts->kept_high[a] = (gint32) CLAMP (values[35 + a], 0, G_MAXINT32);
    }
  facts->unplaced = values[38] > 0;
  return read_geometry (values + 2, &facts->scan) && read_geometry (values + 17, &facts->input);
}

static void
add_facts (SagScanParts *parts, const SagScanFacts *facts)
{
  double *values = g_new (double, SAG_SCAN_N_FACTS);

  values[0] = facts->synthetic;
  values[1] = facts->in_scope;
  write_geometry (&facts->scan, values + 2);
  write_geometry (&facts->input, values + 17);
  for (int a = 0; a < 3; a++)
    {
      values[32 + a] = facts->kept_low[a];
      values[35 + a] = facts->kept_high[a];
    }
  values[38] = facts->unplaced;
  add_part (parts, "FACT", values, SAG_SCAN_N_FACTS * sizeof *values);
}

static void
add_input (SagScanParts *parts, const float *input, gsize n)
{
  guint16 *steps = g_new (guint16, n);

  for (gsize v = 0; v < n; v++)
    steps[v] = (guint16) lrintf (CLAMP (input[v], 0, 1) * SAG_SCAN_STEPS);
  add_part (parts, "INPT", steps, n * sizeof *steps);
}

/* A scan while it is made.
 * @box_start: the voxel of @standardised on which the analysed box starts
 */
typedef struct
{
  SagVolume   *standardised;
  gint32       box_start[3];
  SagPrepared *prepared;
} Making;

static void
making_clear (Making *making)
{
  g_clear_pointer (&making->standardised, sag_volume_unref);
  g_clear_pointer (&making->prepared, sag_prepared_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Making, making_clear)

static gboolean
find_box_start (Making *making, GError **error)
{
  const SagGeometry *grid = sag_volume_get_geometry (making->standardised);
  double             corner[3] = { -0.5, -0.5, -0.5 }, from_ras[3][4];

  sag_geometry_to_ras (sag_prepared_get_input_geometry (making->prepared), corner, corner);
  if (!sag_geometry_invert (grid, from_ras))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                           "The scan's voxels have no volume; check the file's affine.");
      return FALSE;
    }
  sag_geometry_apply (from_ras, corner, corner);
  for (int a = 0; a < 3; a++)
    making->box_start[a] = (gint32) lrint (corner[a] + 0.5);
  return TRUE;
}

static void
add_source (SagScanParts *parts, const SagSampleGrid *grid, const Making *making)
{
  gsize     n = sag_sample_grid_n_source (grid);
  SagRecipe recipe = grid->recipe;
  gint16   *hu = g_new (gint16, n);
  float    *pooled;
  gint32    start[3];

  for (int a = 0; a < 3; a++)
    {
      gint32 margin_mm =
        (gint32) lrint ((double) grid->margin[a] * recipe.box_mm[a] / grid->input[a]);

      recipe.box_mm[a] += 2 * margin_mm;
      recipe.input[a] = grid->source[a];
      start[a] = making->box_start[a] - margin_mm;
    }
  pooled = sag_standard_pool_volume (making->standardised, &recipe, start);
  for (gsize v = 0; v < n; v++)
    hu[v] = (gint16) lrintf (pooled[v] * 2000 - 1000);
  free (pooled);
  add_part (parts, "SRCE", hu, n * sizeof *hu);
}

/* Prepares the scan; a file of upstream's is its own standardised volume, of which nothing was filled. */
static gboolean
prepare (const SagSampleGrid *grid,
         const char          *path,
         SagVolume           *volume,
         Making              *making,
         SagScanFacts        *facts,
         GCancellable        *cancellable,
         GError             **error)
{
  SagPrepareOptions options = { .keep_standardised = TRUE };

  making->prepared = sag_read_prepare (path, volume, &grid->recipe, &options, cancellable, error);
  if (making->prepared == NULL)
    return FALSE;
  facts->unplaced = sag_read_is_standardised (path);
  facts->in_scope = sag_prepared_get_scope (making->prepared)->verdict != SAG_SCOPE_OUT;
  facts->input = *sag_prepared_get_input_geometry (making->prepared);
  sag_prepared_get_kept (making->prepared, facts->kept_low, facts->kept_high);
  if (facts->unplaced)
    for (int a = 0; a < 3; a++)
      {
        facts->kept_low[a] = 0;
        facts->kept_high[a] = facts->scan.dims[a];
      }
  making->standardised =
    sag_volume_ref (facts->unplaced ? volume : sag_prepared_get_standardised (making->prepared));
  return find_box_start (making, error);
}

gboolean
sag_scan_make (const SagSampleGrid *grid,
               const char          *path,
               SagScanParts        *parts,
               GCancellable        *cancellable,
               GError             **error)
{
  g_autoptr (SagVolume) volume = sag_read_volume (path, cancellable, error);
  g_auto (Making) making = { 0 };
  SagScanFacts facts = { 0 };

  if (volume == NULL)
    return FALSE;
  facts.synthetic = sag_scan_is_synthetic (path);
  facts.scan = *sag_volume_get_geometry (volume);
  if (!prepare (grid, path, volume, &making, &facts, cancellable, error))
    return FALSE;
  add_facts (parts, &facts);
  add_input (parts, sag_prepared_get_input (making.prepared), sag_sample_grid_n_input (grid));
  add_source (parts, grid, &making);
  return TRUE;
}

/* A grid of @dims voxels over the corners of @input widened by @margin of its voxels on each side. */
static SagGeometry
cover (const SagGeometry *input, const gint32 margin[3], const gint32 dims[3])
{
  SagGeometry grid = { .dims = { dims[0], dims[1], dims[2] } };

  for (int r = 0; r < 3; r++)
    {
      grid.ijk_to_ras[r][3] = input->ijk_to_ras[r][3];
      for (int a = 0; a < 3; a++)
        {
          double step = (double) (input->dims[a] + 2 * margin[a]) / dims[a];

          grid.ijk_to_ras[r][a] = input->ijk_to_ras[r][a] * step;
          grid.ijk_to_ras[r][3] += input->ijk_to_ras[r][a] * (0.5 * step - 0.5 - margin[a]);
        }
    }
  return grid;
}

static void
add_targets (SagScanParts        *parts,
             const SagSampleGrid *grid,
             const SagScanFacts  *facts,
             const guint8        *voxels,
             const SagGeometry   *stored,
             const SagLabelMap   *sets)
{
  static const gint32 none[3] = { 0, 0, 0 };
  SagGeometry         box = cover (&facts->input, none, grid->recipe.box_mm);
  SagLabelMap         map = *sets;
  gsize               n = sets->n_sets * sag_sample_grid_n_cells (grid);
  float              *targets = g_new (float, n);

  memcpy (map.dims, box.dims, sizeof map.dims);
  map.voxels = g_malloc ((gsize) sag_geometry_n_voxels (&box));
  sag_labels_resample (voxels, stored, &box, map.voxels);
  sag_labels_cut (&box, &facts->scan, facts->kept_low, facts->kept_high, map.voxels);
  sag_labels_targets (grid, &map, NULL, sets->n_sets, targets);
  g_free (map.voxels);
  add_part (parts, "TARG", targets, n * sizeof *targets);
}

static void
add_labels (SagScanParts        *parts,
            const SagSampleGrid *grid,
            const SagScanFacts  *facts,
            const guint8        *voxels,
            const SagGeometry   *stored)
{
  const gint32 dims[3] = { grid->source[0] * grid->fine, grid->source[1] * grid->fine,
                           grid->source[2] * grid->fine };
  SagGeometry  fine = cover (&facts->input, grid->margin, dims);
  guint8      *labels = g_malloc ((gsize) sag_geometry_n_voxels (&fine));

  sag_labels_resample (voxels, stored, &fine, labels);
  sag_labels_cut (&fine, &facts->scan, facts->kept_low, facts->kept_high, labels);
  add_part (parts, "LABL", labels, (gsize) sag_geometry_n_voxels (&fine));
}

gboolean
sag_scan_make_mask (const SagSampleGrid *grid,
                    const char          *path,
                    const SagScanFacts  *facts,
                    const SagScanMask   *mask,
                    SagScanParts        *parts,
                    GCancellable        *cancellable,
                    GError             **error)
{
  g_autoptr (SagVolume) volume = sag_read_volume (mask->path, cancellable, error);
  g_autofree guint64 *counts = g_new0 (guint64, mask->n_sets);
  g_autofree guint8  *voxels = NULL;
  SagGeometry         stored;
  SagLabelMap         sets = { .n_sets = mask->n_sets };
  double             *values;

  if (volume == NULL ||
      !sag_label_numbers (volume, mask->sets, mask->n_sets, &voxels, &sets.members, counts, error))
    return FALSE;
  stored = *sag_volume_get_geometry (volume);
  sag_read_place_mask (path, &facts->scan, &stored);
  values = g_new (double, mask->n_sets + 1);
  values[0] = !sag_geometry_equal (&stored, &facts->scan, SAME_MM);
  for (gsize s = 0; s < mask->n_sets; s++)
    values[1 + s] = (double) counts[s];
  add_part (parts, "FACT", values, (mask->n_sets + 1) * sizeof *values);
  add_targets (parts, grid, facts, voxels, &stored, &sets);
  add_labels (parts, grid, facts, voxels, &stored);
  add_part (parts, "MEMB", sets.members, mask->n_sets * 256);
  return !g_cancellable_set_error_if_cancelled (cancellable, error) ||
         (sag_scan_parts_clear (parts), FALSE);
}
