/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/heatmap.h"

#include "model/core/file.h"

#include <glib/gstdio.h>

static void
write_cells (const SagAnswer *answer, SagJsonWriter *writer)
{
  gsize              n = (gsize) sag_geometry_n_voxels (&answer->cell_geometry);
  g_autofree guchar *bytes = g_malloc (n * 4);
  g_autofree char   *base64 = NULL;

  for (gsize i = 0; i < n; i++)
    {
      guint32 bits;

      memcpy (&bits, &answer->cells[i], 4);
      bits = GUINT32_TO_LE (bits);
      memcpy (bytes + i * 4, &bits, 4);
    }
  base64 = g_base64_encode (bytes, n * 4);
  sag_json_begin_object (writer, "cells");
  sag_json_string (writer, "meaning",
                   "scores 0..1 of the patch head, x fastest, float32 little endian, base64");
  sag_geometry_write_json (&answer->cell_geometry, writer, "grid");
  sag_json_string (writer, "float32", base64);
  sag_json_end_object (writer);
}

void
sag_answer_write_file (const SagAnswer *answer,
                       const char      *case_name,
                       const char      *heatmap,
                       SagJsonWriter   *writer)
{
  sag_json_string (writer, "case", case_name);
  sag_json_string (writer, "notice", "Research use, not a medical device");
  sag_json_begin_array (writer, "results");
  sag_json_begin_object (writer, NULL);
  sag_answer_write (answer, heatmap, writer);
  sag_json_integers (writer, "token_ids", answer->ids, answer->n_ids);
  if (answer->has_map)
    write_cells (answer, writer);
  sag_json_end_object (writer);
  sag_json_end_array (writer);
  sag_json_begin_object (writer, "provenance");
  sag_provenance_write (answer->provenance, writer);
  sag_json_end_object (writer);
}

static gboolean
save_document (const SagAnswer *answer,
               const char      *case_name,
               const char      *heatmap,
               const char      *path,
               GError         **error)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *name = g_path_get_basename (heatmap);
  g_autofree char *text = NULL;

  sag_json_begin_object (writer, NULL);
  sag_answer_write_file (answer, case_name, name, writer);
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  return sag_file_save (path, text, strlen (text), error);
}

char *
sag_heatmap_save (SagEngine         *engine,
                  const SagAnswer   *answer,
                  const SagGeometry *target,
                  gboolean           smooth,
                  const char        *folder,
                  const char        *case_name,
                  GCancellable      *cancellable,
                  GError           **error)
{
  g_autofree char *id = sag_answer_dup_id (answer);
  g_autofree char *name = g_strdup_printf ("%s__%s__score", case_name, id);
  g_autofree char *stem = g_build_filename (folder, name, NULL);
  g_autofree char *map = g_strconcat (stem, ".nii.gz", NULL);
  g_autofree char *document = g_strconcat (stem, ".json", NULL);

  g_return_val_if_fail (answer->has_map, NULL);

  if (!sag_map_save (engine, &answer->cell_geometry, answer->cells, target, smooth, map,
                     "Sagitta patch score, research use only", cancellable, error))
    return NULL;
  if (!save_document (answer, case_name, map, document, error))
    {
      g_unlink (map);
      return NULL;
    }
  return g_steal_pointer (&map);
}
