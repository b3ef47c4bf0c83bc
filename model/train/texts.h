/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"
#include "model/dataset/index.h"

G_BEGIN_DECLS

/** SagTrainTexts: the questions of an index as token ids. Immutable. */
typedef struct _SagTrainTexts SagTrainTexts;

/** sag_train_texts_new: Errors: SAG_ERROR_LIMIT naming a question that the model has no room for */
SagTrainTexts *sag_train_texts_new (SagBundle *bundle, SagIndex *index, GError **error);
void           sag_train_texts_free (SagTrainTexts *texts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTrainTexts, sag_train_texts_free)

/**
 * sag_train_texts_fill: rows of ids for an engine, padded to the longest.
 * @tasks: (array length=n): which questions
 * @lengths: out: (n)
 * @ids: (out) (transfer full): (n, returned length)
 */
gint32 sag_train_texts_fill (
  SagTrainTexts *texts, const guint *tasks, gsize n, gint32 *lengths, gint32 **ids);

G_END_DECLS
