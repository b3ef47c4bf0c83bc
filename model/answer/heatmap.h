/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/answer.h"
#include "model/answer/map.h"

G_BEGIN_DECLS

/**
 * sag_heatmap_save: `<case>__<answer id>__score.nii.gz` on @target, usually the scan's own grid,
 * and the answer with its cells as `.json` beside it: both, or none.
 * @answer: one that has a map
 * @case_name: of sag_case_dup_name()
 * @smooth: trilinear between cell centres, else raw cells
 *
 * Returns: (transfer full): the path of the NIfTI file; NULL on error, as sag_map_save()
 */
char *sag_heatmap_save (SagEngine         *engine,
                        const SagAnswer   *answer,
                        const SagGeometry *target,
                        gboolean           smooth,
                        const char        *folder,
                        const char        *case_name,
                        GCancellable      *cancellable,
                        GError           **error);

/**
 * sag_answer_write_file: the members of an answer document that `replay` reads: result, cells and
 * provenance.
 * @heatmap: (nullable): the map's file name, without its folder
 */
void sag_answer_write_file (const SagAnswer *answer,
                            const char      *case_name,
                            const char      *heatmap,
                            SagJsonWriter   *writer);

G_END_DECLS
