/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/hash.h"
#include "model/core/json-reader.h"
#include "model/export/export.h"
#include "model/store/records.h"
#include "model/text/task.h"
#include "model/volume/nifti.h"

#include <math.h>
#include <string.h>

typedef struct
{
  gint64     id;
  GPtrArray *answers;
} LoadAnswers;

static gboolean
load_answers (SagDb *db, gpointer data, GError **error)
{
  LoadAnswers *job = data;

  job->answers = sag_answers_list (db, job->id, error);
  return job->answers != NULL;
}

/* The member "cell_geometry", as sag_geometry_write_json() writes it. */
static gboolean
read_cells (const SagAnswerRow *answer, SagGeometry *geometry, GError **error)
{
  g_autoptr (JsonNode) node =
    sag_json_parse (answer->json, strlen (answer->json), "An answer of the project", error);
  JsonObject *object;
  JsonArray  *rows;

  if (node == NULL ||
      !sag_json_get_object (json_node_get_object (node), "cell_geometry", &object, error) ||
      !sag_json_get_sizes (object, "dims", 4096, 3, geometry->dims, error) ||
      !sag_json_get_array (object, "ijk_to_ras", &rows, error))
    return FALSE;
  for (guint r = 0; r < 3; r++)
    for (guint c = 0; c < 4; c++)
      {
        JsonNode  *row = r < json_array_get_length (rows) ? json_array_get_element (rows, r) : NULL;
        JsonArray *values =
          row != NULL && JSON_NODE_HOLDS_ARRAY (row) ? json_node_get_array (row) : NULL;
        JsonNode *value = values != NULL && c < json_array_get_length (values)
                            ? json_array_get_element (values, c)
                            : NULL;

        geometry->ijk_to_ras[r][c] =
          value != NULL && JSON_NODE_HOLDS_VALUE (value) ? json_node_get_double (value) : NAN;
      }
  if (answer->cells != NULL && sag_geometry_n_voxels (geometry) > 0 &&
      (gint64) g_bytes_get_size (answer->cells) ==
        sag_geometry_n_voxels (geometry) * (gint64) sizeof (float))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "An answer of the project is damaged: its cells do not fit its grid.");
  return FALSE;
}

/* Every voxel that of its cell; NaN outside. */
static float *
spread (const SagGeometry *cells, const float *values, const SagGeometry *grid)
{
  float *out = g_new (float, sag_geometry_n_voxels (grid)), *voxel = out;
  double inverse[3][4], across[3][4];

  if (!sag_geometry_invert (cells, inverse))
    {
      g_free (out);
      return NULL;
    }
  sag_geometry_compose (inverse, grid->ijk_to_ras, across);
  for (gint32 k = 0; k < grid->dims[2]; k++)
    for (gint32 j = 0; j < grid->dims[1]; j++)
      for (gint32 i = 0; i < grid->dims[0]; i++)
        {
          double   at[3];
          gboolean inside = TRUE;

          sag_geometry_apply (across, (double[]){ i, j, k }, at);
          for (int a = 0; a < 3; a++)
            {
              at[a] = floor (at[a] + 0.5);
              inside &= at[a] >= 0 && at[a] < cells->dims[a];
            }
          *voxel++ =
            inside
              ? values[(gsize) at[0] + (gsize) cells->dims[0] *
                                         ((gsize) at[1] + (gsize) cells->dims[1] * (gsize) at[2])]
              : NAN;
        }
  return out;
}

static gboolean
export_answer (SagProject         *project,
               const SagCaseRow   *one,
               const SagAnswerRow *answer,
               const char         *folder,
               GCancellable       *cancellable,
               GError            **error)
{
  g_autofree char  *name = sag_project_dup_name (project, one);
  g_autofree char  *slug = sag_task_slug (answer->text);
  g_autofree char  *both = g_strconcat (answer->text, answer->bundle, NULL);
  g_autofree char  *hash = sag_hash_sha256 (both, strlen (both));
  g_autofree char  *base = g_strdup_printf ("%s/%s__%s-%.8s__score", folder, name, slug, hash);
  g_autofree char  *map = g_strconcat (base, ".nii.gz", NULL);
  g_autofree char  *about = g_strconcat (base, ".json", NULL);
  g_autofree float *voxels = NULL;
  SagGeometry       cells;

  if (!read_cells (answer, &cells, error))
    return FALSE;
  voxels = spread (&cells, g_bytes_get_data (answer->cells, NULL), &one->geometry);
  if (voxels == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "An answer of the project is damaged: its grid has no volume.");
      return FALSE;
    }
  return sag_nifti_save (map, &one->geometry, SAG_NIFTI_FLOAT32, voxels, "Sagitta scores",
                         cancellable, error) &&
         sag_file_save (about, answer->json, strlen (answer->json), error);
}

gboolean
sag_export_scores (SagProject   *project,
                   const char   *folder,
                   SagExported  *exported,
                   GCancellable *cancellable,
                   GError      **error)
{
  for (guint c = 0; c < project->cases->len; c++)
    {
      const SagCaseRow *one = g_ptr_array_index (project->cases, c);
      LoadAnswers       job = { one->id, NULL };
      g_autoptr (GPtrArray) answers = NULL;

      if (!sag_exported_step (exported, c, project->cases->len, cancellable, error) ||
          !sag_store_run (project->store, load_answers, &job, error))
        return FALSE;
      answers = job.answers;
      for (guint a = 0; a < answers->len; a++)
        {
          const SagAnswerRow *answer = g_ptr_array_index (answers, a);

          if (answer->cells == NULL || one->geometry.dims[0] == 0)
            continue;
          if (!export_answer (project, one, answer, folder, cancellable, error))
            return FALSE;
          exported->n_files++;
        }
    }
  return TRUE;
}
