/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/engine/engine.h"

G_BEGIN_DECLS

/**
 * sag_ui_other_model_find: which of old and new model has not given an answer: the one that is open now if another one
 * answered, else the one that was open before.
 * @answer: (nullable)
 * @folder: out: (nullable) (transfer none): where it lies; NULL: the open one
 *
 * Returns: FALSE: there is none, or it lies in no folder
 */
gboolean
sag_ui_other_model_find (SagUiEngine *engine, const SagAnswer *answer, const char **folder);

G_END_DECLS
