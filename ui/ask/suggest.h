/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/text/catalogue.h"

G_BEGIN_DECLS

/**
 * sag_ui_suggest: texts to offer while a person types: the catalogue's that match, then, where the
 * words are no sentence yet, the sentences that they would make.
 * @catalogue: (nullable): nothing is known then
 *
 * Returns: (transfer full) (element-type utf8): no text twice, at most @limit
 */
GPtrArray *sag_ui_suggest (SagCatalogue *catalogue, const char *typed, guint limit);

/**
 * sag_ui_suggest_findings: the findings (for SAG_TASK_SEGMENT the structures) that a sentence of
 * @kind can be filled with.
 *
 * Returns: (transfer container) (element-type SagTask): one task a finding, in the catalogue's order
 */
GPtrArray *sag_ui_suggest_findings (SagCatalogue *catalogue, SagTaskKind kind);

/** sag_ui_suggest_organs: (transfer full) (element-type utf8): those that diagnoses name, most frequent first. */
GPtrArray *sag_ui_suggest_organs (SagCatalogue *catalogue);

/** sag_ui_suggest_dup_finding: the words of @task for {finding}, as its own text has them. */
char *sag_ui_suggest_dup_finding (const SagTask *task);

G_END_DECLS
