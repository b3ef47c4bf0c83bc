/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/provenance.h"

#include "model/core/error.h"
#include "model/core/json-reader.h"
#include "model/core/version.h"

#include <math.h>

typedef struct
{
  SagProvenance public;
  gatomicrefcount refs;
} Shared;

/* The string members, in the order in which they are written. */
static const struct
{
  const char *name;
  gsize       offset;
} texts[] = {
  { "voxels_xxh128", G_STRUCT_OFFSET (SagProvenance, voxels) },
  { "bundle_name", G_STRUCT_OFFSET (SagProvenance, bundle_name) },
  { "bundle_sha256", G_STRUCT_OFFSET (SagProvenance, bundle_sha256) },
  { "weights_sha256", G_STRUCT_OFFSET (SagProvenance, weights_sha256) },
  { "recipe", G_STRUCT_OFFSET (SagProvenance, recipe) },
  { "lung_source", G_STRUCT_OFFSET (SagProvenance, lung_source) },
  { "engine", G_STRUCT_OFFSET (SagProvenance, engine) },
  { "device", G_STRUCT_OFFSET (SagProvenance, device) },
  { "precision", G_STRUCT_OFFSET (SagProvenance, precision) },
  { "program", G_STRUCT_OFFSET (SagProvenance, program) },
  { "commit", G_STRUCT_OFFSET (SagProvenance, commit) },
};

static char **
text_at (const SagProvenance *provenance, gsize i)
{
  return (char **) ((char *) provenance + texts[i].offset);
}

static SagProvenance *
provenance_alloc (void)
{
  Shared *shared = g_new0 (Shared, 1);

  g_atomic_ref_count_init (&shared->refs);
  return &shared->public;
}

SagProvenance *
sag_provenance_new (SagEngine   *engine,
                    SagPrepared *prepared,
                    SagVolume   *volume,
                    const double shift_mm[3],
                    gboolean     forced)
{
  SagProvenance       *provenance = provenance_alloc ();
  SagBundle           *bundle = sag_engine_get_bundle (engine);
  const SagEngineInfo *info = sag_engine_get_info (engine);
  gboolean             upstream = sag_prepared_get_recipe (prepared)->kind == SAG_RECIPE_UPSTREAM;

  provenance->voxels = g_strdup (sag_volume_get_hash (volume));
  provenance->bundle_name = g_strdup (sag_bundle_get_name (bundle));
  provenance->bundle_sha256 = g_strdup (sag_bundle_get_sha256 (bundle));
  provenance->weights_sha256 = g_strdup (sag_bundle_get_weights_sha256 (bundle));
  provenance->recipe = g_strdup (upstream ? "upstream" : "paper");
  provenance->lung_source = g_strdup (sag_prepared_get_lung_source (prepared));
  provenance->input = *sag_prepared_get_input_geometry (prepared);
  for (int a = 0; a < 3; a++)
    provenance->shift_mm[a] = shift_mm ? shift_mm[a] : 0;
  provenance->forced = forced;
  provenance->engine = g_strdup (info->engine);
  provenance->device = g_strdup (info->device);
  provenance->precision = g_strdup (info->precision);
  provenance->program = g_strdup (sag_version_get ());
  provenance->commit = g_strdup (sag_version_get_commit ());
  provenance->calibration = sag_calibration_find (bundle);
  if (provenance->calibration != NULL)
    provenance->calibration_sha256 =
      g_strdup (sag_calibration_get_sha256 (provenance->calibration));
  return provenance;
}

SagProvenance *
sag_provenance_ref (SagProvenance *provenance)
{
  Shared *shared = (Shared *) provenance;

  g_return_val_if_fail (provenance != NULL, NULL);
  g_atomic_ref_count_inc (&shared->refs);
  return provenance;
}

void
sag_provenance_unref (SagProvenance *provenance)
{
  Shared *shared = (Shared *) provenance;

  if (provenance == NULL || !g_atomic_ref_count_dec (&shared->refs))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*text_at (provenance, i));
  sag_calibration_unref (provenance->calibration);
  g_free (provenance->calibration_sha256);
  g_free (shared);
}

void
sag_geometry_write_json (const SagGeometry *geometry, SagJsonWriter *writer, const char *name)
{
  sag_json_begin_object (writer, name);
  sag_json_integers (writer, "dims", geometry->dims, 3);
  sag_json_begin_array (writer, "ijk_to_ras");
  for (int row = 0; row < 3; row++)
    sag_json_numbers (writer, NULL, geometry->ijk_to_ras[row], 4);
  sag_json_end_array (writer);
  sag_json_end_object (writer);
}

void
sag_provenance_write (const SagProvenance *provenance, SagJsonWriter *writer)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    sag_json_string (writer, texts[i].name, *text_at (provenance, i));
  if (provenance->calibration_sha256 != NULL)
    sag_json_string (writer, "calibration_sha256", provenance->calibration_sha256);
  sag_geometry_write_json (&provenance->input, writer, "input");
  sag_json_numbers (writer, "shift_mm", provenance->shift_mm, 3);
  sag_json_boolean (writer, "forced", provenance->forced);
}

/* Reads an array of exactly @n_values numbers. */
static gboolean
read_numbers (JsonArray *array, const char *name, double *values, guint n_values, GError **error)
{
  gboolean ok = json_array_get_length (array) == n_values;

  for (guint i = 0; ok && i < n_values; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      GType     type = json_node_get_value_type (node);

      values[i] = type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double (node) : NAN;
      ok = isfinite (values[i]);
    }
  if (!ok)
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"%s\" does not hold %u finite numbers.",
                 name, n_values);
  return ok;
}

static gboolean
read_geometry (JsonObject *object, SagGeometry *geometry, GError **error)
{
  JsonArray *rows;

  if (!sag_json_get_sizes (object, "dims", 1 << 20, 3, geometry->dims, error) ||
      !sag_json_get_array (object, "ijk_to_ras", &rows, error))
    return FALSE;
  for (guint row = 0; row < 3; row++)
    {
      gboolean  there = row < json_array_get_length (rows);
      JsonNode *node = there ? json_array_get_element (rows, row) : NULL;

      if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
        {
          g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                               "\"ijk_to_ras\" does not hold three rows.");
          return FALSE;
        }
      if (!read_numbers (json_node_get_array (node), "ijk_to_ras", geometry->ijk_to_ras[row], 4,
                         error))
        return FALSE;
    }
  return TRUE;
}

SagProvenance *
sag_provenance_read (JsonObject *object, GError **error)
{
  g_autoptr (SagProvenance) provenance = provenance_alloc ();
  JsonObject *input;
  JsonArray  *shift;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *text;

      if (!sag_json_get_string (object, texts[i].name, &text, error))
        return NULL;
      *text_at (provenance, i) = g_strdup (text);
    }
  if (json_object_has_member (object, "calibration_sha256"))
    {
      const char *sha256;

      if (!sag_json_get_string (object, "calibration_sha256", &sha256, error))
        return NULL;
      provenance->calibration_sha256 = g_strdup (sha256);
    }
  if (!sag_json_get_boolean (object, "forced", &provenance->forced, error) ||
      !sag_json_get_object (object, "input", &input, error) ||
      !read_geometry (input, &provenance->input, error) ||
      !sag_json_get_array (object, "shift_mm", &shift, error) ||
      !read_numbers (shift, "shift_mm", provenance->shift_mm, 3, error))
    return NULL;
  return g_steal_pointer (&provenance);
}
