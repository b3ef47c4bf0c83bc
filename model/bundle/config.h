/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The two configuration files that come with a checkpoint: Hugging Face's config.json of the text model, and
 * upstream's train_config.yaml.
 */

#include "model/network/network.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** SagTextConfig: what a config.json says; 0 where it says nothing. */
typedef struct
{
  gboolean    has_kind;
  SagTextKind kind;
  gint32      hidden;
  gint32      heads;
  gint32      intermediate;
  gint32      words;
  gint32      positions;
  gint32      types;
  float       layer_norm_eps;
} SagTextConfig;

/**
 * sag_text_config_parse: reads a config.json. Errors: SAG_ERROR_FORMAT; SAG_ERROR_UNSUPPORTED for other models than
 * bert and megatron-bert, activations other than the exact GELU, and relative positions.
 */
gboolean sag_text_config_parse (
  const char *text, gsize size_bytes, const char *name, SagTextConfig *config, GError **error);
gboolean sag_text_config_load (const char *path, SagTextConfig *config, GError **error);

/** SagTrainConfig: what a train_config.yaml says that inference needs; 0 where it says nothing. */
typedef struct
{
  gboolean    has_kind;
  SagTextKind kind;
  gint32      text_layers;
  gboolean    has_lora;
  gint32      lora_rank;
  double      lora_scaling;
  gint32      input[3];
  gint32      box_mm[3];
  gint32      train_box_mm[3];
} SagTrainConfig;

/**
 * sag_train_config_parse: reads a train_config.yaml: llm_args, vision_args, lora_args, predict_transform,
 * train_transform. Errors: SAG_ERROR_FORMAT, SAG_ERROR_UNSUPPORTED naming the key.
 */
gboolean sag_train_config_parse (
  const char *text, gsize size_bytes, const char *name, SagTrainConfig *config, GError **error);
gboolean sag_train_config_load (const char *path, SagTrainConfig *config, GError **error);

G_END_DECLS
