/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/dataset/rows.h"
#include "model/export/import-private.h"
#include "model/volume/nifti.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_LABELS 1000
#define TABLE_BYTES (4 << 20)

typedef struct
{
  char   *name;
  guint32 colour;
} Named;

static void
named_free (gpointer data)
{
  g_free (((Named *) data)->name);
  g_free (data);
}

static void
put_named (GHashTable *names, gint64 value, const char *name, guint32 colour)
{
  Named *named = g_new (Named, 1);

  named->name = g_utf8_make_valid (name, -1);
  named->colour = colour;
  g_hash_table_insert (names, GINT_TO_POINTER ((int) value), named);
}

/* Lines such as: 3 255 0 0 1 1 1 "Left lung" */
static void
read_itksnap (const char *text, GHashTable *names)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (gsize l = 0; lines[l] != NULL; l++)
    {
      int   value, r, g, b, n = 0;
      char *quote = strchr (lines[l], '"'), *end = quote != NULL ? strrchr (lines[l], '"') : NULL;

      if (quote == NULL || end == quote || *g_strchug (lines[l]) == '#' ||
          sscanf (lines[l], "%d %d %d %d%n", &value, &r, &g, &b, &n) < 4)
        continue;
      quote = strchr (lines[l], '"');
      end = strrchr (lines[l], '"');
      *end = 0;
      put_named (names, value, quote + 1,
                 (guint32) (CLAMP (r, 0, 255) << 16 | CLAMP (g, 0, 255) << 8 | CLAMP (b, 0, 255)));
    }
}

static gboolean
read_csv (const char *path, GHashTable *names, GError **error)
{
  g_autoptr (SagRows) rows = sag_rows_load (path, error);

  if (rows == NULL)
    return FALSE;
  for (gsize r = 0; r < sag_rows_get_n (rows); r++)
    {
      const char *id = sag_rows_get (rows, r, "id"), *name = sag_rows_get (rows, r, "name");
      const char *rgb = sag_rows_get (rows, r, "rgb_totalseg");
      g_auto (GStrv) parts = g_strsplit (rgb != NULL ? rgb : "", ",", -1);
      guint32 colour = 0xE69F00;

      if (id == NULL || name == NULL || *name == 0)
        continue;
      if (g_strv_length (parts) == 3)
        colour = (guint32) (CLAMP (atoi (parts[0]), 0, 255) << 16 |
                            CLAMP (atoi (parts[1]), 0, 255) << 8 | CLAMP (atoi (parts[2]), 0, 255));
      put_named (names, g_ascii_strtoll (id, NULL, 10), name, colour);
    }
  return TRUE;
}

static GHashTable *
read_names (const char *table, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (NULL, NULL, NULL, named_free);
  g_autofree char *text = NULL;

  if (table == NULL)
    return g_steal_pointer (&names);
  if (g_str_has_suffix (table, ".csv"))
    {
      if (!read_csv (table, names, error))
        return NULL;
    }
  else
    {
      text = sag_file_load (table, TABLE_BYTES, NULL, error);
      if (text == NULL)
        return NULL;
      read_itksnap (text, names);
    }
  if (g_hash_table_size (names) > 0)
    return g_steal_pointer (&names);
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "%s names no labels. Give ITK-SNAP's label descriptions, or CSV with the columns id "
               "and name.",
               table);
  return NULL;
}

static int
compare_ints (gconstpointer a, gconstpointer b)
{
  const gint32 x = *(const gint32 *) a, y = *(const gint32 *) b;

  return (x > y) - (x < y);
}

/* The values of a map but 0, rising. */
static GArray *
find_values (SagVolume *map, const char *name, GError **error)
{
  const gint32 *dims = sag_volume_get_geometry (map)->dims;
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  gint32 last = 0;

  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 i = 0; i < dims[0]; i++)
        {
          const float value = sag_volume_value (map, i, j, k);
          gint32      whole;

          if (isnan (value) || value == 0 || value == (float) last)
            continue;
          if (value != floorf (value) || fabsf (value) > 1e6f || values->len >= MOST_LABELS)
            {
              g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                           "%s is no mask: it has values between whole numbers, or more than %d of "
                           "them.",
                           name, MOST_LABELS);
              return NULL;
            }
          last = whole = (gint32) value;
          if (g_hash_table_add (seen, GINT_TO_POINTER (whole)))
            g_array_append_val (values, whole);
        }
  g_array_sort (values, compare_ints);
  return g_steal_pointer (&values);
}

static gboolean
is_wanted (float value, const gint32 *values, gsize n_values)
{
  for (gsize v = 0; v < n_values; v++)
    if (value == (float) values[v])
      return TRUE;
  return n_values == 0 && !isnan (value) && value != 0;
}

