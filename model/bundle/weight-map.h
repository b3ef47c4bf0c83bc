/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which tensors of a file are which weights of the network: upstream's keys, with or without what upstream saves
 * but never uses, with or without Hugging Face peft's LoRA adapters.
 */

#include "model/bundle/safetensors.h"
#include "model/network/network.h"

G_BEGIN_DECLS

/** SagKeyKind: what a key of a checkpoint stands for. */
typedef enum
{
  SAG_KEY_WEIGHT,
  SAG_KEY_LORA_A,
  SAG_KEY_LORA_B,
  SAG_KEY_UNUSED,  /* upstream saves it and does not read it */
  SAG_KEY_FOREIGN, /* an adapter of a kind that cannot be merged, or too long a name */
} SagKeyKind;

/**
 * sag_key_resolve: @name receives the network's name of the tensor that @key holds or adapts.
 *
 * peft wraps modules: "model.base_model.model.encoder...query.base_layer.weight" is the weight,
 * "...query.lora_A.default.weight" its adapter, "....modules_to_save.default.weight" replaces
 * "....original_module.weight".
 */
SagKeyKind sag_key_resolve (const char *key, char name[SAG_WEIGHT_NAME]);

/** SagStoredWeight: where a weight lies; the adapters are NULL for most. */
typedef struct
{
  const SagTensor *base;
  const SagTensor *lora_a; /* (rank, in) */
  const SagTensor *lora_b; /* (out, rank) */
} SagStoredWeight;

/** SagWeightMap: the weights of a file by the network's names. Immutable; keeps the file. */
typedef struct _SagWeightMap SagWeightMap;

/** sag_weight_map_new: Errors: SAG_ERROR_FORMAT, SAG_ERROR_UNSUPPORTED, naming the key. */
SagWeightMap *sag_weight_map_new (SagTensorFile *file, GError **error);
void          sag_weight_map_free (SagWeightMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagWeightMap, sag_weight_map_free)

SagTensorFile *sag_weight_map_get_file (SagWeightMap *map);
/** sag_weight_map_find: (nullable). */
const SagStoredWeight *sag_weight_map_find (SagWeightMap *map, const char *name);
/** sag_weight_map_has_lora: some weight has an adapter. */
gboolean sag_weight_map_has_lora (SagWeightMap *map);

/**
 * sag_weight_map_check: every weight of @network is there with its shape, as floats, and nothing else is.
 * Errors: SAG_ERROR_FORMAT, SAG_ERROR_MISMATCH, naming the tensor.
 */
gboolean sag_weight_map_check (SagWeightMap *map, const SagNetwork *network, GError **error);

/**
 * sag_weight_map_read: values [offset, offset + n) of a weight; adapters are merged on the way:
 * W + lora_scaling * B A. FALSE if there is no such weight or range. After sag_weight_map_check(); any thread.
 */
gboolean sag_weight_map_read (SagWeightMap *map,
                              const char   *name,
                              double        lora_scaling,
                              gsize         offset,
                              gsize         n_values,
                              float        *out);

G_END_DECLS
