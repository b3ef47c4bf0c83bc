/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/evidence.h"

#include "model/answer/map.h"

#define BATCH 16

void
sag_evidence_free (SagEvidence *evidence)
{
  if (evidence == NULL)
    return;
  g_free (evidence->drop);
  g_free (evidence);
}

static SagEvidence *
evidence_new (SagEngine *engine, const SagAnswer *answer)
{
  SagEvidence      *evidence = g_new0 (SagEvidence, 1);
  const SagNetwork *network = sag_bundle_get_network (sag_engine_get_bundle (engine));

  for (int a = 0; a < 3; a++)
    evidence->dims[a] = answer->cell_dims[a] / network->cells[a];
  evidence->geometry = sag_geometry_coarsen (&answer->cell_geometry, network->cells);
  evidence->drop = g_new0 (float, (gsize) sag_geometry_n_voxels (&evidence->geometry));
  return evidence;
}

/* Vision tokens are numbered z fastest, maps x fastest. */
static gsize
map_index (const gint32 dims[3], gsize token)
{
  gsize z = token % dims[2], y = token / dims[2] % dims[1], x = token / dims[2] / dims[1];

  return x + dims[0] * (y + dims[1] * z);
}

SagEvidence *
sag_evidence_compute (SagEngine          *engine,
                      SagTokens          *tokens,
                      const SagAnswer    *answer,
                      SagEvidenceProgress progress,
                      gpointer            user_data,
                      GCancellable       *cancellable,
                      GError            **error)
{
  g_autoptr (SagEvidence) evidence = evidence_new (engine, answer);
  gsize              n = (gsize) sag_geometry_n_voxels (&evidence->geometry);
  g_autofree guint8 *masks = g_malloc (BATCH * n);
  const char        *texts[BATCH];
  float              logits[BATCH];

  for (gsize i = 0; i < BATCH; i++)
    texts[i] = answer->text;
  if (!sag_engine_ask (engine, tokens, texts, 1, NULL, &evidence->logit, NULL, cancellable, error))
    return NULL;
  for (gsize first = 0; first < n; first += BATCH)
    {
      gsize count = MIN (BATCH, n - first);

      memset (masks, 1, count * n);
      for (gsize i = 0; i < count; i++)
        masks[i * n + first + i] = 0;
      if (!sag_engine_ask (engine, tokens, texts, count, masks, logits, NULL, cancellable, error))
        return NULL;
      for (gsize i = 0; i < count; i++)
        evidence->drop[map_index (evidence->dims, first + i)] = evidence->logit - logits[i];
      if (progress != NULL)
        progress (first + count, n, user_data);
    }
  return g_steal_pointer (&evidence);
}

char *
sag_evidence_save (SagEngine         *engine,
                   const SagEvidence *evidence,
                   const SagAnswer   *answer,
                   const SagGeometry *target,
                   const char        *folder,
                   const char        *case_name,
                   GCancellable      *cancellable,
                   GError           **error)
{
  g_autofree char *id = sag_answer_dup_id (answer);
  g_autofree char *name = g_strdup_printf ("%s__%s__evidence.nii.gz", case_name, id);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!sag_map_save (engine, &evidence->geometry, evidence->drop, target, FALSE, path,
                     "Sagitta evidence: class logit drop when hidden", cancellable, error))
    return NULL;
  return g_steal_pointer (&path);
}
