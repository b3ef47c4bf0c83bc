/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/safetensors.h"
#include "model/bundle/tensor-writer.h"
#include "model/network/network.h"

G_BEGIN_DECLS

/**
 * SagParts: what a created bundle's weights are made of.
 * @vision: (nullable): timm's 2D EfficientNet; else random
 * @text: (nullable): a BERT or MegatronBert; else random
 * @embeddings: standard deviation of random word, position and type embeddings; 0: as BERT's
 * @statistics: (nullable): of sag_calibrate_vision(), for a random vision network
 * @cancellable: (nullable): looked at while a tensor is made
 */
typedef struct
{
  SagTensorFile *vision;
  SagTensorFile *text;
  guint64        seed;
  double         embeddings;
  GHashTable    *statistics;
  GCancellable  *cancellable;
} SagParts;

/** sag_parts_find_vision, sag_parts_find_text: (nullable): the tensor of a file that becomes the weight @name. */
const SagTensor *sag_parts_find_vision (gpointer file, const char *name);
const SagTensor *sag_parts_find_text (gpointer file, const char *name);

/** sag_parts_fill: writes a weight, a SagBundleFill with SagParts. Errors: SAG_ERROR_MISMATCH naming the tensor. */
gboolean
sag_parts_fill (SagTensorWriter *writer, const SagWeightSpec *spec, gpointer parts, GError **error);

G_END_DECLS
