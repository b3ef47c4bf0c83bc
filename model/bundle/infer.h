/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/config.h"
#include "model/bundle/weight-map.h"

G_BEGIN_DECLS

/**
 * SagInferHints: what shapes cannot tell; zeros where nobody said.
 * @strides: one for each stage; needed when kernels are not those of EfficientNet's seven stages
 * @cells: needed when the patch head's width is not a cube
 */
typedef struct
{
  SagTextConfig  text;
  SagTrainConfig train;
  gint32         heads;
  gint32         input[3];
  gint32         cells[3];
  gint32         strides[SAG_MAX_STAGES];
  gint32         n_strides;
} SagInferHints;

/**
 * SagShapes: where shapes are looked up, by upstream's names.
 * @find: (nullable) result: the tensor that becomes the weight @name
 * @conv_dims: 5, or 4 for a 2D network that will be inflated
 * @file: for messages
 * @kind: what the file should be, for messages
 */
typedef struct
{
  const SagTensor *(*find) (gpointer data, const char *name);
  gpointer    data;
  guint       conv_dims;
  const char *file;
  const char *kind;
} SagShapes;

/**
 * sag_infer_vision, sag_infer_text: the parts of a network from the shapes of its weights.
 * The vision part is stem, blocks and head; the text part everything that depends on the text model.
 *
 * Errors: SAG_ERROR_MISMATCH for shapes that contradict each other or the hints; SAG_ERROR_ARGUMENT naming the option
 * that answers what is not known.
 */
gboolean sag_infer_vision (const SagShapes     *shapes,
                           const SagInferHints *hints,
                           SagNetwork          *network,
                           GError             **error);
gboolean sag_infer_text (const SagShapes     *shapes,
                         const SagInferHints *hints,
                         SagNetwork          *network,
                         GError             **error);

/** sag_infer_network: the whole network: both parts, the patch head and the input size, validated. */
gboolean sag_infer_network (SagWeightMap        *map,
                            const SagInferHints *hints,
                            SagNetwork          *network,
                            GError             **error);

G_END_DECLS
