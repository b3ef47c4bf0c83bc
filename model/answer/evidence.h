/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/answer.h"

G_BEGIN_DECLS

/**
 * SagEvidence: how much the class logit falls when one vision token is hidden from attention.
 *
 * A different thing from the score map, and never shown under its name: it says on what the number
 * rests, not where the finding is. One token covers 48 x 64 x 64 mm in the paper's network.
 *
 * @drop: (tokens along x, y, z), x fastest: logit with everything minus logit without the token
 */
typedef struct
{
  gint32      dims[3];
  float      *drop;
  SagGeometry geometry;
  float       logit;
} SagEvidence;

typedef void (*SagEvidenceProgress) (gsize n_done, gsize n_tokens, gpointer user_data);

/**
 * sag_evidence_compute: asks once a token, in batches; @progress (nullable) runs on this thread.
 * Errors: as sag_engine_ask()
 */
SagEvidence *sag_evidence_compute (SagEngine          *engine,
                                   SagTokens          *tokens,
                                   const SagAnswer    *answer,
                                   SagEvidenceProgress progress,
                                   gpointer            user_data,
                                   GCancellable       *cancellable,
                                   GError            **error);
void         sag_evidence_free (SagEvidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagEvidence, sag_evidence_free)

/**
 * sag_evidence_save: `<case>__<answer id>__evidence.nii.gz` on @target, in logit units.
 * Returns: (transfer full): its path; NULL on error, as sag_map_save()
 */
char *sag_evidence_save (SagEngine         *engine,
                         const SagEvidence *evidence,
                         const SagAnswer   *answer,
                         const SagGeometry *target,
                         const char        *folder,
                         const char        *case_name,
                         GCancellable      *cancellable,
                         GError           **error);

G_END_DECLS
