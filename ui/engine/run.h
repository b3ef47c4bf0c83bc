/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/engine/worker.h"

G_BEGIN_DECLS

/**
 * sag_ui_run: does @job and leaves the outcome in it; on the engine thread.
 * Returns: TRUE if it is done; FALSE if it wants to wait again for its next part
 */
gboolean sag_ui_run (SagUiWorker *worker, SagUiJob *job);

/**
 * sag_ui_run_tokens: the vision tokens of the job's scan with @engine, from the cache if they are
 * there. Tells the main thread of the preparation.
 *
 * Returns: (transfer full)
 * Errors: SAG_ERROR_SCOPE for a scan out of scope unless the job is forced; as sag_prepare() and
 * sag_engine_encode()
 */
SagTokens *
sag_ui_run_tokens (SagUiWorker *worker, SagUiJob *job, SagEngine *engine, GError **error);

/** sag_ui_run_answers: asks @texts about the job's scan. Returns: (transfer full), or NULL. */
GPtrArray *sag_ui_run_answers (SagUiWorker       *worker,
                               SagUiJob          *job,
                               SagEngine         *engine,
                               const char *const *texts,
                               gsize              n_texts,
                               GError           **error);

/** sag_ui_run_open: opens a bundle with an engine; (transfer full). @note: (inout): empty. */
SagEngine *
sag_ui_run_open (SagUiWorker *worker, const char *folder, SagUiEngineNote *note, GError **error);

G_END_DECLS
