/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the tensors of an encoder layer are called, for everybody who reads or lists them. Plain C: the CUDA engine
 * includes this header.
 */

#include "model/network/network.h"

#include <stdio.h>

/** SagLayerPart: parts of a text layer; each has a ".weight" and a ".bias". */
typedef enum
{
  SAG_LAYER_QUERY,
  SAG_LAYER_KEY,
  SAG_LAYER_VALUE,
  SAG_LAYER_OUTPUT,
  SAG_LAYER_ATTENTION_NORM, /* after attention in BERT, before it in MegatronBert */
  SAG_LAYER_UP,
  SAG_LAYER_DOWN,
  SAG_LAYER_FEED_NORM, /* after the second half in BERT, before it in MegatronBert */
} SagLayerPart;

#define SAG_N_LAYER_PARTS 8

/** sag_layer_name: "model.encoder.layer.<index>.<part>", without ".weight". */
static inline void
sag_layer_name (SagTextKind kind, int index, SagLayerPart part, char name[SAG_WEIGHT_NAME])
{
  static const char *const names[2][SAG_N_LAYER_PARTS] = {
    [SAG_TEXT_BERT] = { "attention.self.query", "attention.self.key", "attention.self.value",
                        "attention.output.dense", "attention.output.LayerNorm",
                        "intermediate.dense", "output.dense", "output.LayerNorm" },
    [SAG_TEXT_MEGATRON] = { "attention.self.query", "attention.self.key", "attention.self.value",
                            "attention.output.dense", "attention.ln", "intermediate.dense",
                            "output.dense", "ln" },
  };

  snprintf (name, SAG_WEIGHT_NAME, "model.encoder.layer.%d.%s", index, names[kind][part]);
}
