/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/combine.h"
#include "model/store/labels.h"

G_BEGIN_DECLS

/* What counts where readers differ. A decision stands beside the readings, which stay as they are, and is taken back
 * with sag_reviews_forget(). All functions run on the store's thread. */

/** sag_decide_label: @value is the word that counts for a task of a case. Error: SAG_ERROR_ARGUMENT: none */
gboolean
sag_decide_label (SagDb *db, gint64 case_id, gint64 task_id, SagLabelValue value, GError **error);

/**
 * sag_decide_mask: the mask that counts for a task of a case: a copy of one of the readings, or what several make
 * together. It is one more mask of who works, who may go on painting it.
 * @masks: (array zero-terminated=1): UUIDs of the readings
 * @name: of the new mask
 * @uuid: (out) (optional) (transfer full): of the new mask
 *
 * Errors: SAG_ERROR_ARGUMENT: no such case, task or mask
 */
gboolean sag_decide_mask (SagDb             *db,
                          gint64             case_id,
                          gint64             task_id,
                          const char *const *masks,
                          SagMaskOperation   operation,
                          const char        *name,
                          char             **uuid,
                          GError           **error);

G_END_DECLS
