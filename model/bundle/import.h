/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"

G_BEGIN_DECLS

/**
 * SagBundleSource: what every new bundle is told; NULL and 0 where nothing is said.
 * @name: the bundle's name; else the folder's
 * @vocabulary: vocab.txt of the text model
 * @license: a file that becomes the bundle's LICENSE
 * @tasks: a JSON file {"tasks": [...]} as in bundle.json: what the heads were trained on
 * @recipe: "upstream" or "paper"; NULL means "upstream"
 * @cancellable: looked at between weights while the bundle is written
 */
typedef struct
{
  const char *name;
  const char *vocabulary;
  const char *license;
  const char *tasks;
  const char *recipe;
  const char *weights_license;
  const char *data_license;
  const char *permitted_use;

  GCancellable *cancellable;
} SagBundleSource;

/**
 * SagBundleImport: a checkpoint of upstream, with or without the tensors that it saves and never uses, with or
 * without LoRA adapters. Zeros where nothing is said; the error names the option that is missing.
 * @weights: model.safetensors
 * @config: (nullable): the text model's Hugging Face config.json
 * @train_config: (nullable): upstream's train_config.yaml
 * @heads: --heads; @input: --input; @cells: --cells; @strides, @n_strides: --strides
 * @lora_scaling: --lora-scaling, alpha / r, if there is no train_config
 */
typedef struct
{
  SagBundleSource source;
  const char     *weights;
  const char     *config;
  const char     *train_config;
  gint32          heads;
  gint32          input[3];
  gint32          cells[3];
  gint32          strides[SAG_MAX_STAGES];
  gint32          n_strides;
  double          lora_scaling;
} SagBundleImport;

/**
 * sag_bundle_import: makes the bundle @folder, which must not exist, and opens it. Weights keep their type.
 *
 * Errors: SAG_ERROR_ARGUMENT (an option is missing or wrong), SAG_ERROR_FORMAT, SAG_ERROR_UNSUPPORTED,
 * SAG_ERROR_MISMATCH, G_FILE_ERROR, G_IO_ERROR_CANCELLED
 */
SagBundle *sag_bundle_import (const SagBundleImport *import, const char *folder, GError **error);

G_END_DECLS
