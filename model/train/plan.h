/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/sampler.h"
#include "model/engine/table.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagTrainPlan: how a run trains. What is not about speed decides every bit of the result.
 * @n_steps: optimiser steps
 * @scans_per_batch, @texts_per_scan, @accumulate: a step sees their product of samples; 0 texts means all
 * @lr, @warm_up: highest learning rate, reached after so many steps from 0; then linear to 0
 * @dropout: of the text layers
 * @lora_rank, @lora_alpha: of adapters; 0 means 8
 * @patch_weight: of the patch loss beside the class loss, above 0
 * @balance_masks: small masks count as much as large ones
 * @vision_lr: of the vision network; 0: @lr
 * @validate_every: steps, 0 never; @validate_on: scans at most; @patience: validations without a better one until
 *   the run stops, 0 never
 * @keep_empty: see sag_index_resolve()
 * @save_minutes: a checkpoint is also written so many minutes after the last
 * @sampling: what is drawn how often
 * @n_loaders: threads that load; 0 means as many as there are cores, at most 4
 */
typedef struct
{
  SagTrainParts    parts;
  gboolean         freeze_norms;
  guint64          n_steps;
  guint            scans_per_batch;
  guint            texts_per_scan;
  guint            accumulate;
  double           lr;
  guint            warm_up;
  double           dropout;
  guint            lora_rank;
  double           lora_alpha;
  double           patch_weight;
  gboolean         balance_masks;
  double           vision_lr;
  guint64          seed;
  gboolean         augment;
  gboolean         keep_empty;
  guint            validate_every;
  guint            validate_on;
  guint            patience;
  guint            save_minutes;
  SagSampling      sampling;
  guint            n_loaders;
  SagEngineOptions engine;
} SagTrainPlan;

/** sag_train_plan_trains_vision: whether scans go through the vision network in training; else their tokens are made
 * once, unless they are augmented. */
gboolean sag_train_plan_trains_vision (const SagTrainPlan *plan);

/** sag_train_plan_has_lora: whether adapters train, which bundles then hold merged. */
gboolean sag_train_plan_has_lora (const SagTrainPlan *plan);

/**
 * sag_train_plan_fits: whether the engine that trains takes such parts of the network.
 * Error: SAG_ERROR_ARGUMENT: a multi-label network has no text layers to train by themselves
 */
gboolean sag_train_plan_fits (const SagTrainPlan *plan, const SagNetwork *network, GError **error);

/**
 * sag_train_plan_init: the paper's (MODEL.md section 4), for one machine: 25,000 steps of four batches of 4 scans with
 * 4 questions each.
 */
void sag_train_plan_init (SagTrainPlan *plan);

/** sag_train_plan_describe: everything that decides the result as one line, for provenance and for resuming. */
char *sag_train_plan_describe (const SagTrainPlan *plan);

/** sag_train_plan_rate: the learning rate of step @step, counted from 0: get_linear_schedule_with_warmup of
 * transformers; the first step's is 0 if there is a warm-up. */
double sag_train_plan_rate (const SagTrainPlan *plan, guint64 step);

/** sag_train_parts_from_string: "heads", "heads+text", "lora", "vision", "all", "vision+lora"; FALSE for another. */
gboolean    sag_train_parts_from_string (const char *text, SagTrainParts *parts);
const char *sag_train_parts_to_string (SagTrainParts parts);

G_END_DECLS