SagMask *
sag_import_map_mask (
  SagVolume *map, const SagGeometry *grid, const gint32 *values, gsize n_values, gboolean by_model)
{
  g_autoptr (SagMask) empty = sag_mask_new (grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  const SagGeometry *from = sag_volume_get_geometry (map);
  const SagMaskMode  mode = by_model ? SAG_MASK_PAINT_AS_MODEL : SAG_MASK_PAINT;
  double             inverse[3][4], across[3][4];

  sag_geometry_invert (from, inverse);
  sag_geometry_compose (inverse, grid->ijk_to_ras, across);
  for (gint32 k = 0; k < grid->dims[2]; k++)
    for (gint32 j = 0; j < grid->dims[1]; j++)
      for (gint32 i = 0, first = -1; i <= grid->dims[0]; i++)
        {
          double   at[3];
          gboolean in = i < grid->dims[0];

          sag_geometry_apply (across, (double[]){ i, j, k }, at);
          for (int a = 0; a < 3; a++)
            {
              at[a] = floor (at[a] + 0.5);
              in &= at[a] >= 0 && at[a] < from->dims[a];
            }
          in = in && is_wanted (sag_volume_value (map, (int) at[0], (int) at[1], (int) at[2]),
                                values, n_values);
          if (in && first < 0)
            first = i;
          else if (!in && first >= 0)
            {
              sag_mask_edit_span (edit, mode, NULL, first, i - 1, j, k);
              first = -1;
            }
        }
  return sag_mask_edit_snapshot (edit);
}

typedef struct
{
  gint64     case_id;
  GPtrArray *infos;
  GPtrArray *masks;
} Put;

static gboolean
put_masks (SagDb *db, gpointer data, GError **error)
{
  const Put *put = data;

  for (guint m = 0; m < put->masks->len; m++)
    if (!sag_masks_put (db, put->case_id, g_ptr_array_index (put->infos, m),
                        g_ptr_array_index (put->masks, m), NULL, error))
      return FALSE;
  return TRUE;
}

static SagMaskInfo *
make_info (GHashTable *names,
           gint32      value,
           gboolean    only,
           const char *path,
           const char *told,
           const char *key)
{
  static const guint32 colours[] = { 0xE69F00, 0x56B4E9, 0x009E73, 0xF0E442,
                                     0xD55E00, 0xCC79A7, 0x0072B2 };
  const Named         *named = g_hash_table_lookup (names, GINT_TO_POINTER (value));
  g_autofree char     *file = sag_file_dup_display_name (path);
  g_autofree char     *number = g_strdup_printf ("Label %d", value);
  char                *dot = strchr (file, '.');

  if (dot != NULL && dot != file)
    *dot = 0;
  return sag_mask_info_new (
    named != NULL ? named->name
    : only        ? (told != NULL ? told : file)
                  : number,
    key, named != NULL ? named->colour : colours[(guint) value % G_N_ELEMENTS (colours)]);
}

gboolean
sag_import_check_map (SagVolume *map, const char *name, GError **error)
{
  g_autoptr (GArray) values = find_values (map, name, error);

  return values != NULL;
}

SagVolume *
sag_import_read_map (const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = sag_file_dup_display_name (path);
  g_autoptr (SagVolume) map = sag_nifti_load (path, NULL, NULL, cancellable, error);

  return map != NULL && sag_import_check_map (map, name, error) ? g_steal_pointer (&map) : NULL;
}

gboolean
sag_import_read_masks (const char        *path,
                       const char        *table,
                       const char        *key,
                       gboolean           by_model,
                       const SagGeometry *grid,
                       const char        *scan,
                       GPtrArray         *infos,
                       GPtrArray         *masks,
                       SagExported       *imported,
                       GCancellable      *cancellable,
                       GError           **error)
{
  g_autofree char *name = sag_file_dup_display_name (path);
  g_autoptr (GHashTable) names = read_names (table, error);
  g_autoptr (SagVolume) map =
    names != NULL ? sag_nifti_load (path, NULL, NULL, cancellable, error) : NULL;
  g_autoptr (GArray) values = map != NULL ? find_values (map, name, error) : NULL;
  g_autofree char *told = key == NULL ? sag_import_dup_told_key (path) : NULL;
  g_autofree char *told_name = sag_import_dup_told_name (path);
  const gboolean   only = values != NULL && values->len == 1;
  const guint      before = masks->len;

  if (values == NULL)
    return FALSE;
  if (!sag_geometry_equal (sag_volume_get_geometry (map), grid, SAG_SAME_GRID_MM))
    sag_exported_note (imported, "%s lies on another grid than %s; the nearest voxels were taken.",
                       name, scan);
  for (guint v = 0; v < values->len; v++)
    {
      const gint32 value = g_array_index (values, gint32, v);
      g_autoptr (SagMask) mask = sag_import_map_mask (map, grid, &value, 1, by_model);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (sag_mask_is_empty (mask))
        continue;
      g_ptr_array_add (
        infos, make_info (names, value, only, path, told_name, key != NULL || !only ? key : told));
      g_ptr_array_add (masks, g_steal_pointer (&mask));
    }
  if (masks->len > before)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "%s is empty, or none of it lies in %s. Is it of another scan?", name, scan);
  return FALSE;
}

gboolean
sag_import_mask (SagProject   *project,
                 gint64        case_id,
                 const char   *path,
                 const char   *table,
                 const char   *key,
                 gboolean      by_model,
                 SagExported  *imported,
                 GCancellable *cancellable,
                 GError      **error)
{
  const SagCaseRow *one = NULL;
  g_autoptr (GPtrArray) infos =
    g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_info_free);
  g_autoptr (GPtrArray) masks = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_unref);
  Put put = { case_id, infos, masks };

  if (!sag_store_need_writable (project->store, error))
    return FALSE;
  for (guint c = 0; c < project->cases->len; c++)
    if (((SagCaseRow *) g_ptr_array_index (project->cases, c))->id == case_id)
      one = g_ptr_array_index (project->cases, c);
  if (one == NULL || one->geometry.dims[0] == 0)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           "There is no such case, or its scan was never opened.");
      return FALSE;
    }
  if (!sag_import_read_masks (path, table, key, by_model, &one->geometry, one->name, infos, masks,
                              imported, cancellable, error))
    return FALSE;
  if (key == NULL)
    sag_import_name_tasks (project->tasks, path, one->name, infos, 0);
  imported->n_rows += masks->len;
  imported->n_files++;
  return sag_store_run (project->store, put_masks, &put, error);
}
