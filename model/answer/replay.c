/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/replay.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-reader.h"

#include <math.h>

#define MAX_BYTES (64 << 20)
#define MOST_RESULTS 10000

static void
result_free (SagRecordedResult *result)
{
  g_free (result->text);
  g_free (result->cells);
  g_free (result);
}

void
sag_record_free (SagRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->case_name);
  g_clear_pointer (&record->results, g_ptr_array_unref);
  g_clear_pointer (&record->provenance, sag_provenance_unref);
  g_free (record);
}

static gboolean
read_cells (JsonObject *object, SagRecordedResult *result, GError **error)
{
  g_autofree guchar *bytes = NULL;
  JsonObject        *cells;
  const char        *base64;
  gsize              size;
  gboolean           ok;

  if (!json_object_has_member (object, "cells"))
    return TRUE;
  if (!sag_json_get_object (object, "cells", &cells, error) ||
      !sag_json_get_string (cells, "float32", &base64, error))
    return FALSE;
  bytes = g_base64_decode (base64, &size);
  ok = size > 0 && size % 4 == 0;
  result->n_cells = size / 4;
  result->cells = g_new (float, result->n_cells);
  for (gsize i = 0; i < result->n_cells; i++)
    {
      guint32 bits;

      memcpy (&bits, bytes + i * 4, 4);
      bits = GUINT32_FROM_LE (bits);
      memcpy (&result->cells[i], &bits, 4);
      ok = ok && isfinite (result->cells[i]);
    }
  if (!ok)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"float32\" does not hold scores.");
  return ok;
}

/* @value stays as it is for null. */
static gboolean
read_number_or_null (JsonObject *object, const char *name, double *value, GError **error)
{
  return (json_object_has_member (object, name) && json_object_get_null_member (object, name)) ||
         sag_json_get_number (object, name, value, error);
}

static gboolean
read_result (JsonObject *object, SagRecordedResult *result, GError **error)
{
  double      logit = NAN, peak = NAN;
  JsonObject *heatmap;
  const char *text;

  if (!sag_json_get_string (object, "task", &text, error) ||
      !sag_json_get_object (object, "heatmap", &heatmap, error) ||
      !read_number_or_null (heatmap, "max", &peak, error))
    return FALSE;
  if (json_object_has_member (object, "logit") &&
      !read_number_or_null (object, "logit", &logit, error))
    return FALSE;
  result->text = g_strdup (text);
  result->logit = (float) logit;
  result->peak_score = (float) peak;
  return read_cells (object, result, error);
}

static gboolean
read_record (JsonObject *object, SagRecord *record, GError **error)
{
  JsonObject *provenance;
  JsonArray  *results;
  const char *case_name;

  if (!sag_json_get_string (object, "case", &case_name, error) ||
      !sag_json_get_object (object, "provenance", &provenance, error) ||
      !sag_json_get_array (object, "results", &results, error))
    return FALSE;
  record->provenance = sag_provenance_read (provenance, error);
  if (record->provenance == NULL)
    return FALSE;
  record->case_name = g_strdup (case_name);
  if (json_array_get_length (results) > MOST_RESULTS)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "it holds more than %d results.",
                   MOST_RESULTS);
      return FALSE;
    }
  for (guint i = 0; i < json_array_get_length (results); i++)
    {
      JsonNode          *node = json_array_get_element (results, i);
      SagRecordedResult *result = g_new0 (SagRecordedResult, 1);

      g_ptr_array_add (record->results, result);
      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "result %u is not an object.", i + 1);
          return FALSE;
        }
      if (!read_result (json_node_get_object (node), result, error))
        return FALSE;
    }
  if (record->results->len > 0)
    return TRUE;
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, "it holds no result.");
  return FALSE;
}

SagRecord *
sag_record_load (const char *path, GError **error)
{
  g_autofree char *name = sag_file_dup_display_name (path);
  g_autoptr (SagRecord) record = g_new0 (SagRecord, 1);
  g_autoptr (JsonNode) root = sag_json_parse_file (path, MAX_BYTES, error);

  if (root == NULL)
    return NULL;
  record->results = g_ptr_array_new_with_free_func ((GDestroyNotify) result_free);
  if (!read_record (json_node_get_object (root), record, error))
    {
      g_prefix_error (
        error, "%s is not an answer about one scan (of ask --json, or beside a heatmap): ", name);
      return NULL;
    }
  return g_steal_pointer (&record);
}

gboolean
sag_replay_compare (const SagRecordedResult *recorded,
                    const SagAnswer         *answer,
                    SagReplayDifference     *difference,
                    GError                 **error)
{
  gsize n = (gsize) sag_geometry_n_voxels (&answer->cell_geometry);

  *difference = (SagReplayDifference){ 0 };
  if (answer->has_class && !isfinite (recorded->logit))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                   "The saved answer to \"%s\" holds no logit to compare with; "
                   "save it anew with ask --json.",
                   recorded->text);
      return FALSE;
    }
  if (answer->has_class)
    difference->logit = fabs ((double) recorded->logit - answer->logit);
  if (!answer->has_map)
    return TRUE;
  if (recorded->cells == NULL && !isfinite (recorded->peak_score))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                   "The saved answer to \"%s\" has no map, but this bundle draws one; replay it "
                   "with the bundle that made it.",
                   recorded->text);
      return FALSE;
    }
  if (recorded->cells == NULL)
    {
      difference->cells = fabs ((double) recorded->peak_score - answer->peak_score);
      return TRUE;
    }
  if (recorded->n_cells != n)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                   "The saved heatmap has %" G_GSIZE_FORMAT " cells, but this bundle makes "
                   "%" G_GSIZE_FORMAT "; replay it with the bundle that made it.",
                   recorded->n_cells, n);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      double d = fabs ((double) recorded->cells[i] - answer->cells[i]);

      difference->cells = MAX (difference->cells, d);
    }
  return TRUE;
}

char **
sag_replay_explain (const SagProvenance *recorded, const SagProvenance *now)
{
  const struct
  {
    const char *sentence;
    const char *was;
    const char *is;
  } parts[] = {
    { "The scan is another one, or was changed", recorded->voxels, now->voxels },
    { "The bundle is another one", recorded->bundle_sha256, now->bundle_sha256 },
    { "The recipe is another one", recorded->recipe, now->recipe },
    { "The lungs came from elsewhere", recorded->lung_source, now->lung_source },
    { "The engine is another one", recorded->engine, now->engine },
    { "The device is another one", recorded->device, now->device },
    { "The precision is another one", recorded->precision, now->precision },
    { "The program is another version", recorded->program, now->program },
    { "The program was built from another commit", recorded->commit, now->commit },
  };
  g_autoptr (GStrvBuilder) sentences = g_strv_builder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_strcmp0 (parts[i].was, parts[i].is) != 0)
      {
        g_autofree char *sentence =
          g_strdup_printf ("%s: %.40s, now %.40s.", parts[i].sentence, parts[i].was, parts[i].is);

        g_strv_builder_add (sentences, sentence);
      }
  if (!sag_geometry_equal (&recorded->input, &now->input, 1e-3))
    g_strv_builder_add (sentences, "The analysed box lies elsewhere.");
  return g_strv_builder_end (sentences);
}
